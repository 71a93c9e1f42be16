"""Drawings other than table bars: marks in cells, curves, line charts."""

from collections.abc import Sequence
from dataclasses import dataclass


class Sign(str):
    """
    A word of a cell that is drawn as a mark; who does not see the mark is told the word.

    `form`, a path in a square of 14, says as much as `colour`: a page may be printed in grey.
    """

    __slots__ = ("colour", "form")

    def __new__(cls, told: str, form: str, colour: str) -> "Sign":
        """Return a word, and how it is drawn."""
        found = super().__new__(cls, told)
        found.form, found.colour = form, colour
        return found

    form: str
    colour: str


FULL = EMPTY = "M2 7a5 5 0 0 1 10 0a5 5 0 0 1-10 0z"
HALF = f"{FULL}M7 2a5 5 0 0 0 0 10z"
RINGED = f"M0 7a7 7 0 0 1 14 0a7 7 0 0 1-14 0z{FULL}M4 7a3 3 0 0 1 6 0a3 3 0 0 1-6 0z"
ABSENT, WARNING = "M3 7h8", "M7 1L13 13H1z"


@dataclass(frozen=True)
class Dot:
    """A round mark of a table-graphic: where its middle is (share of the cell), colour."""

    at: float
    colour: str
    is_hollow: bool = False

    @property
    def x(self) -> str:
        """Its middle in percent, to a tenth."""
        return f"{round(100 * self.at, 1):g}%"


@dataclass(frozen=True)
class Curve:
    """
    A count over time, in steps, from left to right; places are shares of the width and the height.

    Parameters
    ----------
    caption, told
        What it shows, and all its values in words.
    steps
        Where each value begins, and the value; it holds until the next, the last to its own place.
    beyond
        Ends of a dotted line: what is expected.
    level
        Name of the top of the scale.
    marks
        Names of places along the bottom.
    end
        What is written at the last step.
    note
        How to read it, of what, from what.
    """

    caption: str
    told: str
    steps: Sequence[tuple[float, float]]
    beyond: Sequence[tuple[float, float]]
    level: str
    marks: tuple[str, str]
    end: str
    note: str

    @property
    def path(self) -> str:
        """The steps as a path, in a square of 100 whose origin is at the top."""
        (x, y), *later = self.steps
        moves = [f"M{_hundredth(x)} {_hundredth(1 - y)}"]
        moves += [f"H{_hundredth(a)}V{_hundredth(1 - b)}" for a, b in later]
        return "".join(moves)

    @property
    def dotted(self) -> str:
        """What is expected, as a path."""
        ends = [f"{_hundredth(x)} {_hundredth(1 - y)}" for x, y in self.beyond]
        return "M" + "L".join(ends) if ends else ""

    @property
    def label(self) -> tuple[str, int, str]:
        """Where the last step is named: from the left, from the top, and the side it stands on."""
        x, y = self.steps[-1]
        return _hundredth(x), min(round(100 * (1 - y)) + 36, 116), "end" if x > _MIDDLE else "start"


@dataclass(frozen=True)
class Tick:
    """A named place of a scale: a share of its length."""

    at: float
    name: str


@dataclass(frozen=True)
class Spot:
    """A place of a line chart, as shares of its width and height; its colour, or what it says."""

    x: float
    y: float
    told: str


@dataclass(frozen=True)
class LineChart:
    """
    Values over time as a line, on a band; places are shares of the width and the height.

    Parameters
    ----------
    caption, told
        What it shows, and all its values in words.
    runs
        Values that follow each other without a gap.
    bands
        Place, low and high edge of what stands behind, without a gap.
    level
        Of a dashed line across; None for none.
    spots
        Marks, with their colour.
    scale, marks
        Names along the side and along the bottom.
    end
        The last value, and what is written there.
    note
        How to read it, of what, from what.
    """

    caption: str
    told: str
    runs: Sequence[Sequence[tuple[float, float]]]
    bands: Sequence[Sequence[tuple[float, float, float]]]
    level: float | None
    spots: Sequence[Spot]
    scale: Sequence[Tick]
    marks: Sequence[Tick]
    end: Spot
    note: str

    @property
    def path(self) -> str:
        """The values as a path, in a square of 100 whose origin is at the top."""
        return "".join(_joined(run) for run in self.runs)

    @property
    def band(self) -> str:
        """Background band as an SVG path: along its top edge, then back along its bottom edge."""
        edges = (
            [(x, high) for x, _, high in run] + [(x, low) for x, low, _ in reversed(run)]
            for run in self.bands
        )
        return "".join(f"{_joined(edge)}Z" for edge in edges)

    @property
    def grid(self) -> str:
        """A line across at each name of the scale."""
        return "".join(_level(one.at) for one in self.scale)

    @property
    def dashed(self) -> str:
        """The level, as a path."""
        return "" if self.level is None else _level(self.level)

    @property
    def dots(self) -> list[tuple[str, int, str]]:
        """Where each mark is, from the left and from the top, and its colour."""
        return [(_from_left(one.x), _from_top(one.y), one.told) for one in self.spots]

    @property
    def levels(self) -> list[tuple[int, str]]:
        """Where each name of the scale is written, from the top."""
        return [(_from_top(one.at) + 5, one.name) for one in self.scale]

    @property
    def names(self) -> list[tuple[str, str, str]]:
        """Where each name of the bottom is written, from the left, and the side it stands on."""
        sides = {0.0: "start", 1.0: "end"}
        return [(_from_left(one.at), sides.get(one.at, "middle"), one.name) for one in self.marks]

    @property
    def label(self) -> tuple[str, int]:
        """Where the last value is written: above its place, or below where there is no room."""
        top = _from_top(self.end.y)
        return _from_left(self.end.x), top + 20 if self.end.y > _HIGH else top - 9


LEFT, WIDTH, TOP, HEIGHT = 12, 85, 20, 130  # of a line chart: percent, then pixels
_HIGH = 0.9


def _from_left(x: float) -> str:
    return f"{round(LEFT + WIDTH * x, 1):g}%"


def _from_top(y: float) -> int:
    return round(TOP + HEIGHT * (1 - y))


def _level(y: float) -> str:
    return f"M0 {_hundredth(1 - y)}H100"


def _joined(places: Sequence[tuple[float, float]]) -> str:
    ends = "L".join(f"{_hundredth(x)} {_hundredth(1 - y)}" for x, y in places)
    return f"M{ends}" if len(places) > 1 else f"M{ends}h.01"


_MIDDLE = 0.5


def _hundredth(place: float) -> str:
    return f"{round(100 * place, 1):g}"
