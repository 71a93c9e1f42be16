"""Numbers read by explicit French formats only; nothing is guessed."""

import re
from typing import Any

from qpref.intake.matching import as_text


def read_number(cell: Any) -> float | None:  # noqa: ANN401
    """
    Return the number a cell holds, written the French way or not (« 1 234,5 »).

    Raises
    ------
    ValueError
        If the cell holds something else; a ticked box (true, false) is no number.

    Examples
    --------
    >>> read_number("1\u202f234,5"), read_number(7.0), read_number("")
    (1234.5, 7.0, None)
    """
    if isinstance(cell, bool):
        raise ValueError(str(cell))  # noqa: TRY004 - the documented error
    if isinstance(cell, (int, float)):
        return float(cell)
    text = re.sub(r"\s", "", as_text(cell)).replace(",", ".")
    if not text:
        return None
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        raise ValueError(text)
    return float(text)
