"""Draw the answers of one invented visitor, following the conditions of the questionnaire."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random
from typing import Any, ClassVar

from qpref.example.chance import normal, pick
from qpref.example.habits import Habits
from qpref.questions import Answer
from qpref.reference import Question
from qpref.reference.example import Boxes, is_among
from qpref.reference.questionnaire import Filter

_SKIPPED = 0.035  # share of the visitors who leave a question blank,
_UNSURE = 0.06  # share of those, and of who do not know;
_UNCONCERNED = 0.06  # share of whom it does not concern
_RARELY = 0.2  # how much less often that is with the main question
_REMARKS = 0.24
_NO_BOX = 0.05
_MOST = 40  # of a number whose meaning is not known
_LONGEST_AGO = 60  # days


class PaperForm:
    """
    The answers of one visitor.

    Parameters
    ----------
    habits, site
        How visitors answer there.
    rng, apart
        Draws for what the project says of its example; others for the rest, so that a question
        more changes no other answer.
    """

    def __init__(self, habits: Habits, site: str, rng: Random, apart: Random) -> None:
        self._habits, self._site, self._rng, self._apart = habits, site, rng, apart
        self._questionnaire = habits.questionnaire
        self._first = {question.id for question in habits.drawn_first}
        self._boxes = {said.question: said for said in habits.invented.cases}
        self._seen: set[str] = set()
        self.answers: dict[str, Any] = {}
        self.mood = 0.0
        self.day = habits.campaign.debut
        self.has_written = False

    def fill(self, question: Question) -> None:
        """Answer a question, unless it was, or is not asked of this visitor."""
        if question.id in self._seen:
            return
        self._seen.add(question.id)
        if question.id not in self.answers and self._is_asked(question.filtre):
            self.FILLED[question.kind.answer](self, question)

    def finish(self) -> None:
        """Answer what weighs on nothing else: the boxes that the project says how to tick."""
        for question in self._questionnaire.questions:
            if question.id in self._boxes and self._is_asked(question.filtre):
                self._tick(question)

    def write(self) -> None:
        """Answer the open questions, now and then."""
        texts = self._habits.remarks
        for question in self._questionnaire.questions:
            if question.kind.answer is Answer.TEXT and self._is_asked(question.filtre):
                writes = self._rng.random() < _REMARKS
                text = texts[int(self._rng.random() * len(texts))] if writes else ""
                self.answers |= {question.id: text} if text else {}
                self.has_written |= bool(text)

    def _is_asked(self, asked: Filter | None) -> bool:
        if asked is None:
            return True
        opening = self._questionnaire.by_id[asked.question]
        self.fill(opening)
        if opening.id in self._boxes:
            self._tick(opening)
        found = self.answers.get(opening.id)
        given = found if isinstance(found, frozenset) else {str(found)}
        return not given.isdisjoint(asked.vaut)

    def _choose(self, question: Question) -> None:
        """Choose a level: an opinion, or one of the answers by their weights."""
        if question.role == "mode" or not question.echelle:
            return
        if question.kind.is_judged:
            self._judge(question)
            return
        weights = self._habits.choice(question, self.answers)
        if question.id in self._first:
            only = next(iter(weights)) if len(weights) == 1 else ""
            self.answers[question.id] = only or pick(self._rng, weights)
            return
        chance = self._apart.random() if question.kind.is_asked else 1
        unsure = self._outside(question, "nsp")
        if chance < _SKIPPED or (chance < _UNSURE and unsure):
            self.answers |= {question.id: unsure} if chance >= _SKIPPED else {}
        else:
            self.answers[question.id] = pick(self._apart, weights)

    def _judge(self, question: Question) -> None:
        """Give an opinion; blank, « ne sait pas » and « sans objet » happen."""
        is_main = question.role == "satisfaction_globale"
        rare = _RARELY if is_main else 1
        value = self._worth(question) + normal(self._rng)
        apart = self._habits.invented.avis.sans_objet.get(question.id, _UNCONCERNED * rare)
        chance = self._rng.random()
        level: str | None = self._habits.level(question, value).code
        if chance < _SKIPPED * rare:
            level = None
        elif chance < _UNSURE * rare:
            level = self._outside(question, "nsp")
        elif chance < _UNSURE * rare + apart and not is_main:
            level = self._outside(question, "sans_objet") or level
        self.answers |= {question.id: level} if level else {}

    def _worth(self, question: Question) -> float:
        return self._habits.opinion(question, self._site, self.answers) + self.mood

    def _outside(self, question: Question, state: str) -> str | None:
        """Return the level of a scale that is no answer: « ne sait pas », « sans objet »."""
        levels = self._questionnaire.scale(question.id).modalites
        return next((level.code for level in levels if level.etat == state), None)

    def _tick(self, question: Question) -> None:
        """Tick boxes: as the project says, else each with its own share; none is no answer."""
        if question.id in self.answers:
            return
        said = self._boxes.get(question.id)
        if (self._rng if said else self._apart).random() < _NO_BOX:
            return
        if said:
            ticked = self._said(said, [option.code for option in question.options])
        else:
            shares = self._habits.boxes(question)
            ticked = {code for code, share in shares.items() if self._apart.random() < share}
        self.answers[question.id] = frozenset(ticked)

    def _said(self, said: Boxes, codes: list[str]) -> set[str]:
        first, then = pick(self._rng, said.poids), said.seconde
        ticked = {first}
        if then and first not in then.sauf and is_among(then.public, self.answers):
            ticked.add(pick(self._rng, then.poids))
        return ticked & {*codes}

    def _later(self, question: Question) -> None:
        if question.id not in self._boxes:
            self._tick(question)

    def _count(self, question: Question) -> None:
        """Give a mark, by what the question is worth, or a number."""
        chance = self._apart.random()
        if chance < _SKIPPED:
            return
        if question.kind.is_marked:
            value = self._worth(question) + normal(self._apart)
            self.answers[question.id] = self._habits.mark(question, value)
        else:
            self.answers[question.id] = 1 + int(_MOST * self._apart.random() ** 2)

    def _date(self, question: Question) -> None:
        if self._apart.random() >= _SKIPPED:
            ago = timedelta(days=int(_LONGEST_AGO * self._apart.random()))
            self.answers[question.id] = self.day - ago

    def _leave(self, question: Question) -> None:
        """Write nothing yet."""

    FILLED: ClassVar[Mapping[Answer, Callable[["PaperForm", Question], None]]] = {
        Answer.LEVEL: _choose,
        Answer.FIELD: _choose,
        Answer.BOXES: _later,
        Answer.NUMBER: _count,
        Answer.DAY: _date,
        Answer.TEXT: _leave,
    }
