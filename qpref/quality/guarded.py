"""Decide which cells of a crossing may be shown, given all other tables of the same answers.

Answers by group are told by several verbs: level by level, as a share of favourable ones, of all
visitors together, of those whom criteria keep. One cell has one state in all of them: the tables of
fewer dimensions are judged first, and what they show or hide is known to the others.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from qpref.statistics.disclosure import COMPLEMENTARY, TOTAL, VISIBLE, protect, system

Key = tuple[str, ...]
PLACE = "lieu"  # of each visitor, where those of several are judged together
_FAMILY, _KEPT = "famille ", 256  # tables


@dataclass(frozen=True)
class ToldElsewhere:
    """
    What else is told of the answers to a question.

    Parameters
    ----------
    families
        The sum that each answer goes into (favourable or not), by answer.
    is_whole
        Whether every answer of all visitors is told, whatever the number.
    groups
        Groups of which the sums are told, whatever the number: their codes, by columns.
    cells
        Of several places, by column of answers, what each tells alone: whether each cell is told,
        keyed by the groups in the order of their names, then the answer. They are judged with it.
    hidden
        The same where places are too many to be judged at once: the cells that one of them hides,
        keyed by the groups as they come, then the answer. Nothing else is hidden.
    """

    families: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = False
    groups: Mapping[Key, Collection[Key]] = field(default_factory=dict)
    cells: Mapping[str, Mapping[Key, bool]] = field(default_factory=dict)
    hidden: Mapping[str, Collection[Key]] | None = None


ALONE = ToldElsewhere()


def guarded(
    own: pd.DataFrame, threshold: int, published: ToldElsewhere = ALONE, column: str = ""
) -> pd.DataFrame:
    """
    Return the cells of a crossing with what may be told of them, of `disclosure.protect`.

    The sums of `published.families` are cells too: `sum_of` names them.

    Parameters
    ----------
    own
        Codes, one row a visitor: one column a variable, the answers last.
    threshold
        Of `disclosure.protect`; 0 hides nothing.
    published
        What else is told.
    column
        Of `published.cells` and `published.hidden`.
    """
    *groups, answer = own.columns
    names = [*sorted(groups), answer]  # one system, in whatever order it is asked for
    counts = own[names].astype(str).value_counts(sort=False).rename("effectif").reset_index()
    parents = {code: sum_of(name) for code, name in published.families.items()}
    hidden = None if published.hidden is None else published.hidden[column]
    threshold = threshold if hidden is None else 0
    apart = published.cells.get(column, {})
    known = {**_elsewhere(counts, published, parents), **apart} if threshold else {}
    sizes = range(1, len(names)) if threshold else ()
    every = (some for size in sizes for some in combinations(names, size))
    for some in (one for one in every if not apart or PLACE in one):
        cells = _judged(counts, some, threshold, known, parents)
        # `reindex` cannot add two columns of texts under pandas 3.0.
        full = pd.DataFrame({n: cells[n] if n in some else TOTAL for n in names}, cells.index)
        is_told = cells["diffusion"] == VISIBLE
        known = dict(zip(map(tuple, full.to_numpy()), is_told, strict=True)) | known
    found = _judged(counts, names, threshold, known, parents)[
        [*own.columns, "effectif", "diffusion"]
    ]
    if hidden is None:
        return found
    shown = [key not in hidden for key in map(tuple, found[[*own.columns]].to_numpy())]
    return found.assign(diffusion=np.where(shown, VISIBLE, COMPLEMENTARY))


def sum_of(family: str) -> str:
    """Return the code of the answers of a family together."""
    return _FAMILY + family


def is_sum(code: str) -> bool:
    """Whether a code is that of answers together."""
    return code.startswith(_FAMILY)


def _elsewhere(
    counts: pd.DataFrame, published: ToldElsewhere, parents: Mapping[str, str]
) -> dict[Key, bool]:
    """Return the cells that another page publishes, whatever their size."""
    *groups, answer, _ = counts.columns
    sums = [TOTAL, *sorted(set(parents.values()))]
    every = [*sums, *map(str, counts[answer].unique())] if published.is_whole else sums
    known = {(*[TOTAL] * len(groups), one): True for one in every if parents}
    for columns, keys in published.groups.items():
        for key in keys if {*columns} <= {*groups} else ():
            of = dict(zip(columns, key, strict=True))
            known |= {(*(of.get(name, TOTAL) for name in groups), one): True for one in sums}
    return known


def _judged(
    counts: pd.DataFrame, some: Sequence[str], threshold: int, known: Mapping[Key, bool],
    parents: Mapping[str, str],
) -> pd.DataFrame:  # fmt: skip
    *names, _ = counts.columns
    has_answers = names[-1] in some
    own = counts.groupby([*some], as_index=False)["effectif"].sum()
    left = [rank for rank, name in enumerate(names) if name not in some]
    shorter = {tuple(key[names.index(name)] for name in some): is_told
               for key, is_told in known.items()
               if all(key[rank] == TOTAL for rank in left)}  # fmt: skip
    alike = counts[names[-1]].unique() if has_answers and len(some) > 1 else ()
    return _protected(
        (*some, "effectif"), tuple(own.itertuples(index=False, name=None)), threshold,
        frozenset(shorter.items()), frozenset(parents.items()) if has_answers else frozenset(),
        frozenset(alike),
    )  # fmt: skip


@lru_cache(_KEPT)
def _protected(  # noqa: PLR0913, PLR0917 - all that the state of a cell depends on
    columns: Key, rows: tuple[tuple[Any, ...], ...], threshold: int,
    known: frozenset[tuple[Key, bool]], parents: frozenset[tuple[str, str]],
    alike: frozenset[str],
) -> pd.DataFrame:  # fmt: skip
    """Return the cells of one table; verbs ask for the same ones again and again."""
    table = system(pd.DataFrame(rows, columns=columns), columns[:-1], parents=dict(parents))
    return protect(table, threshold, alike=alike, known=dict(known))
