"""Power of a comparison of two samples: smallest detectable change, answers needed."""

from math import ceil

import scipy

from qpref.lazy import lazy

proportion = lazy("statsmodels.stats.proportion")

LEVEL = 0.05
WANTED = 0.8


def power_of_change(
    n1: float, n0: float, share: float, change: float, level: float = LEVEL
) -> float:
    """
    Return the chance that a test shows a real change.

    Parameters
    ----------
    n1, n0
        Answers of this campaign and of the previous one.
    share
        True share of the previous campaign.
    change
        True change (a share: 0.05 for 5 points).
    level
        Chance of a false alarm of the test.

    Notes
    -----
    Two-sided test of two independent shares, normal approximation (statsmodels
    `power_proportions_2indep`, which halves the level itself).

    Examples
    --------
    >>> [round(100 * power_of_change(200, 141, 0.75, change)) for change in (0.05, 0.10)]
    [20, 63]
    """
    found = proportion.power_proportions_2indep(
        change, share, n1, ratio=n0 / n1, alpha=level, return_results=False
    )
    return float(found)


def detectable_change(
    n1: float, n0: float, share: float, power: float = WANTED, level: float = LEVEL
) -> float | None:
    """
    Return the smallest rise (a share: 0.12 for 12 points) that two samples would likely show.

    Parameters
    ----------
    n1, n0
        Answers of this campaign and of the previous one.
    share
        Share of the previous campaign.
    power
        Chance of seeing the change when it is real.
    level
        Chance of a false alarm of the test.

    Returns
    -------
    float or None
        None when even a rise to 100 % would be missed.

    Examples
    --------
    >>> round(100 * detectable_change(200, 141, 0.75))
    12
    """
    largest = 1 - share - 1e-6
    if largest <= 0 or power_of_change(n1, n0, share, largest, level) < power:
        return None
    return float(
        scipy.optimize.brentq(
            lambda x: power_of_change(n1, n0, share, x, level) - power, 1e-6, largest, xtol=1e-6
        )
    )


def answers_to_detect(change: float, share: float, n0: int | None = None) -> int | None:
    """
    Return how many answers this campaign needs to show a rise with a chance of 80 %.

    Parameters
    ----------
    change
        Rise to be seen (a share).
    share
        Share of the previous campaign.
    n0
        Answers of the previous campaign; None for two campaigns of equal size.

    Returns
    -------
    int or None
        None when the previous campaign was too small, whatever is gathered now.

    Examples
    --------
    >>> answers_to_detect(0.10, 0.75, n0=141)
    712
    """
    most = 10_000_000

    def lack(n: float) -> float:
        return power_of_change(n, n0 or n, share, change) - WANTED

    if lack(most) < 0:
        return None
    needed: float = scipy.optimize.brentq(lack, 2, most, xtol=1e-6)
    return ceil(needed - 1e-6)
