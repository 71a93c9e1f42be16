"""Shares: interval, choice of method, and what the number of answers allows."""

from collections.abc import Mapping
from math import nan, sqrt
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from qpref.lazy import lazy
from qpref.statistics.measure import DIFFERENCE, Measure, Reliability
from qpref.statistics.sample import Z_95, effective_size

estimation = lazy("statsmodels.stats.proportion")

Array = npt.NDArray[np.float64]

INDICATIVE_BELOW = 30
NO_PERCENTAGE_BELOW = 10
_SMALL_POPULATION = 100
_FEW = 5
LEVEL = 0.95  # how often an interval holds the truth, unless told
_TAIL = (1 - LEVEL) / 2


def reliability(n: int) -> Reliability:
    """
    Return what a number of answers allows: « aucun_pourcentage », « indicatif » or « normal ».

    Examples
    --------
    >>> [reliability(n) for n in (9, 10, 29, 30)]
    ['aucun_pourcentage', 'indicatif', 'indicatif', 'normal']
    """
    if n < NO_PERCENTAGE_BELOW:
        return "aucun_pourcentage"
    return "indicatif" if n < INDICATIVE_BELOW else "normal"


def proportion(count: float, n: float, key: str = "", label: str = "", group: str = "") -> Measure:
    """
    Return a count out of a number as a share, without interval.

    Parameters
    ----------
    count, n
        Whole numbers; the share is missing when `n` is 0.
    key, label, group
        Of the measure.

    Examples
    --------
    >>> proportion(7, 10).value, proportion(7, 10).reliability
    (0.7, 'indicatif')
    """
    size = int(n)
    return Measure(
        key=key,
        label=label,
        group=group,
        n=size,
        count=int(count),
        value=count / n if n else nan,
        reliability=reliability(size),
    )


def measured(row: Mapping[Any, Any], key: str = "", label: str = "", group: str = "") -> Measure:
    """
    Return a row of shares as a measure, whose number of answers says what may be shown.

    Parameters
    ----------
    row
        `n`, `satisfaits`, `part`, `bas`, `haut`.
    key, label, group
        Of the measure.
    """
    n = int(row["n"])
    return Measure(
        key=key,
        label=label,
        group=group,
        n=n,
        count=int(row["satisfaits"]),
        value=float(row["part"]),
        low=float(row["bas"]),
        high=float(row["haut"]),
        reliability=reliability(n),
    )


def share_interval(  # noqa: PLR0913 - what an interval of a share depends on, each by name
    satisfied: npt.ArrayLike,
    n: npt.ArrayLike,
    method: Literal["auto", "wilson", "beta", "hypergeom"] = "auto",
    population: float | None = None,
    cost: npt.ArrayLike = 1.0,
    *,
    level: float = LEVEL,
) -> tuple[pd.Series, pd.Series]:
    """
    Return the bounds of the interval of shares, 95 % by default; missing where there is no answer.

    Parameters
    ----------
    satisfied, n
        Counts, in the same order; the bounds keep the index of `n` when it has one.
    method
        « wilson » (Wilson, JASA 1927); « beta » (Clopper and Pearson, Biometrika 1934) and
        « hypergeom » (the same in a population of known size), exact. « auto » chooses by
        `interval_method`.
    population
        Visitors of whom the answers are a part, if the share speaks of them alone: Wilson then
        takes the effective number of answers (`sample.effective_size`).
    cost
        By how much to divide the answers, of `clusters.costs`: one for all or one a share. Exact
        intervals then take the answers so divided, whole or not (Korn and Graubard, Survey
        Methodology 1998).
    level
        How often the interval holds the truth: 0.95.

    Raises
    ------
    ValueError
        If there are more answers than visitors, or no population for « hypergeom ».
    """
    k, base = (np.atleast_1d(np.asarray(x, dtype=float)) for x in (satisfied, n))
    worth = np.broadcast_to(np.asarray(cost, dtype=float), base.shape)
    bounds = np.full((len(k), 2), np.nan)
    pairs = zip(k, base, strict=True)
    chosen = np.array(
        [interval_method(*pair, population) if method == "auto" else method for pair in pairs],
        dtype=object,
    )
    chosen[(chosen == "hypergeom") & (worth > 1)] = "beta"  # a law of answers drawn one by one
    for place in np.flatnonzero((base > 0) & (chosen == "hypergeom")):
        bounds[place] = hypergeometric_interval(int(k[place]), int(base[place]), population, level)
    for name in ("wilson", "beta"):
        own = (base > 0) & (chosen == name)
        if own.any():
            bounds[own] = _usual_interval(k[own], base[own], (name, level), population, worth[own])
    index = n.index if isinstance(n, pd.Series) else None
    table = pd.DataFrame(bounds, columns=["bas", "haut"], index=index)
    return table["bas"], table["haut"]


def _usual_interval(
    k: Array, n: Array, kind: tuple[str, float], population: float | None, cost: Array
) -> Array:
    method, level = kind
    size = n
    if method == "wilson" and population is not None:
        size = np.array([effective_size(each, population) for each in n])
    everyone = np.isinf(size)
    size = np.where(everyone, n, size / cost)
    low, high = estimation.proportion_confint(k / n * size, size, alpha=1 - level, method=method)
    # Nobody or everybody: the bound is 0 or 1 by definition, whatever rounding is computed.
    low, high = np.where(k == 0, 0.0, low), np.where(k == n, 1.0, high)
    found: Array = np.column_stack([np.where(everyone, k / n, x) for x in (low, high)])
    return found


def interval_method(k: float, n: float, population: float | None = None) -> str:
    """
    Return the method of interval that some answers call for.

    Exact below 30 answers, below 100 visitors, and when fewer than 5 answers are satisfied or not
    satisfied: there Wilson's interval holds the truth less than 93 times in 100 for some shares.

    Examples
    --------
    >>> interval_method(20, 29), interval_method(20, 30), interval_method(30, 40, population=90)
    ('beta', 'wilson', 'hypergeom')
    >>> interval_method(195, 200), interval_method(196, 200)
    ('wilson', 'beta')
    """
    is_small = (
        n < INDICATIVE_BELOW
        or min(k, n - k) < _FEW
        or (population is not None and population < _SMALL_POPULATION)
    )
    if not is_small:
        return "wilson"
    return "beta" if population is None else "hypergeom"


def hypergeometric_interval(
    k: int, n: int, population: float | None, level: float = LEVEL
) -> tuple[float, float]:
    """
    Return the exact interval of a share in a population of known size, 95 % by default.

    Parameters
    ----------
    k, n
        Satisfied answers among `n` drawn without replacement.
    population
        Size of the population, at least `n`.
    level
        How often it holds the truth, at least.

    Raises
    ------
    ValueError
        If the population is unknown or smaller than the sample.

    Notes
    -----
    All the numbers of satisfied visitors that neither tail (2.5 %) refuses (Buonaccorsi,
    The American Statistician 1987).

    Examples
    --------
    >>> hypergeometric_interval(18, 20, 50)
    (0.74, 0.96)
    """
    if population is None or population < n:
        raise ValueError(f"n={n}, population={population}")
    size = int(population)
    possible = np.arange(k, size - (n - k) + 1)
    above = scipy.stats.hypergeom.sf(k - 1, size, possible, n)
    below = scipy.stats.hypergeom.cdf(k, size, possible, n)
    tail = (1 - level) / 2
    kept = possible[(above > tail) & (below > tail)]
    return float(kept.min()) / size, float(kept.max()) / size


def largest_margin(n: int, population: int | None = None, cost: float = 1.0) -> Measure:
    """
    Return the largest distance from a share to a bound of its interval, whatever the share.

    Parameters
    ----------
    n
        Answers to the question.
    population, cost
        See `share_interval`.

    Returns
    -------
    Measure
        A difference, with the reliability of shares of `n` answers; missing without answers.

    Notes
    -----
    From 30 answers on it is z / (2 √n), the half-width of the normal interval of one half, to two
    decimals: Wilson's interval goes as far, of some share or other.

    Examples
    --------
    >>> [round(100 * largest_margin(n).value, 2) for n in (10, 141, 200)]
    [35.61, 8.25, 6.93]
    >>> round(100 * largest_margin(141, population=450).value, 2), largest_margin(40, 40).value
    (6.85, 0.0)
    """
    counts = np.arange(n + 1) if n else np.array([])
    low, high = share_interval(counts, np.full(len(counts), n), population=population, cost=cost)
    shares = counts / n if n else counts
    gaps = np.maximum(shares - low, high - shares)
    value = float(gaps.max()) if n else nan
    known = reliability(n)
    return Measure(n=n, value=value, unit=DIFFERENCE, digits=1, reliability=known)


def net_score(favourable: float, against: float, n: float) -> tuple[float, float, float]:
    """
    Return a balance of opinions (share for less share against) with its 95 % interval.

    Parameters
    ----------
    favourable, against
        Counts of answers for and against; the others are neither.
    n
        All answers, over 0.

    Notes
    -----
    Both shares come from the same answers: variance (p + q − (p − q)²) / n of the multinomial, and
    a normal interval kept between −1 and 1. When all answers are of one kind, that variance is
    zero: the others are then 1 − 0.025^(1/n) of all at most (Clopper and Pearson, none of n), and
    the balance is farthest when they are all for or all against. Reports show it of marks of
    recommendation only (`numbers.promoters`): of opinions, it hides more than it says.

    Examples
    --------
    >>> [round(x, 3) for x in net_score(120, 50, 200)]
    [0.35, 0.232, 0.468]
    """
    p, q = favourable / n, against / n
    if max(p, q, 1 - p - q) == 1:
        others = 1 - _TAIL ** (1 / n)
        return p - q, p - q - others * (p - q + 1), p - q + others * (1 - p + q)
    half = Z_95 * sqrt((p + q - (p - q) ** 2) / n)
    return p - q, max(p - q - half, -1.0), min(p - q + half, 1.0)


def cronbach_alpha(answers: pd.DataFrame) -> float:
    """
    Return how far questions measure one thing, before anyone makes an index of them.

    Parameters
    ----------
    answers
        Ranks, one row an answer, one column a question; only complete rows count.

    Notes
    -----
    k / (k − 1) · (1 − Σ variances / variance of the sum) (Cronbach, Psychometrika 1951). Under 0.7,
    no index. No report shows one.
    """
    complete = answers.dropna().to_numpy(dtype=float)
    k = complete.shape[1]
    return float(k / (k - 1) * (1 - complete.var(0, ddof=1).sum() / complete.sum(1).var(ddof=1)))
