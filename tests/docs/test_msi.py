"""The installer and the trial under wine, without either: what is described, listed, counted."""

import hashlib
import os
import struct
import sys
import time
import zipfile
from pathlib import Path

import pytest
from defusedxml import ElementTree

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import msi  # noqa: E402 - scripts of tools/
import windows  # noqa: E402
import wine  # noqa: E402
import wine_portable  # noqa: E402
import wine_tests  # noqa: E402

SPACE = {"w": "http://schemas.microsoft.com/wix/2006/wi"}
TRIED = """
def test_passes(): pass
def test_fails(): assert 0
def test_ends(): os._exit(3)
def test_waits(): time.sleep(60)
@pytest.mark.skip(reason="droits  POSIX")
def test_skips(): pass
"""


def program(size, form=0x20B):
    """A program's file as the format describes it, with so many bytes of certificates."""
    header = 0x80
    tables = header + 24 + (112 if form == 0x20B else 96)
    content = bytearray(tables + 128)
    struct.pack_into("<I", content, 0x3C, header)
    struct.pack_into("<H", content, header + 24, form)
    struct.pack_into("<II", content, tables + 8 * 4, 0x1000, size)
    return bytes(content)


@pytest.fixture
def portable(tmp_path):
    """A small portable folder, zipped."""
    path = tmp_path / "qpref-portable-windows.zip"
    with zipfile.ZipFile(path, "w") as content:
        content.writestr("qpref/qpref.cmd", "@echo off\r\n")
        content.writestr("qpref/Qualité de service.cmd", "@echo off\r\n")
        content.writestr("qpref/python/python.exe", program(8))
        content.writestr("qpref/python/Lib/site-packages/a & b/x.pyd", program(0, 0x10B))
        content.writestr("qpref/python/Lib/site-packages/a & b/y.py", "import sys\n")
    return path


def test_each_file_is_in_one_component_and_each_component_in_the_program(portable, tmp_path):
    root = msi.unpacked(portable, tmp_path / "ici")
    names = sorted(path.name for path in root.rglob("*") if path.is_file())
    tree = ElementTree.fromstring(msi.described(root, "1.2.3"))

    files = [one.get("Name") for one in tree.iterfind(".//w:File", SPACE)]
    assert sorted(files) == names
    own = [one.get("Id") for one in tree.iterfind(".//w:Component", SPACE)]
    assert own == [one.get("Id") for one in tree.iterfind(".//w:ComponentRef", SPACE)]
    assert len(set(own)) == len(own)
    assert all(
        one.findall("w:File[@KeyPath]", SPACE) for one in tree.iterfind(".//w:Component", SPACE)
    )
    assert all((root / one.get("Source")).is_file() for one in tree.iterfind(".//w:File", SPACE))
    assert tree.find("w:Product/w:Package", SPACE).get("InstallScope") == "perMachine"


def test_modules_are_compiled_so_that_nothing_is_written_under_program_files(portable, tmp_path):
    root = msi.unpacked(portable, tmp_path / "ici")
    (compiled,) = root.rglob("*.pyc")

    assert struct.unpack_from("<I", compiled.read_bytes(), 4)[0] == 0b01  # PEP 552: not checked
    assert str(tmp_path).encode() not in compiled.read_bytes()


def test_the_same_folder_keeps_its_identifier_from_a_version_to_the_next(portable, tmp_path):
    one, two = (msi.unpacked(portable, tmp_path / place) for place in ("un", "deux"))

    def identifiers(root, version):
        tree = ElementTree.fromstring(msi.described(root, version))
        return [part.get("Guid") for part in tree.iterfind(".//w:Component", SPACE)]

    assert identifiers(one, "1.2.3") == identifiers(two, "1.2.4")


def test_binaries_are_listed_with_their_digest_and_signature(portable, tmp_path):
    root = msi.unpacked(portable, tmp_path / "ici")

    assert msi.binaries(root) == [
        ("python/Lib/site-packages/a & b/x.pyd",
         hashlib.sha256(program(0, 0x10B)).hexdigest(), "non signé"),
        ("python/python.exe", hashlib.sha256(program(8)).hexdigest(), "signé"),
    ]  # fmt: skip


@pytest.mark.parametrize("found", [None, "/usr/bin/wixl"])
def test_what_is_missing_is_said(found, portable, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(msi.shutil, "which", lambda _: found)

    assert msi.main([]) == 2
    assert msi.main([str(tmp_path / "absent.zip")]) == 1
    assert "make portable" in capsys.readouterr().err
    if found is None:
        assert msi.main([str(portable)]) == 1
        assert "apt-get install wixl" in capsys.readouterr().err


class Hours:
    """A clock that jumps while the test that waits runs: no machine is too slow for this test."""

    def __init__(self, notes):
        self._notes, self.sleep = notes, time.sleep

    def time(self):
        is_waiting = self._notes.read_text(encoding="utf-8").endswith('test_waits"}\n')
        return time.time() + 10_000 * is_waiting


@pytest.fixture
def tried(tmp_path, monkeypatch):
    """Tests whose results are noted by this Python, in the place of wine's."""
    script = ROOT / "tools" / "windows" / "run_tests.py"
    (tmp_path / "test_x.py").write_text(f"import os, time, pytest\n{TRIED}", encoding="utf-8")
    (tmp_path / "journaux").mkdir()
    monkeypatch.setattr(wine, "PLACE", tmp_path)
    monkeypatch.setattr(wine, "DRIVE", tmp_path)
    monkeypatch.setattr(wine, "TREE", tmp_path)
    monkeypatch.setattr(wine, "surroundings", lambda: {**os.environ, "WINEPREFIX": "aucun"})
    monkeypatch.setattr(
        wine, "command",
        lambda _python, _script, path, *words: [sys.executable, str(script), str(path), *words],
    )  # fmt: skip
    monkeypatch.setattr(wine_tests.subprocess, "run", lambda *_, **__: None)
    monkeypatch.setattr(wine_tests, "time", Hours(wine_tests.place("x")))
    return tmp_path


@pytest.mark.lent
def test_a_trial_ends_whatever_a_test_does_to_its_process(tried):
    """A test that ends it, one that says nothing: both have failed, and the others have run."""
    wine_tests.forget("x", all_of_them=True)
    gave = wine_tests.run("x", ("--rootdir", str(tried), str(tried)))

    assert gave[:3] == (1, 3, 1), gave
    assert [why.rpartition("::")[2] for why in gave.why[:3]] == [
        "test_fails", "test_ends", "test_waits",
    ]  # fmt: skip
    assert gave.why[3] == "1 : droits POSIX"

    wine_tests.forget("x", all_of_them=False)
    assert [*wine_tests.noted(wine_tests.place("x"))] == [
        "test_x.py::test_passes",
    ]


def test_what_a_trial_stopped_early_left_is_counted_with_its_reason(tried):
    path = wine_tests.place("x")
    wine_tests.note(path, {"a::b": ("passed", ""), "a::c": ("", "")})
    path.with_suffix(".txt").write_text("a::b\na::c\na::d\n", encoding="utf-8")

    gave = wine_tests.counted(wine_tests.with_those_left(path, "pas passé en 9 minutes"))
    assert gave == (1, 0, 2, ["2 : pas passé en 9 minutes"])
    assert tried


def test_a_python_that_does_not_start_is_no_success(tried, monkeypatch):
    """Its code is 1, as when tests have failed; no test gave anything."""
    monkeypatch.setattr(wine, "command", lambda *_: [sys.executable, "-c", "raise OSError"])
    wine_tests.forget("x", all_of_them=True)
    gave = wine_tests.run("x", ())

    assert gave[:3] == (0, 1, 0)
    assert "OSError" in gave.why[0]
    assert tried


def test_the_table_says_what_was_not_tried():
    gave = windows.Gave(3, 0, 1, ["1 : a | b"])._asdict() | {"day": "2026-11-28"}
    lines = windows.table({"unit": gave}).splitlines()

    assert len(lines) == 2 + len(windows.PARTS)
    assert "| 2026-11-28 | 3 | 0 | 1 | 1 : a \\| b |" in lines[2]
    assert all(line.endswith("| pas encore de résultat |") for line in lines[3:])


def test_steps_end_at_the_first_that_fails():
    @windows.steps
    def two():
        yield "un"
        raise windows.Failed("deux")

    assert two() == windows.Gave(1, 1, 0, ["échec : deux"])


@pytest.mark.parametrize(
    ("name", "now", "is_kept"),
    [
        ("data/brut/a.csv", [b"a\n"], True),
        ("data/brut/a.csv", [b"a\n", b"b\n"], False),
        ("data/brut/a.csv", None, False),
        ("data/ecrits/a.jsonl", [b"a\n", b"b\n"], True),
        ("data/ecrits/a.jsonl", [b"b\n"], False),
    ],
)
def test_a_project_keeps_its_files_and_lengthens_what_lists_them(name, now, is_kept):
    after = {} if now is None else {name: now}

    assert wine_portable.kept(name, [b"a\n"], after) == is_kept
