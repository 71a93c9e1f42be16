"""Where an export keeps the answers to each question: by the source's code, else by heading."""

import re
from dataclasses import dataclass

from qpref.intake.export import Column, Export
from qpref.intake.matching import normalise
from qpref.intake.submission import Key
from qpref.reference import Question, Questionnaire

_SHORTENED = 8  # an abbreviated heading shorter than this names no question
_RANK = re.compile(r"^(.*?)[ _](\d{1,2})$")
_INSIDE = (re.compile(r"^(.*)\[([^\[\]]+)\]$"), re.compile(r"^(.*)\(([^()]+)\)$"))


def texts_of(questionnaire: Questionnaire) -> dict[Key, set[str]]:
    """Return the normalised headings of each question and option."""
    found: dict[Key, set[str]] = {}
    for question in questionnaire.questions:
        own = {normalise(text) for text in (question.texte, *question.entetes)}
        found[question.id, ""] = own
        for option in question.options:
            names = {normalise(text) for text in option.entetes}
            names |= {
                f"{text} {normalise(label)}"
                for text in own
                for label in (option.libelle, option.code)
            }
            found[question.id, option.code] = names
    return found


class Matcher:
    """Finds the column of each question: by the source's code, else by heading."""

    def __init__(self, export: Export, questionnaire: Questionnaire) -> None:
        self._by_code = {c.code: c for c in reversed(export.columns) if c.code}
        self._by_text: dict[str, Column] = {}
        for column in reversed(export.columns):
            for name in _names_of(column):
                self._by_text[name] = column
        self._kind = export.kind
        self._texts = texts_of(questionnaire)

    def find(self, key: Key, *codes: str | None) -> Column | None:
        """Return the column of a question or option, if there is one."""
        for code in codes:
            if code and code in self._by_code:
                return self._by_code[code]
        return next(
            (self._by_text[t] for t in sorted(self._texts[key]) if t in self._by_text),
            self._shortened(key),
        )

    def ranked(self, key: Key) -> list[Column]:
        """Return the columns « question_1 », « question_2 »… of answers packed by rank."""
        found = []
        for text, column in self._by_text.items():
            rank = _RANK.match(text)
            if rank and rank.group(1) in self._texts[key]:
                found.append((int(rank.group(2)), column))
        return [column for _, column in sorted(found, key=lambda pair: pair[0])]

    def _shortened(self, key: Key) -> Column | None:
        """Return the only column whose abbreviated heading begins this question's text."""
        found = {
            column.index: column
            for text, column in self._by_text.items()
            if column.heading.endswith(("..", "…")) and len(text) >= _SHORTENED
            for own in self._texts[key]
            if own.startswith(text)
        }
        return next(iter(found.values())) if len(found) == 1 else None


def _names_of(column: Column) -> list[str]:
    """Return the texts by which a column may be known, the whole heading first."""
    heading = column.heading
    if column.code and heading.startswith(column.code):
        heading = heading[len(column.code) :].lstrip(" .:")
    names = [normalise(heading.replace("_", " "))]
    inside = next((found for form in _INSIDE if (found := form.match(heading))), None)
    if inside:  # « question [sub-question] », « question (option) »
        names += [
            normalise(inside.group(2)),
            f"{normalise(inside.group(1))} {normalise(inside.group(2))}",
        ]
    return [name for name in names if name]


@dataclass(frozen=True)
class Place:
    """Where a question's answers are: one column, one a box, or one a rank."""

    question: Question
    shape: str  # single, boxes, joined, ranked
    columns: dict[str, Column]


def places_of(export: Export, questionnaire: Questionnaire) -> dict[str, Place]:
    """Return where each question is."""
    matcher = Matcher(export, questionnaire)
    found: dict[str, Place] = {}
    for question in questionnaire.questions:
        code = question.codes.get(export.kind) or question.limesurvey
        place = _multiple(matcher, question) if question.options else None
        if place is None:
            column = matcher.find((question.id, ""), code)
            if column is None:
                continue
            shape = "joined" if question.options else "single"
            place = Place(question, shape, {"": column})
        found[question.id] = place
    return found


def _multiple(matcher: Matcher, question: Question) -> Place | None:
    """Return the columns of a question with several answers: one a box, or one a rank."""
    boxes = {
        option.code: column
        for option in question.options
        if (
            column := matcher.find(
                (question.id, option.code), f"{question.limesurvey}[{option.limesurvey}]"
            )
        )
    }
    if len(boxes) == len(question.options):
        return Place(question, "boxes", boxes)
    ranks = matcher.ranked((question.id, ""))
    if ranks:
        return Place(question, "ranked", {str(i): column for i, column in enumerate(ranks)})
    return None
