"""The nbconvert exporter « qpref »: an executed notebook to the page that is sent."""

import json
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any

import pandas as pd
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import List

from qpref.display.dress import undressed
from qpref.display.figures import NAMES
from qpref.display.section import FIGURES_MIME, LEFT_OUT, STATIC_MIME
from qpref.errors import ReportError
from qpref.report.look import PLAIN, Look
from qpref.report.markdown import to_html
from qpref.report.page import Page, render

_HEAVY = 1_000_000  # bytes
ANALYST_TAG = "analyste"  # cells for the analyst: never in the report


def sections(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the outputs that our sections wrote; every other output stays in the notebook."""
    return [
        output
        for cell in notebook.cells
        if cell.cell_type == "code" and ANALYST_TAG not in cell.metadata.get("tags", [])
        for output in cell.outputs
        if is_section(output)
    ]


def is_section(output: NotebookNode) -> bool:
    """Return whether an output is the static form of one of our sections."""
    return "qpref" in output.get("metadata", {}) and STATIC_MIME in output.get("data", {})


# What else a cell may show, by the richest form it has, as its analyst is told.
_KINDS = {
    "application/vnd.plotly.v1+json": "une figure plotly",
    "image/png": "une image",
    "image/svg+xml": "une image",
    "text/html": "un tableau",
    "text/markdown": "un texte",
    "text/latex": "une formule",
    "text/plain": "un texte",
}


def unpublished(notebook: NotebookNode) -> list[tuple[int, str]]:
    """Return what cells of the report show that no page does: the cell's count, and what it is."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and ANALYST_TAG not in cell.metadata.get("tags", []):
            is_ours = any("qpref" in output.get("metadata", {}) for output in cell.outputs)
            shown = [_kind(output, is_ours=is_ours) for output in cell.outputs]
            found += [(cell.execution_count or 0, one) for one in dict.fromkeys(shown) if one]
    return found


def heavy(notebook: NotebookNode) -> list[tuple[int, int]]:
    """Return the cells whose outputs weigh over a megabyte: the cell's count, and their bytes."""
    weights = [
        (cell.execution_count or 0, len(json.dumps(cell.outputs, ensure_ascii=False).encode()))
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    return [(count, weight) for count, weight in weights if weight > _HEAVY]


def _kind(output: NotebookNode, *, is_ours: bool) -> str:
    """Return what an output that is not ours is; a section's own figure is ours."""
    if output.output_type == "stream":
        return "un texte imprimé" if output.name == "stdout" else ""
    if output.output_type == "error" or "qpref" in output.get("metadata", {}):
        return ""
    kind = next((one for one in _KINDS if one in output.get("data", {})), "")
    return "" if is_ours and "plotly" in kind else _KINDS.get(kind, "")


def figures(notebook: NotebookNode) -> pd.DataFrame:
    """Return the figures of all sections, in order."""
    rows = [row for output in sections(notebook) for row in output.data.get(FIGURES_MIME, [])]
    return pd.DataFrame(rows, columns=NAMES)


def page_facts(notebook: NotebookNode) -> dict[str, Any]:
    """
    Return the title of the page and whether its data are invented.

    Raises
    ------
    ReportError
        If no section says so: the notebook was not executed, or shows nothing of ours.
    """
    for output in sections(notebook):
        mark: dict[str, Any] = output.metadata["qpref"]
        if "titre" in mark:
            return mark
    raise ReportError(
        "Le notebook ne contient aucune section de rapport.",
        "Exécutez-le d’abord ; son premier appel doit être « entete() ».",
    )


def _parts(
    cell: NotebookNode, more: Callable[[Sequence[NotebookNode]], Sequence[Markup]]
) -> list[Markup]:
    """Return the sections of a code cell, each followed by what is added for its own outputs."""
    parts: list[Markup] = []
    own: list[NotebookNode] = []
    for output in cell.outputs:
        if is_section(output):
            parts.append(Markup(undressed(output.data[STATIC_MIME])))  # noqa: S704 - written by our sections
            parts += more(own)
            own = []
        else:
            own.append(output)
    return [*parts, *more(own)] if parts else []


def _announces_nothing(cells: Sequence[NotebookNode]) -> bool:
    """Whether all the sections that follow a heading, up to the next one, were left out."""
    own = [*takewhile(lambda cell: cell.cell_type == "code", cells)]
    outputs = [output for cell in own for output in cell.outputs]
    is_left_out = any(LEFT_OUT in output.get("metadata", {}).get("qpref", {}) for output in outputs)
    return is_left_out and not any(map(is_section, outputs))


def _nothing(_outputs: Sequence[NotebookNode]) -> Sequence[Markup]:
    return ()


def page_of(
    notebook: NotebookNode,
    more: Callable[[Sequence[NotebookNode]], Sequence[Markup]] = _nothing,
) -> Page:
    """
    Return what the report of an executed notebook shows.

    Parameters
    ----------
    notebook
        Executed.
    more
        What to add after a section, given the other outputs that come with it.

    Raises
    ------
    ReportError
        If the notebook holds no section.
    """
    facts = page_facts(notebook)
    parts: list[Markup] = []
    contents: list[tuple[str, str]] = []
    cells = [cell for cell in notebook.cells if ANALYST_TAG not in cell.metadata.get("tags", [])]
    for place, cell in enumerate(cells):
        if cell.cell_type == "markdown" and not _announces_nothing(cells[place + 1 :]):
            html, headings = to_html(cell.source)
            parts.append(html)
            contents += headings
        elif cell.cell_type == "code":
            parts += _parts(cell, more)
    is_poster = bool(facts.get("affiche"))
    return Page(facts["titre"], bool(facts["fictif"]), parts, contents, is_poster)


class QprefExporter(Exporter):
    """
    One HTML file: Markdown escaped, sections in their static form, nothing else.

    Use it as `jupyter nbconvert --to qpref notebook.ipynb`, or from `qpref.batch`.
    """

    export_from_notebook = "Rapport qpref"
    look: Look = PLAIN
    # Cells are taken as they are, or run first when asked: `nbconvert --to qpref --execute`.
    default_preprocessors: Any = List(["nbconvert.preprocessors.ExecutePreprocessor"])

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: object
    ) -> tuple[Any, dict[str, Any]]:
        """
        Return the page and nbconvert's resources.

        Raises
        ------
        ReportError
            If the notebook holds no section: it was not executed, or shows nothing of ours.
        """
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        return render(page_of(notebook), self.look), resources
