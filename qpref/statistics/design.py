"""Means and shares of weighted, stratified, clustered samples, with their standard errors.

Variances are linearised (Taylor): the influence of each answer is summed by cluster and its
spread taken within strata (Binder, International Statistical Review 1983). Weights calibrated on
known totals say so: the influence is then the residual of a regression on what was known (Deville
and Särndal, JASA 1992), without which the standard error would be the wrong one.
"""

from dataclasses import dataclass
from functools import cached_property
from math import nan, sqrt
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Calibration:
    """The known totals: `indicators` of their levels (0 or 1, one column each), `start` weights."""

    indicators: Array
    start: Array


@dataclass(frozen=True, eq=False)
class Design:
    """
    How the answers were gathered: one value an answer, in the order of the answers.

    Parameters
    ----------
    weights
        Over 0.
    strata, clusters
        Any labels; None for one stratum, or for each answer on its own. Clusters of two strata are
        different clusters, whatever their labels.
    population
        Number of clusters (answers, without clusters) that the stratum of the answer holds, drawn
        or not; None for no finite population correction.
    calibration
        Known totals that the weights were made to meet.

    Raises
    ------
    ValueError
        If a weight is missing or not over 0, lengths differ, or a stratum has one cluster only.
    """

    weights: Array
    strata: npt.ArrayLike | None = None
    clusters: npt.ArrayLike | None = None
    population: npt.ArrayLike | None = None
    calibration: Calibration | None = None

    def __post_init__(self) -> None:
        if not np.all(np.asarray(self.weights) > 0):
            raise ValueError("weights must be over 0")
        if (self._clusters_by_stratum < 2).any():  # noqa: PLR2004 - one has no spread
            raise ValueError("a stratum has one cluster only")

    @property
    def n(self) -> int:
        """Number of answers."""
        return len(self.weights)

    @cached_property
    def _stratum(self) -> npt.NDArray[np.intp]:
        return _codes(self.strata, self.n, by_answer=False)

    @cached_property
    def _cluster(self) -> npt.NDArray[np.intp]:
        own = _codes(self.clusters, self.n, by_answer=True)
        found: npt.NDArray[np.intp] = pd.factorize(self._stratum * (own.max() + 1) + own)[0]
        return found

    @cached_property
    def _stratum_of_cluster(self) -> npt.NDArray[np.intp]:
        first = np.unique(self._cluster, return_index=True)[1]
        return np.asarray(self._stratum[first])

    @cached_property
    def _clusters_by_stratum(self) -> npt.NDArray[np.intp]:
        return np.bincount(self._stratum_of_cluster)

    @property
    def degrees(self) -> int:
        """Degrees of freedom: clusters less strata."""
        return int(self._clusters_by_stratum.sum() - len(self._clusters_by_stratum))

    def covariance(self, influence: npt.ArrayLike) -> Array:
        """
        Return the covariance of weighted totals.

        Parameters
        ----------
        influence
            One row an answer, one column a total, before weighting.
        """
        parts = np.asarray(influence, dtype=float).reshape(self.n, -1)
        if self.calibration is not None:
            parts = _residuals(parts, self.calibration)
        weighted = parts * np.asarray(self.weights)[:, None]
        stratum = self._stratum_of_cluster
        totals = _sums(weighted, self._cluster, len(stratum))
        counts = self._clusters_by_stratum
        centred = totals - (_sums(totals, stratum, len(counts)) / counts[:, None])[stratum]
        scale = (counts / (counts - 1) * self._kept_variance(counts))[stratum]
        found: Array = (centred * scale[:, None]).T @ centred
        return found

    def _kept_variance(self, counts: npt.NDArray[np.intp]) -> Array:
        """Return 1 − (part of the clusters drawn), by stratum."""
        if self.population is None:
            return np.ones(len(counts))
        sizes = np.zeros(len(counts))
        sizes[self._stratum] = np.broadcast_to(np.asarray(self.population, float), (self.n,))
        if (sizes < counts).any():
            raise ValueError("a stratum holds fewer clusters than were drawn")
        return 1 - counts / sizes


def simple(n: int) -> Design:
    """Return the design of a simple random sample: `n` answers, equal weights, no clusters."""
    return Design(np.ones(n))


@dataclass(frozen=True)
class Estimate:
    """
    A figure of a survey.

    `value`, its standard error `se`, the degrees of freedom of the design, the number `n` of
    answers it rests on, the design effect `deff` (against as many answers of equal weight drawn
    on their own) and the number of such answers that would say as much, `n_effective`.
    """

    value: float
    se: float
    degrees: int
    n: int
    deff: float

    @property
    def n_effective(self) -> float:
        """Answers divided by the design effect."""
        return self.n / self.deff if self.deff > 0 else nan

    @property
    def p(self) -> float:
        """P-value that the value is 0, of a difference."""
        if self.se == 0:
            return nan
        return float(2 * scipy.stats.t.sf(abs(self.value) / self.se, self.degrees))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of a mean: Student, degrees of freedom of the design."""
        half = float(scipy.stats.t.isf((1 - level) / 2, self.degrees)) * self.se
        return self.value - half, self.value + half


def total(design: Design, values: npt.ArrayLike) -> Estimate:
    """Return the weighted total of `values`."""
    y = np.asarray(values, dtype=float)
    se = sqrt(design.covariance(y)[0, 0])
    weights = np.asarray(design.weights)
    alone = design.n * float(weights.sum()) ** 2 / design.n**2 * _spread(y, weights)
    return Estimate(float(weights @ y), se, design.degrees, design.n, _ratio(se**2, alone))


def mean(design: Design, values: npt.ArrayLike, domain: npt.ArrayLike | None = None) -> Estimate:
    """
    Return the weighted mean of `values`; of 0 and 1, a weighted share.

    Parameters
    ----------
    design
        Of all answers.
    values
        One an answer; those outside the domain may be missing.
    domain
        True for the answers that count. The others still tell how clusters differ, so they are
        not cut away first.

    Raises
    ------
    ValueError
        If the domain is empty, or one of its values is missing.
    """
    kept = np.ones(design.n, bool) if domain is None else np.asarray(domain, dtype=bool)
    inside = np.where(kept, np.asarray(values, dtype=float), 0.0)
    if np.isnan(inside).any():
        raise ValueError("a value of the domain is missing")
    return ratio(design, inside, kept.astype(float))


def ratio(design: Design, top: npt.ArrayLike, bottom: npt.ArrayLike) -> Estimate:
    """
    Return the ratio of two weighted totals.

    Notes
    -----
    Influence (y − R x) / X: Cochran, Sampling Techniques, 1977, § 6.3.
    """
    y, x = (np.asarray(part, dtype=float) for part in (top, bottom))
    weights = np.asarray(design.weights)
    size = float(weights @ x)
    if size == 0:
        raise ValueError("no answer in the domain")
    value = float(weights @ y) / size
    se = sqrt(design.covariance((y - value * x) / size)[0, 0])
    kept = x != 0
    alone = _spread(y[kept] - value * x[kept] + value, weights[kept]) / kept.sum()
    return Estimate(value, se, design.degrees, int(kept.sum()), _ratio(se**2, alone))


def share_bounds(
    estimate: Estimate, method: Literal["logit", "beta"] = "beta", level: float = 0.95
) -> tuple[float, float]:
    """
    Return the interval of a weighted share, 95 % by default.

    Parameters
    ----------
    estimate
        The share.
    method
        « beta »: Clopper–Pearson on the effective number of answers (Korn and Graubard, Survey
        Methodology 1998), right at the edges too; « logit »: Student on the logit.
    level
        How often the interval holds the truth.

    Notes
    -----
    At 0 or 1 the design effect cannot be computed: the number of answers is then taken as it is.
    """
    p, tail = estimate.value, (1 - level) / 2
    if not 0 < p < 1 or estimate.se == 0:
        return _beta(p, estimate.n, tail)
    quantile = float(scipy.stats.t.isf(tail, estimate.degrees))
    if method == "logit":
        centre, half = np.log(p / (1 - p)), quantile * estimate.se / (p * (1 - p))
        low, high = (float(1 / (1 + np.exp(-x))) for x in (centre - half, centre + half))
        return low, high
    size = p * (1 - p) / estimate.se**2
    worth = size * (float(scipy.stats.t.isf(tail, estimate.n - 1)) / quantile) ** 2
    return _beta(p, worth, tail)


def _beta(p: float, n: float, tail: float) -> tuple[float, float]:
    k = p * n
    low = float(scipy.stats.beta.ppf(tail, k, n - k + 1)) if k > 0 else 0.0
    high = float(scipy.stats.beta.isf(tail, k + 1, n - k)) if k < n else 1.0
    return low, high


def kish_effect(weights: npt.ArrayLike) -> float:
    """
    Return what unequal weights cost: n Σw² / (Σw)² (Kish, Survey Sampling, 1965, § 11.7).

    Examples
    --------
    >>> kish_effect([1, 1, 2, 4])
    1.375
    """
    w = np.asarray(weights, dtype=float)
    return float(len(w) * (w @ w) / w.sum() ** 2)


def _codes(labels: Any, n: int, *, by_answer: bool) -> npt.NDArray[np.intp]:  # noqa: ANN401
    if labels is None:
        return np.arange(n) if by_answer else np.zeros(n, dtype=np.intp)
    codes = pd.factorize(pd.Series(np.asarray(labels)))[0]
    if len(codes) != n or (codes < 0).any():
        raise ValueError("one stratum and one cluster an answer")
    return codes


def _sums(values: Array, groups: npt.NDArray[np.intp], n_groups: int) -> Array:
    found = np.zeros((n_groups, values.shape[1]))
    np.add.at(found, groups, values)
    return found


def _residuals(parts: Array, known: Calibration) -> Array:
    """Return what the margins do not explain, by least squares with the weights at the start."""
    root = np.sqrt(known.start)[:, None]
    slopes = np.linalg.lstsq(known.indicators * root, parts * root, rcond=None)[0]
    found: Array = parts - known.indicators @ slopes
    return found


def _spread(values: Array, weights: Array) -> float:
    """Return the weighted variance, n − 1 in place of n."""
    n = len(values)
    centred = values - np.average(values, weights=weights)
    return float(np.average(centred**2, weights=weights)) * n / max(n - 1, 1)


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom > 0 else nan
