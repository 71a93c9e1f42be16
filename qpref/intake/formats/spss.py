"""SPSS files: variable names are the codes, variable labels the headings."""

from qpref.intake.export import Column, Export, is_personal, one_line
from qpref.intake.matching import normalise
from qpref.intake.rows import ReceivedFile

KIND = "spss"
NAMES = {KIND: "fichier SPSS"}
_ROLES = {"id": "numero", "submitdate": "fin", "startdate": "debut", "date": "debut"}


def read(file: ReceivedFile) -> Export | None:
    """Return the export, or None when the file is not an SPSS one."""
    if not file.name.casefold().endswith((".sav", ".zsav")):
        return None
    sheet = file.sheets[0]
    names = [one_line(cell) for cell in sheet.rows[0].cells]
    labels = [one_line(cell) for cell in sheet.rows[1].cells]
    columns = [
        Column(index, label, name, _ROLES.get(normalise(name)) or _role(name, label))
        for index, (name, label) in enumerate(zip(names, labels, strict=True))
    ]
    return Export(KIND, sheet, columns, sheet.rows[2:])


def _role(name: str, label: str) -> str:
    return "personnel" if is_personal(name) or is_personal(label) else "question"


READERS = (read,)
