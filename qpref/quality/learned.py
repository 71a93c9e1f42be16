"""Propose subjects with a model learned from confirmed ones, only where it beats the code book.

scikit-learn, an extra, fits a logistic regression a subject at each run: nothing is kept on disk.
It proposes for the person who codes only: reports count the same whatever is installed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from qpref.lazy import lazy
from qpref.quality.coding import LEARNED, RULES, having, told_by
from qpref.reference.subjects import CodeBook
from qpref.wording.text import sounds

linear = lazy("sklearn.linear_model", is_extra=True)
words = lazy("sklearn.feature_extraction.text", is_extra=True)

# With fewer, the test below concludes only where the rules fail more than one remark in twenty:
# five corrections of them, all of them found, are the least that one in twenty draws does not give.
FEWEST = 100
OF_SUBJECT = 20  # so that each fold judges some, and the others learn from some
_FOLDS = 5
_LEVEL = 0.05
_RULE = "="  # marks what the rules propose, among the words
_TOLD = 3  # words that decided, at most

Bools = npt.NDArray[np.bool_]
_T = TypeVar("_T")


@dataclass(frozen=True)
class LearnedComparison:
    """
    How the rules and what was learned do on `n` confirmed remarks, `own` of the subject.

    `is_better`: what was learned is right where rules are wrong more often than the reverse, beyond
    what chance gives one time in twenty (exact sign test).
    """

    subject: str
    n: int
    own: int
    by_rules: int
    by_learned: int
    is_better: bool


def is_installed() -> bool:
    """Whether scikit-learn is there."""
    return find_spec("sklearn") is not None


def is_enough(rows: pd.DataFrame) -> bool:
    """Whether so many remarks were confirmed that one may learn from them, each wording once."""
    return len(_distinct(rows)) >= FEWEST


def _distinct(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the confirmed remarks, of each wording the one that was coded last."""
    return rows.loc[rows["relu"]].drop_duplicates("texte_masque", keep="last")


def compared(rows: pd.DataFrame, book: CodeBook) -> list[LearnedComparison]:
    """
    Compare, subject by subject, rules and learning on remarks that neither has seen.

    Each fifth of the wordings, drawn by their digest, is judged by what the four others taught.

    Parameters
    ----------
    rows
        Of `coding.remarks_of`.
    book
        Its subjects; one that fewer than twenty remarks have is left out.
    """
    read = _distinct(rows)
    texts, proposed = read["texte_masque"].tolist(), read["propose"].tolist()
    folds = np.array([_fold(text) for text in texts])
    found = []
    for subject in book.labels:
        is_own = having(read["sujets"].tolist(), subject)
        if subject == book.other or not OF_SUBJECT <= is_own.sum() <= len(read) - OF_SUBJECT:
            continue
        learned = np.zeros(len(read), dtype=bool)
        for fold in range(_FOLDS):
            apart = folds == fold
            if apart.any():
                model = _Model(subject, _kept(texts, ~apart), _kept(proposed, ~apart))
                model.fit(is_own[~apart])
                learned[apart] = model.says(_kept(texts, apart), _kept(proposed, apart))
        found.append(_judged(subject, is_own, having(proposed, subject), learned))
    return found


def _kept(values: Sequence[_T], chosen: Bools) -> list[_T]:
    return [value for value, is_kept in zip(values, chosen, strict=True) if is_kept]


def _fold(text: str) -> int:
    return hashlib.sha256(text.encode()).digest()[0] % _FOLDS


def _judged(subject: str, truth: Bools, rules: Bools, learned: Bools) -> LearnedComparison:
    won = int(((learned == truth) & (rules != truth)).sum())
    lost = int(((learned != truth) & (rules == truth)).sum())
    p = scipy.stats.binomtest(won, won + lost, alternative="greater").pvalue if won else 1.0
    by_rules, by_learned = (int((told != truth).sum()) for told in (rules, learned))
    own = int(truth.sum())
    return LearnedComparison(subject, len(truth), own, by_rules, by_learned, bool(p < _LEVEL))


class _Model:
    """What remarks teach of a subject: words, and what the rules propose, each with its weight."""

    def __init__(
        self, subject: str, texts: Sequence[str], proposed: Sequence[Sequence[str]]
    ) -> None:
        self.subject = subject
        self._words = words.CountVectorizer(analyzer=_features, binary=True)
        self._seen = self._words.fit_transform([*zip(texts, proposed, strict=True)])
        self._model = linear.LogisticRegression(
            class_weight="balanced", solver="liblinear", random_state=0
        )

    def fit(self, truth: Bools) -> None:
        """Learn from what people confirmed."""
        self._model.fit(self._seen, truth)

    def says(self, texts: Sequence[str], proposed: Sequence[Sequence[str]]) -> Bools:
        """Whether remarks are of the subject."""
        rows = self._words.transform([*zip(texts, proposed, strict=True)])
        return np.asarray(self._model.predict(rows), dtype=bool)

    def why(self, text: str) -> list[str]:
        """Return the words of a remark that weigh most for the subject."""
        weights = self._model.coef_[0]
        known = {
            sound: (weights[self._words.vocabulary_[sound]], word)
            for word, sound in sounds(text)
            if sound in self._words.vocabulary_
        }
        best = sorted(known.values(), reverse=True)
        return [word for weight, word in best if weight > 0][:_TOLD]


def _features(remark: tuple[str, Sequence[str]]) -> list[str]:
    text, proposed = remark
    return [*(sound for _, sound in sounds(text)), *(_RULE + subject for subject in proposed)]


def proposed_by_learning(
    rows: pd.DataFrame, taught: pd.DataFrame, book: CodeBook, subjects: Sequence[str]
) -> pd.DataFrame:
    """
    Return remarks with what was learned in place of the rules, for these subjects.

    Parameters
    ----------
    rows
        Of `coding.remarks_of`: those to code. What a person said stays.
    taught
        The same, of all that was confirmed.
    book, subjects
        The code book, and the subjects of which learning does better (`compared`).
    """
    read = _distinct(taught)
    texts, proposed = rows["texte_masque"].tolist(), rows["propose"].tolist()
    told: list[dict[str, list[str]]] = [{} for _ in texts]
    for subject in subjects:
        model = _Model(subject, read["texte_masque"].tolist(), read["propose"].tolist())
        model.fit(having(read["sujets"].tolist(), subject))
        for rank in np.flatnonzero(model.says(texts, proposed)):
            told[rank][subject] = model.why(texts[rank])
    known = {book.labels[one] for one in subjects}
    lines = [
        "\n".join(
            [*(line for line in words.split("\n") if line.split(f" ({RULES})")[0] not in known)]
            + [told_by(book.labels[one], LEARNED, why) for one, why in own.items()]
        ).strip()
        for words, own in zip(rows["mots"], told, strict=True)
    ]
    joined = [_joined(one, own, book, subjects) for one, own in zip(proposed, told, strict=True)]
    own = pd.Series(joined, index=rows.index, dtype=object)
    return rows.assign(mots=lines, propose=own, sujets=rows["sujets"].where(rows["relu"], own))


def _joined(
    rules: Sequence[str], told: Mapping[str, object], book: CodeBook, learned: Sequence[str]
) -> tuple[str, ...]:
    kept = {one for one in rules if one not in learned and one != book.other} | told.keys()
    return tuple(one for one in book.labels if one in kept) or (book.other,)
