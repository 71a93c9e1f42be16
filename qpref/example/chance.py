"""Seeded draws, identical on every machine and whatever Python's hash seed."""

from bisect import bisect
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from statistics import NormalDist

from qpref.lazy import lazy
from qpref.reference.example import Moment

holidays = lazy("holidays")

NORMAL = NormalDist()
MORNING = Moment(debut=time(9), minutes=180)
AFTERNOON = Moment(debut=time(13, 30), minutes=150)
DAY = Moment(debut=time(9), minutes=420, passages=2)  # of a questionnaire that asks no half-day
_FRIDAY = 5


def seeded(*words: object) -> Random:
    """Return the draws that belong to these words."""
    return Random(" ".join(["qpref exemple", *map(str, words)]))


def pick(rng: Random, weights: Mapping[str, float]) -> str:
    """Return one key, drawn by weight."""
    names = list(weights)
    bounds = list(accumulate(weights.values()))
    return names[bisect(bounds, rng.random() * bounds[-1], 0, len(names) - 1)]


def normal(rng: Random) -> float:
    """Return a draw of the standard normal law."""
    return NORMAL.inv_cdf(min(max(rng.random(), 1e-9), 1 - 1e-9))


def working_days(start: date, end: date) -> list[date]:
    """Return the days from Monday to Friday between two dates; all of them when none is."""
    days = [start + timedelta(days=shift) for shift in range((end - start).days + 1)]
    return [day for day in days if day.isoweekday() <= _FRIDAY] or days


def open_days(start: date, end: date) -> list[date]:
    """Return the working days on which a counter is open; all of them when none is."""
    closed = holidays.country_holidays("FR", years=range(start.year, end.year + 1))
    days = working_days(start, end)
    return [day for day in days if day not in closed] or days


def moment_of(rng: Random, day: date, moment: Moment) -> datetime:
    """Return a minute of opening hours."""
    minutes = int(rng.random() * moment.minutes)
    return datetime.combine(day, moment.debut) + timedelta(minutes=minutes)
