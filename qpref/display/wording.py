"""A measure in words: its value, its interval, what they say of a difference."""

from collections.abc import Iterable

from qpref.reference import Audience, Remark
from qpref.statistics.measure import DIFFERENCE, SHARE, Measure
from qpref.wording.french import (
    NBSP,
    decimals_apart,
    enumeration,
    long_date,
    noun,
    number,
    percent,
    percent_range,
    plural,
    signed,
)

_NEAR = 0.025
HIDDEN = "masqué"  # of what too few people would be recognised by


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


def times(count: float, total: float) -> str:
    """
    Return « 7 fois sur 10 », not to be cut at a line end.

    Examples
    --------
    >>> times(7, 10).replace("\u00a0", " ")
    '7 fois sur 10'
    """
    return f"{number(count)}{NBSP}fois{NBSP}sur{NBSP}{number(total)}"


def count(measure: Measure) -> str:
    """
    Return a measure as a count, « 7 sur 10 », whatever its unit and the number of answers.

    Examples
    --------
    >>> count(Measure(value=0.7, n=10, count=7)).replace("\u00a0", " ")
    '7 sur 10'
    """
    return count_of(measure.counted, measure.base)


def value(measure: Measure) -> str:
    """
    Return the number alone, as few or as many answers allow.

    Examples
    --------
    >>> value(Measure(value=0.775, n=205, count=159)).replace("\u00a0", " ")
    '78 %'
    >>> few = Measure(value=0.5, n=8, count=4, reliability="aucun_pourcentage")
    >>> value(few).replace("\u00a0", " ")
    '4 sur 8'
    >>> value(Measure(value=0.062, unit=DIFFERENCE)).replace("\u00a0", " ")
    '+6 points'
    """
    if measure.reliability == "aucun_pourcentage":
        return count(measure) if measure.n else "aucun avis"
    if not measure.is_known:
        return "—"
    if measure.unit == DIFFERENCE:
        return points(measure.value)
    if measure.unit == SHARE:
        return percent(measure.value, measure.digits)
    return number(measure.value, measure.digits)


def rate(measure: Measure) -> str:
    """Return a share as a percentage, or that opinions are too few for one."""
    return value(measure) if measure.is_rated else "trop peu d’avis"


def replied(count: int, who: Audience) -> str:
    """
    Return how many of those to whom a questionnaire was put answered it.

    Examples
    --------
    >>> replied(3, Audience(id="agents", singulier="agent", pluriel="agents")).replace(NBSP, " ")
    '3 agents ont répondu'
    """
    return f"{number(count)}{NBSP}{who_replied(count, who)}"


def who_replied(count: int, who: Audience) -> str:
    """Return the same without the count: « usagers ont répondu »."""
    return noun(count, f"{who.singulier} a répondu", f"{who.pluriel} ont répondu")


def bare(measure: Measure) -> str:
    """Return the number of percent or points of a measure, without its unit: « de 62 à 78 % »."""
    return number(100 * measure.value, measure.digits)


def interval(measure: Measure) -> str:
    """
    Return the interval alone, « indicatif » when answers are few.

    Nothing where a count is said, or where all those concerned answered: there is no other value.

    Examples
    --------
    >>> interval(Measure(value=0.775, low=0.72, high=0.83)).replace("\u00a0", " ")
    'entre 72 et 83 %'
    >>> interval(Measure(value=0.06, low=0.01, high=0.113, unit=DIFFERENCE)).replace("\u00a0", " ")
    'entre +1 et +11 points'
    """
    low, high = measure.low, measure.high
    if low is None or high is None or not measure.is_rated or low == high == measure.value:
        return ""
    hint = ", indicatif" if measure.reliability == "indicatif" else ""
    if measure.unit == DIFFERENCE:
        return points_range(low, high) + hint
    if measure.unit == SHARE:
        return percent_range(low, high) + hint
    bounds = (number(bound, measure.digits) for bound in (low, high))
    return f"entre{NBSP}{f'{NBSP}et{NBSP}'.join(bounds)}{hint}"


def extent(measure: Measure) -> str:
    """
    Return the lowest and the highest of the values described.

    Examples
    --------
    >>> extent(Measure(value=7.5, low=5, high=9, unit="note sur 10"))
    'de 5 à 9'
    >>> extent(Measure(value=7, n=3, low=7, high=7, unit="note sur 10"))
    'toujours 7'
    """
    low, high = (number(bound or 0) for bound in (measure.low, measure.high))
    if low == high:
        return low if measure.n == 1 else f"toujours {low}"
    return f"de {low} à {high}"


def with_values(found: Iterable[Measure]) -> str:
    """
    Return measures by their name and their number.

    Examples
    --------
    >>> with_values([Measure(label="Délai", value=0.45)]).replace("\u00a0", " ")
    '« Délai » (45 %)'
    """
    return enumeration([f"« {one.label} » ({value(one)})" for one in found])


def both(measure: Measure, between: str = " ") -> str:
    """
    Return the number, and its interval in brackets when there is one to say.

    Parameters
    ----------
    between
        What stands between them: a line break in a cell.

    Examples
    --------
    >>> both(Measure(value=0.775, low=0.72, high=0.83)).replace("\u00a0", " ")
    '78 % (entre 72 et 83 %)'
    """
    said = interval(measure)
    return f"{value(measure)}{between}({said})" if said else value(measure)


def cell(measure: Measure) -> str:
    """Return the number and, on a second line, its interval."""
    return both(measure, "\n")


def margin(measure: Measure) -> str:
    """
    Return « ± 6,9 points », or a dash where answers are too few for a percentage.

    Examples
    --------
    >>> margin(Measure(value=0.0693, unit=DIFFERENCE, digits=1)).replace("\u00a0", " ")
    '± 6,9 points'
    """
    if not measure.is_rated:
        return "—"
    return f"±{NBSP}{bare(measure)}{NBSP}{noun(100 * measure.value, 'point')}"


def out_of_ten(part: float, who: str) -> str | None:
    """
    Return « environ 8 usagers satisfaits sur 10 » when that is true to 2,5 points, else None.

    Examples
    --------
    >>> out_of_ten(0.79, "usagers satisfaits").replace("\u00a0", " ")
    'environ 8 usagers satisfaits sur 10'
    >>> out_of_ten(0.745, "usagers satisfaits") is None
    True
    """
    tenths = round(10 * part)
    if abs(part - tenths / 10) > _NEAR or tenths in {0, 1, 10}:
        return None
    return f"environ {number(tenths)}{NBSP}{who} sur{NBSP}10"


def promise(remark: Remark) -> str:
    """Return what a member of the committee said, and what was promised."""
    return (
        f"Vous nous aviez dit, le {long_date(remark.date)} : « {remark.remarque} » "
        f"Nous avions promis : « {remark.promesse} »"
    )


def chart_note(reading: str, field: str, source: str) -> str:
    """Return what stands under a chart: one value read aloud, of whom it is, where it is from."""
    return f"Lecture : {reading}. Champ : {field}. Source : {source}."


def read_aloud(
    found: Iterable[Measure], field: str, source: str, words: str = "{value} pour « {label} »"
) -> str:
    """
    Return the note of a chart, where the first number drawn is read; nothing where none is.

    Examples
    --------
    >>> few = Measure(label="A", value=0.5, n=4, reliability="aucun_pourcentage")
    >>> read_aloud([few, Measure(label="B", value=0.4)], "avis", "enquête").replace("\u00a0", " ")
    'Lecture : 40 % pour « B ». Champ : avis. Source : enquête.'
    >>> read_aloud([few], "avis", "enquête")
    ''
    """
    first = next((one for one in found if one.is_rated), None)
    if first is None:
        return ""
    told = words.replace("{value}", value(first)).replace("{label}", first.label)
    return chart_note(told, field, source)


SURVEY, MYSTERY_SURVEY, FOLLOW_UP = "enquête de satisfaction", "enquête mystère", "suivi du label"


def points(difference: float) -> str:
    """
    Return a difference of shares in points, with its sign.

    Examples
    --------
    >>> points(0.062).replace("\u00a0", " "), points(-0.01).replace("\u00a0", " ")
    ('+6 points', '−1 point')
    """
    rounded = round(100 * difference)
    return f"{signed(rounded)}{NBSP}{noun(rounded, 'point')}"


def points_range(low: float, high: float) -> str:
    """
    Return « entre +1 et +11 points ».

    Examples
    --------
    >>> points_range(0.01, 0.113).replace("\u00a0", " ")
    'entre +1 et +11 points'

    A bound that is not zero is never printed 0: it says on which side zero is.

    >>> points_range(-0.09, -0.003).replace("\u00a0", " ")
    'entre −9 et −0,3 points'
    """
    farthest = max(abs(round(100 * bound)) for bound in (low, high))
    bounds = f"{_bound(low)}{NBSP}et{NBSP}{_bound(high)}"
    return f"entre{NBSP}{bounds}{NBSP}{noun(farthest, 'point')}"


def _bound(difference: float) -> str:
    """Return a bound in points, with decimals when it would be printed 0 and is not."""
    least = 0.01 if difference > 0 else -0.01
    decimals = decimals_apart(difference, 0)
    points_ = round(100 * difference, decimals)
    return signed(points_, decimals) if points_ or not difference else signed(least, 2)


VERDICTS = {
    "mieux": "mieux",
    "moins_bien": "moins bien",
    "pas_de_difference_etablie": "pas de différence établie",
    "a_confirmer": "écart à confirmer",
    "non_compare": "trop peu d’avis pour comparer",
}
