"""
Control charts of monthly figures: limits, the four usual rules.

A share over months, like one over campaigns (`trend`), moves by chance alone. Here: what the limits
are, which months leave them, and by which rule. Not here: which months are set apart and why, and
what is told of them (`quality`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isnan, nan

import numpy as np
import numpy.typing as npt

FEWEST = 8  # months in the baseline, for a verdict
OF_VALUES, OF_RANGES = 2.66, 3.267  # Wheeler: limits of values and of ranges, by the mean range
_D2 = 1.128  # expected range of two values, in standard deviations
_WIDTH = 3.0  # standard deviations
# How many points, of how many in a row, beyond how many standard deviations on one side.
RULES = {1: (1, 1, 3.0), 2: (2, 3, 2.0), 3: (4, 5, 1.0), 4: (8, 8, 0.0)}

_Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ControlLimits:
    """
    What chance alone moves of a figure that does not change.

    `mean` of the baseline; `low`, `high` and `deviation` (one standard deviation) of each month;
    `months`, how many the baseline holds; `spread`, by how much months vary more than the number of
    cases explains (1: not more); `range_high`, the most that two months in a row differ.
    """

    mean: float
    low: list[float]
    high: list[float]
    deviation: list[float]
    months: int
    spread: float = 1.0
    range_high: float = nan

    @property
    def is_enough(self) -> bool:
        """Whether the baseline holds months enough for a verdict."""
        return self.months >= FEWEST


@dataclass(frozen=True)
class ControlSignal:
    """A month that chance does not explain: its place, the rule (1 to 4), and the side."""

    place: int
    rule: int
    is_high: bool


def _masked(values: npt.ArrayLike, baseline: Sequence[bool] | None) -> _Numbers:
    """Return values, those out of the baseline missing."""
    x = np.asarray(values, dtype=float)
    kept = np.ones(len(x), dtype=bool) if baseline is None else np.asarray(baseline, dtype=bool)
    return np.where(kept, x, np.nan)


def _mean_range(values: _Numbers) -> float:
    """Return the mean difference of months in a row, without those that a missing one parts."""
    ranges = [abs(b - a) for a, b in pairwise(values) if not np.isnan(a + b)]
    return float(np.mean(ranges)) if ranges else nan


def xmr(
    values: npt.ArrayLike,
    baseline: Sequence[bool] | None = None,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> ControlLimits:
    """
    Return the limits of single values (XmR chart).

    Parameters
    ----------
    values
        One a month, in order of time; missing (nan) where there is none.
    baseline
        Which months the limits rest on; all of them by default.
    bounds
        Lowest and highest that a value can be: a delay is never under 0.

    Notes
    -----
    Mean ± 2.66 mean ranges; two months in a row differ by 3.267 mean ranges at most (Wheeler,
    Understanding Variation, 1993; NIST/SEMATECH e-Handbook of Statistical Methods, § 6.3.2.2, by
    3/1.128). A range is counted when both its months are in the baseline.

    Examples
    --------
    The flow rates of the e-Handbook: mean 50.81, mean range 1.8778, limits 45.8159 and 55.8041.

    >>> rates = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    >>> found = xmr(rates)
    >>> round(found.mean, 2), round(found.low[0], 2), round(found.high[0], 2)
    (50.81, 45.82, 55.8)
    """
    x, kept = np.asarray(values, dtype=float), _masked(values, baseline)
    months, gap = int((~np.isnan(kept)).sum()), _mean_range(kept)
    mean = float(np.nanmean(kept)) if months else nan
    low, high = np.clip([mean - OF_VALUES * gap, mean + OF_VALUES * gap], *bounds).tolist()
    every = [OF_VALUES * gap / _WIDTH] * len(x)
    return ControlLimits(
        mean, [low] * len(x), [high] * len(x), every, months, range_high=OF_RANGES * gap
    )


def p_chart(
    counts: npt.ArrayLike,
    sizes: npt.ArrayLike,
    baseline: Sequence[bool] | None = None,
    *,
    is_widened: bool = False,
) -> ControlLimits:
    """
    Return the limits of a share (p-chart), each after the number of cases of its month.

    Parameters
    ----------
    counts, sizes
        Numerator and denominator of each month; missing, or a denominator of 0, where none.
    baseline
        As `xmr`.
    is_widened
        Whether limits make room for months that vary more than their number of cases explains:
        Laney's chart of shares, never narrower than the p-chart.

    Notes
    -----
    p̄ ± 3 √(p̄ (1 − p̄) / n), within 0 and 1 (NIST/SEMATECH e-Handbook, § 6.3.3.2). Widened by the
    mean range of the standardised shares over 1.128 (Laney, Quality Engineering 14, 2002): with
    thousands of calls a month, every month leaves the limits of the p-chart.

    Examples
    --------
    Two months of 50: p̄ = 0.25, deviation √(0.25 · 0.75 / 50) = 0.0612.

    >>> found = p_chart([10, 15], [50, 50])
    >>> found.mean, round(found.low[0], 3), round(found.high[0], 3)
    (0.25, 0.066, 0.434)
    """
    count, n = (np.asarray(one, dtype=float) for one in (counts, sizes))
    n = np.where(n > 0, n, np.nan)
    kept = _masked(count / n, baseline)
    is_kept = ~np.isnan(kept)
    months = int(is_kept.sum())
    mean = float(count[is_kept].sum() / n[is_kept].sum()) if months else nan
    deviation = np.sqrt(mean * (1 - mean) / n)
    spread = 1.0
    if is_widened and 0 < mean < 1:
        ranged = _mean_range((kept - mean) / deviation) / _D2
        spread = max(1.0, ranged) if not np.isnan(ranged) else 1.0
    deviation = spread * deviation
    low, high = np.maximum(mean - _WIDTH * deviation, 0), np.minimum(mean + _WIDTH * deviation, 1)
    return ControlLimits(
        mean, low.tolist(), high.tolist(), deviation.tolist(), months, spread=spread
    )


def signals(
    values: npt.ArrayLike, limits: ControlLimits, is_apart: Sequence[bool] | None = None
) -> list[ControlSignal]:
    """
    Return the months that chance does not explain, each by the first rule that tells it.

    Parameters
    ----------
    values
        As `xmr`, or shares.
    limits
        Of these months; under eight months in their baseline, nothing is told.
    is_apart
        Months whose cause is known: they are no signal, and no rule counts across them, nor across
        a month without figure.

    Notes
    -----
    Western Electric, Statistical Quality Control Handbook, 1956: (1) a point beyond three standard
    deviations; (2) two of three beyond two, on one side; (3) four of five beyond one, on one side;
    (4) eight in a row on one side of the mean. The point told is the last, itself beyond. Without
    any change, a signal comes every 370 points by rule 1, every 92 by the four together (Champ and
    Woodall, Technometrics 29, 1987; NIST/SEMATECH e-Handbook, § 6.3.2).

    Examples
    --------
    >>> limits = xmr([10, 12, 11, 13, 10, 12, 11, 13, 12])
    >>> [(one.place, one.rule) for one in signals([11, 30, 12], limits)]
    [(1, 1)]
    """
    if not limits.is_enough:
        return []
    x = np.asarray(values, dtype=float)
    if is_apart is not None:
        x = np.where(np.asarray(is_apart, dtype=bool), np.nan, x)
    gaps, deviation = (x - limits.mean).tolist(), limits.deviation[: len(x)]
    found = []
    for place in range(len(x)):
        told = _told(gaps[: place + 1], deviation[: place + 1])
        if told:
            found.append(ControlSignal(place, told, gaps[place] > 0))
    return found


def _told(gaps: Sequence[float], deviation: Sequence[float]) -> int:
    """Return the first rule by which the last of some points is a signal, or 0."""
    side = (gaps[-1] > 0) - (gaps[-1] < 0)
    if not side:  # missing, or on the mean: no side, hence no rule
        return 0
    for rule, (least, among, width) in RULES.items():
        last, unit = gaps[-among:], deviation[-among:]
        is_beyond = [side * gap > width * one for gap, one in zip(last, unit, strict=True)]
        if is_beyond[-1] and _since_gap(is_beyond, last) >= least:
            return rule
    return 0


def _since_gap(is_beyond: Sequence[bool], last: Sequence[float]) -> int:
    """Return how many points are beyond, after the last month without figure."""
    after = max((place + 1 for place, gap in enumerate(last) if isnan(gap)), default=0)
    return sum(is_beyond[after:])
