"""Relative importance of each question for overall satisfaction, with its uncertainty.

One campaign shows what goes together, never what causes what.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import comb

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from qpref.lazy import lazy
from qpref.statistics.measure import Measure

estimation = lazy("statsmodels.stats.proportion")

Array = npt.NDArray[np.float64]
ANSWERS_PER_DRIVER = 15
_FEWEST, _MOST = 2, 8
_REPLICATES, _AT_ONCE = 4000, 1000  # those drawn at once bound the memory
_BLOCK = 100  # samples whose parts are computed at once: they stay in the cache of the processor
_LEVEL = 0.95
_NOTHING = 1e-12
_LEAST_ROOT = 1e-6
_EDGE = 1e-4  # parts are kept that far from 0 and 1, where a logit is infinite
_SEED = 20201116


def most_drivers(n: int) -> int:
    """
    Return how many drivers can be carried by answers: one for fifteen.

    Parameters
    ----------
    n
        Answers to both questions of a pair, in the pair that has fewest.

    Examples
    --------
    >>> most_drivers(141), most_drivers(14)
    (9, 0)
    """
    return n // ANSWERS_PER_DRIVER


def shapley(correlations: Array) -> Array:
    """
    Return the part of R² that falls to each explanatory variable.

    Parameters
    ----------
    correlations
        Shape (…, p + 1, p + 1): correlations (or covariances), the explained variable last.

    Returns
    -------
    numpy.ndarray
        Shape (…, p); the parts add up to R².

    Notes
    -----
    Mean, over all orders of entry, of the R² gained when the variable comes in (Lindeman, Merenda
    and Gold, 1980; the Shapley value of R²). Exact: each of the 2^p subsets is met once, by taking
    in or leaving out one variable after the other and keeping what is left to explain.
    """
    matrix = np.asarray(correlations, dtype=float)
    k = matrix.shape[-1]
    flat = matrix.reshape(-1, k, k)
    parts = [_parts(flat[start : start + _BLOCK]) for start in range(0, len(flat), _BLOCK)]
    return np.concatenate(parts).reshape(*matrix.shape[:-2], k - 1)


def _parts(correlations: Array) -> Array:
    """Return the parts of R² of a block, shape (b, p): the samples last, which are many."""
    matrix = np.ascontiguousarray(np.moveaxis(correlations, 0, -1))[None]
    p = matrix.shape[1] - 1
    total = matrix[0, -1, -1]
    explained = np.zeros((1, len(total)))
    for _ in range(p):
        pivot, row, rest = matrix[:, 0, 0], matrix[:, 0, 1:], matrix[:, 1:, 1:]
        safe = np.where(pivot > _NOTHING, pivot, np.inf)  # a variable that the others give
        slope = row / safe[:, None]
        taken = rest - row[:, :, None] * slope[:, None]
        gained = row[:, -1] * slope[:, -1]
        matrix = np.concatenate([rest, taken])
        explained = np.concatenate([explained, explained + gained])
    with np.errstate(divide="ignore", invalid="ignore"):  # a sample where all answered alike
        found: Array = (_shapley_weights(p).T @ explained / total).T
    return found


def _shapley_weights(p: int) -> Array:
    """Return, by subset (row; bit j for variable j), its weight in the part of each variable."""
    subsets = np.arange(2**p)
    inside = (subsets[:, None] >> np.arange(p) & 1).astype(bool)
    size = inside.sum(1)
    before = np.array([1 / (p * comb(p - 1, k)) for k in range(p)])
    gained, missed = before[np.maximum(size - 1, 0)], before[np.minimum(size, p - 1)]
    found: Array = np.where(inside, gained[:, None], -missed[:, None])
    return found


def choose_drivers(answers: pd.DataFrame, explained: str) -> list[str]:
    """
    Return the questions that the answers can carry, those with most opinions first.

    Parameters
    ----------
    answers, explained
        As `importance`.

    Notes
    -----
    A question whose answers vary is taken when any two of the questions taken, overall
    satisfaction among them, were both answered by 15 visitors for each question, up to eight in
    all. One that few answered is left out; it does not stop those after it.
    """
    known = answers.loc[answers[explained].notna()]
    given = known.notna().astype(float)
    pairs = given.T @ given
    varies = known.drop(columns=explained).var() > 0
    counts = pairs[explained][varies.index[varies]]
    chosen: list[str] = []
    for name in counts.sort_values(ascending=False, kind="stable").index:
        together = [*chosen, str(name), explained]
        fewest = int(pairs.loc[together, together].to_numpy().min())
        if len(chosen) < _MOST and len(chosen) < most_drivers(fewest):
            chosen.append(str(name))
    return chosen


def importance(answers: pd.DataFrame, explained: str, seed: int = _SEED) -> pd.DataFrame:
    """
    Return the part of each question in overall satisfaction, most first.

    Parameters
    ----------
    answers
        Ranks of the levels chosen, one row an answer, one column a question; missing where there
        is no opinion.
    explained
        Column of overall satisfaction.
    seed
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        `question`, `importance` (part of R², adding up to 1), `bas`, `haut` (95 % for all
        questions together), `n` (answers to the question and to overall satisfaction), `r2`.
        Empty when there are fewer than two questions, which have nothing to share; more than one
        for fifteen answers to the pair that has fewest; or nothing to explain: all answered
        alike, or no question goes with what they answered.

    Notes
    -----
    `shapley` on the correlations of ranks (Spearman). Each correlation takes all who answered both
    questions (available cases: Little and Rubin, Statistical Analysis with Missing Data, 2002,
    § 3.4): most questions do not concern all visitors, and keeping only those who answered all of
    them loses half the answers. `benchmarks/drivers.py` compares both.

    Intervals: bootstrap of answers, on the logit of the parts, ± the 95th percentile of the
    largest standardised deviation of all questions (max-t: Davison and Hinkley, Bootstrap Methods
    and their Application, 1997, § 5.2 and 4.4). All hold together, so that a report compares any
    number of questions with the average and is wrong in 5 % of cases at most.
    """
    drivers = [name for name in answers.columns if name != explained]
    columns = ["question", "importance", "bas", "haut", "n", "r2"]
    nothing = pd.DataFrame(columns=columns)
    known = answers.loc[answers[explained].notna(), [*drivers, explained]]
    given = known.notna().to_numpy(float)
    pairs = (given.T @ given).astype(int)
    if len(drivers) < _FEWEST or len(drivers) > most_drivers(int(pairs.min())):
        return nothing
    ranks = known.rank().to_numpy(float)
    found = shapley(available_correlations(ranks, np.ones((1, len(ranks)))))[0]
    r2 = float(found.sum())
    bounds = _together(ranks, found / r2, seed) if r2 > _NOTHING else None
    if bounds is None:
        return nothing
    table = pd.DataFrame(
        {
            "question": drivers,
            "importance": found / r2,
            "bas": bounds[0],
            "haut": bounds[1],
            "n": pairs[-1, :-1],
            "r2": r2,
        }
    )
    return table.sort_values("importance", ascending=False, ignore_index=True)


def available_correlations(ranks: Array, counts: Array) -> Array:
    """
    Return the correlation of each pair of columns over the rows that have both.

    Parameters
    ----------
    ranks
        Shape (n, k); missing where there is no answer.
    counts
        Shape (b, n): how often each row stands in each of `b` samples.

    Returns
    -------
    numpy.ndarray
        Shape (b, k, k). Correlations of different rows may contradict one another: negative
        eigenvalues are then brought to nearly zero (Rousseeuw and Molenberghs, Communications in
        Statistics 1993). A column that does not vary goes with nothing.
    """
    k = ranks.shape[1]
    given = (~np.isnan(ranks)).astype(float)
    values = np.nan_to_num(ranks - np.nanmean(ranks, axis=0))
    one, other = np.triu_indices(k, 1)  # the columns of each pair
    ways = (one, other), (other, one)
    told = [
        given[:, one] * given[:, other],
        values[:, one] * values[:, other],
        *(v[:, a] * given[:, b] for v in (values, values**2) for a, b in ways),
    ]
    sums = np.split(counts @ np.hstack(told), len(told), axis=1)
    size = np.maximum(sums[0], 1)
    product, mean, mean_other, square, square_other = (part / size for part in sums[1:])
    scale = np.sqrt(np.maximum((square - mean**2) * (square_other - mean_other**2), 0))
    found = np.ones((len(counts), k, k))
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(scale > _NOTHING, (product - mean * mean_other) / scale, 0.0)
    found[:, one, other] = found[:, other, one] = own
    return _without_contradiction(found)


def _without_contradiction(correlations: Array) -> Array:
    """Return correlations that rows could have: no negative eigenvalue, ones on the diagonal."""
    with suppress(np.linalg.LinAlgError):  # which takes a fraction of the time
        np.linalg.cholesky(correlations)
        return correlations
    roots, vectors = np.linalg.eigh(correlations)
    wrong = roots.min(-1) < -_NOTHING
    kept = np.maximum(roots[wrong], _LEAST_ROOT)
    mended = (vectors[wrong] * kept[:, None, :]) @ vectors[wrong].transpose(0, 2, 1)
    scale = np.sqrt(np.diagonal(mended, axis1=1, axis2=2))
    found = correlations.copy()
    found[wrong] = mended / scale[:, :, None] / scale[:, None, :]
    return found


def _together(ranks: Array, parts: Array, seed: int) -> tuple[Array, Array] | None:
    """Return bounds that hold for all parts at once; None when answers drawn again say nothing."""
    draw, even = np.random.default_rng(seed), np.full(len(ranks), 1 / len(ranks))
    ordered = ranks[np.lexsort(np.nan_to_num(ranks).T)]  # the same draws whatever their order
    blocks = []
    for _ in range(_REPLICATES // _AT_ONCE):
        counts = draw.multinomial(len(ranks), even, size=_AT_ONCE).astype(float)
        blocks.append(shapley(available_correlations(ordered, counts)))
    drawn = np.concatenate(blocks)
    total = drawn.sum(-1, keepdims=True)
    drawn = drawn[total[:, 0] > _NOTHING] / total[total[:, 0] > _NOTHING]
    if len(drawn) < _REPLICATES / 2:
        return None
    centre, moved = _logit(parts), _logit(drawn) - _logit(parts)
    spread = np.sqrt((moved**2).mean(0))
    if not (spread > _NOTHING).all():
        return None
    half = np.quantile(np.abs(moved / spread).max(-1), _LEVEL) * spread
    low, high = scipy.special.expit(centre - half), scipy.special.expit(centre + half)
    return np.minimum(low, parts), np.maximum(high, parts)


def _logit(parts: Array) -> Array:
    found: Array = scipy.special.logit(np.clip(parts, _EDGE, 1 - _EDGE))
    return found


@dataclass(frozen=True)
class Driver:
    """A question as measures: its `weight` in what is explained, and its own `share` satisfied."""

    weight: Measure
    share: Measure


def measured(table: pd.DataFrame, labels: Mapping[str, str]) -> list[Driver]:
    """
    Return the rows of `priorities` as measures.

    Parameters
    ----------
    table
        Of `priorities`.
    labels
        Names of the questions.
    """
    found = []
    for row in table.to_dict("records"):
        names = {"key": row["question"], "label": labels[row["question"]]}
        weighs = {"value": row["importance"], "low": row["bas"], "high": row["haut"]}
        weight = Measure(**names, **weighs, n=row["n"], verdict=row["verdict"])
        share = Measure(**names, value=row["part"], low=row["part_bas"], high=row["part_haut"])
        found.append(Driver(weight, share))
    return found


def averages(table: pd.DataFrame) -> tuple[float, float]:
    """Return the average weight and the average share, to which `priorities` compares."""
    return 1 / max(len(table), 1), float(table["part"].mean())


def priorities(table: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """
    Return importance beside satisfaction, and a verdict where the intervals allow one.

    Parameters
    ----------
    table
        Of `importance`.
    shares
        `question`, `satisfaits`, `n` (`answers.satisfaction`).

    Returns
    -------
    pandas.DataFrame
        Columns of `importance`, then `part`, `part_bas`, `part_haut` (95 % for all questions
        together) and `verdict`: « a_ameliorer » (weighs more than average, satisfies less than
        average), « a_preserver » (more, more), « secondaire » (weighs less), « incertain » when an
        interval holds the average.

    Notes
    -----
    The averages are 1 / p for importance, and the mean share of the questions shown. Intervals of
    shares: Clopper and Pearson (Biometrika 1934) at 1 − 0.05 / p (Bonferroni). When all questions
    weigh the same, a report calls one heavy or light in 5 % of cases at most
    (`benchmarks/drivers.py`).
    """
    both = table.merge(shares[["question", "satisfaits", "n"]], on="question", suffixes=("", "_q"))
    both["part"] = both["satisfaits"] / both["n_q"]
    both["part_bas"], both["part_haut"] = estimation.proportion_confint(
        both["satisfaits"], both["n_q"], alpha=(1 - _LEVEL) / max(len(both), 1), method="beta"
    )
    weight, level = averages(both)
    both["verdict"] = "incertain"
    both.loc[both["haut"] < weight, "verdict"] = "secondaire"
    heavy = both["bas"] > weight
    both.loc[heavy & (both["part_haut"] < level), "verdict"] = "a_ameliorer"
    both.loc[heavy & (both["part_bas"] > level), "verdict"] = "a_preserver"
    return both.drop(columns=["satisfaits", "n_q"])
