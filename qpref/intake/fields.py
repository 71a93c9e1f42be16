"""The columns of a table of no known source that say when, where and under which number."""

from collections.abc import Iterable

from qpref.intake.dates import ORDERS, read_moment
from qpref.intake.export import Export
from qpref.intake.inspection import tally
from qpref.intake.matching import normalise

_MOSTLY = 0.8  # a slip of the pen is quarantined by its line
_FIELDS = {
    "date": ("date", "date de la visite", "date de visite", "jour", "date de reponse"),
    "site": ("site", "site d accueil"),
    "numero": ("n°", "no", "numero", "n° questionnaire", "numero du questionnaire"),
}


def fields_of(export: Export) -> dict[int, str]:
    """Return the columns that say when, where and under which number, by place."""
    is_dated = export.role("debut") is not None or export.role("fin") is not None
    found: dict[int, str] = {}
    for column in export.columns:
        name = normalise(column.plain)
        own = next((f for f, names in _FIELDS.items() if name in names), None)
        if column.role != "question" or own is None or own in found.values():
            continue
        if own == "date" and (is_dated or not _are_dates(tally(export.rows, column))):
            continue
        found[column.index] = own
    return found


def _are_dates(texts: Iterable[str]) -> bool:
    """Whether most texts are dates, in one order or the other; a serial number is one."""
    known = [any(_reads(text, order) for order in ORDERS) for text in texts]
    return bool(known) and sum(known) >= _MOSTLY * len(known)


def _reads(text: str, order: str) -> bool:
    try:
        return read_moment(text, order) is not None
    except (ValueError, OverflowError):
        return False
