"""One published number: sentence, table row, bar, CSV line and trace all derive from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isnan
from typing import Literal

# Codes of the units, as the figures file writes them; other units stand where they are measured.
SHARE = "part"  # 0 to 1
DIFFERENCE = "écart de parts"  # −1 to 1
PROBABILITY = "probabilité"  # 0 to 1

Reliability = Literal["aucun_pourcentage", "indicatif", "normal"]
Design = Literal["simple", "pondere", "standardise", "modele"]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """
    A published number, with all that is said beside it.

    Parameters
    ----------
    key
        What is measured: identifier of a question, a criterion, an action, an indicator.
    label
        Its name, or that of the group, as the reference data write it.
    group
        Of whom or of what, within `key`: an answer, a channel, a site, a date; « » for all.
    n
        Opinions, contacts or commitments on which the number is based; None when it has no base.
    count
        Those among `n` that the number counts; None when it counts none.
    value
        The number, in `unit`; missing (nan) when there is nothing to measure.
    low, high
        Bounds of the 95 % interval, or lowest and highest of the values described; None without.
    unit
        `SHARE`, `DIFFERENCE`, or another code of the figures file (« jours ouvrés »).
    verdict
        What was concluded, of `statistics.comparison` or `drivers`; « » when nothing was.
    design
        How the number was estimated: answers counted, weighted, standardised, or by a model.
    reliability
        What the number of answers allows, of `statistics.shares.reliability`.
    digits
        Decimals to show; of a share or a difference, decimals of the percentage or the points.
    """

    key: str = ""
    label: str = ""
    group: str = ""
    n: int | None = None
    count: int | None = None
    value: float
    low: float | None = None
    high: float | None = None
    unit: str = SHARE
    verdict: str = ""
    design: Design = "simple"
    reliability: Reliability = "normal"
    digits: int = 0

    @property
    def printed(self) -> float:
        """The number as it is printed: two that are printed alike are not told apart."""
        return round(100 * self.value if self.is_part else self.value, self.digits)

    @property
    def base(self) -> int:
        """
        On how many the number is based, 0 without a base.

        >>> Measure(value=1, n=3).base, Measure(value=1).base
        (3, 0)
        """
        return self.n or 0

    @property
    def counted(self) -> int:
        """
        How many it counts, 0 when it counts none.

        >>> Measure(value=1, count=3).counted, Measure(value=1).counted
        (3, 0)
        """
        return self.count or 0

    @property
    def is_part(self) -> bool:
        """Whether it is a part of one, whose `digits` are those of its percentage."""
        return self.unit in {SHARE, DIFFERENCE, PROBABILITY}

    @property
    def is_known(self) -> bool:
        """Whether there is a number at all."""
        return not isnan(self.value)

    @property
    def is_rated(self) -> bool:
        """Whether there are answers enough for a percentage."""
        return self.is_known and self.reliability != "aucun_pourcentage"

    @property
    def is_established(self) -> bool:
        """Whether chance does not explain a difference."""
        return self.verdict in {"mieux", "moins_bien"}

    @property
    def is_compared(self) -> bool:
        """Whether both sides of a difference were large enough to be compared."""
        return self.verdict not in {"", "non_compare"}


def are_apart(best: Measure, worst: Measure) -> bool:
    """Return whether the intervals of two measures do not meet, the first above the second."""
    return best.low is not None and worst.high is not None and best.low > worst.high


_FEWEST = 3  # of two, the better is not the best


def extremes(found: Sequence[Measure], most: int) -> tuple[list[Measure], list[Measure]]:
    """
    Return the highest and the lowest measures, highest and lowest first, that a reader tells apart.

    Parameters
    ----------
    found
        Measures of one unit, each known.
    most
        How many may be named on a side.

    Returns
    -------
    tuple
        Measures printed alike are named together or not at all, so either side may be empty. Both
        are, of fewer than three measures.

    Examples
    --------
    >>> shares = [Measure(label=x, value=v) for x, v in zip("abcd", (.7255, .7287, .8, .76))]
    >>> [[one.label for one in side] for side in extremes(shares, most=2)]
    [['c', 'd'], ['a', 'b']]
    >>> [[one.label for one in side] for side in extremes(shares, most=1)]
    [['c'], []]
    """
    if len(found) < _FEWEST:
        return [], []
    highest, lowest = (_leading(found, most, is_highest=side) for side in (True, False))
    if highest and lowest and highest[-1].printed <= lowest[-1].printed:
        return [], []
    return highest, lowest


def best_and_worst(found: Sequence[Measure], most: int) -> tuple[list[Measure], list[Measure]]:
    """
    Return the highest and the lowest measures, both or neither: what a page may name.

    As many as `most` on a side, or as few as it takes for both sides to differ as printed, among
    those that rest on answers enough to be more than indicative.

    Examples
    --------
    >>> shares = [Measure(label=x, value=v, n=50) for x, v in zip("abcd", (.90, .75, .70, .40))]
    >>> [[one.label for one in side] for side in best_and_worst(shares, most=3)]
    [['a', 'b'], ['d', 'c']]
    >>> best_and_worst(shares[:1], most=3)
    ([], [])
    """
    sure = [one for one in found if one.reliability == "normal"]
    tried = (extremes(sure, named) for named in range(min(most, len(sure) // 2), 0, -1))
    return next((both for both in tried if all(both)), ([], []))


def _leading(found: Sequence[Measure], most: int, *, is_highest: bool) -> list[Measure]:
    """Return the first measures from one side, without cutting those that are printed alike."""
    chosen: list[Measure] = []
    order = sorted(found, key=lambda one: one.printed, reverse=is_highest)
    for _, alike in groupby(order, key=lambda one: one.printed):
        group = list(alike)
        if len(chosen) + len(group) > most:
            break
        chosen += group
    return chosen


def is_surely_under(measure: Measure, limit: float) -> bool:
    """Return whether a share of answers enough is under a limit, its interval included."""
    is_enough = measure.reliability == "normal" and measure.is_known
    return is_enough and measure.high is not None and measure.high < limit
