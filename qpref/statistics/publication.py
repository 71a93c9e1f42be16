"""Round each number to the digits that its meaning allows before it is published.

Readers need a share to the point; more digits tell whoever holds all reports how many people stand
behind a weighted share, an interval or the length of a bar.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import nan
from typing import Any

from qpref.statistics.measure import DIFFERENCE, SHARE, Measure
from qpref.wording.french import decimals_apart

NUMBERS = ("value", "low", "high", "unit", "digits")  # fields of a measure that say its number
_LEAST = 0.0001  # a bound of a difference that is not zero is not told as zero


def published(measure: Measure) -> Measure:
    """
    Return a measure as it leaves: its value and its bounds with the digits that are printed.

    Pages, figures files, plots and bars take their numbers from here.

    Examples
    --------
    >>> told = published(Measure(value=0.77483, low=0.71254, high=0.82838))
    >>> told.value, told.low, told.high
    (0.77, 0.71, 0.83)
    >>> published(told) == told
    True
    >>> published(Measure(value=7.4499, low=5.0, high=9.0, unit="note sur 10", digits=1)).value
    7.4
    """
    low, high = measure.low, measure.high
    shown = measure.digits + 2 * measure.is_part
    if measure.unit == SHARE:
        decimals = decimals_apart(low or 0.0, high or 0.0)
        low, high = (_percent(bound, decimals) for bound in (low, high))
    elif measure.unit == DIFFERENCE:
        low, high = _points(low), _points(high)
    else:
        low, high = (None if b is None else round(float(b), shown) for b in (low, high))
    value = measure.printed / 100 if measure.is_part else measure.printed
    return replace(measure, value=round(float(value), shown), low=low, high=high)


def published_numbers(given: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the numbers of a measure as they leave, by the field that each is.

    Parameters
    ----------
    given
        Those of `NUMBERS` that are known.
    """
    digits = int(given.get("digits", 0))
    told = published(Measure(**{"value": nan, "unit": "", **given, "digits": digits}))
    return {name: getattr(told, name) for name in NUMBERS}


def _percent(share: float | None, decimals: int) -> float | None:
    if share is None:
        return None
    return round(round(100 * float(share), decimals) / 100, decimals + 2)


def _points(bound: float | None) -> float | None:
    """Return a bound of a difference with the decimals that tell it from zero."""
    told = _percent(bound, decimals_apart(bound or 0.0, 0.0))
    if not bound or told or bound != bound:  # noqa: PLR0124 - nan
        return told
    return _LEAST if bound > 0 else -_LEAST
