"""
The counter's paper form, before any file: what it asks, in order, with the figures to key.

Questions that follow each other with one theme, one scale and no condition are the lines of one
grid. A condition is told twice: where it opens (« Si vous avez répondu… ») and, beside the answers
that close it, by an arrow to the question to go on with.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from qpref.instruments.structure import notice
from qpref.layout.languages import FRENCH, said
from qpref.layout.paper import not_on_paper, paper_questions, untranslated_on_paper
from qpref.layout.survey import keying_codes
from qpref.questions import Answer
from qpref.reference import Campaign, Publisher, Question, Questionnaire, Site
from qpref.reference.faults import Fault
from qpref.reference.tongue import INSTRUCTIONS
from qpref.wording.french import typeset

RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
_MOST_MARKS = 21  # marks shown as boxes; beyond, a number is written
_MOST_COLUMNS = 8  # of a grid
_LINES = 4  # to write a free answer on


@dataclass(frozen=True)
class PaperBox:
    """A box to tick: the figure to key, its words, the question to go on with."""

    code: str
    label: str
    goes_to: int | None = None


@dataclass(frozen=True)
class PaperItem:
    """
    A question, or several that share their answers.

    Parameters
    ----------
    rows
        Number and words of each question.
    boxes
        What may be ticked; none when something is written.
    note, condition
        What is said after the question, and before it.
    lines, blank
        Lines to write on, or what a blank is to hold (its unit, the form of a date).
    """

    rows: tuple[tuple[int, str], ...]
    boxes: tuple[PaperBox, ...] = ()
    note: str = ""
    condition: str = ""
    lines: int = 0
    blank: str | None = None

    @property
    def is_grid(self) -> bool:
        """Whether its answers head columns."""
        return len(self.rows) > 1


@dataclass(frozen=True)
class FormToPrint:
    """A form to print: its words in one language, its place, its version."""

    language: str
    title: str
    place: str
    version: str
    words: Mapping[str, str]
    groups: Sequence[tuple[str, Sequence[PaperItem]]]
    notice: str
    address: str = ""
    faults: Sequence[Fault] = ()
    left: Sequence[Question] = ()

    @property
    def is_right_to_left(self) -> bool:
        """Whether its language is read from the right."""
        return self.language.split("-")[0] in RIGHT_TO_LEFT


@dataclass(frozen=True)
class AtCounter:
    """Where a form is handed out: the site, the campaign, who answers for the survey."""

    site: Site
    campaign: Campaign
    publisher: Publisher | None
    address: str = ""


def counter_form(
    questionnaire: Questionnaire, counter: AtCounter, language: str, *, has_grids: bool = True
) -> FormToPrint:
    """
    Return the paper form of a site, in one language of the questionnaire.

    Parameters
    ----------
    questionnaire
        The dictionary.
    counter
        Where it is handed out; `address` is where the same survey is online.
    language
        French, or one of `langues`. What it lacks is told by `faults`.
    has_grids
        Whether questions that share their answers are lines of a grid; large letters leave no
        room for its columns.
    """
    builder = _Builder(questionnaire, language, has_grids=has_grids)
    tongue = questionnaire.langues.get(language)
    faults = [] if tongue is None else [*untranslated_on_paper(questionnaire, language)]
    told = notice(counter.publisher, is_personal=False)
    return FormToPrint(
        language,
        tongue.libelle if tongue else questionnaire.libelle,
        f"{counter.site.nom} · {counter.campaign.libelle}",
        questionnaire.mark,
        builder.words,
        builder.groups(),
        tongue.mention if tongue else told,
        counter.address,
        [*faults, *builder.faults],
        not_on_paper(questionnaire),
    )


class _Builder:
    def __init__(self, questionnaire: Questionnaire, language: str, *, has_grids: bool) -> None:
        self._has_grids = has_grids
        self._questionnaire, self._language = questionnaire, language
        self._tongue = questionnaire.langues.get(language)
        self._asked = paper_questions(questionnaire)
        self._numbers = {question.id: rank for rank, question in enumerate(self._asked, start=1)}
        own = self._tongue.consignes if self._tongue else {}
        self.words = {**{name: typeset(text) for name, text in INSTRUCTIONS.items()}, **own}
        self.faults: list[Fault] = []

    def groups(self) -> list[tuple[str, list[PaperItem]]]:
        """Return the items of each theme, under its title."""
        titles = self._tongue.themes if self._tongue else {}
        return [
            (titles.get(theme, self._questionnaire.themes[theme]), [*self._items([*same])])
            for theme, same in groupby(self._asked, key=lambda question: question.theme)
        ]

    def _said(self, text: str, translated: Mapping[str, str]) -> str:
        found = said(text, translated, self._language)
        return typeset(found) if self._language == FRENCH else found

    def _items(self, asked: Sequence[Question]) -> Iterator[PaperItem]:
        for alike, same in groupby(asked, key=self._alike):
            items = [self._item(question) for question in same]
            if alike:
                rows = tuple(row for item in items for row in item.rows)
                yield replace(items[0], rows=rows)
            else:
                yield from items

    def _alike(self, question: Question) -> str:
        """Return what questions share that are lines of one grid; nothing for the others."""
        if (
            not self._has_grids
            or not question.kind.is_judged
            or question.filtre
            or self._opens(question)
        ):
            return ""
        levels = self._questionnaire.scale(question.id).modalites
        return question.echelle or "" if len(levels) <= _MOST_COLUMNS else ""

    def _item(self, question: Question) -> PaperItem:
        number = self._numbers[question.id]
        text = self._said(question.texte, question.libelles)
        item = PaperItem(((number, text),), condition=self._condition(question))
        if question.options:
            known = INSTRUCTIONS["plusieurs"].rstrip(".").casefold()
            told = "" if known in question.texte.casefold() else self.words["plusieurs"]
            boxes = tuple(
                PaperBox("", self._said(one.libelle, one.libelles))
                for one in question.options
                if one.entetes
            )
            return replace(item, boxes=boxes, note=told)
        if question.echelle:
            return replace(item, boxes=tuple(self._levels(question)))
        if question.kind.is_marked and (marks := _marks(question)):
            return replace(item, boxes=tuple(PaperBox("", str(mark)) for mark in marks))
        if question.kind.answer is Answer.TEXT:
            return replace(item, lines=_LINES)
        is_day = question.kind.answer is Answer.DAY or question.role == "date"
        return replace(item, blank=self.words["date"] if is_day else question.unite)

    def _levels(self, question: Question) -> Iterator[PaperBox]:
        """Yield the answers of a scale; those that close what follows say where to go on."""
        scale = self._questionnaire.scale(question.id)
        codes, opening, after = keying_codes(scale), *self._followed(question)
        for level in scale.modalites:
            goes_to = after if opening and level.code not in opening else None
            label = self._said(level.libelle, level.libelles)
            yield PaperBox(codes[level.code], label, goes_to)

    def _opens(self, question: Question) -> bool:
        return any(q.filtre and q.filtre.question == question.id for q in self._asked)

    def _followed(self, question: Question) -> tuple[set[str], int | None]:
        """
        Return the answers that open the questions just after, and the number that comes next.

        A question that rests on one passed over is passed over with it.
        """
        opening: set[str] = set()
        passed = {question.id}
        for following in self._asked[self._numbers[question.id] :]:
            if following.filtre is None or following.filtre.question not in passed:
                return opening, self._numbers[following.id]
            passed.add(following.id)
            if following.filtre.question == question.id:
                opening.update(following.filtre.vaut)
        return opening, None

    def _condition(self, question: Question) -> str:
        if question.filtre is None:
            return ""
        opening = self._questionnaire.by_id[question.filtre.question]
        number = self._numbers.get(opening.id, 0)
        if not 0 < number < self._numbers[question.id]:
            told = f"« {opening.id} » n’est pas posée avant elle sur le papier"
            place = ("questions", self._questionnaire.questions.index(question), "filtre")
            remedy = "Placez-la avant, avec une colonne de saisie (entetes)."
            self.faults.append(Fault(place, told, remedy))
            return ""
        labels = [self._label(opening, code) for code in question.filtre.vaut]
        return self.words["si"].format(reponse=" / ".join(labels), numero=number)

    def _label(self, question: Question, code: str) -> str:
        choices = question.options or self._questionnaire.scale(question.id).modalites
        one = next(choice for choice in choices if choice.code == code)
        return self._said(one.libelle, one.libelles)


def _marks(question: Question) -> range:
    """Return the marks of a question when they are whole and few."""
    low, high = int(question.minimum), int(question.maximum)
    is_whole = (low, high) == (question.minimum, question.maximum)
    return range(low, high + 1) if is_whole and high - low < _MOST_MARKS else range(0)
