"""Decide what may be shown of a table made by an analyst, whose origin is unknown.

Whole numbers are taken for counts of people, numbers from 0 to 1 for shares.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np
import pandas as pd

from qpref.statistics.disclosure import PRIMARY, TOTAL, VISIBLE, protect, system

SMALL, BESIDE, ALIKE = "petit", "voisin", "unanime"
_TOGETHER = "Lignes réunies"
_MOST_NAMES, _NEAR = 4, 1e-9
_IN_PERCENT = ("%", "pourcent", "part", "taux")
_BOTH, _MOST_CELLS = 2, 400


@dataclass(frozen=True, eq=False)
class Handmade:
    """
    A table, and what of it is not told.

    `states`: why each number of a column is hidden, nothing where it is told, by place of the
    column; `together`: the rows that are told as one.
    """

    table: pd.DataFrame
    states: dict[int, list[str]] = field(default_factory=dict)
    together: Sequence[str] = ()

    @property
    def reasons(self) -> set[str]:
        """Why numbers are hidden."""
        return {state for own in self.states.values() for state in own} - {""}


def judged(table: pd.DataFrame, threshold: int) -> Handmade:
    """
    Return a table, its rare rows as one, with what is not told of it.

    Parameters
    ----------
    table
        The first column names the rows.
    threshold
        Whole numbers from 1 to this, excluded, are hidden, and the smallest of the others where all
        that is hidden adds up to less. So are the 0 % and 100 % that tell what all of a group said.
    """
    table = table.reset_index(drop=True)
    counted = [rank for rank, dtype in enumerate(table.dtypes)
               if rank and pd.api.types.is_integer_dtype(dtype)]  # fmt: skip
    together: list[str] = []
    if len(counted) == len(table.columns) - 1:
        table, together = _merged(table, threshold)
    counts = table.iloc[:, counted].fillna(0).astype("int64").set_axis(counted, axis=1)
    whole = _whole_of(counts)
    if whole is None or counts.size > _MOST_CELLS:
        own = _by_column(counts, threshold)
    else:
        own = _crossed(counts, whole, threshold)
    return Handmade(table, own | _shares(table, counted), together)


def _whole_of(counts: pd.DataFrame) -> int | None:
    """Return the column that adds up the others; None when there is none."""
    sums = counts.sum(axis=1)
    if len(counts.columns) <= _BOTH or not sums.any():
        return None
    return next((rank for rank in _places(counts) if (2 * counts[rank] == sums).all()), None)


def _places(counts: pd.DataFrame) -> list[int]:
    return [int(str(rank)) for rank in counts.columns]


def _crossed(counts: pd.DataFrame, whole: int, threshold: int) -> dict[int, list[str]]:
    """Return why the counts of a crossing with its totals are not told, as verbs judge theirs."""
    parts = counts.drop(columns=whole)
    is_summed = len(counts) > _BOTH and (2 * counts.iloc[-1] == counts.sum()).all()
    rows = parts.iloc[:-1] if is_summed else parts
    own = [(str(row), str(rank), value) for rank in rows
           for row, value in rows[rank].items()]  # fmt: skip
    long = pd.DataFrame(own, columns=["ligne", "reponse", "effectif"])
    table = system(long, ["ligne", "reponse"])
    cells = protect(table, threshold, alike={*map(str, parts)})
    known = dict(zip(zip(cells["ligne"], cells["reponse"], strict=True),
                     cells["diffusion"], strict=True))  # fmt: skip
    names = [*map(str, rows.index), *([TOTAL] if is_summed else [])]
    return {
        rank: [_why(known[name, TOTAL if rank == whole else str(rank)], value, threshold)
               for name, value in zip(names, counts[rank], strict=True)]
        for rank in _places(counts)
    }  # fmt: skip


def _why(state: str, value: int, threshold: int) -> str:
    if state == VISIBLE:
        return ""
    if 0 < value < threshold:
        return SMALL
    return ALIKE if state == PRIMARY else BESIDE


def _by_column(counts: pd.DataFrame, threshold: int) -> dict[int, list[str]]:
    """Return why counts are not told, when nothing says that columns add up."""
    alike = _of_one_mind(counts)
    return {rank: _hidden(counts[rank], alike[rank], threshold) for rank in _places(counts)}


def _merged(table: pd.DataFrame, threshold: int) -> tuple[pd.DataFrame, list[str]]:
    """Return a table of counts alone, its rows too small told as one, and their names."""
    counts = table.iloc[:, 1:].fillna(0).astype("int64")
    most = counts.max(axis=1)
    is_rare = ((most > 0) & (most < threshold)).to_numpy()
    sums = counts.loc[is_rare].sum()
    if is_rare.sum() < _BOTH or sums.max() < threshold:
        return table, []
    names = [str(one) for one in table.loc[is_rare].iloc[:, 0]]
    said = " ; ".join(names) if len(names) <= _MOST_NAMES else str(len(names))
    row = pd.DataFrame([[f"{_TOGETHER} ({said})", *sums]], columns=table.columns)
    last = int(np.flatnonzero(is_rare)[-1])
    before, after = (part.loc[~is_rare[part.index]] for part in (table[:last], table[last + 1 :]))
    return pd.concat([before, row, after], ignore_index=True), names


def _of_one_mind(counts: pd.DataFrame) -> pd.DataFrame:
    """Flag the counts that reveal a whole group: everybody, or nobody, gave that answer."""
    nothing = pd.DataFrame(data=False, index=counts.index, columns=counts.columns)
    if len(counts.columns) < _BOTH:
        return nothing
    for whole, part in permutations(counts.columns) if len(counts.columns) == _BOTH else ():
        n, some = counts[whole], counts[part]
        if (n >= some).all() and n.any():  # people, and some of them
            nothing[part] = (n > 0) & ((some == 0) | (some == n))
            return nothing
    is_alike = (counts.sum(axis=1) > 0) & (counts.sum(axis=1) == counts.max(axis=1))
    return nothing.apply(lambda _: is_alike)


def _hidden(counts: pd.Series, alike: pd.Series, threshold: int) -> list[str]:
    """Return, for each count of a column, why it is hidden; an empty text when it is not."""
    told = [SMALL if 0 < one < threshold else ALIKE if same else ""
            for one, same in zip(counts, alike, strict=True)]  # fmt: skip
    hidden = [int(value) for value, state in zip(counts, told, strict=True) if state]
    others = [rank for rank, state in enumerate(told)
              if not state and counts.iloc[rank] >= threshold]  # fmt: skip
    if hidden and others and sum(hidden) < threshold:  # a sum, told elsewhere, gives them back
        told[min(others, key=lambda rank: int(counts.iloc[rank]))] = BESIDE
    return told


def _shares(table: pd.DataFrame, counted: Collection[int]) -> dict[int, list[str]]:
    """Return which shares say what all of a group, or none of it, answered."""
    left = [rank for rank in range(1, len(table.columns)) if rank not in counted]
    known = {rank: _as_shares(table.iloc[:, rank]) for rank in left}
    own = {rank: shares for rank, shares in known.items() if shares is not None}
    if not own:
        return {}
    values = pd.DataFrame(own)
    is_bound = (values - values.round()).abs() < _NEAR
    if ((values.sum(axis=1) - 1).abs() < _NEAR)[values.notna().any(axis=1)].all():
        is_bound = is_bound.where(((values - 1).abs() < _NEAR).any(axis=1), other=False)  # levels
    found = {rank: [ALIKE if one else "" for one in is_bound[rank]] for rank in own}
    return {rank: states for rank, states in found.items() if any(states)}


def _as_shares(column: pd.Series) -> pd.Series | None:
    """Return a column of shares, from 0 to 1; None of anything else."""
    if pd.api.types.is_float_dtype(column):
        given, is_percent = column, any(one in str(column.name).lower() for one in _IN_PERCENT)
        if given.notna().any() and given.dropna().between(0, 1).all():
            return given
        is_known = given.notna().any() and is_percent and given.dropna().between(0, 100).all()
        return given / 100 if is_known else None
    if pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column):
        found = column.map(_written)
        return found if found.notna().any() else None
    return None


def _written(value: object) -> float:
    """Return a share written in words, « 12,5 % »."""
    text = "".join(value.split()) if isinstance(value, str) else ""
    try:
        return float(text[:-1].replace(",", ".")) / 100 if text.endswith("%") else np.nan
    except ValueError:
        return np.nan
