"""Check before fitting whether an ordinal model has a finite estimate.

Two things leave it without one: factors of which one says what others say, and answers that the
factors tell apart without exception. No algorithm notices either by itself: it stops somewhere,
with a small gradient and standard errors that mean nothing.
"""

import numpy as np
import numpy.typing as npt
import scipy

Array = npt.NDArray[np.float64]
_NOTHING = 1e-7


def is_confounded(design: Array) -> bool:
    """
    Return whether some columns give another one, a constant being among them.

    Examples
    --------
    >>> is_confounded(np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]]))
    True
    """
    whole = np.column_stack([np.ones(len(design)), design])
    return bool(np.linalg.matrix_rank(whole) < whole.shape[1])


def is_separated(levels: npt.NDArray[np.intp], design: Array) -> bool:
    """
    Return whether a cumulative logit would make some coefficient infinite.

    Parameters
    ----------
    levels
        Level of each answer, 0 to J; each level occurs.
    design
        One row an answer, without constant.

    Notes
    -----
    The likelihood has no maximum when it never falls along some direction of cuts and coefficients
    (Albert and Anderson, Biometrika 1984). It never does when, for each answer, the cut above its
    level moves up at least as much as its linear predictor, and the cut under it at most as much.
    A linear programme looks for such a direction (Konis, Linear Programming Algorithms for
    Detecting Separated Data in Binary Logistic Regression Models, thesis, Oxford 2007).

    Examples
    --------
    All of the second group are at the top: its coefficient has no end.

    >>> groups = np.array([[0.0], [0.0], [0.0], [1.0], [1.0]])
    >>> is_separated(np.array([0, 1, 1, 1, 1]), groups)
    True
    >>> is_separated(np.array([0, 1, 1, 1, 0]), groups)
    False
    """
    cuts = np.eye(int(levels.max()) + 1)[levels]
    above, under = cuts[:, :-1], cuts[:, 1:]
    rows = np.vstack(
        [
            np.column_stack([above, -design])[above.any(axis=1)],
            np.column_stack([-under, design])[under.any(axis=1)],
        ]
    )
    rows = np.unique(rows, axis=0)
    found = scipy.optimize.linprog(-rows.sum(0), A_ub=-rows, b_ub=np.zeros(len(rows)),
                                   bounds=(-1, 1))  # fmt: skip
    return bool(-found.fun > _NOTHING)
