"""Sections on what to improve: drivers of satisfaction, and actions decided."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from qpref.display.changes import difference_note, difference_row
from qpref.display.charts import map_chart
from qpref.display.figures import figures
from qpref.display.opinions import heading
from qpref.display.section import Row, Section, Table, with_interval
from qpref.display.wording import SURVEY, VERDICTS, cell, read_aloud, value
from qpref.palette import BAD, GOOD, NEUTRAL, VERY_BAD, VERY_GOOD
from qpref.quality.beside import explained
from qpref.reference import Action, MysteryGrid, OpinionIndicator, Questionnaire
from qpref.statistics.differences import Difference, difference
from qpref.statistics.drivers import ANSWERS_PER_DRIVER, Driver, averages, measured
from qpref.statistics.measure import Measure
from qpref.wording.french import (
    enumeration,
    long_date,
    lower_first,
    number,
    of,
    percent,
    plural,
    upper_first,
)

WORDS = {
    "a_ameliorer": ("À améliorer d’abord", VERY_BAD),
    "a_preserver": ("À préserver", VERY_GOOD),
    "secondaire": ("Pèse peu", NEUTRAL),
    "incertain": ("Incertain", GOOD),
}


def priorities(table: pd.DataFrame, questionnaire: Questionnaire) -> Section:
    """
    Return the weight of each question in overall satisfaction, beside its own satisfaction.

    Parameters
    ----------
    table
        Of `statistics.drivers.priorities`.
    questionnaire
        Wording.
    """
    if table.empty:
        return _nothing_weighs()
    label = {name: question.texte_court for name, question in questionnaire.by_id.items()}
    found = measured(table, label)
    favourable = questionnaire.favourables(table["question"])
    first = [f"« {one.weight.label} »" for one in found if one.weight.verdict == "a_ameliorer"]
    title = (
        f"À améliorer d’abord : {enumeration(first)}"
        if first
        else "Aucune priorité ne se détache avec certitude"
    )
    static = Table(
        f"Poids dans la satisfaction globale, et part {of(favourable)} (intervalles vrais tous "
        "ensemble dans 95 % des cas)",
        ["Question", "Poids", heading(favourable)],
        [_driver_row(one) for one in found],
        legend=[(colour, words.lower()) for words, colour in WORDS.values()],
        is_stacked=True,
        note=read_aloud(
            [one.weight for one in found],
            "avis exprimés sur ces questions",
            f"{SURVEY}, calcul de qpref",
            "un poids de {value} pour « {label} », avec son intervalle en barre fine",
        ),
    )
    return Section(
        "priorites",
        title,
        _what_weighs(table, questionnaire),
        [static],
        figures=_lines(found, table),
        plot=map_chart(
            [(one.weight, one.share, WORDS[one.weight.verdict][1]) for one in found],
            averages(table),
            title,
            ("Poids dans la satisfaction globale", upper_first(favourable)),
        ),
    )


def _lines(found: Sequence[Driver], table: pd.DataFrame) -> pd.DataFrame:
    """Return the weights, the shares beside them, and what part all explain."""
    shares = [replace(one.share, group="satisfaits") for one in found]
    return figures("priorites", [*(one.weight for one in found), *shares, explained(table)])


def _nothing_weighs() -> Section:
    """Return why nothing can be said of what weighs."""
    why = (
        "Il faut au moins deux questions dont les avis varient et vont avec la satisfaction "
        f"globale, et, pour chaque question examinée, {ANSWERS_PER_DRIVER} usagers qui ont répondu "
        "à deux d’entre elles à la fois."
    )
    return Section("priorites", "Rien ne permet de dire ce qui pèse le plus", [why])


def _what_weighs(table: pd.DataFrame, questionnaire: Questionnaire) -> list[str]:
    """Say how much is explained, by which questions, and how surely."""
    fewest, most = (int(bound) for bound in (table["n"].min(), table["n"].max()))
    counted = number(most) if fewest == most else f"{number(fewest)} à {number(most)}"
    asked = {question.id for question in questionnaire.opinions} - {questionnaire.main}
    left_out = asked - set(table["question"])
    names = sorted(f"« {questionnaire.by_id[name].texte_court} »" for name in left_out)
    sentences = [
        f"D’après {counted} avis par question, ces questions expliquent ensemble "
        f"{percent(table['r2'].iloc[0])} des différences de satisfaction globale. "
        "Ce qui va ensemble n’est pas forcément cause et effet : une seule campagne ne le dit pas.",
        "Une priorité n’est annoncée que si l’incertitude ne change pas la conclusion.",
    ]
    if names:
        said = enumeration(names)
        sentences.append(f"Questions laissées de côté, faute d’assez d’avis : {said}.")
    return sentences


def _driver_row(found: Driver) -> Row:
    words, colour = WORDS[found.weight.verdict]
    bars = with_interval(found.weight, colours=(colour, BAD))
    return Row(found.weight.label, [cell(found.weight), cell(found.share)], bars, words)


def actions(
    decided: Sequence[Action],
    judged: pd.DataFrame,
    questionnaire: Questionnaire,
    grid: MysteryGrid,
    to_decide: Sequence[str],
) -> Section:
    """
    Return what was decided after the previous campaign, and whether its measure moved.

    Parameters
    ----------
    decided
        Actions that the previous campaign led to.
    judged
        Of `quality.actions.moves`, judged; the action as `groupe`.
    questionnaire, grid
        Wording of the measures.
    to_decide
        What should be improved and for which nothing was decided yet, in French.
    """
    found = _found(decided, judged)
    rows = [
        _action_row(one, action, questionnaire, grid)
        for one, action in zip(found, decided, strict=True)
    ]
    changed = [one.change for one in found]
    caption = "Actions décidées et évolution de leur mesure"
    note = difference_note(changed, "avis ou contacts", "enquêtes nommées")
    return Section(
        "actions",
        _actions_title(changed),
        _actions_sentences(to_decide, is_any=bool(rows)),
        [Table(caption, ["Action", "Écart"], rows, note=note)] if rows else [],
        figures=figures("actions", changed),
    )


def promises(reply: Section, decided: Sequence[Action], judged: pd.DataFrame) -> Section:
    """
    Return what the committee was told, and in one sentence an action, whether it was kept.

    Parameters
    ----------
    reply
        How many users answered, in brief, and to which remark that replies.
    decided, judged
        As above.
    """
    changed = [one.change for one in _found(decided, judged)]
    told = [f"{one.label} : {_moved(one)}." for one in changed]
    title = f"Ce qui a été promis et fait : {lower_first(_actions_title(changed))}"
    return replace(reply, title=title, sentences=[*reply.sentences, *told])


def _moved(change: Measure) -> str:
    """Return by how much a measure moved, and its verdict when something was established."""
    if not change.is_compared:
        return VERDICTS[change.verdict]
    return value(change) + (f", {VERDICTS[change.verdict]}" if change.is_established else "")


def _found(decided: Sequence[Action], judged: pd.DataFrame) -> list[Difference]:
    """Return how the measure of each action moved, under the name of the action."""
    moved = {str(row["groupe"]): row for row in judged.to_dict("records")}
    return [difference(moved[action.id], action.libelle, action.id) for action in decided]


def _action_row(
    found: Difference, action: Action, questionnaire: Questionnaire, grid: MysteryGrid
) -> Row:
    judged_by = action.indicateur
    if isinstance(judged_by, OpinionIndicator):
        measure = (
            f"enquête de satisfaction, « {questionnaire.by_id[judged_by.question].texte_court} »"
        )
    else:
        names = {criterion.id: criterion.libelle for criterion in grid.criteres}
        measure = f"enquête mystère, « {names[judged_by.critere]} »"
    due = f"Pilote : {action.pilote} ; échéance : {long_date(action.echeance)}"
    row = difference_row(found, "{avant} puis {part}")
    return replace(row, detail=f"{row.detail}. Mesure : {measure}. {due}.")


def _actions_sentences(to_decide: Sequence[str], *, is_any: bool) -> list[str]:
    sentences = [
        "Une mesure, choisie d’avance, qui bouge ne prouve pas que l’action en est la cause."
        if is_any
        else "Aucune action n’a été inscrite après la campagne précédente."
    ]
    if to_decide:
        said = enumeration([f"« {name} »" for name in to_decide])
        sentences.append(f"À inscrire au plan d’action : {said}.")
    return sentences


def _actions_title(found: Sequence[Measure]) -> str:
    if not found:
        return "Le plan d’action de ce site est à écrire"
    better = sum(one.verdict == "mieux" for one in found)
    if not better:
        return f"{plural(len(found), 'action suivie', 'actions suivies')} : aucun progrès établi"
    word = "établi" if better == 1 else "établis"
    return f"{number(better)} progrès {word} sur {plural(len(found), 'action')}"
