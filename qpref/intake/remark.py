"""Split a remark into words, and classify each: first name, common word, capitalised.

Nothing here looks at turns of phrase: `cues.py` does, and `people.py` joins both.
"""

import re
from dataclasses import dataclass

from qpref.intake.lexicon import ALSO_WORDS, COMMON, FIRST_NAMES, flat, is_misspelt

SPACE = " \t\r\n\u00a0\u202f"  # a cell holds lines that its width cut
# A mask already laid, an elided word (« l’ », « qu’ »), or a word with its hyphens and apostrophes:
# « N’Guessan » is one word, « N’EST » in a text all in capitals is two.
_ELIDED = r"(?:{}|[Qq]u|QU|[Jj]usqu|JUSQU|[Ll]orsqu|[Pp]uisqu)[’'](?=[^\W\d_])"
_WORD = r"[^\W\d_]+(?:[’'\-\u2010\u2011][^\W\d_]+)*"
_MASK = r"\[[^\[\]\n]{1,30}\]"
_TOKEN = re.compile(f"{_MASK}|{_ELIDED.format('[ldjmtscnLJTSC]')}|[DMN][’'](?=[a-zà-ÿ])|{_WORD}")
_SHOUTED_TOKEN = re.compile(f"{_MASK}|{_ELIDED.format('[LDJMTSCN]')}|{_WORD}")
_MOST = 0.6  # share of common words with a capital, from which on the same
_LONG = 4  # letters of a word whose capital counts
_ACRONYM = 5  # letters of one at most
_LETTERS = 0.7  # share of capitals from which on they say nothing
_STOPS = re.compile(r"[.!?;\n\r…:«»\"•()]|(?:^|\s)[\-–—](?:\s|$)")

# How nouns, adjectives, adverbs and verbs end, that no list of common words holds in full.
_ENDINGS = re.compile(
    r"(?:ments?|tions?|ables?|ibles?|antes?|entes?|euses?|ives?|iques?|ait|aient|eront|"
    r"tés?|istes?|ismes?)$",
    re.IGNORECASE,
)
_MORE_ENDINGS = re.compile(r"(?:eux|ifs?|elles?|ées?|és?|er|ez|ant|eurs?|ages?|aux|ales?)$", re.I)


@dataclass(frozen=True)
class Word:
    """A word of the remark, and what stands between it and the one before."""

    text: str
    key: str
    start: int
    end: int
    gap: str

    @property
    def is_mask(self) -> bool:
        """Whether it is a mask already laid."""
        return self.text.startswith("[")

    @property
    def has_capital(self) -> bool:
        """Whether it begins by a capital."""
        return self.text[0].isupper()

    @property
    def parts(self) -> list[str]:
        """What hyphens join."""
        return re.split(r"[-\u2010\u2011]", self.key)


def _is_shouted(text: str) -> bool:
    """Whether most letters are capitals, in two words or more."""
    letters = [char for char in text if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    return len(text.split()) > 1 and capitals > _LETTERS * len(letters)


def _words(text: str, *, shouted: bool) -> list[Word]:
    found, end = [], 0
    for match in (_SHOUTED_TOKEN if shouted else _TOKEN).finditer(text):
        key = flat(match.group().replace("’", "'"))
        gap = text[end : match.start()]
        found.append(Word(match.group(), key.rstrip("'"), match.start(), match.end(), gap))
        end = match.end()
    return found


class RemarkWords:
    """The words of a remark, by their rank."""

    def __init__(self, text: str) -> None:
        self.text = text
        # Capitals say nothing where common words have them too.
        self.shouted = _is_shouted(re.sub(_MASK, "", text))
        self.words = _words(text, shouted=self.shouted)
        common = [
            word
            for i, word in enumerate(self.words)
            if not self.opens(i) and len(word.text) >= _LONG and word.key in COMMON
        ]
        raised = sum(word.has_capital for word in common)
        self.flat_case = self.shouted or 1 < raised > _MOST * len(common)

    def is_first(self, i: int) -> bool:
        """Whether a word is a first name, compounds included."""
        word = self.words[i]
        if word.key in FIRST_NAMES:
            return True
        return len(word.parts) > 1 and all(
            part in FIRST_NAMES or part in ALSO_WORDS for part in word.parts
        )

    def is_listed(self, i: int) -> bool:
        """Whether a word is a first name, or may be one."""
        return self.is_first(i) or self.words[i].key in ALSO_WORDS

    def is_unknown(self, i: int, *, strictly: bool = False) -> bool:
        """Whether a word is no common one, nor ends as such; strictly, where nothing else tells."""
        word = self.words[i]
        if word.is_mask or len(word.key) == 1 or word.key in COMMON:
            return False
        if all(part in COMMON for part in re.split(r"[-']", word.key)):
            return False
        if self.is_raised(i):
            return True
        if _ENDINGS.search(word.text):
            return False
        return not strictly or not (_MORE_ENDINGS.search(word.text) or is_misspelt(word.key))

    def is_raised(self, i: int) -> bool:
        """Whether a word bears a capital that says something."""
        return self.words[i].has_capital and not self.flat_case

    def opens(self, i: int) -> bool:
        """Whether a word opens a sentence."""
        return i == 0 or bool(_STOPS.search(self.words[i].gap))

    def is_after(self, i: int, gaps: str = SPACE) -> bool:
        """Whether only spaces (or these signs) part a word from the one before."""
        return i > 0 and not self.words[i].gap.strip(gaps)

    def has_next(self, i: int) -> bool:
        """Whether only spaces part a word from the next."""
        return i + 1 < len(self.words) and self.is_after(i + 1)

    def is_acronym(self, i: int) -> bool:
        """Whether a word is short and all in capitals, beside others that are not."""
        return self.words[i].text.isupper() and len(self.words[i].text) <= _ACRONYM

    def key(self, i: int) -> str:
        """Return a word without case nor accents; nothing before the first and after the last."""
        return self.words[i].key if 0 <= i < len(self.words) else ""
