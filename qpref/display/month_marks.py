"""The marks of a month: its figure as a dot, what chance alone explains as a band behind."""

from qpref.display.drawn import Dot
from qpref.display.section import Bar
from qpref.palette import GOOD
from qpref.quality.monthly import FollowedIndicator, MonthlyPoint
from qpref.statistics.publication import published

_ROOM = 1.05  # of a scale, over its highest mark


def scale(found: FollowedIndicator) -> float:
    """Return the value at the right edge of a chart."""
    if found.indicator.is_share:
        return 1.0
    highest = [one.measure.value for one in found.points if one.measure.is_known]
    highest += [one.limits.high or 0.0 for one in found.points]
    return max(highest) * _ROOM or 1.0


def between_limits(point: MonthlyPoint, full: float, colour: str) -> tuple[list[Bar], list[Dot]]:
    """
    Return what is drawn of a month.

    Parameters
    ----------
    point
        A month that has a figure.
    full
        The value at the right edge.
    colour
        Of the figure; hollow where the month is set apart.
    """
    limits, bars = published(point.limits), []
    if limits.low is not None and limits.high is not None:
        bars = [Bar(limits.low / full, (limits.high - limits.low) / full, GOOD, is_thin=True)]
    place = published(point.measure).value / full
    return bars, [Dot(place, colour, is_hollow=bool(point.reason))]
