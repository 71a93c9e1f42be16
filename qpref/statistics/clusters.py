"""Effect of clustering by half-day on the precision of shares.

Visitors of one half-day meet the same queue and the same staff: their answers are alike, and fewer
independent answers would say as much. The cost, the design effect, is the mean of two estimates:
the question's own (half-days as clusters, CR2), and the one that a correlation common to all
questions gives. The first is unsure with few half-days, the second untrue of a question that
varies more than others; their mean keeps false alarms under 5 % where each alone does not
(simulations in `benchmarks/inference.py`).
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from qpref.statistics.gathered import Gathered, cr2
from qpref.statistics.sample import Z_95
from qpref.statistics.student import quantile

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]

ALIKE, MEAN_ALIKE = 0.06, 0.18  # usual correlations: of a question, of the mean of the questions
_LEAST_DEGREES = 3.0


class Sample(Gathered):
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

    def __init__(self, satisfied: Array, half_days: Codes | None) -> None:
        self.satisfied, self.half_days = satisfied, half_days
        self._codes = self._alone_or_not()
        self.asked: npt.NDArray[np.bool_] = ~np.isnan(satisfied)  # who gave an opinion on what
        values = np.where(self.asked, satisfied, 0.0)
        own = [self.summed(one) for one in (self.asked.astype(float), values, values**2)]
        super().__init__(own[0], own[1], own[2], half_days is not None)

    def question(self, column: int) -> "Sample":
        """Return the same visitors on one question."""
        return Sample(self.satisfied[:, [column]], self.half_days)

    def _alone_or_not(self) -> Codes:
        """Return the half-day of each visitor; a visitor alone is a half-day alone."""
        if self.half_days is None:
            return np.arange(len(self.satisfied))
        codes = self.half_days.copy()
        alone = codes < 0
        codes[alone] = codes.max(initial=-1) + 1 + np.arange(alone.sum())
        return codes

    @cached_property
    def residuals(self) -> Array:
        """How far each opinion is from the share, divided by the number of opinions."""
        with np.errstate(invalid="ignore", divide="ignore"):
            found = np.where(self.asked, self.satisfied - self.part, 0.0) / self.n
        return np.nan_to_num(found)

    def summed(self, values: Array) -> Array:
        """Return the sums by half-day of values by visitor."""
        rows, width = int(self._codes.max(initial=-1)) + 1, values.shape[1]
        places = self._codes[:, None] * width + np.arange(width)
        found = np.bincount(places.ravel(), values.ravel(), minlength=rows * width)
        return np.asarray(found.reshape(rows, width), dtype=float)


def apart(satisfied: int, n: int) -> Sample:
    """Return `n` contacts made one by one, at moments of their own, some of them satisfied."""
    values = np.concatenate([np.ones(satisfied), np.zeros(n - satisfied)])
    return Sample(values[:, None], np.arange(n))


def correlation(samples: Sequence[Gathered]) -> float:
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


def effects(sample: Gathered, alike: float) -> tuple[Array, Array]:
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


def costs(sample: Gathered) -> Array:
    """
    Return by how much to divide the answers of each question before an interval of 95 %.

    The design effect, and the price of not knowing it well: an interval made with the normal law
    on the answers so divided is as wide as Student's on the effective answers.
    """
    effect, degrees = effects(sample, correlation([sample]))
    found: Array = effect * (quantile(0.025, degrees) / Z_95) ** 2
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
