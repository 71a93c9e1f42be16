"""Texts to identifiers and file names."""

import re
import unicodedata
from functools import lru_cache


def slug(text: str) -> str:
    """
    Return a text in lower-case ASCII, words joined by hyphens.

    Examples
    --------
    >>> slug("Été, août 2020 : « essai »")
    'ete-aout-2020-essai'
    """
    folded = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def heading(text: str) -> str:
    """
    Return a text as a heading that others follow: without the colon by which a form ends it.

    Examples
    --------
    >>> heading("Êtes-vous satisfait de : ")
    'Êtes-vous satisfait de'
    """
    return text.strip().rstrip(":\uff1a").rstrip() or text


# Words that tell no subject: articles, possessives, what a negation adds.
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "le la les l de d du des un une ne n au aux ce cet cette ces mon ma mes son sa ses notre "
        "nos votre vos leur leurs tres vraiment si",
    )
)
_PLURAL_FROM = 5  # letters: « mois » and « pas » keep their s
_MASK = re.compile(r"\[[^\]]*\]")


def sounds(text: str) -> list[tuple[str, str]]:
    """
    Return the words of a text, each with how it sounds: accents, doubled letters, plurals aside.

    Small words are left out, and what stands in brackets, which is a mask.

    Examples
    --------
    >>> [sound for _, sound in sounds("L’atente au téléphone, des HORAIRES ? [nom masqué]")]
    ['atente', 'telefone', 'oraire']
    >>> [sound for _, sound in sounds("attente, telefone et oraires")]
    ['atente', 'telefone', 'et', 'oraire']
    """
    found = ((word, _sound(word)) for word in re.findall(r"\w+", _MASK.sub(" ", text)))
    return [(word, sound) for word, sound in found if sound and sound not in _SMALL]


@lru_cache(maxsize=10_000)  # the words of the subjects are heard again by each report
def _sound(word: str) -> str:
    plain = slug(word).replace("-", "").replace("ph", "f")
    single = re.sub(r"([a-km-z])\1", r"\1", plain)  # « salle » is not « sale »
    heard = single.removeprefix("h") if len(single) > 1 else single
    return heard[:-1] if len(heard) >= _PLURAL_FROM and heard[-1] in "sx" else heard
