"""Parts of a batch called one by one: what is told, kept, counted and ended."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from papermill.exceptions import PapermillExecutionError

from qpref.batch import execution, family, pool, run, verify
from qpref.batch.drafts import draft_prefix
from qpref.batch.freshness import altered
from qpref.batch.inputs import campaign_imports
from qpref.batch.plan import FAILED_SUFFIX, Notebook, Report, campaigns_with_data
from qpref.batch.provenance import SUFFIX, Provenance
from qpref.batch.result import Cell, Result
from qpref.errors import MissingDataError
from qpref.project import Project
from qpref.store import NO_SITE

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows n’a pas de groupe de processus")


@pytest.fixture
def home(tmp_path):
    return Project(tmp_path)


@pytest.fixture
def report(home):
    """A report whose notebook has three cells of code."""
    path = home.root / "10_essai.ipynb"
    cells = [nbformat.v4.new_code_cell(str(rank)) for rank in range(3)]
    cells[0].metadata["tags"] = ["parameters"]
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    folder = home.report_folder("2020-11", "evry")
    folder.mkdir(parents=True)
    return Report(Notebook(path, (), ()), "2020-11", "evry", folder, "", ("evry", "etampes"))


def test_a_published_file_that_is_gone_or_changed_is_named(report):
    known = {}
    for name in ("a.html", "b.csv", "c.xlsx"):
        (report.folder / name).write_bytes(name.encode())
        known[name] = hashlib.sha256(name.encode()).hexdigest()
    assert altered(report, known) == []
    (report.folder / "a.html").unlink()
    (report.folder / "b.csv").write_bytes(b"autre")

    assert altered(report, known) == ["a.html", "b.csv"]


def test_a_figure_that_moved_is_told_by_the_columns_that_both_versions_wrote():
    """0,70 became 0,72; a column of the new version alone says nothing; a billionth is a nudge."""
    key = ("satisfaction", "accueil", "", "Accueil")
    line = {"valeur": "0,70", "n": "40"}

    lines, nudged = verify._moved({key: line}, {key: {**line, "valeur": "0,72", "bas": "0,5"}})
    assert ([*lines], nudged) == (["satisfaction › accueil : valeur 0,70 → 0,72"], 0)
    assert verify._moved({key: line}, {key: {**line, "bas": "0,5"}}) == ((), 0)
    assert verify._moved({key: line}, {key: {**line, "valeur": "0,7000000000001"}}) == ((), 1)
    assert verify._moved({key: line}, {})[0] == ("satisfaction › accueil : disparu",)
    other = ("s", "sites", "evry", "0")
    assert verify._moved({}, {other: line}) == (("s › sites › evry : absent du rapport",), 0)


def test_the_cell_under_way_when_a_process_died_is_the_one_that_failed(report, home):
    told = run.keep_failed(report, home, 1, "s’est arrêté")

    assert told.startswith("10_essai, cellule 2 : le calcul s’est arrêté.")
    kept = nbformat.read(report.output(FAILED_SUFFIX), as_version=4)
    own = [one for one in kept.cells if "injected-parameters" not in one.metadata.get("tags", [])]
    assert [one.metadata.papermill.status for one in own] == [
        "completed", "failed", "pending",
    ]  # fmt: skip
    assert [len(one.outputs) for one in own] == [0, 1, 0]


def test_an_error_of_a_cell_comes_before_what_is_to_be_done(report):
    error = execution.explained(report, PapermillExecutionError(3, 4, "", "KeyError", "'x'", []))

    assert str(error).startswith("10_essai, cellule 4 : KeyError ('x').")
    assert "est conservé" in str(error).partition("KeyError")[2]


def test_a_project_without_data_has_no_campaign_to_report_on(project, reference):
    with pytest.raises(MissingDataError, match="Importez d’abord"):
        campaigns_with_data(project, reference)


def test_the_interactive_page_is_not_among_the_files_that_must_not_change(report, home):
    facts = Provenance(
        notebook="10_essai", notebook_sha256="", parametres={}, qpref="", python="", reference="",
        produit_le="", fichiers=(), cle="",
    )  # fmt: skip
    run._publish(report, home, {".interactif.html": b"i", ".html": b"p"}, facts)

    written = json.loads(report.output(SUFFIX).read_text(encoding="utf-8"))
    assert written["sorties"] == {"10_essai.html": hashlib.sha256(b"p").hexdigest()}
    assert report.output(".interactif.html").read_bytes() == b"i"


@pytest.mark.parametrize(
    ("code", "is_late", "said"),
    [
        pytest.param(
            -9,
            False,
            "s’est arrêté brutalement (SIGKILL, mémoire ?)",
            marks=pytest.mark.skipif(
                not hasattr(signal, "SIGKILL"), reason="Windows n’a pas de SIGKILL"
            ),
        ),
        (3, False, "s’est arrêté brutalement (code 3)"),
        (0, False, "s’est arrêté brutalement (code 0)"),
        (None, False, "s’est arrêté brutalement (code None)"),
        (-9, True, "a dépassé 600 secondes"),
    ],
)
def test_a_process_that_ended_without_a_word_is_told_and_its_draft_removed(
    report, home, code, is_late, said
):
    draft = home.reports / f"{draft_prefix(41)}x"
    draft.mkdir(parents=True)
    process = SimpleNamespace(pid=41, exitcode=code)
    one = pool._Running(report, pool._Worker(process, None), 1, 0.0, cell=0, is_late=is_late)

    found = pool._told(one, pool.Limits(), home)

    assert said in found.failure
    assert not draft.exists()


def test_seconds_are_told_to_the_thousandth(report):
    cell = Cell(4, "x", 0.12345)
    told = pool.ended_event(Result(report, seconds=1.23456, cpu_seconds=2.34567, cells=(cell,)))

    assert (told["secondes"], told["secondes_calcul"]) == (1.235, 2.346)
    assert told["cellules"] == [{"cellule": 5, "source": "x", "secondes": 0.123}]


@pytest.mark.parametrize(
    ("sites", "is_read"),
    [
        ({"etampes": 3}, True),
        ({"palaiseau": 3}, False),
        ({NO_SITE: 1}, True),
        ({"palaiseau": 3, NO_SITE: 1}, False),
        ({}, True),
    ],
)
def test_a_file_of_no_known_site_concerns_every_report(report, reference, sites, is_read):
    entry = SimpleNamespace(gardees_par_site=sites)
    store = SimpleNamespace(imports=lambda name: [entry] * (name == "2020-11"))

    assert campaign_imports(report, store, reference) == [entry] * is_read


def test_a_process_of_windows_enters_a_job(monkeypatch):
    seen = []
    monkeypatch.setattr(family, "sys", SimpleNamespace(platform="win32"))
    monkeypatch.setattr(family, "_kernel", lambda: "noyau")
    monkeypatch.setattr(family, "enter_job", lambda *given: seen.append(given))

    family.lead(300)

    assert seen == [("noyau", 300)]


@POSIX
def test_what_a_process_left_running_is_ended():
    left = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE,
                            start_new_session=True)  # fmt: skip
    with left:
        family.end(left.pid)
        assert left.wait(timeout=30) == -9
    family.end(left.pid)
    family.end(None)


USED = """
from qpref.batch import run
made = run.contents_of
def told(executed, look):
    cells = [(cell.cell_type, cell.metadata.papermill.status) for cell in executed.cells]
    contents = made(executed, look)
    print(cells, bool(executed.cells[-1].outputs), b">s</h" in contents[".html"])
    return contents
run.contents_of = told
import qpref.batch.warm
"""


def test_everything_is_used_once_before_reports_are_made(tmp_path):
    """A mistake there would stop no report: each would be slower, and nobody would see why."""
    done = subprocess.run(
        [sys.executable, "-c", USED],
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "QPREF_RACINE": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "[('markdown', 'completed'), ('code', 'completed')] True True\n"
