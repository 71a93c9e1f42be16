"""Labels as people type them, matched to the dictionary: exactly, never approximately."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from qpref.errors import suggestion
from qpref.reference import Modality

_FEMININE = re.compile(r"\((e|es|ne|s)\)|[·.•](e|es)\b")
_NEGATION = re.compile(r"\b(?:pas|peu|non|ni|jamais|aucun\w*|in[a-z]{4,}|mal|mecontent\w*)\b")
_SEPARATORS = re.compile(r"[\s'’`\-–—_.,;:/|…]+")


_OTHERS = re.compile(r"[^\x00-\x7f]")


def _uncombined(found: re.Match[str]) -> str:
    return "" if unicodedata.combining(found[0]) else found[0]


@lru_cache(maxsize=10_000)  # answers repeat a lot
def normalise(text: str) -> str:
    """
    Return a text without case, accents, punctuation and feminine marks.

    A text made of signs only (« ++ ») is returned as it is, so that it can be a synonym.

    Examples
    --------
    >>> normalise(" Très\u00a0satisfait(e). "), normalise("++")
    ('tres satisfait', '++')
    """
    folded = _FEMININE.sub("", text).casefold()
    if not folded.isascii():
        folded = _OTHERS.sub(_uncombined, unicodedata.normalize("NFKD", folded))
    kept = _SEPARATORS.sub(" ", folded).strip()
    return kept or text.strip()


@dataclass(frozen=True)
class Match:
    """A modality and the rule by which the text was recognised."""

    modality: Modality
    rule: str


class Lexicon:
    """All the texts by which each answer of a scale may be written."""

    def __init__(
        self, modalities: Iterable[Modality], codes: Mapping[str, str] | None = None
    ) -> None:
        """Take the modalities, and the figures of a form by code of modality."""
        self.modalities = list(modalities)
        self._found: dict[str, Match] = {}
        for modality in self.modalities if codes else ():
            self._found[(codes or {})[modality.code]] = Match(modality, "code")
        for modality in self.modalities:
            for synonym in (*modality.libelles.values(), *modality.synonymes):
                self._found[normalise(synonym)] = Match(modality, "synonyme")
        for modality in self.modalities:
            for code in (modality.code, *modality.codes):
                self._found[code] = Match(modality, "code")
            self._found[normalise(modality.libelle)] = Match(modality, "normalise")
            self._found[modality.libelle] = Match(modality, "exact")

    def match(self, text: str) -> Match | None:
        """Return the modality that this text names, or None; no guess is made."""
        return self._found.get(text.strip()) or self._found.get(normalise(text))

    def suggestion(self, text: str) -> str:
        """
        Return « Vouliez-vous dire … ? » for a close label, never across a negation.

        « Très insatisfait » is close to « Très satisfait » by its letters and far by its meaning.
        """
        sense = bool(_NEGATION.search(normalise(text)))
        near = [
            m.libelle
            for m in self.modalities
            if bool(_NEGATION.search(normalise(m.libelle))) == sense
        ]
        return suggestion(text, near)

    @property
    def expected(self) -> str:
        """The labels, for a message."""
        return ", ".join(modality.libelle for modality in self.modalities)


def as_text(cell: Any) -> str:  # noqa: ANN401 - a cell of a workbook has any type
    """
    Return a cell as text; whole numbers lose the « .0 » that workbooks add.

    Examples
    --------
    >>> as_text(12.0), as_text(None), as_text(" x ")
    ('12', '', 'x')
    """
    if type(cell) is str:  # by far the most frequent, hence first and in the fastest way
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
