"""Sections on the marks out of ten: by criterion, for the site, and the national ones."""

from math import isnan

import pandas as pd

from qpref.display.section import Bar, Row, Section, Table, figure_rows, with_interval
from qpref.palette import VERY_GOOD
from qpref.quality.score import Score
from qpref.reference import MysteryGrid, Standard
from qpref.statistics.measure import Measure
from qpref.wording.french import NBSP, enumeration, lower_first, number, plural


def marks(table: pd.DataFrame, grid: MysteryGrid) -> Section:
    """Return the marks out of ten, described and never judged: no threshold is known."""
    criteria = {criterion.id: criterion.libelle for criterion in grid.criteres}
    rows = table.to_dict("records")
    if not rows:
        return Section("notes", "Aucune note sur 10")
    static = Table(
        caption="Notes sur 10 données par les évaluateurs",
        headings=["Critère", "Moyenne"],
        rows=[
            Row(
                criteria[row["critere"]],
                [number(row["moyenne"], 1)],
                [Bar(0, row["moyenne"] / 10, VERY_GOOD)],
                f"{grid.channel(row['canal']).libelle} : {plural(row['n'], 'note')}, "
                f"de {number(row['minimum'])} à {number(row['maximum'])}",
            )
            for row in rows
        ],
    )
    figures = figure_rows(
        "notes",
        "note sur 10",
        [
            {
                "indicateur": row["critere"],
                "libelle": criteria[row["critere"]],
                "groupe": row["canal"],
                "n": row["n"],
                "valeur": row["moyenne"],
                "bas": row["minimum"],
                "haut": row["maximum"],
            }
            for row in rows
        ],
    )
    sentences = [
        "Aucun seuil n’est connu pour ces notes dans le référentiel Qual-e-pref : "
        "elles sont décrites, pas jugées. Les bornes sont la plus basse et la plus haute note."
    ]
    low, high = table["moyenne"].min(), table["moyenne"].max()
    title = f"Notes moyennes de {number(low, 1)} à {number(high, 1)} sur 10"
    return Section("notes", title, sentences, [static], figures=figures)


def score(found: Score, standard: Standard) -> Section:
    """
    Return the site's mark out of ten beside the one that the national panels required.

    Parameters
    ----------
    found
        Of `quality.score.site_score`.
    standard
        Holds the mark required, its source and whether it is confirmed.
    """
    if not found.contacts or isnan(found.low):
        return Section("note", "Trop peu de contacts pour une note d’ensemble")
    indicator = standard.indicator("note_mystere")
    value = f"{number(found.value, 1)}{NBSP}sur{NBSP}10"
    interval = f"entre {number(found.low, 1)} et {number(found.high, 1)}"
    sentences = [
        f"Cette note réunit {plural(found.contacts, 'contact')} et "
        f"{plural(found.commitments, 'engagement')} : 10 quand un critère est respecté, 0 quand il "
        "ne l’est pas ou ne l’est qu’en partie, la note elle-même quand le critère est noté sur "
        "10. Avec "
        f"si peu de contacts, la vraie note est sans doute {interval}.",
    ]
    target = indicator.cible
    if target is not None:
        names = enumeration([standard.sources[name] for name in indicator.sources])
        state = "confirmé" if indicator.confirme else "à confirmer pour Qual-e-pref"
        note = f" {indicator.note}" if indicator.note else ""
        sentences.append(
            f"{_against(found, target)} Ce seuil est {state} (source : {names}).{note}"
        )
    bars = with_interval(Measure(value=found.value, low=found.low, high=found.high), full=10)
    table = Table(
        "Note d’ensemble, indicative",
        ["Site", "Note"],
        [Row("Ce site", [value], bars, interval[0].upper() + interval[1:])],
    )
    figures = figure_rows(
        "note",
        "note sur 10",
        [
            {
                "indicateur": indicator.id,
                "libelle": indicator.libelle,
                "n": found.contacts,
                "valeur": found.value,
                "bas": found.low,
                "haut": found.high,
            }
        ],
    )
    title = f"Note d’ensemble indicative : {value}, {interval}"
    return Section("note", title, sentences, [table], figures=figures)


def _against(found: Score, target: float) -> str:
    words = f"{number(target)}{NBSP}sur{NBSP}10, le seuil des enquêtes nationales"
    if found.low >= target:
        return f"L’intervalle est tout entier au-dessus de {words}."
    if found.high < target:
        return f"L’intervalle est tout entier au-dessous de {words}."
    return f"On ne peut pas dire de quel côté de {words}, se trouve la vraie note."


def benchmarks(standard: Standard) -> Section:
    """Return the national figures, as context and never as a ranking."""
    if not standard.reperes:
        return Section("reperes", "Aucun repère national n’est connu")
    rows = [
        Row(
            f"{fact.annee}, {lower_first(fact.libelle)}",
            [f"{number(fact.valeur, 0 if fact.unite == '%' else 1)}{NBSP}{fact.unite}"],
            detail=enumeration([standard.sources[name] for name in fact.sources]),
        )
        for fact in standard.reperes
    ]
    figures = figure_rows(
        "reperes",
        "national",
        [
            {
                "indicateur": str(f.annee),
                "libelle": f.libelle,
                "groupe": f.unite,
                "valeur": f.valeur,
            }
            for f in standard.reperes
        ],
    )
    sentences = [
        "Ces chiffres nationaux, d’enquêtes mystères menées sur des centaines de sites, disent "
        "seulement ce qui se mesurait ailleurs, une autre année. Les contacts de ce rapport sont "
        "trop peu nombreux, et la méthode trop différente, pour situer le site par rapport à eux.",
        "Le seuil de 7 sur 10 employé par ces enquêtes n’a pas été retrouvé dans le référentiel "
        "Qual-e-pref : à confirmer.",
    ]
    table = Table("Repères nationaux (label Marianne)", ["Mesure", "Résultat"], rows)
    return Section(
        "reperes", "Repères nationaux, pour mémoire", sentences, [table], figures=figures
    )
