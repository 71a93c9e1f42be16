"""« Je donne mon avis » and Services Publics+ exports: one column per question, moments in UTC."""

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
    "id experience": "numero",
    "id": "numero",
    "date de publication": "debut",
    "date": "debut",
}
_MARKS = ({"identifiant avis", "date de l avis"}, {"id experience", "date de publication"})


def read(_: ReceivedFile, sheet: Sheet) -> Export | None:
    """Return the export, or None when the marks of these platforms are absent."""
    names = {normalise(one_line(cell)) for cell in sheet.rows[0].cells}
    if not any(marks <= names for marks in _MARKS):
        return None
    rows = sheet.rows[1:]
    columns = columns_by_heading(sheet.rows[0].cells, _ROLES, rows)
    return Export(KIND, sheet, columns, rows, zone="UTC")


READERS = (read,)
