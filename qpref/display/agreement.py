"""Section on how far two shoppers agree about the same contacts."""

from math import isnan

import pandas as pd

from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table, side_by_side
from qpref.display.wording import MYSTERY_SURVEY, chart_note, count, times, value
from qpref.palette import GOOD
from qpref.quality.beside import of_kappas
from qpref.reference import MysteryGrid
from qpref.statistics.agreement import FEWEST_CONTACTS, RaterAgreement, double_judgement
from qpref.statistics.measure import Measure
from qpref.statistics.ordered_agreement import OrderedAgreement, ordered_agreement
from qpref.wording.french import enumeration, number, percent_range, plural


def agreements(table: pd.DataFrame, grid: MysteryGrid) -> Section:
    """
    Return how often two shoppers gave the same judgement, criterion by criterion.

    Parameters
    ----------
    table
        Of `statistics.agreement.judged_twice`.
    grid
        Wording.
    """
    if table.empty:
        return Section(
            "accord",
            "Aucun contact n’a été jugé par deux évaluateurs",
            ["L’accord entre évaluateurs n’est donc pas connu."],
        )
    found = double_judgement(table)
    label = {criterion.id: criterion.libelle for criterion in grid.criteres}
    measures = [own.measure(name, label[name]) for name, own in found.by_criterion.items()]
    told = times(found.whole.same, found.whole.n)
    order = _in_order(table, grid)
    judged = plural(found.contacts, "contact a été jugé", "contacts ont été jugés")
    sentences = [
        f"{judged} par deux évaluateurs : leurs jugements sont les mêmes {told}. Seul le premier "
        "compte dans les résultats.",
        _kappa_sentence(found.whole, found.contacts),
        *_order_sentence(order, table, grid, found.contacts),
    ]
    static = Table(
        "Jugements identiques de deux évaluateurs, par critère",
        ["Critère", "Accord"],
        [_row(measure) for measure in measures],
        note=chart_note(
            f"{count(measures[0])} pour « {measures[0].label} »",
            "contacts jugés deux fois",
            MYSTERY_SURVEY,
        ),
    )
    title = f"Deux évaluateurs d’accord {told}"
    whole = found.whole.measure("accord", "Tous les critères")
    return Section(
        "accord",
        title,
        sentences,
        [static],
        figures=figures("accord", [whole, *of_kappas(found.whole, order), *measures]),
    )


def _kappa_sentence(found: RaterAgreement, contacts: int) -> str:
    if isnan(found.kappa):
        return "Tous les jugements sont les mêmes : l’accord au-delà du hasard ne se calcule pas."
    return (
        f"Accord au-delà du hasard : kappa {number(found.kappa, 2)} "
        f"({_kappa_bounds(found, contacts)}), "
        f"AC1 {number(found.ac1, 2)} ; 1 est l’accord parfait, 0 celui du hasard. Un jugement "
        "rare fait baisser le kappa, pas l’AC1."
    )


def _kappa_bounds(found: RaterAgreement, contacts: int) -> str:
    """Return the interval of kappa, or why there is none."""
    if isnan(found.kappa_low):
        return "sans intervalle : aucun désaccord" if found.raw == 1 else "sans intervalle"
    if contacts < FEWEST_CONTACTS:
        return f"sans intervalle : moins de {FEWEST_CONTACTS} contacts jugés deux fois"
    return f"entre {number(found.kappa_low, 2)} et {number(found.kappa_high, 2)}"


def _in_order(table: pd.DataFrame, grid: MysteryGrid) -> OrderedAgreement | None:
    """Return how judges agree when judgements have an order; None when it has no middle."""
    if sum(_is_used(table, one.code) for one in grid.judgements) < 3:  # noqa: PLR2004 - see kappa
        return None
    order = [judgement.code for judgement in grid.judgements]
    return ordered_agreement(table["premier"].tolist(), table["second"].tolist(), order)


def _order_sentence(
    found: OrderedAgreement | None, table: pd.DataFrame, grid: MysteryGrid, contacts: int
) -> list[str]:
    """Say how far judges agree when a judgement next to another is nearly the same."""
    used = [m.libelle.lower() for m in grid.judgements if _is_used(table, m.code)]
    if found is None:
        return []
    between = (
        f"entre {number(found.low, 2)} et {number(found.high, 2)}"
        if found.has_interval and contacts >= FEWEST_CONTACTS
        else "sans intervalle : trop peu de jugements"
    )
    return [
        f"Les jugements ont un ordre ({enumeration([f'« {one} »' for one in used])}) : si deux "
        "jugements comptent d’autant plus qu’ils sont proches, le kappa vaut "
        f"{number(found.kappa, 2)} ({between})."
    ]


def _is_used(table: pd.DataFrame, code: str) -> bool:
    return bool((table[["premier", "second"]] == code).to_numpy().any())


def _row(measure: Measure) -> Row:
    detail = ""
    if measure.is_rated:
        between = percent_range(measure.low or 0.0, measure.high or 0.0)
        detail = f"{value(measure)} ({between})"
    # The count is written, so the length may be its exact part.
    return Row(measure.label, [count(measure)], side_by_side([(measure.value, GOOD)]), detail)
