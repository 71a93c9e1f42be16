"""LimeSurvey structure files (.lss) to draft questions, whatever their version."""

import html
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from defusedxml import DefusedXmlException, ElementTree

from qpref.errors import UnreadableFileError
from qpref.intake.drafts import Draft, Shape
from qpref.intake.lss_conditions import Conditions, Record
from qpref.intake.marks import Bounds, bounds_of, stated_bounds
from qpref.intake.matching import normalise
from qpref.intake.personal import is_personal

MAX_BYTES = 20_000_000
_TAG = re.compile(r"<[^>]+>")
_YES_NO = (("Y", "Oui"), ("N", "Non"))
_FIXED: dict[str, tuple[tuple[str, str], ...]] = {
    "Y": _YES_NO,
    "C": (*_YES_NO, ("U", "Incertain")),
    "E": (("I", "Augmenter"), ("S", "Sans changement"), ("D", "Diminuer")),
    "G": (("F", "Femme"), ("M", "Homme")),
}
_BOUNDS = {"5": (1.0, 5.0), "A": (1.0, 5.0), "B": (1.0, 10.0)}
_TEN = (0.0, 10.0)
_LIMITS = ("min_num_value_n", "max_num_value_n")
_SINGLE = set("L!5YGO")
_ARRAYS = set("FABCEH1")
_MULTIPLE = set("MP")
_TEXTS = set("STUQ;")
_NUMBERS = set("NK:")
_IGNORED = set("X*|")


def read_lss(path: Path) -> list[Draft]:
    """
    Return the draft questions of a structure file, in order.

    Raises
    ------
    UnreadableFileError
        If the file is no structure file, or holds a forbidden XML declaration.
    """
    content = path.read_bytes()
    if len(content) > MAX_BYTES:
        raise UnreadableFileError(f"« {path.name} » est trop gros.", "Vérifiez le fichier.")
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UnreadableFileError(
            f"« {path.name} » n’est pas une structure LimeSurvey lisible.",
            "Exportez de nouveau la structure du questionnaire (.lss).",
        ) from error
    if root.find("questions") is None:
        raise UnreadableFileError(
            f"« {path.name} » ne contient aucune question LimeSurvey.",
            "Exportez la structure du questionnaire (.lss), pas les réponses.",
        )
    return _Structure(root).drafts()


def _rows(root: Any, name: str) -> list[Record]:  # noqa: ANN401 - an XML element
    return [
        {field.tag: (field.text or "").strip() for field in row}
        for row in root.iterfind(f"{name}/rows/row")
    ]


def plain(text: str) -> str:
    """
    Return a wording without markup.

    Examples
    --------
    >>> plain("<p>Votre&nbsp;avis <b>?</b></p>")
    'Votre avis ?'
    """
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


class _Structure:
    """The tables of a structure file, wordings joined whatever the version."""

    def __init__(self, root: Any) -> None:  # noqa: ANN401
        base = next((row.get("language", "") for row in _rows(root, "surveys")), "")

        def table(name: str) -> list[Record]:  # wordings of the base language first
            return sorted(_rows(root, name), key=lambda row: row.get("language", base) != base)

        self._wording = {
            "question": self._first(table("question_l10ns"), "qid", "question"),
            "group_name": self._first(table("group_l10ns"), "gid", "group_name"),
            "answer": self._first(table("answer_l10ns"), "aid", "answer"),
        }
        self._groups = self._first(table("groups"), "gid", "group_name")
        self._groups_asked = self._first(table("groups"), "gid", "grelevance")
        self._conditions = _rows(root, "conditions")
        self._arrays: dict[str, str] = {}  # wording of the array of each line, by code
        self._groups |= self._wording["group_name"]
        everything = table("questions")
        self._questions = [row for row in everything if row.get("parent_qid", "0") == "0"]
        children = table("subquestions") or [
            row for row in everything if row.get("parent_qid", "0") != "0"
        ]
        self._children = self._by_parent(children, "parent_qid")
        self._answers = self._by_parent(table("answers"), "qid")
        self._settings = {
            (row.get("qid", ""), row.get("attribute", "")): row.get("value", "")
            for row in _rows(root, "question_attributes")
        }

    @staticmethod
    def _first(rows: list[Record], key: str, value: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for row in rows:
            found.setdefault(row.get(key, ""), plain(row.get(value, "")))
        return found

    @staticmethod
    def _by_parent(rows: list[Record], key: str) -> dict[str, list[Record]]:
        """Group rows, each wording once (older files repeat them by language), in order."""
        found: defaultdict[str, dict[str, Record]] = defaultdict(dict)
        for row in rows:
            found[row.get(key, "")].setdefault(row.get("title") or row.get("code", ""), row)
        return {parent: sorted(own.values(), key=_order) for parent, own in found.items()}

    def _text(self, row: Record) -> str:
        return self._wording["question"].get(row.get("qid", "")) or plain(row.get("question", ""))

    def _labels(self, row: Record) -> list[tuple[str, str]]:
        kind = row.get("type", "")
        if kind in _FIXED:
            return list(_FIXED[kind])
        wording = self._wording["answer"]
        return [
            (a.get("code", ""), wording.get(a.get("aid", "")) or plain(a.get("answer", "")))
            for a in self._answers.get(row.get("qid", ""), [])
        ]

    def drafts(self) -> list[Draft]:
        """Return the questions, each once, in the order of groups."""
        seen: dict[str, Record] = {}
        for row in self._questions:
            seen.setdefault(row.get("qid", ""), row)
        ordered = sorted(seen.values(), key=lambda r: (_number(r, "gid"), _order(r)))
        conditions = Conditions(ordered, self._groups_asked, self._conditions)
        found = [
            replace(draft, **conditions.of(row))
            for row in ordered
            for draft in (*self._of(row), *self._completed(row))
        ]
        return self._told_apart(found)

    def _completed(self, row: Record) -> list[Draft]:
        """Return the free answers that complete a question: « Autre », comments."""
        code, text = row.get("title", ""), self._text(row)
        theme = self._groups.get(row.get("gid", ""), "")
        found = []
        if row.get("other") == "Y":
            found.append(Draft(theme, f"{text} [Autre]", f"{code}[other]", Shape.TEXT))
        if row.get("type") == "O":
            found.append(Draft(theme, f"{text} [Commentaire]", f"{code}[comment]", Shape.TEXT))
        return found

    def _of(self, row: Record) -> list[Draft]:
        """Return a question, or those of its lines when it is an array."""
        kind, code = row.get("type", ""), row.get("title", "")
        theme = self._groups.get(row.get("gid", ""), "")
        text, children = self._text(row), self._children.get(row.get("qid", ""), [])
        if kind in _IGNORED:
            return []
        if kind in _MULTIPLE:
            options = [(c.get("title", ""), self._text(c)) for c in children]
            shape = Shape.BOXES if options else Shape.TEXT
            return [Draft(theme, text, code, shape, options)]
        lines = [(f"{code}[{c.get('title')}]", self._text(c)) for c in children]
        if kind in _ARRAYS:
            self._arrays |= dict.fromkeys((line for line, _ in lines), text)
            return [
                self._answered(row, Draft(theme, own or text, line, Shape.TEXT, short=own), text)
                for line, own in lines
            ]
        if not lines or kind in _SINGLE:
            return [self._answered(row, Draft(theme, text, code, Shape.TEXT))]
        return [
            self._answered(row, Draft(theme, f"{text} {own}".strip(), line, Shape.TEXT))
            for line, own in lines
        ]

    def _told_apart(self, drafts: list[Draft]) -> list[Draft]:
        """Return questions whose wordings differ: like lines of two arrays are named after them."""
        count = Counter(normalise(draft.text) for draft in drafts)
        return [
            replace(draft, text=f"{head} {draft.text}")
            if count[normalise(draft.text)] > 1 and (head := self._arrays.get(draft.code))
            else draft
            for draft in drafts
        ]

    def _answered(self, row: Record, draft: Draft, asked: str = "") -> Draft:
        """Return a question with the way in which it is answered; `asked` heads its array."""
        kind = row.get("type", "")
        wording = f"{asked} {draft.text}"
        if kind in _BOUNDS:
            return replace(draft, shape=Shape.MARK, bounds=_BOUNDS[kind])
        if kind in _SINGLE or kind in _ARRAYS:
            return self._chosen(replace(draft, choices=self._labels(row)), wording)
        if kind in _NUMBERS:
            bounds = self._set_bounds(row) or stated_bounds(wording)
            return replace(
                draft, shape=Shape.MARK if bounds else Shape.NUMBER, bounds=bounds or _TEN
            )
        if kind == "D":
            return replace(draft, shape=Shape.DATE)
        return replace(draft, shape=Shape.PERSONAL if is_personal(draft.text) else Shape.TEXT)

    def _set_bounds(self, row: Record) -> Bounds | None:
        """Return the least and the greatest number that the form takes, when both are set."""
        found = [self._settings.get((row.get("qid", ""), name), "") for name in _LIMITS]
        try:
            low, high = map(float, found)
        except ValueError:  # not set, or set by an expression
            return None
        return (low, high) if low < high else None

    @staticmethod
    def _chosen(draft: Draft, wording: str) -> Draft:
        """Return a question answered by a choice: a mark when its labels are, else a level."""
        if not draft.choices:
            return replace(draft, doubt="aucune réponse prévue : « texte » par défaut")
        bounds = bounds_of(wording, dict.fromkeys(draft.labels, 1))
        if bounds is None:
            return replace(draft, shape=Shape.LEVEL)
        coded = any(
            code.lstrip("0") not in {label.lstrip("0"), ""} for code, label in draft.choices
        )
        doubt = "exportez les réponses complètes, pas leurs codes : ils ne sont pas les notes"
        bounds = _whole_list(draft.labels) or bounds
        return replace(
            draft, shape=Shape.MARK, bounds=bounds, choices=(), doubt=doubt if coded else ""
        )


def _whole_list(labels: Sequence[str]) -> Bounds | None:
    """Return the ends of a list of marks in which none is left out: a form shows them all."""
    if not all(label.isdecimal() for label in labels):
        return None
    marks = [int(label) for label in labels]
    steps = {after - before for before, after in pairwise(marks)}
    return (float(min(marks)), float(max(marks))) if steps in ({1}, {-1}) else None


def _number(row: Record, key: str) -> int:
    value = row.get(key, "")
    return int(value) if value.isdigit() else 0


def _order(row: Record) -> int:
    return _number(row, "question_order") or _number(row, "sortorder")
