"""Student's distribution without the argument checks of `scipy.stats`: pages call it often."""

import numpy as np
import numpy.typing as npt
import scipy

Array = npt.NDArray[np.float64]


def tail(value: npt.ArrayLike, degrees: npt.ArrayLike) -> Array:
    """
    Return the chance that a variable is over a value; degrees may be infinite.

    Examples
    --------
    >>> tail([2.0, 1.96], [10.0, np.inf]).round(4).tolist()
    [0.0367, 0.025]
    """
    x, freedom = np.asarray(value, dtype=float), np.asarray(degrees, dtype=float)
    is_normal = np.isinf(freedom)
    found = scipy.special.stdtr(np.where(is_normal, 1.0, freedom), -x)
    return np.asarray(np.where(is_normal, scipy.special.ndtr(-x), found), dtype=float)


def quantile(chance: npt.ArrayLike, degrees: npt.ArrayLike) -> Array:
    """
    Return the value that a variable is over with a chance; degrees may be infinite.

    Examples
    --------
    >>> quantile(0.025, [10.0, np.inf]).round(4).tolist()
    [2.2281, 1.96]
    """
    p, freedom = np.asarray(chance, dtype=float), np.asarray(degrees, dtype=float)
    is_normal = np.isinf(freedom)
    found = -scipy.special.stdtrit(np.where(is_normal, 1.0, freedom), p)
    return np.asarray(np.where(is_normal, -scipy.special.ndtri(p), found), dtype=float)
