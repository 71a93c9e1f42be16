"""The number of each questionnaire: the source's own, else the one that a question asks for."""

import re
from collections.abc import Mapping, Sequence

from qpref.intake.export import Export
from qpref.intake.matching import as_text
from qpref.intake.places import Place

_SPOILED = re.compile(r"^\d(?:[.,]\d+)?[eE]\+\d+$")  # a long number that a spreadsheet rounded


def numbers_of(export: Export, places: Mapping[str, Place]) -> list[str]:
    """Return the number of each row, by the source's own column, else the question's."""
    numbered = [export.role("numero")]
    numbered += [places["numero"].columns[""]] if "numero" in places else []
    own = [column.index for column in numbered if column is not None]
    return [
        next((text for index in own if (text := as_text(row.at(index)))), "") for row in export.rows
    ]


def sound(numbers: Sequence[str]) -> list[str]:
    """Return numbers, nothing in the place of those that a spreadsheet rounded."""
    return ["" if _SPOILED.match(number) else number for number in numbers]


def spoiled(numbers: Sequence[str]) -> list[str]:
    """Say when a spreadsheet rounded the identifiers: duplicates can no longer be told."""
    count = sum(bool(_SPOILED.match(number)) for number in numbers)
    if not count:
        return []
    return [
        f"{count} numéro(s) abîmé(s) par un tableur (« 1,2E+10 ») : les doublons ne sont "
        "pas cherchés sur ces lignes"
    ]
