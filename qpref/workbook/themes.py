"""Show every question, theme by theme, in the section of its type."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from qpref.display import opinions, replies
from qpref.display.section import Section
from qpref.quality import profile
from qpref.quality import replies as counted
from qpref.questions import GROUPS, Answer
from qpref.reference import Question, Questionnaire
from qpref.workbook.groups import Groups
from qpref.workbook.respondents import Respondents


def themes(
    questionnaire: Questionnaire, asked: Respondents, groups: Groups, theme: str = ""
) -> Iterator[Section]:
    """
    Yield the sections of all themes, or of one; those that hold opinions come first.

    Parameters
    ----------
    questionnaire, asked, groups
        What was asked, answered, and may be shown.
    theme
        The only one wanted.
    """
    judged = {question.theme for question in questionnaire.opinions}
    order = sorted(questionnaire.themes, key=lambda name: name not in judged)
    wanted = [_Theme(name, questionnaire, asked, groups) for name in order if theme in {"", name}]
    by_scale: dict[str, list[tuple[str, list[Question]]]] = {}
    for one in wanted:
        for scale, key, questions in one.opinions():
            by_scale.setdefault(scale, []).append((key, questions))
    for own in by_scale.values():
        yield opinions.themes(own, asked.levels, asked.shares, questionnaire)
    for one in wanted:
        yield from one.others()


class _Theme:
    """The sections of one theme."""

    def __init__(
        self, name: str, questionnaire: Questionnaire, asked: Respondents, groups: Groups
    ) -> None:
        self._questionnaire, self._asked, self._groups = questionnaire, asked, groups
        self._title, self._key = questionnaire.themes[name], f"theme-{name}"
        self._questions = [
            question
            for question in questionnaire.questions
            if question.theme == name and question.role not in GROUPS
        ]

    def opinions(self) -> Iterator[tuple[str, str, list[Question]]]:
        """Yield the scales of its questions of opinion, with an anchor and these questions."""
        by_scale: dict[str, list[Question]] = {}
        for question in self._questions:
            if question.kind.is_judged:
                by_scale.setdefault(question.echelle or "", []).append(question)
        for rank, (scale, questions) in enumerate(by_scale.items(), start=1):
            yield scale, self._key if rank == 1 else f"{self._key}-{rank}", questions

    def others(self) -> Iterator[Section]:
        """Yield the sections of what is neither for nor against."""
        for answer, show in self.SHOWN.items():
            own = [q for q in self._questions if q.kind.answer is answer and not q.kind.is_judged]
            if own:
                yield from show(self, own)

    def _choices(self, questions: Iterable[Question]) -> Iterator[Section]:
        site = self._asked.sites[0]
        parts = []
        for question in questions:
            own = self._groups.published(question.variable)
            part = profile.composition(own, self._questionnaire, question.variable, site)
            parts.append((question, part))
        yield replies.choices(f"{self._key}-choix", self._title, parts)

    def _boxes(self, questions: Iterable[Question]) -> Iterator[Section]:
        threshold = self._groups.threshold
        found = [
            counted.ticks(self._asked.items, q, threshold, self._asked.costs_of(q))
            for q in questions
        ]
        yield replies.boxes(f"{self._key}-cases", self._title, found, self._questionnaire.public)

    def _numbers(self, questions: Iterable[Question]) -> Iterator[Section]:
        items = self._asked.items
        costs = {question.id: self._asked.costs_of(question) for question in questions}
        found = [counted.numbers(items, q, costs[q.id].get("", 1.0)) for q in questions]
        marks = [one for one in found if one.question.kind.is_marked]
        others = [one for one in found if not one.question.kind.is_marked]
        if marks:
            net = [one.question for one in marks if one.question.nps]
            scores = [counted.recommended(items, q, costs[q.id].get(counted.NET, 1.0)) for q in net]
            yield replies.marks(f"{self._key}-notes", self._title, marks, scores)
        if others:
            yield replies.quantities(f"{self._key}-nombres", self._title, others)

    def _days(self, questions: Iterable[Question]) -> Iterator[Section]:
        items, threshold = self._asked.items, self._groups.threshold
        found = [
            (q, len(counted.values(items, q)), counted.months(items, q, threshold))
            for q in questions
        ]
        yield replies.days(f"{self._key}-dates", self._title, found)

    def _elsewhere(self, _: Iterable[Question]) -> Iterator[Section]:
        """Yield nothing: free answers stand with the remarks, facts of the fieldwork nowhere."""
        return iter(())

    SHOWN: Mapping[Answer, Callable[["_Theme", list[Question]], Iterator[Section]]] = {
        Answer.LEVEL: _choices,
        Answer.BOXES: _boxes,
        Answer.NUMBER: _numbers,
        Answer.DAY: _days,
        Answer.TEXT: _elsewhere,
        Answer.FIELD: _elsewhere,
    }
