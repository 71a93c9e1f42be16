"""Which sheets hold monthly figures, and where: our workbook's, or a declared export's."""

from dataclasses import dataclass, field

from qpref.errors import listing
from qpref.intake.matching import normalise
from qpref.intake.month_cells import read_period
from qpref.intake.placed import SEARCHED_ROWS, PlacedSheet, headings_of, own_places, rows_below
from qpref.intake.rows import ReceivedFile, Sheet, is_blank
from qpref.layout.monthly import DENOMINATOR, NUMERATOR, SHEET, VALUE
from qpref.reference import Monthly, MonthlyExport
from qpref.reference.monthly import MeasuredCells


@dataclass(frozen=True, kw_only=True)
class MonthSheet(PlacedSheet):
    """
    A sheet of monthly figures.

    Parameters
    ----------
    is_own
        Whether it is our workbook's.
    measures, rubrics, months
        What each column measures; what each text of the column « rubrique » does; the month of each
        column.
    site, source
        What the export declares of all its rows.
    said
        What it lacks.
    """

    is_own: bool = False
    measures: dict[int, list[MeasuredCells]] = field(default_factory=dict)
    rubrics: dict[str, list[MeasuredCells]] = field(default_factory=dict)
    months: dict[int, str] = field(default_factory=dict)
    site: str = ""
    source: str = ""
    said: tuple[str, ...] = ()

    @property
    def used(self) -> set[int]:
        """The columns that are read."""
        return {*self.place.values(), *self.measures, *self.months}


def sheets_of(monthly: Monthly, file: ReceivedFile) -> list[MonthSheet]:
    """Return the sheets of a file that hold monthly figures."""
    if not monthly.indicateurs:
        return []
    found = (_found(monthly, sheet) for sheet in file.sheets)
    return [one for one in found if one is not None]


def _found(monthly: Monthly, sheet: Sheet) -> MonthSheet | None:
    for rank in range(min(SEARCHED_ROWS, len(sheet.rows))):
        texts, known = headings_of(sheet, rank)
        own = _own(sheet, rank, texts, known)
        if own:
            return own
        for export in monthly.exports:
            declared = _declared(export, sheet, rank, known)
            if declared:
                return declared
    return None


def _own(sheet: Sheet, rank: int, texts: list[str], known: dict[str, int]) -> MonthSheet | None:
    place = own_places(SHEET, known)
    if place is None:
        return None
    numbers = [place[key] for key in (NUMERATOR, DENOMINATOR, VALUE)]
    # A line written beforehand, whose numbers are still to come, is no row of the file.
    body = [r for r in rows_below(sheet, rank) if not all(is_blank(r.at(n)) for n in numbers)]
    return MonthSheet(
        sheet=sheet, preamble=sheet.rows[:rank], body=body, texts=texts, place=place,
        is_own=True, version=SHEET.version,
    )  # fmt: skip


def _declared(
    export: MonthlyExport, sheet: Sheet, rank: int, known: dict[str, int]
) -> MonthSheet | None:
    texts, _ = headings_of(sheet, rank)
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
        sheet=sheet, preamble=sheet.rows[:rank], body=rows_below(sheet, rank), texts=texts,
        place=place, measures=measures, months=months,
        rubrics={} if measures else by_text,
        site=export.site_unique or "", source=export.libelle, said=said,
    )  # fmt: skip
