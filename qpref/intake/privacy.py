"""Mask personal data in free text before anything is stored."""

import re
from collections.abc import Iterable, Mapping
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
_MANY = 20  # answers from which on what one person alone wrote is no label
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


def sayable(counts: Mapping[str, int], given: Mapping[str, int]) -> dict[str, int]:
    """
    Return the answers of a column that may become labels, with their counts.

    Parameters
    ----------
    counts
        How often each answer was given in the column.
    given
        How often it was in the whole file, where one scale serves several questions.

    Examples
    --------
    >>> sayable({"Very bad": 1, "Good": 30}, {"Very bad": 12, "Good": 90})
    {'Very bad': 1, 'Good': 30}
    """
    times = {text: max(count, given.get(text, 0)) for text, count in counts.items()}
    return {text: counts[text] for text, count in times.items() if may_show(text, count)}


def printable(counts: Mapping[str, int], given: Mapping[str, int]) -> dict[str, int]:
    """
    Return the answers of a column that may be printed, with their counts.

    Where most answered with words of the language, what one person alone wrote with others may be
    a name that no sign tells. Towns, and levels in another language, are told by what several gave.

    Examples
    --------
    >>> found = {"Guichet": 30, "Accueil": 12, "Guichets": 1, "Zorglub": 1}
    >>> printable(found, found)
    {'Guichet': 30, 'Accueil': 12, 'Guichets': 1}
    >>> printable({"Figeac": 30, "Souillac": 1}, {})
    {'Figeac': 30, 'Souillac': 1}
    """
    shown = sayable(counts, given)
    times = {text: max(count, given.get(text, 0)) for text, count in shown.items()}
    labels = [text for text, count in times.items() if count > 1]
    told = sum(mask_answer(text) == text for text in labels)
    if sum(counts.values()) < _MANY or told <= len(labels) / 2:
        return shown
    return {t: n for t, n in shown.items() if times[t] > 1 or mask_answer(t, labels) == t}


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
    >>> mask_answer("Florent", count=2), mask_answer("Florent", count=12)  # a town of the Lot
    ('[nom]', 'Florent')
    """
    masked = mask(text, names)[0]
    if count >= _PEOPLE:
        return text if may_show(text, count) and masked == mask(text)[0] else masked
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
