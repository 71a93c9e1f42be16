"""
« Je donne mon avis » exports, older and newer: one column per question, moments in UTC.

In a workbook, « Je donne mon avis » writes the answers that its CSV joins with « / » on lines of
their own, « - … ».
"""

from qpref.intake.columns import rewritten
from qpref.intake.export import Export, columns_by_heading, one_line
from qpref.intake.matching import normalise
from qpref.intake.rows import ReceivedFile, Sheet

KIND = "jdma"
NAMES = {KIND: "avis déposés en ligne"}
_ROLES = {
    "identifiant avis": "numero",
    "date de l avis": "debut",
    "nom du formulaire": "technique",
    "lien d integration": "technique",
    "identifiant": "numero",
    "review id": "numero",
    "review created at": "debut",
    "id experience": "numero",
    "id": "numero",
    "date de publication": "debut",
    "date": "debut",
}
_MARKS = (
    {"identifiant avis", "date de l avis"},
    {"review id", "review created at"},  # before June 2026
    {"id experience", "date de publication"},
)
_FIRST, _NEXT = "- ", "\n- "


def read(_: ReceivedFile, sheet: Sheet) -> Export | None:
    """Return the export, or None when the marks of these platforms are absent."""
    names = {normalise(one_line(cell)) for cell in sheet.rows[0].cells}
    if not any(marks <= names for marks in _MARKS):
        return None
    rows = rewritten(sheet.rows[1:], _joined, _FIRST)
    columns = columns_by_heading(sheet.rows[0].cells, _ROLES, rows)
    return Export(KIND, sheet, columns, rows, zone="UTC")


def _joined(text: str) -> str:
    """Join the answers of a cell that lists them, as the CSV does."""
    is_list = text.startswith(_FIRST) and _NEXT in text
    return text.removeprefix(_FIRST).replace(_NEXT, " / ") if is_list else text


READERS = (read,)
