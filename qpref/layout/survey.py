"""The sheet in which paper questionnaires are keyed: one column a question, or a box."""

from collections.abc import Callable, Mapping
from itertools import count

from qpref.layout import KeyedColumn, Kind, Layout
from qpref.questions import PERSONAL, Answer
from qpref.reference import Question, Questionnaire, Scale

SHEET = "Saisie"
TICK = "x"
_NUMBER = "numero"
_KINDS: dict[str, Kind] = {"date": "day", _NUMBER: "number"}


_ANSWERS: dict[Answer, Kind] = {Answer.NUMBER: "number", Answer.DAY: "day"}


def survey_layout(questionnaire: Questionnaire) -> Layout:
    """Return the layout of a questionnaire's sheet, headed by the form's number."""
    columns = [
        column
        for question in questionnaire.questions
        for column in KEYED[question.kind.answer](questionnaire, question)
    ]
    columns.sort(key=lambda column: column.key != _NUMBER)
    return Layout(SHEET, tuple(columns), questionnaire.mark)


def keying_codes(scale: Scale) -> dict[str, str]:
    """
    Return the figure printed beside each answer on paper, which may be keyed instead of its words.

    It is the rank of the answer on the form, unless the dictionary gives figures to the answers of
    this scale: no figure ever names two answers.
    """
    taken = {
        text: level.code
        for level in scale.modalites
        for text in (level.code, level.libelle, *level.codes, *level.synonymes)
        if text.isdecimal()
    }
    found: dict[str, str] = {}
    for rank, level in enumerate(scale.modalites, start=1):
        own = [text for text, code in taken.items() if code == level.code]
        wanted = [str(rank)] * (str(rank) in own) or own
        free = (str(number) for number in count(rank) if str(number) not in taken)
        found[level.code] = wanted[0] if wanted else next(free)
        taken[found[level.code]] = level.code
    return found


def _line(questionnaire: Questionnaire, question: Question) -> list[KeyedColumn]:
    """Return the column of a question with one answer: a level to choose, or a value to key."""
    if not question.entetes:
        return []
    levels = questionnaire.scale(question.id).modalites if question.echelle else []
    choices = tuple(level.libelle for level in levels)
    codes = keying_codes(questionnaire.scale(question.id)).values() if question.echelle else ()
    kind = _KINDS.get(question.variable, _ANSWERS.get(question.kind.answer, "text"))
    offered = question.role != PERSONAL  # no blank workbook invites to key it
    return [
        KeyedColumn(
            question.variable,
            tuple(question.entetes),
            kind=kind,
            choices=choices,
            codes=tuple(codes),
            is_offered=offered,
        )
    ]


def _boxes(_: Questionnaire, question: Question) -> list[KeyedColumn]:
    return [
        KeyedColumn(question.variable, option.entetes, option=option.code, choices=(TICK,))
        for option in question.options
        if option.entetes
    ]


KEYED: Mapping[Answer, Callable[[Questionnaire, Question], list[KeyedColumn]]] = {
    Answer.LEVEL: _line,
    Answer.BOXES: _boxes,
    Answer.TEXT: _line,
    Answer.FIELD: _line,
    Answer.NUMBER: _line,
    Answer.DAY: _line,
}
