"""During the fieldwork: answers so far, pace, forecast for the last day, response rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, isnan, nan

import numpy as np
import pandas as pd
import scipy

from qpref.statistics.measure import Measure

ANSWERS = "réponses"  # unit of the measures
_OUTLOOKS = ((0.95, "presque_sur"), (0.5, "probable"), (0.05, "incertain"), (0.0, "hors_atteinte"))
_FEWEST_DAYS = 4
_USUAL_SPREAD = 2.0
_TAIL = 0.025


@dataclass(frozen=True)
class Progress:
    """
    Where a site stands.

    `answers` so far, `target` (None when none was set), working days `elapsed` and `left`, `pace`
    (answers a day), `needed` (answers a day to reach the target; None without target), forecast of
    the last day `low`, `likely`, `high` (95 %), `chance` of the target (None without target).
    """

    answers: int
    target: int | None
    elapsed: int
    left: int
    pace: float
    needed: float | None
    low: int
    likely: int
    high: int
    chance: float | None

    @property
    def outlook(self) -> str:
        """
        What to expect of the target.

        « sans_objectif », « atteint », « manque » (the last day is over), « inconnu » (no forecast
        yet); else by the chance of reaching it: « presque_sur » from 95 %, « probable » from 50 %,
        « incertain » from 5 %, « hors_atteinte » under that.

        Examples
        --------
        >>> Progress(150, 200, 10, 5, 15.0, 10.0, 190, 225, 260, 0.93).outlook
        'probable'
        """
        if self.target is None:
            return "sans_objectif"
        if self.answers >= self.target:
            return "atteint"
        if self.left == 0:
            return "manque"
        if self.chance is None or isnan(self.chance):
            return "inconnu"
        return next(code for least, code in _OUTLOOKS if self.chance >= least)

    @property
    def measures(self) -> tuple[Measure, Measure, Measure]:
        """Answers so far, answers per working day, and answers expected on the last day."""
        is_forecast = bool(self.elapsed and self.left)  # else the total is known, or nothing is
        low, high = (self.low, self.high) if is_forecast else (None, None)
        return (
            Measure(key="reponses", value=self.answers, unit=ANSWERS),
            Measure(key="rythme", value=self.pace, unit=ANSWERS, digits=1),
            Measure(key="prevision", value=self.likely, low=low, high=high, unit=ANSWERS),
        )


def progress(
    answered: pd.Series, days: Sequence[date], today: date, target: int | None = None
) -> Progress:
    """
    Return the progress of a site and the forecast for the last day.

    Parameters
    ----------
    answered
        Day of each answer that counts.
    days
        Working days of the campaign.
    today
        Last day whose answers are all in.
    target
        Answers promised.

    Notes
    -----
    Daily counts are taken as Poisson with a rate of their own (prior of Jeffreys), so that the
    total of the days left is negative binomial; counts that vary more than Poisson widen it in
    proportion (variance over mean of the days elapsed, 2 while there are fewer than four).
    """
    per_day = answered.dt.date.value_counts()
    done = [day for day in days if day <= today]
    counts = np.array([int(per_day.get(day, 0)) for day in done], dtype=float)
    so_far = int((answered.dt.date <= today).sum())
    left = len(days) - len(done)
    pace = so_far / len(done) if done else nan
    missing = None if target is None else max(target - so_far, 0)
    known = (so_far, target, len(done), left, pace, _needed(missing, left))
    if not done or not left:
        reached = None if missing is None else (float(missing == 0) if done else nan)
        return Progress(*known, so_far, so_far, so_far, reached)
    spread = _spread(counts)
    law = (0.5 + so_far / spread, len(done) / (len(done) + left))
    low, high = (int(spread * _quantile(tail, *law)) for tail in (_TAIL, 1 - _TAIL))
    chance = None
    if missing is not None:
        chance = 1.0 if missing == 0 else 1 - _at_most(ceil(missing / spread) - 1, *law)
    likely = round(so_far + pace * left)
    return Progress(*known, so_far + low, likely, so_far + high, chance)


def _at_most(count: int, size: float, chance: float) -> float:
    """Return the negative binomial law at a count; `scipy.stats` takes a second to load."""
    return float(scipy.special.betainc(size, count + 1, chance)) if count >= 0 else 0.0


def _quantile(level: float, size: float, chance: float) -> int:
    """Return the least count that the negative binomial law does not exceed at that level."""
    near: int = max(ceil(scipy.special.nbdtrik(level, size, chance)) - 1, 0)
    return near if _at_most(near, size, chance) >= level else near + 1


@dataclass(frozen=True)
class Stretch:
    """Days that follow each other, one or more, and the answers of all of them."""

    first: date
    last: date
    answers: int

    @property
    def measure(self) -> Measure:
        """The answers, named by the days."""
        days = dict.fromkeys(f"{day:%Y-%m-%d}" for day in (self.first, self.last))
        return Measure(key="reponses", label="/".join(days), value=self.answers, unit=ANSWERS)


def stretches(counts: Sequence[tuple[date, int]], least: int) -> list[Stretch]:
    """
    Return the answers of each day, those of few answers together with the days that follow.

    Parameters
    ----------
    counts
        Day and answers, in order.
    least
        Fewest answers that may be told of some days, none excepted.

    Notes
    -----
    The last days, when few, go with those before, as far as one that had answers. All answers are
    one stretch when they are fewer: their number is told anyway.

    Examples
    --------
    >>> days = [date(2020, 11, day) for day in (16, 17, 18, 19, 20)]
    >>> [one.answers for one in stretches([*zip(days, (7, 2, 0, 4, 1), strict=True)], 5)]
    [7, 7]
    """
    found: list[Stretch] = []
    for day, n in counts:
        last = found[-1] if found else None
        if last and 0 < last.answers < least:
            found[-1] = Stretch(last.first, day, last.answers + n)
        else:
            found.append(Stretch(day, day, n))
    while len(found) > 1 and 0 < found[-1].answers < least:
        last, before = found.pop(), found.pop()
        found.append(Stretch(before.first, last.last, before.answers + last.answers))
    return found


def mean_per_day(counts: Sequence[tuple[date, int]]) -> Measure:
    """
    Return the mean of daily answers.

    Examples
    --------
    >>> mean_per_day([(date(2020, 11, 16), 4), (date(2020, 11, 17), 9)]).value
    6.5
    """
    mean = sum(n for _, n in counts) / len(counts)
    return Measure(key="moyenne", value=mean, unit=ANSWERS, digits=1)


def _needed(missing: int | None, left: int) -> float | None:
    """Return the answers needed per day; missing when the last day is over and some are lacking."""
    if not missing:
        return missing
    return missing / left if left else nan


def _spread(counts: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Return variance over mean, at least 1; 2 while there are too few days to tell."""
    if len(counts) < _FEWEST_DAYS or counts.mean() == 0:
        return _USUAL_SPREAD
    return max(1.0, float(counts.var(ddof=1) / counts.mean()))


def response_rate(log: pd.DataFrame) -> dict[str, float]:
    """
    Return what the approach log says of the people who did not answer.

    Parameters
    ----------
    log
        `abordes`, `refus`, `ineligibles`, `partiels`, `complets`, one row a half-day or so.

    Returns
    -------
    dict
        The five sums, and `taux_reponse`: complete questionnaires over eligible people approached
        (missing when there is none).

    Notes
    -----
    Response rate 1 of AAPOR (Standard Definitions): partial questionnaires do not count as
    answers, and nobody of unknown eligibility is left out.
    """
    names = ("abordes", "refus", "ineligibles", "partiels", "complets")
    found = {name: float(log[name].sum()) for name in names}
    eligible = found["abordes"] - found["ineligibles"]
    found["taux_reponse"] = found["complets"] / eligible if eligible > 0 else nan
    return found
