"""Sections on established differences: from the previous campaign, from other sites."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from qpref.display.charts import interval_chart
from qpref.display.figures import figures
from qpref.display.same_reason import same_reason_sentence
from qpref.display.section import Row, Section, Table, from_the_middle
from qpref.display.wording import (
    SURVEY,
    VERDICTS,
    bare,
    interval,
    opinions,
    rate,
    read_aloud,
    value,
)
from qpref.quality.beside import of_same_reason, of_smallest_move, sides
from qpref.quality.family import Family
from qpref.reference import USERS, Audience, Campaign, Questionnaire
from qpref.statistics.differences import (
    Difference,
    difference,
    directions,
    smallest_move,
)
from qpref.statistics.measure import Measure
from qpref.wording.french import (
    enumeration,
    lower_first,
    number,
    of,
    percent,
    upper_first,
)


def changes(
    family: Family,
    questionnaire: Questionnaire,
    before: Campaign | None,
    context: str | None = None,
    *,
    is_brief: bool = False,
) -> Section:
    """
    Return the questions that changed beyond chance, and all the differences.

    Parameters
    ----------
    family
        Comparisons of the site and campaign.
    questionnaire
        Wording of the questions.
    before
        The previous campaign, if there was one.
    context
        What was particular about this campaign.
    is_brief
        Whether to leave out what is said elsewhere, table and mean; the figures keep all.
    """
    found = family.changes(questionnaire)
    if before is None or not found:
        return _nothing_to_compare(before)
    all_told = [*found, *(one for one in (family.mean, family.equal_public) if one)]
    main = family.main(questionnaire.main)
    told = [one.change for one in all_told] + sides(found, "maintenant", "avant")
    lines = figures("evolution", told + ([] if is_brief else of_smallest_move(main)))
    if is_brief:
        title = "Comment les évolutions sont jugées"
        return Section("evolution", title, [_caution_in_brief(family)], figures=lines)
    sentences = [
        *([context] if context else []),
        *_together(family.mean, found),
        *_equal_public(family, questionnaire, main),
        *([_smallest_change(main)] if main and main.change.is_compared else []),
        _caution(family, questionnaire.public),
    ]
    favourable = questionnaire.favourables(one.change.key for one in found)
    table = Table(
        f"Évolution de la part {of(favourable)} depuis {before.libelle}",
        ["Question", "Écart"],
        [difference_row(one, "{avant} puis {part}") for one in found],
        note=difference_note(
            [one.change for one in found], "avis exprimés aux deux campagnes", SURVEY
        ),
    )
    nothing = "aucune évolution établie depuis la campagne précédente"
    judged = _judged(Section("evolution", "", sentences, [table]), found, nothing, favourable)
    return replace(judged, figures=lines)


def _nothing_to_compare(before: Campaign | None) -> Section:
    if before is None:
        return Section(
            "evolution",
            "Première campagne : rien à comparer",
            ["Les évolutions apparaîtront à la prochaine campagne."],
        )
    return Section(
        "evolution",
        "Aucune comparaison avec la campagne précédente",
        [
            f"La campagne {before.libelle} n’a pas de réponse pour ce site, ou son "
            "questionnaire était différent : la courbe reprend à cette campagne."
        ],
    )


def _together(mean: Difference | None, found: Sequence[Difference]) -> list[str]:
    """Say how many questions rose and fell, and what they did on average."""
    rose, fell, still = directions(found)
    if rose + fell + still <= 1:
        return []
    counts = f"{number(rose + fell + still)} questions comparées : {number(rose)} en hausse, "
    counts += f"{number(fell)} en baisse"
    counts += f", {number(still)} sans mouvement." if still else "."
    if mean is None:
        return [counts]
    return [f"{counts} En moyenne sur ces questions : {verdict_told(mean.change)}."]


def _equal_public(
    family: Family, questionnaire: Questionnaire, main: Difference | None
) -> list[str]:
    """Say what the change of the main question would be, had both campaigns the same public."""
    found = family.equal_public
    if found is None or main is None:
        return []
    name = lower_first(questionnaire.by_role[family.strata].texte_court)
    whole = "passages" if family.by_flow else "avis"
    rest = f", sur {percent(family.covered)} des {whole}" if family.covered < 1 else ""
    public = "celles des passages comptés" if family.by_flow else "celles de tous les avis réunis"
    return [
        f"À public égal (aux deux campagnes, mêmes parts pour « {name} », {public}{rest}), la "
        f"satisfaction globale aurait changé ainsi : {verdict_told(found.change)}."
    ]


def verdict_told(change: Measure) -> str:
    """
    Return a difference, its interval and its verdict.

    Examples
    --------
    >>> from qpref.statistics.measure import DIFFERENCE
    >>> one = Measure(value=-0.06, low=-0.11, high=-0.01, unit=DIFFERENCE, verdict="moins_bien")
    >>> verdict_told(one).replace("\u00a0", " ")
    '−6 points (entre −11 et −1 points), moins bien'
    """
    return f"{value(change)} ({interval(change)}), {VERDICTS[change.verdict]}"


def headline_change(family: Family, main: str) -> tuple[Measure, str] | None:
    """
    Return the change of the main question and what to say of it; None when nothing is compared.

    The change at equal public is said too when its verdict is another.
    """
    found, equal = family.main(main), family.equal_public
    if found is None:
        return None
    change = found.change
    if not change.is_compared:
        return change, VERDICTS[change.verdict]
    said = f"({interval(change)}) : {VERDICTS[change.verdict]}"
    if equal is not None and equal.change.verdict != change.verdict:
        said += f" ; à public égal, {verdict_told(equal.change)}"
    return change, said


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
        Of `statistics.verdicts.judge`, the family of the sites; empty when there is one site.
    questionnaire
        Wording of the questions.
    names
        The other sites.
    same_reason
        Of `statistics.standardised.standardised`, on the main question; None when no reason is
        asked.
    """
    if table.empty:
        return Section("autres-sites", "Un seul site a répondu : rien à comparer")
    found = by_question(table, questionnaire)
    caption = f"Écart entre ce site et les autres réunis ({enumeration(list(names))})"
    told = "{part} ici, {avant} ailleurs"
    rows = [difference_row(one, told) for one in found]
    sentences = [
        "Les sites ne reçoivent pas les mêmes publics : ces écarts ne les classent pas.",
        *([same_reason_sentence(same_reason)] if same_reason else []),
    ]
    note = difference_note([one.change for one in found], "avis exprimés", SURVEY)
    table_of = Table(caption, ["Question", "Écart"], rows, note=note)
    section = Section("autres-sites", "", sentences, [table_of])
    nothing = "aucune différence établie avec les autres sites"
    judged = _judged(section, found, nothing, questionnaire.favourables(table["question"]))
    shares = sides(found, "ici", "ailleurs") + (of_same_reason(same_reason) if same_reason else [])
    lines = figures(section.key, [*(one.change for one in found), *shares])
    return replace(judged, figures=lines)


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


def _caution(family: Family, who: Audience = USERS) -> str:
    """Return what a reader must know of the intervals of differences and of verdicts."""
    alike = f"de ce que les {who.pluriel} d’une même demi-journée se ressemblent"
    if not family.by_half_day:
        alike += (
            " d’ordinaire (les demi-journées n’étant pas assez connues, elles sont élargies par "
            "prudence)"
        )
    many = ""
    if family.tested > 1:
        many = f"de ce que {number(family.tested)} écarts sont comparés à la fois et "
    return (
        f"{_RULE} ; cette fourchette tient compte {many}{alike}. Quand rien n’a changé, moins d’un "
        f"rapport sur vingt annonce une évolution. {_NOT_SAME}"
    )


def _caution_in_brief(family: Family) -> str:
    """Return the same in fewer words."""
    many = f", {number(family.tested)} écarts étant comparés à la fois" if family.tested > 1 else ""
    return f"{_RULE}{many}. {_NOT_SAME}"


_RULE = "Une évolution n’est annoncée que si sa fourchette ne contient pas zéro"
_NOT_SAME = "« Pas de différence établie » ne veut pas dire « identique »."


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


def _smallest_change(main: Difference) -> str:
    word, move = "hausse" if main.change.value >= 0 else "baisse", smallest_move(main)
    if not move.is_known:
        return f"Avec si peu de réponses, même une forte {word} pourrait passer inaperçue."
    return (
        f"Avec {number(main.before.base)} puis {opinions(main.now.base)}, une {word} réelle de "
        f"la satisfaction globale n’avait 8 chances sur 10 d’être vue qu’à partir de "
        f"{bare(move)} points."
    )


def difference_row(found: Difference, words: str) -> Row:
    """
    Return a difference with its interval, drawn from the middle of the line.

    Its verdict is said when something was established; see `silence`.

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
    begin = "" if _is_silent(change) else f"{verdict} : "
    detail = f"{begin}{told}, écart {interval(change)}"
    return Row(change.label, [value(change)], from_the_middle(change), detail)


def _is_silent(change: Measure) -> bool:
    """Whether nothing was established: said once for all the rows of a table."""
    return change.verdict == "pas_de_difference_etablie"


def difference_note(found: Sequence[Measure], field: str, source: str) -> str:
    """Read the first difference drawn, and say what a row without a verdict means."""
    told = "{value} pour « {label} » ; zéro est au milieu, la barre montre l’écart possible"
    note = read_aloud([one for one in found if one.is_compared], field, source, told)
    return f"{note} {silence(found)}".strip()


def silence(found: Sequence[Measure]) -> str:
    """Return what a row without a verdict means, for the table of some differences."""
    return "Sans mention : pas de différence établie." if any(map(_is_silent, found)) else ""
