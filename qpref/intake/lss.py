"""LimeSurvey structure files (.lss) to draft questions, whatever their version."""

import html
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from defusedxml import DefusedXmlException, ElementTree

from qpref.errors import UnreadableFileError
from qpref.intake.drafts import Draft

MAX_BYTES = 20_000_000
_TAG = re.compile(r"<[^>]+>")
_YES_NO = (("Y", "Oui"), ("N", "Non"))
_FIXED: dict[str, tuple[tuple[str, str], ...]] = {
    "Y": _YES_NO,
    "C": (*_YES_NO, ("U", "Incertain")),
    "E": (("I", "Augmenter"), ("S", "Sans changement"), ("D", "Diminuer")),
    "A": tuple((str(n), str(n)) for n in range(1, 6)),
    "5": tuple((str(n), str(n)) for n in range(1, 6)),
    "B": tuple((str(n), str(n)) for n in range(1, 11)),
    "G": (("F", "Femme"), ("M", "Homme")),
}
_SINGLE = set("L!5YGO")
_ARRAYS = set("FABCEH1")
_MULTIPLE = set("MP")
_TEXTS = set("STUQ;")
_NUMBERS = set("NK:")
_IGNORED = set("X*|")

Record = dict[str, str]


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
        self._groups |= self._wording["group_name"]
        everything = table("questions")
        self._questions = [row for row in everything if row.get("parent_qid", "0") == "0"]
        children = table("subquestions") or [
            row for row in everything if row.get("parent_qid", "0") != "0"
        ]
        self._children = self._by_parent(children, "parent_qid")
        self._answers = self._by_parent(table("answers"), "qid")

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
        return [draft for row in ordered for draft in (*self._of(row), *self._completed(row))]

    def _completed(self, row: Record) -> list[Draft]:
        """Return the free answers that complete a question: « Autre », comments."""
        code, text = row.get("title", ""), self._text(row)
        theme = self._groups.get(row.get("gid", ""), "")
        found = []
        if row.get("other") == "Y":
            found.append(Draft(theme, f"{text} [Autre]", f"{code}[other]", "text"))
        if row.get("type") == "O":
            found.append(Draft(theme, f"{text} [Commentaire]", f"{code}[comment]", "text"))
        return found

    def _of(self, row: Record) -> list[Draft]:
        kind, code = row.get("type", ""), row.get("title", "")
        theme = self._groups.get(row.get("gid", ""), "")
        text, children = self._text(row), self._children.get(row.get("qid", ""), [])
        if kind in _IGNORED:
            return []
        if kind in _ARRAYS:
            return [
                Draft(
                    theme, self._text(c), f"{code}[{c.get('title')}]", "labels", self._labels(row)
                )
                for c in children
            ]
        if kind in _MULTIPLE:
            options = [(c.get("title", ""), self._text(c)) for c in children]
            return [Draft(theme, text, code, "options", options)]
        if kind in _SINGLE:
            return [Draft(theme, text, code, "labels", self._labels(row))]
        shape = "number" if kind in _NUMBERS else "date" if kind == "D" else "text"
        if not children:
            return [Draft(theme, text, code, shape)]
        return [
            Draft(theme, f"{text} {self._text(c)}", f"{code}[{c.get('title')}]", shape)
            for c in children
        ]


def _number(row: Record, key: str) -> int:
    value = row.get(key, "")
    return int(value) if value.isdigit() else 0


def _order(row: Record) -> int:
    return _number(row, "question_order") or _number(row, "sortorder")
