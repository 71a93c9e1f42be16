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
_FEWEST_DAYS = 731  # two years: under them, a pace by year would be a guess


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
    moved, is_by_year, p
        How much the share moves, by year or, over less than two years, from the first campaign to
        the last, and the p-value that it does not; None and nan under three such campaigns, or when
        all answers are the same.
    limits
        What chance alone moves; None under six such campaigns, or when all answers are the same.
    """

    shares: list[Measure]
    rated: list[Measure]
    moved: Measure | None
    is_by_year: bool
    p: float
    limits: Chart | None


def follow(points: Sequence[Point]) -> Followed:
    """Return what campaigns say together, given oldest first."""
    kept = [point for point in points if point.row["n"]]
    shares = [satisfied(point.row, point.name) for point in kept]
    pairs = [(point, one) for point, one in zip(kept, shares, strict=True) if one.is_rated]
    rated, sizes = [one for _, one in pairs], [point.size for point, _ in pairs]
    days = [point.start for point, _ in pairs]
    is_by_year = bool(days) and (days[-1] - days[0]).days >= _FEWEST_DAYS
    moved, p = _moved(days, rated, sizes, is_by_year=is_by_year)
    values = [one.value for one in rated]
    is_even = values in ([0.0] * len(pairs), [1.0] * len(pairs))  # limits would have no width
    limits = chart(values, sizes) if len(pairs) >= FEWEST_OF_CHART and not is_even else None
    return Followed(shares, rated, moved, is_by_year, p, limits)


def _moved(
    days: Sequence[date], shares: Sequence[Measure], sizes: Sequence[float], *, is_by_year: bool
) -> tuple[Measure | None, float]:
    nothing = None, float("nan")
    if len({*days}) < FEWEST:
        return nothing
    unit = _YEAR if is_by_year else (days[-1] - days[0]).days
    times = [day.toordinal() / unit for day in days]
    found = slope([one.value for one in shares], sizes, times)
    if isnan(found.p):
        return nothing
    measure = Measure(
        key="tendance",
        label="Évolution par an" if is_by_year else "Évolution, de la première à la dernière",
        value=found.value,
        low=found.low,
        high=found.high,
        unit=DIFFERENCE,
    )
    return measure, found.p
