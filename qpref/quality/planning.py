"""Before the fieldwork: how many answers at each site, on which days, at which counters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from qpref.quality.calendar import public_holidays

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
_SAME = 1e-9


def open_days(first: date, last: date, subdivision: str | None = None) -> list[date]:
    """
    Return the working days between two dates, both included.

    Parameters
    ----------
    first, last
        Window of the campaign.
    subdivision
        See `calendar.public_holidays`.

    Examples
    --------
    >>> len(open_days(date(2020, 11, 16), date(2020, 12, 4)))
    15
    """
    closed = set(public_holidays(first.year, last.year, subdivision))
    days = (first + timedelta(days=shift) for shift in range((last - first).days + 1))
    return [day for day in days if day.isoweekday() <= 5 and day not in closed]  # noqa: PLR2004


def apportion(total: int, shares: Sequence[float]) -> list[int]:
    """
    Return whole numbers that add up to `total` in proportion to the shares.

    Notes
    -----
    Largest remainders (Hamilton); ties to the first.

    Examples
    --------
    >>> apportion(10, [0.45, 0.35, 0.20])
    [5, 3, 2]
    """
    whole = np.asarray(shares, dtype=float)
    wanted = total * whole / whole.sum()
    found = np.floor(wanted + _SAME).astype(int)
    rest = np.argsort(-(wanted - found), kind="stable")[: total - int(found.sum())]
    found[rest] += 1
    return [int(value) for value in found]


def controlled_rounding(table: npt.ArrayLike) -> Whole:
    """
    Round a table to whole numbers so that every cell and every sum stays within one of its value.

    Parameters
    ----------
    table
        Two dimensions, no negative value; its grand total is a whole number.

    Raises
    ------
    ValueError
        If the grand total is not a whole number.

    Notes
    -----
    There is always a solution (Bacharach, Management Science 1966; Cox and Ernst, INFOR 1982). The
    constraints are those of a network flow, so linear programming finds whole numbers. Larger
    fractions are rounded up first.
    """
    values = np.asarray(table, dtype=float)
    total = round(float(values.sum()))
    if abs(values.sum() - total) > 1e-6:  # noqa: PLR2004
        raise ValueError(f"total {values.sum()}")
    rows, columns = values.shape
    base = np.floor(values + _SAME)
    fractions = np.clip(values - base, 0, 1)
    of_row = np.kron(np.eye(rows), np.ones(columns))
    of_column = np.kron(np.ones(rows), np.eye(columns))
    limits, sums = [], np.concatenate([values.sum(1), values.sum(0)])
    for matrix_row, wanted in zip(np.vstack([of_row, of_column]), sums, strict=True):
        inside = float(matrix_row @ base.ravel())
        low = floor(wanted + _SAME)
        high = low if abs(wanted - low) < _SAME else low + 1
        limits += [(matrix_row, high - inside), (-matrix_row, inside - low)]
    found = scipy.optimize.linprog(
        -fractions.ravel(),
        A_ub=np.array([row for row, _ in limits]),
        b_ub=np.array([limit for _, limit in limits]),
        A_eq=np.ones((1, rows * columns)),
        b_eq=[total - base.sum()],
        bounds=[(0, 0 if f < _SAME else 1) for f in fractions.ravel()],
    )
    return np.asarray(base.ravel() + np.round(found.x), dtype=int).reshape(rows, columns)


def schedule(
    wanted: int, days: Sequence[date], half_days: pd.Series, counters: pd.Series
) -> pd.DataFrame:
    """
    Return how many answers to gather on each day, half-day and counter.

    Parameters
    ----------
    wanted
        Answers of the site.
    days
        Working days of the campaign.
    half_days, counters
        Passages counted by half-day and by counter: the quotas follow them.

    Returns
    -------
    pandas.DataFrame
        `date`, `demi_journee`, `guichet`, `quota`; the quotas add up to `wanted`, and those of
        each half-day of each day, and of each counter, are within one of the exact proportion.

    Raises
    ------
    ValueError
        If there is no day, or a flow is empty.
    """
    if not len(days) or half_days.sum() <= 0 or counters.sum() <= 0:
        raise ValueError("no day or no flow")
    moments = np.kron(np.full(len(days), 1 / len(days)), half_days / half_days.sum())
    quotas = controlled_rounding(wanted * np.outer(moments, counters / counters.sum()))
    slots = pd.MultiIndex.from_product(
        [days, half_days.index, counters.index], names=["date", "demi_journee", "guichet"]
    )
    return pd.DataFrame({"quota": quotas.ravel()}, index=slots).reset_index()


@dataclass(frozen=True, eq=False)
class Plan:
    """
    The sample of one site.

    `wanted` answers in all: `needed` for the margin, or the `target` promised if larger, never
    more than the `visitors` counted; the `margin` (a share) that they give; people to approach,
    `approaches` (None when the response rate is unknown); smallest rise, `detectable`, since the
    previous campaign (None when nothing can be compared); `quotas` of `schedule`.
    """

    wanted: int
    needed: int
    target: int | None
    visitors: int
    margin: float
    approaches: int | None
    detectable: float | None
    quotas: pd.DataFrame


@dataclass(frozen=True)
class PublicPlan:
    """
    How many of another public than visitors must answer at a site.

    `needed` for the margin, of the `population` when it is known; the `target` promised, if any.
    """

    needed: int
    population: int | None
    target: int | None


def approaches(answers: int, rate: float) -> int:
    """
    Return how many eligible people to approach for a number of answers.

    Examples
    --------
    >>> approaches(200, 0.63)
    318
    """
    return ceil(answers / rate - _SAME)
