"""Sections on marks: by criterion, for the site, and the national ones."""

from collections.abc import Mapping

import pandas as pd

from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table, bar, with_interval
from qpref.display.standard import confirmed, standard_name
from qpref.display.wording import MYSTERY_SURVEY, chart_note, extent, interval, read_aloud, value
from qpref.palette import VERY_GOOD
from qpref.quality import mystery_measures as measures
from qpref.quality.evidence import settled
from qpref.quality.score import BEST, WORST, Score
from qpref.reference import Indicator, MysteryGrid, Standard
from qpref.statistics.measure import Measure
from qpref.wording.french import NBSP, enumeration, lower_first, number, plural, upper_first

_SIDES = {
    "atteint": "L’intervalle est tout entier au-dessus de {}.",
    "non_atteint": "L’intervalle est tout entier au-dessous de {}.",
    "non_tranche": "On ne peut pas dire de quel côté de {}, se trouve la vraie note.",
}


def marks(table: pd.DataFrame, grid: MysteryGrid, standard: Standard) -> Section:
    """Return the marks, described and never judged: no threshold is known."""
    found = measures.marks(table, grid)
    every = [mark for own in found.values() for mark in own]
    if not every:
        return Section("notes", "Aucune note : la grille n’a pas de critère noté")
    ranked = {
        highest: sorted(own, key=lambda mark: -mark.value if mark.n else 0)
        for highest, own in found.items()
    }
    tables = [
        Table(
            caption=f"Notes sur {highest} données par les évaluateurs",
            headings=["Critère", "Moyenne"],
            rows=[_mark_row(mark, highest, grid) for mark in own],
            note=read_aloud(
                [mark for mark in own if mark.n],
                "contacts notés",
                MYSTERY_SURVEY,
                f"{{value}} sur {highest} en moyenne pour « {{label}} »",
            ),
        )
        for highest, own in ranked.items()
    ]
    sentences = [
        f"Le {standard_name(standard)} ne leur donne pas de seuil : elles sont décrites, pas "
        "jugées."
    ]
    if len(found) > 1:
        out_of = enumeration([f"sur {highest}" for highest in found])
        sentences.append(f"Les notes {out_of} ne sont pas mêlées : à chacune son tableau.")
    return Section("notes", _marks_title(found), sentences, tables, figures=figures("notes", every))


def _marks_title(found: Mapping[int, list[Measure]]) -> str:
    """Return « Notes moyennes de 6,5 à 8 sur 10, de 12 à 14 sur 20 »."""
    parts = []
    for highest, own in found.items():
        given = [mark for mark in own if mark.n]
        if given:
            low, high = (value(chosen(given, key=lambda mark: mark.value)) for chosen in (min, max))
            parts.append(f"de {low if low == high else f'{low} à {high}'} sur {highest}")
    return f"Notes moyennes {', '.join(parts)}" if parts else "Aucune note donnée"


def _mark_row(mark: Measure, highest: int, grid: MysteryGrid) -> Row:
    channel = grid.channel(mark.group).libelle
    if not mark.n:
        return Row(mark.label, ["jamais noté"], detail=channel)
    told = f"{plural(mark.n, 'note')}, {extent(mark)}"
    return Row(mark.label, [value(mark)], [bar(mark, VERY_GOOD, highest)], channel, told=told)


def score(found: Score, grid: MysteryGrid, standard: Standard) -> Section:
    """
    Return the site's mark out of ten beside the one that the national panels required.

    Parameters
    ----------
    found
        Of `quality.score.site_score`.
    grid
        Says which marks were brought to ten, and whether all criteria have a commitment.
    standard
        Holds the mark required, its source and whether it is confirmed.
    """
    if found.contacts < 2:  # noqa: PLR2004 - one contact has no spread
        return Section("note", "Trop peu de contacts pour une note d’ensemble")
    if not found.is_known:
        return _same_mark(found, standard)
    indicator = standard.site_mark
    mark = measures.site_mark(found, indicator)
    shown, between = _out_of_ten(value(mark)), interval(mark)
    sentences = [
        f"{plural(found.contacts, 'contact')}, {_commitments(found, grid)} : {number(BEST)} quand "
        f"un critère est respecté, {number(WORST)} sinon, ou en partie seulement"
        f"{_own_marks(grid)}.",
    ]
    if indicator and indicator.cible is not None:
        sentences.append(_against(found, indicator.cible, indicator, standard))
    table = Table(
        "Note d’ensemble, indicative",
        ["Site", "Note"],
        [Row("Ce site", [shown], with_interval(mark, BEST), upper_first(between))],
        note=chart_note(
            f"{shown} ; en barre fine, l’intervalle", "contacts retenus", MYSTERY_SURVEY
        ),
    )
    title = f"Note d’ensemble indicative : {shown}, {between}"
    return Section("note", title, sentences, [table], figures=figures("note", [mark]))


def _same_mark(found: Score, standard: Standard) -> Section:
    """Return the mark of contacts that all say the same: nothing tells how far the true one is."""
    mark = measures.site_mark(found, standard.site_mark)
    why = (
        f"Les {number(found.contacts)} contacts donnent tous la même note : rien ne permet de dire "
        "de combien la vraie note peut s’en écarter, et aucun intervalle n’est donné."
    )
    title = f"Note d’ensemble indicative : {_out_of_ten(value(mark))}, sans intervalle"
    return Section("note", title, [why], figures=figures("note", [mark]))


def _commitments(found: Score, grid: MysteryGrid) -> str:
    """Return how many commitments count alike; a criterion of none is one by itself."""
    if all(criterion.engagement for criterion in grid.criteres):
        return plural(found.commitments, "engagement")
    return plural(found.commitments, "engagement ou critère", "engagements ou critères")


def _own_marks(grid: MysteryGrid) -> str:
    """Return what a mark counts for: itself out of ten, its part of ten otherwise."""
    highest = sorted({c.highest for c in grid.criteres if c.highest})
    others = enumeration([number(own) for own in highest if own != BEST], "ou")
    if others:
        return f", la note, ramenée à {number(BEST)}, quand le critère est noté sur {others}"
    return f", la note elle-même quand le critère est noté sur {number(BEST)}" if highest else ""


def _out_of_ten(mark: str) -> str:
    return f"{mark}{NBSP}sur{NBSP}{number(BEST)}"


def _against(found: Score, target: float, indicator: Indicator, standard: Standard) -> str:
    """Return the side of the target on which the interval lies, and the source of the target."""
    side = _SIDES[settled(found.low, found.high, target)]
    words = f"{_out_of_ten(number(target))}, le seuil des enquêtes nationales"
    names = enumeration([standard.sources[name] for name in indicator.sources])
    state = confirmed(indicator, standard)
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
    indicator, whole = standard.site_mark, standard_name(standard)
    if indicator and indicator.cible is not None:
        said = (
            f"est aussi celui du {whole}"
            if indicator.confirme
            else f"n’a pas été retrouvé dans le {whole} : à confirmer"
        )
        target = f"{number(indicator.cible)} sur {number(BEST)}"
        sentences.append(f"Le seuil de {target} employé par ces enquêtes {said}.")
    origin = standard.label.reperes if standard.label else None
    caption = f"Repères nationaux ({origin})" if origin else "Repères nationaux"
    table = Table(caption, ["Mesure", "Résultat"], rows)
    title = "Repères nationaux, pour mémoire"
    return Section("reperes", title, sentences, [table], figures=figures("reperes", found))
