"""Probability that an answer of one group exceeds one of another: rank test and interval.

The mean of codes 1 to 4 is never taken: an answer is only more or less favourable than another.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

_Z = 1.9599639845400545  # scipy.stats.norm.isf(0.025)
_EDGE = 1e-8


@dataclass(frozen=True)
class Superiority:
    """
    How often an answer of one group is over one of another, ties counting for half.

    `value` (0.5 when the groups are alike), its 95 % interval `low` to `high`, the p-value `p` of
    the rank test, and the group sizes `n1`, `n0`.
    """

    value: float
    low: float
    high: float
    p: float
    n1: int
    n0: int


def superiority(first: npt.ArrayLike, second: npt.ArrayLike) -> Superiority:
    """
    Return the probability that an answer of the first group is over one of the second.

    Parameters
    ----------
    first, second
        Ranks of the levels chosen, higher for more favourable; two answers each at least.

    Raises
    ------
    ValueError
        If a group has fewer than two answers.

    Notes
    -----
    Mann–Whitney with ties, no continuity correction (scipy). Interval on the logit scale, variance
    of the placements (DeLong, DeLong and Clarke-Pearson, Biometrics 1988). When one group is over
    the other without exception, or all answers are alike, that variance is zero: the interval is
    then the fifth of Newcombe (Statistics in Medicine 2006, 25, 559-573), which has no such edge.

    Examples
    --------
    >>> round(superiority([3, 4, 4, 2], [1, 2, 3, 2]).value, 4)
    0.8438
    """
    x, y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    n, m = len(x), len(y)
    if min(n, m) < 2:  # noqa: PLR2004 - one answer has no spread
        raise ValueError(f"n1={n}, n0={m}")
    test = scipy.stats.mannwhitneyu(x, y, use_continuity=False, method="asymptotic")
    value = float(test.statistic) / (n * m)
    ranks = scipy.stats.rankdata(np.concatenate([x, y]))
    over = (ranks[:n] - scipy.stats.rankdata(x)) / m
    under = 1 - (ranks[n:] - scipy.stats.rankdata(y)) / n
    se = float(np.sqrt(over.var(ddof=1) / n + under.var(ddof=1) / m))
    p = 1.0 if np.isnan(test.pvalue) else float(test.pvalue)
    if not 0 < value < 1 or se == 0:
        return Superiority(value, *_score_bounds(value, n, m), p, n, m)
    centre, half = np.log(value / (1 - value)), _Z * se / (value * (1 - value))
    return Superiority(value, *shares_around(centre, half), p, n, m)


def _score_bounds(value: float, n: int, m: int) -> tuple[float, float]:
    """Return the values from which the one found is 1.96 standard errors away, at most."""
    more = (n + m) / 2 - 1

    def gap(theta: float) -> float:
        spread = 1 + more * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return (theta - value) ** 2 - _Z**2 * theta * (1 - theta) * spread / (n * m)

    near, far = _EDGE, 1 - _EDGE
    low = 0.0 if value == 0 else float(scipy.optimize.brentq(gap, near, min(value, far)))
    high = 1.0 if value == 1 else float(scipy.optimize.brentq(gap, max(value, near), far))
    return low, high


def shares_around(centre: float, half: float) -> tuple[float, float]:
    """Return the ends, as shares, of an interval on the logit scale."""
    return float(scipy.special.expit(centre - half)), float(scipy.special.expit(centre + half))
