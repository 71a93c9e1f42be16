"""The sheet for the hall: what users said, on one page."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

from qpref.display import opinions
from qpref.display.context import INVENTED
from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table, bar
from qpref.display.wording import both
from qpref.palette import BAD, VERY_GOOD
from qpref.quality.answers import satisfied
from qpref.reference import Action, Questionnaire
from qpref.statistics.measure import Measure
from qpref.statistics.measure import best_and_worst as best_and_worst_of
from qpref.wording.french import plural

Record = dict[Hashable, Any]
_SHOWN = 3


def heading(section: Section, answers: int) -> Section:
    """Return the first section of a report as that of a poster."""
    first = [text for text in section.sentences if text == INVENTED]
    said = f"{plural(answers, 'usager a répondu', 'usagers ont répondu')} à notre enquête. Merci."
    return replace(
        section, sentences=[*first, said], page={**(section.page or {}), "affiche": True}
    )


def best_and_worst(rows: Sequence[Record], questionnaire: Questionnaire) -> Section:
    """
    Return what satisfies most and least, at most three questions each.

    Parameters
    ----------
    rows
        Of `quality.answers.satisfaction`, all questions.
    questionnaire
        Wording; its main question is left out, it is a key figure.
    """
    main = questionnaire.main
    label = {name: question.texte_court for name, question in questionnaire.by_id.items()}
    found = [satisfied(row, label[row["question"]]) for row in rows if row["question"] != main]
    column = opinions.heading(questionnaire.favourables(label_of.key for label_of in found))
    most, least = best_and_worst_of(found, _SHOWN)
    if not most:
        return Section("points", "Aucun sujet ne se détache des autres, ou trop peu d’avis")
    tables = [
        Table(caption, ["Sujet", column], [_row(one, colour) for one in chosen])
        for caption, chosen, colour in (
            ("Ce que vous appréciez le plus", most, VERY_GOOD),
            ("Ce que vous appréciez le moins", least, BAD),
        )
    ]
    lines = figures("points", [*most, *least], is_named=False)
    return Section("points", "Ce que vous en pensez", tables=tables, figures=lines)


def _row(measure: Measure, colour: str) -> Row:
    return Row(measure.label, [both(measure)], [bar(measure, colour)])


def decided(actions: Sequence[Action]) -> Section:
    """Return what was decided after the previous campaign."""
    if not actions:
        return Section("decisions", "Vos réponses servent à décider des améliorations")
    sentences = [f"{action.libelle}." for action in actions[:_SHOWN]]
    return Section("decisions", "Ce que nous avons fait après l’enquête précédente", sentences)
