"""Question types: how each is answered, what the questionnaire must say of it, who shows it."""

from dataclasses import dataclass
from enum import Enum


class Answer(Enum):
    """
    A way of answering: what a room that reads, keys, draws or stores answers must know.

    `LEVEL`: one level of a scale, counted among the visitors who answered. `BOXES`: the boxes
    ticked among several, counted among those who ticked one or said « aucune ». `TEXT`: words of
    the visitor's own, masked. `FIELD`: a fact of the fieldwork (site, day, counter), read by the
    question's identifier. `PERSONAL`: recognised so as to be left out.
    """

    LEVEL = "niveau"
    BOXES = "cases"
    TEXT = "texte"
    FIELD = "technique"
    PERSONAL = "personnel"


@dataclass(frozen=True)
class QuestionType:
    """
    One value of a question's `type` key.

    Parameters
    ----------
    answer
        How it is answered.
    is_asked
        Whether a visitor is asked it: a file without it lacks a question.
    needs_scale
        Whether the questionnaire must give it a scale.
    needs_options
        Whether the questionnaire must give it boxes.
    may_judge
        Whether a favourable level makes it a question of opinion.
    section
        Method of the satisfaction study that shows it, or its opinions; empty when nothing does.
    """

    answer: Answer
    is_asked: bool = True
    needs_scale: bool = False
    needs_options: bool = False
    may_judge: bool = False
    section: str = ""

    @property
    def is_closed(self) -> bool:
        """Whether the answer is one level of a scale, told by the visitor."""
        return self.answer is Answer.LEVEL

    @property
    def is_stored(self) -> bool:
        """Whether its answers are rows of the table `items`."""
        return self.answer in {Answer.LEVEL, Answer.BOXES}


QUESTION_TYPES = {
    "technique": QuestionType(Answer.FIELD, is_asked=False),
    "unique": QuestionType(Answer.LEVEL, needs_scale=True, section="profil"),
    "echelle": QuestionType(Answer.LEVEL, needs_scale=True, may_judge=True, section="theme"),
    "multiple": QuestionType(Answer.BOXES, needs_options=True, section="publics"),
    "texte": QuestionType(Answer.TEXT, section="remarques"),
    "contact": QuestionType(Answer.PERSONAL, is_asked=False),
}


def proposed_type(answer: Answer, *, is_ordered: bool = False) -> str:
    """Return the type to propose for a question of a received file that is answered this way."""
    fitting = (
        name
        for name, kind in QUESTION_TYPES.items()
        if kind.answer is answer and kind.may_judge == is_ordered
    )
    return next(fitting)
