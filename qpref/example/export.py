"""Invented answers as a survey system exports them, usual blemishes included."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from qpref.example.people import Visitor
from qpref.layout import FICTIONAL
from qpref.layout.online import online_codes, online_questions
from qpref.questions import PERSONAL, Answer
from qpref.reference import Question, Questionnaire

_SYSTEM = (
    "id. ID de la réponse",
    "submitdate. Date de soumission",
    "lastpage. Dernière page",
    "startlanguage. Langue de départ",
    "seed. Tête de série",
    "startdate. Date de lancement",
    "datestamp. Date de la dernière action",
    "ipaddr. Adresse IP",
    "refurl. URL référente",
)
_GROUP = re.compile(r"G(\d+)Q")  # how LimeSurvey names its questions: the group, then the rank
_MAIL = "contact@exemple.invalid"


@dataclass(frozen=True)
class OnlineAnswers:
    """One row of an export: a visitor, the site told, and whether the end was not reached."""

    site: str
    visitor: Visitor
    is_unfinished: bool = False


def with_strays(
    questionnaire: Questionnaire, start: date, sent: list[OnlineAnswers]
) -> list[OnlineAnswers]:
    """Add what every real export holds: a trial, too early, of an unknown site, unfinished."""
    if not sent:
        return []
    first, trials = sent[0], questionnaire.essais
    day = (start - timedelta(days=1)).replace(day=1)
    moment = datetime.combine(day, first.visitor.moment.time())
    early = replace(first, visitor=replace(first.visitor, moment=moment))
    strays = [early]
    if trials and trials.vaut:
        answers = {**first.visitor.answers, trials.question: trials.vaut[0].capitalize()}
        trial = replace(early.visitor, answers=answers, has_written=True)
        strays.insert(0, replace(early, visitor=trial))
    if "site" in questionnaire.by_role:
        strays.append(replace(first, site="Autre préfecture"))
    stopped = [replace(one, is_unfinished=True) for one in sent[5:40:9]]
    return [*sent, *strays, *stopped]


def limesurvey_csv(questionnaire: Questionnaire, sent: list[OnlineAnswers]) -> bytes:
    """
    Return a LimeSurvey export (code and text headings, labels, `;`, BOM, final blank line).

    Parameters
    ----------
    questionnaire
        Its codes give the columns, those of `qpref.layout.online`.
    sent
        In order of arrival.
    """
    codes = online_codes(questionnaire)
    asked = {codes[q.id, ""]: q for q in online_questions(questionnaire)}
    pages = _pages(questionnaire, asked)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([*_SYSTEM, *(text for q in asked.values() for text in _headings(codes, q))])
    for rank, one in enumerate(sent):
        last = max(pages.values())
        page = last // 2 if one.is_unfinished else last
        row = _system_cells(rank, one, page)
        for question in asked.values():
            cells = EXPORTED[question.kind.answer](questionnaire, question, one, rank)
            is_shown = pages[question.id] <= page or question.role == "site"
            row += cells if is_shown else [""] * len(cells)
        writer.writerow(row)
    return b"\xef\xbb\xbf" + out.getvalue().encode() + b"\r\n"


def _pages(questionnaire: Questionnaire, asked: Mapping[str, Question]) -> dict[str, int]:
    """Return the page of each question: the group that its code names, or its theme."""
    themes = {name: rank for rank, name in enumerate(questionnaire.themes, start=1)}
    groups = {q.id: _GROUP.match(code) for code, q in asked.items()}
    return {
        q.id: int(group[1]) if (group := groups[q.id]) else themes[q.theme] for q in asked.values()
    }


def _headings(codes: Mapping[tuple[str, str], str], question: Question) -> list[str]:
    """Return code and text of a question's column, or of the column of each of its boxes."""
    if not question.options:
        return [f"{codes[question.id, '']}. {question.texte}"]
    return [
        f"{codes[question.id, option.code]}. {question.texte} [{option.libelle}]"
        for option in question.options
    ]


def _system_cells(rank: int, one: OnlineAnswers, page: int) -> list[str]:
    begun = one.visitor.moment
    end = begun + timedelta(minutes=4 + rank % 5)
    return [
        str(1001 + rank),
        "" if one.is_unfinished else f"{end:%Y-%m-%d %H:%M:%S}",
        str(page),
        "fr",
        str(400_000_000 + 7919 * rank),
        f"{begun:%Y-%m-%d %H:%M:%S}",
        f"{end:%Y-%m-%d %H:%M:%S}",
        f"192.0.2.{rank % 250 + 1}",
        FICTIONAL,
    ]


def _level(
    questionnaire: Questionnaire, question: Question, one: OnlineAnswers, _: int
) -> list[str]:
    code = one.visitor.answers.get(question.id)
    return [questionnaire.label(question.id, code) if code else ""]


def _boxes(_: Questionnaire, question: Question, one: OnlineAnswers, _rank: int) -> list[str]:
    ticked = one.visitor.answers.get(question.id)
    if ticked is None:
        return [""] * len(question.options)
    return ["Oui" if option.code in ticked else "Non" for option in question.options]


def _words(_: Questionnaire, question: Question, one: OnlineAnswers, _rank: int) -> list[str]:
    return [one.visitor.answers.get(question.id, "").replace(". ", ".\n")]


def _value(_: Questionnaire, question: Question, one: OnlineAnswers, _rank: int) -> list[str]:
    value = one.visitor.answers.get(question.id, "")
    return [f"{value:g}" if isinstance(value, float) else str(value)]


def _fact(
    questionnaire: Questionnaire, question: Question, one: OnlineAnswers, rank: int
) -> list[str]:
    """Return what the system knows of the answer, by the role of the question."""
    facts = {
        "site": one.site,
        "date": f"{one.visitor.moment:%Y-%m-%d}",
        PERSONAL: _MAIL if one.visitor.has_written and rank % 3 == 0 else "",
    }
    if question.role in facts:
        return [facts[question.role]]
    return _level(questionnaire, question, one, rank) if question.echelle else [""]


EXPORTED: Mapping[Answer, Callable[[Questionnaire, Question, OnlineAnswers, int], list[str]]] = {
    Answer.LEVEL: _level,
    Answer.BOXES: _boxes,
    Answer.TEXT: _words,
    Answer.FIELD: _fact,
    Answer.NUMBER: _value,
    Answer.DAY: _value,
}
