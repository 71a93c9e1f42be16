"""What differs beyond chance: two campaigns, a site and the others, a category and the others."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import fisher_exact
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
    proportions_chisquare,
)

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
LEVEL = 0.05
_EXPECTED = 5  # under this expected count, Fisher's exact test replaces chi-square
_SMALLEST_BASE = 10
_MAIN_PART = 0.5  # of the chance of a false alarm, kept for the pre-named main indicator


def difference_interval(k1: int, n1: int, k0: int, n0: int) -> tuple[float, float]:
    """
    Return the 95 % interval of p1 − p0 for two independent samples.

    Notes
    -----
    Newcombe's hybrid score interval (Statistics in Medicine, 1998, method 10), by statsmodels.

    Examples
    --------
    >>> low, high = difference_interval(56, 70, 48, 80)
    >>> round(low, 4), round(high, 4)
    (0.0524, 0.3339)
    """
    low, high = confint_proportions_2indep(k1, n1, k0, n0, method="newcomb", compare="diff")
    return float(low), float(high)


def difference_pvalue(k1: int, n1: int, k0: int, n0: int) -> float:
    """Return the p-value of equal shares: chi-square, or Fisher when an expected count is small."""
    pooled = (k1 + k0) / (n1 + n0)
    if pooled in {0.0, 1.0}:
        return 1.0
    if min(n1, n0) * min(pooled, 1 - pooled) < _EXPECTED:
        return float(fisher_exact([[k1, n1 - k1], [k0, n0 - k0]]).pvalue)
    return float(proportions_chisquare([k1, k0], [n1, n0])[1])


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
    low, high = proportion_confint(k, size, method="wilson")
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
    Return the difference of each question between two tables of `shares.satisfaction`.

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
    rows = [
        _difference(row["question"], group, _pair(row, ""), _pair(row, "_reference"))
        for row in both.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=[*COLUMNS])


def against_others(groups: pd.DataFrame) -> pd.DataFrame:
    """
    Return each group of one question against all the others together.

    Parameters
    ----------
    groups
        `question` (one only), `groupe`, `n`, `satisfaits`; groups that share no answer.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`; the p-values are corrected within the question (Holm, Scandinavian Journal of
        Statistics 1979). With two groups the second says nothing more and only the first is
        tested. A group is never compared with a total that contains it.
    """
    n, k = int(groups["n"].sum()), int(groups["satisfaits"].sum())
    rows = []
    for row in groups.to_dict("records"):
        own = _pair(row, "")
        rows.append(_difference(row["question"], row["groupe"], own, (k - own[0], n - own[1])))
    table = pd.DataFrame(rows, columns=[*COLUMNS])
    tested = table["p"].notna()
    if tested.sum() == len(table) == 2:  # noqa: PLR2004 - the same test twice
        return table
    if tested.any():
        table.loc[tested, "p"] = multipletests(table.loc[tested, "p"], method="holm")[1]
    return table


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
    p = _mantel_haenszel([np.array([[a, b - a], [c, d - c]]) for a, b, c, d in counts])
    shares = {"part": float(weight @ (k1 / n1)), "part_reference": float(weight @ (k0 / n0))}
    return found | shares | {"ecart": value, "bas": low, "haut": high, "p": p}


def _mantel_haenszel(tables: Sequence[npt.NDArray[np.float64]]) -> float:
    useful = [table for table in tables if (table.sum(0) > 0).all() and table.sum() > 1]
    if not useful:
        return 1.0
    test = StratifiedTable([table.astype(float) for table in useful]).test_null_odds()
    return float(test.pvalue)


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
    is_main = (merged["question"] == main) & (
        merged.index.get_level_values("famille") == next(iter(tables))
    )
    merged["p_corrige"] = _corrected(merged["p"], is_main)
    merged["verdict"] = [
        "non_compare" if pd.isna(p) else verdict(low, high, is_significant=corrected <= LEVEL)
        for p, low, high, corrected in zip(
            merged["p"], merged["bas"], merged["haut"], merged["p_corrige"], strict=True
        )
    ]
    families = merged.index.get_level_values("famille")
    return {name: merged.loc[families == name].droplevel("famille") for name in tables}


def _corrected(p: pd.Series, is_main: pd.Series) -> pd.Series:
    """Return p-values to compare with 5 %, the main one having half of the level."""
    found = pd.Series(np.nan, index=p.index)
    tested = p.notna()
    n = int(tested.sum())
    n_main = int((tested & is_main).sum())
    if n == 0:
        return found
    weights = np.ones(n)
    if 0 < n_main < n:
        own = is_main[tested].to_numpy()
        weights[own] = _MAIN_PART * n / n_main
        weights[~own] = (1 - _MAIN_PART) * n / (n - n_main)
    found[tested] = multipletests(np.minimum(p[tested] / weights, 1), method="fdr_bh")[1]
    return found


def _pair(row: Mapping[Any, Any], suffix: str) -> tuple[int, int]:
    return int(row[f"satisfaits{suffix}"]), int(row[f"n{suffix}"])


def _difference(
    question: str, group: str, own: tuple[int, int], reference: tuple[int, int]
) -> dict[str, Any]:
    """Return difference, interval and p-value of two counts of satisfied answers."""
    (k1, n1), (k0, n0) = own, reference
    found: dict[str, Any] = {"question": question, "groupe": group, "n": n1, "n_reference": n0}
    found["part"] = k1 / n1 if n1 else np.nan
    found["part_reference"] = k0 / n0 if n0 else np.nan
    if min(n1, n0) < _SMALLEST_BASE:
        return found | dict.fromkeys(("ecart", "bas", "haut", "p"), np.nan)
    low, high = difference_interval(k1, n1, k0, n0)
    p = difference_pvalue(k1, n1, k0, n0)
    return found | {"ecart": k1 / n1 - k0 / n0, "bas": low, "haut": high, "p": p}
