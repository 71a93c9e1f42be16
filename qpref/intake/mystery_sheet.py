"""Where a sheet of a mystery workbook keeps each column and criterion, and one row of it."""

from dataclasses import dataclass

from qpref.errors import ColumnsError, listing
from qpref.intake.common import column_names
from qpref.intake.matching import as_text, normalise
from qpref.intake.rows import Cell, ReceivedFile, ReceivedRow, Sheet
from qpref.layout.mystery import criteria_of, mystery_layout
from qpref.reference import Channel, Criterion, MysteryGrid

_SEARCHED_ROWS = 10


def channel_of(grid: MysteryGrid, sheet: Sheet) -> Channel | None:
    """Return the channel whose name a sheet bears, if any."""
    name = normalise(sheet.name)
    matches = (c for c in grid.canaux if name in {normalise(text) for text in c.feuilles})
    return next(matches, None)


@dataclass(frozen=True)
class SheetColumns:
    """Where a sheet received keeps each column and criterion."""

    sheet: Sheet
    channel: Channel
    last: int
    texts: list[str]
    place: dict[str, int]
    criteria: list[Criterion]


def find_columns(
    grid: MysteryGrid, file: ReceivedFile, sheet: Sheet, channel: Channel
) -> SheetColumns:
    """Return where a sheet keeps its columns, or say which columns it lacks."""
    layout = mystery_layout(grid, channel)
    names = {normalise(text): column.key for column in layout.columns for text in column.headings}
    best: tuple[int, list[str], dict[str, int]] = (0, [], {})
    for index, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        texts = column_names(row.cells)
        place = {names[normalise(t)]: i for i, t in enumerate(texts) if normalise(t) in names}
        if len(place) > len(best[2]):
            best = (index, texts, place)
    last, texts, place = best
    missing = [column.heading for column in layout.required if column.key not in place]
    if missing:
        raise ColumnsError(
            f"« {file.name} », feuille « {sheet.name} » : colonnes absentes : {listing(missing)}.",
            "Rétablissez ces intitulés, ou ajoutez les vôtres dans data/reference/mystere.yml.",
        )
    keyed = [criterion for criterion in criteria_of(grid, channel) if criterion.entetes]
    return SheetColumns(sheet, channel, last, texts, place, keyed)


@dataclass(frozen=True)
class Entry:
    """One row of a sheet, its cells by column."""

    where: SheetColumns
    row: ReceivedRow

    def cell(self, key: str) -> Cell:
        """Return the cell of a column, empty when the sheet lacks it."""
        place = self.where.place.get(key)
        return self.row.cells[place] if place is not None else ""

    def text(self, key: str) -> str | None:
        """Return the text of a column, None when there is none."""
        return as_text(self.cell(key)) or None

    @property
    def number(self) -> str:
        """The contact's number, or its line when it has none."""
        return self.text("numero") or f"ligne {self.row.line}"

    def column(self, key: str) -> str:
        """Return the heading received for a column, for messages."""
        place = self.where.place.get(key)
        return self.where.texts[place] if place is not None else ""
