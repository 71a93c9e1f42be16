"""Which sheets hold a register of complaints, and where: our workbook's, or a declared export's."""

from dataclasses import dataclass

from qpref.intake.matching import normalise
from qpref.intake.placed import SEARCHED_ROWS, PlacedSheet, headings_of, own_places, rows_below
from qpref.intake.rows import ReceivedFile, Sheet, is_blank
from qpref.layout.complaints import REGISTER
from qpref.reference import ComplaintExport, Complaints


@dataclass(frozen=True, kw_only=True)
class ComplaintSheet(PlacedSheet):
    """A register: `site` and `channel` are what an export declares of all its rows."""

    site: str = ""
    channel: str = ""


def registers_of(complaints: Complaints | None, file: ReceivedFile) -> list[ComplaintSheet]:
    """Return the sheets of a file that hold a register; none where the project declares none."""
    if complaints is None:
        return []
    found = (_found(complaints, sheet) for sheet in file.sheets)
    return [one for one in found if one is not None]


def _found(complaints: Complaints, sheet: Sheet) -> ComplaintSheet | None:
    for rank in range(min(SEARCHED_ROWS, len(sheet.rows))):
        _, known = headings_of(sheet, rank)
        place = own_places(REGISTER, known)
        if place is not None:
            return _own(sheet, rank, place)
        for export in complaints.exports:
            declared = _declared(export, sheet, rank, known)
            if declared:
                return declared
    return None


def _own(sheet: Sheet, rank: int, place: dict[str, int]) -> ComplaintSheet:
    others = [column for key, column in place.items() if key != "site"]
    # A line that says its site and nothing else is still to be filled.
    body = [
        row
        for row in rows_below(sheet, rank)
        if row.problem or not all(is_blank(row.at(one)) for one in others)
    ]
    texts, _ = headings_of(sheet, rank)
    return ComplaintSheet(
        sheet=sheet, preamble=sheet.rows[:rank], body=body, texts=texts, place=place,
        version=REGISTER.version,
    )  # fmt: skip


def _declared(
    export: ComplaintExport, sheet: Sheet, rank: int, known: dict[str, int]
) -> ComplaintSheet | None:
    headings = {name: normalise(heading) for name, heading in export.headings.items()}
    if not all(heading in known for heading in headings.values()):
        return None
    texts, _ = headings_of(sheet, rank)
    return ComplaintSheet(
        sheet=sheet, preamble=sheet.rows[:rank], body=rows_below(sheet, rank), texts=texts,
        place={name: known[heading] for name, heading in headings.items()},
        site=export.site_unique or "", channel=export.canal_unique or "",
    )  # fmt: skip
