"""What a slide show says, before any file format: slides, charts, notes for the speaker."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from qpref.display.drawn import LineChart
from qpref.display.section import Table
from qpref.display.wording import value
from qpref.palette import GOOD, NEUTRAL
from qpref.statistics.measure import Measure
from qpref.statistics.publication import published
from qpref.wording.french import enumeration, lower_first, number

_MOST_MARKS = 6  # on an axis
_STEPS: list[int] = [step * 10**power for power in range(9) for step in (1, 2, 5)]


@dataclass(frozen=True)
class Series:
    """
    Bars of one colour: a value for each category of the chart, None where there is nothing to draw.

    Values are those printed: a percentage already rounded, a count. `spreads` are the ends of the
    intervals, rounded too.
    """

    name: str
    values: Sequence[float | None]
    colour: str = GOOD
    spreads: Sequence[tuple[float, float] | None] = ()


@dataclass(frozen=True)
class BarChart:
    """
    A bar chart, its categories from top to bottom.

    Parameters
    ----------
    subject
        What is drawn, as the alternative text begins.
    categories
        Names of the rows.
    series
        Side by side, or one after the other when the chart `is_stacked`.
    is_percent
        Whether the axis goes from 0 to 100 %.
    """

    subject: str
    categories: Sequence[str]
    series: Sequence[Series]
    is_percent: bool = True
    is_stacked: bool = False

    @property
    def step(self) -> int:
        """The distance between two marks of the axis."""
        if self.is_percent:
            return 25
        return next(step for step in _STEPS if self._highest <= _MOST_MARKS * step)

    @property
    def end(self) -> int:
        """The value at the end of the axis."""
        if self.is_percent:
            return 100
        return max(1, ceil(self._highest / self.step)) * self.step

    @property
    def _highest(self) -> float:
        rows = zip(*(one.values for one in self.series), strict=True)
        return max((sum(value or 0 for value in row) for row in rows), default=0)

    def told(self, found: float | None) -> str:
        """Return a value as the chart writes it."""
        if found is None:
            return "—"
        return f"{number(found)}\u00a0%" if self.is_percent else number(found)

    @property
    def text(self) -> str:
        """The alternative text: every value that the chart shows."""
        rows = []
        for rank, name in enumerate(self.categories):
            values = [
                f"{self.told(one.values[rank])} ({lower_first(one.name)})" for one in self.series
            ]
            rows.append(f"{name} : {enumeration(values)}")
        return f"{self.subject}. {' ; '.join(rows)}."


@dataclass(frozen=True)
class MonthCurve:
    """
    A figure over months, on the band of what chance alone explains.

    Values are those printed: a percentage already rounded, a number of days.

    Parameters
    ----------
    subject, text
        What is drawn, and every month in words.
    names
        Of the months, in few letters.
    values
        None where no figure was read.
    level
        The mean that the limits stand around; None while months are too few.
    bounds
        The limits of each month; None where there is none.
    marked
        Months drawn as dots, by their kind: signals, months apart.
    axis
        Ends of the scale and distance between two of its marks.
    line
        The same as it is drawn on paper.
    """

    subject: str
    text: str
    names: Sequence[str]
    values: Sequence[float | None]
    level: float | None
    bounds: Sequence[tuple[float, float] | None]
    marked: Sequence[Series]
    axis: tuple[float, float, float]
    line: LineChart
    is_percent: bool = True


@dataclass(frozen=True)
class Slide:
    """
    One slide: a title that is its message, sentences, then a table, a chart or a curve.

    `notes` are for the speaker; `source`, what the figures rest on, stands at the foot.
    """

    title: str
    sentences: Sequence[str] = ()
    table: Table | None = None
    chart: BarChart | None = None
    curve: MonthCurve | None = None
    notes: Sequence[str] = ()
    source: str = ""


@dataclass(frozen=True)
class Deck:
    """A slide show: its opening words, then its slides."""

    title: str
    subtitle: str
    is_fictional: bool
    slides: Sequence[Slide] = field(default_factory=tuple)


def shares(name: str, found: Sequence[Measure | None], colour: str = GOOD) -> Series:
    """
    Return shares as percentages rounded as they are published; none where answers are too few.

    Examples
    --------
    >>> one = Measure(value=0.7749, low=0.712, high=0.829)
    >>> few = Measure(value=0.5, n=8, count=4, reliability="aucun_pourcentage")
    >>> drawn = shares("Ici", [one, few, None])
    >>> drawn.values, drawn.spreads
    ([77, None, None], [(71, 83), None, None])
    """
    known = [published(one) if one is not None and one.is_rated else None for one in found]
    spreads = [
        (percentage(one.low), percentage(one.high))
        if one and one.low is not None and one.high is not None
        else None
        for one in known
    ]
    values = [None if one is None else percentage(one.value) for one in known]
    return Series(name, values, colour, spreads)


def percentage(share: float) -> float:
    """Return a share that is published as its percentage, whole when it is."""
    found = round(100 * share, 2)
    return int(found) if found == int(found) else found


def counts(names: tuple[str, str], found: Sequence[Measure]) -> list[Series]:
    """
    Return counts out of a total as two series: those counted, and what is left of the total.

    Examples
    --------
    >>> met = Measure(value=0.7, n=10, count=7)
    >>> [one.values for one in counts(("respecté", "non respecté"), [met])]
    [[7], [3]]
    """
    done = [_counted(one) for one in found]
    left = [(one.n or 0) - number_ for one, number_ in zip(found, done, strict=True)]
    return [Series(names[0], done, GOOD), Series(names[1], left, NEUTRAL)]


def _counted(measure: Measure) -> int:
    """Return the count of a share, or the count that a measure is."""
    return int(measure.value) if measure.count is None else measure.count


def told(found: Sequence[Measure]) -> str:
    """
    Return measures of a row in words, « « Attente » 40 % et « Accueil » 45 % ».

    Examples
    --------
    >>> told([Measure(label="Attente", value=0.4)]).replace("\u00a0", " ")
    '« Attente » 40 %'
    """
    return enumeration([f"« {one.label} » {value(one)}" for one in found])
