"""Suggest code-book words from corrected remarks; never a word that may name a person."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qpref.intake.lexicon import GRAMMAR, flat
from qpref.intake.privacy import mask_answer
from qpref.quality.coding import having
from qpref.reference.subjects import CodeBook
from qpref.wording.text import sounds

FEWEST, MOST = 3, 5  # people who use a word at least; words suggested for a subject at most
_ODDS = 1.5


@dataclass(frozen=True)
class SuggestedWord:
    """
    A word that the code book lacks for a subject, and who uses it.

    `people` of the `missed`: those to whom a person gave the subject, which the rules did not;
    `others` of the `rest`: those to whom nobody gave it.
    """

    subject: str
    word: str
    people: int
    missed: int
    others: int
    rest: int

    @property
    def odds(self) -> float:
        """Log of the ratio of odds, half a person added to each cell."""
        a, b = (
            (count + 0.5) / (total - count + 0.5)
            for count, total in ((self.people, self.missed), (self.others, self.rest))
        )
        return float(np.log(a / b))


def suggested(rows: pd.DataFrame, book: CodeBook, threshold: int) -> list[SuggestedWord]:
    """
    Return words of confirmed remarks that the code book lacks, subject by subject.

    Those of remarks to which a person gave a subject that was not proposed, where their odds are
    far higher than in remarks of other subjects.

    Parameters
    ----------
    rows
        Of `coding.remarks_of`.
    book
        What lacks them.
    threshold
        People who must have used a word: a word of few would tell what they wrote. Neither is one
        suggested that is not of the language, for it may be a name (`privacy.mask_answer`).
    """
    read = rows.loc[rows["relu"]]
    found: list[SuggestedWord] = []
    for subject in book.labels:
        if subject == book.other:
            continue
        is_own = having(read["sujets"], subject)
        was_told = having(read["propose"], subject)
        ranked = sorted(
            _words(subject, read[is_own & ~was_told], read[~is_own], max(threshold, FEWEST)),
            key=lambda one: (-one.odds, one.word),
        )
        found += [one for one in ranked if one.odds > _ODDS][:MOST]
    return found


def _words(
    subject: str, missed: pd.DataFrame, others: pd.DataFrame, fewest: int
) -> Iterable[SuggestedWord]:
    """Yield the words that enough people of the missed remarks use, and that may be told."""
    own, spelled = _users(missed)
    elsewhere, _ = _users(others)
    count, rest = (part["reponse_id"].nunique() for part in (missed, others))
    for sound, people in own.items():
        word = spelled[sound].most_common(1)[0][0] if len(people) >= fewest else ""
        if word.isalpha() and flat(word) not in GRAMMAR and mask_answer(word) == word:
            told = len(elsewhere.get(sound, ()))
            yield SuggestedWord(subject, word, len(people), count, told, rest)


def _users(rows: pd.DataFrame) -> tuple[Mapping[str, set[str]], Mapping[str, Counter[str]]]:
    """Return who uses each word, by how it sounds, and how it is written."""
    people: dict[str, set[str]] = defaultdict(set)
    spelled: dict[str, Counter[str]] = defaultdict(Counter)
    for person, text in zip(rows["reponse_id"].astype(str), rows["texte_masque"], strict=True):
        for word, sound in sounds(text):
            people[sound].add(person)
            spelled[sound][word.casefold()] += 1
    return people, spelled
