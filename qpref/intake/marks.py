"""Marks: between which bounds the answers of a question are, when they are marks."""

from collections.abc import Mapping

from qpref.intake.values import read_mark
from qpref.intake.wordings import (
    BARE_MARK,
    BETWEEN,
    OUT_OF,
    QUANTITY,
    RECOMMEND,
    SURELY_MARK,
    bare,
)

Bounds = tuple[float, float]
_MOSTLY = 0.9
_FEWEST = 3  # different marks given, when the wording does not say so; else they are codes
_FIVE, _TEN, _TWENTY = 5, 10, 20


def is_recommendation(wording: str) -> bool:
    """Whether a question asks if one would recommend the service."""
    return bool(RECOMMEND.search(bare(wording)))


def stated_bounds(wording: str) -> Bounds | None:
    """
    Return the bounds that a question states.

    Examples
    --------
    >>> stated_bounds("Notez l’accueil sur 20"), stated_bounds("De 1 (mauvais) à 5 (excellent)")
    ((0.0, 20.0), (1.0, 5.0))
    """
    if found := OUT_OF.search(wording):
        return (0.0, float(found[1]))
    if found := BETWEEN.search(wording):
        return (float(found[1]), float(found[2]))
    return None


def bounds_of(wording: str, texts: Mapping[str, int]) -> Bounds | None:
    """
    Return the bounds of marks, None when the answers are something else.

    Parameters
    ----------
    wording
        Of the question.
    texts
        How often each answer was given.

    Examples
    --------
    >>> bounds_of("L’accueil", {"8/10": 3, "10/10": 1}), bounds_of("Nombre de visites", {"2": 3})
    ((0.0, 10.0), None)
    >>> bounds_of("Recommanderiez-vous nos services ?", {"0 - Pas du tout": 1, "7": 2, "9": 4})
    (0.0, 10.0)
    """
    marks = _marks(texts)
    if not marks:
        return None
    out_of = {found[1] for text in texts if (found := BARE_MARK.match(text))} - {None}
    stated = stated_bounds(wording)
    if out_of:
        stated = (0.0, float(max(out_of, key=float))) if len(out_of) == 1 else None
    if stated:
        return _fitting(stated, marks)
    plain = bare(wording)
    is_whole = all(mark.is_integer() for mark in marks)
    is_said = bool(SURELY_MARK.search(plain)) or len(marks) >= _FEWEST
    if QUANTITY.search(plain) or not is_whole or not is_said:
        return None
    return _guessed(plain, min(marks), max(marks))


def _marks(texts: Mapping[str, int]) -> dict[float, int]:
    """Return how often each mark was given; nothing when an answer is none, or most have words."""
    found: dict[float, int] = {}
    for text, count in texts.items():
        try:
            mark = read_mark(text)
        except ValueError:
            return {}
        if mark is None:
            return {}
        found[mark] = found.get(mark, 0) + count
    bare_ones = sum(bool(BARE_MARK.match(text)) for text in texts)
    return found if 2 * bare_ones >= len(texts) else {}


def _fitting(bounds: Bounds, marks: Mapping[float, int]) -> Bounds | None:
    """Return bounds that hold nearly all marks; a mark out of 5 begins at 1 when nobody gave 0."""
    low, high = bounds
    if high == _FIVE and low == 0 and 0 not in marks:
        low = 1.0
    inside = sum(count for mark, count in marks.items() if low <= mark <= high)
    return (low, high) if inside >= _MOSTLY * sum(marks.values()) else None


def _guessed(plain: str, low: float, high: float) -> Bounds | None:
    """Return the usual bounds that hold the marks given: 1 to 5, 0 to 10, 0 to 20."""
    if low < 0:
        return None
    if low >= 1 and high <= _FIVE:
        return (1.0, 5.0)
    if high <= _TEN:
        return (0.0, 10.0)
    return (0.0, 20.0) if high <= _TWENTY and "not" in plain else None
