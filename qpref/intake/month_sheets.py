"""Which sheets hold monthly figures, and where: our workbook's, or a declared export's."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from qpref.errors import listing
from qpref.intake.export import one_line
from qpref.intake.matching import normalise
from qpref.intake.month_cells import read_period
from qpref.intake.rows import Cell, ReceivedFile, ReceivedRow, Sheet, is_blank
from qpref.layout.monthly import DENOMINATOR, NUMERATOR, SHEET, VALUE
from qpref.reference import Monthly, MonthlyExport
from qpref.reference.monthly import MeasuredCells

_SEARCHED_ROWS = 10


@dataclass(frozen=True)
class MonthSheet:
    """
    A sheet of monthly figures.

    Parameters
    ----------
    sheet, preamble, body, texts
        The sheet, its rows above the headings, those below, the headings.
    place
        Column of each thing that a row says, by key.
    is_own, version
        Whether it is our workbook's, and the version that this one bears.
    measures, rubrics, months
        What each column measures; what each text of the column « rubrique » does; the month of each
        column.
    site, source
        What the export declares of all its rows.
    said
        What it lacks.
    """

    sheet: Sheet
    preamble: Sequence[ReceivedRow]
    body: Sequence[ReceivedRow]
    texts: list[str]
    place: dict[str, int]
    is_own: bool = False
    version: str = ""
    measures: dict[int, list[MeasuredCells]] = field(default_factory=dict)
    rubrics: dict[str, list[MeasuredCells]] = field(default_factory=dict)
    months: dict[int, str] = field(default_factory=dict)
    site: str = ""
    source: str = ""
    said: tuple[str, ...] = ()

    def cell(self, row: ReceivedRow, key: str) -> tuple[Cell, int | None]:
        """Return what a row says of a thing, and where."""
        place = self.place.get(key)
        return ("", None) if place is None else (row.at(place), place)

    def heading(self, key: str) -> str:
        """Return the heading of the column that says a thing."""
        return self.texts[self.place[key]] if key in self.place else ""

    @property
    def ignored(self) -> list[str]:
        """The headings of columns that are not read."""
        used = {*self.place.values(), *self.measures, *self.months}
        return [text for place, text in enumerate(self.texts) if text and place not in used]


def sheets_of(monthly: Monthly, file: ReceivedFile) -> list[MonthSheet]:
    """Return the sheets of a file that hold monthly figures."""
    if not monthly.indicateurs:
        return []
    found = (_found(monthly, sheet) for sheet in file.sheets)
    return [one for one in found if one is not None]


def _found(monthly: Monthly, sheet: Sheet) -> MonthSheet | None:
    for rank, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        texts = [one_line(cell) for cell in row.cells]
        known = {normalise(text): place for place, text in reversed([*enumerate(texts)]) if text}
        own = _own(sheet, rank, texts, known)
        if own:
            return own
        for export in monthly.exports:
            declared = _declared(export, sheet, rank, known)
            if declared:
                return declared
    return None


def _rows(sheet: Sheet, rank: int) -> list[ReceivedRow]:
    return [r for r in sheet.rows[rank + 1 :] if not all(map(is_blank, r.cells)) or r.problem]


def _own(sheet: Sheet, rank: int, texts: list[str], known: dict[str, int]) -> MonthSheet | None:
    place = {
        column.key: known[normalise(heading)]
        for column in SHEET.columns
        for heading in reversed(column.headings)
        if normalise(heading) in known
    }
    if any(column.key not in place for column in SHEET.required):
        return None
    numbers = [place[key] for key in (NUMERATOR, DENOMINATOR, VALUE)]
    # A line written beforehand, whose numbers are still to come, is no row of the file.
    body = [r for r in _rows(sheet, rank) if not all(is_blank(r.at(n)) for n in numbers)]
    return MonthSheet(
        sheet, sheet.rows[:rank], body, texts, place, is_own=True, version=SHEET.version
    )


def _declared(
    export: MonthlyExport, sheet: Sheet, rank: int, known: dict[str, int]
) -> MonthSheet | None:
    texts = [one_line(cell) for cell in sheet.rows[rank].cells]
    headings = {name: normalise(heading) for name, heading in export.headings.items()}
    if not all(heading in known for heading in headings.values()):
        return None
    place = {name: known[heading] for name, heading in headings.items()}
    by_text: dict[str, list[MeasuredCells]] = {}
    for cells in export.mesures:
        by_text.setdefault(normalise(cells.intitule), []).append(cells)
    measures: dict[int, list[MeasuredCells]] = {}
    months: dict[int, str] = {}
    said: tuple[str, ...] = ()
    if export.disposition == "colonnes":
        measures = {known[text]: cells for text, cells in by_text.items() if text in known}
        lost = [cells[0].intitule for text, cells in by_text.items() if text not in known]
        said = (f"colonnes absentes de « {export.libelle} » : {listing(lost)}",) if lost else ()
    elif export.disposition == "mois":
        taken = {*place.values()}
        told = {p: read_period(c) for p, c in enumerate(sheet.rows[rank].cells) if p not in taken}
        months = {p: month for p, month in told.items() if month}
    if export.disposition != "lignes" and not (measures or months):
        return None
    return MonthSheet(
        sheet, sheet.rows[:rank], _rows(sheet, rank), texts, place,
        measures=measures, months=months,
        rubrics={} if measures else by_text,
        site=export.site_unique or "", source=export.libelle, said=said,
    )  # fmt: skip
