"""How easy a French text is to read: its words, its syllables, the formula of Kandel and Moles."""

import re
import unicodedata
from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_]+")
_MUTE = re.compile(r"(?<=[bcdfghjklmnpqrstvwxz])(e|es|ent)$")
_VOWELS = re.compile(r"[aeiouy]+")


def words(text: str) -> list[str]:
    """
    Return the words of a text; an elided article is one.

    Examples
    --------
    >>> words("L’attente, 10 minutes")
    ['L', 'attente', 'minutes']
    """
    return _WORD.findall(text)


def syllables(word: str) -> int:
    """
    Return the groups of vowels of a word, the mute e of an ending aside; one at least.

    Examples
    --------
    >>> [syllables(word) for word in ("usager", "été", "montre")]
    [3, 2, 1]
    """
    said = unicodedata.normalize("NFD", _MUTE.sub("", word.lower()))
    plain = "".join(char for char in said if not unicodedata.combining(char))
    return max(1, len(_VOWELS.findall(plain)))


def reading_ease(sentences: Sequence[str]) -> float:
    """
    Return how easy sentences are to read: about 100 for very easy, 60 for plain, 30 for hard.

    Notes
    -----
    Flesch's scale set for French: 207 − 1.015 words a sentence − 73.6 syllables a word.
    L. Kandel and A. Moles, « Application de l'indice de Flesch à la langue française », Cahiers
    d'études de radio-télévision, 19, 1958. It means little below a hundred words.

    Examples
    --------
    Four words: 207 − 4.06 − 73.6 for four syllables, 207 − 4.06 − 92 for five.

    >>> round(reading_ease(["Le temps est beau."]), 2), round(reading_ease(["Le temps a duré."]), 2)
    (129.34, 110.94)
    """
    found = [words(sentence) for sentence in sentences]
    count = sum(map(len, found))
    if not count:
        raise ValueError("no word to read")
    spoken = sum(syllables(word) for sentence in found for word in sentence)
    return 207 - 1.015 * count / len(sentences) - 73.6 * spoken / count
