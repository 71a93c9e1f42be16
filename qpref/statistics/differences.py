"""Differences of two shares as measures, and the smallest detectable change of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

from qpref.statistics.comparison import LINES
from qpref.statistics.measure import DIFFERENCE, Measure
from qpref.statistics.power import detectable_change
from qpref.statistics.shares import reliability


@dataclass(frozen=True, kw_only=True)
class Difference:
    """
    A difference judged, and the two shares that it is the difference of.

    `change` has the verdict, `now` and `before` the shares, `sizes` the effective answers of both;
    `p` is the p-value without correction, `level` what it must not be over when no other line of
    the family differs (nan when nothing was tested).
    """

    change: Measure
    now: Measure
    before: Measure
    sizes: tuple[float, float]
    p: float
    level: float


def difference(row: Mapping[Any, Any], label: str = "", key: str = "") -> Difference:
    """
    Return a row of comparisons as measures.

    Parameters
    ----------
    row
        `comparison.LINES` and `verdicts.JUDGED`; what was not measured may be absent.
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
    sizes = found["taille"], found["taille_reference"]
    return Difference(
        change=change, now=now, before=before, sizes=sizes, p=found["p"], level=found["seuil"]
    )


_NUMBERS = (*LINES[2:], "bas", "haut", "p", "seuil")  # all but the question and the group


def _size(n: float) -> int | None:
    return None if isnan(n) else int(n)


def left_out(found: Mapping[str, Any]) -> Measure:
    """Return the part of the answers that `standardised.standardised` could not compare."""
    return Measure(value=1 - found["couverture"], design="standardise")


def smallest_move(found: Difference) -> Measure:
    """
    Return the smallest move that a change would likely have shown.

    Returns
    -------
    Measure
        A rise where the share rose, a fall where it fell, in points without sign; missing (nan)
        when even the largest would have been missed.

    Notes
    -----
    What one question must reach when it moves alone, its answers worth what half-days leave of
    them: see `verdicts.judge`.
    """
    share = found.before.value if found.change.value >= 0 else 1 - found.before.value
    move = detectable_change(*found.sizes, share, level=found.level)
    return Measure(key=found.change.key, value=nan if move is None else move, unit=DIFFERENCE)


def directions(found: Sequence[Difference]) -> tuple[int, int, int]:
    """Return how many shares rose, fell, and stayed as they were, at the point printed."""
    moved = [round(100 * one.change.value) for one in found if one.change.is_compared]
    rose, fell = sum(gap > 0 for gap in moved), sum(gap < 0 for gap in moved)
    return rose, fell, len(moved) - rose - fell
