"""
A questionnaire as LimeSurvey asks it: its questions, arrays and conditions, before any file.

What LimeSurvey cannot hold is told as faults of the dictionary, all at once. Its rules are those
of its own model of a question (codes of letters and digits, twenty at most, some words kept for
itself) and of its expressions (a text in braces is one; a condition looks back, never forward).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from qpref.errors import listing
from qpref.layout.languages import FRENCH, said, untranslated
from qpref.layout.online import (
    LONGEST_CODE,
    answer_codes,
    online_codes,
    online_questions,
)
from qpref.questions import Answer
from qpref.reference import Question, Questionnaire
from qpref.reference.faults import Fault, Steps

Choice = tuple[str, str]  # code and label
ASKED = "1"  # the condition of a question that is always asked
_CODE = re.compile(rf"[A-Za-z][A-Za-z0-9]{{0,{LONGEST_CODE - 1}}}")
_LINE = re.compile(rf"[A-Za-z0-9]{{1,{LONGEST_CODE}}}")
_KEPT = {"LANG", "SID", "SAVEDID", "TOKEN", "QID", "GID", "SGQ", "self", "that", "this"}
_UNREADABLE = re.compile(r"[{}\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_OTHER, _COMMENT = "other", "comment"
_MOST_MARKS = 21  # marks shown as buttons; beyond, a number is typed
LIST, COMMENTED, ARRAY, BOXES = "L", "O", "F", "M"
_TYPES = {Answer.TEXT: "T", Answer.DAY: "D", Answer.NUMBER: "N", Answer.FIELD: "S"}


@dataclass
class OnlineQuestion:
    """
    One question of LimeSurvey: an array has `lines`, a list `choices`, boxes both as one.

    `type` is LimeSurvey's letter; `bounds` those of a number that is typed.
    """

    code: str
    type: str
    text: str
    first: Question
    lines: list[Choice] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    relevance: str = ASKED
    has_other: bool = False
    bounds: tuple[float, float] | None = None


@dataclass(frozen=True)
class OnlineForm:
    """The groups of an online form, in order, and what LimeSurvey cannot hold of it."""

    questionnaire: Questionnaire
    groups: Sequence[tuple[str, Sequence[OnlineQuestion]]]
    faults: Sequence[Fault]

    @property
    def is_personal(self) -> bool:
        """Whether it asks who somebody is."""
        return any(q.role == "coordonnees" for q in online_questions(self.questionnaire))


def online_forms(questionnaire: Questionnaire, sites: Sequence[str]) -> dict[str, OnlineForm]:
    """
    Return a questionnaire as LimeSurvey asks it, in each of its languages, French first.

    Only texts differ: codes, order and conditions are the same in all. The French form bears the
    faults, a text without translation among them.

    Parameters
    ----------
    questionnaire
        The dictionary.
    sites
        Names of the sites, the answers to the question of role « site ».
    """
    return {
        language: _form(questionnaire, sites, language)
        for language in (FRENCH, *questionnaire.langues)
    }


def _form(questionnaire: Questionnaire, sites: Sequence[str], language: str) -> OnlineForm:
    builder = _Builder(questionnaire, sites, language)
    for question in online_questions(questionnaire):
        builder.add(question)
    groups = [
        (builder.title(theme), list(same))
        for theme, same in groupby(builder.items, key=lambda item: item.first.theme)
    ]
    faults = [*builder.faults, *_unreadable(questionnaire), *untranslated(questionnaire)]
    return OnlineForm(questionnaire, groups, faults)


class _Builder:
    def __init__(self, questionnaire: Questionnaire, sites: Sequence[str], language: str) -> None:
        self._questionnaire, self._sites, self._language = questionnaire, sites, language
        self._codes = online_codes(questionnaire)
        self._places = {q.id: rank for rank, q in enumerate(questionnaire.questions)}
        self._asked: dict[str, Question] = {}
        self.items: list[OnlineQuestion] = []
        self.faults: list[Fault] = []

    def add(self, question: Question) -> None:
        """Add a question: one of its own, a line of an array, or what completes another."""
        head, _, line = self._codes[question.id, ""].rstrip("]").partition("[")
        self._check_code(question, head, line)
        relevance = self._relevance(question)
        if line in {_OTHER, _COMMENT}:
            self._complete(question, head, line)
        elif line and self._continues(question, head, relevance):
            self.items[-1].lines.append((line, self._said(question.texte, question.libelles)))
        else:
            self.items.append(self._begun(question, head, line, relevance))
        self._asked[question.id] = question

    def title(self, theme: str) -> str:
        """Return the title of a theme."""
        tongue = self._questionnaire.langues.get(self._language)
        titles = tongue.themes if tongue else {}
        return titles.get(theme, self._questionnaire.themes[theme])

    def _said(self, text: str, translated: Mapping[str, str]) -> str:
        return said(text, translated, self._language)

    def _refuse(self, question: Question, key: str, told: str, remedy: str) -> None:
        self.faults.append(Fault(("questions", self._places[question.id], key), told, remedy))

    def _check_code(self, question: Question, head: str, line: str) -> None:
        if not _CODE.fullmatch(head) or head in _KEPT or (line and not _LINE.fullmatch(line)):
            told = f"LimeSurvey n’accepte pas le code « {self._codes[question.id, '']} »"
            remedy = (
                f"Des lettres et des chiffres, {LONGEST_CODE} au plus, une lettre d’abord, sans "
                f"accent ni tiret ; sauf {listing(sorted(_KEPT))}."
            )
            self._refuse(question, "limesurvey", told, remedy)
        if not line and head in {item.code for item in self.items}:
            told = f"le code « {head} » est déjà celui d’une autre question"
            self._refuse(question, "limesurvey", told, "Donnez un code à chacune.")
        boxes = [self._codes[question.id, o.code].partition("[")[2][:-1] for o in question.options]
        if any(not _LINE.fullmatch(box) or box == "time" for box in boxes) or len(
            {box.casefold() for box in boxes}
        ) < len(boxes):
            told = "LimeSurvey n’accepte pas les codes de ses cases"
            remedy = "Des lettres et des chiffres, un code différent pour chaque case."
            self._refuse(question, "options", told, remedy)

    def _complete(self, question: Question, head: str, line: str) -> None:
        """Note the free answer that completes a list or boxes."""
        item = next((one for one in self.items if one.code == head), None)
        if item and line == _OTHER and item.type in {LIST, COMMENTED, BOXES}:
            item.has_other = True
        elif item and line == _COMMENT and item.type == LIST:
            item.type = COMMENTED
        else:
            told = f"rien n’est à compléter par « {head}[{line}] »"
            remedy = "Ce code complète une liste ou des cases, placées avant : donnez-en un autre."
            self._refuse(question, "limesurvey", told, remedy)

    def _continues(self, question: Question, head: str, relevance: str) -> bool:
        """Whether a question is the next line of the array that was begun."""
        item = self.items[-1] if self.items else None
        if item is None or head not in {one.code for one in self.items}:
            return False
        first = item.first
        is_same = (item.code, item.relevance, first.theme, first.echelle) == (
            head,
            relevance,
            question.theme,
            question.echelle,
        )
        if not is_same:
            told = f"elle n’est pas une ligne du tableau « {head} » comme les autres"
            remedy = "Les lignes d’un tableau se suivent, avec un thème, une échelle, un filtre."
            self._refuse(question, "limesurvey", told, remedy)
        return True

    def _begun(self, question: Question, head: str, line: str, relevance: str) -> OnlineQuestion:
        choices = self._choices(question)
        text = self._said(question.texte, question.libelles)
        item = OnlineQuestion(head, LIST, text, question, relevance=relevance)
        item.choices = choices
        if question.options:
            item.type, item.choices = BOXES, []
            item.lines = [
                (
                    self._codes[question.id, option.code].partition("[")[2][:-1],
                    self._said(option.libelle, option.libelles),
                )
                for option in question.options
            ]
        elif line:
            item.type, item.text = ARRAY, self.title(question.theme)
            item.lines = [(line, text)]
            if not question.echelle:
                told = f"« {head}[{line}] » est le code d’une ligne de tableau"
                self._refuse(question, "limesurvey", told, "Donnez-lui un code sans crochets.")
        elif not choices:
            item.type = _TYPES[question.kind.answer]
            item.type = "D" if question.role == "date" else item.type
            if question.kind.is_marked:
                item.bounds = (question.minimum, question.maximum)
        return item

    def _choices(self, question: Question) -> list[Choice]:
        """Return the answers of a list: levels, sites, or marks that are few and whole."""
        if question.echelle:
            scale = self._questionnaire.echelles[question.echelle]
            codes = answer_codes(scale)
            return [
                (codes[level.code], self._said(level.libelle, level.libelles))
                for level in scale.modalites
            ]
        if question.role == "site":
            return [(f"A{rank}", name) for rank, name in enumerate(self._sites, start=1)]
        low, high = question.minimum, question.maximum
        is_whole = low >= 0 and low == int(low) and high == int(high)
        if question.kind.is_marked and is_whole and high - low < _MOST_MARKS:
            return [(str(mark), str(mark)) for mark in range(int(low), int(high) + 1)]
        return []

    def _relevance(self, question: Question) -> str:
        """Return the condition of a question, in LimeSurvey's words."""
        if question.filtre is None:
            return ASKED
        opening = self._asked.get(question.filtre.question)
        if opening is None:
            told = f"« {question.filtre.question} » n’est pas posée avant elle dans le formulaire"
            self._refuse(
                question, "filtre", told, "Placez-la avant ; LimeSurvey regarde en arrière."
            )
            return ASKED
        parts = [self._opens(opening, code) for code in question.filtre.vaut]
        if not all(parts):
            told = f"« {opening.id} » n’a pas la réponse qui ouvre cette question"
            remedy = "Le filtre nomme des réponses d’une liste, ou des cases, de cette question."
            self._refuse(question, "filtre", told, remedy)
            return ASKED
        return " or ".join(parts)

    def _opens(self, opening: Question, code: str) -> str:
        """Return the test of one answer; nothing when the question has no such answer."""
        if opening.options:
            box = self._codes.get((opening.id, code), "")
            return f'{_variable(box)}.NAOK == "Y"' if box else ""
        scale = self._questionnaire.echelles.get(opening.echelle or "")
        answer = answer_codes(scale).get(code, "") if scale else ""
        name = _variable(self._codes[opening.id, ""])
        return f'{name}.NAOK == "{answer}"' if answer else ""


def _variable(code: str) -> str:
    return code.replace("[", "_").rstrip("]")


def _unreadable(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Yield the texts that LimeSurvey would read as an expression, or no XML file may hold."""
    remedy = "Retirez les accolades et les caractères invisibles."
    for steps, texts in _texts(questionnaire):
        if any(map(_UNREADABLE.search, texts)):
            yield Fault(steps, "LimeSurvey lit un texte entre accolades comme un calcul", remedy)


def _texts(questionnaire: Questionnaire) -> Iterator[tuple[Steps, Iterable[str]]]:
    """Yield where each wording is, and the wording in all languages."""
    yield ("libelle",), [questionnaire.libelle]
    yield from ((("themes", name), [title]) for name, title in questionnaire.themes.items())
    for name, tongue in questionnaire.langues.items():
        told = (tongue.libelle, tongue.mention, tongue.merci)
        yield ("langues", name), [*told, *tongue.themes.values()]
    for name, scale in questionnaire.echelles.items():
        for rank, level in enumerate(scale.modalites):
            place = ("echelles", name, "modalites", rank, "libelle")
            yield place, [level.libelle, *level.libelles.values()]
    for rank, question in enumerate(questionnaire.questions):
        yield ("questions", rank, "texte"), [question.texte, *question.libelles.values()]
        boxes = [text for o in question.options for text in (o.libelle, *o.libelles.values())]
        yield ("questions", rank, "options"), boxes
