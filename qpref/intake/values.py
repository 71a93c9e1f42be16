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


_MARK = re.compile(r"^([+-]?\d+(?:[.,]\d+)?)\s*(?:/\s*\d+|[-–—:.]?\s+\D.*|\(.*\))?$", re.DOTALL)


_OPEN_ENDED = re.compile(r"\b(?:(?:et|ou) (?:plus|moins)|or (?:more|less|fewer))\b", re.IGNORECASE)


def read_mark(cell: Any) -> float | None:  # noqa: ANN401
    """
    Return the mark a cell holds, with the words that forms put after it.

    Raises
    ------
    ValueError
        If the cell does not begin with one number, or with several: « 5 ou plus » is a quantity.

    Examples
    --------
    >>> read_mark("8"), read_mark("8/10"), read_mark("10 - Tout à fait"), read_mark("0 (jamais)")
    (8.0, 8.0, 10.0, 0.0)
    """
    found = _MARK.match(as_text(cell).strip())
    if found and _OPEN_ENDED.search(found[0]):
        raise ValueError(found[0])
    return read_number(found.group(1)) if found else read_number(cell)
