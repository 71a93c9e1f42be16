"""Round scales for what is drawn."""

from collections.abc import Iterable
from math import ceil, floor, log10

_STEPS, _NICE = 4, (1, 2, 5, 10)
_SLACK = 1e-9


def round_scale(values: Iterable[float], least: float, most: float = float("inf")) -> list[float]:
    """
    Return round values, evenly apart, between which all values stand.

    Parameters
    ----------
    values
        What is drawn; one at least.
    least
        Smallest step.
    most
        Top that the scale does not pass; a multiple of every round step over `least`.

    Examples
    --------
    >>> round_scale([5.7, 12, 16.3], 1)
    [5.0, 10.0, 15.0, 20.0]
    >>> round_scale([0.52, 0.93], 0.05, 1), round_scale([1.0], 0.05, 1), round_scale([0], 1)
    ([0.4, 0.6, 0.8, 1.0], [0.95, 1.0], [0.0, 1.0])
    """
    found = [float(one) for one in values]
    lowest, highest = min(found), max(found)
    step = _round_step(max((highest - lowest) / _STEPS, least))
    first, last = floor(lowest / step + _SLACK), ceil(highest / step - _SLACK)
    if first == last and highest >= most:
        first -= 1
    elif first == last:
        last += 1
    return [round(rank * step, 6) for rank in range(first, last + 1)]


def _round_step(least: float) -> float:
    """Return the smallest round step (`_NICE` times a power of ten) that is at least `least`."""
    power = 10.0 ** floor(log10(least))
    return next(one * power for one in _NICE if one * power >= least * (1 - _SLACK))
