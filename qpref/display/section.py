"""A section of a report, in two forms: plotly for the analyst, plain HTML for readers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import isnan
from typing import Any

import pandas as pd
from markupsafe import Markup

from qpref.display.drawn import Curve, Dot, LineChart
from qpref.display.dress import dressed
from qpref.display.figures import NAMES, leaving
from qpref.lazy import lazy
from qpref.palette import GOOD, INK, NEUTRAL, PAPER, SPREAD, VERY_BAD, VERY_GOOD, readable_on
from qpref.statistics.measure import Measure
from qpref.statistics.publication import published
from qpref.wording.html import templates

ipython = lazy("IPython.display")  # only where it runs

_UNCUT_ROWS, _SHORT = 8, 80
_THREE_VALUES = 4  # headings, with that of the names
QUARTERS = ("0", "25", "50", "75", "100 %")  # of a scale of shares
_ROOM = 0.06  # of the cell: two figures, on the narrowest telephone
_HAIR = 0.3  # percent of the cell: what is nothing is drawn as a hair
STATIC_MIME = "text/html"
LEFT_OUT = "absente"  # mark of a section that no page shows
FIGURES_MIME = "application/vnd.qpref.chiffres+json"
PLOT_MIME = "application/vnd.plotly.v1+json"


@dataclass(frozen=True)
class Bar:
    """
    A rectangle of a table-graphic: left edge, width (shares of the cell), colour.

    `text`: written inside, when there is room for it.
    """

    start: float
    width: float
    colour: str
    is_thin: bool = False
    text: str = ""

    @property
    def x(self) -> str:
        """Left edge in percent, rounded to a tenth so that adjacent bars still touch."""
        return f"{round(100 * self.start, 1):g}%"

    @property
    def extent(self) -> str:
        """Width in percent, to a tenth, less than half of a percent away from what is written."""
        width = round(100 * (self.start + self.width), 1) - round(100 * self.start, 1)
        return f"{max(round(width, 1), _HAIR):g}%"

    @property
    def is_drawn(self) -> bool:
        """Whether there is something to draw; a measure that is not known has no length."""
        return not (isnan(self.start) or isnan(self.width))

    @property
    def is_ink(self) -> bool:
        """Whether it is drawn in the colour that a rectangle has when none is asked for."""
        return self.colour == INK

    @property
    def middle(self) -> str:
        """Where its text is centred, in percent."""
        return f"{round(100 * (self.start + self.width / 2), 1):g}%"

    @property
    def ink(self) -> str:
        """Colour of the text inside."""
        return readable_on(self.colour)


def bar(measure: Measure, colour: str, full: float = 1) -> Bar:
    """Return a measure from the left edge; `full` is the value that fills the cell."""
    return Bar(0, published(measure).value / full, colour)


def with_interval(
    measure: Measure, full: float = 1, colours: tuple[str, str] = (VERY_GOOD, GOOD)
) -> list[Bar]:
    """
    Return a measure from the left edge, and its interval as a thin bar.

    Parameters
    ----------
    measure
        With an interval.
    full
        Value that fills the cell.
    colours
        Of the measure and of its interval.
    """
    told = published(measure)
    bounds = (told.value, told.low, told.high)
    value, low, high = ((bound or 0.0) / full for bound in bounds)
    return [Bar(0, value, colours[0]), Bar(low, high - low, colours[1], is_thin=True)]


def on_a_line(
    now: Measure, before: Measure | None = None, verdict: str = ""
) -> tuple[list[Bar], list[Dot]]:
    """
    Return a share as a mark on a line from 0 to 100 %: its interval behind, the former one hollow.

    Parameters
    ----------
    now
        With an interval, or without.
    before
        The same share at the previous campaign, when it is compared.
    verdict
        Of their difference: gives the mark its colour.
    """
    bars, told = [], published(now)
    if told.low is not None and told.high is not None:
        bars = [Bar(told.low, told.high - told.low, GOOD, is_thin=True)]
    dots = [] if before is None else [Dot(published(before).value, PAPER, is_hollow=True)]
    return bars, [*dots, Dot(told.value, _COLOURS.get(verdict, SPREAD))]


_COLOURS = {"mieux": VERY_GOOD, "moins_bien": VERY_BAD}


def from_the_middle(difference: Measure) -> list[Bar]:
    """
    Return a difference and its interval around zero, the middle of the cell.

    A point is as wide as a percent of the other bars. Nothing is drawn of an interval that goes
    beyond 50 points, which the cell would cut: so few answers say nothing that the number does not.
    """
    told = published(difference)
    bounds = (told.low, told.value, told.high)
    low, middle, high = (0.5 + (bound or 0.0) for bound in bounds)
    if low < 0 or high > 1:
        return []
    colour = _COLOURS.get(difference.verdict, NEUTRAL)
    return [
        Bar(low, high - low, colour, is_thin=True),
        Bar(middle - 0.01, 0.02, colour),
        Bar(0.4985, 0.003, INK),
    ]


def side_by_side(parts: Iterable[tuple[float, str]], *, is_written: bool = False) -> list[Bar]:
    """
    Return parts of a whole, with their colour, one after the other from the left edge.

    `is_written`: with the percentage inside each that has room for it.
    """
    bars, start = [], 0.0
    for part, colour in parts:
        text = f"{round(100 * part)}" if is_written and part >= _ROOM else ""
        bars.append(Bar(start, part, colour, text=text))
        start += part
    return bars


@dataclass(frozen=True)
class Row:
    """
    A row: its name, its values (a second line after a line break), bars and detail below.

    One that has its name alone is the title of the rows under it.

    `told`: in words, for who does not see it, what is drawn and not written. `links`: texts and
    files beside the page.
    """

    label: str
    cells: Sequence[str]
    bars: Sequence[Bar] = ()
    detail: str = ""
    dots: Sequence[Dot] = ()
    told: str = ""
    links: Sequence[tuple[str, str]] = ()

    @property
    def has_more(self) -> bool:
        """Whether something stands below the values."""
        return bool(self.bars or self.dots or self.detail or self.links)

    @property
    def is_title(self) -> bool:
        """Whether it is the title of the rows under it."""
        return not (self.cells or self.has_more)

    @property
    def height(self) -> int:
        """Of what is drawn, in pixels: more where bars hold a text."""
        return 20 if any(one.text for one in self.bars) else 12


@dataclass(frozen=True)
class Table:
    """
    A captioned table; every value drawn is also written.

    The name of a row stands above its values when the table `is_stacked`: for many columns on a
    phone. One that `is_wide` scrolls. `ticks` name places of the scale, quarter by quarter.
    `note`: how to read it, of whom, from what. `signs`: of `drawn`, those of its cells.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Row]
    legend: Sequence[tuple[str, str]] = ()
    is_wide: bool = False
    is_stacked: bool = False
    ticks: Sequence[str] = ()
    note: str = ""
    signs: Sequence[str] = ()

    @property
    def _has_room(self) -> bool:
        """Whether what stands below the values may stand beside them, on a wide screen."""
        return not self.is_stacked and all(len(row.detail) <= _SHORT for row in self.rows)

    @property
    def style(self) -> str:
        """Return the class by which the style sheet knows the table."""
        if self.is_wide:
            return "annexe"
        names = {
            "longue": len(self.rows) > _UNCUT_ROWS,
            "sites": self.is_stacked,
            "axe": bool(self.ticks),
            "matrice": bool(self.signs),
            "ligne": self._has_room and any(row.bars or row.dots for row in self.rows),
            "trois": len(self.headings) == _THREE_VALUES,
        }
        return " ".join(name for name, is_so in names.items() if is_so)


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
    tables, key_figures, curves, lines
        Static form.
    figures
        The numbers shown, columns `figures.NAMES`.
    plot
        A plotly figure as a dictionary, for JupyterLab only.
    page
        Facts for the whole page (title, whether data are invented, sites and campaign), on the
        first section only.
    level
        Level of the heading; 1 for the first section.
    is_left_out
        Whether it only tells the analyst that there is no such section: no page shows it.
    is_filed
        Whether no page shows it, and the figures file keeps its lines.
    """

    key: str
    title: str
    sentences: Sequence[str] = ()
    tables: Sequence[Table] = ()
    key_figures: Sequence[KeyFigure] = ()
    curves: Sequence[Curve] = ()
    lines: Sequence[LineChart] = ()
    figures: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=NAMES))
    plot: dict[str, Any] | None = None
    page: dict[str, Any] | None = None
    level: int = 3
    is_left_out: bool = False
    is_filed: bool = False

    @property
    def html(self) -> Markup:
        """The static form; every text is escaped."""
        if self.is_filed:
            return Markup()
        return Markup(templates("qpref.display").get_template("section.html").render(section=self))  # noqa: S704 - autoescaped

    def bundles(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """
        Return the outputs to display: plotly first when there is one, then the static form.

        The static form carries the mark by which the report recognises it. `figures` keeps its full
        precision for the analyst; what is displayed, kept or sent is what `publication` lets out.
        """
        if self.is_left_out:
            return [({"text/plain": self.title}, {"qpref": {LEFT_OUT: self.key}})]
        mark = {"qpref": {"section": self.key, **(self.page or {})}}
        static = {
            STATIC_MIME: dressed(self.html, has_figure=self.plot is not None),
            FIGURES_MIME: leaving(self.figures),
            "text/plain": "\n".join([self.title, *self.sentences]),
        }
        plot: list[tuple[dict[str, Any], dict[str, Any]]] = []
        if self.plot:
            plot = [({PLOT_MIME: self.plot, "text/plain": self.title}, {})]
        return [*plot, (static, mark)]

    def _ipython_display_(self) -> None:
        for data, metadata in self.bundles():
            ipython.publish_display_data(data, metadata)


def left_out(key: str, why: str) -> Section:
    """Return that there is no such section, and why: told in JupyterLab, in no page."""
    return Section(key, f"Section absente : {why}", is_left_out=True)


def filed(section: Section) -> Section:
    """Return a section of which a page keeps only the lines of its figures file."""
    return replace(section, plot=None, is_filed=True)


class Sections(tuple[Section, ...]):
    """
    What one call of a notebook shows when data say how many sections there are.

    Each is displayed as if it had a cell of its own: pages and figures files take them in order.
    """

    __slots__ = ()

    def _ipython_display_(self) -> None:
        for section in self:
            section._ipython_display_()
