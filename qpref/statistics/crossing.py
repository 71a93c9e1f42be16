"""Two questions crossed, small cells hidden."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from qpref.statistics.contingency import cramer_v, independence
from qpref.statistics.disclosure import TOTAL, VISIBLE, protect, system

UNKNOWN = "non_precise"
_SMALLEST_EXPECTED = 5


@dataclass(frozen=True)
class Crossing:
    """
    Answers to a question by group of users.

    `cells`: one row a group and answer, `groupe`, `modalite`, `effectif`, `diffusion`, with the
    totals; `p` of independence and Cramér's `v`, None when the table is too thin to test.
    """

    cells: pd.DataFrame
    n: int
    p: float | None
    v: float | None


def cross(groups: pd.Series, answers: pd.Series, threshold: int) -> Crossing:
    """
    Return two questions crossed.

    Parameters
    ----------
    groups, answers
        One value a visitor, same index; a missing answer leaves the visitor out, a missing group
        is a group.
    threshold
        Of `disclosure.protect`.

    Notes
    -----
    Pearson's chi-square, on the groups known; no test when an expected count is under 5 in more
    than one cell of five (Cochran, Biometrics 1954).
    """
    known = answers.notna()
    own = pd.DataFrame(
        {
            "groupe": groups.reindex(answers.index)[known].astype("object").fillna(UNKNOWN),
            "modalite": answers[known].astype("object"),
        }
    )
    counts = own.value_counts().rename("effectif").reset_index()
    if counts.empty:
        return Crossing(counts.assign(diffusion=VISIBLE), 0, None, None)
    cells = protect(system(counts, ["groupe", "modalite"]), threshold)
    told = own.loc[own["groupe"] != UNKNOWN]
    table = pd.crosstab(told["groupe"], told["modalite"]).to_numpy()
    p, v = (None, None) if _is_thin(table) else (independence(table).p, cramer_v(table))
    return Crossing(cells, len(own), p, v)


def _is_thin(table: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> bool:
    """Whether a chi-square would not be trusted."""
    if min(table.shape) < 2 or table.sum() == 0:  # noqa: PLR2004 - two of each to compare
        return True
    expected = table.sum(1, keepdims=True) * table.sum(0, keepdims=True) / table.sum()
    return bool((expected < _SMALLEST_EXPECTED).mean() > 1 / 5 or (expected < 1).any())


def visible(crossing: Crossing, group: str, answer: str = TOTAL) -> int | None:
    """Return the count of a cell, None when it may not be shown."""
    cells = crossing.cells
    own = cells.loc[(cells["groupe"] == group) & (cells["modalite"] == answer)]
    if own.empty:
        return 0
    row = own.iloc[0]
    return int(row["effectif"]) if row["diffusion"] == VISIBLE else None
