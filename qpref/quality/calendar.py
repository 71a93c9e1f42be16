"""Working days in France."""

from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from qpref.lazy import alone
from qpref.reference.territories import TERRITORIES


@cache
def public_holidays(first: int, last: int, subdivision: str | None = None) -> tuple[date, ...]:
    """
    Return the French public holidays of the years `first` to `last`.

    Parameters
    ----------
    first, last
        Years, both included.
    subdivision
        A key of `TERRITORIES`: « Moselle », « La Réunion »… None for the national calendar.

    Examples
    --------
    >>> len(public_holidays(2020, 2020)), len(public_holidays(2020, 2020, "Moselle"))
    (11, 13)
    >>> date(2020, 12, 20) in public_holidays(2020, 2020, "La Réunion")
    True
    """
    code = TERRITORIES[subdivision].code if subdivision else None
    country = alone("holidays", "countries.france").France
    found = country(subdiv=code, years=range(first, last + 1))
    return tuple(sorted(found))


def working_days(
    sent: pd.Series, replied: pd.Series, subdivision: str | None = None, sending_day: int = 0
) -> pd.Series:
    """
    Return the working days from sending to reply; missing where there is no reply.

    Parameters
    ----------
    sent, replied
        Moments.
    subdivision
        As `public_holidays`.
    sending_day
        The number that a working day of sending bears. At 0, a letter sent on Friday and answered
        on Monday took 1 day; at 1, it took 2. Saturdays, Sundays and public holidays do not count.

    Examples
    --------
    >>> sent, replied = (pd.Series(pd.to_datetime([day])) for day in ("2020-11-10", "2020-11-16"))
    >>> working_days(sent, replied).tolist()  # 11 November is a holiday
    [3.0]
    """
    known = sent.notna() & replied.notna()
    found = pd.Series(np.nan, index=sent.index, dtype="float64")
    if not known.any():
        return found
    first, last = (
        moment[known].to_numpy().astype("datetime64[D]") + np.timedelta64(skipped, "D")
        for moment, skipped in ((sent, 1 - sending_day), (replied, 1))
    )
    years = int(sent[known].dt.year.min()), int(replied[known].dt.year.max())
    closed = public_holidays(*years, subdivision)
    off = np.array(closed, dtype="datetime64[D]")
    found[known] = np.busday_count(first, last, holidays=off)
    return found
