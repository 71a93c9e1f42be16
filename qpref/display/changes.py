"""Sections on what differs beyond chance: since the previous campaign, from the other sites."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from qpref.display.charts import interval_chart
from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table, from_the_middle
from qpref.display.wording import VERDICTS, bare, interval, opinions, rate, value
from qpref.reference import Campaign, Questionnaire
from qpref.statistics.differences import Difference, difference, left_out, smallest_rises
from qpref.statistics.measure import Measure
from qpref.wording.french import enumeration, number, of, upper_first


def changes(
    table: pd.DataFrame,
    questionnaire: Questionnaire,
    before: Campaign | None,
    context: str | None,
    n_tests: int = 1,
) -> Section:
    """
    Return the questions that changed beyond chance, and all the differences.

    Parameters
    ----------
    table
        Of `statistics.comparison.compare`, judged; empty when there is nothing to compare.
    questionnaire
        Wording of the questions.
    before
        The previous campaign, if there was one.
    context
        What was particular about this campaign.
    n_tests
        Comparisons of the whole report.
    """
    if before is None:
        return Section(
            "evolution",
            "Première campagne : rien à comparer",
            ["Les évolutions apparaîtront à la prochaine campagne."],
        )
    if table.empty:
        return Section(
            "evolution",
            "Aucune comparaison avec la campagne précédente",
            [
                f"La campagne {before.libelle} n’a pas de réponse pour ce site, ou son "
                "questionnaire était différent : la courbe reprend à cette campagne."
            ],
        )
    found = by_question(table, questionnaire)
    main = questionnaire.main
    rises = smallest_rises(found, main, n_tests)
    rows = [
        _with_smallest(difference_row(one, "{avant} puis {part}"), rises.get(one.change.key))
        for one in found
    ]
    favourable = questionnaire.favourables(table["question"])
    caption = f"Évolution de la part {of(favourable)} depuis {before.libelle}"
    first = [one for one in found if one.change.key == main and main in rises]
    said = [_smallest_change(one, rises[main]) for one in first]
    sentences = [*([context] if context else []), *said, _CAUTION]
    section = Section("evolution", "", sentences, [Table(caption, ["Question", "Écart"], rows)])
    nothing = "aucune évolution établie depuis la campagne précédente"
    return _judged(section, found, nothing, favourable)


def other_sites(
    table: pd.DataFrame,
    questionnaire: Questionnaire,
    names: Sequence[str],
    same_reason: dict[str, Any] | None,
) -> Section:
    """
    Return where this site differs from the other sites of the committee, taken together.

    Parameters
    ----------
    table
        Of `statistics.comparison.against_others`, judged; empty when there is one site.
    questionnaire
        Wording of the questions.
    names
        The other sites.
    same_reason
        Of `statistics.comparison.standardised`, on the main question.
    """
    if table.empty or same_reason is None:
        return Section("autres-sites", "Un seul site a répondu : rien à comparer")
    found = by_question(table, questionnaire)
    caption = f"Écart entre ce site et les autres réunis ({enumeration(list(names))})"
    rows = [difference_row(one, "{part} ici, {avant} ailleurs") for one in found]
    sentences = [
        "Les sites ne reçoivent pas les mêmes publics : ces écarts ne les classent pas.",
        _same_reason_sentence(same_reason),
    ]
    section = Section("autres-sites", "", sentences, [Table(caption, ["Question", "Écart"], rows)])
    nothing = "aucune différence établie avec les autres sites"
    return _judged(section, found, nothing, questionnaire.favourables(table["question"]))


def by_question(table: pd.DataFrame, questionnaire: Questionnaire) -> list[Difference]:
    """Return judged comparisons of questions as measures, named as the questionnaire does."""
    return [
        difference(row, questionnaire.by_id[row["question"]].texte_court)
        for row in table.to_dict("records")
    ]


def _judged(
    section: Section, found: Sequence[Difference], nothing: str, favourable: str
) -> Section:
    """Return a section with its differences in all forms, under the title of their verdicts."""
    changed = [one.change for one in found]
    title = verdict_title(changed, nothing)
    drawn = [change for change in changed if change.is_compared]
    axis = f"Écart de la part {of(favourable)}"
    plot = interval_chart(drawn, title, axis, (-0.5, 0.5)) if drawn else None
    return replace(section, title=title, figures=figures(section.key, changed), plot=plot)


def _same_reason_sentence(same_reason: dict[str, Any]) -> str:
    found, outside = difference(same_reason), left_out(same_reason)
    if not found.change.is_known:
        return "Trop peu de motifs communs pour comparer les sites à public égal."
    rest = ""
    if outside.value > 0:
        rest = f" ; {value(outside)} des avis, aux motifs propres à un côté, sont laissés de côté"
    return (
        f"À motif de visite égal, la satisfaction globale serait de {value(found.now)} ici "
        f"et de {value(found.before)} ailleurs : écart {interval(found.change)}{rest}."
    )


_CAUTION = (
    "Une évolution est dite établie quand le hasard des réponses ne suffit pas à l’expliquer, "
    "compte tenu de toutes les comparaisons de ce rapport. « Pas de différence établie » ne veut "
    "pas dire « identique ». La barre montre l’écart possible ; le milieu de la ligne vaut zéro."
)


def verdict_title(found: Sequence[Measure], nothing: str) -> str:
    """
    Return what is better and what is worse, or that nothing differs.

    Examples
    --------
    >>> better = Measure(label="Attente", value=0.1, verdict="mieux")
    >>> worse = Measure(label="Délai", value=-0.1, verdict="moins_bien")
    >>> verdict_title([better, worse], "rien")
    'Mieux : « Attente » ; moins bien : « Délai »'
    >>> verdict_title([], "rien")
    'Rien'
    """
    parts = []
    for code in ("mieux", "moins_bien"):
        names = [f"« {one.label} »" for one in found if one.verdict == code]
        if names:
            parts.append(f"{VERDICTS[code]} : {enumeration(names)}")
    return upper_first(" ; ".join(parts) or nothing)


def _with_smallest(shown: Row, rise: Measure | None) -> Row:
    """Return the row with the smallest rise that this question would likely show."""
    if rise is None:
        return shown
    said = f"dès {bare(rise)} points" if rise.is_known else "jamais, avec si peu d’avis"
    return replace(shown, detail=f"{shown.detail} ; hausse visible {said}")


def _smallest_change(main: Difference, rise: Measure) -> str:
    if not rise.is_known:
        return "Avec si peu de réponses, même une forte hausse pourrait passer inaperçue."
    return (
        f"Avec {number(main.before.n or 0)} puis {opinions(main.now.n or 0)}, une hausse réelle de "
        f"la satisfaction globale n’avait 8 chances sur 10 d’être vue qu’à partir de "
        f"{bare(rise)} points. Sous chaque question : la hausse « visible », à partir de "
        "laquelle cette question l’aurait été de même."
    )


def difference_row(found: Difference, words: str) -> Row:
    """
    Return a difference with its interval, drawn from the middle of the line.

    Parameters
    ----------
    found
        A difference judged; its label is what is compared.
    words
        How the two shares are told, with « {part} » and « {avant} ».
    """
    change = found.change
    verdict = upper_first(VERDICTS[change.verdict])
    if not change.is_compared:
        return Row(change.label, ["—"], detail=verdict)
    told = words.format(part=rate(found.now), avant=rate(found.before))
    detail = f"{verdict} : {told}, écart {interval(change)}"
    return Row(change.label, [value(change)], from_the_middle(change), detail)
