"""Decide the day-month order of a date column, once for all its cells."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from qpref.errors import DatesError
from qpref.intake.dates import DAY_FIRST, MONTH_FIRST, ORDERS, Parsed, parse
from qpref.intake.matching import as_text
from qpref.intake.rows import Cell

_SAID = {DAY_FIRST: "dates lues jour puis mois", MONTH_FIRST: "dates lues mois puis jour"}
_MOST, _FEW = 0.8, 0.5  # shares of the dates inside the campaign that settle an order


@dataclass(frozen=True)
class Convention:
    """The order of day and month in a column, and why; no reason when it changes nothing."""

    order: str
    reason: str = ""


@dataclass
class Evidence:
    """
    The days of a column that leave their order open, how often each is written, and first how.

    What several parts of a column hold is added up: the whole is judged, never a part.
    """

    _days: dict[Parsed, tuple[int, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> "Evidence":
        """Return what the cells of a column show; each text is read once."""
        found = cls()
        found.add(Counter(cell for cell in cells if isinstance(cell, str)).items())
        return found

    def add(self, cells: Iterable[tuple[Cell, int]]) -> None:
        """Add cells, each with the times that it is written."""
        for cell, times in cells:
            parsed = _open(as_text(cell)) if isinstance(cell, str) else None
            if parsed is not None:
                day = replace(parsed, clock=None, offset=None)
                before, first = self._days.get(day, (0, as_text(cell)))
                self._days[day] = before + times, first

    def __iter__(self) -> Iterator[Parsed]:
        """Yield each day once, in the order of the column."""
        return iter(self._days)

    def example(self) -> str:
        """Return a date that both orders allow, as it was written."""
        return next(text for day, (_, text) in self._days.items() if day.first != day.second)

    def inside(self, order: str, window: tuple[date, date]) -> float:
        """Return the share of the dates that an order puts inside the campaign."""
        first, last = window
        kept = (
            times
            for day, (times, _) in self._days.items()
            if day.possible(order) and first <= day.moment(order).date() <= last
        )
        return sum(kept) / sum(times for times, _ in self._days.values()) if self._days else 1.0


def decide(
    told: Evidence,
    window: tuple[date, date],
    documented: str = "",
    asked: str = "",
) -> Convention:
    """
    Return the order in which the dates of a column are written.

    Parameters
    ----------
    told
        What the column shows.
    window
        First and last day of the campaign.
    documented
        Order that the format documents, empty when it has none.
    asked
        Order that the analyst asked for (`--dates`).

    Raises
    ------
    DatesError
        If both orders are in use, or nothing tells which is.

    Notes
    -----
    In this order: what was asked; what the format documents, unless it makes dates that do not
    exist and leaves most of the others outside the campaign; a date that only one order allows; the
    order that puts most dates inside the campaign when the other puts few there.
    """
    if asked:
        return Convention(asked, "demandé par --dates")
    if documented and _holds(told, documented, window):
        return Convention(documented)
    proven = _proven(told)
    if proven is not None:
        return proven
    if all(day.first == day.second for day in told):
        return Convention(DAY_FIRST)
    inside = {order: told.inside(order, window) for order in ORDERS}
    for order, other in (ORDERS, ORDERS[::-1]):
        if inside[order] >= _MOST and inside[other] <= _FEW:
            return Convention(order, f"{_SAID[order]} : l’autre ordre sort de la campagne")
    raise DatesError(
        f"« {told.example()} » peut se lire jour puis mois ou mois puis jour, et rien ne permet de "
        "trancher.",
        "Dites l’ordre : ajoutez --dates jour-mois, ou --dates mois-jour.",
    )


def decide_at(
    where: str, told: Evidence, window: tuple[date, date], documented: str, asked: str
) -> Convention:
    """Return what `decide` does; its errors begin by where the column is."""
    try:
        return decide(told, window, documented, asked)
    except DatesError as error:
        raise DatesError(f"{where} : {error.sentence}", error.remedy) from error


def _holds(told: Evidence, documented: str, window: tuple[date, date]) -> bool:
    """Whether the order that a format documents reads the dates, but for a few slips of the pen."""
    against = _proof(told, MONTH_FIRST if documented == DAY_FIRST else DAY_FIRST)
    return against is None or told.inside(documented, window) >= _MOST


def _proven(told: Evidence) -> Convention | None:
    """
    Return the order that some date proves, None when no date does.

    Raises
    ------
    DatesError
        If each order is proven by some date.
    """
    proofs = {order: _proof(told, order) for order in ORDERS}
    if all(proofs.values()):
        raise DatesError(
            f"Les dates mêlent deux ordres : « {proofs[DAY_FIRST]} » ne se lit que jour puis mois, "
            f"« {proofs[MONTH_FIRST]} » que mois puis jour.",
            "Corrigez le fichier à la source, ou dites l’ordre (--dates jour-mois ou mois-jour) : "
            "les dates impossibles seront alors mises en quarantaine.",
        )
    order = next((order for order in ORDERS if proofs[order]), None)
    if order is None:
        return None
    return Convention(order, f"{_SAID[order]} : « {proofs[order]} » ne se lit pas autrement")


def _open(text: str) -> Parsed | None:
    """Return what a text says when it leaves the order open, else None."""
    if text[:4].isdigit():  # a year or a serial number: most columns hold nothing else
        return None
    try:
        found = parse(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.is_open else None


def _proof(told: Iterable[Parsed], order: str) -> str | None:
    """Return a date that exists in one order only, as it was written."""
    other = MONTH_FIRST if order == DAY_FIRST else DAY_FIRST
    for parsed in told:
        if parsed.possible(order) and not parsed.possible(other):
            return f"{parsed.first:02d}/{parsed.second:02d}/{parsed.year}"
    return None
