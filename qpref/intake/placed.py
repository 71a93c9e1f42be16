"""A sheet whose columns were found by their headings: what its rows say, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

from qpref.intake.export import one_line
from qpref.intake.matching import normalise
from qpref.intake.rows import Cell, ReceivedRow, Sheet, is_blank
from qpref.layout import Layout

SEARCHED_ROWS = 10


@dataclass(frozen=True, kw_only=True)
class PlacedSheet:
    """
    A sheet of which the headings were found.

    Parameters
    ----------
    sheet, preamble, body, texts
        The sheet, its rows above the headings, those below, the headings.
    place
        Column of each thing that a row says, by key.
    version
        The version that our own workbook bears; « » for another file.
    """

    sheet: Sheet
    preamble: Sequence[ReceivedRow]
    body: Sequence[ReceivedRow]
    texts: list[str]
    place: dict[str, int]
    version: str = ""

    def cell(self, row: ReceivedRow, key: str) -> tuple[Cell, int | None]:
        """Return what a row says of a thing, and where."""
        place = self.place.get(key)
        return ("", None) if place is None else (row.at(place), place)

    def heading(self, key: str) -> str:
        """Return the heading of the column that says a thing."""
        return self.texts[self.place[key]] if key in self.place else ""

    @property
    def used(self) -> set[int]:
        """The columns that are read."""
        return {*self.place.values()}

    @property
    def ignored(self) -> list[str]:
        """The headings of columns that are not read."""
        return [text for place, text in enumerate(self.texts) if text and place not in self.used]


def headings_of(sheet: Sheet, rank: int) -> tuple[list[str], dict[str, int]]:
    """Return the headings of a row, and the first column of each as it is compared."""
    texts = [one_line(cell) for cell in sheet.rows[rank].cells]
    known = {normalise(text): place for place, text in reversed([*enumerate(texts)]) if text}
    return texts, known


def own_places(layout: Layout, known: dict[str, int]) -> dict[str, int] | None:
    """Return where a sheet has the columns of a keying sheet; None when it lacks some."""
    place = {
        column.key: known[normalise(heading)]
        for column in layout.columns
        for heading in reversed(column.headings)
        if normalise(heading) in known
    }
    return None if any(column.key not in place for column in layout.required) else place


def rows_below(sheet: Sheet, rank: int) -> list[ReceivedRow]:
    """Return the rows below the headings, blank ones left out."""
    return [r for r in sheet.rows[rank + 1 :] if not all(map(is_blank, r.cells)) or r.problem]
