"""First names and common words, by which names of people are told in remarks.

The lists are files beside this module: `prenoms.txt` (Insee, open licence), `mots_courants.txt` and
`tournures.txt` (ours). Words are compared without case nor accents.
"""

import unicodedata
from collections import defaultdict
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "\u0131": "i", "ł": "l", "đ": "d", "ø": "o"}
)


@lru_cache(maxsize=20_000)  # the same words come again and again
def flat(word: str) -> str:
    """
    Return a word in lower case, without accents nor ligatures.

    Examples
    --------
    >>> flat("Sœur"), flat("Łukasz"), flat("ÉLODIE")
    ('soeur', 'lukasz', 'elodie')
    """
    split = unicodedata.normalize("NFD", word.lower().translate(_LIGATURES))
    return "".join(char for char in split if not unicodedata.combining(char))


def _sections(name: str, separator: str | None = None) -> dict[str, frozenset[str]]:
    """Return the words of each section of a list, parted by spaces or by a sign."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif not line.startswith("#"):
            found.setdefault(section, []).extend(
                word.strip() for word in flat(line).split(separator)
            )
    return {section: frozenset(words) - {""} for section, words in found.items() if section}


_NAMES = _sections("prenoms.txt")
FIRST_NAMES = _NAMES["prénoms"]
ALSO_WORDS = _NAMES["aussi des mots ou des lieux"]
_WORDS = _sections("mots_courants.txt")
GRAMMAR = _WORDS["mots grammaticaux"]
NOUNS = _WORDS["noms communs"]
COMMON = frozenset().union(*_WORDS.values())
TURNS = _sections("tournures.txt", ",")
SOURCES = tuple(path.read_bytes() for path in sorted(_FOLDER.glob("*.txt")))
CLOSE = 0.83  # « acceuil » and « accueil »; two names of the same length are seldom so alike
_LONG = 5  # letters: shorter words are all alike
_BY_INITIAL: dict[str, list[str]] = defaultdict(list)
# The more words are looked at, the more names are near one: « Serin » is no « serein » misspelt.
for _word in sorted(COMMON - _WORDS["autres mots"]):
    _BY_INITIAL[_word[0]].append(_word)


@lru_cache(maxsize=20_000)
def is_misspelt(key: str) -> bool:
    """
    Whether a word, made flat, is nearly a common one.

    Examples
    --------
    >>> is_misspelt("acceuil"), is_misspelt("personel"), is_misspelt("sivakumar")
    (True, True, False)
    """
    return len(key) >= _LONG and any(
        SequenceMatcher(None, key, word).ratio() >= CLOSE
        for word in _BY_INITIAL[key[0]]
        if abs(len(word) - len(key)) <= 1
    )
