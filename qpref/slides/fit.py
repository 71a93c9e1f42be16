"""Estimate the room that text takes on a slide, without its fonts."""

from collections.abc import Sequence
from math import ceil

from qpref.display.section import Row, Table

_WIDTH_OF_A_LETTER = 0.54  # of the size of the type: a generous mean for Arial
_LINE = 1.22  # of the size of the type
_SPACE_AFTER = 0.35  # of the size of the type, between two sentences
_CELL_EDGE, _ROW_EDGE = 16, 9  # points, left and right, top and bottom of a cell


def lines(text: str, size: float, width: float) -> int:
    """
    Return how many lines a text takes; `size` and `width` in points.

    Examples
    --------
    >>> lines("Accueil", 20, 300), lines("Accueil " * 10, 20, 300)
    (1, 4)
    """
    count, room = 1, width / (_WIDTH_OF_A_LETTER * size)
    used = 0.0
    for word in text.split(" "):
        needed = len(word) + (1 if used else 0)
        if used and used + needed > room:
            count, used = count + 1, float(len(word))
        else:
            used += needed
        if used > room:  # one word longer than a line
            extra = ceil(used / room) - 1
            count, used = count + extra, used - extra * room
    return count


def height(texts: Sequence[str], size: float, width: float) -> float:
    """Return the height of sentences, in points."""
    return sum(lines(text, size, width) * size * _LINE + size * _SPACE_AFTER for text in texts)


def largest(
    texts: Sequence[str], width: float, room: float, sizes: Sequence[float]
) -> tuple[float, int]:
    """
    Return the first of some sizes at which texts fit, and how many of them do at the last one.

    Parameters
    ----------
    texts
        Sentences, one after the other.
    width, room
        Of the place, in points.
    sizes
        The largest first.

    Examples
    --------
    >>> largest(["Accueil " * 10], 300, 110, (24, 20, 14))
    (20, 1)
    >>> largest(["Accueil " * 10] * 3, 300, 110, (24, 20))
    (20, 1)
    """
    for size in sizes:
        if height(texts, size, width) <= room:
            return size, len(texts)
    kept = len(texts)
    while kept > 1 and height(texts[:kept], sizes[-1], width) > room:
        kept -= 1
    return sizes[-1], kept


def columns(table: Table, width: float) -> list[float]:
    """Return the widths of the columns of a table: by their longest line, none under an eighth."""
    texts = [table.headings, *([row.label, *row.cells] for row in table.rows)]
    longest = [
        min(max(len(line) for text in column for line in text.split("\n")), 60)
        for column in zip(*texts, strict=True)
    ]
    least = width / 8
    free = width - least * len(longest)
    whole = sum(longest) or 1
    return [least + free * one / whole for one in longest]


def row_height(row: Row, widths: Sequence[float], size: float) -> float:
    """Return the height of a row, in points."""
    texts = [row.label, *row.cells]
    most = max(
        sum(lines(part, size, width - _CELL_EDGE) for part in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    )
    return most * size * _LINE + _ROW_EDGE


def pages(table: Table, width: float, room: float, size: float) -> list[list[Row]]:
    """
    Return the rows of a table cut so that each page holds; never an empty one.

    Examples
    --------
    >>> rows = [Row(str(rank), ["x"]) for rank in range(7)]
    >>> [len(page) for page in pages(Table("", ["a", "b"], rows), 400, 110, 16)]
    [2, 2, 2, 1]
    """
    widths = columns(table, width)
    head = row_height(Row(table.headings[0], table.headings[1:]), widths, size)
    found: list[list[Row]] = [[]]
    used = head
    for row in table.rows:
        own = row_height(row, widths, size)
        if found[-1] and used + own > room:
            found.append([])
            used = head
        found[-1].append(row)
        used += own
    return found
