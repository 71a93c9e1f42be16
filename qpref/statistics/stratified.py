"""Combine the changes of several sites: each site is compared with itself only."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from qpref.statistics.comparison import LEAST_DEGREES, LINES, NOTHING

Array = npt.NDArray[np.float64]
_ADDED = 1  # satisfied and not, on each side: no share of 0 or 1 is without variance


def together(sites: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """
    Return the change of each question over several sites, as `LINES`.

    Parameters
    ----------
    sites
        `comparison.LINES` of each site: its changes since the previous campaign.

    Returns
    -------
    pandas.DataFrame
        One line a question that at least two sites compare, `erreur` given; no line otherwise.

    Notes
    -----
    Difference of Mantel and Haenszel (Greenland and Robins, Biometrics 1985): the change of each
    site weighs n₁n₀/(n₁ + n₀), in answers that half-days leave. The standard error is that of
    independent sites, two answers more on each side (Agresti and Caffo, American Statistician
    2000); degrees of freedom as Welch. A site that grows or shrinks moves nothing by itself.

    Examples
    --------
    >>> from qpref.statistics.clusters import apart
    >>> from qpref.statistics.comparison import compare
    >>> young = compare(apart(8, 106), apart(5, 120), ["q"])
    >>> old = compare(apart(22, 98), apart(16, 85), ["q"])
    >>> round(float(together([young, old])["ecart"].iloc[0]), 3)
    0.035
    """
    found = [table.set_index("question") for table in sites if len(table)]
    names = list(dict.fromkeys(name for table in found for name in table.index))
    if not names:
        return NOTHING

    def of(column: str) -> Array:
        return np.array([table[column].reindex(names).to_numpy(float) for table in found])

    known = ~np.isnan(of("ecart"))
    p1, p0, n1, n0 = (
        np.where(known, of(name), 1.0)
        for name in ("part", "part_reference", "taille", "taille_reference")
    )
    weights = np.where(known, n1 * n0 / (n1 + n0), 0.0)
    weights = weights / np.maximum(weights.sum(0), 1e-12)
    spread = weights**2 * (_variance(p1, n1) + _variance(p0, n0))
    variance = spread.sum(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        degrees = variance**2 / (spread**2 / np.where(known, of("degres"), np.inf)).sum(0)
    line = {
        "question": names,
        "groupe": "",
        "n": np.where(known, of("n"), 0).sum(0).astype(int),
        "part": (weights * p1).sum(0),
        "n_reference": np.where(known, of("n_reference"), 0).sum(0).astype(int),
        "part_reference": (weights * p0).sum(0),
        "ecart": (weights * (p1 - p0)).sum(0),
        "taille": np.nan,
        "taille_reference": np.nan,
        "degres": np.maximum(degrees, LEAST_DEGREES),
        "erreur": np.sqrt(variance),
    }
    table = pd.DataFrame(line, columns=[*LINES])
    found_by_two: pd.DataFrame = table.loc[known.sum(0) > 1]
    return found_by_two.reset_index(drop=True)


def _variance(part: Array, size: Array) -> Array:
    """Return the variance of a share, as Agresti and Caffo."""
    more = size + 2 * _ADDED
    drawn = (part * size + _ADDED) / more
    found: Array = drawn * (1 - drawn) / more
    return found
