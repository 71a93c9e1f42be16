"""Run one report: execute its notebook in a draft folder, render it, publish all files together."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import nbformat

from qpref.batch.drafts import draft_folder
from qpref.batch.execution import executed_notebook, parameterized
from qpref.batch.figures import FIGURES
from qpref.batch.freshness import key_of
from qpref.batch.parameters import INJECTED
from qpref.batch.plan import FAILED_SUFFIX, Report
from qpref.batch.printing import PDF, print_reports
from qpref.batch.provenance import SUFFIX, Provenance, former_outputs, provenance_of
from qpref.batch.ready import check_ready
from qpref.batch.result import Cell, Result, Stages
from qpref.batch.setting import RunSetting
from qpref.display.figures import MEANINGS
from qpref.errors import QprefError, StorageError
from qpref.patience import patiently
from qpref.project import Project
from qpref.reference import Reference
from qpref.report.browser import PdfError
from qpref.report.exporter import figures, heavy, page_facts, page_of, unpublished
from qpref.report.interactive import interactive_page
from qpref.report.look import Look, read_look
from qpref.report.page import render
from qpref.spreadsheets import spreadsheet_csv, spreadsheet_xlsx
from qpref.store import Store
from qpref.told import listening, say
from qpref.wording.french import enumeration, number
from qpref.workbook.subject import Subject, about
from qpref.written import REPORT, digest, put, put_back, say_kept, set_aside

_MOST = 3  # cells told of each report
_INTERACTIVE = ".interactif.html"
_NOT_SHOWN = (
    "« {name} » : n’est pas dans la page ce qu’affiche sans section {cells} ; pour le publier, "
    "donnez-le à qpref.section(titre, table=…, figure=…, texte=…)."
)
_HEAVY = (
    "« {name} », cellule {count} : ce qu’elle affiche pèse {size} Mo, gardés dans le notebook "
    "exécuté ; n’en affichez que ce qui sert (table.head(), par exemple)."
)


def run_report(
    report: Report,
    project: Project,
    reference: Reference,
    setting: RunSetting,
    on_cell: Callable[[int], object] | None = None,
) -> Result:
    """
    Make one report; on failure the earlier files stay in place.

    Parameters
    ----------
    report
        What to make.
    project, reference
        Where, and with which reference data.
    setting
        When, and with which browser.
    on_cell
        Called with the index of each cell before it runs.
    """
    kept: list[str] = []
    with listening(kept.append):
        made = _made(report, project, reference, setting, on_cell)
    warnings = [*kept, *([made.warning] if made.warning else [])]
    return replace(made, warning=" ".join(warnings) or None)


def _made(
    report: Report,
    project: Project,
    reference: Reference,
    setting: RunSetting,
    on_cell: Callable[[int], object] | None,
) -> Result:
    """Make one report; what is told meanwhile of people's files is left to the caller."""
    store, stages = Store(project), Stages()
    path, names = report.notebook.path, tuple(report.parameters)
    subject = Subject(path.name, names, project.root, report.sites, report.campaign)
    try:
        with stages.timed("preparation"):
            check_ready(report, project)
            look = read_look(reference.sites.habillage, project.root)
            # Before the notebook reads: what is imported meanwhile makes the report stale.
            key = key_of(report, project, reference)
            facts = provenance_of(report, store, reference, setting.now, key)
        with draft_folder(project.reports) as draft:
            with stages.timed("analyse"), about(subject):
                place = draft / "execute.ipynb"
                executed = executed_notebook(report, project, place, on_cell)
            with stages.timed("rendu"):
                contents = contents_of(executed, look)
                says = page_facts(executed)
                _say_of_outputs(executed, path.name)
                subject.check_page(says)
                facts = facts.model_copy(update={name: says[name] for name in ("titre", "fictif")})
                beside = _beside(executed, look, setting)
            with stages.timed("enregistrement"), _set_aside(report, project, draft):
                _publish(report, project, {**beside, **contents}, facts)
    except QprefError as error:
        return Result(report, str(error), stages=stages)
    warning = None
    try:
        with stages.timed("pdf"):
            if setting.browser:
                print_reports([report], project, setting.browser)
    except (PdfError, StorageError) as error:  # the page is there: it is no failure
        warning = str(error)
    return Result(report, warning=warning, stages=stages, cells=_longest(executed))


def _say_of_outputs(executed: nbformat.NotebookNode, name: str) -> None:
    """Tell which outputs of which cells are left out of the page, or weigh too much."""
    left: dict[int, list[str]] = {}
    for count, what in unpublished(executed):
        left.setdefault(count, []).append(what)
    if left:
        cells = [f"la cellule {count} ({enumeration(what)})" for count, what in left.items()]
        say(_NOT_SHOWN.format(name=name, cells=enumeration(cells)))
    for count, weight in heavy(executed):
        say(_HEAVY.format(name=name, count=count, size=number(weight / 1e6, 1)))


def keep_failed(report: Report, project: Project, cell: int, how: str) -> str:
    """
    Keep a notebook that says where the process of a report ended; return the sentence for users.

    Parameters
    ----------
    report, project
        Whose process ended without a word.
    cell
        How many of the analyst's cells had run before the one under way; -1 before the first.
    how
        « s’est arrêté brutalement », « a dépassé 600 secondes ».
    """
    notebook = parameterized(report)
    is_begun = cell >= 0
    where = f"cellule {cell + 1}" if is_begun else "avant la première cellule"
    sentence = f"{report.notebook.name}, {where} : le calcul {how}."
    own = [one for one in notebook.cells
           if one.cell_type == "code" and INJECTED not in one.metadata.get("tags", [])]  # fmt: skip
    for index, one in enumerate(own):
        status = "completed" if index < cell else "failed" if index == cell else "pending"
        one.metadata.papermill = {"status": status, "exception": index == cell}
        if index == cell:
            one.outputs = [
                nbformat.v4.new_output(
                    "error", ename="ProcessusArrete", evalue=sentence, traceback=[sentence]
                )
            ]
    kept = report.output(FAILED_SUFFIX)
    put(project, {kept: nbformat.writes(notebook).encode()}, report.failed)
    seen = ", qui dit quelle cellule était en cours" if is_begun else ""
    return f"{sentence} Relancez ; si cela recommence, ouvrez « {kept} » dans JupyterLab{seen}."


def contents_of(executed: nbformat.NotebookNode, look: Look) -> dict[str, bytes]:
    """Return what is published of an executed notebook, by suffix, the page last."""
    page = render(page_of(executed), look)
    numbers = figures(executed)
    return {
        ".ipynb": nbformat.writes(executed).encode(),
        FIGURES: spreadsheet_csv(numbers),
        ".chiffres.xlsx": spreadsheet_xlsx(numbers, MEANINGS),
        ".html": page.encode(),
    }


def _beside(executed: nbformat.NotebookNode, look: Look, setting: RunSetting) -> dict[str, bytes]:
    """Return what was asked for beside the usual files, by suffix."""
    if not setting.is_interactive:
        return {}
    return {_INTERACTIVE: interactive_page(executed, look).encode()}


@contextlib.contextmanager
def _set_aside(report: Report, project: Project, draft: Path) -> Iterator[None]:
    """
    Take away what an earlier page left beside it; put it back when the new page is not published.

    A PDF or an interactive page of an earlier run never stays beside a new page, under its name.
    Under Windows one that somebody reads cannot be moved: the report fails before anything of it is
    replaced.
    """
    stale = [report.output(suffix) for suffix in (_INTERACTIVE, PDF, FAILED_SUFFIX)]
    theirs = set_aside(project, stale)
    moved: dict[Path, Path] = {}
    try:
        for path in stale:
            if path.exists():
                _move(path, draft / path.name)
                moved[path] = draft / path.name
        yield
    except BaseException:
        put_back({**moved, **theirs})
        raise
    say_kept(theirs)


def _move(path: Path, place: Path) -> None:
    try:
        patiently(partial(path.rename, place))
    except OSError as error:
        raise StorageError(
            f"« {path} » ne peut pas être remplacé ({error.strerror or error}).",
            "Fermez-le s’il est ouvert ailleurs, puis relancez : l’ancien rapport est intact.",
        ) from error


def _publish(
    report: Report, project: Project, contents: Mapping[str, bytes], facts: Provenance
) -> None:
    """Write page, figures, notebook and provenance, all or none."""
    digests = {
        report.output(suffix).name: digest(content)
        for suffix, content in contents.items()
        if suffix != _INTERACTIVE
    }
    text = facts.model_copy(update={"sorties": digests}).model_dump_json(indent=1)
    ordered = {SUFFIX: text.encode(), **contents}
    files = {report.output(suffix): content for suffix, content in ordered.items()}
    put(project, files, REPORT, former_outputs(report))


def _longest(executed: nbformat.NotebookNode) -> tuple[Cell, ...]:
    """Return the cells of an executed notebook that took longest, the longest first."""
    cells = [
        Cell(
            cell.execution_count - 1,
            cell.source.strip().splitlines()[-1],
            float(cell.metadata.papermill.duration),
        )
        for cell in executed.cells
        if cell.cell_type == "code" and cell.source.strip()
    ]
    return tuple(sorted(cells, key=lambda cell: -cell.seconds)[:_MOST])
