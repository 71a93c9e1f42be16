"""Question types: how each is answered, what the questionnaire must say of it, who shows it."""

from dataclasses import dataclass
from enum import Enum


class Answer(Enum):
    """
    A way of answering: what a room that reads, keys, draws or stores answers must know.

    `LEVEL`: one level of a scale, counted among the visitors who answered. `BOXES`: the boxes
    ticked among several, counted among those who ticked one or said « aucune ». `NUMBER`: a number,
    a mark or a quantity. `DAY`: a day. `TEXT`: words of the visitor's own, masked. `FIELD`: a fact
    of the fieldwork (site, day, counter), read by the question's role.
    """

    LEVEL = "niveau"
    BOXES = "cases"
    NUMBER = "nombre"
    DAY = "jour"
    TEXT = "texte"
    FIELD = "technique"


@dataclass(frozen=True)
class QuestionType:
    """
    One value of a question's `type` key.

    Parameters
    ----------
    answer
        How it is answered.
    meaning
        What it is; French, told to users.
    is_asked
        Whether a visitor is asked it: a file without it lacks a question.
    needs_scale
        Whether the questionnaire must give it a scale.
    needs_options
        Whether the questionnaire must give it boxes.
    is_judged
        Whether its scale says which levels are favourable: a question of opinion.
    is_marked
        Whether its numbers are marks between two bounds.
    section
        What shows it: a theme's own section, or the remarks; empty when nothing does.
    """

    answer: Answer
    meaning: str
    is_asked: bool = True
    needs_scale: bool = False
    needs_options: bool = False
    is_judged: bool = False
    is_marked: bool = False
    section: str = "themes"

    @property
    def is_closed(self) -> bool:
        """Whether the answer is one level of a scale, told by the visitor."""
        return self.answer is Answer.LEVEL

    @property
    def is_stored(self) -> bool:
        """Whether its answers are rows of the table `items`."""
        return self.answer not in {Answer.FIELD, Answer.TEXT}


QUESTION_TYPES = {
    "technique": QuestionType(
        Answer.FIELD, "un fait du recueil : site, date, guichet…", is_asked=False, section=""
    ),
    "unique": QuestionType(Answer.LEVEL, "un choix parmi plusieurs", needs_scale=True),
    "opinion": QuestionType(
        Answer.LEVEL, "un avis sur une échelle", needs_scale=True, is_judged=True
    ),
    "multiple": QuestionType(Answer.BOXES, "des cases à cocher", needs_options=True),
    "note": QuestionType(Answer.NUMBER, "une note entre deux bornes", is_marked=True),
    "nombre": QuestionType(Answer.NUMBER, "un nombre"),
    "date": QuestionType(Answer.DAY, "une date"),
    "texte": QuestionType(Answer.TEXT, "une réponse libre", section="remarques"),
}


def proposed_type(answer: Answer, *, is_judged: bool = False, is_marked: bool = False) -> str:
    """Return the type to propose for a question of a received file that is answered this way."""
    fitting = (
        name
        for name, kind in QUESTION_TYPES.items()
        if (kind.answer, kind.is_judged, kind.is_marked) == (answer, is_judged, is_marked)
    )
    return next(fitting)
