"""Cells of a crossing that may be told beside all that other tables tell of the same answers.

Answers by group are told by several verbs: level by level, as a share of favourable ones, of all
visitors together, of those whom criteria keep. One cell has one state in all of them: the tables of
fewer dimensions are judged first, and what they show or hide is known to the others.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import pandas as pd

from qpref.statistics.disclosure import TOTAL, VISIBLE, protect, system

Key = tuple[str, ...]
_FAMILY = "famille "


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
    """

    families: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = False
    groups: Mapping[Key, Collection[Key]] = field(default_factory=dict)


ALONE = ToldElsewhere()


def guarded(own: pd.DataFrame, threshold: int, published: ToldElsewhere = ALONE) -> pd.DataFrame:
    """
    Return the cells of a crossing with what may be told of them, of `disclosure.protect`.

    Parameters
    ----------
    own
        Codes, one row a visitor: one column a variable, the answers last.
    threshold
        Of `disclosure.protect`; 0 hides nothing.
    published
        What else is told.
    """
    names = [*own.columns]
    parents = {code: _FAMILY + name for code, name in published.families.items()}
    known = _elsewhere(own, published, parents) if threshold else {}
    sizes = range(1, len(names)) if threshold else ()
    for some in (some for size in sizes for some in combinations(names, size)):
        cells = _judged(own, some, threshold, known, parents)
        full = cells[[*some]].reindex(columns=names, fill_value=TOTAL)
        is_told = cells["diffusion"] == VISIBLE
        known = dict(zip(map(tuple, full.to_numpy()), is_told, strict=True)) | known
    cells = _judged(own, names, threshold, known, parents)
    found: pd.DataFrame = cells.loc[~cells[names[-1]].isin(parents.values())]
    return found.reset_index(drop=True)


def _elsewhere(
    own: pd.DataFrame, published: ToldElsewhere, parents: Mapping[str, str]
) -> dict[Key, bool]:
    """Return the cells that are told whatever their size."""
    *groups, answer = own.columns
    sums = [TOTAL, *sorted(set(parents.values()))]
    every = [*sums, *map(str, own[answer].unique())] if published.is_whole else sums
    known = {(*[TOTAL] * len(groups), one): True for one in every if parents}
    for columns, keys in published.groups.items():
        for key in keys if {*columns} <= {*groups} else ():
            of = dict(zip(columns, key, strict=True))
            known |= {(*(of.get(name, TOTAL) for name in groups), one): True for one in sums}
    return known


def _judged(
    own: pd.DataFrame, some: Sequence[str], threshold: int, known: Mapping[Key, bool],
    parents: Mapping[str, str],
) -> pd.DataFrame:  # fmt: skip
    names, answer = [*own.columns], own.columns[-1]
    counts = own[[*some]].value_counts().rename("effectif").reset_index()
    has_answers = answer in some
    table = system(counts, some, parents=parents if has_answers else None)
    left = [rank for rank, name in enumerate(names) if name not in some]
    shorter = {tuple(key[names.index(name)] for name in some): is_told
               for key, is_told in known.items()
               if all(key[rank] == TOTAL for rank in left)}  # fmt: skip
    alike = {str(code) for code in own[answer]} if has_answers and len(some) > 1 else ()
    return protect(table, threshold, alike=alike, known=shorter)
