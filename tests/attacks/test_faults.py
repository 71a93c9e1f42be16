"""What happens on an ordinary computer: killed, full, twice at once; nothing is lost.

One draw each day, two hundred by `make nuit`.
"""

import contextlib
import random
import signal
import sys
import time

import psutil
import pytest

from qpref.cli import main
from qpref.errors import StorageError
from qpref.schema import TABLES
from qpref.store import Store
from tests.attacks.running import DRAWS, REPORTS, ended, pages, rows, run, sizes, start
from tests.conftest import PATIENCE, SITES, copied, copy_project

resource = pytest.importorskip("resource", reason="limites de Linux et macOS")
pytestmark = [
    pytest.mark.lent,
    pytest.mark.notebook,
    pytest.mark.skipif(sys.platform == "win32", reason="signaux de Linux et macOS"),
]
FILES = 7  # received for a campaign


@pytest.mark.nuit
def test_a_batch_killed_anywhere_leaves_whole_pages_and_the_rerun_finishes(reference_run, tmp_path):
    """kill -9 of the driver, or of any of its processes, at a drawn moment."""
    source, expected = reference_run
    draw = random.Random(11)  # noqa: S311 - repeatable
    project = copied(source, tmp_path)
    for _ in range(DRAWS):
        driver = start(project, *REPORTS)
        time.sleep(draw.uniform(0.3, 6))
        family = [psutil.Process(driver.pid), *psutil.Process(driver.pid).children(recursive=True)]
        pids = [process.pid for process in family]
        victim = draw.choice(family)
        if victim.pid != driver.pid:
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.kill()
        else:
            driver.send_signal(signal.SIGKILL)
        driver.communicate(timeout=PATIENCE)

        assert ended(pids) == []
        for name, content in pages(project).items():
            assert content == expected[name]
        code, said = run(project, *REPORTS)
        assert code == 0, said
        assert pages(project) == expected
        assert not [p for p in project.reports.iterdir() if p.name.startswith(".en-cours-")]


@pytest.mark.nuit
def test_an_import_killed_anywhere_loses_and_doubles_no_row(filled, example, tmp_path):
    expected = rows(filled)
    draw = random.Random(12)  # noqa: S311 - repeatable
    order = ("importer", str(example / "2020-11"), "--campagne", "2020-11")
    for number in range(DRAWS):
        project = copy_project(tmp_path / f"essai{number}")
        process = start(project, *order)
        time.sleep(draw.uniform(0.2, 5))
        process.kill()
        process.communicate()

        known = Store(project).imports("2020-11")
        assert len(known) <= FILES
        for table in TABLES:
            for site in SITES:
                Store(project).read(table, "2020-11", site)  # never half an import
        code, said = run(project, *order)
        assert code == 0, said
        assert rows(project) == expected
        listed = {
            f"{table}/campagne=2020-11/site={site}/{name}"
            for entry in Store(project).imports("2020-11")
            for table, sites in entry.parts.items()
            for site, name in sites.items()
        }
        on_disk = {
            path.relative_to(project.clean).as_posix() for path in project.clean.rglob("*.parquet")
        }
        assert listed <= on_disk


def test_parts_of_an_import_cut_short_are_removed_by_the_next(filled, tmp_path, example):
    project = copied(filled, tmp_path)
    stray = project.clean / "items" / "campagne=2020-11" / "site=evry" / "coupe.parquet"
    stray.write_bytes(b"PAR1")
    name = "releve_refus_2020-11.csv"
    text = (example / "2020-11" / name).read_bytes()
    (tmp_path / name).write_bytes(text.rsplit(b"\n", 2)[0] + b"\n")

    assert run(project, "importer", str(tmp_path / name), "--campagne", "2020-11")[0] == 0
    assert not stray.exists()


def small_files(limit):
    def apply():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return apply


@pytest.mark.nuit
@pytest.mark.parametrize("limit", sizes([0, 500, 4_000, 20_000], 0, 20_000))
def test_a_full_disk_is_told_and_leaves_the_old_reports(reference_run, tmp_path, limit):
    """No file may grow beyond a size: each write fails where a full disk would fail."""
    source, expected = reference_run
    project = copied(source, tmp_path)

    code, said = run(project, *REPORTS, preexec_fn=small_files(limit))

    assert code in {1, StorageError.exit_code}
    assert "Traceback" not in said
    assert "Impossible d’écrire" in said
    assert "place disponible" in said
    assert pages(project) == expected
    assert run(project, *REPORTS)[0] == 0
    assert pages(project) == expected


@pytest.mark.parametrize("limit", sizes([0, 500, 4_000], 0, 4_000))
def test_an_import_on_a_full_disk_changes_nothing(filled, example, tmp_path, limit):
    project = copy_project(tmp_path / "projet")
    order = ("importer", str(example / "2020-11"), "--campagne", "2020-11")

    code, said = run(project, *order, preexec_fn=small_files(limit))

    assert code == StorageError.exit_code, said
    assert "Traceback" not in said
    assert run(project, *order)[0] == 0
    assert rows(project) == rows(filled)


@pytest.mark.nuit
def test_a_damaged_part_fails_the_reports_that_read_it_only(filled, tmp_path):
    """The warm process meets it first, when it reads what its reports share."""
    project = copied(filled, tmp_path)
    part = next(project.clean.glob("visites_mysteres/campagne=2020-11/site=palaiseau/*"))
    part.write_bytes(part.read_bytes()[:-40])

    order = ("rapports", "--campagne", "2020-11", "--notebook", "20_enquete_mystere")
    code, said = run(project, *order)

    assert code == 1
    assert "Traceback" not in said
    assert part.name in "".join(said.split())
    assert {path.parts[1] for path in pages(project)} == set(SITES) - {"palaiseau"}


@pytest.mark.nuit
def test_two_batches_and_two_imports_at_once_agree(reference_run, filled, example, tmp_path):
    source, expected = reference_run
    project = copied(source, tmp_path)
    both = [start(project, *REPORTS) for _ in range(2)]
    said = [process.communicate(timeout=PATIENCE)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert pages(project) == expected

    fresh = copy_project(tmp_path / "neuf")
    order = ("importer", str(example / "2020-11"), "--campagne", "2020-11")
    both = [start(fresh, *order) for _ in range(2)]
    said = [process.communicate(timeout=PATIENCE)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert rows(fresh) == rows(filled)


def test_a_file_open_elsewhere_is_told(filled, tmp_path, monkeypatch, capsys):
    """Windows refuses to replace a file that a spreadsheet holds."""
    project = copied(filled, tmp_path)

    def held(*_):
        raise PermissionError(13, "Le processus ne peut pas accéder au fichier")

    monkeypatch.setattr("pathlib.Path.replace", held)
    code = main(["--racine", str(project.root), "plan-echantillon", "--campagne", "2020-11"])
    assert code in {0, StorageError.exit_code}
    assert main(["--racine", str(project.root), "exemple"]) == StorageError.exit_code
    assert "Fermez le fichier s’il est ouvert" in capsys.readouterr().err
