"""Detect people's names in a remark: first names, turns of phrase, capitals.

No list holds all names, so three signs are joined: the word is a known first name; what stands
before it asks for a name (« merci à », « reçu par », « Mme », « ma sœur »); it bears a capital that
nothing explains. A text all in capitals or in lower case has no third sign. What is a common
word is never a name by capitals alone.
"""

from qpref.intake.cues import (
    ARTICLES,
    NOT_BEFORE,
    PARTICLES,
    TITLES,
    is_name,
    is_particle,
    is_place,
)
from qpref.intake.lexicon import ALSO_WORDS, NOUNS
from qpref.intake.remark import SPACE, RemarkWords

_LINKS = {"et", "ou", "puis", "ainsi", "plus", "ni", "a", "qu", "que", "merci"}
_FAR = 4  # words between two names that are told together: « ainsi qu’à »
_SIGNS = {",", "&", "/", "+"}


class _Names(RemarkWords):
    """Which words of a remark name somebody."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.named: set[int] = set()

    def _goes_on(self, i: int) -> bool:
        """Whether a word that follows a name is part of it."""
        if not self.is_after(i) or self.words[i].is_mask:
            return False
        word = self.words[i]
        if self.is_first(i) or (self.is_raised(i) and word.key in {*ALSO_WORDS, *NOUNS}):
            return True
        if not self.is_unknown(i):
            return False
        return word.has_capital or (
            not self.words[i - 1].has_capital and self.is_unknown(i, strictly=True)
        )

    def _extend(self, i: int) -> None:
        """Take the words that follow a name, particles included, and a surname put before."""
        last = i
        while last + 1 < len(self.words) and last - i < _FAR:
            step = 2 if is_particle(self, last + 1) else 1
            if not self._goes_on(last + step):
                break
            self.named.update(range(last + 1, last + step + 1))
            last += step
        first = i
        while first and self.is_after(first) and self._comes_before(first - 1):
            first -= 1
            self.named.add(first)

    def _comes_before(self, i: int) -> bool:
        """Whether a word before a name is part of it: « BENALI Karim », « Ben Ali »."""
        word = self.words[i]
        if i in self.named or word.is_mask:
            return False
        if word.key in PARTICLES and word.has_capital and not self.shouted:
            return word.key not in {*ARTICLES, "y"}
        return word.has_capital and self.is_unknown(i) and not is_place(self, i)

    def _joined(self, i: int) -> bool:
        """Whether a name stands on the other side of « et », « ou » or a comma."""
        if i in self.named or self.words[i].is_mask:
            return False
        raised = self.is_raised(i) and (self.is_unknown(i) or self.is_listed(i))
        if not raised and not self.is_first(i):
            return False
        return self._linked_back(i) or self._linked_on(i)

    def _linked_back(self, i: int) -> bool:
        gap = self.words[i].gap.strip()
        if gap in _SIGNS and i - 1 in self.named:
            return True
        back = i - 1
        while i - back < _FAR and self.key(back) in _LINKS:
            back -= 1
        if back < 0 or back == i - 1 or back not in self.named:
            return False
        return all(self.words[j].gap.strip() in {"", ",", "&"} for j in range(back + 1, i + 1))

    def _linked_on(self, i: int) -> bool:
        if i + 1 >= len(self.words) or (not self.opens(i) and self.words[i - 1].key in NOT_BEFORE):
            return False
        gap = self.words[i + 1].gap.strip()
        if gap in _SIGNS and i + 1 in self.named:
            return True
        return bool(
            not gap and self.words[i + 1].key in {"et", "ou"} and i + 2 in self.named
            and self.is_after(i + 2)
        )  # fmt: skip

    def spans(self) -> list[tuple[int, int]]:
        """Return where the names stand, civility included, in order."""
        for i in range(len(self.words)):
            if i not in self.named and is_name(self, i):
                self.named.add(i)
                self._extend(i)
        for i in [*range(len(self.words)), *reversed(range(len(self.words)))]:
            if self._joined(i) and not is_place(self, i):
                self.named.add(i)
                self._extend(i)
        found: list[tuple[int, int]] = []
        for i in sorted(self.named):
            word = self.words[i]
            start = word.start
            if i and self.words[i - 1].key in TITLES and self.is_after(i, SPACE + "."):
                start = self.words[i - 1].start
            if found and i - 1 in self.named and self.is_after(i):
                found[-1] = (found[-1][0], word.end)
            else:
                found.append((start, word.end))
        return found


def find_people(text: str) -> list[tuple[int, int]]:
    """
    Return where people are named in a remark: (start, end) of each, in order.

    Examples
    --------
    >>> text = "merci à Oumou et fatima, Mme Imaginaire était absente"
    >>> [text[start:end] for start, end in find_people(text)]
    ['Oumou', 'fatima', 'Mme Imaginaire']
    >>> find_people("La Préfecture de Tulle est loin, mais claire et nette")
    []
    """
    return _Names(text).spans()
