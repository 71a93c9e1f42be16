"""Where an export keeps the answers to each question: by the source's code, else by heading.

A column is a place. Headings only lead to it, and what leads to two places, or two questions to
one, is refused by name.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qpref.errors import ColumnsError
from qpref.intake.export import Column, Export
from qpref.intake.matching import normalise
from qpref.intake.submission import Key
from qpref.layout.online import online_codes
from qpref.questions import LANGUAGE
from qpref.reference import Question, Questionnaire

_SHORTENED = 8  # an abbreviated heading shorter than this names no question
_RANK = re.compile(r"^(.*?)[ _](\d{1,2})$")
_INSIDE = (re.compile(r"^(.*)\[([^\[\]]+)\]$"), re.compile(r"^(.*)\(([^()]+)\)$"))
_LETTERS = 26
_REMEDY = (
    "Dites au questionnaire lequel lire, par la clé « entetes » : « intitulé », « intitulé (2) »… "
    "dans l’ordre des colonnes."
)


def letters(index: int) -> str:
    """
    Return the name that spreadsheets give to a column.

    Examples
    --------
    >>> letters(0), letters(25), letters(26), letters(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    before, last = divmod(index, _LETTERS)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def texts_of(questionnaire: Questionnaire) -> dict[Key, set[str]]:
    """Return the normalised headings of each question and option."""
    found: dict[Key, set[str]] = {}
    for question in questionnaire.questions:
        tongues = question.libelles
        own = {normalise(t) for t in (question.texte, *question.entetes, *tongues.values())}
        found[question.id, ""] = own
        for option in question.options:
            names = {normalise(text) for text in option.entetes}
            names |= {
                f"{text} {normalise(label)}"
                for text in own
                for label in (option.libelle, option.code, *option.libelles.values())
            }
            found[question.id, option.code] = names
    return found


class Matcher:
    """Finds the column of each question: by the source's code, else by heading."""

    def __init__(self, export: Export, questionnaire: Questionnaire) -> None:
        self._by_code = {c.code: c for c in reversed(export.columns) if c.code}
        self._texts = texts_of(questionnaire)
        self._whole: dict[str, list[Column]] = defaultdict(list)
        self._inside: dict[str, list[Column]] = defaultdict(list)
        self._twins: dict[str, list[Column]] = defaultdict(list)
        for column in export.columns:
            whole, inside = _names_of(column)
            for name in whole:
                self._whole[name].append(column)
            for name in inside:
                self._inside[name].append(column)
            if column.role == "question":
                self._twins[normalise(_text_of(column, column.plain))].append(column)

    def find(self, key: Key, *codes: str | None) -> Column | None:
        """
        Return the column of a question or option, if there is one.

        Raises
        ------
        ColumnsError
            If several columns bear its name.
        """
        for code in codes:
            if code and code in self._by_code:
                return self._by_code[code]
        for names in (self._whole, self._inside):
            found = self._named(key, names)
            if len(found) > 1:
                raise ColumnsError(
                    f"La question « {key[0]} » peut se lire dans {len(found)} colonnes : "
                    f"{_listed(found)}.",
                    _REMEDY,
                )
            if found:
                return self._among_twins(key, found[0])
        return self._shortened(key)

    def _named(self, key: Key, names: dict[str, list[Column]]) -> list[Column]:
        """
        Return the columns that a question's texts name, each once, in the order of the file.

        A column of the tool's own (« _id ») is one only where no question bears that name.
        """
        found = {c.index: c for text in self._texts[key] for c in names.get(text, ())}
        asked = [index for index in sorted(found) if found[index].role == "question"]
        return [found[index] for index in asked or sorted(found)]

    def _among_twins(self, key: Key, column: Column) -> Column:
        """
        Return the column of a question whose heading other columns bear too.

        As many questions of that text as columns: in their order. Otherwise each column must be
        asked for by its rank.
        """
        name = normalise(_text_of(column, column.plain))
        twins = self._twins.get(name, [])
        if len(twins) < 2 or column.twin > 1:  # noqa: PLR2004 - alone, or asked for by its rank
            return column
        claimed = [k for k, texts in self._texts.items() if name in texts]
        if len(claimed) == len(twins):
            return twins[claimed.index(key)]
        ranked = {normalise(_text_of(c, c.heading)) for c in twins[1:]}
        if ranked <= {text for texts in self._texts.values() for text in texts}:
            return column
        raise ColumnsError(
            f"L’intitulé « {column.plain} » se trouve dans {len(twins)} colonnes "
            f"({', '.join(letters(c.index) for c in twins)}) : on ne sait pas laquelle répond à "
            f"« {key[0]} ».",
            _REMEDY,
        )

    def ranked(self, key: Key) -> list[Column]:
        """Return the columns « question_1 », « question_2 »… of answers packed by rank."""
        found = []
        for text, columns in self._whole.items():
            rank = _RANK.match(text)
            if rank and rank.group(1) in self._texts[key]:
                found.append((int(rank.group(2)), columns[0]))
        return [column for _, column in sorted(found, key=lambda pair: pair[0])]

    def _shortened(self, key: Key) -> Column | None:
        """Return the only column whose abbreviated heading begins this question's text."""
        found = {
            column.index: column
            for text, columns in self._whole.items()
            for column in columns
            if column.heading.endswith(("..", "…")) and len(text) >= _SHORTENED
            for own in self._texts[key]
            if own.startswith(text)
        }
        return next(iter(found.values())) if len(found) == 1 else None


def _text_of(column: Column, heading: str) -> str:
    """Return a heading without the code that begins it."""
    if column.code and heading.startswith(column.code):
        return heading[len(column.code) :].lstrip(" .:")
    return heading


def _names_of(column: Column) -> tuple[list[str], list[str]]:
    """Return the texts by which a column may be known: its whole heading, then what is inside."""
    heading = _text_of(column, column.heading)
    whole = normalise(heading.replace("_", " "))
    inside = None
    if column.twin == 1:
        inside = next((found for form in _INSIDE if (found := form.match(heading))), None)
    parts = []
    if inside:  # « question [sub-question] », « question (option) »
        group, part = normalise(inside.group(1)), normalise(inside.group(2))
        parts = [name for name in (f"{group} {part}", part) if name != whole]
    return [whole] if whole else [], [name for name in parts if name.strip()]


def _listed(columns: Sequence[Column]) -> str:
    return ", ".join(f"{letters(c.index)} « {c.heading} »" for c in columns)


@dataclass(frozen=True)
class Place:
    """Where a question's answers are: one column, one a box, or one a rank."""

    question: Question
    shape: str  # single, boxes, joined, ranked
    columns: dict[str, Column]


def places_of(export: Export, questionnaire: Questionnaire) -> dict[str, Place]:
    """
    Return where each question is, by its variable.

    Raises
    ------
    ColumnsError
        If a question may be read in several columns, or two questions in one.
    """
    matcher = Matcher(export, questionnaire)
    codes = online_codes(questionnaire)
    found: dict[str, Place] = {}
    for question in questionnaire.questions:
        place = _multiple(matcher, question, codes) if question.options else None
        if place is None:
            own = (question.codes.get(export.kind), codes[question.id, ""])
            column = matcher.find((question.id, ""), *own)
            if column is None and question.role == LANGUAGE:
                column = export.role(LANGUAGE)
            if column is None:
                continue
            shape = "joined" if question.options else "single"
            place = Place(question, shape, {"": column})
        found[question.variable] = place
    _refuse_shared(found.values())
    return found


def _refuse_shared(places: Iterable[Place]) -> None:
    """Refuse two questions, or two boxes, that read one column."""
    users = [(c, place.question.id) for place in places for c in place.columns.values()]
    count = Counter(column.index for column, _ in users)
    shared = next((column for column, _ in users if count[column.index] > 1), None)
    if shared is not None:
        names = dict.fromkeys(name for column, name in users if column.index == shared.index)
        who = " et ".join(f"« {name} »" for name in names)
        raise ColumnsError(
            f"La colonne {letters(shared.index)} « {shared.heading} » se lirait pour "
            f"{who if len(names) > 1 else f'plusieurs cases de {who}'}.",
            "Donnez à chacune ses propres intitulés, par les clés « texte » et « entetes ».",
        )


def _multiple(matcher: Matcher, question: Question, codes: Mapping[Key, str]) -> Place | None:
    """Return the columns of a question with several answers: one a box, or one a rank."""
    boxes = {
        option.code: column
        for option in question.options
        if (column := matcher.find((question.id, option.code), codes[question.id, option.code]))
    }
    if len(boxes) == len(question.options):
        return Place(question, "boxes", boxes)
    ranks = matcher.ranked((question.id, ""))
    if ranks:
        return Place(question, "ranked", {str(i): column for i, column in enumerate(ranks)})
    return None
