"""A figure over months, drawn as one line on the band of what chance alone explains."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import TypeVar

from qpref.display.drawn import LineChart, Spot, Tick
from qpref.palette import PAPER, SPREAD, VERY_BAD, VERY_GOOD
from qpref.quality.monthly import FollowedIndicator, MonthlyPoint, short_period
from qpref.statistics.publication import published
from qpref.statistics.scale import round_scale
from qpref.wording.french import number, percent

_OF_SHARES, _OF_WHOLE, _OF_TENTHS = 0.05, 1.0, 0.1  # least steps of a scale
_APART = 0.24  # of the width: what two names of months need on the narrowest telephone
_YEAR_BEGINS = ("-01", "-T1")
_OF_SIGNALS = {True: VERY_GOOD, False: VERY_BAD, None: SPREAD}
_T = TypeVar("_T")


def month_line(found: FollowedIndicator, words: tuple[str, str, str], end: str) -> LineChart:
    """
    Return the line of a figure: its limits behind, its signals and its months apart as marks.

    Parameters
    ----------
    found
        A figure with a reading.
    words
        Its caption, all its values in words, and how to read it.
    end
        What is written at the last month that has a figure.
    """
    points, steps = found.points, month_scale(found)
    low, width = steps[0], steps[-1] - steps[0]

    def up(value: float) -> float:
        return (value - low) / width

    places = [_across(rank, len(points)) for rank in range(len(points))]
    values = [_value(one, up) for one in points]
    spots = [
        Spot(x, y, mark_colour(found, one))
        for x, y, one in zip(places, values, points, strict=True)
        if y is not None and (one.reason or one.signal is not None)
    ]
    caption, told, note = words
    last = points.index(found.last)
    return LineChart(
        caption,
        told,
        runs=_runs((x, y) if y is not None else None for x, y in zip(places, values, strict=True)),
        bands=_runs(_band(x, one, up) for x, one in zip(places, points, strict=True)),
        level=up(published(found.mean).value) if found.limits.is_enough else None,
        spots=spots,
        scale=[Tick(up(step), _step_name(step, found)) for step in steps],
        marks=_marks([one.period for one in points]),
        end=Spot(places[last], values[last] or 0.0, end),
        note=note,
    )


def mark_colour(found: FollowedIndicator, point: MonthlyPoint) -> str:
    """Return the colour of a month that is marked: a signal by its side, white when apart."""
    return PAPER if point.reason else _OF_SIGNALS[found.is_better(point)]


def month_scale(found: FollowedIndicator) -> list[float]:
    """Return the values named along a chart; all that is drawn stands between."""
    drawn = [published(one.measure).value for one in found.points if one.measure.is_known]
    limits = [published(one.limits) for one in found.points if one.limits.is_known]
    edges = [edge for one in limits for edge in (one.low, one.high) if edge is not None]
    if found.indicator.is_share:
        return round_scale([*drawn, *edges], _OF_SHARES, 1)
    is_whole = all(one.is_integer() for one in drawn)
    return round_scale([*drawn, *edges], _OF_WHOLE if is_whole else _OF_TENTHS)


def _across(rank: int, count: int) -> float:
    return rank / (count - 1) if count > 1 else 1.0


def _value(point: MonthlyPoint, up: Callable[[float], float]) -> float | None:
    return up(published(point.measure).value) if point.measure.is_known else None


def _band(
    x: float, point: MonthlyPoint, up: Callable[[float], float]
) -> tuple[float, float, float] | None:
    told = published(point.limits)
    return None if told.low is None or told.high is None else (x, up(told.low), up(told.high))


def _runs(places: Iterable[_T | None]) -> list[list[_T]]:
    """Return what follows each other without a gap."""
    parts = groupby(places, key=lambda one: one is None)
    return [[one for one in part if one is not None] for is_gap, part in parts if not is_gap]


def _step_name(step: float, found: FollowedIndicator) -> str:
    if found.indicator.is_share:
        return percent(step)
    return number(step, 0 if step.is_integer() else 1)


def _marks(periods: Sequence[str]) -> list[Tick]:
    """Return the names of the first and the last month, and of each January with room enough."""
    count = len(periods)
    ends = {0, count - 1}
    found = [
        (_across(rank, count), period)
        for rank, period in enumerate(periods)
        if rank in ends
        or (period.endswith(_YEAR_BEGINS) and _APART <= _across(rank, count) <= 1 - _APART)
    ]
    return [Tick(place, short_period(period)) for place, period in found]
