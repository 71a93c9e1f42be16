"""Cells too small to publish, and those that would give them back by subtraction.

All tables of counts of a campaign that share a variable are one system: its sites, its categories
and their totals. What is hidden is the same in every report.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

TOTAL = "total"
VISIBLE, PRIMARY, COMPLEMENTARY = "visible", "primaire", "complementaire"
_NEVER = 1e6  # cost of hiding a cell that must stay visible

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
    alike: Collection[str] = (),
    known: Mapping[tuple[str, ...], bool] | None = None,
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
        Answers, levels of the last dimension. Of a group that all answered alike, one that nobody
        gave is hidden too: its 100 % would say what each of them answered.
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
        primary |= _nobodys(cells, alike) & ~fixed
    hidden = primary | ((told == False) & ~fixed)  # noqa: E712 - of an array
    is_narrow = bool((told == True).any())  # noqa: E712 - less room than the threshold
    signed = scipy.sparse.hstack([table.relations, -table.relations], format="csc")
    for cell in sorted(np.flatnonzero(primary), key=lambda i: (values[i], i)):
        cost = np.where(hidden, 0.0, np.where(fixed, _NEVER, values + 1))
        widths = range(threshold, 0 if is_narrow else threshold - 1, -1)
        moved = _room(signed, values, int(cell), widths, (cost, fixed))
        if moved is None:
            moved = _tied(table.relations, int(cell)) & ~fixed
        hidden |= moved & ~fixed
    state = np.where(primary, PRIMARY, np.where(hidden, COMPLEMENTARY, VISIBLE))
    return cells.assign(diffusion=state)


def _room(
    signed: "scipy.sparse.csc_array", values: Array, cell: int, widths: Sequence[int],
    costs: tuple[Array, npt.NDArray[np.bool_]],
) -> npt.NDArray[np.bool_] | None:  # fmt: skip
    """Return the cells that must move for one to grow, or else shrink, as far as it can."""
    cost, fixed = costs
    downs = [-width for width in widths if width <= values[cell]] if len(widths) > 1 else []
    for width in (*widths, *downs):
        moved = _cheapest_move(signed, values, cell, width, cost)
        if moved is not None and not (moved & fixed).any():
            return moved
    return None


def _fixed(cells: pd.DataFrame, always: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return the cells that are published whatever their size: totals of those dimensions."""
    dimensions = [name for name in cells.columns if name != "effectif"]
    others = [name for name in dimensions if name not in always]
    return np.asarray((cells[others] == TOTAL).all(axis=1) if always else [False] * len(cells))


def _nobodys(cells: pd.DataFrame, alike: Collection[str]) -> npt.NDArray[np.bool_]:
    """Return, of each group that all answered alike, the most frequent answer that nobody gave."""
    *groups, answer = (name for name in cells.columns if name != "effectif")
    own = cells.loc[cells[answer].isin([*alike])]
    often = own.groupby(answer)["effectif"].transform("sum")
    by = own.groupby(groups)["effectif"]
    is_alike = (by.transform("sum") > 0) & (by.transform("sum") == by.transform("max"))
    empty = often.loc[is_alike & (own["effectif"] == 0)]
    chosen = empty.groupby([own.loc[empty.index, name] for name in groups]).idxmax()
    return np.asarray(cells.index.isin(chosen))


def _cheapest_move(
    signed: "scipy.sparse.csc_array", values: Array, cell: int, width: float, cost: Array
) -> npt.NDArray[np.bool_] | None:
    """Return the cells that must move for one to grow by `width`, or shrink, at least cost."""
    n, back = len(values), width < 0
    # Up and down moves apart, so that both cost; no count goes under zero.
    low, high = np.zeros(2 * n), np.concatenate([np.full(n, np.inf), values])
    low[cell + n * back] = high[cell + n * back] = abs(width)
    high[cell + n * (not back)] = 0.0
    found = scipy.optimize.linprog(
        np.concatenate([cost, cost]),
        A_eq=signed,
        b_eq=np.zeros(signed.shape[0]),
        bounds=np.column_stack([low, high]),
    )
    if not found.success:
        return None
    moves: npt.NDArray[np.bool_] = np.abs(found.x[:n] - found.x[n:]) > 1e-6  # noqa: PLR2004
    return moves


def _tied(relations: "scipy.sparse.csr_array", cell: int) -> npt.NDArray[np.bool_]:
    """Return the cells that share an equation with one."""
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
