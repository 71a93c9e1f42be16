"""What surrounds a run fails: folders that refuse, a small disk, a share that goes, a wrong clock.

After each: a sentence and a code, no half-written page, the rerun finishes.
"""

import ctypes
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qpref.errors import StorageError
from qpref.project import Project
from tests.attacks.running import DRAWS, REPORTS, ended, pages, rows, run, sizes, start
from tests.conftest import PATIENCE, copied, copy_project

pytestmark = [
    pytest.mark.lent,
    pytest.mark.notebook,
    pytest.mark.skipif(sys.platform == "win32", reason="droits et signaux de Linux et macOS"),
]
TOLD = {1, StorageError.exit_code, 2, 3, 4, 9}
FAKETIME = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)


def without_privilege():
    """Obey the rights of files, even as the super-user (PR_CAPBSET_DROP; two capabilities)."""
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="capacités de Linux")
@pytest.mark.parametrize(
    ("closed", "order"),
    [
        pytest.param("reports", REPORTS, marks=pytest.mark.nuit),
        pytest.param("reports/2020-11/evry", REPORTS, marks=pytest.mark.nuit),
        pytest.param(
            "data/propre/collecte/campagne=2020-11/site=evry",
            ("importer", "{new}", "--campagne", "2020-11"),
            marks=pytest.mark.nuit,
        ),
        pytest.param(
            "data/propre/imports",
            ("importer", "{new}", "--campagne", "2020-11"),
            marks=pytest.mark.nuit,
        ),
        pytest.param(
            "data/quarantaine/2020-11",
            ("importer", "{new}", "--campagne", "2020-11"),
            marks=pytest.mark.nuit,
        ),
        ("data/corrections", ("verbatims", "--campagne", "2020-11", "--approuver", "{remark}")),
        pytest.param("data", ("exemple",), marks=pytest.mark.nuit),
    ],
)
def test_a_folder_that_cannot_be_written_is_named(reference_run, example, tmp_path, closed, order):
    source, expected = reference_run
    project = copied(source, tmp_path)
    known = rows(project)
    name = "releve_refus_2020-11.csv"
    text = (example / "2020-11" / name).read_bytes()
    (tmp_path / name).write_bytes(text + "é;pas une date;x;y\r\n".encode("cp1252"))
    folder = project.root / closed
    folder.mkdir(parents=True, exist_ok=True)
    remark = remark_of(project)
    words = [word.format(new=tmp_path / name, remark=remark) for word in order]
    folder.chmod(0o555)

    code, said = run(project, *words, preexec_fn=without_privilege)

    folder.chmod(0o755)
    assert code in {1, StorageError.exit_code}, said
    assert "Traceback" not in said
    assert str(folder) in said
    assert "Vérifiez les droits" in said or "vérifiez les droits" in said
    assert pages(project) == expected
    if "quarantaine" not in closed:  # its lists are written again by each import
        assert rows(project) == known
    assert run(project, *words)[0] == 0
    if "importer" in order:
        assert (project.quarantine / "2020-11" / f"{name}.csv").exists()


def remark_of(project):
    from qpref.store import reviewed  # noqa: PLC0415

    return reviewed(project, "2020-11", ["evry"])["identifiant"].iloc[0]


def can_mount():
    tried = (
        subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
        if shutil.which("unshare")
        else None
    )
    return tried is not None and tried.returncode == 0


@pytest.mark.nuit  # each day, `test_faults.py` has writes fail where a full disk would fail
@pytest.mark.skipif(not can_mount(), reason="monter un petit disque n’est pas permis ici")
@pytest.mark.parametrize("room", sizes([60, 150, 300], 20, 300))
def test_a_small_disk_that_fills_up(reference_run, example, tmp_path, room):
    """A disk of its own with that many kilobytes left, for reports, and for an import."""
    source, expected = reference_run
    disk, campaign = tmp_path / "disque", ("--campagne", "2020-11")
    disk.mkdir()
    orders = [("projet", *REPORTS), ("neuf", "importer", str(example / "2020-11"), *campaign)]
    copy_project(tmp_path / "neuf")
    runs = [
        f"{sys.executable} -m qpref --racine {disk}/{order[0]} {' '.join(order[1:])} "
        "&& echo code 0 || echo code $?"
        for order in orders
    ]
    lines = [
        "set -e",
        f"mount -t tmpfs -o size=200m none {disk}",
        f"cp -r {source.root} {disk}/projet",
        f"cp -r {tmp_path}/neuf {disk}/neuf",
        f"left=$(df --output=avail -k {disk} | tail -1)",
        f"head -c $(( (left - {room}) * 1024 )) /dev/zero > {disk}/plein",
        *runs,
        f"cp -r {disk}/projet {tmp_path}/pendant",
        f"rm {disk}/plein",
        *runs,
        f"cp -r {disk}/projet {tmp_path}/projet",
        f"rm -r {tmp_path}/neuf",
        f"cp -r {disk}/neuf {tmp_path}/neuf",
    ]
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", "\n".join(lines)],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr

    assert done.returncode == 0, said
    assert "Traceback" not in said
    codes = [int(line.split()[1]) for line in said.splitlines() if line.startswith("code ")]
    assert set(codes[:2]) <= {0, 1, StorageError.exit_code}, said
    assert "place disponible" in said, said
    assert codes[2:] == [0, 0], said
    assert pages(Project(tmp_path / "pendant")) == expected
    assert pages(Project(tmp_path / "projet")) == expected
    new = rows(Project(tmp_path / "neuf"))
    assert new == rows(source)


@pytest.mark.nuit
def test_a_share_that_goes_away_and_comes_back(reference_run, tmp_path):
    """The whole project disappears at a drawn moment of a batch."""
    source, expected = reference_run
    project = copied(source, tmp_path)
    away = tmp_path / "ailleurs"
    draw = random.Random(14)  # noqa: S311 - repeatable
    for _ in range(DRAWS):
        process = start(project, *REPORTS)
        time.sleep(draw.uniform(0.5, 4))
        project.root.rename(away)
        said, _ = process.communicate(timeout=PATIENCE)
        assert ended([process.pid]) == []
        assert "Traceback" not in said, said
        assert process.returncode in {0, *TOLD}, said
        if project.root.exists():  # what was written where the share had been: nothing of ours
            assert not list(project.root.rglob("[0-9]*.html")), said
            shutil.rmtree(project.root)
        away.rename(project.root)
        for name, content in pages(project).items():
            assert content == expected[name]
        code, said = run(project, *REPORTS)
        assert code == 0, said
        assert pages(project) == expected


def clock(shift):
    return {
        **os.environ, "LD_PRELOAD": str(FAKETIME), "FAKETIME_NO_CACHE": "1", "FAKETIME": shift,
    }  # fmt: skip


@pytest.mark.nuit
@pytest.mark.skipif(FAKETIME is None, reason="libfaketime absente")
def test_a_clock_ten_years_off_changes_nothing(reference_run, example, tmp_path):
    """Imported ten years early, reported ten years late: same bytes, and nothing is stale."""
    _, expected = reference_run
    project = copy_project(tmp_path / "projet")
    for campaign, shift in (("2020-11", "+3650d"), ("2019-11", "-3650d")):
        order = ("importer", str(example / campaign), "--campagne", campaign)
        assert run(project, *order, env=clock(shift))[0] == 0
    for shift in ("+3650d", "-3650d"):
        code, said = run(project, *REPORTS[:-1], env=clock(shift))
        assert code == 0, said
        assert pages(project) == expected
    assert f"{len(expected)} rapport(s) déjà à jour" in said


@pytest.mark.nuit
@pytest.mark.skipif(FAKETIME is None, reason="libfaketime absente")
@pytest.mark.parametrize("jump", ["-3650d", "+3650d"])
def test_a_clock_that_jumps_during_a_batch(reference_run, tmp_path, jump):
    """No time limit is reached, nothing waits: durations are read on a clock that never jumps."""
    source, expected = reference_run
    project = copied(source, tmp_path)
    says = tmp_path / "heure"
    says.write_text("+0", encoding="utf-8")
    # The clock of durations does not jump with the hour, on any system.
    jumping = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_TIMESTAMP_FILE": str(says)}
    environment = {**clock(""), **jumping}
    del environment["FAKETIME"]
    process = start(project, *REPORTS, env=environment)
    time.sleep(2)
    says.write_text(jump, encoding="utf-8")
    said, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0, said
    assert pages(project) == expected
