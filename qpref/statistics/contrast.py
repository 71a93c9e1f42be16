"""Differences of weighted means and shares, between surveys or groups of one survey.

For an analyst who compares with weights and half-days; verdicts of reports are not made here.
"""

from math import nan, sqrt

import numpy as np
import numpy.typing as npt

from qpref.statistics.design import Design, Estimate, mean

Array = npt.NDArray[np.float64]


def between_surveys(first: Estimate, second: Estimate) -> Estimate:
    """
    Return the first estimate less the second, of two surveys drawn apart.

    Parameters
    ----------
    first, second
        Of `design.mean`, each by the design of its own survey.

    Notes
    -----
    Variances add up; degrees of freedom too, as when both surveys are the strata of one design.

    Examples
    --------
    >>> now, before = Estimate(0.8, 0.03, 100, 200, 1.0), Estimate(0.7, 0.04, 80, 150, 1.0)
    >>> found = between_surveys(now, before)
    >>> round(found.value, 2), round(found.se, 2), found.degrees
    (0.1, 0.05, 180)
    """
    se = sqrt(first.se**2 + second.se**2)
    degrees = first.degrees + second.degrees
    return _difference(first, second, se, degrees)


def between_groups(
    design: Design, values: npt.ArrayLike, first: npt.ArrayLike, second: npt.ArrayLike
) -> Estimate:
    """
    Return the mean of one group less that of another, both of one survey.

    Parameters
    ----------
    design
        Of all answers.
    values
        One an answer; those of neither group may be missing.
    first, second
        True for the answers of each group.

    Raises
    ------
    ValueError
        If a group is empty, or one of its values is missing.

    Notes
    -----
    Both groups are met in the same half-days, so that their means go together: the variance is that
    of the difference of their influences (R, survey: `svyby` with its covariance, `svycontrast`).
    """
    groups = [np.asarray(group, dtype=bool) for group in (first, second)]
    one, other = (mean(design, values, group) for group in groups)
    parts = [
        _influence(design, values, group, found.value)
        for group, found in zip(groups, (one, other), strict=True)
    ]
    se = sqrt(design.covariance(parts[0] - parts[1])[0, 0])
    return _difference(one, other, se, design.degrees)


def _influence(design: Design, values: npt.ArrayLike, group: Array, share: float) -> Array:
    inside = np.where(group, np.asarray(values, dtype=float) - share, 0.0)
    found: Array = inside / float(np.asarray(design.weights)[group].sum())
    return found


def _difference(first: Estimate, second: Estimate, se: float, degrees: int) -> Estimate:
    alone = sum(one.se**2 / one.deff if one.deff > 0 else nan for one in (first, second))
    deff = se**2 / alone if alone > 0 else nan
    return Estimate(first.value - second.value, se, degrees, first.n + second.n, deff)
