"""Differences of two shares as measures, and the smallest rise that each could have shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

from qpref.statistics.comparison import COLUMNS, LEVEL, MAIN_PART
from qpref.statistics.measure import DIFFERENCE, Measure
from qpref.statistics.power import detectable_change
from qpref.statistics.shares import reliability


@dataclass(frozen=True, kw_only=True)
class Difference:
    """
    A difference judged, and the two shares that it is the difference of.

    `change` has the verdict, `now` and `before` the shares; `p` is the p-value of their equality
    (nan when nothing was tested).
    """

    change: Measure
    now: Measure
    before: Measure
    p: float


def difference(row: Mapping[Any, Any], label: str = "", key: str = "") -> Difference:
    """
    Return a row of comparisons as measures.

    Parameters
    ----------
    row
        `comparison.COLUMNS`, with or without verdict; what was not measured may be absent.
    label
        What is compared.
    key
        Of the measures; the question by default.
    """
    found = {name: float(row.get(name, nan)) for name in _NUMBERS}
    verdict = str(row.get("verdict", ""))
    change = Measure(
        key=key or str(row.get("question", "")),
        label=label,
        n=_size(found["n"]),
        value=found["ecart"],
        low=found["bas"],
        high=found["haut"],
        unit=DIFFERENCE,
        verdict=verdict,
    )
    now, before = (
        Measure(
            key=change.key,
            label=label,
            n=_size(found[n]),
            value=found[part],
            reliability=reliability(_size(found[n]) or 0),
        )
        for part, n in (("part", "n"), ("part_reference", "n_reference"))
    )
    return Difference(change=change, now=now, before=before, p=found["p"])


_NUMBERS = COLUMNS[2:]  # all but the question and the group


def _size(n: float) -> int | None:
    return None if isnan(n) else int(n)


def left_out(found: Mapping[str, Any]) -> Measure:
    """Return the part of the answers that `comparison.standardised` could not compare."""
    return Measure(value=1 - found["couverture"], design="standardise")


def smallest_rises(found: Sequence[Difference], main: str, tests: int) -> dict[str, Measure]:
    """
    Return, for each question compared, the smallest rise that it would likely have shown.

    Parameters
    ----------
    found
        Changes of questions.
    main
        The pre-named main indicator, which has its own part of the level.
    tests
        Comparisons of the whole report.

    Returns
    -------
    dict
        By question; missing (nan) when even a rise to 100 % would have been missed.

    Notes
    -----
    What one question must reach when it changes alone: see `comparison.judge`.
    """
    others = LEVEL * (1 - MAIN_PART) / max(tests - 1, 1)
    return {
        one.change.key: _rise(one, LEVEL * MAIN_PART if one.change.key == main else others)
        for one in found
        if one.change.is_compared
    }


def _rise(found: Difference, level: float) -> Measure:
    sizes = (found.now.n or 0, found.before.n or 0)
    rise = detectable_change(*sizes, found.before.value, level=level)
    return Measure(key=found.change.key, value=nan if rise is None else rise, unit=DIFFERENCE)
