"""Personal data in free text, masked before anything leaves the received file."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from inspect import getsource

from qpref.intake import cues, identifiers, lexicon, people, remark

_MODULES = (identifiers, lexicon, remark, cues, people)
RULES = repr((*map(getsource, _MODULES), lexicon.SOURCES))  # a file read with others is read again


@cache
def _local(names: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted((re.escape(name) for name in names), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest)})\b", re.IGNORECASE)


_SOMETIMES = re.compile(r"\[(?:nom|adresse)\]")  # what a label may hold too
_ANY = re.compile(r"\[(?:" + "|".join(identifiers.KINDS) + r")\]")
_SEVERAL = re.compile(r"\[mot\](?:[\s\-.]*\[mot\])+")
_PEOPLE = 5  # times that a text is given from which on it is a label, not somebody's words


def may_show(text: str, count: int = 1) -> bool:
    """
    Whether a text, given so many times, may be printed or become a label: it names nobody.

    Examples
    --------
    >>> may_show("Satisfait"), may_show("écrire à a@exemple.invalid"), may_show("Mme Imaginaire")
    (True, False, False)
    >>> may_show("Maison de l’État, 12 rue Imaginaire", 40)
    True
    """
    masked = mask(text)[0]
    if masked == text:
        return True
    return count >= _PEOPLE and not _ANY.search(_SOMETIMES.sub("", masked))


def mask_answer(
    text: str, expected: Iterable[str] = (), names: tuple[str, ...] = (), *, count: int = 1
) -> str:
    """
    Return an answer where a code or a label was expected, without the words that may name somebody.

    No turn of phrase tells a name there, so only known words stay: those of the language, and those
    of the labels, misspelt too. What several people wrote is a label that is not known yet.

    Parameters
    ----------
    text
        The answer.
    expected
        The labels expected.
    names
        Names known locally.
    count
        How many gave it.

    Examples
    --------
    >>> mask_answer("Satisfai", ["Satisfait"]), mask_answer("zorglub", ["Satisfait"])
    ('Satisfai', '[mot]')
    >>> mask_answer("Très correct !"), mask_answer("44/12/2020"), mask_answer("Figeac", count=12)
    ('Très correct !', '44/12/2020', 'Figeac')
    """
    masked = mask(text, names)[0]
    if count >= _PEOPLE:
        return masked
    known = {word.key for label in expected for word in remark.RemarkWords(label).words}
    found = remark.RemarkWords("".join(c.lower()[:1] for c in masked))
    for i, word in reversed([*enumerate(found.words)]):
        is_name = found.is_listed(i) or (found.is_unknown(i) and not lexicon.is_misspelt(word.key))
        if is_name and not get_close_matches(word.key, known, 1, lexicon.CLOSE):
            masked = f"{masked[: word.start]}[mot]{masked[word.end :]}"
    return _SEVERAL.sub("[mot]", masked)


def mask(text: str, names: tuple[str, ...] = ()) -> tuple[str, int]:
    """
    Return the text with personal data replaced by « [kind] », and how many were.

    A masked text is still not publishable: a person must read it first.

    Parameters
    ----------
    text
        A free answer.
    names
        Names known locally (agents), masked wherever they stand, whatever their case.

    Examples
    --------
    >>> mask("Appelez Mme Imaginaire au 01 99 00 12 34.")
    ('Appelez [nom] au [numéro].', 2)
    >>> mask("merci à zorglube", ("Zorglube",))
    ('merci à [nom]', 1)
    """
    text, total = identifiers.mask_identifiers(text)
    if names:
        text, count = _local(names).subn("[nom]", text)
        total += count
    spans = people.find_people(text)
    for start, end in reversed(spans):
        text = f"{text[:start]}[nom]{text[end:]}"
    return text, total + len(spans)
