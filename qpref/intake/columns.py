"""Columns stored as distinct cells and codes, so that each distinct text is read once."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress
from typing import Any, overload

import numpy as np
import pandas as pd

from qpref.intake.matching import as_text
from qpref.intake.rows import Cell, ReceivedRow, is_blank

Array = np.ndarray
Texts = pd.api.extensions.ExtensionArray
_CHUNK = 10_000  # rows made at once


def texts_of(found: Iterable[str | None]) -> Texts:
    """Return texts as pandas keeps them in a table."""
    return pd.array(list(found), dtype="string[python]")


@dataclass(frozen=True, eq=False)
class Cells:
    """
    The cells of one column.

    Parameters
    ----------
    places
        For each row, the place of its cell in `known`.
    known
        The cells, each once as a rule; some may be of rows left out since.
    """

    places: Array
    known: list[Cell]

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> "Cells":
        """Return cells as a column; True and 1 are equal, and stay two cells."""
        if set(map(type, cells)) <= {str}:
            places, known = pd.factorize(np.array(cells, dtype=object))
            return cls(places, known.tolist())
        found: dict[tuple[type, Cell], int] = {}
        every = [found.setdefault((type(cell), cell), len(found)) for cell in cells]
        return cls(np.array(every, dtype=np.int64), [cell for _, cell in found])

    @classmethod
    def told(cls, places: Array, known: list[str]) -> "Cells":
        """Return a column of texts, known to be texts: none of them is looked at."""
        found = cls(places, known)
        found.__dict__["are_texts"] = True
        return found

    @classmethod
    def same(cls, cell: Cell, count: int) -> "Cells":
        """Return a column of one cell repeated."""
        return cls(np.zeros(count, dtype=np.int64), [cell])

    @cached_property
    def are_texts(self) -> bool:
        """Whether all the cells are texts, which compiled code reads."""
        return set(map(type, self.known)) <= {str}

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.places)

    def __getitem__(self, row: int) -> Cell:
        """Return the cell of one row."""
        return self.known[self.places[row]]

    def __iter__(self) -> Iterator[Cell]:
        """Yield the cells in the order of rows."""
        return iter(self.listed())

    def listed(self) -> list[Cell]:
        """Return the cells in the order of rows."""
        return _spread(self.known, self.places)

    def strings(self) -> Texts:
        """Return a column of texts, None where there is none, as pandas keeps it."""
        return texts_of(self.known).take(self.places % len(self.known))

    def coded(self) -> pd.Categorical:
        """Return a column of texts, None where there is none, each text stored once."""
        codes, known = pd.factorize(np.array(self.known, dtype=object))  # -1 for None
        places = codes[self.places] if len(codes) else self.places
        return pd.Categorical.from_codes(places, pd.Index(known))

    def distinct(self) -> "Cells":
        """Return the column with each cell of its rows once: a rule may have made some equal."""
        return Cells.of(self.listed())

    def taken(self, rows: Array | slice) -> "Cells":
        """Return the column at some rows: their places, whether each is taken, or a slice."""
        return self._alike(self.places[rows], self.known)

    def _alike(self, places: Array, known: list[Cell]) -> "Cells":
        """Return a column of some of these cells, of which nothing is looked at again."""
        return (Cells.told if self.__dict__.get("are_texts") else Cells)(places, known)

    def read(self, rule: Callable[[Cell], Any]) -> "Cells":
        """Return the column that a rule makes of each distinct cell."""
        own = self.compact()
        return Cells(own.places, list(map(rule, own.known)))

    def hold(self, *marks: str) -> bool:
        """Whether a mark may stand in one of the texts, which is told of all at once."""
        if not self.are_texts:
            return True
        whole = "".join(self.known)
        return any(mark in whole for mark in marks)

    def rewritten(self, rule: Callable[[str], str], mark: str) -> "Cells":
        """Return the column where the texts that hold a mark follow a rule."""
        if not self.hold(mark):
            return self
        return self.read(lambda cell: rule(cell) if isinstance(cell, str) else cell)

    def which(self, test: Callable[[Cell], object]) -> Array:
        """Return, for each row, whether its cell passes a test."""
        own = self.compact()
        passed = np.fromiter(map(bool, map(test, own.known)), dtype=bool, count=len(own.known))
        return np.asarray(passed[own.places])

    def compact(self) -> "Cells":
        """Return the column without the cells of rows left out, when they are many."""
        if len(self.known) <= max(len(self.places), 1):
            return self
        is_given = np.zeros(len(self.known), dtype=bool)
        is_given[self.places] = True
        places = (np.cumsum(is_given) - 1)[self.places]
        return self._alike(places, list(compress(self.known, is_given.tolist())))

    def given(self) -> list[Cell]:
        """Return the distinct cells of the rows, in their order."""
        given, first = np.unique(self.places, return_index=True)
        return [self.known[place] for place in given[np.argsort(first)].tolist()]

    def with_(self, here: Array, others: "Cells") -> "Cells":
        """Return the column with other cells at some rows: their places, or a mask."""
        places = self.places.astype(np.int64)
        places[here] = others.places + len(self.known)
        return Cells(places, [*self.known, *others.known])

    def followed_by(self, other: "Cells") -> "Cells":
        """Return the column with the rows of another below its own."""
        places = np.concatenate([self.places.astype(np.int64), other.places + len(self.known)])
        are_texts = self.are_texts and other.are_texts
        return (Cells.told if are_texts else Cells)(places, [*self.known, *other.known])

    def texts(self) -> "Cells":
        """Return the column as texts."""
        return self.read(str.strip if self.are_texts else as_text)

    def filled(self) -> Array:
        """Return, for each row, whether its cell holds something."""
        return self.which(str.strip if self.are_texts else lambda cell: not is_blank(cell))

    def times(self) -> Iterator[tuple[Cell, int]]:
        """Yield each cell with the times that it stands in the column, in the order of rows."""
        times = np.bincount(self.places, minlength=len(self.known))
        given, first = np.unique(self.places, return_index=True)
        for place in given[np.argsort(first)].tolist():
            yield self.known[place], int(times[place])

    def counted(self) -> Counter[str]:
        """Return how often each text stands in the column, in the order of rows."""
        found: Counter[str] = Counter()
        for cell, times in self.times():
            found[as_text(cell)] += times
        return found


def together(columns: Sequence[Cells]) -> Cells:
    """Return one column of the tuples that some columns make, each distinct one once."""
    places = np.zeros(len(columns[0]), dtype=np.int64)
    for cells in columns:
        places = pd.factorize(places * np.int64(len(cells.known)) + cells.places)[0]
    _, first = np.unique(places, return_index=True)
    known = zip(*(cells.taken(first).listed() for cells in columns), strict=True)
    return Cells(places, list(known))


def _spread(known: Sequence[Any], places: Array) -> list[Any]:
    if len(places) < len(known):  # few rows of many texts
        return [known[place] for place in places.tolist()]
    held = np.empty(len(known), dtype=object)
    held[:] = known
    found: list[Any] = held[places].tolist()
    return found


class ReceivedTable(Sequence[ReceivedRow]):
    """Sound rows of one width, kept column by column; a row is made when it is asked for."""

    def __init__(self, lines: Array, columns: Sequence[Cells]) -> None:
        self.lines, self.columns = lines, list(columns)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.lines)

    @overload
    def __getitem__(self, place: int) -> ReceivedRow: ...

    @overload
    def __getitem__(self, place: slice) -> "ReceivedTable": ...

    def __getitem__(self, place: int | slice) -> "ReceivedRow | ReceivedTable":
        """Return one row, or the table of several."""
        if isinstance(place, slice):
            return self.taken(place)
        return ReceivedRow(int(self.lines[place]), [cells[place] for cells in self.columns])

    def __iter__(self) -> Iterator[ReceivedRow]:
        """Yield the rows."""
        for start in range(0, len(self), _CHUNK):
            part = self.taken(slice(start, start + _CHUNK))
            cells = zip(*(column.listed() for column in part.columns), strict=True)
            yield from map(ReceivedRow, part.lines.tolist(), map(list, cells))

    def taken(self, rows: Array | slice) -> "ReceivedTable":
        """Return the table of some rows: their places, whether each is taken, or a slice."""
        return ReceivedTable(self.lines[rows], [cells.taken(rows) for cells in self.columns])

    def rewritten(self, rule: Callable[[str], str], mark: str) -> "ReceivedTable":
        """Return the table where the texts that hold a mark follow a rule."""
        return ReceivedTable(self.lines, [cells.rewritten(rule, mark) for cells in self.columns])

    @classmethod
    def joined(cls, first: "ReceivedTable", second: "ReceivedTable") -> "ReceivedTable":
        """Return the rows of two tables of one width."""
        return cls(
            np.concatenate([first.lines, second.lines]),
            [
                one.followed_by(other)
                for one, other in zip(first.columns, second.columns, strict=True)
            ],
        )

    def without_blanks(self) -> "ReceivedTable":
        """Return the table of the rows that hold something."""
        left = np.arange(len(self))
        is_filled = np.zeros(len(self), dtype=bool)
        for cells in sorted(self.columns, key=lambda cells: len(cells.known)):  # soon told first
            if not len(left):
                return self
            is_filled[left] = cells.taken(left).filled()
            left = np.flatnonzero(~is_filled)
        return self.taken(is_filled) if len(left) else self


Rows = Sequence[ReceivedRow]


def column_of(rows: Rows, index: int) -> Cells:
    """Return a column of some rows by its place; its cells are empty beyond the last."""
    if not isinstance(rows, ReceivedTable):
        return Cells.of([row.at(index) for row in rows])
    return rows.columns[index] if index < len(rows.columns) else Cells.same("", len(rows))


def lines_of(rows: Rows) -> Array:
    """Return the line of each row."""
    return (
        rows.lines if isinstance(rows, ReceivedTable) else np.array([row.line for row in rows], int)
    )


def widths_of(rows: Rows) -> Array:
    """Return how many cells each row has."""
    if isinstance(rows, ReceivedTable):
        return np.full(len(rows), len(rows.columns))
    return np.array([len(row.cells) for row in rows], int)


def problems_of(rows: Rows) -> dict[int, str]:
    """Return what damages some rows, by their place."""
    if isinstance(rows, ReceivedTable):
        return {}
    return {place: row.problem for place, row in enumerate(rows) if row.problem}


def taken(rows: Rows, mask: Array) -> Rows:
    """Return the rows that a mask keeps."""
    if isinstance(rows, ReceivedTable):
        return rows.taken(mask)
    return [rows[place] for place in np.flatnonzero(mask).tolist()]


def rewritten(rows: Rows, rule: Callable[[str], str], mark: str = "") -> Rows:
    """
    Return rows whose texts follow a rule, which reads each distinct text once.

    It changes no text without the `mark`: columns that do not hold it are not looked at.
    """
    if isinstance(rows, ReceivedTable):
        return rows.rewritten(rule, mark)
    cells: set[Cell] = set().union(*(row.cells for row in rows))
    changed = {c: new for c in cells if isinstance(c, str) and (new := rule(c)) != c}
    return [
        row
        if changed.keys().isdisjoint(row.cells)
        else replace(row, cells=[changed.get(cell, cell) for cell in row.cells])
        for row in rows
    ]


def filled(rows: Rows) -> Rows:
    """Return the rows that hold something."""
    if isinstance(rows, ReceivedTable):
        return rows.without_blanks()
    return [row for row in rows if not all(map(is_blank, row.cells))]


def joined(parts: Iterable[Rows]) -> Rows:
    """Return the rows of several sheets; a single one as it is."""
    found = list(parts)
    return found[0] if len(found) == 1 else [row for rows in found for row in rows]
