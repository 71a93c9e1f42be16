"""Agreement of two shoppers on ordered judgements: near ones count as nearly the same."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import nan, sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

Array = npt.NDArray[np.float64]
_NOTHING = 1e-9  # a spread of rounding only
FEWEST = 10  # judgements under which kappa has no interval: its standard error is asymptotic


@dataclass(frozen=True)
class OrderedAgreement:
    """
    Agreement of two judges on `n` ordered judgements.

    `kappa`, missing when both use one level only; its 95 % interval `low` to `high`, missing under
    ten judgements or when no two differ; `gap`, mean distance of both judgements, in levels.
    """

    n: int
    kappa: float
    low: float
    high: float
    gap: float

    @property
    def has_interval(self) -> bool:
        """Whether the uncertainty of kappa is known."""
        return not np.isnan(self.low)


def ordered_agreement(
    first: Sequence[Hashable],
    second: Sequence[Hashable],
    order: Sequence[Hashable],
    weights: Literal["lineaire", "quadratique"] = "lineaire",
    level: float = 0.95,
) -> OrderedAgreement:
    """
    Return how far two judges agree, a judgement one level away being worth more than one far away.

    Parameters
    ----------
    first, second
        One judgement a contact, in the same order; those outside `order` are left out.
    order
        The levels, from one end to the other; equal steps.
    weights
        « lineaire » (Cicchetti and Allison, American Journal of EEG Technology 1971):
        1 − distance / largest distance; « quadratique » (Fleiss and Cohen, Educational and
        Psychological Measurement 1973): 1 − its square, close to the correlation of both judges.
    level
        Of the interval.

    Raises
    ------
    ValueError
        If no contact was judged by both.

    Notes
    -----
    Standard error: Fleiss, Cohen and Everitt, Psychological Bulletin 1969.

    Examples
    --------
    >>> first, second = [1, 2, 3, 3, 1], [1, 2, 3, 2, 1]
    >>> round(ordered_agreement(first, second, [1, 2, 3]).kappa, 3)
    0.783
    """
    levels = pd.Index(list(order), dtype=object)
    a, b = (levels.get_indexer(pd.Index(list(side), dtype=object)) for side in (first, second))
    known = (a >= 0) & (b >= 0)
    a, b = a[known], b[known]
    n, size = len(a), len(levels)
    if n == 0:
        raise ValueError("no contact judged twice")
    counts = np.zeros((size, size))
    np.add.at(counts, (a, b), 1)
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / max(size - 1, 1)
    credit = 1 - (distance if weights == "lineaire" else distance**2)
    kappa, se = _kappa(counts / n, credit, n)
    low = high = nan
    if n >= FEWEST and se > 0:
        half = float(scipy.stats.norm.isf((1 - level) / 2)) * se
        low, high = max(kappa - half, -1.0), min(kappa + half, 1.0)
    return OrderedAgreement(n, kappa, low, high, float(np.abs(a - b).mean()))


def _kappa(shares: Array, credit: Array, n: int) -> tuple[float, float]:
    """Return weighted kappa and its standard error; both missing when nothing varies."""
    rows, columns = shares.sum(1), shares.sum(0)
    observed, chance = float((shares * credit).sum()), float(rows @ credit @ columns)
    if chance >= 1:
        return nan, nan
    own = (credit @ columns)[:, None] + (credit.T @ rows)[None, :]
    inside = credit * (1 - chance) - own * (1 - observed)
    spread = float((shares * inside**2).sum())
    spread -= (observed * chance - 2 * chance + observed) ** 2
    se = sqrt(max(spread, 0.0) / n) / (1 - chance) ** 2
    return (observed - chance) / (1 - chance), se if se > _NOTHING else 0.0
