"""SPSS files: variable names are the codes, variable labels the headings."""

from collections.abc import Sequence

from qpref.intake.export import Column, Export, one_line, sample
from qpref.intake.matching import normalise
from qpref.intake.personal import is_personal
from qpref.intake.rows import Cell, ReceivedFile, Sheet

KIND = "spss"
NAMES = {KIND: "fichier SPSS"}
_ROLES = {"id": "numero", "submitdate": "fin", "startdate": "debut", "date": "debut"}


def read(file: ReceivedFile, sheet: Sheet) -> Export | None:
    """Return the export, or None when the file is not an SPSS one."""
    if not file.name.casefold().endswith((".sav", ".zsav")):
        return None
    names = [one_line(cell) for cell in sheet.rows[0].cells]
    labels = [one_line(cell) for cell in sheet.rows[1].cells]
    rows = sheet.rows[2:]
    columns = [
        Column(
            index,
            label,
            name,
            _role(name, label, sample(rows, index)),
            missing=sheet.missing.get(index, frozenset()),
        )
        for index, (name, label) in enumerate(zip(names, labels, strict=True))
    ]
    return Export(KIND, sheet, columns, rows)


def _role(name: str, label: str, cells: Sequence[Cell]) -> str:
    if normalise(name) in _ROLES:
        return _ROLES[normalise(name)]
    return "personnel" if is_personal(name) or is_personal(label, cells) else "question"


READERS = (read,)
