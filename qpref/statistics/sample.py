"""Sample size: how many answers are needed, and what a given number can show."""

from math import ceil, inf, sqrt
from statistics import NormalDist
from typing import Literal

import scipy

from qpref.lazy import lazy

proportion = lazy("statsmodels.stats.proportion")

Z_95 = NormalDist().inv_cdf(0.975)


def effective_size(n: float, population: float | None = None) -> float:
    """
    Return the size of the sample without replacement brought to a population without end.

    Parameters
    ----------
    n
        Answers; at least 1 and at most `population`.
    population
        Visitors of whom the sample is a part; None when the report speaks of the service in
        general, where no correction is right.

    Returns
    -------
    float
        n (N − 1) / (N − n), infinite when everybody answered.

    Raises
    ------
    ValueError
        If `n` is under 1 or over the population.

    Notes
    -----
    Dividing the variance by this number is the finite population correction
    (N − n) / (N − 1) (Cochran, Sampling Techniques, 1977, § 2.6).

    Examples
    --------
    >>> round(effective_size(141, 450), 2), effective_size(141)
    (204.88, 141.0)
    """
    if n < 1 or (population is not None and n > population):
        raise ValueError(f"n={n}, population={population}")
    if population is None:
        return float(n)
    return n * (population - 1) / (population - n) if population > n else inf


def margin_of_error(
    n: float, share: float = 0.5, z: float = Z_95, population: float | None = None
) -> float:
    """
    Half-width of the normal confidence interval of a share.

    Parameters
    ----------
    n
        Usable answers; at least 1.
    share
        Observed share; 0.5 is the worst case and the right choice when planning.
    z
        Quantile of the normal distribution; 1.96 for 95 %.
    population
        See `effective_size`.

    Raises
    ------
    ValueError
        If `n` is under 1 or over the population, or `share` is no share.

    Notes
    -----
    z · sqrt(p (1 − p) / n): simple random sampling (Cochran, Sampling Techniques, 1977, ch. 3).
    A counter survey is not one: reports say « indicative ».

    Examples
    --------
    >>> [round(100 * margin_of_error(n), 2) for n in (141, 200, 385)]
    [8.25, 6.93, 4.99]
    >>> [round(100 * margin_of_error(n, population=1000), 2) for n in (141, 200)]
    [7.65, 6.2]
    """
    if n < 1 or not 0 <= share <= 1:
        raise ValueError(f"n={n}, share={share}")
    return z * sqrt(share * (1 - share) / effective_size(n, population))


def answers_needed(
    margin: float, share: float = 0.5, z: float = Z_95, population: float | None = None
) -> int:
    """
    Fewest answers whose margin of error is at most `margin` (a share: 0.05 for 5 points).

    Raises
    ------
    ValueError
        If the margin is not between 0 and 1, both excluded.

    Notes
    -----
    n0 = z² p (1 − p) / margin², then n0 N / (N − 1 + n0) in a population of N.

    Examples
    --------
    >>> answers_needed(0.05), answers_needed(0.05, population=1000)
    (385, 278)
    """
    if not 0 < margin < 1:
        raise ValueError(f"margin={margin}")
    needed = z**2 * share * (1 - share) / margin**2
    if population is not None:
        needed = needed * population / (population - 1 + needed)
    return ceil(needed - 1e-9)


def clustered_size(n: float, clusters: int, correlation: float) -> float:
    """
    Return how many independent answers `n` answers gathered in clusters are worth.

    Parameters
    ----------
    n
        Answers.
    clusters
        Half-days, counters or interviewers that gathered them, in equal parts.
    correlation
        Likeness of the answers of one cluster (intra-class correlation), 0 for none.

    Notes
    -----
    n / (1 + (m − 1) r), m answers a cluster, r the correlation (Kish, Survey Sampling, 1965,
    § 5.4).

    Examples
    --------
    >>> round(clustered_size(200, 15, 0.02)), round(clustered_size(200, 15, 0.05))
    (160, 124)
    """
    return n / (1 + (max(n / clusters, 1) - 1) * correlation)


def coverage_under_bias(n: int, truth: float, bias: float) -> float:
    """
    Return how often the 95 % interval holds the truth when the people reached differ from all.

    Parameters
    ----------
    n
        Answers.
    truth
        Share among all visitors.
    bias
        How much more satisfied the people reached are (a share: 0.05 for 5 points).

    Notes
    -----
    Exact: every possible number of satisfied answers, with its probability and its Wilson
    interval. More answers make a biased survey surer of the wrong figure.

    Examples
    --------
    >>> [round(100 * coverage_under_bias(n, 0.80, 0.05)) for n in (141, 200, 1000)]
    [73, 61, 1]
    """
    counts = range(n + 1)
    low, high = proportion.proportion_confint(list(counts), n, method="wilson")
    chances = scipy.stats.binom.pmf(counts, n, truth + bias)
    return float(chances[(low <= truth) & (truth <= high)].sum())


def target_status(usable: int, target: int) -> Literal["atteint", "manqué"]:
    """
    Whether the usable answers reach the number promised.

    Examples
    --------
    >>> target_status(200, target=200), target_status(199, target=200)
    ('atteint', 'manqué')
    """
    return "atteint" if usable >= target else "manqué"
