"""Sentences computed from the numbers they state."""

from qpref.reference import Remark
from qpref.statistics.shares import reliability
from qpref.wording.french import NBSP, long_date, number, percent, percent_range, plural, signed

_NEAR = 0.025


def opinions(n: int) -> str:
    """Return « 205 avis »."""
    return plural(n, "avis", "avis")


def count_of(count: float, total: float) -> str:
    """
    Return « 7 sur 10 », not to be cut at a line end.

    Examples
    --------
    >>> count_of(7, 10).replace("\u00a0", " ")
    '7 sur 10'
    """
    return f"{number(count)}{NBSP}sur{NBSP}{number(total)}"


def share(part: float, low: float, high: float, n: int, satisfied: int) -> str:
    """
    Return a share as few or as many answers allow: a count, or a percentage with its interval.

    Examples
    --------
    >>> share(0.775, 0.72, 0.83, 205, 159).replace("\u00a0", " ")
    '78 % (entre 72 et 83 %)'
    >>> share(0.5, 0.2, 0.8, 8, 4).replace("\u00a0", " ")
    '4 sur 8'
    """
    level = reliability(n)
    if n == 0:
        return "aucun avis"
    if level == "aucun_pourcentage":
        return count_of(satisfied, n)
    hint = ", indicatif" if level == "indicatif" else ""
    return f"{percent(part)} ({percent_range(low, high)}{hint})"


def out_of_ten(part: float, noun: str = "usager") -> str | None:
    """
    Return « environ 8 usagers sur 10 » when that is true to 2,5 points, else None.

    Examples
    --------
    >>> out_of_ten(0.79).replace("\u00a0", " ")
    'environ 8 usagers sur 10'
    >>> out_of_ten(0.745) is None
    True
    """
    tenths = round(10 * part)
    if abs(part - tenths / 10) > _NEAR or tenths in {0, 10}:
        return None
    return f"environ {plural(tenths, noun)} sur 10"


def promise(remark: Remark) -> str:
    """Return what a member of the committee said, and what was promised."""
    return (
        f"Vous nous aviez dit, le {long_date(remark.date)} : « {remark.remarque} » "
        f"Nous avions promis : « {remark.promesse} »"
    )


def points(difference: float) -> str:
    """
    Return a difference of shares in points, with its sign.

    Examples
    --------
    >>> points(0.062).replace("\u00a0", " "), points(-0.01).replace("\u00a0", " ")
    ('+6 points', '−1 point')
    """
    rounded = round(100 * difference)
    noun = plural(abs(rounded), "point").split("\u00a0", 1)[1]
    return f"{signed(rounded)}\u00a0{noun}"


def points_range(low: float, high: float) -> str:
    """
    Return « entre +1 et +11 points ».

    Examples
    --------
    >>> points_range(0.01, 0.113).replace("\u00a0", " ")
    'entre +1 et +11 points'
    """
    return f"entre {signed(100 * low)} et {signed(100 * high)}\u00a0points"


VERDICTS = {
    "mieux": "mieux",
    "moins_bien": "moins bien",
    "pas_de_difference_etablie": "pas de différence établie",
    "non_compare": "trop peu d’avis pour comparer",
}
