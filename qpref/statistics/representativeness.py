"""Whether the people who answered resemble the people who came: composition, never precision."""

from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from math import comb, nan
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from qpref.statistics import design
from qpref.statistics.contingency import independence, rao_scott

_LEVEL = 0.05
_LARGE_GAP = 0.05  # of a stratum: 5 points
_SMALL_EXPECTED = 5
_MOST_OUTCOMES = 200_000
FEWEST_CLUSTERS = 10

Likeness = Literal["proche", "ecarts", "non_verifiable"]


@dataclass(frozen=True)
class Composition:
    """
    The composition of the sample against the known flow of one variable.

    `table`: `strate`, `effectif`, `part`, `part_flux`, `ecart` (shares), `residu` (standard
    deviations); the test: `statistic` (chi-square), `p`, `method` (« chi2 », « grappes » or
    « exact »); `n`.
    """

    table: pd.DataFrame
    statistic: float
    p: float
    method: str
    n: int

    @property
    def likeness(self) -> Likeness:
        """« ecarts » when chance does not explain them and one reaches 5 points."""
        if self.n == 0 or np.isnan(self.p):
            return "non_verifiable"
        is_far = bool((self.table["ecart"].abs() >= _LARGE_GAP).any())
        return "ecarts" if self.p <= _LEVEL and is_far else "proche"


def composition(
    counts: pd.Series, flow: pd.Series, by_cluster: pd.DataFrame | None = None
) -> Composition:
    """
    Return how far a sample is from the flow it was taken from.

    Parameters
    ----------
    counts
        Answers by stratum.
    flow
        Passages counted by stratum, over 0; strata that it does not know are left out.
    by_cluster
        The same answers, one row a half-day and one column a stratum: from 10 half-days on, the
        test knows that people come to one half-day for like reasons.

    Raises
    ------
    ValueError
        If the flow is empty.

    Notes
    -----
    Chi-square of adjustment; exact when an expected count is under 5 (binomial for two strata,
    multinomial enumeration while there are under 200 000 outcomes). With half-days, its law is
    that of a sum of weighted chi-squares (Rao and Scott, JASA 1981), the weights being the
    eigenvalues of the variance of (observed − expected) / √expected by half-day, approximated by
    Satterthwaite; it is `svygofchisq` of R's package survey. Residuals are standardised:
    (observed − expected) / √(n p (1 − p)).

    Examples
    --------
    >>> counts, flow = pd.Series({"matin": 70, "soir": 30}), pd.Series({"matin": 60, "soir": 40})
    >>> found = composition(counts, flow)
    >>> found.table["ecart"].round(2).tolist(), round(found.statistic, 2)
    ([0.1, -0.1], 4.17)
    """
    known = flow[flow > 0].astype(float)
    if known.empty:
        raise ValueError("no flow")
    observed = counts.reindex(known.index, fill_value=0).to_numpy(dtype=np.int64)
    n, expected = int(observed.sum()), (known / known.sum()).to_numpy(dtype=float)
    table = pd.DataFrame(
        {
            "strate": list(known.index),
            "effectif": observed,
            "part": observed / n if n else nan,
            "part_flux": expected,
        }
    )
    table["ecart"] = table["part"] - table["part_flux"]
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(n * expected * (1 - expected))
        table["residu"] = (observed - n * expected) / spread
    if n == 0 or len(known) == 1:
        return Composition(table, nan, nan, "aucun", n)
    statistic = _distance(observed, expected)
    p, method = _adjustment(observed, expected)
    if method == "chi2" and by_cluster is not None and len(by_cluster) >= FEWEST_CLUSTERS:
        told = by_cluster.reindex(columns=known.index, fill_value=0).to_numpy(dtype=float)
        # Half-days never make answers worth more; all alike, they have no variance at all (nan).
        p, method = float(np.fmax(_by_cluster(told, expected, statistic), p)), "grappes"
    return Composition(table, statistic, p, method, n)


def _adjustment(observed: npt.NDArray[np.int64], expected: npt.NDArray[Any]) -> tuple[float, str]:
    n, k = int(observed.sum()), len(observed)
    if (n * expected).min() >= _SMALL_EXPECTED:
        return _beyond(_distance(observed, expected), k - 1), "chi2"
    if k == 2:  # noqa: PLR2004 - two strata
        return float(scipy.stats.binomtest(int(observed[0]), n, float(expected[0])).pvalue), "exact"
    if comb(n + k - 1, k - 1) <= _MOST_OUTCOMES:
        return exact_multinomial(observed, expected), "exact"
    return _beyond(_distance(observed, expected), k - 1), "chi2"


def _distance(observed: npt.NDArray[np.int64], expected: npt.NDArray[Any]) -> float:
    """Return Pearson's chi-square of counts against shares."""
    wanted = observed.sum() * expected
    return float(((observed - wanted) ** 2 / wanted).sum())


def _beyond(statistic: float, degrees: float) -> float:
    """Return the upper tail of the chi-square law; `scipy.stats` takes a second to load."""
    return float(scipy.special.chdtrc(degrees, statistic))


def _by_cluster(counts: npt.NDArray[Any], shares: npt.NDArray[Any], statistic: float) -> float:
    """Return the p-value of a chi-square of adjustment, counts being one row a half-day."""
    observed, sizes = counts.sum(0), counts.sum(1, keepdims=True)
    expected = observed.sum() * shares
    # What each half-day adds to (observed − expected) / √expected, to the first order.
    parts = counts / np.sqrt(expected) - sizes * shares * (observed + expected) / 2 / expected**1.5
    variance = len(counts) * np.atleast_2d(np.cov(parts, rowvar=False))
    weights = np.linalg.eigvalsh(variance)
    if not weights.sum() > 0:
        return nan
    spread = float((weights**2).sum() / weights.sum())
    return _beyond(statistic / spread, weights.sum() / spread)


def exact_multinomial(observed: npt.ArrayLike, expected: npt.ArrayLike) -> float:
    """
    Return the exact p-value of a composition: outcomes no more likely than the one observed.

    Parameters
    ----------
    observed
        Counts by stratum.
    expected
        Shares by stratum, adding up to 1.

    Examples
    --------
    >>> round(exact_multinomial([3, 0], [0.5, 0.5]), 2)
    0.25
    """
    counts, shares = np.asarray(observed, dtype=int), np.asarray(expected, dtype=float)
    n, k = int(counts.sum()), len(counts)
    bars = np.array(list(combinations(range(n + k - 1), k - 1)), dtype=int).reshape(-1, k - 1)
    edges = np.column_stack([np.full(len(bars), -1), bars, np.full(len(bars), n + k - 1)])
    outcomes = np.diff(edges, axis=1) - 1
    chances, own = _chances(outcomes, shares), _chances(counts, shares)
    return float(min(chances[chances <= own * (1 + 1e-7)].sum(), 1.0))


def _chances(outcomes: npt.NDArray[np.int_], shares: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the multinomial probability of counts, along the last axis."""
    special = scipy.special
    orders = special.gammaln(outcomes.sum(-1) + 1) - special.gammaln(outcomes + 1).sum(-1)
    found: npt.NDArray[Any] = np.exp(orders + special.xlogy(outcomes, shares).sum(-1))
    return found


@dataclass(frozen=True)
class Clustering:
    """
    What gathering answers by half-day costs.

    `clusters`, `deff` (design effect on the share satisfied), `n_effective`: independent answers
    that would say as much; both missing under 10 half-days.
    """

    clusters: int
    deff: float
    n_effective: float


def half_day_effect(is_satisfied: pd.Series, half_days: pd.Series) -> Clustering:
    """
    Return the design effect of half-days on a share.

    Parameters
    ----------
    is_satisfied
        True or false, one an answer with an opinion.
    half_days
        Day and half-day of the answer.
    """
    known = half_days.notna()
    clusters = int(half_days[known].nunique())
    if clusters < FEWEST_CLUSTERS:
        return Clustering(clusters, nan, nan)
    made = design.Design(np.ones(int(known.sum())), clusters=half_days[known])
    found = design.mean(made, is_satisfied[known])
    deff = max(found.deff, 1.0)  # half-days never make answers worth more than they are
    return Clustering(clusters, deff, found.n / deff)


def mode_effect(
    is_satisfied: pd.Series, modes: pd.Series, half_days: pd.Series | None = None
) -> float | None:
    """
    Return the p-value that satisfaction does not depend on how people answered.

    Parameters
    ----------
    is_satisfied, modes
        One an answer with an opinion.
    half_days
        Day and half-day of the answer: from 10 of them on, the test knows that answers of one
        half-day are alike (Rao–Scott); a chi-square otherwise.

    Returns
    -------
    float or None
        None when a mode has fewer than five answers expected of either kind, or there is one mode.
    """
    known = modes.notna()
    if half_days is not None:
        known &= half_days.notna()
    table = pd.crosstab(modes[known], is_satisfied[known])
    if min(table.shape) < 2:  # noqa: PLR2004 - nothing to compare
        return None
    counts = table.to_numpy()
    if (np.outer(counts.sum(1), counts.sum(0)) / counts.sum()).min() < _SMALL_EXPECTED:
        return None
    if half_days is None or half_days[known].nunique() < FEWEST_CLUSTERS:
        return independence(table).p
    made = design.Design(np.ones(int(known.sum())), clusters=half_days[known])
    return rao_scott(made, modes[known], is_satisfied[known]).p


def overall(found: list[Composition]) -> Likeness:
    """Return the likeness of the sample over all variables whose flow is known."""
    order: list[Likeness] = ["non_verifiable", "proche", "ecarts"]
    return reduce(lambda a, b: max(a, b, key=order.index), (c.likeness for c in found), order[0])
