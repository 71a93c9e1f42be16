"""French wording of numbers, dates and plurals, typeset for reports (Babel does the locale)."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from qpref.lazy import lazy

if TYPE_CHECKING:
    from babel import Locale, dates, numbers
else:
    dates, numbers = lazy("babel.dates"), lazy("babel.numbers")

NBSP = "\u00a0"
THIN = "\u202f"
MINUS = "\u2212"


@lru_cache(maxsize=20_000)  # a page says the same numbers again and again
def number(value: float, decimals: int = 0) -> str:
    """
    Return a number in French: decimal comma, thin no-break spaces, real minus sign.

    Examples
    --------
    >>> number(1234.56, 1).replace(THIN, " ")
    '1 234,6'
    >>> number(-3)
    '−3'
    """
    text: str = _pattern(decimals).apply(round(value, decimals) + 0.0, _french())
    return text.replace("-", MINUS)


@cache
def _french() -> "Locale":
    return numbers.Locale("fr", "FR")  # type: ignore[attr-defined] # babel.core, which it loads


@cache
def _pattern(decimals: int) -> "numbers.NumberPattern":
    return numbers.parse_pattern("#,##0" + ("." + "0" * decimals if decimals else ""))


def signed(value: float, decimals: int = 0) -> str:
    """
    Return a number with its sign, zero without one.

    Examples
    --------
    >>> signed(6.4), signed(-2.5, 1), signed(0.2)
    ('+6', '−2,5', '0')
    """
    text = number(value, decimals)
    return f"+{text}" if round(value, decimals) > 0 else text


def percent(share: float, decimals: int = 0) -> str:
    """
    Return a share (0 to 1) as a percentage.

    Examples
    --------
    >>> percent(0.775).replace(NBSP, " ")
    '78 %'
    """
    return f"{number(100 * share, decimals)}{NBSP}%"


def percent_range(low: float, high: float) -> str:
    """
    Return « entre 72 et 83 % » for two shares, with the decimals that tell them apart.

    Examples
    --------
    >>> [percent_range(0.72, high).replace(NBSP, " ") for high in (0.83, 0.724)]
    ['entre 72 et 83 %', 'entre 72,0 et 72,4 %']
    """
    decimals = decimals_apart(low, high)
    return f"entre{NBSP}{number(100 * low, decimals)}{NBSP}et{NBSP}{percent(high, decimals)}"


def decimals_apart(one: float, other: float) -> int:
    """
    Return the fewest decimals, two at most, that tell two percentages apart; none when none do.

    Examples
    --------
    >>> decimals_apart(0.72, 0.83), decimals_apart(0.72, 0.724), decimals_apart(0, 0.00001)
    (0, 1, 0)
    """
    return next((d for d in range(3) if round(100 * one, d) != round(100 * other, d)), 0)


def two_digits(value: float) -> str:
    """
    Return a weight, a ratio, a statistic or a p-value with two digits, never more.

    Examples
    --------
    >>> [two_digits(value) for value in (1.2345, 0.0312, 143.2, 0.0999, 0)]
    ['1,2', '0,031', '140', '0,10', '0']
    """
    if not value:
        return number(0)
    place = decimals_of_two(value)
    return number(round(value, place), max(place, 0))


def decimals_of_two(value: float) -> int:
    """
    Return with how many decimals a number has two digits; less than none for more than two.

    Examples
    --------
    >>> [decimals_of_two(value) for value in (1.2345, 0.0312, 143.2, 0)]
    [1, 3, -1, 1]
    """
    return 1 - int(f"{value:.1e}".partition("e")[2])


def plural(count: int, singular: str, plural_form: str | None = None) -> str:
    """
    Return a count and its noun; zero and one are singular in French.

    Examples
    --------
    >>> [plural(n, "réponse").replace(NBSP, " ") for n in (0, 1, 2)]
    ['0 réponse', '1 réponse', '2 réponses']
    """
    return f"{number(count)}{NBSP}{noun(count, singular, plural_form)}"


def noun(count: float, singular: str, plural_form: str | None = None) -> str:
    """
    Return a noun as its count asks.

    Examples
    --------
    >>> noun(-1, "point"), noun(2, "point")
    ('point', 'points')
    """
    return singular if abs(count) < 2 else plural_form or f"{singular}s"  # noqa: PLR2004


_WORDS = ("aucun", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")


def spelled(count: int, singular: str, plural_form: str) -> str:
    """
    Return a masculine noun and its count, in words up to ten.

    Examples
    --------
    >>> [spelled(n, "canal", "canaux").replace(NBSP, " ") for n in (1, 5, 12)]
    ['un canal', 'cinq canaux', '12 canaux']
    """
    if count >= len(_WORDS):
        return plural(count, singular, plural_form)
    return f"{_WORDS[count]} {plural_form if count > 1 else singular}"


def long_date(day: date) -> str:
    """
    Return a date in words.

    Examples
    --------
    >>> long_date(date(2020, 12, 1)).replace(NBSP, " ")
    '1er décembre 2020'
    """
    return f"{'1er' if day.day == 1 else day.day}{NBSP}{month_name(day)}"


def month_name(day: date) -> str:
    """
    Return the month and year of a day.

    Examples
    --------
    >>> month_name(date(2020, 12, 1))
    'décembre 2020'
    """
    found: str = dates.format_date(day, "MMMM yyyy", locale=_french())
    return found


def short_month(day: date) -> str:
    """
    Return the month and year of a day, the month cut short.

    Examples
    --------
    >>> short_month(date(2020, 12, 1)).replace(NBSP, " ")
    'déc. 2020'
    """
    found: str = dates.format_date(day, "MMM yyyy", locale=_french())
    return found.replace(" ", NBSP)


def period(start: date, end: date) -> str:
    """
    Return « du … au … », the year once when it is the same.

    Examples
    --------
    >>> period(date(2020, 11, 16), date(2020, 12, 4)).replace(NBSP, " ")
    'du 16 novembre au 4 décembre 2020'
    """
    first = long_date(start)
    if start.year == end.year:
        first = first.removesuffix(f" {start.year}")
    return f"du{NBSP}{first} au{NBSP}{long_date(end)}"


def months(start: date, end: date) -> str:
    """
    Return the months of a period, the year once when it is the same.

    Examples
    --------
    >>> months(date(2020, 10, 1), date(2020, 12, 31)), months(date(2021, 2, 1), date(2021, 2, 26))
    ('octobre-décembre 2020', 'février 2021')
    >>> months(date(2020, 12, 14), date(2021, 1, 8))
    'décembre 2020-janvier 2021'
    """
    first, last = month_name(start), month_name(end)
    if first == last:
        return last
    return f"{first.removesuffix(f' {end.year}')}-{last}"


def enumeration(words: Sequence[str], last: str = "et") -> str:
    """
    Return words joined by commas and « et », or another word before the last.

    Examples
    --------
    >>> enumeration(["un", "deux", "trois"]), enumeration(["un", "deux"], "ou")
    ('un, deux et trois', 'un ou deux')
    """
    return f" {last} ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def of(words: str) -> str:
    """
    Return some words after « de », elided before a vowel.

    Examples
    --------
    >>> of("usagers satisfaits"), of("réponses favorables")
    ('d’usagers satisfaits', 'de réponses favorables')
    """
    plain = unicodedata.normalize("NFD", words[:1]).casefold()[:1]
    return f"d’{words}" if plain in set("aeiouyœæ") else f"de {words}"


def either(words: Sequence[str]) -> str:
    """
    Return « a, b ou c ».

    Examples
    --------
    >>> either(["a", "b", "c"]), either(["a"])
    ('a, b ou c', 'a')
    """
    *first, last = words
    return f"{', '.join(first)} ou {last}" if first else last


def lower_first(text: str) -> str:
    """
    Return a text whose first letter is small, for the middle of a sentence.

    Examples
    --------
    >>> lower_first("Plutôt satisfait")
    'plutôt satisfait'
    """
    return text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """
    Return a text whose first letter is a capital, for the beginning of a sentence.

    Examples
    --------
    >>> upper_first("mieux : « Attente »")
    'Mieux : « Attente »'
    """
    return text[:1].upper() + text[1:]


_WHOLE = re.compile(r"\bentre [+−]?[\d,]+ et [+−]?[\d,]+(?: points?\b)?|± [\d,]+(?: points?\b)?")

_INITIAL = re.compile(r"\b([A-Z][a-z]+)-([a-z])-(?=[a-z])")  # of a name


def typeset(text: str) -> str:
    r"""
    Return text with French no-break spaces before « ; : ? ! % » and inside guillemets.

    Names with a letter between two hyphens, « entre 61 et 75 % » and « ± 8,3 points » are never
    cut. Addresses and times keep their colon: only a colon after a space is touched.

    Examples
    --------
    >>> typeset("« Bien » : 80 % ? Oui !").count(NBSP), typeset("14:30 http://x")
    (4, '14:30 http://x')
    >>> typeset("entre 61 et 75 % et ± 8,3 points").split(" ")
    ['entre\xa061\xa0et\xa075\xa0%', 'et', '±\xa08,3\xa0points']
    """
    text = re.sub(r"«\s*", f"«{NBSP}", text)
    text = re.sub(r"\s*»", f"{NBSP}»", text)
    text = re.sub(r" ([:%])", rf"{NBSP}\1", text)
    text = re.sub(r" ([;?!])", rf"{THIN}\1", text)
    text = _WHOLE.sub(lambda found: found[0].replace(" ", NBSP), text)
    text = _INITIAL.sub("\\1\u2011\\2\u2011", text)
    return text.replace("'", "’")
