"""Opinions aggregated by half-day, from which design effects are computed.

A site's opinions are added up once, whatever they are compared with: a hundred sites, each against
the ninety-nine others, cost a hundred additions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

FEWEST = 10  # half-days, to estimate how alike the answers of one are
_FEWEST_OF_QUESTION = 6
_LARGEST_PART = 0.5  # of the answers to a question, in one half-day
USUAL = 9.0  # answers to a half-day, where half-days are not known


@dataclass(eq=False)
class Gathered:
    """
    Opinions of some visitors, by half-day (rows) and question (columns).

    Parameters
    ----------
    sizes
        Opinions.
    sums, squares
        Of their values: 1 for a favourable one, 0 for another, or any number.
    is_by_half_day
        Whether half-days are known; otherwise each row is a visitor.
    """

    sizes: Array
    sums: Array
    squares: Array
    is_by_half_day: bool

    @cached_property
    def n(self) -> Array:
        """Opinions, by question."""
        return np.asarray(self.sizes.sum(0))

    @cached_property
    def part(self) -> Array:
        """Share satisfied, by question; missing without opinion."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.sums.sum(0) / self.n)

    @cached_property
    def spread(self) -> Array:
        """Variance of one opinion, p (1 − p), by question."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.squares.sum(0) / self.n - self.part**2)

    @property
    def is_clustered(self) -> bool:
        """Whether there are half-days enough to estimate how alike their answers are."""
        return self.is_by_half_day and len(self.sizes) >= FEWEST

    @cached_property
    def concentration(self) -> Array:
        """With how many opinions, itself included, one shares its half-day, by question."""
        if not self.is_by_half_day:
            return np.full(len(self.n), USUAL)
        with np.errstate(invalid="ignore"):
            return np.asarray((self.sizes**2).sum(0) / self.n)

    @cached_property
    def gaps(self) -> Array:
        """How far the opinions of a half-day are from the share, all added up."""
        return self.sums - self.sizes * np.nan_to_num(self.part)

    @cached_property
    def own_variance(self) -> tuple[Array, Array]:
        """Variance of each share by half-days (CR2), and its degrees of freedom."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return cr2(np.nan_to_num(self.gaps / self.n), self.sizes / self.n)

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
        counts, n, spread, gaps = counts[:, kept], n[kept], spread[kept], self.gaps[:, kept]
        groups = (counts > 0).sum(0)
        squares = np.divide(gaps**2, counts, out=np.zeros_like(gaps), where=counts > 0).sum(0)
        between = squares / (groups - 1)
        within = (n * spread - squares) / (n - groups)
        alike = (between - within) * (groups - 1) / (n - (counts**2).sum(0) / n)
        return float(alike.sum()), float((alike + within).sum())


def gathered(places: Sequence[Gathered]) -> Gathered:
    """Return the opinions of several places as one: half-days of two places differ."""
    return Gathered(
        np.vstack([one.sizes for one in places]),
        np.vstack([one.sums for one in places]),
        np.vstack([one.squares for one in places]),
        all(one.is_by_half_day for one in places),
    )


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
