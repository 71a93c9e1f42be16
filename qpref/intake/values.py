"""Dates and numbers read by explicit French formats only; nothing is guessed."""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from qpref.intake.matching import as_text

_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%fZ",
)


def read_moment(cell: Any) -> datetime | None:  # noqa: ANN401 - a cell of a workbook has any type
    """
    Return the moment a cell holds: a real date, ISO text or French « jj/mm/aaaa ».

    Raises
    ------
    ValueError
        If the cell holds something else.

    Examples
    --------
    >>> read_moment("04/12/2020"), read_moment("")
    (datetime.datetime(2020, 12, 4, 0, 0), None)
    """
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - local calendar day
    text = as_text(cell)
    return _parse(text) if text else None


@lru_cache(maxsize=4096)
def _parse(text: str) -> datetime:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - local calendar day
        except ValueError:
            continue
    raise ValueError(text)


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
