"""Decide the day-month order of a date column, once for all its cells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


def decide(
    cells: Iterable[Cell],
    window: tuple[date, date],
    documented: str = "",
    asked: str = "",
) -> Convention:
    """
    Return the order in which the dates of a column are written.

    Parameters
    ----------
    cells
        The column.
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
    texts = _texts(cells)
    found = [parsed for text in texts if (parsed := _open(text)) is not None]
    if asked:
        return Convention(asked, "demandé par --dates")
    if documented and _holds(found, documented, window):
        return Convention(documented)
    proven = _proven(found)
    if proven is not None:
        return proven
    if all(parsed.first == parsed.second for parsed in found):
        return Convention(DAY_FIRST)
    inside = {order: _inside(found, order, window) for order in ORDERS}
    for order, other in (ORDERS, ORDERS[::-1]):
        if inside[order] >= _MOST and inside[other] <= _FEW:
            return Convention(order, f"{_SAID[order]} : l’autre ordre sort de la campagne")
    example = next(text for text in texts if (p := _open(text)) is not None and p.first != p.second)
    raise DatesError(
        f"« {example} » peut se lire jour puis mois ou mois puis jour, et rien ne permet de "
        "trancher.",
        "Dites l’ordre : ajoutez --dates jour-mois, ou --dates mois-jour.",
    )


def decide_at(
    where: str, cells: Iterable[Cell], window: tuple[date, date], documented: str, asked: str
) -> Convention:
    """Return what `decide` does; its errors begin by where the column is."""
    try:
        return decide(cells, window, documented, asked)
    except DatesError as error:
        raise DatesError(f"{where} : {error.sentence}", error.remedy) from error


def _holds(found: Sequence[Parsed], documented: str, window: tuple[date, date]) -> bool:
    """Whether the order that a format documents reads the dates, but for a few slips of the pen."""
    against = _proof(found, MONTH_FIRST if documented == DAY_FIRST else DAY_FIRST)
    return against is None or _inside(found, documented, window) >= _MOST


def _proven(found: Sequence[Parsed]) -> Convention | None:
    """
    Return the order that some date proves, None when no date does.

    Raises
    ------
    DatesError
        If each order is proven by some date.
    """
    proofs = {order: _proof(found, order) for order in ORDERS}
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


def _texts(cells: Iterable[Cell]) -> Sequence[str]:
    """Return the distinct texts of a column."""
    distinct = dict.fromkeys(
        cell for cell in cells if isinstance(cell, str) and not cell[:4].isdigit()
    )
    return list(dict.fromkeys(map(as_text, distinct)))


def _open(text: str) -> Parsed | None:
    """Return what a text says when it leaves the order open, else None."""
    if text[:4].isdigit():  # a year or a serial number: most columns hold nothing else
        return None
    try:
        found = parse(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.is_open else None


def _proof(found: Sequence[Parsed], order: str) -> str | None:
    """Return a date that exists in one order only, as it was written."""
    other = MONTH_FIRST if order == DAY_FIRST else DAY_FIRST
    for parsed in found:
        if parsed.possible(order) and not parsed.possible(other):
            return f"{parsed.first:02d}/{parsed.second:02d}/{parsed.year}"
    return None


def _inside(found: Sequence[Parsed], order: str, window: tuple[date, date]) -> float:
    """Return the share of the dates that an order puts inside the campaign."""
    first, last = window
    kept = [
        first <= parsed.moment(order).date() <= last for parsed in found if parsed.possible(order)
    ]
    return sum(kept) / len(found) if found else 1.0
