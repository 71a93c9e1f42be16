"""Find how far one hidden count may move, by exchanges of visitors, before any linear programme.

Some visitors of one level of each dimension become others of another level, or are more: all the
sums stay true. Most hidden cells can be reached by such moves of cells already hidden.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Signs = npt.NDArray[np.int8]
Places = npt.NDArray[np.intp]


class Exchanges:
    """
    Elementary moves of the cells of a table with its totals.

    Parameters
    ----------
    axes
        Levels of each dimension, in the order of the cells (of `itertools.product`).
    total
        The level that stands for all, where a dimension has it.
    parents
        The level that a level of the last dimension is also summed into.
    """

    def __init__(
        self, axes: Sequence[Sequence[str]], total: str, parents: Mapping[str, str]
    ) -> None:
        self._shape = tuple(map(len, axes))
        *first, last = axes
        kinds = [_moves_of(tuple(axis), total, frozenset()) for axis in first]
        known = frozenset((level, parents[level]) for level in last if parents.get(level) in last)
        self._kinds = [*kinds, _moves_of(tuple(last), total, known)]

    def reach(self, cell: int, values: Array, is_hidden: Flags, most: float) -> float:
        """
        Return how far a cell can grow, up to `most`, by exchanges among hidden cells.

        One after the other, each as far as it goes: less than the furthest, at times.

        Parameters
        ----------
        cell
            Its rank.
        values, is_hidden
            Of all cells.
        most
            How far is enough.
        """
        moved, signs = self._through(cell)
        is_possible = (is_hidden[moved] | (signs == 0)).all(axis=1)
        moved, signs = moved[is_possible], signs[is_possible]
        left, reached = values.copy(), 0.0
        while len(moved) and reached < most:
            room = np.where(signs < 0, left[moved], np.inf).min(axis=1)
            widest = int(room.argmax())
            far = min(float(room[widest]), most - reached)
            if far <= 0:
                break
            np.add.at(left, moved[widest], far * signs[widest])
            reached += far
        return reached

    def _through(self, cell: int) -> tuple[Places, Signs]:
        """Return the moves in which a cell grows by one: cells, and which way each; 0 for none."""
        moved, signs = np.zeros((1, 1), dtype=np.intp), np.ones((1, 1), dtype=np.int8)
        places = np.unravel_index(cell, self._shape)
        for kinds, place, width in zip(self._kinds, places, self._shape, strict=True):
            levels, own = kinds[int(place)]
            n = len(moved) * len(levels)
            moved = (moved[:, None, :, None] * width + levels[None, :, None, :]).reshape(n, -1)
            signs = (signs[:, None, :, None] * own[None, :, None, :]).reshape(n, -1)
        return moved, signs


@cache
def _moves_of(
    levels: tuple[str, ...], total: str, parents: frozenset[tuple[str, str]]
) -> list[tuple[Places, Signs]]:
    """Return, for each level, the moves in which it grows by one: levels, and which way each."""
    known, rank = dict(parents), {level: place for place, level in enumerate(levels)}
    base = [level for level in levels if level != total and level not in known.values()]
    added = np.zeros((len(base), len(levels)), dtype=np.int8)  # one more of a level
    for row, level in enumerate(base):
        added[row, [rank[level], *([rank[known[level]]] if level in known else [])]] = 1
    exchanged = [added[one] - added[other] for one, other in combinations(range(len(base)), 2)]
    if total in rank:
        added[:, rank[total]] = 1
    every = np.array([*added, *exchanged], dtype=np.int8).reshape(-1, len(levels))
    found = []
    for place in range(len(levels)):
        own = every[every[:, place] != 0]
        own = own * own[:, [place]]
        width = int(np.count_nonzero(own, axis=1).max(initial=1))
        order = np.argsort(own == 0, axis=1, kind="stable")[:, :width]
        found.append((order, np.take_along_axis(own, order, axis=1)))
    return found
