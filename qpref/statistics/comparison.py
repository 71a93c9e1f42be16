"""What differs beyond chance: two campaigns, a site and the others, a category and the others."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from qpref.lazy import lazy
from qpref.statistics.contingency import mantel_haenszel

proportion = lazy("statsmodels.stats.proportion")

Array = npt.NDArray[np.float64]
Verdict = Literal["mieux", "moins_bien", "pas_de_difference_etablie", "non_compare"]

COLUMNS = (
    "question",
    "groupe",
    "n",
    "part",
    "n_reference",
    "part_reference",
    "ecart",
    "bas",
    "haut",
    "p",
)
NOTHING = pd.DataFrame(columns=[*COLUMNS])  # no comparison
LEVEL = 0.05
_EXPECTED = 5  # under this expected count, Fisher's exact test replaces chi-square
_SMALLEST_BASE = 10
MAIN_PART = 0.5  # of the chance of a false alarm, kept for the pre-named main indicator


def difference_interval(
    k1: npt.ArrayLike, n1: npt.ArrayLike, k0: npt.ArrayLike, n0: npt.ArrayLike
) -> tuple[Array, Array]:
    """
    Return the 95 % interval of p1 − p0 for two independent samples.

    Parameters
    ----------
    k1, n1, k0, n0
        Satisfied answers and answers of both samples; numbers, or arrays of one shape.

    Notes
    -----
    Newcombe's hybrid score interval (Statistics in Medicine, 1998, method 10).

    Examples
    --------
    >>> low, high = difference_interval(56, 70, 48, 80)
    >>> round(float(low), 4), round(float(high), 4)
    (0.0524, 0.3339)
    """
    a, n, b, m = (np.asarray(x, dtype=float) for x in (k1, n1, k0, n0))
    (l1, u1), (l0, u0) = (
        proportion.proportion_confint(k, s, method="wilson") for k, s in ((a, n), (b, m))
    )
    p1, p0 = a / n, b / m
    low, high = np.hypot(p1 - l1, u0 - p0), np.hypot(u1 - p1, p0 - l0)
    return p1 - p0 - low, p1 - p0 + high


def difference_pvalue(
    k1: npt.ArrayLike, n1: npt.ArrayLike, k0: npt.ArrayLike, n0: npt.ArrayLike
) -> Array:
    """
    Return the p-value of equal shares: chi-square, or Fisher when an expected count is under 5.

    Parameters
    ----------
    k1, n1, k0, n0
        As `difference_interval`.

    Notes
    -----
    Chi-square of Pearson on one degree of freedom, no continuity correction.
    """
    a, n, b, m = (np.asarray(x, dtype=float) for x in (k1, n1, k0, n0))
    pooled = (a + b) / (n + m)
    spread = pooled * (1 - pooled) * (1 / n + 1 / m)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(spread > 0, scipy.stats.chi2.sf((a / n - b / m) ** 2 / spread, 1), 1.0)
    small = np.minimum(n, m) * np.minimum(pooled, 1 - pooled) < _EXPECTED
    for place in zip(*np.nonzero(np.atleast_1d(small & (spread > 0))), strict=True):
        i, j, k, size = (np.atleast_1d(x)[place] for x in (a, n, b, m))
        found = np.atleast_1d(found)
        found[place] = scipy.stats.fisher_exact([[i, j - i], [k, size - k]]).pvalue
    return found.reshape(a.shape)


def combination_interval(
    satisfied: npt.ArrayLike, n: npt.ArrayLike, coefficients: npt.ArrayLike
) -> tuple[float, float, float]:
    """
    Return a combination of independent shares with its 95 % interval.

    Parameters
    ----------
    satisfied, n
        Counts, one a group.
    coefficients
        Of each share: flows that add up to 1 for an all-sites figure, weights and their
        opposites for a difference of standardised shares.

    Returns
    -------
    tuple of float
        Value, lower and upper bound.

    Notes
    -----
    Recovery of the variances of Wilson intervals (Zou and Donner, Statistics in Medicine 2008);
    with coefficients 1 and −1 it is Newcombe's interval.

    Examples
    --------
    >>> [round(x, 4) for x in combination_interval([56, 48], [70, 80], [1, -1])]
    [0.2, 0.0524, 0.3339]
    """
    k, size, weight = (np.asarray(x, dtype=float) for x in (satisfied, n, coefficients))
    share = k / size
    low, high = proportion.proportion_confint(k, size, method="wilson")
    value = float(weight @ share)
    below = weight * (share - np.where(weight > 0, low, high))
    above = weight * (np.where(weight > 0, high, low) - share)
    return value, value - float(np.sqrt(below @ below)), value + float(np.sqrt(above @ above))


def verdict(low: float, high: float, *, is_significant: bool) -> Verdict:
    """
    Return one of three verdicts from the interval of a difference.

    A difference is established only when the interval excludes zero and the test, corrected for
    the number of comparisons of the report, rejects equality.

    Examples
    --------
    >>> verdict(0.01, 0.2, is_significant=True), verdict(-0.02, 0.2, is_significant=True)
    ('mieux', 'pas_de_difference_etablie')
    """
    if is_significant and low > 0:
        return "mieux"
    if is_significant and high < 0:
        return "moins_bien"
    return "pas_de_difference_etablie"


def compare(now: pd.DataFrame, reference: pd.DataFrame, group: str = "") -> pd.DataFrame:
    """
    Return the difference of each question between two tables of `answers.satisfaction`.

    Parameters
    ----------
    now, reference
        One row per question: `question`, `n`, `satisfaits`.
    group
        Name of what is compared, for tables that hold several.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`. Under 10 answers on either side, nothing is compared.
    """
    both = now.merge(reference, on="question", suffixes=("", "_reference"), validate="1:1")
    names = both[["question"]].assign(groupe=group)
    before = both[["n_reference", "satisfaits_reference"]]
    return _differences(names, both, before.rename(columns=lambda x: x.removesuffix("_reference")))


def holm(p: npt.ArrayLike) -> Array:
    """
    Return p-values corrected so that one false alarm among them all has a chance of 5 % at most.

    Notes
    -----
    Holm, Scandinavian Journal of Statistics 1979. (statsmodels has it, but empties the memory of
    the whole process at each call: 0.09 s a question.)

    Examples
    --------
    >>> holm([0.04, 0.01, 0.03]).round(2).tolist()
    [0.06, 0.03, 0.06]
    """
    given = np.asarray(p, dtype=float)
    order = np.argsort(given)
    found = np.empty(len(given))
    steps = given[order] * np.arange(len(given), 0, -1)
    found[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return found


def against_others(groups: pd.DataFrame) -> pd.DataFrame:
    """
    Return each group of users against all the others together, question by question.

    Parameters
    ----------
    groups
        `question`, `groupe`, `n`, `satisfaits`; the groups of one question share no answer.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`; the p-values are corrected within each question (`holm`). Of two groups only the
        first is there: the second is the same test. A group is never compared with a total that
        contains it.
    """
    own = groups.reset_index(drop=True)
    code = pd.factorize(own["question"])[0]
    counts = own[["n", "satisfaits"]]
    sums = np.column_stack([np.bincount(code, counts[name]) for name in counts])[code]
    others = pd.DataFrame(sums, columns=counts.columns) - counts
    table = _differences(own[["question", "groupe"]], own, others)
    is_twice = (np.bincount(code)[code] == 2) & own["question"].duplicated()  # noqa: PLR2004
    p = table["p"].to_numpy(dtype=float).copy()
    for question in range(code.max(initial=-1) + 1):
        tested = np.flatnonzero((code == question) & ~np.isnan(p) & ~is_twice)
        p[tested] = holm(p[tested])
    table["p"] = p
    kept: pd.DataFrame = table.loc[~is_twice]
    return kept.reset_index(drop=True)


def standardised(first: pd.DataFrame, second: pd.DataFrame, question: str = "") -> dict[str, Any]:
    """
    Return the difference of two groups whose publics are made alike.

    Parameters
    ----------
    first, second
        `strate`, `n`, `satisfaits`: the same question by reason of visit (or any stratum).
    question
        Its identifier.

    Returns
    -------
    dict
        `COLUMNS`, `part` and `part_reference` standardised, and `couverture`: part of the answers
        in strata that both groups have.

    Notes
    -----
    Direct standardisation to the two groups together; interval of `combination_interval`; test of
    Mantel and Haenszel (JNCI 1959), without continuity correction.
    """
    both = first.merge(second, on="strate", suffixes=("", "_reference"))
    both = both.loc[(both["n"] > 0) & (both["n_reference"] > 0)]
    everyone = first["n"].sum() + second["n"].sum()
    size = (both["n"] + both["n_reference"]).to_numpy(float)
    found: dict[str, Any] = {"question": question, "couverture": size.sum() / max(everyone, 1)}
    found |= {"n": int(both["n"].sum()), "n_reference": int(both["n_reference"].sum())}
    if min(found["n"], found["n_reference"]) < _SMALLEST_BASE:
        empty = dict.fromkeys(("part", "part_reference", "ecart", "bas", "haut", "p"), np.nan)
        return found | empty
    weight = size / size.sum()
    k1, n1, k0, n0 = (
        both[name].to_numpy(float)
        for name in ("satisfaits", "n", "satisfaits_reference", "n_reference")
    )
    value, low, high = combination_interval(
        np.concatenate([k1, k0]), np.concatenate([n1, n0]), np.concatenate([weight, -weight])
    )
    counts = zip(k1, n1, k0, n0, strict=True)
    p = mantel_haenszel([np.array([[a, b - a], [c, d - c]]) for a, b, c, d in counts])
    shares = {"part": float(weight @ (k1 / n1)), "part_reference": float(weight @ (k0 / n0))}
    return found | shares | {"ecart": value, "bas": low, "haut": high, "p": p}


def judge(tables: Mapping[str, pd.DataFrame], main: str) -> dict[str, pd.DataFrame]:
    """
    Return the comparisons of a report with one verdict each, all judged together.

    Parameters
    ----------
    tables
        All that the report compares, by name of family; the first is the change since the
        previous campaign.
    main
        The pre-named main indicator.

    Returns
    -------
    dict
        The same tables with `p_corrige` and `verdict`.

    Notes
    -----
    Weighted step-up of Benjamini and Hochberg (Genovese, Roeder and Wasserman, Biometrika 2006):
    the change of the main indicator has half of the level, everything else shares the other half.
    When nothing differs, a report says the contrary in 5 % of cases at most, however many
    comparisons it makes.
    """
    merged = pd.concat(dict(tables), names=["famille", "rang"]) if tables else pd.DataFrame()
    if merged.empty:
        return {name: table.assign(p_corrige=np.nan, verdict="") for name, table in tables.items()}
    families = merged.index.get_level_values("famille")
    is_main = (merged["question"] == main).to_numpy() & (families == next(iter(tables)))
    merged["p_corrige"] = _corrected(merged["p"].to_numpy(dtype=float), is_main)
    rows = merged[["p", "bas", "haut", "p_corrige"]].to_dict("records")
    merged["verdict"] = [
        "non_compare"
        if pd.isna(row["p"])
        else verdict(row["bas"], row["haut"], is_significant=row["p_corrige"] <= LEVEL)
        for row in rows
    ]
    return {name: merged.loc[families == name].droplevel("famille") for name in tables}


def _corrected(p: Array, is_main: npt.NDArray[np.bool_]) -> Any:  # noqa: ANN401
    """Return p-values to compare with 5 %, the main one having its own part of the level."""
    found, tested = np.full(len(p), np.nan), ~np.isnan(p)
    n, n_main = int(tested.sum()), int((tested & is_main).sum())
    if n == 0:
        return found
    weights = np.ones(n)
    if 0 < n_main < n:
        own = is_main[tested]
        weights[own] = MAIN_PART * n / n_main
        weights[~own] = (1 - MAIN_PART) * n / (n - n_main)
    found[tested] = scipy.stats.false_discovery_control(np.minimum(p[tested] / weights, 1))
    return found


def _differences(names: pd.DataFrame, own: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """Return `COLUMNS` from the `question` and `groupe` of each row, and counts on both sides."""
    k1, n1, k0, n0 = (
        frame[name].to_numpy(dtype=float)
        for frame in (own, reference)
        for name in ("satisfaits", "n")
    )
    table = names.assign(n=own["n"].to_numpy(), n_reference=reference["n"].to_numpy())
    with np.errstate(divide="ignore", invalid="ignore"):
        table["part"], table["part_reference"] = k1 / n1, k0 / n0
    numbers = np.full((len(table), 4), np.nan)
    enough = np.minimum(n1, n0) >= _SMALLEST_BASE
    if enough.any():
        counts = [x[enough] for x in (k1, n1, k0, n0)]
        low, high = difference_interval(*counts)
        gap = counts[0] / counts[1] - counts[2] / counts[3]
        numbers[enough] = np.column_stack([gap, low, high, difference_pvalue(*counts)])
    table[["ecart", "bas", "haut", "p"]] = numbers
    return table[[*COLUMNS]]
