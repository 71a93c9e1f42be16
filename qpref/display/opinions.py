"""Sections on what users think: ordered answers by theme, and the full table."""

from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from qpref.display.charts import distribution_chart
from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table, side_by_side, with_interval
from qpref.display.wording import bare, both, cell, chart_note, value
from qpref.display.wording import opinions as count_opinions
from qpref.palette import GOOD, VERY_GOOD, shades
from qpref.quality.answers import given, satisfied
from qpref.quality.beside import plain_number
from qpref.quality.individuals import REASONS
from qpref.reference import Audience, Question, Questionnaire
from qpref.statistics.measure import Measure, are_apart, extremes
from qpref.statistics.shares import INDICATIVE_BELOW
from qpref.wording.french import (
    either,
    enumeration,
    lower_first,
    number,
    of,
    percent,
    upper_first,
)

Record = dict[Hashable, Any]


def _shades(questionnaire: Questionnaire, question: str) -> dict[str, str]:
    """Return the colour of each level: favourable from dark to light, then light to dark."""
    answers = questionnaire.scale(question).answers
    found: dict[str, str] = {}
    for side in (True, None, False):
        codes = [modality.code for modality in answers if modality.favorable is side]
        found |= dict(zip(codes, shades(side, len(codes)), strict=True)) if codes else {}
    return found


def interval_legend(favourable: str) -> tuple[tuple[str, str], ...]:
    """Return the legend of shares with their interval, in the words of their scale."""
    return ((VERY_GOOD, f"part {of(favourable)}"), (GOOD, "intervalle à 95 %"))


def heading(favourable: str) -> str:
    """
    Return the heading of a column of shares: what is said of the visitors or answers counted.

    Examples
    --------
    >>> heading("usagers satisfaits"), heading("réponses favorables"), heading("réponses « bon »")
    ('Satisfaits', 'Favorables', '« bon »')
    >>> heading("usagers d’accord"), heading("satisfaits")
    ('D’accord', 'Satisfaits')
    """
    return upper_first(favourable.partition(" ")[2] or favourable)


def what_counts(questionnaire: Questionnaire, question: str) -> str:
    """Return which answers to a question are counted as favourable, and which not at all."""
    scale = questionnaire.scale(question)
    for_it = either([f"« {lower_first(level.libelle)} »" for level in scale.favourable])
    left = [f"« {lower_first(level.libelle)} »" for level in scale.outside]
    outside = f"Les réponses {', '.join(left)} et les questions" if left else "Les questions"
    return f"{upper_first(scale.favorables)} : {for_it}. {outside} laissées vides ne comptent pas."


def interval_row(measure: Measure) -> Row:
    """Return a share of satisfied users with its interval drawn, and the opinions behind it."""
    detail = f"{both(measure)}, {count_opinions(measure.base)}"
    return Row(measure.label, [value(measure)], with_interval(measure), detail)


def themes(
    groups: Sequence[tuple[str, Sequence[Question]]],
    levels: pd.DataFrame,
    shares: pd.DataFrame,
    questionnaire: Questionnaire,
) -> Section:
    """
    Return the ordered answers to questions of one scale, each theme under its title.

    Parameters
    ----------
    groups
        Anchor of a theme and its questions, in order; all have the same answers.
    levels, shares
        Of `quality.answers.distribution` and `satisfaction`.
    questionnaire
        Wording.
    """
    first = groups[0][1][0].id
    favourable = questionnaire.scale(first).favorables
    scale, who = DrawnScale(questionnaire, first), questionnaire.public
    said, rows, lines = list[str](), list[Row](), []
    asked, drawn = list[Measure](), list[Measure]()
    for key, questions in groups:
        records, found, chosen = _counted(questions, levels, shares)
        if len(groups) > 1:
            name = questionnaire.themes[questions[0].theme]
            rows.append(Row(f"{name} : {lower_first(range_title(found))}", []))
        rows += [_row(one, [c for c in chosen if c.key == one.key], scale) for one in found]
        said += _theme_sentences(records, found, who)
        lines.append(figures(key.removeprefix("theme-"), [*found, *chosen]))
        asked += found
        drawn += chosen
    theme = questionnaire.themes[groups[0][1][0].theme]
    title = _title(asked, favourable, theme if len(groups) == 1 else "Question par question")
    table = Table(
        caption="Réponses, en % des avis",
        headings=["Question", heading(favourable), "Avis"],
        rows=rows,
        legend=[(scale.colours[code], words) for code, words in scale.names.items()],
        note=_note(asked, drawn, scale, who),
    )
    return Section(
        groups[0][0],
        title,
        said,
        [table],
        figures=pd.concat(lines, ignore_index=True),
        plot=distribution_chart(scale.drawn(drawn), title),
    )


def _title(asked: Sequence[Measure], favourable: str, theme: str) -> str:
    """Return from what share to what share questions go; one chosen by itself is named."""
    if len(asked) == 1:
        return spread_title(asked, favourable)
    return f"{theme} : {lower_first(range_title(asked, favourable))}"


def _counted(
    questions: Sequence[Question], levels: pd.DataFrame, shares: pd.DataFrame
) -> tuple[list[Record], list[Measure], list[Measure]]:
    """Return the rows of shares of some questions, these shares, and those of their levels."""
    label = {question.id: question.texte_court for question in questions}
    records = shares.loc[shares["question"].isin(label)].to_dict("records")
    found = [satisfied(record, label[record["question"]]) for record in records]
    return records, found, given(levels.loc[levels["question"].isin(label)], label)


class DrawnScale:
    """The ordered answers to questions of one scale: the name and the colour of each."""

    def __init__(self, questionnaire: Questionnaire, question: str) -> None:
        self.names = {m.code: m.libelle for m in questionnaire.scale(question).answers}
        self.colours = _shades(questionnaire, question)

    def drawn(self, chosen: Sequence[Measure]) -> list[tuple[str, str, list[Measure]]]:
        """Return the shares of each level with its name and colour, in the order of the scale."""
        return [
            (words, self.colours[code], [one for one in chosen if one.group == code])
            for code, words in self.names.items()
        ]


def _note(
    asked: Sequence[Measure], drawn: Sequence[Measure], scale: DrawnScale, who: Audience
) -> str:
    """Read the first answer drawn aloud, and say whose answers are drawn."""
    rated = {one.key for one in asked if one.is_rated}
    first = next((one for one in drawn if one.key in rated), None)
    if first is None:
        return ""
    level = lower_first(scale.names[first.group])
    many = f", {number(len(asked))} questions" if len(asked) > 1 else ""
    return chart_note(
        f"{value(first)} ont répondu « {level} » (à gauche) pour « {first.label} »",
        f"avis des {who.pluriel} concernés par la question",
        f"enquête de satisfaction{many}",
    )


def range_title(found: Sequence[Measure], favourable: str = "") -> str:
    """
    Return from what share to what share questions go, of whom if that is not said above.

    Examples
    --------
    >>> few = Measure(value=0.5, n=4, reliability="aucun_pourcentage")
    >>> shares = [Measure(value=0.52), Measure(value=0.68), few]
    >>> [range_title(own, "usagers satisfaits").replace("\u00a0", " ") for own in (shares, [few])]
    ['De 52 à 68 % d’usagers satisfaits', 'Trop peu d’avis pour un pourcentage']
    """
    sure = [one for one in found if one.is_rated]
    if not sure:
        return "Trop peu d’avis pour un pourcentage"
    least, most = (pick(sure, key=lambda one: one.value) for pick in (min, max))
    who = f" {of(favourable)}" if favourable else ""
    if len(sure) == 1:
        return f"{value(most)}{who}"
    if least.printed == most.printed:
        return f"{value(most)}{who} à chaque question"
    return f"De {bare(least)} à {value(most)}{who}"


def spread_title(found: Sequence[Measure], favourable: str) -> str:
    """Name the best and the worst of shares when they are surely apart; else give their range."""
    sure = [one for one in found if one.is_rated]
    best, worst = extremes(sure, 1)
    if best and worst and are_apart(best[0], worst[0]):
        return (
            f"« {best[0].label} » : le plus {of(favourable)} ({value(best[0])}) ; "
            f"« {worst[0].label} » : le moins ({value(worst[0])})"
        )
    if len(sure) == 1:
        return f"{sure[0].label} : {value(sure[0])} {of(favourable)}"
    return range_title(found, favourable)


def _theme_sentences(records: list[Record], found: Sequence[Measure], who: Audience) -> list[str]:
    said = []
    few = [f"« {one.label} »" for one in found if one.reliability != "normal"]
    if few:
        least = number(INDICATIVE_BELOW)
        said.append(f"Moins de {least} avis pour {enumeration(few)} : à lire comme une indication.")
    said += [
        f"« {one.label} » : {percent(record['part_sans_avis'])} des {who.pluriel} "
        "concernés n’ont pas donné d’avis ; résultat à prendre avec prudence."
        for record, one in zip(records, found, strict=True)
        if record["sans_avis_frequent"]
    ]
    return said


def _row(share: Measure, chosen: Sequence[Measure], scale: DrawnScale) -> Row:
    """Return the answers to a question, drawn; the interval is in the annex unless few answered."""
    written = cell(share) if share.reliability == "indicatif" else value(share)
    cells = [written, number(share.base)]
    if not share.is_rated:
        return Row(share.label, cells)
    parts = [(one.value, scale.colours[one.group]) for one in chosen]
    names = [scale.names[one.group] for one in chosen]
    told = level_words(names, [value(one) for one in chosen])
    return Row(share.label, cells, side_by_side(parts, is_written=True), told=told)


def level_words(names: Sequence[str], values: Sequence[str]) -> str:
    """
    Return levels and their values, the word that all levels share said once.

    Examples
    --------
    >>> level_words(["Très satisfait", "Plutôt satisfait"], ["40 %", "60 %"])
    'Satisfait : très 40 %, plutôt 60 %'
    >>> level_words(["Oui", "Non"], ["40 %", "60 %"])
    'Oui 40 %, non 60 %'
    """
    shared = {name.rpartition(" ")[2] for name in names}
    first, *others = (name.rpartition(" ")[0] for name in names)
    if len(shared) > 1 or not all((first, *others)):
        first, *others = names
        begin = ""
    else:
        word, first = shared.pop(), lower_first(first)
        begin = f"{word[0].upper()}{word[1:]} : "
    words = [first, *map(lower_first, others)]
    return begin + ", ".join(f"{w} {v}" for w, v in zip(words, values, strict=True))


def annex(levels: pd.DataFrame, shares: pd.DataFrame, questionnaire: Questionnaire) -> Section:
    """Return the full tables behind the graphics: one a scale, in the words of its levels."""
    records = {str(record["question"]): record for record in shares.to_dict("records")}
    scales: dict[str, list[Question]] = {}
    for question in questionnaire.opinions:
        scales.setdefault(question.echelle or "", []).append(question)
    tables, lines = [], list[Measure]()
    for name, questions in scales.items():
        answers = questionnaire.echelles[name].answers
        rows = []
        for question in questions:
            own = levels.loc[levels["question"] == question.id].set_index("modalite")["effectif"]
            record = records[question.id]
            counts = (
                *(own.get(level.code, 0) for level in answers),
                *(record[state] for state in REASONS),
            )
            share = satisfied(record, question.texte_court)
            cells = [cell(share), number(share.base), *map(number, counts)]
            codes = [*(level.code for level in answers), *REASONS]
            told = zip(codes, counts, strict=True)
            lines += [share, *(_people(share, code, int(count)) for code, count in told)]
            rows.append(Row(question.texte_court, cells))
        labels = [level.libelle for level in answers]
        headings = ["Question", "Part", "Avis", *labels, *REASONS.values()]
        who = of(questionnaire.echelles[name].favorables)
        caption = f"Part {who}, intervalle à 95 % et nombre de réponses par question"
        tables.append(Table(caption, headings, rows, is_wide=True))
    shown = figures("annexe", lines)
    return Section("annexe", "Tableau détaillé", [], tables, figures=shown)


def _people(share: Measure, code: str, count: int) -> Measure:
    """Return how many gave an answer to the question of a share, or none and why."""
    return plain_number(share.key, count, "réponses", share.label, code)
