"""Non-response: unevenness of the answers, and how far refusals could change a share."""

import warnings
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd

from qpref.lazy import lazy
from qpref.statistics.identifiability import is_confounded

glm = lazy("statsmodels.genmod.generalized_linear_model")
families = lazy("statsmodels.genmod.families")

Array = npt.NDArray[np.float64]
_ROUNDS = 50
_CLOSE = 1e-12
_FARTHEST = 15.0  # a slope beyond which a factor tells for sure who answers


@dataclass(frozen=True)
class RIndicator:
    """
    How alike the chances to answer are.

    `value`: 1 when they are the same everywhere; `adjusted`, the same once what chance alone adds
    to their spread is taken off; `rate`, complete answers among eligible people approached;
    `fitted`, chance of each line of the log.
    """

    value: float
    adjusted: float
    rate: float
    fitted: Array


def r_indicator(log: pd.DataFrame, factors: list[str]) -> RIndicator | None:
    """
    Return the representativity indicator of a log of approaches.

    Parameters
    ----------
    log
        `complets`, `eligibles` and the factors, one line a half-day or so.
    factors
        Categories by which the chance to answer may differ.

    Returns
    -------
    RIndicator or None
        None when no factor varies, a line has more answers than people, or a level where all or
        none answered leaves its chance without estimate.

    Notes
    -----
    R = 1 − 2 S, S the standard deviation of the chances to answer (Schouten, Cobben and Bethlehem,
    Survey Methodology 2009), by a logistic regression on the factors, each person approached
    counting for one. Estimated chances vary even when true ones do not: their mean variance is
    taken off S² (Shlomo, Skinner and Schouten, Journal of Statistical Planning and Inference 2012).
    """
    rows = log.loc[log["eligibles"] > 0]
    parts = [pd.get_dummies(rows[name].astype(str), drop_first=True) for name in factors]
    columns = pd.concat(parts, axis=1).to_numpy(dtype=float)
    m, k = (rows[name].to_numpy(dtype=float) for name in ("eligibles", "complets"))
    is_possible = columns.size > 0 and bool((k <= m).all()) and 0 < k.sum() < m.sum()
    if not is_possible or is_confounded(columns):
        return None
    found = _logistic(columns, k, m)
    if found is None:
        return None
    chance, variance = found
    total = m.sum()
    rate = float((m * chance).sum() / total)
    spread = float((m * (chance - rate) ** 2).sum() / (total - 1))
    unbiased = max(spread - float((m * variance).sum() / total), 0.0)
    return RIndicator(1 - 2 * sqrt(spread), 1 - 2 * sqrt(unbiased), rate, chance)


def _logistic(columns: Array, k: Array, m: Array) -> tuple[Array, Array] | None:
    """Return fitted chances and their variances; None when a factor tells for sure who answers."""
    design = np.column_stack([np.ones(len(columns)), columns])
    model = glm.GLM(np.column_stack([k, m - k]), design, family=families.Binomial())
    with warnings.catch_warnings():  # the slopes tell it
        warnings.simplefilter("ignore")
        fit = model.fit(maxiter=_ROUNDS, tol=_CLOSE)
    if np.abs(fit.params).max() > _FARTHEST:
        return None
    found = fit.get_prediction(design)
    return found.predicted_mean, found.se_mean**2


def with_the_others(share: float, rate: float, less: float) -> float:
    """
    Return the share of all if those who did not answer were less satisfied.

    Parameters
    ----------
    share
        Of those who answered.
    rate
        Part of the people concerned who answered.
    less
        How much less satisfied the others are, as a share; their share stays between 0 and 1.

    Examples
    --------
    >>> round(with_the_others(0.8, 0.6, 0.10), 3)
    0.76
    """
    others = min(max(share - less, 0.0), 1.0)
    return rate * share + (1 - rate) * others
