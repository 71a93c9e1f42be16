"""A section of a report, in the two forms it needs: plotly for the analyst, plain HTML for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from markupsafe import Markup

from qpref.lazy import lazy
from qpref.wording.html import templates

ipython = lazy("IPython.display")  # only where it runs

# Darkest at both ends; told apart by colour-blind readers and in grey by their order.
VERY_GOOD, GOOD, BAD, VERY_BAD, NEUTRAL = "#0a3d7a", "#8ec1e8", "#f9a65a", "#7f2704", "#e3e3e3"

FIGURE_MEANINGS = {
    "section": "section du rapport d’où vient le chiffre",
    "indicateur": "question, critère ou mesure",
    "libelle": "nom de l’indicateur, tel que le rapport le dit",
    "groupe": "réponse, canal, site ou date dont il s’agit, vide pour l’ensemble",
    "n": "nombre d’avis, de contacts ou d’engagements sur lequel porte le chiffre",
    "effectif": "nombre, parmi eux, de ceux que compte le chiffre",
    "valeur": "le chiffre : une part va de 0 à 1",
    "bas": "borne basse de l’intervalle à 95 %, ou plus basse note",
    "haut": "borne haute de l’intervalle à 95 %, ou plus haute note",
    "unite": "part, points, jours ouvrés, note sur 10…",
}
FIGURE_COLUMNS = tuple(FIGURE_MEANINGS)
_UNCUT_ROWS = 8
STATIC_MIME = "text/html"
FIGURES_MIME = "application/vnd.qpref.chiffres+json"
PLOT_MIME = "application/vnd.plotly.v1+json"


@dataclass(frozen=True)
class Bar:
    """A rectangle of a table-graphic: left edge, width (shares of the cell), colour."""

    start: float
    width: float
    colour: str
    is_thin: bool = False

    @property
    def x(self) -> str:
        """Left edge in percent, to a percent: edges that touch still do."""
        return f"{100 * self.start:.0f}%"

    @property
    def extent(self) -> str:
        """Width in percent, to a percent; never nothing."""
        width = round(100 * (self.start + self.width)) - round(100 * self.start)
        return f"{width or 0.4}%"


def with_interval(value: float, low: float, high: float) -> list[Bar]:
    """Return a value from the left edge, and its interval as a thin bar; shares of the cell."""
    return [Bar(0, value, VERY_GOOD), Bar(low, high - low, GOOD, is_thin=True)]


@dataclass(frozen=True)
class Row:
    """A row: its name, its values (a second line after a line break), bars and detail below."""

    label: str
    cells: Sequence[str]
    bars: Sequence[Bar] = ()
    detail: str = ""


@dataclass(frozen=True)
class Table:
    """
    A captioned table; every value drawn is also written.

    The name of a row stands above its values when the table `is_stacked`: for many columns on a
    phone. One that `is_wide` scrolls.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Row]
    legend: Sequence[tuple[str, str]] = ()
    is_wide: bool = False
    is_stacked: bool = False

    @property
    def style(self) -> str:
        """Return the class by which the style sheet knows the table."""
        if self.is_wide:
            return "annexe"
        long = "longue" if len(self.rows) > _UNCUT_ROWS else ""
        return f"{long} sites".strip() if self.is_stacked else long


@dataclass(frozen=True)
class KeyFigure:
    """A large figure and the sentence that gives it its meaning."""

    value: str
    meaning: str


@dataclass(frozen=True)
class Section:
    """
    What one call of a notebook shows.

    Parameters
    ----------
    key
        Anchor, and first column of the figures file.
    title
        The headline, computed from the figures.
    sentences
        Plain French, one paragraph each.
    tables, key_figures
        Static form.
    figures
        The numbers shown, columns `FIGURE_COLUMNS`.
    plot
        A plotly figure as a dictionary, for JupyterLab only.
    page
        Facts for the whole page (title, whether data are invented), on the first section only.
    level
        Level of the heading; 1 for the first section.
    """

    key: str
    title: str
    sentences: Sequence[str] = ()
    tables: Sequence[Table] = ()
    key_figures: Sequence[KeyFigure] = ()
    figures: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=FIGURE_COLUMNS))
    plot: dict[str, Any] | None = None
    page: dict[str, Any] | None = None
    level: int = 3

    @property
    def html(self) -> Markup:
        """The static form; every text is escaped."""
        return Markup(templates("qpref.display").get_template("section.html").render(section=self))  # noqa: S704 - autoescaped

    def bundles(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """
        Return the outputs to display: plotly first when there is one, then the static form.

        The static form carries the mark by which the report recognises it.
        """
        mark = {"qpref": {"section": self.key, **(self.page or {})}}
        records = self.figures.astype(object).where(self.figures.notna(), None)
        static = {
            STATIC_MIME: str(self.html),
            FIGURES_MIME: records.to_dict("records"),
            "text/plain": "\n".join([self.title, *self.sentences]),
        }
        plot: list[tuple[dict[str, Any], dict[str, Any]]] = []
        if self.plot:
            plot = [({PLOT_MIME: self.plot, "text/plain": self.title}, {})]
        return [*plot, (static, mark)]

    def _ipython_display_(self) -> None:
        for data, metadata in self.bundles():
            ipython.publish_display_data(data, metadata)


def figure_rows(section: str, unit: str, rows: Sequence[Mapping[Any, Any]]) -> pd.DataFrame:
    """Return figures in the order of `FIGURE_COLUMNS`; columns not given are missing."""
    complete = [{"section": section, "unite": unit, **row} for row in rows]
    return pd.DataFrame(complete, columns=FIGURE_COLUMNS)
