"""When a LimeSurvey question is asked: the simple conditions that a questionnaire can say."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

Record = dict[str, str]

_ALWAYS = {"", "1", "yes"}
_OR = re.compile(r"\s*(?:\|\||\bor\b)\s*", re.I)
# « Q1.NAOK == "A1" », in parentheses or not; « 123X4X56 » names a question by its number.
_EQUALS = re.compile(
    r"^\(*\s*(\w+)(?:\.NAOK|\.code)?\s*(?:==|\beq\b)\s*[\"']([^\"']+)[\"']\s*\)*$", re.I
)
_SURVEY_CODE = re.compile(r"^\d+X\d+X(\d+)$", re.I)


class Conditions:
    """
    The conditions of the questions of a structure file.

    Parameters
    ----------
    questions
        In any order; `relevance` says when each is asked.
    groups
        When each group is asked.
    former
        Conditions of files of before relevance, one a value.
    """

    def __init__(
        self, questions: Iterable[Record], groups: Mapping[str, str], former: Iterable[Record]
    ) -> None:
        self._titles = {row.get("qid", ""): row.get("title", "") for row in questions}
        self._groups = groups
        self._former: dict[str, list[Record]] = {}
        for row in former:
            self._former.setdefault(row.get("qid", ""), []).append(row)

    def of(self, row: Record) -> dict[str, Any]:
        """Return the fields of a draft that say when its question is asked."""
        said = [row.get("relevance", "").strip(), self._groups.get(row.get("gid", ""), "").strip()]
        conditions = [text for text in said if text.casefold() not in _ALWAYS]
        if not conditions:
            return self._of_former(self._former.get(row.get("qid", ""), []))
        found = self._simple(conditions[0]) if len(conditions) == 1 else None
        return _asked_if(found, " et ".join(conditions))

    def _simple(self, text: str) -> tuple[str, list[str]] | None:
        """Return the question and the values of « it has one of these answers »."""
        parts = [_EQUALS.match(part.strip()) for part in _OR.split(_unwrapped(text))]
        pairs = [(self._name(part[1]), part[2]) for part in parts if part]
        if len(pairs) < len(parts) or len({name for name, _ in pairs}) != 1:
            return None
        return pairs[0][0], [value for _, value in pairs]

    def _name(self, name: str) -> str:
        number = _SURVEY_CODE.match(name)
        return self._titles.get(number[1], name) if number else name

    def _of_former(self, rows: list[Record]) -> dict[str, Any]:
        if not rows:
            return {}
        names = {self._titles.get(row.get("cqid", ""), "") for row in rows}
        is_simple = len(names) == 1 and all(row.get("method", "==") == "==" for row in rows)
        values = [row.get("value", "") for row in rows]
        return _asked_if((names.pop(), values) if is_simple else None, "conditions")


def _asked_if(found: tuple[str, list[str]] | None, text: str) -> dict[str, Any]:
    if found and found[0] and all(found[1]):
        return {"asked_if": found}
    return {"doubt": f"sa condition n’est pas reprise ({text[:80]})"}


def _unwrapped(text: str) -> str:
    """Return a condition without the parentheses around the whole of it."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and _is_around(text):
        text = text[1:-1].strip()
    return text


def _is_around(text: str) -> bool:
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and place < len(text) - 1:
            return False
    return True
