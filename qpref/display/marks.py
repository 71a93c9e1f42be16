"""Sections on the marks out of ten: by criterion, for the site, and the national ones."""

import pandas as pd

from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table, bar, with_interval
from qpref.display.wording import interval, value
from qpref.palette import VERY_GOOD
from qpref.quality import mystery_measures as measures
from qpref.quality.evidence import settled
from qpref.quality.score import BEST, WORST, Score
from qpref.reference import Indicator, MysteryGrid, Standard
from qpref.statistics.measure import Measure
from qpref.wording.french import NBSP, enumeration, lower_first, number, plural, upper_first

_MARK = "note_mystere"  # the indicator of the whole mark
_SIDES = {
    "atteint": "L’intervalle est tout entier au-dessus de {}.",
    "non_atteint": "L’intervalle est tout entier au-dessous de {}.",
    "non_tranche": "On ne peut pas dire de quel côté de {}, se trouve la vraie note.",
}


def marks(table: pd.DataFrame, grid: MysteryGrid) -> Section:
    """Return the marks out of ten, described and never judged: no threshold is known."""
    found = measures.marks(table, grid)
    if not found:
        return Section("notes", "Aucune note sur 10")
    static = Table(
        caption="Notes sur 10 données par les évaluateurs",
        headings=["Critère", "Moyenne"],
        rows=[_mark_row(mark, grid) for mark in found],
    )
    sentences = [
        "Aucun seuil n’est connu pour ces notes dans le référentiel Qual-e-pref : "
        "elles sont décrites, pas jugées. Les bornes sont la plus basse et la plus haute note."
    ]
    low, high = (value(chosen(found, key=lambda mark: mark.value)) for chosen in (min, max))
    title = f"Notes moyennes de {low} à {high} sur {number(BEST)}"
    return Section("notes", title, sentences, [static], figures=figures("notes", found))


def _mark_row(mark: Measure, grid: MysteryGrid) -> Row:
    return Row(
        mark.label,
        [value(mark)],
        [bar(mark, VERY_GOOD, BEST)],
        f"{grid.channel(mark.group).libelle} : {plural(mark.n or 0, 'note')}, "
        f"{lowest_to_highest(mark)}",
    )


def lowest_to_highest(mark: Measure) -> str:
    """Return « de 5 à 9 », the lowest and the highest mark given."""
    return f"de {number(mark.low or 0)} à {number(mark.high or 0)}"


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
    if not found.is_known:
        return Section("note", "Trop peu de contacts pour une note d’ensemble")
    indicator = standard.indicator(_MARK)
    mark = measures.site_mark(found, indicator)
    shown, between = _out_of_ten(value(mark)), interval(mark)
    sentences = [
        f"Cette note réunit {plural(found.contacts, 'contact')} et "
        f"{plural(found.commitments, 'engagement')} : {number(BEST)} quand un critère est "
        f"respecté, {number(WORST)} quand il ne l’est pas ou ne l’est qu’en partie, la note "
        f"elle-même quand le critère est noté sur {number(BEST)}. Avec si peu de contacts, la "
        f"vraie note est sans doute {between}.",
    ]
    if indicator.cible is not None:
        sentences.append(_against(found, indicator.cible, indicator, standard))
    table = Table(
        "Note d’ensemble, indicative",
        ["Site", "Note"],
        [Row("Ce site", [shown], with_interval(mark, BEST), upper_first(between))],
    )
    title = f"Note d’ensemble indicative : {shown}, {between}"
    return Section("note", title, sentences, [table], figures=figures("note", [mark]))


def _out_of_ten(mark: str) -> str:
    return f"{mark}{NBSP}sur{NBSP}{number(BEST)}"


def _against(found: Score, target: float, indicator: Indicator, standard: Standard) -> str:
    """Return the side of the target on which the interval lies, and the source of the target."""
    side = _SIDES[settled(found.low, found.high, target)]
    words = f"{_out_of_ten(number(target))}, le seuil des enquêtes nationales"
    names = enumeration([standard.sources[name] for name in indicator.sources])
    state = "confirmé" if indicator.confirme else "à confirmer pour Qual-e-pref"
    note = f" {indicator.note}" if indicator.note else ""
    return f"{side.format(words)} Ce seuil est {state} (source : {names}).{note}"


def benchmarks(standard: Standard) -> Section:
    """Return the national figures, as context and never as a ranking."""
    if not standard.reperes:
        return Section("reperes", "Aucun repère national n’est connu")
    found = [measures.national(fact) for fact in standard.reperes]
    rows = [
        Row(
            f"{fact.annee}, {lower_first(fact.libelle)}",
            [f"{value(measure)}{NBSP}{fact.unite}"],
            detail=enumeration([standard.sources[name] for name in fact.sources]),
        )
        for fact, measure in zip(standard.reperes, found, strict=True)
    ]
    sentences = [
        "Ces chiffres nationaux, d’enquêtes mystères menées sur des centaines de sites, disent "
        "seulement ce qui se mesurait ailleurs, une autre année. Les contacts de ce rapport sont "
        "trop peu nombreux, et la méthode trop différente, pour situer le site par rapport à eux.",
    ]
    target = standard.indicator(_MARK).cible
    if target is not None:
        sentences.append(
            f"Le seuil de {number(target)} sur {number(BEST)} employé par ces enquêtes n’a pas été "
            "retrouvé dans le référentiel Qual-e-pref : à confirmer."
        )
    table = Table("Repères nationaux (label Marianne)", ["Mesure", "Résultat"], rows)
    title = "Repères nationaux, pour mémoire"
    return Section("reperes", title, sentences, [table], figures=figures("reperes", found))
