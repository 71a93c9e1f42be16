"""The sheet for the hall: what users said, on one page."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

from qpref.display.context import INVENTED
from qpref.display.opinions import share_row
from qpref.display.section import BAD, VERY_GOOD, Bar, Row, Section, Table, figure_rows
from qpref.display.wording import share
from qpref.reference import Action, Questionnaire
from qpref.statistics.shares import reliability
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
    Return what satisfies most and least, three questions each.

    Parameters
    ----------
    rows
        Of `quality.answers.satisfaction`, all questions.
    questionnaire
        Wording; its main question is left out, it is a key figure.
    """
    main = questionnaire.main.id
    known = [row for row in rows if reliability(row["n"]) == "normal" and row["question"] != main]
    order = sorted(known, key=lambda row: row["part"], reverse=True)
    if len(order) < 2 * _SHOWN:
        return Section("points", "Trop peu d’avis pour un détail par sujet")
    tables = [
        Table(caption, ["Sujet", "Satisfaits"], [_row(r, questionnaire, c) for r in chosen])
        for caption, chosen, c in (
            ("Ce qui vous satisfait le plus", order[:_SHOWN], VERY_GOOD),
            ("Ce qui vous satisfait le moins", order[-_SHOWN:][::-1], BAD),
        )
    ]
    figures = figure_rows("points", "part", [share_row(r) for r in order])
    return Section("points", "Ce que vous en pensez", tables=tables, figures=figures)


def _row(row: Record, questionnaire: Questionnaire, colour: str) -> Row:
    n = int(row["n"])
    text = share(row["part"], row["bas"], row["haut"], n, int(row["satisfaits"]))
    label = questionnaire.by_id[row["question"]].texte_court
    return Row(label, [text], [Bar(0, row["part"], colour)])


def decided(actions: Sequence[Action]) -> Section:
    """Return what was decided after the previous campaign."""
    if not actions:
        return Section("decisions", "Vos réponses servent à décider des améliorations")
    sentences = [f"{action.libelle}." for action in actions[:_SHOWN]]
    return Section("decisions", "Ce que nous avons fait après l’enquête précédente", sentences)
