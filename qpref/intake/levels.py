"""
Levels of an answer scale: how far each is for or against, and which are favourable.

A level's grade goes from +3.5 (« excellent ») to -3.5; 0 is neither for nor against. Words that are
not known give no grade, and a scale with such a level has no sides: nothing is guessed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qpref.intake.wordings import (
    BLAME,
    COMPLAINT,
    DEGREE_ALONE,
    EXTREME,
    IDIOM,
    LITTLE,
    MIDDLE,
    NEGATION,
    OF_PEOPLE,
    OUTSIDE,
    PRAISE,
    RANGE,
    STRONG,
    WEAK,
    YES_NO,
    YES_OR_NO,
    bare,
)
from qpref.reference import FAVOURABLE

MOST_LEVELS = 11
_PLAIN, _WEAK, _STRONG, _EXTREME = 2.0, 1.0, 3.0, 3.5
_LONGEST = 60  # letters; a longer answer is a sentence, not a level
_NUMBER = re.compile(r"^\d+ ")
# Strengths of even scales, of which an export may lack a level: « très, plutôt, plutôt pas… ».
_EVEN = ({_STRONG, _WEAK}, {_STRONG, _PLAIN})


@dataclass(frozen=True)
class Level:
    """
    What the words of an answer say.

    Parameters
    ----------
    grade
        How far it is for (above 0) or against.
    word
        The word that praises; empty when another tells the side.
    rest
        Words that are no part of a level; the levels of a scale all have the same.
    """

    grade: float
    word: str = ""
    rest: str = ""


def outside(label: str) -> str:
    """Return the state of an answer that is no opinion: `nsp`, `sans_objet`, or nothing."""
    plain = bare(label)
    return next((state for state, form in OUTSIDE if form.search(plain)), "")


def level(label: str) -> Level | None:
    """
    Return what an answer says, None when its words are not known.

    Examples
    --------
    >>> [level(one).grade for one in ("Très satisfait", "Peu satisfait", "Pas du tout d’accord")]
    [3.0, -1.0, -3.0]
    >>> level("Ni satisfait, ni insatisfait").grade, level("Au guichet")
    (0.0, None)
    """
    plain = _NUMBER.sub("", bare(label))
    if not plain or len(plain) > _LONGEST or IDIOM.search(plain):
        return None
    if MIDDLE.search(plain):
        return Level(0.0)
    strength = _strength(plain)
    if DEGREE_ALONE.match(plain):
        return Level(-strength if NEGATION.search(plain) else strength)
    word = next((word for word, form in PRAISE.items() if form.search(plain)), "")
    blame = BLAME.search(plain)
    said = YES_OR_NO.search(plain)
    if (word and blame) or not (word or blame or said):
        return None
    is_for = bool(word) != bool(NEGATION.search(plain))
    if said and not (word or blame):
        word, is_for = "oui", said[0] == "oui"
    rest = " ".join(_rest(plain).split())
    return Level(strength if is_for else -strength, word, rest)


def _strength(plain: str) -> float:
    if "tres peu" in plain:
        return _STRONG
    if WEAK.search(plain):
        return _WEAK
    if EXTREME.search(plain):
        return _EXTREME
    return _STRONG if STRONG.search(plain) else _PLAIN


def _rest(plain: str) -> str:
    """Return what is left of an answer without the words that tell a level."""
    for form in (WEAK, STRONG, EXTREME, BLAME, *PRAISE.values(), NEGATION, LITTLE):
        plain = form.sub(" ", plain)
    return plain


def is_yes_no(labels: Sequence[str]) -> bool:
    """Whether the answers are yes and no, besides those that are no opinion."""
    said = {bare(label) for label in labels if not outside(label)}
    return bool(said) and said <= YES_NO["oui"] | YES_NO["non"]


def graded(labels: Sequence[str]) -> list[Level] | None:
    """Return the level of each answer, None when one of them is not known as a level."""
    found = [level(label) for label in labels]
    known = [one for one in found if one is not None]
    if len(known) < len(found) or len({one.rest for one in known if one.grade}) > 1:
        return None
    return known


def favourable(labels: Sequence[str], *, is_whole: bool) -> dict[str, bool | None] | None:
    """
    Return whether each level is favourable, None for the middle; None when the sides are unclear.

    Parameters
    ----------
    labels
        The answers that state an opinion, in any order.
    is_whole
        Whether they are all that the form offers; else some may never have been chosen.

    Notes
    -----
    Sides are clear when every level is known, some are for and some against. The level in the
    middle of an odd number is never called favourable or not: « assez satisfait » among five is
    neither; if its words have no reserve (« bon » among five), the sides are unclear. « Oui » and
    « non » alone are facts. An export may show three levels of the usual four: then each keeps its
    side.
    """
    found = graded(labels)
    if found is None or _states_facts(found) or not 2 <= len(labels) <= MOST_LEVELS:  # noqa: PLR2004
        return None
    grades = {label: one.grade for label, one in zip(labels, found, strict=True)}
    if not (max(grades.values()) > 0 > min(grades.values())):
        return None
    sides = {label: None if grade == 0 else grade > 0 for label, grade in grades.items()}
    ordered = sorted(grades, key=lambda label: -grades[label])
    middle = ordered[len(ordered) // 2]
    if len(ordered) % 2 and grades[middle] and (is_whole or not _is_partial(list(grades.values()))):
        if abs(grades[middle]) > _WEAK:
            return None
        sides[middle] = None
    return sides


def _states_facts(levels: Sequence[Level]) -> bool:
    """Whether the answers are yes and no without degrees, maybe with one between."""
    return all(one.word == "oui" and abs(one.grade) == _PLAIN for one in levels if one.grade)


def _is_partial(grades: Sequence[float]) -> bool:
    """Whether three levels are of an even scale, one of whose levels nobody chose."""
    strengths = {min(abs(grade), _STRONG) for grade in grades}
    return len(grades) == 3 and any(strengths == even for even in _EVEN)  # noqa: PLR2004


def favourable_name(labels: Sequence[str]) -> str:
    """
    Return who chose one of these favourable levels, by the word that they share.

    Examples
    --------
    >>> favourable_name(["Très satisfait", "Plutôt satisfait"]), favourable_name(["Bon", "Bien"])
    ('usagers satisfaits', 'réponses favorables')
    """
    words = {found.word if (found := level(label)) else "" for label in labels}
    word = words.pop() if len(words) == 1 else ""
    if not word:
        return FAVOURABLE
    return OF_PEOPLE.get(word, f"réponses « {word} »")


def praises(question: str, labels: Sequence[str]) -> bool:
    """Whether a favourable level praises: « oui » to « avez-vous eu un problème » does not."""
    found = [one for label in labels if (one := level(label))]
    says_yes = any(one.grade > 0 and one.word in {"", "oui", "d’accord"} for one in found)
    return not (says_yes and COMPLAINT.search(bare(question)))


def rank(label: str) -> tuple[float, ...] | None:
    """Return the place of a level in its scale: by its grade, or the bounds of « 18 à 29 ans »."""
    plain = bare(label)
    if RANGE.search(plain):
        first = float(next(iter(re.findall(r"\d+", plain)), 0))
        return (first, 0.0 if "moins" in plain else 1.0)
    if found := level(label):
        return (-found.grade, 0.0)
    number = re.match(r"\d+", plain)
    return (float(number[0]), 0.0) if number else None
