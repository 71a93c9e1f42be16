"""What is drawn apart from the bars of a table: marks in cells, and a count over time."""

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


_MIDDLE = 0.5


def _hundredth(place: float) -> str:
    return f"{round(100 * place, 1):g}"
