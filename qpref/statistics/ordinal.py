"""Ordered answers: rank tests, and the cumulative logit for comparisons with the public held equal.

The mean of codes 1 to 4 is never taken: an answer is only more or less favourable than another.
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from qpref.lazy import lazy

cumulative = lazy("qpref.statistics.cumulative")
discrete_model = lazy("statsmodels.discrete.discrete_model")
sm_exceptions = lazy("statsmodels.tools.sm_exceptions")

Array = npt.NDArray[np.float64]
_Z = 1.9599639845400545  # scipy.stats.norm.isf(0.025)
_PRECISION = 1e-8
_MOST_ROUNDS = 500


@dataclass(frozen=True)
class Superiority:
    """
    How often an answer of one group is over one of another, ties counting for half.

    `value` (0.5 when the groups are alike), its 95 % interval `low` to `high`, the p-value `p` of
    the rank test, and the group sizes `n1`, `n0`.
    """

    value: float
    low: float
    high: float
    p: float
    n1: int
    n0: int


def superiority(first: npt.ArrayLike, second: npt.ArrayLike) -> Superiority:
    """
    Return the probability that an answer of the first group is over one of the second.

    Parameters
    ----------
    first, second
        Ranks of the levels chosen, higher for more favourable; two answers each at least.

    Raises
    ------
    ValueError
        If a group has fewer than two answers.

    Notes
    -----
    Mann–Whitney with ties, no continuity correction (scipy). Interval on the logit scale, variance
    of the placements (DeLong, DeLong and Clarke-Pearson, Biometrics 1988). When one group is over
    the other without exception, the variance is zero and the interval a point.

    Examples
    --------
    >>> round(superiority([3, 4, 4, 2], [1, 2, 3, 2]).value, 4)
    0.8438
    """
    x, y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    n, m = len(x), len(y)
    if min(n, m) < 2:  # noqa: PLR2004 - one answer has no spread
        raise ValueError(f"n1={n}, n0={m}")
    test = scipy.stats.mannwhitneyu(x, y, use_continuity=False, method="asymptotic")
    value = float(test.statistic) / (n * m)
    ranks = scipy.stats.rankdata(np.concatenate([x, y]))
    over = (ranks[:n] - scipy.stats.rankdata(x)) / m
    under = 1 - (ranks[n:] - scipy.stats.rankdata(y)) / n
    se = float(np.sqrt(over.var(ddof=1) / n + under.var(ddof=1) / m))
    p = 1.0 if np.isnan(test.pvalue) else float(test.pvalue)
    if not 0 < value < 1:
        return Superiority(value, value, value, p, n, m)
    centre, half = np.log(value / (1 - value)), _Z * se / (value * (1 - value))
    return Superiority(value, *_shares_around(centre, half), p, n, m)


def _shares_around(centre: float, half: float) -> tuple[float, float]:
    """Return the ends, as shares, of an interval on the logit scale."""
    return float(scipy.special.expit(centre - half)), float(scipy.special.expit(centre + half))


@dataclass(frozen=True, eq=False)
class OrderedFit:
    """
    A cumulative logit fitted to ordered answers.

    `terms`: one row a coefficient, `facteur`, `niveau`, `coefficient`, `se` (positive: more
    favourable); `cuts`: thresholds between levels; `n` answers used, `lost` left out because a
    factor is missing; `has_converged`; `loglik`.
    """

    terms: pd.DataFrame
    cuts: Array
    n: int
    lost: int
    has_converged: bool
    loglik: float
    params: Array
    covariance: Array
    levels: npt.NDArray[np.intp]
    factors: pd.DataFrame


def fit_ordered(levels: pd.Series, factors: pd.DataFrame) -> OrderedFit:
    """
    Return the cumulative (proportional odds) logit of ordered answers on categories.

    Parameters
    ----------
    levels
        Rank of the level chosen, higher for more favourable, one an answer.
    factors
        Categories, one column a factor; the first level of each is the one of reference (order of
        the categories, or of the alphabet).

    Raises
    ------
    ValueError
        If there is no answer, all are alike, or no factor varies.

    Notes
    -----
    P(Y ≤ j) = logistic(cut j − x'β) (McCullagh, JRSS B 1980), by statsmodels `OrderedModel` with
    method « bfgs »: its default method stops early on some data. Read `has_converged` first.
    """
    complete = factors.notna().all(axis=1) & levels.notna()
    if not complete.any():
        raise ValueError("no answer")
    kept = factors.loc[complete].apply(_as_category)
    ranks = pd.factorize(levels.loc[complete], sort=True)[0]
    columns = _dummies(kept)
    if columns.shape[1] == 0 or ranks.max(initial=0) == 0:
        raise ValueError("nothing varies")
    key = ranks.astype(np.int64)  # one number for each different row
    for name in kept:
        key = key * len(kept[name].cat.categories) + kept[name].cat.codes.to_numpy()
    first, repeats = np.unique(key, return_index=True, return_counts=True)[1:]
    model = cumulative.CumulativeLogit(ranks[first], columns.to_numpy(float)[first], distr="logit")
    model.repeats = repeats.astype(float)
    with warnings.catch_warnings():  # `has_converged` tells it, by the gradient itself
        warnings.simplefilter("ignore", sm_exceptions.ConvergenceWarning)
        found = model.fit(
            method="bfgs", disp=False, gtol=_PRECISION, maxiter=_MOST_ROUNDS, skip_hessian=True
        )
    params = np.asarray(found.params, dtype=float)
    covariance: Array = np.linalg.pinv(-model.hessian(params)).astype(float)
    n_terms = columns.shape[1]
    terms = pd.DataFrame(list(columns.columns), columns=["facteur", "niveau"])
    terms["coefficient"] = params[:n_terms]
    terms["se"] = np.sqrt(np.diag(covariance)[:n_terms])
    return OrderedFit(
        terms=terms,
        cuts=np.asarray(model.transform_threshold_params(params[n_terms:])[1:-1], dtype=float),
        n=len(kept),
        lost=int((~complete).sum()),
        has_converged=bool(np.abs(model.score(params)).max() / len(kept) < 10 * _PRECISION),
        loglik=float(model.loglike(params)),
        params=params,
        covariance=covariance,
        levels=ranks,
        factors=kept,
    )


def adjusted_shares(fit: OrderedFit, factor: str, favourable: int) -> pd.DataFrame:
    """
    Return the share of favourable answers at each level of a factor, the public held equal.

    Parameters
    ----------
    fit
        Of `fit_ordered`.
    factor
        One of its factors.
    favourable
        Number of favourable levels, at the top of the scale.

    Returns
    -------
    pandas.DataFrame
        `niveau`, `part`, `bas`, `haut`.

    Notes
    -----
    Every answer of the sample is given the same level in turn, its other factors kept, and the
    predicted shares averaged (standardisation by the model: Lane and Nelder, Biometrics 1982).
    Interval by the delta method on the logit.
    """
    rows = []
    for level in fit.factors[factor].cat.categories:
        same = fit.factors.assign(
            **{factor: pd.Categorical([level] * fit.n, fit.factors[factor].cat.categories)}
        )
        design = _dummies(same).to_numpy(float)

        cut, cut_slope = _cut(fit.params[design.shape[1] :], len(fit.cuts) - favourable)
        chance = scipy.special.expit(design @ fit.params[: design.shape[1]] - cut)
        value = float(chance.mean())
        spread = chance * (1 - chance)
        gradient = np.concatenate([spread @ design / fit.n, -spread.mean() * cut_slope])
        slope = gradient / (value * (1 - value))
        half = _Z * float(np.sqrt(slope @ fit.covariance @ slope))
        centre = np.log(value / (1 - value))
        rows.append((level, value, *_shares_around(centre, half)))
    return pd.DataFrame(rows, columns=["niveau", "part", "bas", "haut"])


def _cut(transformed: Array, place: int) -> tuple[float, Array]:
    """Return one threshold from statsmodels' (a first, then log steps), and its gradient."""
    steps = np.exp(transformed)
    steps[0] = 1.0
    slope = np.where(np.arange(len(transformed)) <= place, steps, 0.0)
    return float(transformed[0] + slope[1:].sum()), slope


@dataclass(frozen=True)
class OddsCheck:
    """Brant's test: chi-square `statistic` with `degrees` of freedom, `p`."""

    statistic: float
    degrees: int
    p: float


def proportional_odds(fit: OrderedFit) -> OddsCheck | None:
    """
    Return Brant's test that one coefficient holds at every threshold.

    Returns
    -------
    OddsCheck or None
        None when a threshold separates the answers perfectly, or there is one threshold only, so
        that nothing can be tested.

    Notes
    -----
    Brant, Biometrics 1990: Wald test that the binary logits at each threshold share their slopes.
    With many factors their fitted chances may cross, and the covariance be none at all: it is then
    taken from the chances of the model itself, which hold when the slopes are shared. A small
    p says: read the distribution of answers, not the adjusted share alone.
    """
    if len(fit.cuts) < 2:  # noqa: PLR2004 - two levels: nothing to hold from one to the next
        return None
    design = np.column_stack([np.ones(fit.n), _dummies(fit.factors).to_numpy(float)])
    fits = []
    for cut in range(len(fit.cuts)):
        try:
            found = discrete_model.Logit((fit.levels > cut).astype(float), design).fit(
                disp=0, method="newton", warn_convergence=False
            )
        except (sm_exceptions.PerfectSeparationError, np.linalg.LinAlgError):
            return None
        fits.append((np.asarray(found.params), np.asarray(found.predict())))
    if any(np.abs(slopes).max() > 15 for slopes, _ in fits):  # noqa: PLR2004 - separation
        return None
    slopes = np.concatenate([params[1:] for params, _ in fits])
    n_terms = design.shape[1] - 1
    contrast = np.kron(
        np.column_stack([np.ones(len(fits) - 1), -np.eye(len(fits) - 1)]), np.eye(n_terms)
    )
    gap = contrast @ slopes
    covariance = contrast @ _brant_covariance(design, [chance for _, chance in fits]) @ contrast.T
    if np.linalg.eigvalsh(covariance).min() <= 0:
        shift = design[:, 1:] @ fit.params[:n_terms]
        chances = [scipy.special.expit(shift - cut) for cut in fit.cuts]
        covariance = contrast @ _brant_covariance(design, chances) @ contrast.T
    statistic = float(gap @ np.linalg.solve(covariance, gap))
    return OddsCheck(statistic, len(gap), float(scipy.stats.chi2.sf(statistic, len(gap))))


def _brant_covariance(design: Array, chances: list[Array]) -> Array:
    """Return the covariance of the slopes of all binary logits, threshold after threshold."""
    inverse = [np.linalg.inv((design.T * (c * (1 - c))) @ design) for c in chances]
    blocks: list[list[Any]] = [[None] * len(chances) for _ in chances]
    for i, first in enumerate(chances):
        for j in range(i, len(chances)):
            crossed = (design.T * (chances[j] * (1 - first))) @ design
            block = (inverse[i] @ crossed @ inverse[j])[1:, 1:]
            blocks[i][j], blocks[j][i] = block, block.T
    found: Array = np.block(blocks)
    return found


def _as_category(column: pd.Series) -> pd.Series:
    """Return a column as categories, levels that nobody has left out."""
    return column.astype("category").cat.remove_unused_categories()


def _dummies(factors: pd.DataFrame) -> pd.DataFrame:
    """Return one indicator for each level but the first of each factor."""
    parts = {
        (name, level): factors[name] == level
        for name in factors
        for level in factors[name].cat.categories[1:]
    }
    return pd.DataFrame(parts, index=factors.index)
