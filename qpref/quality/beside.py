"""Numbers that a page says beside its measures, as measures: the figures file holds them too."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import isnan, nan
from typing import Any

import pandas as pd

from qpref.quality.likeness import Stratum, Weighted, weight_range
from qpref.quality.mystery_measures import Compliance
from qpref.statistics.agreement import RaterAgreement
from qpref.statistics.differences import Difference, difference, left_out, smallest_move
from qpref.statistics.measure import Measure
from qpref.statistics.ordered_agreement import OrderedAgreement
from qpref.statistics.ordinal import OddsCheck, OrderedFit
from qpref.statistics.representativeness import FEWEST_CLUSTERS, Clustering
from qpref.statistics.superiority import Superiority
from qpref.statistics.weighting import Weights
from qpref.wording.french import decimals_of_two


def plain_number(key: str, value: float, unit: str, label: str = "", group: str = "") -> Measure:
    """Return a whole number: of weeks, of visitors counted, of lines read, of answers wanted."""
    return Measure(key=key, label=label, group=group, value=value, unit=unit)


def in_two_digits(key: str, value: float, unit: str, label: str = "", group: str = "") -> Measure:
    """
    Return a number as `two_digits` writes it: a weight, a ratio, a statistic, a p-value.

    Examples
    --------
    >>> told = in_two_digits("p", 0.03127, "valeur p")
    >>> told.value, told.digits
    (0.031, 3)
    """
    place = decimals_of_two(value)
    rounded, digits = round(value, place), max(place, 0)
    return Measure(key=key, label=label, group=group, value=rounded, unit=unit, digits=digits)


def sides(found: Iterable[Difference], now: str, before: str) -> list[Measure]:
    """
    Return the two shares of each difference that is compared.

    Parameters
    ----------
    found
        Differences judged.
    now, before
        Of whom the shares are: groups of the figures file.
    """
    return [
        replace(share, group=group, label=f"{share.label}, {group}")
        for one in found
        if one.change.is_compared
        for share, group in ((one.now, now), (one.before, before))
    ]


def of_tests(found: Iterable[Difference], family: str) -> list[Measure]:
    """Return each difference of a family, its p-value and what this must not be over."""
    lines = []
    for one in found:
        change = one.change
        lines.append(replace(change, group=family, n=None))
        lines += [
            in_two_digits(change.key, value, "valeur p", change.label, f"{family}, {word}")
            for word, value in (("p", one.p), ("seuil", one.level))
            if value and not isnan(value)
        ]
    return lines


def of_refusals(rate: Mapping[str, float] | None) -> list[Measure]:
    """Return what the sentence on those who refused says, when it says a number."""
    if rate is None or isnan(rate["taux_reponse"]):
        return []
    return [
        plain_number("abordes", int(rate["abordes"]), "usagers"),
        plain_number("refus", int(rate["refus"]), "usagers"),
        Measure(key="taux_reponse", value=rate["taux_reponse"]),
    ]


def both_parts(found: Stratum) -> list[Measure]:
    """Return the part of a group in the answers and in the flow, apart from what counts people."""
    label = f"{found.share.label}, {found.share.group}"
    return [
        Measure(key="part_des_reponses", label=label, value=found.share.value),
        Measure(key="part_des_passages", label=label, value=found.flow.value),
    ]


def of_flow(found: Sequence[Stratum]) -> list[Measure]:
    """Return the flow of each group, the gap and how many times what chance gives it is."""
    lines = []
    for one in found:
        label = f"{one.share.label}, {one.share.group}"
        lines.append(Measure(key="part_des_passages", label=label, value=one.flow.value))
        if one.gap.is_known:
            gap = replace(one.gap, key="ecart_aux_passages", label=label, group="", n=None)
            lines.append(gap)
        if not isnan(one.residual):
            lines.append(in_two_digits("ecart_reduit", one.residual, "écarts-types", label))
    return lines


def of_weights(
    found: tuple[Weights, list[Weighted], list[str]], clustering: Clustering, *, is_told: bool
) -> list[Measure]:
    """Return the numbers of the weights and of the half-days that the sentences tell."""
    weights, shares, _ = found
    lines = of_half_days(clustering)
    if not is_told:
        return lines
    low, high = weight_range(weights)
    lines += [
        in_two_digits("poids", low, "fois la moyenne", group="plus bas"),
        in_two_digits("poids", high, "fois la moyenne", group="plus haut"),
        in_two_digits("reponses_valent", weights.n_effective, "réponses"),
        plain_number("reponses_ponderees", len(weights.by_answer), "réponses"),
    ]
    effects = [one for one in shares if not isnan(one.deff)]
    for one in effects:
        effect = in_two_digits("effet_de_plan", one.deff, "fois", one.plain.label)
        lines.append(replace(effect, group=one.plain.key))
    return lines


def of_half_days(found: Clustering) -> list[Measure]:
    """Return the numbers of the half-days that the sentence tells."""
    lines = [plain_number("demi_journees", found.clusters, "demi-journées")]
    if found.clusters < FEWEST_CLUSTERS or isnan(found.deff):
        return lines
    effect = in_two_digits("effet_de_plan", found.deff, "fois")
    return [*lines, effect, in_two_digits("independantes", found.n_effective, "réponses")]


def of_same_reason(same_reason: dict[str, Any]) -> list[Measure]:
    """Return what the sentence on equal reasons says, when it says a number."""
    found, outside = difference(same_reason, key="motif_egal"), left_out(same_reason)
    if not found.change.is_known:
        return []
    left = [replace(outside, key="motif_egal", group="laissés de côté")]
    both = [replace(found.now, group="ici"), replace(found.before, group="ailleurs")]
    return [found.change, *both, *(left if outside.value > 0 else [])]


def of_smallest_move(main: Difference | None) -> list[Measure]:
    """Return the smallest move of the main question likely to be seen, when a sentence tells it."""
    if main is None or not main.change.is_compared:
        return []
    move = smallest_move(main)
    told = replace(move, value=round(move.value, 2), group="plus_petit_ecart_visible")
    return [told] if move.is_known else []


def of_answers(found: Iterable[tuple[str, int, Difference | None]]) -> list[Measure]:
    """
    Return how many answered, in all and at each site, and what their main share was before.

    Parameters
    ----------
    found
        Name of each site, answers, and the change of the main question where it is known.
    """
    sites = [one for one in found if one[1]]
    lines = [plain_number("reponses", sum(answers for _, answers, _ in sites), "réponses")]
    for name, answers, move in sites:
        lines.append(plain_number("reponses", answers, "réponses", name))
        if move and move.before.is_rated:
            lines.append(replace(move.before, label=name, group="avant"))
    return lines


def befores(found: Iterable[Compliance]) -> list[Measure]:
    """Return what each criterion was the time before, where it was judged."""
    return [replace(one.before, group="avant") for one in found if one.before]


def of_criterion(own: Compliance, channel: str) -> list[Measure]:
    """Return the numbers of a row: contacts that met a criterion, partly, and the time before."""
    met = replace(own.met, group=channel)
    partly = plain_number(met.key, own.partly, "contacts", met.label, f"{channel}, en partie")
    before = [replace(own.before, group=f"{channel}, avant")] if own.before else []
    return [met, *([partly] if met.n else []), *before]


def of_kappas(found: RaterAgreement, order: OrderedAgreement | None) -> list[Measure]:
    """Return the agreement beyond chance, in each of the ways in which it is told."""
    told = {
        "kappa": (found.kappa, found.kappa_low, found.kappa_high),
        "ac1": (found.ac1, nan, nan),
    }
    if order:
        ends = (order.low, order.high) if order.has_interval else (nan, nan)
        told["kappa_ordre"] = (order.kappa, *ends)
    return [
        Measure(
            key=key,
            value=number_,
            low=None if isnan(low) else low,
            high=None if isnan(high) else high,
            unit="accord",
            digits=2,
        )
        for key, (number_, low, high) in told.items()
        if not isnan(number_)
    ]


def of_model(
    ranks: Superiority | None, fit: OrderedFit | None, check: OddsCheck | None
) -> list[Measure]:
    """Return the numbers with which a model at equal public is told, beside its shares."""
    lines = []
    if ranks:
        low, high = ranks.low, ranks.high
        lines.append(Measure(key="plus_favorable", value=ranks.value, low=low, high=high))
    if fit:
        lines.append(plain_number("retenues", fit.n, "réponses"))
        lines.append(plain_number("laissees_de_cote", fit.lost, "réponses"))
    if check:
        lines.append(in_two_digits("brant", check.p, "valeur p"))
    return lines


def explained(table: pd.DataFrame) -> Measure:
    """Return what part of overall satisfaction the questions of `drivers.priorities` explain."""
    return Measure(key="part_expliquee", value=float(table["r2"].iloc[0]))
