"""Ordered answers: the cumulative logit, for comparisons with the public held equal.

The mean of codes 1 to 4 is never taken: an answer is only more or less favourable than another.
"""

import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from qpref.lazy import lazy
from qpref.statistics.identifiability import is_confounded, is_separated
from qpref.statistics.superiority import shares_around

cumulative = lazy("qpref.statistics.cumulative")
discrete_model = lazy("statsmodels.discrete.discrete_model")
sm_exceptions = lazy("statsmodels.tools.sm_exceptions")

Array = npt.NDArray[np.float64]
_Z = 1.9599639845400545  # scipy.stats.norm.isf(0.025)
_PRECISION = 1e-8
_MOST_ROUNDS = 500
FEWEST = 15  # answers under which a model says nothing of a group by itself
Reason = Literal[
    "aucune_reponse", "rien_ne_varie", "confondus", "separes", "non_converge", "un_seul_cote"
]


class NotEstimableError(ValueError):
    """
    Why a model gives no estimate.

    `reason`: « aucune_reponse », « rien_ne_varie » (all answers alike, or no factor that varies),
    « confondus » (a factor says what others say), « separes » (factors tell some answers apart
    without exception), « non_converge », « un_seul_cote » (all answers favourable, or none).
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, eq=False)
class OrderedFit:
    """
    A cumulative logit fitted to ordered answers.

    `terms`: one row a coefficient, `facteur`, `niveau`, `coefficient`, `se` (positive: more
    favourable); `used`: the ranks that somebody chose, in order; `cuts`: thresholds between them;
    `n` answers used, `lost` left out because a factor is missing; `loglik`.
    """

    terms: pd.DataFrame
    used: Array
    cuts: Array
    n: int
    lost: int
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
    NotEstimableError
        If the answers do not determine the model, or it was not found.

    Notes
    -----
    P(Y ≤ j) = logistic(cut j − x'β) (McCullagh, JRSS B 1980), by statsmodels `OrderedModel` with
    method « bfgs »: its default method stops early on some data.
    """
    complete = factors.notna().all(axis=1) & levels.notna()
    if not complete.any():
        raise NotEstimableError("aucune_reponse")
    kept = factors.loc[complete].apply(_as_category)
    ranks, used = pd.factorize(levels.loc[complete], sort=True)
    columns = _dummies(kept)
    model = _model(ranks, kept, columns.to_numpy(float))
    with warnings.catch_warnings():  # the gradient itself tells it
        warnings.simplefilter("ignore", sm_exceptions.ConvergenceWarning)
        found = model.fit(
            method="bfgs", disp=False, gtol=_PRECISION, maxiter=_MOST_ROUNDS, skip_hessian=True
        )
    params = np.asarray(found.params, dtype=float)
    covariance = _covariance(model, params, len(kept))
    n_terms = columns.shape[1]
    terms = pd.DataFrame(list(columns.columns), columns=["facteur", "niveau"])
    terms["coefficient"] = params[:n_terms]
    terms["se"] = np.sqrt(np.diag(covariance)[:n_terms])
    return OrderedFit(
        terms=terms,
        used=np.asarray(used, dtype=float),
        cuts=np.asarray(model.transform_threshold_params(params[n_terms:])[1:-1], dtype=float),
        n=len(kept),
        lost=int((~complete).sum()),
        loglik=float(model.loglike(params)),
        params=params,
        covariance=covariance,
        levels=ranks,
        factors=kept,
    )


def _model(ranks: npt.NDArray[np.intp], kept: pd.DataFrame, design: Array) -> Any:  # noqa: ANN401
    """Return the model of answers that determine it, each different row once."""
    if design.shape[1] == 0 or ranks.max(initial=0) == 0:
        raise NotEstimableError("rien_ne_varie")
    key = ranks.astype(np.int64)  # one number for each different row
    for name in kept:
        key = key * len(kept[name].cat.categories) + kept[name].cat.codes.to_numpy()
    first, repeats = np.unique(key, return_index=True, return_counts=True)[1:]
    if is_confounded(design[first]):
        raise NotEstimableError("confondus")
    if is_separated(ranks[first], design[first]):
        raise NotEstimableError("separes")
    model = cumulative.CumulativeLogit(ranks[first], design[first], distr="logit")
    model.repeats = repeats.astype(float)
    return model


def _covariance(model: Any, params: Array, n: int) -> Array:  # noqa: ANN401
    """Return the inverse of the information, at the maximum of the likelihood only."""
    information = -model.hessian(params)
    is_top = np.abs(model.score(params)).max() / n < 10 * _PRECISION
    if not is_top or np.linalg.eigvalsh(information).min() <= 0:
        raise NotEstimableError("non_converge")
    found: Array = np.linalg.inv(information).astype(float)
    return found


def adjusted_shares(fit: OrderedFit, factor: str, least: float) -> pd.DataFrame:
    """
    Return the share of favourable answers at each level of a factor, the public held equal.

    Parameters
    ----------
    fit
        Of `fit_ordered`.
    factor
        One of its factors.
    least
        Rank of the least favourable of the favourable levels, whether anybody chose it or not.

    Returns
    -------
    pandas.DataFrame
        `niveau`, `part`, `bas`, `haut`.

    Raises
    ------
    NotEstimableError
        If all answers are favourable, or none is: the model has no threshold between both.

    Notes
    -----
    Every answer of the sample is given the same level in turn, its other factors kept, and the
    predicted shares averaged (standardisation by the model: Lane and Nelder, Biometrics 1982).
    Interval by the delta method on the logit.
    """
    under = int((fit.used < least).sum())
    if not 0 < under < len(fit.used):
        raise NotEstimableError("un_seul_cote")
    rows = []
    for level in fit.factors[factor].cat.categories:
        same = fit.factors.assign(
            **{factor: pd.Categorical([level] * fit.n, fit.factors[factor].cat.categories)}
        )
        design = _dummies(same).to_numpy(float)

        cut, cut_slope = _cut(fit.params[design.shape[1] :], under - 1)
        chance = scipy.special.expit(design @ fit.params[: design.shape[1]] - cut)
        value = float(chance.mean())
        spread = chance * (1 - chance)
        gradient = np.concatenate([spread @ design / fit.n, -spread.mean() * cut_slope])
        slope = gradient / (value * (1 - value))
        half = _Z * float(np.sqrt(slope @ fit.covariance @ slope))
        centre = np.log(value / (1 - value))
        rows.append((level, value, *shares_around(centre, half)))
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
    shift = design[:, 1:] @ fit.params[:n_terms]
    by_model = [scipy.special.expit(shift - cut) for cut in fit.cuts]
    for chances in ([chance for _, chance in fits], by_model):
        try:
            covariance = contrast @ _brant_covariance(design, chances) @ contrast.T
        except np.linalg.LinAlgError:  # separation that the slopes do not tell
            continue
        if np.linalg.eigvalsh(covariance).min() > 0:
            break
    else:
        return None
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
