"""Section on the agreement of two shoppers who judged the same contacts."""

from math import isnan

import pandas as pd

from qpref.display.section import GOOD, Bar, Row, Section, Table, figure_rows
from qpref.display.wording import count_of
from qpref.reference import MysteryGrid
from qpref.statistics.agreement import RaterAgreement, agreement
from qpref.wording.french import number, percent, percent_range, plural

_FEW = 10


def agreements(table: pd.DataFrame, grid: MysteryGrid) -> Section:
    """
    Return how often two shoppers judged alike, criterion by criterion.

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
    n = table["contact_id"].nunique()
    label = {criterion.id: criterion.libelle for criterion in grid.criteres}
    whole = agreement(table["premier"], table["second"])
    found = {
        str(name): agreement(rows["premier"], rows["second"])
        for name, rows in table.groupby("critere", sort=False)
    }
    same = round(whole.raw * whole.n)
    sentences = [
        f"{plural(n, 'contact a été jugé', 'contacts ont été jugés')} par deux évaluateurs : leurs "
        f"jugements sont les mêmes {number(same)} fois sur {number(whole.n)}. Seul le premier "
        "compte dans les résultats.",
        _kappa_sentence(whole),
    ]
    static = Table(
        "Jugements identiques de deux évaluateurs, par critère",
        ["Critère", "Accord"],
        [_row(label[name], value) for name, value in found.items()],
    )
    figures = figure_rows(
        "accord",
        "part",
        [
            {
                "indicateur": name,
                "libelle": label[name],
                "n": value.n,
                "effectif": round(value.raw * value.n),
                "valeur": value.raw,
                "bas": value.raw_low,
                "haut": value.raw_high,
            }
            for name, value in found.items()
        ],
    )
    title = f"Deux évaluateurs d’accord {number(same)} fois sur {number(whole.n)}"
    return Section("accord", title, sentences, [static], figures=figures)


def _kappa_sentence(found: RaterAgreement) -> str:
    if isnan(found.kappa):
        return "Tous les jugements sont les mêmes : l’accord au-delà du hasard ne se calcule pas."
    return (
        f"Accord au-delà du hasard : kappa {number(found.kappa, 2)} "
        f"(entre {number(found.kappa_low, 2)} et {number(found.kappa_high, 2)}), "
        f"AC1 {number(found.ac1, 2)} ; 1 est l’accord parfait, 0 celui du hasard. Un jugement "
        "rare fait baisser le kappa, pas l’AC1."
    )


def _row(label: str, found: RaterAgreement) -> Row:
    same = round(found.raw * found.n)
    detail = ""
    if found.n >= _FEW:
        interval = percent_range(found.raw_low, found.raw_high)
        detail = f"{percent(found.raw)} ({interval})"
    return Row(label, [count_of(same, found.n)], [Bar(0, found.raw, GOOD)], detail)
