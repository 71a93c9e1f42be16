"""The process of a report, by hand: how it begins and ends, its cells, its files, what it says."""

import json
import os
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from qpref.batch import family, run, server, shared, worker
from qpref.batch.engine import InProcessEngine
from qpref.batch.provenance import SUFFIX, Provenance
from qpref.batch.result import Cell
from qpref.batch.setting import RunSetting
from qpref.errors import MissingDataError
from qpref.project import ROOT_VARIABLE, Project
from qpref.report.browser import PdfError
from qpref.told import listening
from tests.conftest import NOW
from tests.forked import told_by

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows n’a pas de fork")


FACTS = Provenance(
    notebook="10_essai", notebook_sha256="n", parametres={}, qpref="1", methode=1, python="3",
    reference="r", produit_le="", fichiers=(), cle="c",
)  # fmt: skip


def linked(*said):
    """A connection that gives these words, then None; and what is sent through it."""
    sent = []
    return SimpleNamespace(
        recv=iter([*said, None]).__next__, send=sent.append, close=lambda: sent.append("fin")
    ), sent


@pytest.mark.parametrize(
    ("most", "dirty", "expected"),
    [
        (9, set(), ["A", "libre", "B", "libre", "C", "libre", "fin"]),
        (2, set(), ["A", "libre", "B", "fin"]),
        (9, {2}, ["A", "libre", "B", "fin"]),
        (9, {1}, ["A", "fin"]),
        (1, {1}, ["A", "fin"]),
    ],
)
def test_a_process_makes_reports_until_one_leaves_a_trace_or_it_made_enough(
    monkeypatch, most, dirty, expected
):
    connection, sent = linked("a", "b", "c")
    seen = several(monkeypatch, lambda report, *_: Told(report.upper()))
    monkeypatch.setattr(shared, "MOST", most)
    monkeypatch.setattr(shared, "state", lambda: "avant")
    told = iter(range(1, 9))
    monkeypatch.setattr(
        shared, "left_behind", lambda before: ["x"] * (before == "avant" and next(told) in dirty)
    )

    worker.make_several(connection, None, None, 300)

    assert sent == expected
    assert seen[:5] == [
        300, "qpref.batch.warm", "sans ramasser", "qpref.workbook.holding", "retient",
    ]  # fmt: skip
    assert "oublie" not in seen


class Told(str):
    """A report, as its process tells it: it went well, unless it says otherwise."""

    failure = warning = None


def several(monkeypatch, make):
    """Have a process make reports so; return the steps that it goes through."""
    seen = []
    steps = {"hold": "retient", "forget": "oublie"}
    holding = SimpleNamespace(**{name: partial(seen.append, told) for name, told in steps.items()})
    monkeypatch.setattr(worker, "_begin", seen.append)
    monkeypatch.setattr(worker, "import_module", lambda name: seen.append(name) or holding)
    monkeypatch.setattr(worker, "gc", SimpleNamespace(
        disable=partial(seen.append, "sans ramasser"), collect=partial(seen.append, "ramasse"),
        freeze=partial(seen.append, "gèle"),
    ))  # fmt: skip
    monkeypatch.setattr(worker, "_make", make)
    return seen


@pytest.mark.parametrize(
    ("told", "steps"),
    [
        ({}, ["ramasse", "gèle"]),
        ({"failure": "Rien."}, ["oublie", "ramasse", "gèle"]),
        ({"warning": "Une part est refaite."}, ["oublie", "ramasse", "gèle"]),
    ],
)
def test_what_a_report_opened_is_held_unless_something_was_told_of_it(monkeypatch, told, steps):
    """The next one must meet it too: what it opens is opened again."""
    result = Told("A")
    vars(result).update(told)
    connection, sent = linked("a")
    seen = several(monkeypatch, lambda *_: result)
    monkeypatch.setattr(shared, "state", dict)

    worker.make_several(connection, None, None, None)

    assert sent == ["A", "libre", "fin"]
    assert seen[2:] == ["sans ramasser", "qpref.workbook.holding", "retient", *steps]


def test_one_report_of_a_process_is_sent_and_the_way_closed(monkeypatch):
    connection, sent = linked()
    limits = []
    monkeypatch.setattr(worker, "_begin", limits.append)
    monkeypatch.setattr(worker.gc, "disable", lambda: limits.append("gc"))
    monkeypatch.setattr(worker, "_make", lambda *given: given)

    worker.make_one(connection, "rapport", "projet", "réglage", 300)

    assert sent == [("rapport", "projet", "réglage", connection), "fin"]
    assert limits == [300, "gc"]


def test_what_goes_wrong_in_a_report_is_told_with_what_it_cost(monkeypatch, report):
    """Two seconds and a half; 200 letters of the error."""
    monkeypatch.setattr(worker.time, "process_time", iter([10.0, 12.5]).__next__)
    monkeypatch.setattr(worker, "load_reference", lambda _: 1 / 0)
    made = worker._make(report, Project(report.folder), None, linked()[0])

    assert made.failure == (
        "10_essai : erreur inattendue, ZeroDivisionError (division by zero)."
    )  # fmt: skip
    assert made.cpu_seconds == 2.5


@POSIX
def test_a_process_leads_a_group_and_may_not_take_more_memory():
    """16 000 megabytes, of 1 048 576 bytes each."""
    import resource  # noqa: PLC0415 - Windows has none

    def led(megabytes):
        family.lead(megabytes)
        return [os.getpgid(0) == os.getpid(), resource.getrlimit(resource.RLIMIT_AS)[0]]

    free = resource.getrlimit(resource.RLIMIT_AS)[0]
    assert told_by(lambda: led(16_000)) == [True, 16_777_216_000]
    assert told_by(lambda: led(None)) == [True, free]


@pytest.mark.parametrize(
    ("platform", "methods", "expected"),
    [
        ("win32", ["spawn"], "spawn"),
        ("linux", ["spawn", "fork"], "spawn"),
        pytest.param("linux", ["forkserver"], "forkserver", marks=POSIX),
    ],
)
def test_reports_are_forked_where_a_warm_process_can_be(
    monkeypatch, tmp_path, platform, methods, expected
):
    """It begins at once, with the project that it reads; each report has one thread."""
    begun = []
    found = SimpleNamespace(set_forkserver_preload=begun.append)
    given = {"spawn": "spawn", "forkserver": found}
    monkeypatch.setattr(server, "sys", SimpleNamespace(platform=platform))
    monkeypatch.setattr(
        server, "multiprocessing",
        SimpleNamespace(get_all_start_methods=lambda: methods, get_context=given.__getitem__),
    )  # fmt: skip
    running = SimpleNamespace(ensure_running=lambda: begun.append(os.environ[ROOT_VARIABLE]))
    monkeypatch.setattr(server, "forkserver", running, raising=False)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("MKL_NUM_THREADS", "3")

    assert server.context(Project(tmp_path)) is given[expected]
    forked = [["qpref.batch.warm"], str(tmp_path)]
    assert begun == forked * (expected == "forkserver")
    assert (os.environ["OMP_NUM_THREADS"], os.environ["MKL_NUM_THREADS"]) == ("1", "3")


def test_options_of_drawings_are_compared_where_they_were_loaded(monkeypatch):
    drawings = SimpleNamespace(rcParams={"figure.dpi": 100})
    monkeypatch.setitem(sys.modules, "matplotlib", drawings)
    before = shared.state()
    assert shared.left_behind(before) == []
    drawings.rcParams["figure.dpi"] = 200

    assert shared.left_behind(before) == ["matplotlib"]


# A report, part by part.


def test_the_cells_that_took_longest_are_told_the_longest_first():
    def cell(count, seconds, text="a\nb\n", kind="code"):
        about = SimpleNamespace(papermill=SimpleNamespace(duration=seconds))
        return SimpleNamespace(cell_type=kind, source=text, execution_count=count, metadata=about)

    cells = [cell(1, 2), cell(2, 9, " "), cell(3, 5, "x\n\n"), cell(4, 1), cell(5, 3),
             cell(None, 8, kind="markdown")]  # fmt: skip

    assert run._longest(SimpleNamespace(cells=cells)) == (
        Cell(2, "x", 5.0), Cell(4, "b", 3.0), Cell(0, "b", 2.0),
    )  # fmt: skip


def test_what_a_page_leaves_out_is_told_cell_by_cell(monkeypatch):
    left = [(2, "un tableau"), (5, "une figure"), (2, "un texte")]
    monkeypatch.setattr(run, "unpublished", lambda _: left)
    monkeypatch.setattr(run, "heavy", lambda _: [(4, 2_340_000)])
    told = []
    with listening(told.append):
        run._say_of_outputs(None, "70_mien.ipynb")

    assert "la cellule 2 (un tableau et un texte) et la cellule 5 (une figure)" in told[0]
    assert told[1].startswith("« 70_mien.ipynb », cellule 4 : ce qu’elle affiche pèse 2,3 Mo")
    monkeypatch.setattr(run, "unpublished", lambda _: [])
    monkeypatch.setattr(run, "heavy", lambda _: [])
    with listening(told.append):
        run._say_of_outputs(None, "70_mien.ipynb")
    assert len(told) == 2


@pytest.fixture
def steps(monkeypatch):
    """The steps of a report, each replaced by a note of what it was given."""
    done = []
    for name in ("check_ready", "_say_of_outputs", "print_reports"):
        monkeypatch.setattr(run, name, lambda *given, name=name: done.append((name, *given)))
    subject = SimpleNamespace(check_page=lambda says: done.append(("check_page", says)))
    page = {"titre": "T", "fictif": True, "autre": 1}
    monkeypatch.setattr(run, "Subject", lambda *_: subject)
    monkeypatch.setattr(run, "about", lambda _: listening(lambda _: None))
    monkeypatch.setattr(run, "read_look", lambda *_: "habits")
    monkeypatch.setattr(run, "key_of", lambda *given: done.append(("key_of", *given)) or "clé")
    monkeypatch.setattr(run, "Store", lambda project: ("magasin", project))
    monkeypatch.setattr(run, "provenance_of",
                        lambda *given: done.append(("provenance_of", *given)) or FACTS)  # fmt: skip
    monkeypatch.setattr(run, "executed_notebook", lambda *_: SimpleNamespace(cells=[]))
    monkeypatch.setattr(run, "contents_of", lambda *_: {".html": b"page"})
    monkeypatch.setattr(run, "page_facts", lambda _: page)
    monkeypatch.setattr(run, "interactive_page", lambda *_: "vive")
    return done


@pytest.mark.parametrize("is_interactive", [False, True])
def test_a_report_is_checked_run_and_published_in_turn(report, tmp_path, steps, is_interactive):
    project = Project(tmp_path)
    reference = SimpleNamespace(sites=SimpleNamespace(habillage=None))
    setting = RunSetting(NOW, is_interactive=is_interactive)

    made = run.run_report(report, project, reference, setting)

    assert (made.failure, made.warning) == (None, None)
    assert [*made.stages] == ["preparation", "analyse", "rendu", "enregistrement", "pdf"]
    assert [one[0] for one in steps] == [
        "check_ready", "key_of", "provenance_of", "_say_of_outputs", "check_page",
    ]  # fmt: skip
    assert steps[0][1:] == (report, project)
    assert steps[1][1:] == (report, project, reference)
    assert steps[2][1:] == (report, ("magasin", project), reference, NOW, "clé")
    assert steps[3][2] == "10_essai.ipynb"
    facts = json.loads(report.output(SUFFIX).read_text(encoding="utf-8"))
    assert (facts["titre"], facts["fictif"], facts["cle"]) == ("T", True, "c")
    assert report.output(".html").read_bytes() == b"page"
    assert report.output(".interactif.html").exists() is is_interactive


def test_a_pdf_that_cannot_be_printed_is_a_warning(report, tmp_path, steps, monkeypatch):
    project, browser = Project(tmp_path), Path("navigateur")
    reference = SimpleNamespace(sites=SimpleNamespace(habillage=None))

    made = run.run_report(report, project, reference, RunSetting(NOW, browser))
    assert steps[-1] == ("print_reports", [report], project, browser)
    assert made.warning is None

    def refuse(*_):
        raise PdfError("Le navigateur ne répond pas.", "Relancez.")

    monkeypatch.setattr(run, "print_reports", refuse)
    made = run.run_report(report, project, reference, RunSetting(NOW, browser))
    assert made.failure is None
    assert "Le navigateur ne répond pas." in made.warning


def test_a_report_that_lacks_something_fails_before_it_runs(report, tmp_path, steps, monkeypatch):
    def refuse(*_):
        raise MissingDataError("Rien à lire.", "Importez.")

    monkeypatch.setattr(run, "check_ready", refuse)
    reference = SimpleNamespace(sites=SimpleNamespace(habillage=None))
    made = run.run_report(report, Project(tmp_path), reference, RunSetting(NOW))

    assert "Rien à lire." in made.failure
    assert steps == []
    assert [*made.stages] == ["preparation"]
    assert not report.output(".html").exists()


def executed(*sources, injected=()):
    """Run cells by the engine; return them and what was told before each."""
    cells = [
        nbformat.v4.new_code_cell(
            text, metadata={"papermill": {}, "tags": ["injected-parameters"] * (rank in injected)}
        )
        for rank, text in enumerate(sources)
    ]
    cells.insert(1, nbformat.v4.new_markdown_cell("texte", metadata={"papermill": {}}))
    book = nbformat.v4.new_notebook(cells=cells, metadata={"papermill": {}})
    seen = []
    done = InProcessEngine.execute_notebook(book, "python3", progress_bar=False,
                                            on_cell=seen.append)  # fmt: skip
    return [one for one in done.cells if one.cell_type == "code"], seen


def test_what_papermill_adds_is_not_counted_with_the_analyst_s_cells():
    cells, seen = executed("a = 1", "a = 2", "print(a)", injected=[1])

    assert seen == [0, 1, 1]
    assert [one.execution_count for one in cells] == [1, 1, 2]
    assert [one.text for one in cells[2].outputs] == ["2\n"]


def test_cells_after_one_that_fails_are_not_run():
    cells, seen = executed("1", "1 / 0", "print(3)")

    assert seen == [0, 1]
    assert [one.metadata.papermill.status for one in cells[:2]] == ["completed", "failed"]
    (error,) = cells[1].outputs
    assert (error.ename, error.evalue) == ("ZeroDivisionError", "division by zero")
    assert "\x1b" not in "".join(error.traceback)
    assert cells[2].outputs == []


def test_what_a_report_runs_goes_to_nobody_s_history():
    cells, _ = executed("print(get_ipython().history_manager.enabled)")

    assert cells[0].outputs[0].text == "False\n"
