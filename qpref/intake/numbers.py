"""The number of each questionnaire: from the source, or from a question that asks for it."""

import re
from collections.abc import Mapping

import numpy as np

from qpref.intake.columns import Cells, column_of
from qpref.intake.export import Export
from qpref.intake.places import Place
from qpref.intake.whole import Whole

_SPOILED = re.compile(r"^\d(?:[.,]\d+)?[eE]\+\d+$")  # a long number that a spreadsheet rounded


def numbers_of(export: Export, places: Mapping[str, Place]) -> Cells:
    """Return the number of each row, by the source's own column, else the question's."""
    numbered = [export.role("numero")]
    numbered += [places["numero"].columns[""]] if "numero" in places else []
    own = [column_of(export.rows, c.index).texts() for c in numbered if c is not None]
    if len(own) == 1:
        return own[0]
    each = zip(*(cells.listed() for cells in own), strict=True)
    found = [next(filter(None, texts), "") for texts in each]
    return Cells.of(found or [""] * len(export.rows))


def sound(numbers: Cells, whole: Whole) -> tuple[list[str], list[str]]:
    """
    Return numbers, nothing in the place of those that a spreadsheet rounded, and what to say of it.

    Duplicates of a rounded number can no longer be told.
    """
    may_be = numbers.hold("+")  # told of all at once
    is_spoiled = numbers.which(_SPOILED.match) if may_be else np.zeros(len(numbers), dtype=bool)
    here = int(is_spoiled.sum())
    count = whole.total("spoiled numbers", here)
    kept = numbers.with_(is_spoiled, Cells.same("", here)) if here else numbers
    if not count:
        return kept.listed(), []
    return kept.listed(), [
        f"{count} numéro(s) abîmé(s) par un tableur (« 1,2E+10 ») : les doublons ne sont "
        "pas cherchés sur ces lignes"
    ]
