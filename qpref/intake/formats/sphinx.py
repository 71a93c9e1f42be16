"""Sphinx iQ workbooks: a data sheet, and an « information » sheet that declares its rows."""

import re

from qpref.intake.export import Export, columns_by_heading, one_line
from qpref.intake.matching import as_text, normalise
from qpref.intake.rows import ReceivedFile, Sheet
from qpref.wording.french import noun

KIND = "sphinx"
NAMES = {KIND: "questionnaire Sphinx"}
_ROLES = {
    "n obs": "numero",
    "n°obs": "numero",
    "cle": "numero",
    "date saisie": "debut",
    "date enreg": "fin",
    "temps saisie": "technique",
    "origine saisie": "technique",
    "lang saisie": "langue",
    "langue saisie": "langue",
    "appareil saisie": "technique",
    "progression": "statut",
    "derniere question saisie": "technique",
    "ip saisie": "personnel",
}
_SYSTEM = ("progression", "date saisie", "origine saisie", "cle", "appareil saisie")
_DECLARED = re.compile(r"observations?\D{0,40}(\d+)")
_HEADING_ROWS = 3


def read(file: ReceivedFile, sheet: Sheet) -> Export | None:
    """
    Return the export, or None when the sheet is not one of Sphinx's.

    Either the sheet has Sphinx's own variables, or the « information » sheet beside it is the one
    that Sphinx writes and the sheet holds the answers.
    """
    if not file.is_workbook:
        return None
    information = next((s for s in file.sheets if normalise(s.name) == "information"), None)
    if sheet is information:
        return None
    for place, row in enumerate(sheet.rows[:_HEADING_ROWS]):
        names = {normalise(one_line(cell).replace("_", " ")) for cell in row.cells}
        if len(names & set(_SYSTEM)) >= (1 if information else 2):
            return _export(sheet, place, information)
    if information is not None and _declared(information) is not None:
        return _export(sheet, 0, information)
    return None


def _export(sheet: Sheet, place: int, information: Sheet | None) -> Export:
    headings = [one_line(cell).replace("_", " ") for cell in sheet.rows[place].cells]
    rows = sheet.rows[place + 1 :]
    columns = columns_by_heading(headings, _ROLES, rows)
    numbers = [column for column in columns if column.role == "numero"]
    if len(numbers) > 1:  # « N°Obs » and « CLE »: the key is the one that stays
        kept = numbers[-1]
        columns = [
            column if column.role != "numero" or column is kept
            else type(column)(column.index, column.heading, column.code, "technique")
            for column in columns
        ]  # fmt: skip
    progress = any(column.role == "statut" for column in columns)
    return Export(
        KIND,
        sheet,
        columns,
        rows,
        complete=frozenset({"termine", "terminee", "complete"}) if progress else frozenset(),
        consulted=frozenset({information.name} if information else ()),
        warnings=_undeclared(information, len(rows)),
    )


def _undeclared(information: Sheet | None, found: int) -> list[str]:
    """Say when the file holds another number of rows than it declares."""
    count = _declared(information) if information else None
    if count is None or count == found:
        return []
    return [f"le fichier annonce {count} {noun(count, 'observation')} et en contient {found}"]


def _declared(information: Sheet) -> int | None:
    """Return the number of rows that the sheet « information » declares."""
    for row in information.rows:
        text = normalise(" ".join(as_text(cell) for cell in row.cells))
        if declared := _DECLARED.search(text):
            return int(declared.group(1))
    return None


READERS = (read,)
