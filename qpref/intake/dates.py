"""Read a date cell; an ambiguous day-month order is left open.

The convention of its column closes it (`conventions.decide`). Moments with a zone are told in local
time.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from qpref.intake.matching import as_text, normalise
from qpref.intake.rows import Cell, is_blank

PARIS = ZoneInfo("Europe/Paris")
DAY_FIRST, MONTH_FIRST = "jour-mois", "mois-jour"
ORDERS = (DAY_FIRST, MONTH_FIRST)
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of spreadsheets, which count 29 Feb 1900
_SERIALS = (20_000, 80_000)  # 1954 to 2119
_UNIX = datetime(1970, 1, 1)  # noqa: DTZ001 - in UTC, which the offset says
_PIVOT = 70  # two figures: 70 to 99 are the last century's

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january", "fevrier fevr fev feb february", "mars mar march",
            "avril avr apr april", "mai may", "juin jun june", "juillet juil jul july",
            "aout aug august", "septembre sept sep september", "octobre oct october",
            "novembre nov november", "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
STAMPED = r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(?::[0-9]{2})?$"  # by arrow: no line ends
STAMP = re.compile(rf"(?!0000){STAMPED[:-1]}\Z")
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_COMPACT = re.compile(r"^((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$", re.ASCII)
_PARTS = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_DAY_NAMED = re.compile(r"^(?:[a-z]+ )?(\d{1,2})(?:er|st|nd|rd|th)? ([a-z]+) (\d{4}|\d{2})(?!\d)")
_MONTH_NAMED = re.compile(r"^(?:[a-z]+ )?([a-z]+) (\d{1,2})(?:st|nd|rd|th)? (\d{4})(?!\d)")
_SERIAL = re.compile(r"^\d{5}(?:[.,]\d+)?$")
# Seconds since 1970, or milliseconds: from September 2001 to May 2033.
_ELAPSED = re.compile(r"^(1\d{9})(?:(\d{3})|[.,]\d+)?$", re.ASCII)
_TIME = re.compile(
    r"^(?:[T\s,]|à|-)*(\d{1,2})\s?[h:]\s?(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?"
)
_OFFSET = re.compile(r"^(?:UTC|GMT)?\s*([+\-−])(\d{1,2}):?(\d{2})?$")
_TELLS_UTC = re.compile(r"\b(?:UTC|GMT|TU)\b(?! ?[+\-−])")
_UTC = {"Z", "UTC", "GMT"}
_LOCAL = {"CET", "CEST", "HEURE DE PARIS", "EUROPE/PARIS"}


@dataclass(frozen=True)
class Parsed:
    """
    What a cell says: a year, two numbers and a time, None when it gives a day alone.

    `first` and `second` are day and month when `is_open` and the day comes first, month and day
    when it comes last; month and day when the cell leaves no doubt.
    """

    year: int
    first: int
    second: int
    clock: time | None
    offset: timedelta | None
    is_open: bool

    def moment(self, order: str, local: tzinfo = PARIS, told: tzinfo | None = None) -> datetime:
        """
        Return the moment in the `local` zone when the cell, or else `told`, says another.

        Raises
        ------
        ValueError
            If there is no such day.
        """
        is_day_first = self.is_open and order == DAY_FIRST
        month, day = (self.second, self.first) if is_day_first else (self.first, self.second)
        found = datetime.combine(date(self.year, month, day), self.clock or time())
        if self.clock is None:
            return found  # a day is the same in all zones
        zone = told if self.offset is None else timezone(self.offset)
        return found if zone is None else _in_zone(found.replace(tzinfo=zone), local)

    def possible(self, order: str) -> bool:
        """Whether there is such a day when the cell is read in an order."""
        try:
            self.moment(order)
        except (ValueError, OverflowError):
            return False
        return True


def read_moment(
    cell: Cell, order: str = DAY_FIRST, local: tzinfo = PARIS, told: tzinfo | None = None
) -> datetime | None:
    """
    Return the moment a cell holds; None when it is empty.

    Parameters
    ----------
    cell
        A date of a workbook, its serial number, or a text: ISO, « 16/11/2020 14:30 »,
        « 16.11.20 », « 16 novembre 2020 », « Nov 16, 2020 », « 2020/11/16 9:05 AM UTC+1 », or the
        seconds or milliseconds since 1970 that programs write.
    order
        « jour-mois » (the French usage) or « mois-jour », for texts that leave it open.
    local
        Zone in which moments are returned.
    told
        Zone of the cells that name none, when it is another than local time.

    Raises
    ------
    ValueError
        If the cell holds something else.

    Examples
    --------
    >>> read_moment("04/12/2020"), read_moment("04/12/2020", "mois-jour"), read_moment("")
    (datetime.datetime(2020, 12, 4, 0, 0), datetime.datetime(2020, 4, 12, 0, 0), None)
    >>> read_moment("1er décembre 2020 à 9 h 05")
    datetime.datetime(2020, 12, 1, 9, 5)
    """
    if isinstance(cell, str) and STAMP.match(cell):
        cell = datetime.fromisoformat(cell)  # what most exports write, and the fast way
    if isinstance(cell, datetime):
        zone = cell.tzinfo or told
        return cell if zone is None else _in_zone(cell.replace(tzinfo=zone), local)
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if is_blank(cell):
        return None
    return parse(as_text(cell)).moment(order, local, told)


def _in_zone(moment: datetime, local: tzinfo) -> datetime:
    return moment.astimezone(local).replace(tzinfo=None)


def told_zone(heading: str) -> ZoneInfo | None:
    """
    Return the zone that a heading tells for the moments of its column: « Envoyé le (UTC) ».

    Examples
    --------
    >>> told_zone("Submit Date (UTC)"), told_zone("Date") is None
    (zoneinfo.ZoneInfo(key='UTC'), True)
    """
    return ZoneInfo("UTC") if _TELLS_UTC.search(heading) else None


def has_offset(cell: Cell) -> bool:
    """Whether the cell of a date says how far it is from UTC: « 2020-11-16T23:30:00Z »."""
    if isinstance(cell, datetime):
        return cell.tzinfo is not None
    if not isinstance(cell, str) or STAMP.match(cell):
        return False
    return parse(as_text(cell)).offset is not None


@lru_cache(maxsize=4096)
def parse(text: str) -> Parsed:
    """
    Return what the text of a date says, the order of day and month left open where it is.

    Raises
    ------
    ValueError
        If the text is no date.
    """
    if _SERIAL.match(text):
        return _of_serial(float(text.replace(",", ".")), text)
    if found := _ELAPSED.match(text):
        return _of_seconds(int(found[1]))
    if found := _COMPACT.match(text):
        year, month, day = map(int, found.groups())
        return Parsed(year, month, day, None, None, is_open=False)
    if found := _ISO.match(text):
        year, month, day = map(int, found.groups())
        return _with_time(text, found.end(), year, month, day, is_open=False)
    if found := _PARTS.match(text):
        first, second, year = int(found[1]), int(found[3]), _year(found[4])
        return _with_time(text, found.end(), year, first, second, is_open=True)
    return _named(text)


def _named(text: str) -> Parsed:
    """Return what a date with the name of its month says."""
    plain, rest = _split_time(text)
    words = normalise(plain)
    if (found := _DAY_NAMED.match(words)) and found[2] in MONTHS:
        day, month, year = int(found[1]), MONTHS[found[2]], _year(found[3])
    elif (found := _MONTH_NAMED.match(words)) and found[1] in MONTHS:
        day, month, year = int(found[2]), MONTHS[found[1]], int(found[3])
    else:
        raise ValueError(text)
    if words[found.end() :].strip(" a"):
        raise ValueError(text)
    return _with_time(rest, 0, year, month, day, is_open=False)


def _split_time(text: str) -> tuple[str, str]:
    """Cut a text before its time of day, if it has one."""
    found = re.search(r"\d{1,2}\s?[h:]\s?\d{2}", text)
    return (text[: found.start()], text[found.start() :]) if found else (text, "")


def _year(text: str) -> int:
    number = int(text)
    if len(text) > 2:  # noqa: PLR2004 - figures
        return number
    return number + (1900 if number >= _PIVOT else 2000)


def _of_serial(number: float, text: str) -> Parsed:
    low, high = _SERIALS
    if not low <= number <= high:
        raise ValueError(text)
    found = _EPOCH + timedelta(seconds=round(number * 86_400))
    clock = None if number.is_integer() else found.time()
    return Parsed(found.year, found.month, found.day, clock, None, is_open=False)


def _of_seconds(number: int) -> Parsed:
    """Return the moment that programs write as seconds since 1970, always in UTC."""
    found = _UNIX + timedelta(seconds=number)
    clock, utc = found.time(), timedelta()
    return Parsed(found.year, found.month, found.day, clock, utc, is_open=False)


def _with_time(  # noqa: PLR0913 - parts of a date
    text: str, place: int, year: int, first: int, second: int, *, is_open: bool
) -> Parsed:
    """Read the time of day and the zone that follow a day."""
    rest = text[place:].strip()
    if not rest:
        return Parsed(year, first, second, None, None, is_open)
    found = _TIME.match(rest)
    if found is None:
        raise ValueError(text)
    hour, minute, second_ = (int(found[n] or 0) for n in (1, 2, 3))
    if found[4]:
        hour = hour % 12 + (12 if found[4][0].casefold() == "p" else 0)
    clock = time(hour, minute, second_)
    return Parsed(year, first, second, clock, _offset(rest[found.end() :].strip(), text), is_open)


def _offset(zone: str, text: str) -> timedelta | None:
    if not zone or zone.upper() in _LOCAL:
        return None
    if zone.upper() in _UTC:
        return timedelta()
    found = _OFFSET.match(zone)
    if found is None:
        raise ValueError(text)
    shift = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return shift if found[1] == "+" else -shift
