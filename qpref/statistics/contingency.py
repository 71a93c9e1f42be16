"""Tests of two-way tables: answers of equal weight, and Rao–Scott for any design."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from qpref.lazy import lazy
from qpref.statistics.design import Design

contingency_tables = lazy("statsmodels.stats.contingency_tables")

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Independence:
    """
    Test that two questions are independent.

    `statistic` and `p`; `top` and `bottom`, its degrees of freedom (`bottom` is None for a
    chi-square).
    """

    statistic: float
    top: float
    bottom: float | None
    p: float


def independence(counts: npt.ArrayLike) -> Independence:
    """Return Pearson's chi-square of a table of counts, without continuity correction."""
    found = scipy.stats.chi2_contingency(np.asarray(counts), correction=False)
    return Independence(float(found.statistic), float(found.dof), None, float(found.pvalue))


def cramer_v(counts: npt.ArrayLike) -> float:
    """Return Cramér's V of a table of counts: 0 when independent, 1 when one tells the other."""
    return float(scipy.stats.contingency.association(np.asarray(counts), method="cramer"))


def mantel_haenszel(tables: Sequence[Array]) -> float:
    """Return the p-value of a common odds ratio of 1 in tables of two rows and two columns."""
    useful = [t.astype(float) for t in tables if (t.sum(0) > 0).all() and t.sum() > 1]
    if not useful:
        return 1.0
    return float(contingency_tables.StratifiedTable(useful).test_null_odds().pvalue)


def rao_scott(design: Design, rows: npt.ArrayLike, columns: npt.ArrayLike) -> Independence:
    """
    Return the second-order Rao–Scott test of independence (an F), right for any design.

    Parameters
    ----------
    design
        Weights, strata and clusters of the answers.
    rows, columns
        Two categories an answer, none missing.

    Notes
    -----
    Rao and Scott, Annals of Statistics 1984; F with Satterthwaite's degrees of freedom, as Thomas
    and Rao (JASA 1987) recommend. The chi-square is the one of the weighted table brought to the
    number of answers; an empty cell counts for nothing.
    """
    effects, statistic = _effects(design, rows, columns)
    trace = float(np.trace(effects))
    top = trace**2 / float(np.trace(effects @ effects))
    bottom = top * design.degrees
    value = statistic / trace
    return Independence(value, top, bottom, float(scipy.stats.f.sf(value, top, bottom)))


def _effects(design: Design, rows: npt.ArrayLike, columns: npt.ArrayLike) -> tuple[Array, float]:
    """Return the matrix of generalised design effects and Pearson's statistic."""
    row, n_rows = _factor(rows)
    column, n_columns = _factor(columns)
    weights = np.asarray(design.weights)
    cells = np.eye(n_rows * n_columns)[row * n_columns + column]
    shares = weights @ cells / weights.sum()
    spread = design.covariance((cells - shares) / weights.sum())
    contrasts: Array = np.kron(_contrasts(n_rows), _contrasts(n_columns)).T.astype(float)
    inverse = np.diag(np.divide(1, shares, out=np.zeros_like(shares), where=shares > 0))
    alone = contrasts.T @ inverse @ contrasts / design.n
    real: Array = contrasts.T @ inverse @ spread @ inverse @ contrasts
    table = shares.reshape(n_rows, n_columns) * design.n
    effects: Array = np.linalg.solve(alone, real).astype(float)
    return effects, float(scipy.stats.chi2_contingency(table, correction=False).statistic)


def _factor(labels: npt.ArrayLike) -> tuple[npt.NDArray[np.intp], int]:
    codes, levels = pd.factorize(pd.Series(np.asarray(labels)), sort=True)
    if (codes < 0).any():
        raise ValueError("a category is missing")
    return codes, len(levels)


def _contrasts(n: int) -> Array:
    """Return n − 1 orthonormal contrasts of n levels, as rows."""
    return np.linalg.svd(np.ones((1, n)))[2][1:]
