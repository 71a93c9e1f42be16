"""Numbers that visitors give: mean and its interval, middle half, net promoter score."""

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
import numpy.typing as npt
import scipy

from qpref.statistics.shares import net_score

Array = npt.NDArray[np.float64]
PROMOTERS_FROM, DETRACTORS_TO = 9, 6
_TAIL = 0.025


@dataclass(frozen=True)
class Summary:
    """
    What is said of some numbers.

    Parameters
    ----------
    n
        How many there are.
    mean, low, high
        Mean and bounds of its 95 % interval; missing under two numbers, or when all are the same
        and they have no bounds.
    median, first, third
        Middle, and the bounds of the middle half; missing without numbers.
    """

    n: int
    mean: float
    low: float
    high: float
    median: float
    first: float
    third: float


def summary(
    values: npt.ArrayLike, bounds: tuple[float, float] | None = None, cost: float = 1.0
) -> Summary:
    """
    Return what is said of some numbers; missing ones are left out.

    Parameters
    ----------
    values
        The numbers.
    bounds
        The lowest and the highest that could be given, if any.
    cost
        By how much to divide the answers, of `clusters.costs`.

    Notes
    -----
    Student's interval of a mean: mean ± t(0.975, n − 1) · s / √n (Gosset, Biometrika 1908), within
    the bounds. When all numbers are the same it has no width: the others are then 1 − 0.025^(1/n)
    of all at most (Clopper and Pearson, Biometrika 1934, of none among n), and the mean is farthest
    when they are all at one bound.

    Examples
    --------
    The mean of 1, 2, 3, 4, 5 is 3, s² = 2.5, t(0.975, 4) = 2.776: 3 ± 2.776 · √(2.5 / 5) = 1.963.

    >>> found = summary([1, 2, 3, 4, 5])
    >>> found.mean, round(found.low, 3), round(found.high, 3), found.median
    (3.0, 1.037, 4.963, 3.0)
    >>> summary([7, 7]).low
    nan

    Three marks of 10: fewer than 1 − 0.025^(1/3) = 70.8 % of the others may be 0.

    >>> found = summary([10, 10, 10], bounds=(0, 10))
    >>> round(found.low, 2), found.high
    (2.92, 10.0)
    """
    known = _known(values)
    n = len(known)
    if n == 0:
        return Summary(0, nan, nan, nan, nan, nan, nan)
    first, median, third = (float(q) for q in np.quantile(known, [0.25, 0.5, 0.75]))
    mean = float(known.mean())
    low = high = nan
    if n > 1 and known.std() > 0:
        half = float(scipy.stats.t.ppf(0.975, n - 1)) * float(known.std(ddof=1)) * sqrt(cost / n)
        low, high = mean - half, mean + half
    elif bounds is not None:
        others = 1 - _TAIL ** (1 / n)
        low, high = (mean + others * (bound - mean) for bound in bounds)
    if bounds is not None:
        low, high = max(low, bounds[0]), min(high, bounds[1])
    return Summary(n, mean, low, high, median, first, third)


@dataclass(frozen=True)
class Promoters:
    """
    Marks of recommendation, 0 to 10: promoters (9, 10), passives, detractors (0 to 6).

    `score`: share of promoters less share of detractors, with its 95 % interval, −1 to 1.
    """

    n: int
    promoters: int
    detractors: int
    score: float
    low: float
    high: float

    @property
    def passives(self) -> int:
        """Those who gave 7 or 8."""
        return self.n - self.promoters - self.detractors


def promoters(values: npt.ArrayLike, cost: float = 1.0) -> Promoters:
    """
    Return the net promoter score of marks from 0 to 10 (Reichheld, Harvard Business Review 2003).

    Parameters
    ----------
    values
        The marks.
    cost
        By how much to divide the answers before the interval, of `clusters.costs`.

    Examples
    --------
    Of ten marks, 5 promoters and 2 detractors: 50 % − 20 % = 30 points.

    >>> found = promoters([10, 10, 9, 9, 9, 8, 8, 7, 6, 0])
    >>> found.promoters, found.passives, found.detractors, round(found.score, 2)
    (5, 3, 2, 0.3)
    """
    known = _known(values)
    n = len(known)
    many = int((known >= PROMOTERS_FROM).sum())
    few = int((known <= DETRACTORS_TO).sum())
    score, low, high = net_score(many / cost, few / cost, n / cost) if n else (nan, nan, nan)
    return Promoters(n, many, few, score, low, high)


def _known(values: npt.ArrayLike) -> Array:
    found = np.asarray(values, dtype=float)
    known: Array = found[~np.isnan(found)]
    return known
