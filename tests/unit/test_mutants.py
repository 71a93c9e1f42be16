"""`tools/mutants.py` on a checkout of one module: faults that a test finds, and others."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import mutants  # noqa: E402 - a script of tools/

MODULE = """
def is_enough(n):
    return n >= 10


def unseen(n):
    return n > 3


def apart(n):
    return n < 5


def early(n):
    return n > 7
"""
TESTS = """
import subprocess
import sys

import pytest
from qpref.display.limits import early, is_enough, unseen

READ = early(7), early(8)


@pytest.fixture(scope="session")
def shared():
    return unseen(10)


@pytest.mark.parametrize(("n", "expected"), [(9, False), (10, True)])
def test_ten_are_enough(n, expected):
    assert is_enough(n) is expected


def test_a_fixture_reaches_a_line(shared):
    assert shared


def test_a_file_reaches_a_line():
    assert READ == (False, True)


def test_a_process_reaches_a_line():
    code = "import os; from qpref.display.limits import apart; child = os.fork()"
    more = "os._exit(not apart(4) or apart(5)) if child == 0 else sys.exit(os.wait()[1] > 0)"
    assert subprocess.run([sys.executable, "-c", f"import sys; {code}; {more}"]).returncode == 0
"""


@pytest.fixture
def checkout(tmp_path):
    for name, text in {
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
        "qpref/__init__.py": "",
        "qpref/display/__init__.py": "",
        "qpref/display/limits.py": MODULE,
        "tests/unit/test_limits.py": TESTS,
    }.items():
        path = tmp_path / "checkout" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "checkout"


@pytest.mark.nuit
@pytest.mark.lent
def test_faults_found_and_not_found_are_told(checkout, tmp_path):
    """
    Of `n >= 10` all are found, of `n > 7` where the file of tests is read, of `n < 5` in a fork of
    another process; of `n > 3`, tried with 10 alone, those of the bound are not.
    """
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "mutants.py", checkout, "--work", tmp_path / "work"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert "| display | 12 | 10 | 0 |" in done.stdout
    _, survivors = done.stdout.split("survivors:")
    assert {line.split("[")[1].split("]")[0] for line in survivors.strip().splitlines()} == {
        "boundary",
        "constant",
    }
    assert "unseen" in survivors
    assert "is_enough" not in survivors
    assert "apart" not in survivors
    assert "early" not in survivors
    assert (checkout / "qpref" / "display" / "limits.py").read_text(encoding="utf-8") == MODULE


@pytest.mark.parametrize(
    ("code", "said", "counted", "is_kept"),
    [
        (1, "FAILED tests/unit/test_a.py::test_b - assert 1 == 2", "killed", True),
        (0, "1 passed", "SURVIVED", True),
        (-1, "", "no answer", False),
    ],
)
def test_tests_that_did_not_end_have_found_nothing(monkeypatch, checkout, tmp_path, code, said,
                                                   counted, is_kept):  # fmt: skip
    """Too slow a machine, or a fault that loops: neither killed nor a survivor, and tried again."""
    scratch = mutants.Scratch(checkout, tmp_path, ["tests/unit"])
    (fault, *_) = mutants.mutants(checkout)
    scratch.said.write_text(said, encoding="utf-8")
    monkeypatch.setattr(scratch, "reaching", lambda _: ["tests/unit/test_a.py::test_b"])
    monkeypatch.setattr(scratch, "_pytest", lambda *_, **__: code)

    assert mutants.outcome(scratch.verdict(fault)) == counted
    kept = tmp_path / "verdicts.json"
    assert (kept.exists() and fault.told() in kept.read_text(encoding="utf-8")) is is_kept
