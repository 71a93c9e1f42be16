"""Answers taken by half-days: what their being alike there costs the precision of shares.

Visitors of one half-day meet the same queue and the same staff: their answers are alike, and fewer
independent answers would say as much. The cost, the design effect, is the mean of two estimates:
the question's own (half-days as clusters, CR2), and the one that a correlation common to all
questions gives. The first is unsure with few half-days, the second untrue of a question that
varies more than others; their mean keeps false alarms under 5 % where each alone does not
(simulations in `benchmarks/inference.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]

FEWEST = 10  # half-days, to estimate how alike the answers of one are
_FEWEST_OF_QUESTION = 6
_LARGEST_PART = 0.5  # of the answers to a question, in one half-day
USUAL = 9.0  # answers to a half-day, where half-days are not known
ALIKE, MEAN_ALIKE = 0.06, 0.18  # usual correlations: of a question, of the mean of the questions
_LEAST_DEGREES = 3.0


@dataclass(frozen=True, eq=False)
class Sample:
    """
    Opinions of the visitors of one place and time.

    Parameters
    ----------
    satisfied
        1, 0 or missing (nan): one row a visitor, one column a question. Marks and other numbers
        are taken too: their mean stands for the share.
    half_days
        The half-day of each visitor, as a code from 0 on; −1 for a visitor whose half-day is not
        known, who is then taken alone. None where half-days are not known at all.
    """

    satisfied: Array
    half_days: Codes | None

    def question(self, column: int) -> "Sample":
        """Return the same visitors on one question."""
        return Sample(self.satisfied[:, [column]], self.half_days)

    @cached_property
    def asked(self) -> npt.NDArray[np.bool_]:
        """Who gave an opinion on what."""
        return ~np.isnan(self.satisfied)

    @cached_property
    def n(self) -> Array:
        """Opinions, by question."""
        return np.asarray(self.asked.sum(0), dtype=float)

    @cached_property
    def part(self) -> Array:
        """Share satisfied, by question; missing without opinion."""
        with np.errstate(invalid="ignore"):
            return np.asarray(np.nansum(self.satisfied, 0) / self.n)

    @cached_property
    def spread(self) -> Array:
        """Variance of one opinion, p (1 − p), by question."""
        with np.errstate(invalid="ignore"):
            return np.asarray(np.nansum(self.satisfied**2, 0) / self.n - self.part**2)

    @cached_property
    def _codes(self) -> Codes:
        """The half-day of each visitor; a visitor alone is a half-day alone."""
        if self.half_days is None:
            return np.arange(len(self.satisfied))
        codes = self.half_days.copy()
        alone = codes < 0
        codes[alone] = codes.max(initial=-1) + 1 + np.arange(alone.sum())
        return codes

    @property
    def is_clustered(self) -> bool:
        """Whether there are half-days enough to estimate how alike their answers are."""
        return self.half_days is not None and len(np.unique(self._codes)) >= FEWEST

    @cached_property
    def sizes(self) -> Array:
        """Opinions by half-day (rows) and question."""
        return self.summed(self.asked.astype(float))

    @cached_property
    def concentration(self) -> Array:
        """With how many opinions, itself included, one shares its half-day, by question."""
        if self.half_days is None:
            return np.full(len(self.n), USUAL)
        with np.errstate(invalid="ignore"):
            return np.asarray((self.sizes**2).sum(0) / self.n)

    @cached_property
    def residuals(self) -> Array:
        """How far each opinion is from the share, divided by the number of opinions."""
        with np.errstate(invalid="ignore", divide="ignore"):
            found = np.where(self.asked, self.satisfied - self.part, 0.0) / self.n
        return np.nan_to_num(found)

    def summed(self, values: Array) -> Array:
        """Return the sums by half-day of values by visitor."""
        found = np.zeros((self._codes.max(initial=-1) + 1, values.shape[1]))
        np.add.at(found, self._codes, values)
        return found

    @cached_property
    def own_variance(self) -> tuple[Array, Array]:
        """Variance of each share by half-days (CR2), and its degrees of freedom."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return cr2(self.summed(self.residuals), self.sizes / self.n)

    @cached_property
    def is_estimable(self) -> npt.NDArray[np.bool_]:
        """Whether a question has answers in half-days enough, by question."""
        if not self.is_clustered:
            return np.zeros(len(self.n), dtype=bool)
        spread = (self.sizes > 0).sum(0) >= _FEWEST_OF_QUESTION
        found: npt.NDArray[np.bool_] = spread & (self.sizes.max(0) < _LARGEST_PART * self.n)
        return found

    @cached_property
    def components(self) -> tuple[float, float]:
        """Variance between half-days, and whole variance, added up over the questions."""
        if not self.is_clustered:
            return 0.0, 0.0
        counts, n, spread = self.sizes, self.n, self.spread
        kept = self.is_estimable & (n > (counts > 0).sum(0))
        counts, n, spread = counts[:, kept], n[kept], spread[kept]
        groups = (counts > 0).sum(0)
        gaps = self.summed(self.residuals)[:, kept] * n
        squares = np.divide(gaps**2, counts, out=np.zeros_like(gaps), where=counts > 0).sum(0)
        between = squares / (groups - 1)
        within = (n * spread - squares) / (n - groups)
        alike = (between - within) * (groups - 1) / (n - (counts**2).sum(0) / n)
        return float(alike.sum()), float((alike + within).sum())


def apart(satisfied: int, n: int) -> Sample:
    """Return `n` contacts made one by one, at moments of their own, some of them satisfied."""
    values = np.concatenate([np.ones(satisfied), np.zeros(n - satisfied)])
    return Sample(values[:, None], np.arange(n))


def cr2(totals: Array, parts: Array) -> tuple[Array, Array]:
    """
    Return the variance of means by clusters, and its degrees of freedom.

    Parameters
    ----------
    totals
        Sums of residuals by cluster (rows), divided by the number of answers.
    parts
        Part of the answers in each cluster.

    Notes
    -----
    CR2 and its Satterthwaite degrees of freedom (Bell and McCaffrey, Survey Methodology 2002) for
    a model with an intercept alone, where they have closed forms: Σ u² / (1 − w), and
    1 / (Σ w² + (Σ r)² − Σ r²) with r = w² / (1 − w): clusters less one when all are equal.

    Examples
    --------
    >>> variance, degrees = cr2(np.array([[0.1], [-0.1], [0.1], [-0.1]]), np.full((4, 1), 0.25))
    >>> variance.round(4).tolist(), degrees.round(4).tolist()
    ([0.0533], [3.0])
    """
    left = np.maximum(1 - parts, 1e-9)
    weighed = parts**2 / left
    square = (parts**2).sum(0) + weighed.sum(0) ** 2 - (weighed**2).sum(0)
    return (totals**2 / left).sum(0), 1 / np.maximum(square, 1e-12)


def correlation(samples: Sequence[Sample]) -> float:
    """
    Return how alike two answers of one half-day are, all questions of some samples together.

    Returns
    -------
    float
        Intra-class correlation, 0 at least; 0 where no sample can tell.

    Notes
    -----
    Analysis of variance of each question (Donner and Koval, Biometrics 1980), components added up
    before they are divided.
    """
    between, whole = np.array([sample.components for sample in samples]).reshape(-1, 2).sum(0)
    return max(between / whole, 0.0) if whole > 0 else 0.0


def effects(sample: Sample, alike: float) -> tuple[Array, Array]:
    """
    Return the design effect of each share, and the degrees of freedom to go with it.

    Parameters
    ----------
    sample
        Answers.
    alike
        Of `correlation`.

    Returns
    -------
    tuple of array
        Effects, 1 at least: half-days never make answers worth more than they are. Degrees are
        infinite where the effect is assumed, of the usual correlation, for want of half-days.
    """
    usual = 1 + (sample.concentration - 1) * max(alike, ALIKE)
    common = 1 + (sample.concentration - 1) * alike
    variance, degrees = sample.own_variance
    with np.errstate(invalid="ignore", divide="ignore"):
        alone = sample.spread / sample.n
        own = np.where(alone > 0, variance / alone, 1.0)
    found = np.where(sample.is_estimable, (own + common) / 2, usual)
    doubled = np.maximum(2 * degrees, _LEAST_DEGREES)  # half of the effect is surer than the other
    return np.maximum(found, 1.0), np.where(sample.is_estimable, doubled, np.inf)


def costs(sample: Sample) -> Array:
    """
    Return by how much to divide the answers of each question before an interval of 95 %.

    The design effect, and the price of not knowing it well: an interval made with the normal law
    on the answers so divided is as wide as Student's on the effective answers.
    """
    effect, degrees = effects(sample, correlation([sample]))
    # As scipy.stats.t and norm do, which take a second to load.
    student, normal = scipy.special.stdtrit(degrees, 0.975), scipy.special.ndtri(0.975)
    found: Array = effect * (student / normal) ** 2
    return found


def mean_variance(sample: Sample, asked: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """
    Return the variance of the mean of the shares, and its degrees of freedom.

    Parameters
    ----------
    sample
        Answers.
    asked
        The questions that the mean is of.

    Notes
    -----
    A half-day is one value, its questions together, whatever their correlation; never less than
    the variance of visitors taken alone. Where half-days are too few, that variance times the
    usual effect.
    """
    residuals, parts = sample.residuals[:, asked].mean(1), sample.asked[:, asked] / sample.n[asked]
    each, weight = residuals[:, None], parts.mean(1)[:, None]
    alone, degrees = (float(x[0]) for x in cr2(each, weight))
    if not sample.is_clustered:
        size = float(sample.concentration[asked].mean())
        return alone * (1 + (size - 1) * MEAN_ALIKE), np.inf
    together, freedom = (float(x[0]) for x in cr2(sample.summed(each), sample.summed(weight)))
    return (together, freedom) if together >= alone else (alone, min(degrees, freedom))
