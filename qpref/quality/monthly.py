"""
Figures of each month of a site, as measures: values, limits, months that chance does not explain.

Numerators count calls, letters, pages: cases, not people who answered a survey. Nothing tells one
of them from the others, and no total gives one back by subtraction: small ones are shown, and a
share of few cases is said as a count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan, nan
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from qpref.reference import Monthly, MonthlyIndicator
from qpref.statistics.control import ControlLimits, ControlSignal, p_chart, signals, xmr
from qpref.statistics.measure import SHARE, Measure
from qpref.statistics.records import records
from qpref.statistics.shares import reliability
from qpref.wording.french import NBSP, month_name, short_month

UNITS = {"part": SHARE, "jours": "jours", "jours_ouvres": "jours ouvrés", "nombre": "nombre"}
SIGNAL, MOST_MONTHS = "signal", 24
_QUARTER = "T"
_NUMBERS = ("numerateur", "denominateur", "valeur")
_Reading = Mapping[str, Any]  # a row of the table
_NOT_READ = dict.fromkeys(_NUMBERS, nan)  # of a month


def periods(first: str, last: str) -> list[str]:
    """
    Return the months, or the quarters, from one to another.

    Examples
    --------
    >>> periods("2019-11", "2020-02"), periods("2019-T4", "2020-T1")
    (['2019-11', '2019-12', '2020-01', '2020-02'], ['2019-T4', '2020-T1'])
    """
    is_quarter, found = _QUARTER in first, [first]
    most = 4 if is_quarter else 12
    while found[-1] < last:
        year, rank = found[-1].split("-")
        follows = int(rank.removeprefix(_QUARTER)) % most + 1
        year = str(int(year) + (follows == 1))
        found.append(f"{year}-T{follows}" if is_quarter else f"{year}-{follows:02}")
    return found


def quarter_months(period: str) -> tuple[str, str]:
    """
    Return the first and the last month of a period.

    Examples
    --------
    >>> quarter_months("2020-T2"), quarter_months("2020-03")
    (('2020-04', '2020-06'), ('2020-03', '2020-03'))
    """
    year, rank = period.split("-")
    if not rank.startswith(_QUARTER):
        return period, period
    last = 3 * int(rank[1:])
    return f"{year}-{last - 2:02}", f"{year}-{last:02}"


def period_name(period: str) -> str:
    """
    Return a month or a quarter in words.

    Examples
    --------
    >>> period_name("2020-03"), period_name("2020-T2").replace(NBSP, " ")
    ('mars 2020', '2e trimestre 2020')
    """
    year, rank = period.split("-")
    if rank.startswith("T"):
        return f"{rank[1:]}{'er' if rank == 'T1' else 'e'}{NBSP}trimestre {year}"
    return month_name(_day(year, rank))


def short_period(period: str) -> str:
    """
    Return a month or a quarter in few letters.

    Examples
    --------
    >>> short_period("2020-03").replace(NBSP, " "), short_period("2020-T2").replace(NBSP, " ")
    ('mars 2020', 'T2 2020')
    """
    year, rank = period.split("-")
    return f"{rank}{NBSP}{year}" if rank.startswith(_QUARTER) else short_month(_day(year, rank))


def _day(year: str, month: str) -> date:
    return date(int(year), int(month), 1)


@dataclass(frozen=True)
class MonthlyPoint:
    """A month: its figure (missing where none was read), why it is set apart, and its limits."""

    period: str
    measure: Measure
    limits: Measure
    reason: str = ""
    signal: ControlSignal | None = None


@dataclass(frozen=True)
class FollowedIndicator:
    """
    A figure over months: what is declared of it, its months in order, and its limits.

    `mean` of the baseline, whose periods are `baseline`; `source`, where the last month comes from.
    """

    indicator: MonthlyIndicator
    points: Sequence[MonthlyPoint]
    limits: ControlLimits
    mean: Measure
    baseline: Sequence[str]
    source: str

    @property
    def target(self) -> Measure:
        """Target of the indicator, NaN while none is set."""
        aimed = nan if self.indicator.cible is None else self.indicator.cible
        return _named(self.indicator, "cible", aimed / 100 if self.indicator.is_share else aimed)

    @property
    def last(self) -> MonthlyPoint:
        """The last month that was read."""
        return next(one for one in reversed(self.points) if one.measure.is_known)

    @property
    def signals(self) -> list[MonthlyPoint]:
        """The months that chance does not explain."""
        return [one for one in self.points if one.signal is not None]

    @property
    def apart(self) -> list[MonthlyPoint]:
        """The months whose cause is known."""
        return [one for one in self.points if one.reason]

    def is_better(self, point: MonthlyPoint) -> bool | None:
        """Whether a signal is on the good side; None where there is none, or no side is better."""
        if point.signal is None or self.indicator.sens == "aucun":
            return None
        return point.signal.is_high == (self.indicator.sens == "hausse")

    @property
    def measures(self) -> list[Measure]:
        """What the figures file holds: each month, then its limits, then the mean."""
        told = [one.measure for one in self.points if one.measure.is_known]
        if not self.limits.is_enough:
            return told
        limits = [one.limits for one in self.points if one.limits.is_known]
        return [*told, *limits, self.mean]


def follow_months(readings: pd.DataFrame, monthly: Monthly, site: str) -> list[FollowedIndicator]:
    """
    Return the figures of a site that have a reading, in the order in which they are declared.

    Parameters
    ----------
    readings
        Table `indicateurs` of the site.
    monthly
        What is declared.
    site
        Its identifier.
    """
    by_indicator: dict[str, dict[str, _Reading]] = {}
    for row in records(readings[["indicateur", "periode", *_NUMBERS, "source"]]):
        if not isnan(row["valeur"]):
            by_indicator.setdefault(row["indicateur"], {})[row["periode"]] = row
    return [
        _followed(by_indicator[indicator.id], indicator, monthly, site)
        for indicator in monthly.indicateurs
        if indicator.id in by_indicator
    ]


def _followed(
    read: Mapping[str, _Reading], indicator: MonthlyIndicator, monthly: Monthly, site: str
) -> FollowedIndicator:
    first, last = min(read), max(read)
    names = periods(first, last)[-MOST_MONTHS:]
    rows = [read.get(name, _NOT_READ) for name in names]
    table = {name: np.array([row[name] for row in rows], dtype=float) for name in _NUMBERS}
    reasons = [_reason(monthly, site, indicator.id, name) for name in names]
    known = [
        _is_baseline(monthly, name) and not reason and not isnan(value)
        for name, reason, value in zip(names, reasons, table["valeur"], strict=True)
    ]
    limits = _limits(table, indicator, known)
    told = {one.place: one for one in signals(table["valeur"], limits, [*map(bool, reasons)])}
    points = [
        MonthlyPoint(
            name, _measure(indicator, name, row, is_signal=place in told),
            _limit(indicator, name, limits, place), reasons[place], told.get(place),
        )
        for place, (name, row) in enumerate(zip(names, rows, strict=True))
    ]  # fmt: skip
    mean = _named(indicator, "référence", limits.mean)
    used = [name for name, is_used in zip(names, known, strict=True) if is_used]
    return FollowedIndicator(indicator, points, limits, mean, used, str(read[last]["source"] or ""))


def _reason(monthly: Monthly, site: str, indicator: str, period: str) -> str:
    """Return why a period is set apart: a quarter is when one of its months is."""
    months = periods(*quarter_months(period))
    found = (monthly.reason(site, indicator, month) for month in months)
    return ", ".join(dict.fromkeys(filter(None, found)))


def _is_baseline(monthly: Monthly, period: str) -> bool:
    span = monthly.reference
    return span is None or all(map(span.holds, quarter_months(period)))


def _limits(
    table: Mapping[str, npt.NDArray[np.float64]], indicator: MonthlyIndicator, known: Sequence[bool]
) -> ControlLimits:
    """Return the limits: of shares when all baseline months have their cases, else of values."""
    counted = ~np.isnan(table["denominateur"]) | np.isnan(table["valeur"])
    if indicator.is_share and counted.all():
        return p_chart(table["numerateur"], table["denominateur"], known, is_widened=True)
    return xmr(table["valeur"], known, (0.0, 1.0 if indicator.is_share else float("inf")))


def _named(indicator: MonthlyIndicator, group: str, value: float) -> Measure:
    digits = 0 if indicator.is_share or isnan(value) or float(value).is_integer() else 1
    unit = UNITS[indicator.unite]
    return Measure(
        key=indicator.id, label=indicator.libelle, group=group, value=value, unit=unit,
        digits=digits,
    )  # fmt: skip


def _measure(
    indicator: MonthlyIndicator, period: str, row: _Reading, *, is_signal: bool
) -> Measure:
    value = float(row["valeur"])
    plain = _named(indicator, period, value)
    n, count = row["denominateur"], row["numerateur"]
    if isnan(n):
        n, count, known = None, None, plain.reliability
    else:
        n, count = int(n), int(count)
        known = reliability(n)
    return Measure(
        key=plain.key, label=plain.label, group=plain.group, n=n, count=count, value=value,
        unit=plain.unit, digits=plain.digits, reliability=known,
        verdict=SIGNAL if is_signal else "",
    )  # fmt: skip


def _limit(indicator: MonthlyIndicator, name: str, limits: ControlLimits, place: int) -> Measure:
    low, high = limits.low[place], limits.high[place]
    is_drawn = limits.is_enough and not isnan(low)
    plain = _named(indicator, f"{name}, limites", limits.mean if is_drawn else nan)
    return Measure(
        key=plain.key, label=plain.label, group=plain.group, value=plain.value,
        low=low if is_drawn else None, high=high if is_drawn else None, unit=plain.unit,
        digits=plain.digits,
    )  # fmt: skip
