"""What goes with overall satisfaction: the part of each question, with its uncertainty.

One campaign shows what goes together, never what causes what.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb

import numpy as np
import numpy.typing as npt
import pandas as pd

from qpref.statistics.measure import Measure
from qpref.statistics.shares import share_interval

Array = npt.NDArray[np.float64]
ANSWERS_PER_DRIVER = 15
_MOST = 8
_REPLICATES = 300
_NOTHING = 1e-12
_SEED = 20201116


def most_drivers(n: int) -> int:
    """
    Return how many drivers `n` complete answers can carry: one for fifteen.

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
    matrix = np.asarray(correlations, dtype=float)[..., None, :, :]
    p = matrix.shape[-1] - 1
    total = matrix[..., 0, -1, -1]
    explained = np.zeros(matrix.shape[:-2])
    for _ in range(p):
        pivot, row = matrix[..., 0, 0], matrix[..., 0, 1:]
        rest = matrix[..., 1:, 1:]
        safe = np.where(pivot > _NOTHING, pivot, np.inf)  # a variable that the others give
        taken = rest - row[..., :, None] * row[..., None, :] / safe[..., None, None]
        gained = row[..., -1] ** 2 / safe
        matrix = np.concatenate([rest, taken], axis=-3)
        explained = np.concatenate([explained, explained + gained], axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):  # a sample where all answered alike
        found: Array = explained / total[..., None] @ _shapley_weights(p)
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
    A question is taken while there are 15 complete answers a question, up to eight in all: with
    each one more, fewer visitors have answered them all.
    """
    given = answers.notna()
    complete = given.pop(explained).to_numpy()
    counts = given.loc[complete].sum()
    chosen: list[str] = []
    for name in counts.sort_values(ascending=False, kind="stable").index:
        complete = complete & given[name].to_numpy()
        if len(chosen) == _MOST or len(chosen) + 1 > most_drivers(int(complete.sum())):
            break
        chosen.append(str(name))
    return chosen


def importance(answers: pd.DataFrame, explained: str, seed: int = _SEED) -> pd.DataFrame:
    """
    Return the part of each question in overall satisfaction, most first.

    Parameters
    ----------
    answers
        Ranks of the levels chosen, one row an answer, one column a question; missing where there
        is no opinion. Only rows without a missing answer count.
    explained
        Column of overall satisfaction.
    seed
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        `question`, `importance` (part of R², adding up to 1), `bas`, `haut` (bootstrap of
        answers, percentiles 2.5 and 97.5), `n` (complete answers), `r2`. Empty when there are
        more questions than one for fifteen complete answers, or nothing to explain: all answered
        alike, or no question goes with what they answered.

    Notes
    -----
    `shapley` on the correlations of ranks (Spearman).
    """
    drivers = [name for name in answers.columns if name != explained]
    complete = answers[[*drivers, explained]].dropna()
    columns = ["question", "importance", "bas", "haut", "n", "r2"]
    if not drivers or len(drivers) > most_drivers(len(complete)):
        return pd.DataFrame(columns=columns)
    ranks = complete.rank().to_numpy(float)
    found = shapley(np.cov(ranks, rowvar=False))
    r2 = float(found.sum())
    if not r2 > _NOTHING:
        return pd.DataFrame(columns=columns)
    drawn = _bootstrap(ranks, seed)
    with np.errstate(invalid="ignore"):
        parts = drawn / drawn.sum(-1, keepdims=True)
    low, high = np.nanpercentile(parts, [2.5, 97.5], axis=0)
    table = pd.DataFrame(
        {
            "question": drivers,
            "importance": found / r2,
            "bas": low,
            "haut": high,
            "n": len(complete),
            "r2": r2,
        }
    )
    return table.sort_values("importance", ascending=False, ignore_index=True)


def _bootstrap(ranks: Array, seed: int) -> Array:
    """Return the parts in samples drawn again from the answers: multinomial counts as weights."""
    n = len(ranks)
    counts = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=_REPLICATES) / n
    means = counts @ ranks
    products = (ranks[:, :, None] * ranks[:, None, :]).reshape(n, -1)
    second = (counts @ products).reshape(_REPLICATES, ranks.shape[1], ranks.shape[1])
    return shapley(second - means[:, :, None] * means[:, None, :])


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
        weight = Measure(
            **names,
            n=row["n"],
            value=row["importance"],
            low=row["bas"],
            high=row["haut"],
            verdict=row["verdict"],
        )
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
        Columns of `importance`, then `part`, `part_bas`, `part_haut` and `verdict`: « a_ameliorer »
        (weighs more than average, satisfies less than average), « a_preserver » (more, more),
        « secondaire » (weighs less), « incertain » when an interval holds the average.

    Notes
    -----
    The averages are 1 / p for importance, and the mean share of the questions shown.
    """
    both = table.merge(shares[["question", "satisfaits", "n"]], on="question", suffixes=("", "_q"))
    both["part"] = both["satisfaits"] / both["n_q"]
    both["part_bas"], both["part_haut"] = share_interval(both["satisfaits"], both["n_q"])
    weight, level = averages(both)
    both["verdict"] = "incertain"
    both.loc[both["haut"] < weight, "verdict"] = "secondaire"
    heavy = both["bas"] > weight
    both.loc[heavy & (both["part_haut"] < level), "verdict"] = "a_ameliorer"
    both.loc[heavy & (both["part_bas"] > level), "verdict"] = "a_preserver"
    return both.drop(columns=["satisfaits", "n_q"])
