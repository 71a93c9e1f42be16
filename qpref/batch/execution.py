"""Run the notebook of a report in this process, by papermill's own steps."""

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
from papermill import execute
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from papermill.utils import chdir

from qpref.batch.engine import InProcessEngine
from qpref.batch.plan import FAILED_SUFFIX, Report
from qpref.batch.result import NotebookError
from qpref.batch.surroundings import variables
from qpref.errors import QprefError
from qpref.project import BATCH_VARIABLE, ROOT_VARIABLE, Project, refused
from qpref.written import put

KERNEL = "python3"


def executed_notebook(
    report: Report, project: Project, draft: Path, on_cell: Callable[[int], object] | None
) -> nbformat.NotebookNode:
    """
    Run the notebook here; keep the executed notebook of a failed run under another name.

    Parameters
    ----------
    report, project
        What to make, and where.
    draft
        Where papermill may write a notebook that fails.
    on_cell
        Called with the index of each cell before it runs.
    """
    try:
        with variables({ROOT_VARIABLE: str(project.root), BATCH_VARIABLE: "1"}):
            executed = _run(report, project, on_cell)
            execute.raise_for_execution_errors(executed, str(draft))
    except OSError as error:
        raise refused(draft.parent, error) from error
    except PapermillExecutionError as error:
        failure = explained(report, error)
        if draft.exists():
            put(project, {report.output(FAILED_SUFFIX): draft.read_bytes()}, report.failed)
        raise failure from error
    # As it would be read from a file: no type of a library is left in it.
    found: nbformat.NotebookNode = nbformat.from_dict(
        json.loads(json.dumps(executed, sort_keys=True))
    )
    return found


def parameterized(report: Report) -> nbformat.NotebookNode:
    """Return the notebook of a report with its parameters; it need not say that it is Python."""
    notebook = load_notebook_node(str(report.notebook.path))
    found: nbformat.NotebookNode = parameterize_notebook(
        notebook, report.parameters, engine_name=None, kernel_name=KERNEL, language="python"
    )
    return found


def _run(
    report: Report, project: Project, on_cell: Callable[[int], object] | None
) -> nbformat.NotebookNode:
    """Do what `papermill.execute_notebook` does, without a file that would be read at once."""
    notebook = parameterized(report)
    # Where it ran is nobody's business: the names, not the folders of this machine.
    names = report.notebook.path.name, report.output(".ipynb").name
    notebook = execute.prepare_notebook_metadata(notebook, *names)
    notebook = execute.remove_error_markers(notebook)
    with chdir(project.root):
        return InProcessEngine.execute_notebook(
            notebook, KERNEL, progress_bar=False, on_cell=on_cell
        )


def explained(report: Report, error: PapermillExecutionError) -> QprefError:
    """Name the cell, and give the French sentence of our own errors or what Python said."""
    where = f"{report.notebook.name}, cellule {error.exec_count}"
    if error.ename in QprefError.known:
        return NotebookError(f"{where} : {error.evalue}", "")
    kept = report.output(FAILED_SUFFIX)
    return NotebookError(
        f"{where} : {error.ename} ({str(error.evalue)[:200]}).",
        f"Le notebook exécuté est conservé : « {kept} ».",
    )
