"""Months, quarters and numbers as people and tools write them; nothing is guessed."""

import re
from datetime import date, datetime, timedelta

from qpref.intake.dates import MONTHS
from qpref.intake.matching import as_text, normalise
from qpref.intake.rows import Cell
from qpref.intake.values import read_number

_YEAR_FIRST = re.compile(r"^(20\d\d)[-/. ](\d{1,2})(?:[-/. ]\d{1,2})?(?:[ T]00:00(?::00)?)?$")
_YEAR_LAST = re.compile(r"^(?:\d{1,2}[-/.])?(\d{1,2})[-/. ](20\d\d)$")  # the day first, if any
_NAMED = re.compile(r"^([a-z]+) (20\d\d|\d\d)$")
_QUARTERS = (
    re.compile(r"^(?P<year>20\d\d) ?(?:t|q|trim|trimestre )(?P<rank>[1-4])$"),
    re.compile(r"^(?:t|q|trim|trimestre )(?P<rank>[1-4]) ?(?P<year>20\d\d)$"),
    re.compile(r"^(?P<rank>[1-4]) ?(?:er|e|eme|nd)? trim(?:estre)? (?P<year>20\d\d)$"),
)
_SERIAL = re.compile(r"^[3-7]\d{4}$")  # a day, as spreadsheets count it
_DAY_ZERO, _CENTURY = date(1899, 12, 30), (36_526, 73_051)  # of which the first is 1 January 2000
_MOST_MONTHS = 12


def read_period(cell: Cell) -> str:
    """
    Return the month or the quarter that a cell says, « » when it says none.

    A day is taken for its month, the day being written first.

    Examples
    --------
    >>> [read_period(text) for text in ("mars 2020", "03/2020", "2020-03", "01/03/2020", "mars-20")]
    ['2020-03', '2020-03', '2020-03', '2020-03', '2020-03']
    >>> read_period("T1 2020"), read_period("1er trimestre 2020"), read_period("13/2020")
    ('2020-T1', '2020-T1', '')
    """
    if isinstance(cell, (date, datetime)):
        return _month(cell.year, cell.month)
    text = as_text(cell)
    if _SERIAL.match(text) and _CENTURY[0] <= int(text) < _CENTURY[1]:
        day = _DAY_ZERO + timedelta(days=int(text))
        return _month(day.year, day.month)
    if found := _YEAR_FIRST.match(text):
        return _month(int(found[1]), int(found[2]))
    if found := _YEAR_LAST.match(text):
        return _month(int(found[2]), int(found[1]))
    plain = normalise(text)
    if (found := _NAMED.match(plain)) and found[1] in MONTHS:
        return _month(int(found[2][-2:]) + 2000, MONTHS[found[1]])
    quarter = next(filter(None, (pattern.match(plain) for pattern in _QUARTERS)), None)
    return f"{quarter['year']}-T{quarter['rank']}" if quarter else ""


def _month(year: int, month: int) -> str:
    known = 2000 <= year < 2100 and 1 <= month <= _MOST_MONTHS  # noqa: PLR2004 - this century
    return f"{year}-{month:02}" if known else ""


def read_share(cell: Cell, scale: str = "") -> float | None:
    """
    Return a share from 0 to 1, None of an empty cell.

    Parameters
    ----------
    cell
        « 95,16 % », or a number.
    scale
        How a number without its sign is written: « pourcent », « part », « » when nobody says.

    Raises
    ------
    ValueError
        With a French reason, if it is no share, or may be two.

    Examples
    --------
    >>> read_share("95 %"), read_share(95.0, "pourcent"), read_share("0,95", "part")
    (0.95, 0.95, 0.95)
    >>> read_share(0.95, "pourcent")
    Traceback (most recent call last):
    ...
    ValueError: peut être 0,95 % ou 95 % : écrivez le signe %, ou le numérateur et le dénominateur.
    """
    text = as_text(cell)
    if text.endswith("%"):
        found, is_percent = number_of(text[:-1]), True
    else:
        found, is_percent = number_of(cell), scale == "pourcent"
        if found and not scale:
            raise ValueError("signe % absent : dites « echelle » dans indicateurs.yml.")
        if found and is_percent and found <= 1:
            raise ValueError(
                f"peut être {text.replace('.', ',')} % ou {found * 100:g} % : écrivez le signe %, "
                "ou le numérateur et le dénominateur."
            )
    if found is None:
        return None
    share = round(found / 100, 12) if is_percent else found
    if not 0 <= share <= 1:
        raise ValueError("une part va de 0 à 100 %.")
    return share


def number_of(cell: Cell) -> float | None:
    """
    Return the number of a cell, None of an empty one.

    Raises
    ------
    ValueError
        With a French reason.
    """
    try:
        found = read_number(cell)
    except ValueError:
        raise ValueError("nombre attendu.") from None
    if found is not None and found < 0:
        raise ValueError("nombre négatif.")
    return found


def count_of(cell: Cell) -> float | None:
    """Return the whole number of a cell; as `number_of`."""
    found = number_of(cell)
    if found is not None and found % 1:
        raise ValueError("nombre entier attendu.")
    return found
