"""How many answers, and what that number can show."""

from math import ceil, sqrt
from statistics import NormalDist
from typing import Literal

Z_95 = NormalDist().inv_cdf(0.975)


def margin_of_error(n: int, share: float = 0.5, z: float = Z_95) -> float:
    """
    Half-width of the normal confidence interval of a share.

    Parameters
    ----------
    n
        Usable answers; at least 1.
    share
        Observed share; 0.5 is the worst case and the right choice when planning.
    z
        Quantile of the normal distribution; 1.96 for 95 %.

    Raises
    ------
    ValueError
        If `n` is under 1 or `share` is no share.

    Notes
    -----
    z · sqrt(p (1 − p) / n): simple random sampling in a large population (Cochran, Sampling
    Techniques, 1977, ch. 3). A counter survey is not one: reports say « indicative ».

    Examples
    --------
    >>> [round(100 * margin_of_error(n), 2) for n in (141, 200, 385)]
    [8.25, 6.93, 4.99]
    """
    if n < 1 or not 0 <= share <= 1:
        raise ValueError(f"n={n}, share={share}")
    return z * sqrt(share * (1 - share) / n)


def answers_needed(margin: float, share: float = 0.5, z: float = Z_95) -> int:
    """
    Fewest answers whose margin of error is at most `margin` (a share: 0.05 for 5 points).

    Raises
    ------
    ValueError
        If the margin is not between 0 and 1, both excluded.

    Examples
    --------
    >>> answers_needed(0.05)
    385
    """
    if not 0 < margin < 1:
        raise ValueError(f"margin={margin}")
    return ceil(z**2 * share * (1 - share) / margin**2)


def target_status(usable: int, target: int) -> Literal["atteint", "manqué"]:
    """
    Whether the usable answers reach the number promised.

    Examples
    --------
    >>> target_status(200, target=200), target_status(199, target=200)
    ('atteint', 'manqué')
    """
    return "atteint" if usable >= target else "manqué"
