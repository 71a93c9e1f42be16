"""Sections on answers without a favourable side: marks, numbers, dates, boxes, choices."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table, bar, with_interval
from qpref.display.wording import HIDDEN, SURVEY, cell, interval, read_aloud, replied, value
from qpref.palette import GOOD, VERY_GOOD
from qpref.quality.profile import groups
from qpref.quality.replies import Numbers, Recommended, Ticks, received
from qpref.reference import USERS, Audience, Question
from qpref.statistics.measure import Measure, extremes
from qpref.wording.french import (
    NBSP,
    enumeration,
    lower_first,
    month_name,
    number,
    of,
    plural,
    upper_first,
)

_MOST_VALUES = 21


def marks(key: str, title: str, found: Sequence[Numbers], scores: Sequence[Recommended]) -> Section:
    """
    Return marks: their mean on their own bounds, and the net score of those that ask for one.

    Parameters
    ----------
    key, title
        Anchor and theme.
    found
        Marks, question by question.
    scores
        Net scores of the marks of recommendation among them.
    """
    tables = [
        Table(
            f"{title} : moyenne des notes, et intervalle à 95 %",
            ["Question", "Moyenne", "Avis"],
            [_mark_row(one) for one in found],
            note=read_aloud(
                [one.mean for one in found],
                "avis exprimés",
                SURVEY,
                "{value} en moyenne pour « {label} »",
            ),
        )
    ]
    if scores:
        rows = [_score_row(one) for one in scores]
        caption = "Score net de recommandation : promoteurs moins détracteurs"
        tables.append(Table(caption, ["Question", "Score", "Avis"], rows))
    told = [one.mean for one in found if one.mean.is_rated]
    headline = (
        f"{told[0].label} : {value(told[0])} sur {number(found[0].question.maximum)} en moyenne"
        if len(told) == 1 == len(found)
        else f"{title} : notes moyennes"
    )
    measures: list[Measure] = []
    for one in found:
        rated = one.mean.is_rated
        measures += [one.mean, *one.parts] if rated else [received(one.question, one.given.n)]
    for score in scores:
        measures += [score.score, *score.parts] if score.score.is_rated else []
    said = [_PROMOTERS] if scores else []
    return Section(key, headline, said, tables, figures=figures(key, measures))


_PROMOTERS = (
    "Promoteurs : ceux qui donnent 9 ou 10. Détracteurs : ceux qui donnent de 0 à 6. Le score net "
    "(NPS) est la part des premiers moins celle des seconds ; il va de −100 à +100 points et n’est "
    "pas une part d’avis favorables."
)


def _mark_row(found: Numbers) -> Row:
    question, n = found.question, found.given.n
    if not found.mean.is_rated:
        return Row(question.texte_court, ["trop peu d’avis", number(n)])
    mean = found.mean
    detail = ", ".join(f"{one.group} :{NBSP}{value(one)}" for one in found.parts)
    bars = (
        with_interval(mean, full=question.maximum)
        if mean.low is not None
        else [bar(mean, VERY_GOOD, full=question.maximum)]
    )
    return Row(
        question.texte_court,
        [f"{cell(mean)}", number(n)],
        bars,
        f"Sur {number(question.maximum)}. {detail}" if len(found.counts) <= _MOST_VALUES else "",
    )


def _score_row(found: Recommended) -> Row:
    n = found.given.n
    if not found.score.is_rated:
        return Row(found.question.texte_court, ["trop peu d’avis", number(n)])
    parts = ", ".join(f"{one.group} :{NBSP}{value(one)}" for one in found.parts)
    between = f"{upper_first(interval(found.score))}. " if interval(found.score) else ""
    cells = [value(found.score), number(n)]
    return Row(found.question.texte_court, cells, detail=f"{between}{upper_first(parts)}")


def quantities(key: str, title: str, found: Sequence[Numbers]) -> Section:
    """Return numbers: their middle, the bounds of the middle half, their mean."""
    rows, measures = [], []
    for one in found:
        n = one.given.n
        if not one.mean.is_rated:
            rows.append(Row(one.question.texte_court, ["trop peu de réponses", number(n)]))
            measures.append(received(one.question, one.given.n))
            continue
        unit = f" {one.question.unite}" if one.question.unite else ""
        median, mean = one.median, one.mean
        half = f"La moitié des réponses {_middle(median)}{unit}. " if median.low is not None else ""
        between = f" ({interval(mean)})" if interval(mean) else ""
        detail = f"{half}Moyenne : {value(mean)}{unit}{between}"
        rows.append(
            Row(one.question.texte_court, [f"{value(median)}{unit}", number(n)], [], detail)
        )
        measures += [median, mean]
    table = Table("Valeurs données", ["Question", "Médiane", "Réponses"], rows)
    names = enumeration([f"« {one.question.texte_court} »" for one in found])
    return Section(key, f"{title} : {names}", [], [table], figures=figures(key, measures))


def _middle(median: Measure) -> str:
    """Return where the middle half of numbers lies: between two of them, or on one."""
    low, high = (number(bound or 0, median.digits) for bound in (median.low, median.high))
    return f"au moins est {low}" if low == high else f"est entre{NBSP}{low}{NBSP}et{NBSP}{high}"


def days(
    key: str, title: str, found: Sequence[tuple[Question, int, Sequence[Measure | None]]]
) -> Section:
    """Return the days given to questions that ask for one, month by month."""
    tables, measures, headlines = [], [], []
    for question, n, counts in found:
        rows = [_month_row(one) for one in counts if one is not None]
        hidden = sum(one is None for one in counts)
        if hidden:
            rows.append(Row(plural(hidden, "autre mois", "autres mois"), [HIDDEN]))
        caption = f"{question.texte_court} : {plural(n, 'réponse')}"
        shown = [replace(one, label=_month(one)) for one in counts if one is not None]
        note = read_aloud(shown, "réponses données", SURVEY, "{value} en {label}")
        tables.append(Table(caption, ["Mois", "Part"], rows, note=note))
        base = received(question, n)
        measures += [base, *(one for one in counts if one is not None)]
        headlines.append(_most_given(question, shown))
    return Section(key, _headline(title, headlines), [], tables, figures=figures(key, measures))


def _most_given(question: Question, shown: Sequence[Measure]) -> tuple[str, str]:
    """Name a question, and the answer that is given most where a reader can tell which."""
    most = extremes([one for one in shown if one.is_rated], 1)[0]
    told = f"surtout {most[0].label} ({value(most[0])})" if most else ""
    return question.texte_court, told


def _headline(title: str, most_given: Sequence[tuple[str, str]]) -> str:
    """
    Return the message of the questions of a theme: the answer of the only one, else their names.

    Examples
    --------
    >>> _headline("Venir", [("Délai", "surtout mars")])
    'Délai : surtout mars'
    >>> _headline("Venir", [("Délai", "surtout mars"), ("Moyen", "")])
    'Venir : « Délai », surtout mars et « Moyen »'
    """
    name, told = most_given[0]
    if told and len(most_given) == 1:
        return f"{name} : {told}"
    names = [f"« {name} », {told}" if told else f"« {name} »" for name, told in most_given]
    return f"{title} : {enumeration(names)}"


def _month(found: Measure) -> str:
    return month_name(date.fromisoformat(f"{found.group}-01"))


def _month_row(found: Measure) -> Row:
    return Row(_month(found), [f"{value(found)}\n({number(found.counted)})"], [bar(found, GOOD)])


def boxes(key: str, title: str, found: Sequence[Ticks], who: Audience = USERS) -> Section:
    """Return the boxes ticked, out of those concerned who answered."""
    tables, measures, headlines = [], [], []
    for one in found:
        labels = [option.libelle for option in one.question.options]
        rows = [_box_row(label, measure) for label, measure in zip(labels, one.boxes, strict=True)]
        shown = [
            replace(box, label=f"« {label} »")
            for label, box in zip(labels, one.boxes, strict=True)
            if box is not None and box.n
        ]
        people = replied(one.n, who)
        caption = f"{one.question.texte_court} : {people}" if len(found) > 1 else people
        note = read_aloud(
            shown,
            f"{who.pluriel} concernés, qui pouvaient cocher plusieurs cases",
            f"{SURVEY}, « {one.question.texte_court} »",
            "{value} ont coché {label}",
        )
        tables.append(Table(caption, ["Réponse", "Part"], rows, note=note))
        base = received(one.question, one.n)
        measures += [base, *(box for box in one.boxes if box is not None)]
        headlines.append(_most_given(one.question, shown))
    said = []
    if any(box is None for one in found for box in one.boxes):
        said.append(f"« Masqué » : trop peu {of(who.pluriel)} pour que personne ne soit reconnu.")
    return Section(key, _headline(title, headlines), said, tables, figures=figures(key, measures))


def _box_row(label: str, found: Measure | None) -> Row:
    if found is None:
        return Row(label, [HIDDEN])
    if not found.n:
        return Row(label, ["—"])
    return Row(label, [cell(found)], with_interval(found) if found.is_rated else [])


def choices(key: str, title: str, parts: Sequence[tuple[Question, pd.DataFrame]]) -> Section:
    """
    Return the answers to questions of fact, small groups together.

    Parameters
    ----------
    key, title
        Anchor and theme.
    parts
        Each question and its answers, of `quality.profile.composition`.
    """
    rows, measures = [], list[Measure]()
    for question, part in parts:
        n = int(part["effectif"].sum())
        own = groups(part, question.id, question.texte_court, n)
        rows.append(Row(question.texte_court, [number(n)], detail=groups_told(own)))
        measures += own or [received(question, 0)]
    table = Table("Part de chaque réponse", ["Question", "Réponses"], rows)
    return Section(key, title, [], [table], figures=figures(key, measures))


def groups_told(parts: Sequence[Measure]) -> str:
    """Return the groups that answers make, with the part of each, of `profile.groups`."""
    return ", ".join(f"{lower_first(one.group)} {value(one)}" for one in parts)
