"""Runs one report: papermill in a draft folder, page and figures, then all put in place."""

import contextlib
import hashlib
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
import papermill
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from qpref import errors
from qpref.batch.engine import InProcessEngine
from qpref.batch.freshness import key_of
from qpref.batch.plan import Report, check_data
from qpref.batch.provenance import SUFFIX, Provenance, provenance_of
from qpref.batch.result import Result, Stages, longest
from qpref.display.section import FIGURE_MEANINGS
from qpref.errors import QprefError
from qpref.project import (
    BATCH_VARIABLE,
    ROOT_VARIABLE,
    Project,
    make_folder,
    refused,
    spreadsheet_csv,
    spreadsheet_xlsx,
    write_atomically,
)
from qpref.reference import Reference
from qpref.report.exporter import QprefExporter, figures, page_facts
from qpref.report.interactive import interactive_page
from qpref.report.look import Look, read_look
from qpref.report.pdf import PdfError, to_pdf
from qpref.store import Store

KERNEL = "python3"
ENGINE = "qpref"
_DRAFT = ".en-cours-"
FAILED_SUFFIX = ".echec.ipynb"
_OURS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, QprefError)
}


class NotebookError(QprefError):
    """A cell that failed; the executed notebook is kept."""

    meaning = "au moins un rapport a échoué ; les autres sont faits"


@dataclass(frozen=True)
class RunSetting:
    """
    How reports are made.

    `now` is written in the provenance files only; without a `browser`, no PDF is made;
    `is_interactive`: a page with its plotly figures too.
    """

    now: datetime
    browser: Path | None = None
    is_interactive: bool = False


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
    store, stages = Store(project), Stages()
    try:
        with stages.timed("preparation"):
            check_data(report, store)
            look = read_look(reference.sites.habillage, project.root)
            # Before the notebook reads: what is imported meanwhile makes the report stale.
            key = key_of(report, project, reference)
            facts = provenance_of(report, store, reference, setting.now, key)
        with _draft_folder(project) as draft, stages.timed("analyse"):
            executed = _execute(report, project, draft / "execute.ipynb", on_cell)
        with stages.timed("rendu"):
            contents = contents_of(executed, look)
            says = page_facts(executed)
            facts = facts.model_copy(update={name: says[name] for name in ("titre", "fictif")})
        with stages.timed("enregistrement"):
            _publish(report, contents, facts)
            _add_interactive(report, executed, look, setting)
    except QprefError as error:
        return Result(report, str(error), stages=stages)
    warning = None
    try:
        with stages.timed("pdf"):
            _print(report, setting.browser)
    except PdfError as error:
        warning = str(error)
    return Result(report, warning=warning, stages=stages, cells=longest(executed))


def draft_prefix(pid: int | str) -> str:
    """Return how the draft folders of a process of this machine are named."""
    return f"{_DRAFT}{platform.node()}-{pid}-"


def sweep(project: Project) -> None:
    """Remove the drafts that processes of this machine left when they were killed."""
    ours = draft_prefix("")[:-1]
    for folder in project.reports.glob(f"{ours}*"):
        pid = folder.name.removeprefix(ours).split("-")[0]
        if not (pid.isdigit() and _is_alive(int(pid))):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    if os.name == "nt":  # a signal would end it there
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextlib.contextmanager
def _draft_folder(project: Project) -> Iterator[Path]:
    """Give a folder beside the reports, removed whatever happens."""
    try:
        make_folder(project.reports)
        folder = Path(tempfile.mkdtemp(prefix=draft_prefix(os.getpid()), dir=project.reports))
    except OSError as error:
        raise refused(project.reports, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _execute(
    report: Report, project: Project, draft: Path, on_cell: Callable[[int], object] | None
) -> nbformat.NotebookNode:
    """Run the notebook here; keep the executed notebook of a failed run under another name."""
    os.environ[ROOT_VARIABLE] = str(project.root)
    os.environ[BATCH_VARIABLE] = "1"
    papermill_engines.register(ENGINE, InProcessEngine)
    try:
        papermill.execute_notebook(
            report.notebook.path,
            draft,
            parameters=report.parameters,
            engine_name=ENGINE,
            kernel_name=KERNEL,
            progress_bar=False,
            request_save_on_cell_execute=False,
            cwd=project.root,
            on_cell=on_cell,
        )
    except OSError as error:
        raise refused(draft.parent, error) from error
    except PapermillExecutionError as error:
        failure = _explain(report, error)
        if draft.exists():
            write_atomically(report.output(FAILED_SUFFIX), draft.read_bytes())
        raise failure from error
    executed: nbformat.NotebookNode = nbformat.read(draft, as_version=4)
    # Where it ran is nobody's business: keep the names, not the folders of this machine.
    executed.metadata.papermill.input_path = report.notebook.path.name
    executed.metadata.papermill.output_path = report.output(".ipynb").name
    return executed


def _explain(report: Report, error: PapermillExecutionError) -> QprefError:
    """Return the French sentence of our own errors, or name the cell and what Python said."""
    if error.ename in _OURS:
        return NotebookError(str(error.evalue), "")
    kept = report.output(FAILED_SUFFIX)
    return NotebookError(
        f"{report.notebook.name}, cellule {error.exec_count} : "
        f"{error.ename} ({str(error.evalue)[:200]}).",
        f"Le notebook exécuté est conservé : « {kept} ».",
    )


def keep_failed(report: Report, cell: int, how: str) -> str:
    """
    Keep a notebook that says where the process of a report ended; return the sentence for users.

    Parameters
    ----------
    report
        Whose process ended without a word.
    cell
        Index of the cell under way, in the notebook with its parameters; -1 before the first.
    how
        « s’est arrêté brutalement », « a dépassé 600 secondes ».
    """
    notebook = parameterize_notebook(
        load_notebook_node(str(report.notebook.path)), report.parameters, engine_name=None
    )
    sentence = f"{report.notebook.name}, cellule {cell + 1} : le calcul {how}."
    for index, one in enumerate(notebook.cells):
        status = "completed" if index < cell else "failed" if index == cell else "pending"
        one.metadata.papermill = {"status": status, "exception": index == cell}
        if index == cell and one.cell_type == "code":
            one.outputs = [
                nbformat.v4.new_output(
                    "error", ename="ProcessusArrete", evalue=sentence, traceback=[sentence]
                )
            ]
    kept = report.output(FAILED_SUFFIX)
    write_atomically(kept, nbformat.writes(notebook).encode())
    return (
        f"{sentence} Relancez ; si cela recommence, ouvrez « {kept} » dans JupyterLab, qui dit "
        "quelle cellule était en cours."
    )


def _add_interactive(
    report: Report, executed: nbformat.NotebookNode, look: Look, setting: RunSetting
) -> None:
    """Write the interactive page beside the other; one of an earlier run never stays."""
    report.output(".interactif.html").unlink(missing_ok=True)
    if setting.is_interactive:
        page = interactive_page(executed, look)
        write_atomically(report.output(".interactif.html"), page.encode())


def contents_of(executed: nbformat.NotebookNode, look: Look) -> dict[str, bytes]:
    """Return what is published of an executed notebook, by suffix, the page last."""
    exporter = QprefExporter()
    exporter.look = look
    page, _ = exporter.from_notebook_node(executed)
    numbers = figures(executed)
    return {
        ".ipynb": nbformat.writes(executed).encode(),
        ".chiffres.csv": spreadsheet_csv(numbers),
        ".chiffres.xlsx": spreadsheet_xlsx(numbers, FIGURE_MEANINGS),
        ".html": page.encode(),
    }


def _publish(report: Report, contents: Mapping[str, bytes], facts: Provenance) -> None:
    """Write page, figures, notebook and provenance, the page last."""
    digests = {
        report.output(suffix).name: hashlib.sha256(content).hexdigest()
        for suffix, content in contents.items()
    }
    text = facts.model_copy(update={"sorties": digests}).model_dump_json(indent=1)
    ordered = {SUFFIX: text.encode(), **contents}
    for suffix, content in ordered.items():
        write_atomically(report.output(suffix), content)
    report.output(FAILED_SUFFIX).unlink(missing_ok=True)


def _print(report: Report, browser: Path | None) -> None:
    """Print the page beside it; a PDF of an earlier page never stays."""
    report.output(".pdf").unlink(missing_ok=True)
    if browser:
        write_atomically(report.output(".pdf"), to_pdf(report.output(".html"), browser))
