"""Where a sheet of a mystery workbook keeps each column and criterion, and one row of it."""

from dataclasses import dataclass
from functools import cached_property

from xlsxwriter.utility import xl_col_to_name

from qpref.errors import ColumnsError, listing
from qpref.intake.common import column_names
from qpref.intake.matching import Lexicon, as_text, normalise
from qpref.intake.rows import Cell, ReceivedFile, ReceivedRow, Sheet
from qpref.layout import Layout
from qpref.layout.mystery import mystery_layout, shared_layout
from qpref.reference import Channel, Criterion, Modality, MysteryGrid

_SEARCHED_ROWS = 10
_REMEDY = "Rétablissez ces intitulés, ou ajoutez les vôtres dans data/reference/mystere.yml."


def channel_of(grid: MysteryGrid, sheet: Sheet) -> Channel | None:
    """Return the channel whose name a sheet bears, if any."""
    name = normalise(sheet.name)
    matches = (c for c in grid.canaux if name in {normalise(text) for text in c.sheets})
    return next(matches, None)


def layout_of(grid: MysteryGrid, sheet: Sheet) -> Layout | None:
    """Return the layout of a sheet by its name: one channel’s, or all of them; None of another."""
    channel = channel_of(grid, sheet)
    if channel:
        return mystery_layout(grid, channel)
    is_shared = normalise(sheet.name) in {normalise(text) for text in grid.feuilles_communes}
    return shared_layout(grid, sheet.name) if is_shared else None


def channel_names(grid: MysteryGrid) -> Lexicon:
    """Return the ways in which a cell may write each channel."""
    return Lexicon(
        Modality(code=c.id, libelle=c.un, synonymes=(c.libelle, *c.feuilles, *c.synonymes))
        for c in grid.canaux
    )


@dataclass(frozen=True)
class SheetColumns:
    """
    Where a sheet received keeps each column and criterion.

    `channel` is that of all its rows, None when each says its own.
    """

    grid: MysteryGrid
    sheet: Sheet
    channel: Channel | None
    last: int
    texts: list[str]
    place: dict[str, int]

    @cached_property
    def keyed(self) -> list[Criterion]:
        """The criteria that have a column of their own."""
        return [criterion for criterion in self.grid.criteres if criterion.id in self.place]


def find_columns(
    grid: MysteryGrid, file: ReceivedFile, sheet: Sheet, layout: Layout, *, is_sited: bool
) -> SheetColumns:
    """
    Return where a sheet keeps its columns.

    Parameters
    ----------
    grid, file, sheet, layout
        Headings expected, and where they are looked for.
    is_sited
        Whether the site of all rows is known: its column is then of no need.

    Raises
    ------
    ColumnsError
        If a column is missing, or two of them bear the name of the same thing.
    """
    meanings: dict[str, list[str]] = {}
    for column in layout.columns:
        for text in column.headings:
            meanings.setdefault(normalise(text), []).append(column.key)
    best: tuple[int, list[str], int] = (0, [], 0)
    for index, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        texts = column_names(row.cells)
        known = len({normalise(text) for text in texts} & set(meanings))
        if known > best[2]:
            best = (index, texts, known)
    last, texts, _ = best
    place = _places(f"« {file.name} », feuille « {sheet.name} »", texts, meanings)
    missing = [column.heading for column in layout.required if column.key not in place]
    if is_sited and "site" not in place:
        missing = [text for text in missing if text not in grid.headings("site")]
    if missing:
        raise ColumnsError(
            f"« {file.name} », feuille « {sheet.name} » : colonnes absentes : {listing(missing)}.",
            _REMEDY,
        )
    return SheetColumns(grid, sheet, channel_of(grid, sheet), last, texts, place)


def _places(where: str, texts: list[str], meanings: dict[str, list[str]]) -> dict[str, int]:
    """Return the place of each key; a heading of two keys, or a key of two columns, is refused."""
    place: dict[str, int] = {}
    for index, text in enumerate(texts):
        keys = meanings.get(normalise(text), [])
        name = f"« {text} » (colonne {xl_col_to_name(index)})"
        if len(keys) > 1:
            raise ColumnsError(
                f"{where} : l’intitulé {name} est à la fois celui de {' et de '.join(keys)}.",
                "Gardez-le pour un seul des deux dans data/reference/mystere.yml.",
            )
        for key in keys:
            if key in place:
                other = f"« {texts[place[key]]} » (colonne {xl_col_to_name(place[key])})"
                raise ColumnsError(
                    f"{where} : {other} et {name} sont deux colonnes pour {key}.",
                    "Renommez l’une des deux dans le classeur, ou retirez son intitulé de "
                    "data/reference/mystere.yml.",
                )
            place[key] = index
    return place


@dataclass(frozen=True)
class Entry:
    """One row of a sheet, its cells by column, and its channel."""

    where: SheetColumns
    row: ReceivedRow
    channel: Channel

    def cell(self, key: str) -> Cell:
        """Return the cell of a column, empty when the sheet lacks it."""
        place = self.where.place.get(key)
        return self.row.at(place) if place is not None else ""

    def text(self, key: str) -> str | None:
        """Return the text of a column, None when there is none."""
        return as_text(self.cell(key)) or None

    @property
    def criteria(self) -> list[Criterion]:
        """The criteria keyed on this contact."""
        return [own for own in self.where.keyed if self.channel.id in own.canaux]

    @property
    def number(self) -> str:
        """The contact's number, or its line when it has none."""
        return self.text("numero") or f"ligne {self.row.line}"

    def column(self, key: str) -> str:
        """Return the heading received for a column, for messages."""
        place = self.where.place.get(key)
        return self.where.texts[place] if place is not None else ""
