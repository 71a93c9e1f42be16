"""What changed between two campaigns beyond chance, and what the survey could not see."""

from collections.abc import Hashable
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import fisher_exact
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    power_proportions_2indep,
    proportions_chisquare,
)

Verdict = Literal["mieux", "moins_bien", "pas_de_difference_etablie", "non_compare"]

_LEVEL = 0.05
_EXPECTED = 5  # under this expected count, Fisher's exact test replaces chi-square
_SMALLEST_BASE = 10


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


def verdict(low: float, high: float, *, is_significant: bool) -> Verdict:
    """
    Return one of three verdicts from the interval of a difference.

    A change is established only when the interval excludes zero and the test, corrected for the
    number of questions looked at, rejects equality.

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


def compare(now: pd.DataFrame, before: pd.DataFrame, main: str) -> pd.DataFrame:
    """
    Return the change of each question between two tables of `satisfaction`.

    Parameters
    ----------
    now, before
        One row per question: `question`, `n`, `satisfaits`.
    main
        The pre-named main indicator: tested alone. The others are corrected together
        (Benjamini and Hochberg, JRSS B 1995).

    Returns
    -------
    pandas.DataFrame
        `question`, `part`, `part_avant`, `n`, `n_avant`, `ecart`, `bas`, `haut`, `p`,
        `p_corrige`, `verdict`. Under 10 answers in either campaign, nothing is compared.
    """
    both = now.merge(before, on="question", suffixes=("", "_avant"), validate="1:1")
    rows = [_difference(row) for row in both.to_dict("records")]
    table = pd.DataFrame(rows, columns=[*_COLUMNS])
    table["p_corrige"] = table["p"]
    rest = table["p"].notna() & (table["question"] != main)
    if rest.any():
        table.loc[rest, "p_corrige"] = multipletests(table.loc[rest, "p"], method="fdr_bh")[1]
    table["verdict"] = [_verdict_of(row) for row in table.to_dict("records")]
    return table


_COLUMNS = ("question", "part", "part_avant", "n", "n_avant", "ecart", "bas", "haut", "p")


def _verdict_of(row: dict[Hashable, Any]) -> Verdict:
    if pd.isna(row["p"]):
        return "non_compare"
    return verdict(row["bas"], row["haut"], is_significant=row["p_corrige"] <= _LEVEL)


def _difference(row: dict[Hashable, Any]) -> dict[str, Any]:
    """Return difference, interval and p-value of one question."""
    n1, n0 = int(row["n"]), int(row["n_avant"])
    k1, k0 = int(row["satisfaits"]), int(row["satisfaits_avant"])
    found: dict[str, Any] = {name: row[name] for name in _COLUMNS[:5]}
    if min(n1, n0) < _SMALLEST_BASE:
        return found | dict.fromkeys(("ecart", "bas", "haut", "p"), np.nan)
    low, high = difference_interval(k1, n1, k0, n0)
    p = difference_pvalue(k1, n1, k0, n0)
    return found | {"ecart": k1 / n1 - k0 / n0, "bas": low, "haut": high, "p": p}


def detectable_change(n1: int, n0: int, share: float, power: float = 0.8) -> float | None:
    """
    Return the smallest rise (a share: 0.12 for 12 points) that two campaigns would likely show.

    Parameters
    ----------
    n1, n0
        Answers of this campaign and of the previous one.
    share
        Share of the previous campaign.
    power
        Chance of seeing the change when it is real.

    Returns
    -------
    float or None
        None when even a rise to 100 % would be missed.

    Notes
    -----
    Two-sided test at 5 % (statsmodels `power_proportions_2indep`, normal approximation).

    Examples
    --------
    >>> round(100 * detectable_change(200, 141, 0.75))
    12
    """

    def lack(change: float) -> float:
        found = power_proportions_2indep(
            change, share, n1, ratio=n0 / n1, alpha=_LEVEL, return_results=False
        )
        return float(found) - power

    largest = 1 - share - 1e-6
    if largest <= 0 or lack(largest) < 0:
        return None
    return float(brentq(lack, 1e-6, largest, xtol=1e-6))
