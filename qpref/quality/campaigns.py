"""Overall satisfaction over the campaigns of a site: shares, slope, limits, as measures."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan
from typing import Any

from qpref.quality.answers import satisfied
from qpref.statistics.measure import DIFFERENCE, Measure
from qpref.statistics.trend import FEWEST, FEWEST_OF_CHART, Chart, chart, slope

_YEAR = 365.25


@dataclass(frozen=True)
class Point:
    """
    A campaign.

    Its name, its first day, its row of `quality.answers.satisfaction`, and what its answers are
    worth once half-days are reckoned with.
    """

    name: str
    start: date
    row: dict[Hashable, Any]
    size: float


@dataclass(frozen=True)
class Followed:
    """
    What campaigns say together.

    Parameters
    ----------
    shares
        Of the campaigns that have answers, oldest first.
    rated
        Those that have answers enough for a percentage.
    by_year, p
        How much the share moves by year, and the p-value that it does not; None and nan under three
        such campaigns, or when all answers are the same.
    limits
        What chance alone moves; None under six such campaigns.
    """

    shares: list[Measure]
    rated: list[Measure]
    by_year: Measure | None
    p: float
    limits: Chart | None


def follow(points: Sequence[Point]) -> Followed:
    """Return what campaigns say together, given oldest first."""
    kept = [point for point in points if point.row["n"]]
    shares = [satisfied(point.row, point.name) for point in kept]
    pairs = [(point, one) for point, one in zip(kept, shares, strict=True) if one.is_rated]
    rated, sizes = [one for _, one in pairs], [point.size for point, _ in pairs]
    moved, p = _by_year([point.start for point, _ in pairs], rated, sizes)
    values = [one.value for one in rated]
    limits = chart(values, sizes) if len(pairs) >= FEWEST_OF_CHART else None
    return Followed(shares, rated, moved, p, limits)


def _by_year(
    days: Sequence[date], shares: Sequence[Measure], sizes: Sequence[float]
) -> tuple[Measure | None, float]:
    nothing = None, float("nan")
    if len({*days}) < FEWEST:
        return nothing
    times = [day.toordinal() / _YEAR for day in days]
    found = slope([one.value for one in shares], sizes, times)
    if isnan(found.p):
        return nothing
    measure = Measure(
        key="tendance",
        label="Évolution par an",
        value=found.value,
        low=found.low,
        high=found.high,
        unit=DIFFERENCE,
    )
    return measure, found.p
