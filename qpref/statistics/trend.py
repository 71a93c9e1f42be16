"""Shares over three or more campaigns: slope, its test, and control limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt

import numpy as np
import numpy.typing as npt
import scipy

FEWEST = 3  # campaigns, for a slope
FEWEST_OF_CHART = 6  # campaigns, for limits
SHIFT = 6  # campaigns in a row on one side of the median
_WIDTH = 3.0  # standard deviations


@dataclass(frozen=True)
class Slope:
    """
    How much a share moved by unit of time.

    `value`, bounds of its 95 % interval, and p-value that it is zero: the interval holds zero when,
    and only when, p is over 5 %. Missing where all answers are the same.
    """

    value: float
    low: float
    high: float
    p: float


def slope(parts: npt.ArrayLike, sizes: npt.ArrayLike, times: npt.ArrayLike) -> Slope:
    """
    Return the slope of a share over campaigns.

    Parameters
    ----------
    parts, sizes
        Share of each campaign, and what its answers are worth (half-days reckoned with).
    times
        When each was, in any unit.

    Raises
    ------
    ValueError
        With fewer than three campaigns, or all at one time.

    Notes
    -----
    Weighted least squares; test of Cochran (Biometrics 1954) and Armitage (Biometrics 1955), whose
    variance is that of equal shares, also in the interval.

    Examples
    --------
    >>> found = slope([0.70, 0.75, 0.80], [200, 200, 200], [2019, 2020, 2021])
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3), round(found.p, 3)
    (0.05, 0.008, 0.092, 0.021)
    """
    p, n, x = (np.asarray(values, dtype=float) for values in (parts, sizes, times))
    if len(p) < FEWEST or np.ptp(x) == 0:
        raise ValueError(f"{len(p)} campaigns")
    # np.average: exactly 1 when everybody is satisfied, which n @ p / n.sum() can go over.
    mean, gaps = float(np.average(p, weights=n)), x - np.average(x, weights=n)
    square = float(n @ gaps**2)
    value, error = float(n @ (p * gaps) / square), sqrt(mean * (1 - mean) / square)
    if error == 0:
        return Slope(value, np.nan, np.nan, np.nan)
    half = float(scipy.stats.norm.isf(0.025)) * error
    return Slope(
        value, value - half, value + half, float(2 * scipy.stats.norm.sf(abs(value) / error))
    )


@dataclass(frozen=True)
class Chart:
    """
    What chance alone moves of a share that does not change.

    `mean` of all campaigns; `low` and `high`, the limits of each; `outside`, which are beyond them;
    `shift`, the most campaigns in a row on one side of the median (those on it are not counted).
    """

    mean: float
    low: list[float]
    high: list[float]
    outside: list[bool]
    shift: int

    @property
    def is_stable(self) -> bool:
        """Whether no campaign is beyond its limits, nor six in a row on one side."""
        return not any(self.outside) and self.shift < SHIFT


def chart(parts: Sequence[float], sizes: Sequence[float]) -> Chart:
    """
    Return the limits of a share over six campaigns and more.

    Parameters
    ----------
    parts, sizes
        Of `slope`, in order of time.

    Notes
    -----
    Control chart of a proportion: three standard deviations about the mean, within 0 and 1
    (Shewhart 1931; Montgomery, Introduction to Statistical Quality Control, § 7.3). Six in a row
    on one side of the median are a shift (Perla, Provost and Murray, BMJ Quality and Safety 2011).

    Examples
    --------
    Mean 0.75, 200 answers: 3 · √(0.75 · 0.25 / 200) = 9.2 points.

    >>> found = chart([0.70, 0.74, 0.76, 0.78, 0.77, 0.75], [200] * 6)
    >>> round(found.mean, 2), round(found.low[0], 3), round(found.high[0], 3), found.is_stable
    (0.75, 0.658, 0.842, True)
    """
    p, n = np.asarray(parts, dtype=float), np.asarray(sizes, dtype=float)
    mean = float(np.average(p, weights=n))
    half = _WIDTH * np.sqrt(mean * (1 - mean) / n)
    low, high = np.maximum(mean - half, 0.0), np.minimum(mean + half, 1.0)
    sides = [side for side in np.sign(p - np.median(p)) if side]
    shift = max((len([*run]) for _, run in groupby(sides)), default=0)
    outside = [bool(one) for one in (p < low) | (p > high)]
    return Chart(mean, low.tolist(), high.tolist(), outside, shift)
