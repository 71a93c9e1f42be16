"""Suppress small cells, and those from which they could be recovered by subtraction.

All tables of counts of a campaign that share a variable are one system: its sites, its categories
and their totals. What is hidden is the same in every report.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

TOTAL = "total"
VISIBLE, PRIMARY, COMPLEMENTARY = "visible", "primaire", "complementaire"
_NEVER = 1e6  # cost of hiding a cell that must stay visible
_FURTHEST = 1e6  # what a move is worth, by person
_NEAR = 1e-6

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class System:
    """
    Cells of a table with its totals, and what adds up to what.

    `cells`: one row a cell, one column a dimension, `TOTAL` where it is summed over, and
    `effectif`; `relations`: one row an equation, one column a cell, whose sum is zero.
    """

    cells: pd.DataFrame
    relations: "scipy.sparse.csr_array"


def system(
    counts: pd.DataFrame,
    dimensions: Sequence[str],
    totals: Sequence[str] | None = None,
    parents: Mapping[str, str] | None = None,
) -> System:
    """
    Return the complete table of counts, with its totals and the sums that tie them.

    Parameters
    ----------
    counts
        One row a combination of the dimensions met, and `effectif`.
    dimensions
        Columns, for example site, campaign and category.
    totals
        Dimensions whose sum is published somewhere; all by default.
    parents
        Levels of the last dimension that are also published together: level → name of the group.
    """
    levels = {name: sorted({str(value) for value in counts[name]}) for name in dimensions}
    last = dimensions[-1]
    families = {
        parent: [level for level in levels[last] if (parents or {}).get(level) == parent]
        for parent in sorted({(parents or {}).get(level, "") for level in levels[last]} - {""})
    }
    summed = set(dimensions if totals is None else totals)
    axes = [[*levels[name], *([TOTAL] if name in summed else [])] for name in dimensions]
    axes[-1] += families
    keys = list(product(*axes))
    place = {key: rank for rank, key in enumerate(keys)}
    values = np.zeros(len(keys))
    for *own, value in zip(*(counts[name] for name in (*dimensions, "effectif")), strict=True):
        sums = [{str(level), TOTAL} for level in own]
        sums[-1].add((parents or {}).get(str(own[-1]), TOTAL))
        for reached in sorted(set(product(*sums))):
            if reached in place:
                values[place[reached]] += value
    equations = [
        [place[(*key[:axis], level, *key[axis + 1 :])] for level in (*levels[name], TOTAL)]
        for axis, name in enumerate(dimensions)
        if name in summed
        for key in keys
        if key[axis] == TOTAL
    ]
    equations += [
        [*(place[(*key[:-1], level)] for level in families[key[-1]]), place[key]]
        for key in keys
        if key[-1] in families
    ]
    cells = pd.DataFrame(keys, columns=list(dimensions)).assign(effectif=values.astype(int))
    return System(cells, _matrix(equations, len(keys)))


def _matrix(equations: list[list[int]], n_cells: int) -> "scipy.sparse.csr_array":
    rows = np.repeat(np.arange(len(equations)), [len(e) for e in equations])
    signs = [sign for e in equations for sign in [1.0] * (len(e) - 1) + [-1.0]]
    columns = [cell for e in equations for cell in e]
    return scipy.sparse.csr_array((signs, (rows, columns)), shape=(len(equations), n_cells))


def protect(
    table: System,
    threshold: int,
    always: Sequence[str] = (),
    *,
    alike: Collection[str] | Mapping[str, Collection[Any]] = (),
    known: Mapping[tuple[Any, ...], bool] | None = None,
) -> pd.DataFrame:
    """
    Return the cells with what may be published of them.

    Parameters
    ----------
    table
        Of `system`.
    threshold
        A count from 1 to `threshold` − 1 is hidden; nobody can bring it to a range narrower than
        `threshold` from what stays visible.
    always
        Dimensions whose every level is published with all others summed (the answers of a site):
        those cells are never hidden.
    alike
        Answers, levels of the last dimension, or of each of several. Of a group that all answered
        alike, one that nobody gave is hidden too: its 100 % would say what each of them answered.
    known
        Cells published elsewhere (true), whatever their size, and cells hidden elsewhere (false):
        what two tables tell of one cell must not differ.

    Returns
    -------
    pandas.DataFrame
        The cells, with `diffusion`: « visible », « primaire » (too small) or « complementaire »
        (would give a small one back).

    Notes
    -----
    For each small cell, the cheapest set of cells through which it could be larger by the
    threshold, by linear programming, is hidden too (Kelly, Golden and Assad, Networks 1992). When
    there is none, because what is published elsewhere leaves less room, it is the widest that
    there is; where there is none at all, all cells that the total sums are hidden.
    """
    cells, values = table.cells, table.cells["effectif"].to_numpy(float)
    keys = [tuple(key) for key in cells.drop(columns="effectif").to_numpy()]
    told = np.array([(known or {}).get(key) for key in keys], dtype=object)
    fixed = _fixed(cells, always) | (told == True)  # noqa: E712 - of an array
    primary = (values > 0) & (values < threshold) & ~fixed
    if threshold and alike:
        minds = alike if isinstance(alike, Mapping) else {str(cells.columns[-2]): alike}
        for name, answers in minds.items():
            primary |= _nobodys(cells, name, answers) & ~fixed
    hidden = primary | ((told == False) & ~fixed)  # noqa: E712 - of an array
    is_narrow = bool((told == True).any())  # noqa: E712 - less room than the threshold
    # What is published elsewhere takes no part; `always` only costs: reports hide what they did.
    free = np.flatnonzero(~fixed) if is_narrow else np.arange(len(values))
    price = np.where(fixed, _NEVER, values + 1)
    moves = _Moves(table.relations[:, free], values[free], threshold)
    queue = sorted(np.flatnonzero(primary[free]).tolist(), key=lambda i: (values[free[i]], i))
    moves.spread(queue, hidden[free])
    for cell in queue:
        moved = moves.of(cell, np.where(hidden, 0.0, price)[free], is_narrow=is_narrow)
        if moved is None or (moved & fixed[free]).any():
            moved = _tied(table.relations, int(free[cell]))[free] & ~fixed[free]
        hidden[free[moved]] = True
    state = np.where(primary, PRIMARY, np.where(hidden, COMPLEMENTARY, VISIBLE))
    return cells.assign(diffusion=state)


class _Moves:
    """How far, up to a width, counts may move together without any published one telling it."""

    def __init__(self, relations: "scipy.sparse.csr_array", values: Array, width: float) -> None:
        self._values, self._n, self._width = values, len(values), width
        self._relations = relations.tocsc()
        # Up and down moves apart, so that both cost; no count goes under zero.
        self._signed = scipy.sparse.hstack([relations, -relations], format="csc")
        self._most = np.minimum(width, _room(relations.toarray(), values))
        self._reached = np.zeros(len(values))

    def of(self, cell: int, cost: Array, *, is_narrow: bool) -> npt.NDArray[np.bool_] | None:
        """
        Return the cells that must move at least cost for one to grow by the width.

        `is_narrow`: or else by less, as far as it can; or to shrink, where it cannot grow.
        """
        most = self._most[cell] if is_narrow else self._width
        if 1 <= most <= self._reached[cell]:  # by what is hidden already
            return np.zeros(self._n, dtype=bool)
        found = self._cheapest(cell, cost, (most, most)) if most >= 1 else None
        for sign in (1, -1) if found is None and is_narrow else ():
            least = min(self._width, self._values[cell] if sign < 0 else most)
            found = self._cheapest(cell, cost, (0, least), sign)
            if found is not None and abs(found[cell]) >= 1 - _NEAR:
                break
            found = None
        if found is None:
            return None
        self._remember(found)
        moved: npt.NDArray[np.bool_] = np.abs(found) > _NEAR
        return moved

    def spread(self, cells: Sequence[int], hidden: npt.NDArray[np.bool_]) -> None:
        """Note which cells grow enough by what is hidden already, as many at once as can."""
        places = np.flatnonzero(hidden)
        within, values = self._relations[:, places], self._values[places]
        left = self._short(cells)
        while len(left) > 1:
            for some in (left[::2], left[1::2]):
                wanted = np.isin(places, some)
                found = scipy.optimize.linprog(
                    -wanted.astype(float),
                    A_eq=within,
                    b_eq=np.zeros(within.shape[0]),
                    bounds=np.column_stack([-values, np.where(wanted, self._most[places], np.inf)]),
                )
                if found.success:
                    moves = np.zeros(self._n)
                    moves[places] = found.x
                    self._remember(moves)
            still = self._short(left)
            left = still if len(still) < len(left) else []

    def _short(self, cells: Sequence[int]) -> list[int]:
        return [cell for cell in cells if self._reached[cell] < self._most[cell]]

    def _cheapest(
        self, cell: int, cost: Array, width: tuple[float, float], sign: int = 1
    ) -> Array | None:
        """Return the moves; of a range of widths, those that move the cell furthest."""
        n, own = self._n, cell + self._n * (sign < 0)
        aim = np.concatenate([cost, cost])
        aim[own] -= 0 if width[0] else _FURTHEST
        low, high = np.zeros(2 * n), np.concatenate([np.full(n, np.inf), self._values])
        low[own], high[own] = width
        high[cell + n * (sign > 0)] = 0.0
        found = scipy.optimize.linprog(
            aim,
            A_eq=self._signed,
            b_eq=np.zeros(self._signed.shape[0]),
            bounds=np.column_stack([low, high]),
        )
        return found.x[:n] - found.x[n:] if found.success else None

    def _remember(self, found: Array) -> None:
        """Note how far each cell can go along these moves, or against them."""
        for moves in (found, -found):
            down = moves < -_NEAR
            longest = np.min(self._values[down] / -moves[down]) if down.any() else np.inf
            along = np.where(moves > _NEAR, moves, 0.0) * min(longest, _FURTHEST)
            self._reached = np.maximum(self._reached, along + _NEAR * (along > 0))


def _room(relations: Array, values: Array) -> Array:
    """Return an upper bound of how far each cell can grow, given the totals it is part of."""
    bound = np.full(len(values), _FURTHEST)
    plus, minus = relations > 0, relations < 0
    for _ in range(2):  # through the sums of sums
        for own, other in ((plus, minus), (minus, plus)):
            gained = (own @ values + other @ bound)[:, None] - values
            bound = np.minimum(bound, np.where(own, gained, _FURTHEST).min(axis=0))
    return bound


def _fixed(cells: pd.DataFrame, always: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return the cells that are published whatever their size: totals of those dimensions."""
    dimensions = [name for name in cells.columns if name != "effectif"]
    others = [name for name in dimensions if name not in always]
    return np.asarray((cells[others] == TOTAL).all(axis=1) if always else [False] * len(cells))


def _nobodys(cells: pd.DataFrame, answer: str, alike: Collection[Any]) -> npt.NDArray[np.bool_]:
    """Return, of each group that all answered alike, the most frequent answer that nobody gave."""
    groups = [name for name in cells.columns if name not in {answer, "effectif"}]
    own = cells.loc[cells[answer].isin([*alike])]
    often = own.groupby(answer)["effectif"].transform("sum")
    by = own.groupby(groups)["effectif"]
    is_alike = (by.transform("sum") > 0) & (by.transform("sum") == by.transform("max"))
    empty = often.loc[is_alike & (own["effectif"] == 0)]
    chosen = empty.groupby([own.loc[empty.index, name] for name in groups]).idxmax()
    return np.asarray(cells.index.isin(chosen))


def _tied(relations: "scipy.sparse.csr_array", cell: int) -> npt.NDArray[np.bool_]:
    """Return the cells that share an equation with the given cell."""
    dense = relations.toarray() != 0
    found: npt.NDArray[np.bool_] = dense[dense[:, cell]].any(axis=0)
    return found


def attack(table: System, published: pd.DataFrame) -> pd.DataFrame:
    """
    Return what a reader of everything visible can deduce of each hidden cell.

    Parameters
    ----------
    table
        Of `system`; only its sums are used, not its hidden counts.
    published
        Of `protect`.

    Returns
    -------
    pandas.DataFrame
        The hidden cells, with `au_moins` and `au_plus`.
    """
    hidden = np.flatnonzero(published["diffusion"] != VISIBLE)
    values = table.cells["effectif"].to_numpy(float)
    is_hidden = np.zeros(len(values), dtype=bool)
    is_hidden[hidden] = True
    bounds = [(0.0, None) if h else (v, v) for h, v in zip(is_hidden, values, strict=True)]
    zero = np.zeros(table.relations.shape[0])
    rows = []
    for cell in hidden:
        aim = np.zeros(len(values))
        aim[cell] = 1
        least, most = (
            scipy.optimize.linprog(sign * aim, A_eq=table.relations, b_eq=zero, bounds=bounds)
            for sign in (1, -1)
        )
        rows.append((least.fun, -most.fun if most.success else np.inf))
    found = published.loc[published["diffusion"] != VISIBLE].copy()
    found[["au_moins", "au_plus"]] = np.array(rows).reshape(-1, 2)
    return found
