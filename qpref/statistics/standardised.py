"""Combine independent shares, and standardise two groups to one public."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from qpref.lazy import lazy
from qpref.statistics.clusters import ALIKE, Sample, correlation
from qpref.statistics.comparison import EQUAL_PUBLIC, NOTHING, Side, lines
from qpref.statistics.contingency import mantel_haenszel
from qpref.statistics.gathered import USUAL, cr2
from qpref.statistics.shares import NO_PERCENTAGE_BELOW

proportion = lazy("statsmodels.stats.proportion")

Array = npt.NDArray[np.float64]
_OF_STRATUM, _COVERED = 5, 0.8


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
        `question`, `n`, `n_reference`, `part` and `part_reference` standardised, `ecart`, `bas`,
        `haut`, `p`, and `couverture`: part of the answers in strata that both groups have.

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
    if min(found["n"], found["n_reference"]) < NO_PERCENTAGE_BELOW:
        return withheld(found)
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


def withheld(found: dict[str, Any]) -> dict[str, Any]:
    """Return the same difference of which nothing is told."""
    return found | dict.fromkeys(("part", "part_reference", "ecart", "bas", "haut", "p"), np.nan)


def at_equal_public(
    sides: tuple[Sample, Sample],
    strata: tuple[pd.Series, pd.Series],
    question: str,
    flow: pd.Series | None = None,
) -> tuple[pd.DataFrame, float]:
    """
    Return the change of one question had both campaigns heard the same public.

    Parameters
    ----------
    sides
        This campaign and the one before: one question, one column.
    strata
        The counter (or reason of visit) of each visitor, in the order of the samples.
    question
        Its name.
    flow
        Visitors by stratum, of both campaigns together, where they were counted: the public that
        both campaigns are given. Else it is that of those who answered, both campaigns together.

    Returns
    -------
    tuple
        One line of `LINES` (none where strata in common hold less than four in five of that
        public), and the part of it in these strata.

    Notes
    -----
    Direct standardisation, over the strata that have 5 answers in each campaign. Residuals are
    from the share of the stratum; effective answers are Kish's at most.
    """
    counts = [s[side.asked[:, 0]].value_counts() for s, side in zip(strata, sides, strict=True)]
    both = counts[0].add(counts[1], fill_value=0) if flow is None else flow
    common = [name for name in both.index if all(c.get(name, 0) >= _OF_STRATUM for c in counts)]
    covered = float(both[common].sum() / max(both.sum(), 1))
    if covered < _COVERED or len(common) <= 1:
        return NOTHING, covered
    shares = both[common] / both[common].sum()
    alike = correlation(sides)
    found = lines(
        {"question": [question], "groupe": EQUAL_PUBLIC},
        *(
            _standardised(side, own.where(own.isin(common)), shares, alike)
            for side, own in zip(sides, strata, strict=True)
        ),
    )
    return found, covered


def _standardised(side: Sample, strata: pd.Series, shares: pd.Series, alike: float) -> Side:
    """Return the share that one side would have with the strata in the shares given."""
    happy = side.satisfied[:, 0]
    labels = strata.where(side.asked[:, 0]).to_numpy(dtype=object)
    weights, centred = np.zeros(len(happy)), np.zeros(len(happy))
    for name, share in shares.items():
        own = labels == name
        weights[own] = share / own.sum()
        centred[own] = happy[own] - happy[own].mean()
    part = float(weights @ np.nan_to_num(happy))
    parts = side.summed(weights[:, None])
    own_variance, degrees = cr2(side.summed((weights * centred)[:, None]), parts)
    squares = float(weights @ weights)
    usual = part * (1 - part) * squares
    size = USUAL if side.half_days is None else float((parts**2).sum()) / squares
    if side.is_estimable[0]:
        variance = (float(own_variance[0]) + usual * (1 + (size - 1) * alike)) / 2
        freedom = 2 * float(degrees[0])
    else:
        variance, freedom = usual * (1 + (size - 1) * max(alike, ALIKE)), np.inf
    variance = max(variance, usual)
    effective = part * (1 - part) / variance if usual > 0 else 1 / squares
    values = ((weights > 0).sum(), part, effective, variance, freedom)
    return Side(*(np.array([x], dtype=float) for x in values))
