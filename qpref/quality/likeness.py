"""Compare the sample with the visitors, with and without weights, as measures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd

from qpref.quality.profile import OTHER
from qpref.reference import Question, Questionnaire
from qpref.statistics.design import Design, Estimate, mean, share_bounds
from qpref.statistics.measure import DIFFERENCE, SHARE, Measure
from qpref.statistics.representativeness import Composition
from qpref.statistics.sample import coverage_under_bias
from qpref.statistics.shares import reliability
from qpref.statistics.weighting import Weights

TRUTH, BIAS = 0.80, 0.05  # satisfied among all visitors; more among those who agree to answer
_LARGE_GAP = 0.05


@dataclass(frozen=True)
class Stratum:
    """
    A part of the visitors: its `share` of the answers and of the `flow`, and the `gap`.

    `residual`: how many times the gap is what chance usually gives.
    """

    code: str
    share: Measure
    flow: Measure
    gap: Measure
    residual: float


def stratum(questionnaire: Questionnaire, name: str, code: object) -> str:
    """Return the wording of a stratum; small groups are compared as one."""
    if code == OTHER:
        return "Groupes réunis"
    return questionnaire.label(questionnaire.by_variable[name].id, str(code))


def strata(name: str, found: Composition, questionnaire: Questionnaire) -> list[Stratum]:
    """Return the strata of one variable, named."""
    label = questionnaire.by_variable[name].texte_court

    def measure(group: str, value: float, unit: str = SHARE) -> Measure:
        return Measure(key=name, label=label, group=group, n=found.n, value=value, unit=unit)

    kept = []
    for row in found.table.to_dict("records"):
        code = str(row["strate"])
        group = stratum(questionnaire, name, code)
        share, flow = measure(group, row["part"]), measure(group, row["part_flux"])
        gap = measure(group, row["ecart"], DIFFERENCE)
        kept.append(Stratum(code, share, flow, gap, row["residu"]))
    return kept


def largest(found: Sequence[Stratum]) -> Stratum:
    """Return the stratum whose share is farthest from the flow."""
    return max(found, key=lambda one: abs(one.gap.value) if one.gap.is_known else 0.0)


def gaps(found: Sequence[Stratum]) -> tuple[list[str], list[str]]:
    """Return the strata of 5 points or more too many, then too few, among the answers."""
    named = [one for one in found if one.code != OTHER]
    over = [one.share.group for one in named if one.gap.value >= _LARGE_GAP]
    return over, [one.share.group for one in named if one.gap.value <= -_LARGE_GAP]


def absent(found: Mapping[str, Composition], questionnaire: Questionnaire) -> list[str]:
    """Return who is too few in the sample, by the first variable that differs beyond chance."""
    for name, one in found.items():
        if one.likeness == "ecarts" and (few := gaps(strata(name, one, questionnaire))[1]):
            return few
    return []


def truth_held(sizes: Sequence[int]) -> list[Measure]:
    """Return, by number of answers, how often a biased survey's interval holds the truth."""
    return [Measure(n=n, value=coverage_under_bias(n, TRUTH, BIAS)) for n in sizes]


@dataclass(frozen=True)
class Weighted:
    """The share satisfied of one question, `plain` and `weighted`, and the design effect."""

    plain: Measure
    weighted: Measure
    deff: float


def balanced(
    design: Design, satisfied: pd.DataFrame, questions: Iterable[Question]
) -> list[Weighted]:
    """
    Return the shares of those questions that have answers enough, with and without weights.

    Parameters
    ----------
    design
        Of the answers weighted.
    satisfied
        1, 0 or missing: one row a visitor of the design, one column a question.
    questions
        Of opinion.
    """
    found = []
    for question in questions:
        values = satisfied[question.id]
        n = int(values.notna().sum())
        if reliability(n) != "normal":  # indicative even without weights
            continue
        estimate = estimated_share(design, values.to_numpy())
        low, high = share_bounds(estimate)
        plain = Measure(
            key=question.id, label=question.texte_court, n=n, value=float(values.mean())
        )
        estimated = Measure(
            key=question.id,
            label=question.texte_court,
            group="pondere",
            n=n,
            value=estimate.value,
            low=low,
            high=high,
            design="pondere",
        )
        found.append(Weighted(plain, estimated, estimate.deff))
    return found


def estimated_share(design: Design, values: npt.NDArray[np.float64]) -> Estimate:
    """Return the weighted share of ones among those whose value is known, half-days reckoned."""
    return _no_better_than_alone(mean(design, values, ~np.isnan(values)))


def _no_better_than_alone(estimate: Estimate) -> Estimate:
    """
    Return the estimate of a share with at least the variance of as many answers taken one by one.

    Neither weights nor half-days that differ little make answers worth more than they are: a
    design effect under 1, estimated on few half-days, is mostly chance.
    """
    p = estimate.value
    alone = sqrt(p * (1 - p) / estimate.n)
    return estimate if estimate.se >= alone else replace(estimate, se=alone, deff=1.0)


def moved(found: Sequence[Weighted]) -> Measure:
    """Return the most that weights move a share, a difference without sign."""
    most = max((abs(one.weighted.value - one.plain.value) for one in found), default=0.0)
    return Measure(value=most, unit=DIFFERENCE, digits=1)


def weight_range(weights: Weights) -> tuple[float, float]:
    """Return the smallest and the largest weight, the average being 1."""
    shown = weights.by_answer / weights.by_answer.mean()
    return shown.min(), shown.max()


def tells_of_few(weights: Weights, threshold: int) -> bool:
    """
    Return whether some level of a margin, crossed with those of the others, has too few answers.

    Parameters
    ----------
    weights
        Of `statistics.weighting.rake`.
    threshold
        Of `disclosure.protect`.

    Notes
    -----
    The extreme weights, the answers that all are worth and the design effects each depend on how
    many answers have both levels: with the passages, which others know, one table alone may give
    them.
    """
    sizes = pd.DataFrame(weights.calibration.indicators).value_counts()
    return bool(sizes.min() < threshold)
