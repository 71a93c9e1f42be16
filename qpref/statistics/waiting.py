"""Delays of which some still run: what is known of them, nobody left out."""

from math import nan

import numpy as np
import numpy.typing as npt

_NEAR = 1e-9


def reached_within(
    days: npt.ArrayLike, is_over: npt.ArrayLike, parts: tuple[float, ...] = (0.5, 0.9)
) -> tuple[float, ...]:
    """
    Return the delays within which half of the cases, and nine in ten, come to their end.

    Parameters
    ----------
    days
        Delay of each case: up to its end, or up to now for one that still runs.
    is_over
        Whether it came to its end.
    parts
        The parts of the cases, from 0 to 1.

    Returns
    -------
    tuple
        One delay a part; missing where too many still run to tell.

    Notes
    -----
    The product-limit estimator (Kaplan and Meier, Journal of the American Statistical Association
    53, 1958): a case that still runs counts for as long as it has run. Where none does, it is the
    smallest delay that at least this part of the cases does not go over (definition 1 of Hyndman
    and Fan, The American Statistician 50, 1996).

    Examples
    --------
    >>> reached_within([1, 2, 3, 4, 5, 6, 7, 8, 9, 40], [True] * 10)
    (5.0, 9.0)
    >>> reached_within([2, 4, 9], [True, False, False])
    (nan, nan)
    """
    known, ended = np.asarray(days, dtype=float), np.asarray(is_over, dtype=bool)
    found = dict.fromkeys(parts, nan)
    left = 1.0
    for day in np.unique(known[ended]):
        left *= 1 - (ended & (known == day)).sum() / (known >= day).sum()
        for part in parts:
            if np.isnan(found[part]) and left <= 1 - part + _NEAR:
                found[part] = float(day)
    return tuple(found[part] for part in parts)
