"""Assign subjects and a tone to a free answer, with the words that decided."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from qpref.reference.subjects import ANY_END, BOTH, CodeBook
from qpref.statistics.agreement import agreement
from qpref.wording.text import sounds

_SENTENCE = re.compile(r"[.!?;\n]+")
_CLAUSE = re.compile(r"[,:()…]+|\b(?:mais|par contre|cependant|heureusement que)\b", re.IGNORECASE)
_REACH = 3  # words after a negation that it turns round
_AMONG = "(?<= )(?:{})(?= )"  # the sounds of a line
_GONE = "¤"
RULES, LEARNED = "règles", "appris"  # who proposes a subject

Words = list[tuple[str, str]]
Span = tuple[int, int]


@dataclass(frozen=True)
class CodedRemark:
    """The subjects of a remark, in the order of the code book, its tone, the words that decided."""

    subjects: tuple[str, ...]
    tone: str
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class _Lexicon:
    """Words and expressions to look for."""

    def __init__(self, expressions: Iterable[str]) -> None:
        whole, self._pairs = [], list[list[re.Pattern[str]]]()
        for one in expressions:
            parts = [_pattern(part) for part in one.split(BOTH)]
            if len(parts) > 1:
                self._pairs.append([re.compile(_AMONG.format(part)) for part in parts])
            else:
                whole += parts
        self._whole = _compiled(whole)

    def find(self, line: str) -> list[Span]:
        """Return where they are in a line of sounds: first word, and the one after the last."""
        found = [*self._whole.finditer(line)] if self._whole else []
        for pair in self._pairs:
            parts = [part.search(line) for part in pair]
            if all(parts):
                found += [part for part in parts if part]
        return sorted({_span(line, one) for one in found})


def _pattern(expression: str) -> str:
    return " ".join(
        re.escape(sound) + ("[a-z0-9]*" if is_open else "")
        for word in expression.split()
        for rank, (_, sound) in enumerate(sounds(word))
        for is_open in [word.endswith(ANY_END) and rank == len(sounds(word)) - 1]
    )


def _compiled(parts: Sequence[str]) -> re.Pattern[str] | None:
    longest = sorted(filter(None, parts), key=len, reverse=True)
    return re.compile(_AMONG.format("|".join(longest))) if longest else None


def _line(words: Words) -> str:
    return " ".join(["", *(sound for _, sound in words), ""])


def _span(line: str, found: re.Match[str]) -> Span:
    first = line.count(" ", 0, found.start()) - 1
    return first, first + found.group().count(" ") + 1


class RemarkCoder:
    """What a code book says of remarks; made once, for its words are compiled."""

    def __init__(self, book: CodeBook) -> None:
        self._book = book
        self._subjects = {
            one.id: (_Lexicon(one.mots), _Lexicon(one.sauf)) for one in book.sujets if one.mots
        }
        self._defaults = {one.id: one.ton for one in book.sujets}
        tones = book.tons
        self._tones = {name: _Lexicon(getattr(tones, name)) for name in type(tones).model_fields}

    def code(self, text: str) -> CodedRemark:
        """Return what a remark is about."""
        found: dict[str, tuple[str, ...]] = {}
        sentences = [sounds(sentence) for sentence in _SENTENCE.split(text)]
        for subject, (own, apart) in self._subjects.items():
            seen = [word for words in sentences for word in _seen(words, own, apart)]
            if seen:
                found[subject] = tuple(dict.fromkeys(seen))
        subjects = tuple(found) or (self._book.other,)
        return CodedRemark(subjects, self._tone(text, subjects), found)

    def _tone(self, text: str, subjects: Sequence[str]) -> str:
        told = Counter[str]()
        for sentence in _SENTENCE.split(text):
            for clause in _CLAUSE.split(sentence):
                told.update(self._turns(sounds(clause)))
        if told["positif"] and told["negatif"]:
            return "mele"
        defaults = [tone for one in subjects if (tone := self._defaults[one]) != "neutre"]
        said = [tone for tone in ("positif", "negatif") if told[tone]]
        return (said or defaults or ["neutre"])[0]

    def _turns(self, words: Words) -> list[str]:
        """Return what the words of a clause say, those that a negation turns round as well."""
        line = _line(words)
        at = {name: found.find(line) for name, found in self._tones.items()}
        told = {span: tone for tone in ("positif", "negatif") for span in at[tone]}
        told = {span: tone for span, tone in told.items() if not _is_within(span, told)}
        held = {place for first, end in told for place in range(first, end)}
        turning = [span for span in at["negation"] if span[0] not in held]
        found, used = [], set()
        for (first, _), tone in told.items():
            before = [span for span in turning if 0 < first - span[1] + 1 <= _REACH]
            used.update(before)
            found.append({"positif": "negatif", "negatif": "positif"}[tone] if before else tone)
        if set(turning) - used and not at["souhait"]:
            found.append("negatif")  # what is not there is missed
        return found


def _is_within(span: Span, others: Iterable[Span]) -> bool:
    return any(o != span and o[0] <= span[0] and span[1] <= o[1] for o in others)


def _seen(words: Words, own: _Lexicon, apart: _Lexicon) -> list[str]:
    """Return the words of a sentence that are of a subject, as they are written."""
    kept = [*words]
    for first, end in apart.find(_line(words)):
        kept[first:end] = [(_GONE, _GONE)] * (end - first)
    return [" ".join(word for word, _ in kept[a:b]) for a, b in own.find(_line(kept))]


class SaidByPerson(Protocol):
    """What a person said of a remark."""

    @property
    def codeur(self) -> str:
        """Who said it."""

    @property
    def sujets(self) -> tuple[str, ...]:
        """Its subjects."""

    @property
    def ton(self) -> str:
        """Its tone."""


def told_by(label: str, who: str, words: Iterable[str]) -> str:
    """Return the line that says who proposed a subject, and the words that decided."""
    return f"{label} ({who}) : {', '.join(words) or '—'}"


def having(subjects: Iterable[Collection[str]], subject: str) -> npt.NDArray[np.bool_]:
    """Return whether each remark, by its subjects, bears one."""
    return np.array([subject in own for own in subjects], dtype=bool)


def remarks_of(
    rows: pd.DataFrame, book: CodeBook, said: Mapping[str, Sequence[SaidByPerson]]
) -> pd.DataFrame:
    """
    Return remarks with their subjects and tone: what a person said last, else what is proposed.

    Parameters
    ----------
    rows
        Of `store.reviewed`.
    book
        What proposes. What a person said of a subject that it no longer has does not count.
    said
        Of `store.codes`.

    Returns
    -------
    pandas.DataFrame
        `rows`, then `mots`, `propose`, `sujets` (tuples), `ton`, `relu`, `codes` (all that was
        said).
    """
    coder, known = RemarkCoder(book), book.labels
    found = []
    for name, text in zip(rows["identifiant"], rows["texte_masque"], strict=True):
        proposed = coder.code(text)
        own = [one for one in said.get(name, ()) if set(one.sujets) <= known.keys()]
        words = [told_by(known[key], RULES, told) for key, told in proposed.words.items()]
        subjects = own[-1].sujets if own else proposed.subjects
        tone = own[-1].ton if own else proposed.tone
        found.append(("\n".join(words), proposed.subjects, subjects, tone, bool(own), own))
    columns = ["mots", "propose", "sujets", "ton", "relu", "codes"]
    more = pd.DataFrame(found, index=rows.index, columns=columns, dtype=object)
    return rows.join(more.assign(relu=more["relu"].astype(bool)))


@dataclass(frozen=True)
class CodersAgreement:
    """
    How two people agree that remarks are of a subject.

    `same` of `n`; Cohen's `kappa`, from `low` to `high` (95 %), missing where chance alone agrees.
    """

    subject: str
    n: int
    same: int
    kappa: float
    low: float
    high: float


def coders_agreement(rows: pd.DataFrame, book: CodeBook) -> list[CodersAgreement]:
    """
    Return the agreement of the two people who coded last, subject by subject that one of them saw.

    Parameters
    ----------
    rows
        Of `remarks_of`.
    book
        Its subjects.
    """
    both = [own[-2:] for own in rows["codes"] if len(own) > 1]
    both = [sorted(pair, key=lambda one: one.codeur) for pair in both]
    found = []
    for subject in book.labels:
        first, second = ([subject in pair[side].sujets for pair in both] for side in (0, 1))
        if any(first) or any(second):
            told = agreement(first, second)
            kappa = (told.kappa, told.kappa_low, told.kappa_high)
            found.append(CodersAgreement(subject, told.n, told.same, *kappa))
    return found
