"""Test differences: two campaigns, a site and the others, a category and the others.

A comparison is a line: two shares, the answers that each is worth once half-days are reckoned
with, and no interval yet. The lines of a campaign and site are judged together, once
(`verdicts.judge`): then only does each have its interval, and its verdict is what it says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from qpref.statistics.clusters import ALIKE, Sample, correlation, effects, mean_variance
from qpref.statistics.gathered import USUAL, Gathered

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# A comparison: two shares, effective answers, degrees of freedom, standard error (of means only).
LINES = (
    "question",
    "groupe",
    "n",
    "part",
    "n_reference",
    "part_reference",
    "ecart",
    "taille",
    "taille_reference",
    "degres",
    "erreur",
)
NOTHING = pd.DataFrame(columns=[*LINES])  # no comparison
MEAN, EQUAL_PUBLIC = "moyenne", "public_egal"  # families of one line
CHANGE = "evolution"  # the family of the questions, main one included
SMALLEST_BASE = 10
LEAST_DEGREES = 3.0


@dataclass(frozen=True, eq=False)
class Side:
    """
    One side of some comparisons, one value a line.

    Parameters
    ----------
    n, part
        Answers, and share satisfied.
    size
        Effective answers; missing for a mean of shares.
    variance, degrees
        Of the share, and degrees of freedom of that variance, infinite when it is assumed.
    """

    n: Array
    part: Array
    size: Array
    variance: Array
    degrees: Array


def lines(names: Mapping[str, Any], now: Side, reference: Side) -> pd.DataFrame:
    """
    Return `LINES`; with under 10 answers on either side, nothing is compared.

    Parameters
    ----------
    names
        `question` and `groupe`.
    now, reference
        Both sides. Degrees of freedom of the difference: Welch, Biometrika 1947.
    """
    enough = np.minimum(now.n, reference.n) >= SMALLEST_BASE
    v1, v0, f1, f0 = now.variance, reference.variance, now.degrees, reference.degrees
    with np.errstate(invalid="ignore", divide="ignore"):
        degrees = (v1 + v0) ** 2 / (v1**2 / f1 + v0**2 / f0)
    degrees = np.where(np.isnan(degrees), np.minimum(f1, f0), degrees)
    columns = {
        **names,
        "n": now.n.astype(int),
        "part": now.part,
        "n_reference": reference.n.astype(int),
        "part_reference": reference.part,
        "ecart": np.where(enough, now.part - reference.part, np.nan),
        "taille": now.size,
        "taille_reference": reference.size,
        "degres": np.maximum(degrees, LEAST_DEGREES),
        "erreur": np.where(np.isnan(now.size) & enough, np.sqrt(v1 + v0), np.nan),
    }
    return pd.DataFrame(columns)  # in the order of `LINES`


def compare(
    now: Gathered, reference: Gathered, questions: Sequence[str], group: str = ""
) -> pd.DataFrame:
    """
    Return the difference of each question between two independent samples, as `LINES`.

    Parameters
    ----------
    now, reference
        This campaign and the one before, or a site and the others: the same questions.
    questions
        Their names, in the order of the columns.
    group
        Name of what is compared, for tables that hold several.
    """
    alike = correlation([now, reference])
    return lines(
        {"question": [*questions], "groupe": group},
        _effective(now, alike),
        _effective(reference, alike),
    )


def _effective(sample: Gathered, alike: float) -> Side:
    effect, degrees = effects(sample, alike)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = effect * sample.part * (1 - sample.part) / sample.n
    # No answer at all is worth one: nothing is compared there, and nothing is divided by it.
    return Side(sample.n, sample.part, np.maximum(sample.n, 1) / effect, variance, degrees)


def mean_change(now: Sample, reference: Sample) -> pd.DataFrame:
    """
    Return the difference of the mean of the questions, as one line of `LINES`.

    Only questions with 10 answers on both sides are in the mean; with one question or none, or
    where no visitor differs from another, there is no line.
    """
    kept = (now.n >= SMALLEST_BASE) & (reference.n >= SMALLEST_BASE)
    if kept.sum() <= 1:
        return NOTHING
    sides = []
    for side in (now, reference):
        people, part = side.asked[:, kept].any(1).sum(), side.part[kept].mean()
        values = (people, part, np.nan, *mean_variance(side, kept))
        sides.append(Side(*(np.array([x], dtype=float) for x in values)))
    if not sides[0].variance + sides[1].variance > 0:
        return NOTHING
    return lines({"question": [MEAN], "groupe": ""}, *sides)


def against_others(
    sample: Sample, groups: pd.Series, question: str, alike: float = 0.0
) -> pd.DataFrame:
    """
    Return each group of visitors against all the others together, on one question, as `LINES`.

    Parameters
    ----------
    sample
        One question: one column.
    groups
        The group of each visitor, in the order of the sample; a visitor without group is out.
    question
        Its name.
    alike
        Of `clusters.correlation`, of all questions of the survey.

    Notes
    -----
    Of two groups only the first is there: the second is the same comparison. A group is never
    compared with a total that contains it. Both sides may share half-days, which differ less
    within than between them: the design effect is that of the difference, 1 at least.
    """
    labels = groups.to_numpy(dtype=object)
    known = sample.asked[:, 0] & groups.notna().to_numpy()
    names = sorted(set(labels[known]))
    if len(names) < 2:  # noqa: PLR2004 - nobody to compare with
        return NOTHING
    kept = names[:1] if len(names) == 2 else names  # noqa: PLR2004
    pairs = [_pair(sample, known & (labels == name), known & (labels != name), alike)
             for name in kept]  # fmt: skip
    own, others = (Side(*np.array(side, dtype=float).T) for side in zip(*pairs, strict=True))
    return lines({"question": question, "groupe": [str(name) for name in kept]}, own, others)


def _pair(
    sample: Sample, own: Flags, others: Flags, alike: float
) -> list[tuple[float, float, float, float, float]]:
    """Return the values of `Side` of visitors and of the others, some in the same half-days."""
    sides = [
        Sample(np.where(side[:, None], sample.satisfied, np.nan), sample.half_days)
        for side in (own, others)
    ]
    effect, degrees = max(_paired_effect(sides, alike), 1.0), [np.inf, np.inf]
    if all(side.is_estimable[0] for side in sides):
        degrees = [2 * float(side.own_variance[1][0]) for side in sides]
    return [
        (n, p, n / effect, p * (1 - p) / n, f)
        for n, p, f in (
            (float(s.n[0]), float(s.part[0]), f) for s, f in zip(sides, degrees, strict=True)
        )
    ]


def _paired_effect(sides: Sequence[Sample], alike: float) -> float:
    """Return the design effect of the difference of two groups of one sample."""
    if sides[0].half_days is None:
        return 1 + (USUAL - 1) * ALIKE
    n, part = (np.array([getattr(s, name)[0] for s in sides]) for name in ("n", "part"))
    spread = part * (1 - part)
    alone = float((spread / n).sum())
    if alone == 0:
        return 1.0
    weights = [side.sizes[:, 0] / side.n[0] for side in sides]
    is_own = all(side.is_estimable[0] for side in sides)
    shared = alike if is_own else max(alike, ALIKE)
    gap = np.sqrt(spread[0]) * weights[0] - np.sqrt(spread[1]) * weights[1]
    common = 1 - shared + shared * float(gap @ gap) / alone
    if not is_own:
        return common
    first, second = (
        side.summed(side.residuals)[:, 0] / np.sqrt(1 - weight)
        for side, weight in zip(sides, weights, strict=True)
    )
    return (float(((first - second) ** 2).sum()) / alone + common) / 2
