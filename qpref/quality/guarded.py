"""Decide which cells of a crossing may be shown, given all other tables of the same answers.

Answers by group are told by several verbs: level by level, as a share of favourable ones, of all
visitors together, of those whom criteria keep; the other way round; with those who did not answer,
or without them. One cell has one state in all of them: questions are in one order whatever is asked
by what, those who did not answer are levels, and the tables of fewer questions are judged first.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, product

import numpy as np
import numpy.typing as npt
import pandas as pd

from qpref.quality.axes import Array, Axis, Members, equations, summed
from qpref.quality.profile import OTHER
from qpref.statistics.disclosure import VISIBLE, System, protect

Flags = npt.NDArray[np.bool_]
PLACE = "lieu"  # of each visitor, where those of several are judged together
WEIGHED = "pese"  # whether each visitor has a weight
_FAMILY, _KEPT = "famille ", 256  # tables
_CROSSED = 3  # questions, from which few visitors a cell hide all of it
_YES = frozenset({"oui"})


@dataclass(frozen=True)
class ToldElsewhere:
    """
    What else is told of the answers to some questions.

    Parameters
    ----------
    families
        The sum that each answer goes into (favourable or not), by answer, by question.
    opinions
        Questions of which these sums are told of all visitors, whatever the number; a group all of
        one mind is not told to be.
    whole
        Questions of which every answer of all visitors is told, whatever the number.
    groups
        Groups of which the sums are told, whatever the number: by question, then by column.
    places
        Of several places, by question counted, what each tells alone.
    merged
        Groups that are one when they are read together, by column.
    beside
        The place of each visitor, where they are judged with it.
    is_one_system
        Whether they are judged together; otherwise what one of them hides is hidden, and no more.
    tells_lost
        Whether those who did not answer are counted too.
    """

    families: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    opinions: Collection[str] = ()
    whole: Collection[str] = ()
    groups: Mapping[str, Mapping[str, Collection[str]]] = field(default_factory=dict)
    places: Mapping[str, Mapping[str, "JudgedCells"]] = field(default_factory=dict)
    merged: Mapping[str, Collection[str]] = field(default_factory=dict)
    beside: "pd.Series | None" = None
    is_one_system: bool = False
    tells_lost: bool = False

    def sums(self, name: str) -> dict[str, Members]:
        """Return the answers of each sum of a question."""
        found: dict[str, set[str]] = {}
        for code, family in self.families.get(name, {}).items():
            found.setdefault(sum_of(family), set()).add(code)
        return {name: frozenset(own) for name, own in sorted(found.items())}


ALONE = ToldElsewhere()


@dataclass(frozen=True, eq=False)
class JudgedCells:
    """The cells of a crossing, sums included, and whether each is told."""

    axes: tuple[Axis, ...]
    counts: Array
    is_told: Flags

    def place(self, members: Mapping[str, Members]) -> tuple[int, ...] | None:
        """Return where a cell is, by the levels it holds, all of those not named; or nobody is."""
        found = [axis.places(members.get(axis.name, frozenset(axis.levels))) for axis in self.axes]
        return tuple(one[0] for one in found) if all(found) else None

    def tells(self, members: Mapping[str, Members]) -> bool:
        """Whether a cell is told, by the levels it holds; that nobody is there, it is."""
        names = {axis.name for axis in self.axes}
        if WEIGHED in {*members} - names and not members[WEIGHED] >= _YES:
            return True
        key = [axis.places(members[axis.name]) for axis in self.axes]
        return bool(self.is_told[np.ix_(*key)].all())


def guarded(
    own: pd.DataFrame, threshold: int, published: ToldElsewhere = ALONE, column: str = ""
) -> JudgedCells:
    """
    Return the cells of a crossing with what may be told of them.

    Parameters
    ----------
    own
        Codes, one row a visitor, one column a question; `axes.lost` where there is no answer.
    threshold
        Of `disclosure.protect`; 0 hides nothing.
    published
        What else is told.
    column
        Of `published.places`.
    """
    names = sorted(map(str, own.columns))
    axes = tuple(Axis.of(own[name].astype(str), published.sums(name)) for name in names)
    counts = summed(counted(own, axes), axes)
    if not threshold:
        return JudgedCells(axes, counts, np.ones(counts.shape, dtype=bool))
    places = published.places.get(column, {})
    if places and not published.is_one_system:
        return JudgedCells(axes, counts, _told_by_each(axes, published, [*places.values()]))
    known = _of_places(axes, published, places) if places else _elsewhere(axes, published)
    if not places and counts.flat[-1] >= threshold:
        known.flat[-1] = 1  # how many they all are, whatever is asked of them
    crossed = [rank for rank, axis in enumerate(axes) if len(axis.levels) > 1]
    if not crossed:  # all answered the same: they are told, or too few
        known[known == 0] = 1 if not 0 < counts.flat[0] < threshold else -1
    for size in range(1, len(crossed) + 1):
        for some in combinations(crossed, size):
            if not places or PLACE in {axes[rank].name for rank in some}:
                _judge(known, counts, (axes, some), threshold, published.opinions)
    return JudgedCells(axes, counts, _without_empty(axes, counts, known > 0))


def counted(own: pd.DataFrame, axes: Sequence[Axis], values: pd.Series | None = None) -> Array:
    """Return how many visitors there are, or the sum of values, by level of each axis."""
    ranks = [pd.Categorical(own[axis.name].astype(str), axis.levels).codes for axis in axes]
    found = np.zeros([len(axis.levels) for axis in axes])
    np.add.at(found, tuple(ranks), 1.0 if values is None else values.to_numpy(dtype=float))
    return found


def sum_of(family: str) -> str:
    """Return the code of the answers of a family together."""
    return _FAMILY + family


def is_sum(code: str) -> bool:
    """Whether a code is that of answers together."""
    return code.startswith(_FAMILY)


def _elsewhere(axes: Sequence[Axis], published: ToldElsewhere) -> npt.NDArray[np.int8]:
    """Return which cells are told elsewhere, whatever their size (1), or not (0)."""
    known = np.zeros([len(axis.codes) for axis in axes], dtype=np.int8)
    ranks = {axis.name: rank for rank, axis in enumerate(axes)}
    for name in (one for one in published.opinions if one in ranks):
        axis, key = axes[ranks[name]], [[axis.total] for axis in axes]
        sums = [axis.given, *published.sums(name).values()]
        places = [place for one in sums for place in axis.places(one)[:1]]
        whole = name in published.whole
        key[ranks[name]] = [*range(len(axis.codes))] if whole else [*places, axis.total]
        known[np.ix_(*key)] = 1
        key[ranks[name]] = places
        for by, codes in published.groups.get(name, {}).items():
            if by in ranks:
                own = axes[ranks[by]]
                told = [place for one in codes for place in own.places(own.members(one, {}))]
                known[np.ix_(*key[: ranks[by]], told, *key[ranks[by] + 1 :])] = 1
    return known


def _of_places(
    axes: Sequence[Axis], published: ToldElsewhere, places: Mapping[str, JudgedCells]
) -> npt.NDArray[np.int8]:
    """Return what each place tells (1) or hides (-1) of each cell of its own."""
    known = np.zeros([len(axis.codes) for axis in axes], dtype=np.int8)
    for key, members in _cells(axes, published.merged):
        if len(members[PLACE]) == 1:
            known[key] = 1 if places[min(members[PLACE])].tells(members) else -1
    return known


def _told_by_each(
    axes: Sequence[Axis], published: ToldElsewhere, places: Sequence[JudgedCells]
) -> Flags:
    found = np.ones([len(axis.codes) for axis in axes], dtype=bool)
    for key, members in _cells(axes, published.merged):
        found[key] = all(one.tells(members) for one in places)
    return found


def _cells(
    axes: Sequence[Axis], merged: Mapping[str, Collection[str]]
) -> Iterator[tuple[tuple[int, ...], dict[str, Members]]]:
    """Yield the place of each cell, and the levels that it holds, as each place names them."""
    for cell in product(*(axis.codes.items() for axis in axes)):
        members = {axis.name: own | {*merged.get(axis.name, ())} if OTHER in own else own
                   for axis, (own, _) in zip(axes, cell, strict=True)}  # fmt: skip
        yield tuple(rank for _, rank in cell), members


def _judge(
    known: npt.NDArray[np.int8], counts: Array, of: tuple[Sequence[Axis], Sequence[int]],
    threshold: int, opinions: Collection[str],
) -> None:  # fmt: skip
    """Note the state of each cell of the table of some axes, all others summed."""
    axes, some = of
    view = tuple(slice(None) if rank in some else axis.total for rank, axis in enumerate(axes))
    own = tuple(axes[rank] for rank in some)
    if is_scattered(counts[view], own, threshold):
        empty = _left_empty(counts[view], known[view], own)
        known[view] = np.where(known[view] == 0, np.where(empty, 1, -1), known[view])
        return
    alike = frozenset({axis.name for axis in own} & {*opinions}) if len(own) > 1 else frozenset()
    told = _told(own, counts[view].tobytes(), known[view].tobytes(), threshold, alike)
    known[view] = np.where(known[view] == 0, np.where(told, 1, -1), known[view])


def _left_empty(counts: Array, known: npt.NDArray[np.int8], axes: Sequence[Axis]) -> Flags:
    """Return the cells of a larger one that nobody is told to be in."""
    found = np.zeros(counts.shape, dtype=bool)
    nobody = (counts == 0) & (known > 0)
    for rank, axis in enumerate(axes):
        found |= np.take(nobody, [axis.total], axis=rank)
    return found


def is_scattered(counts: Array, axes: Sequence[Axis], threshold: int) -> bool:
    """
    Whether visitors are too few for the cells of three questions or more.

    Two tables of three questions each, of four that cross, give back cells that each of them hides:
    of few visitors a cell, there is one way only to put them together.
    """
    crossed = {axis.name for axis in axes if len(axis.levels) > 1} - {PLACE, WEIGHED}
    if len(crossed) < _CROSSED:
        return False
    inside = counts[tuple(slice(len(axis.levels)) for axis in axes)]
    return bool(inside.sum() < threshold * np.count_nonzero(inside))


@lru_cache(_KEPT)
def _told(
    axes: tuple[Axis, ...], counts: bytes, known: bytes, threshold: int, alike: frozenset[str]
) -> Flags:
    """Return which cells of one table are told; verbs ask for the same ones again and again."""
    sizes = np.frombuffer(counts).astype(int)
    keys = list(product(*(range(len(axis.codes)) for axis in axes)))
    cells = pd.DataFrame(keys, columns=[axis.name for axis in axes])
    states = np.frombuffer(known, dtype=np.int8)
    told = {key: bool(one > 0) for key, one in zip(keys, states, strict=True) if one}
    minds = {axis.name: axis.answers for axis in axes if axis.name in alike}
    table = System(cells.assign(effectif=sizes), equations(axes))
    found = protect(table, threshold, alike=minds, known=told)
    shape = [len(axis.codes) for axis in axes]
    flags: Flags = (found["diffusion"] == VISIBLE).to_numpy().reshape(shape)
    return flags


def _without_empty(axes: Sequence[Axis], counts: Array, is_told: Flags) -> Flags:
    """Hide that nobody is in a cell of a group of hidden size: it tells how the others answered."""
    found = is_told.copy()
    for rank, axis in enumerate(axes):
        for place in {axis.total, *axis.places(axis.given)[:1]}:
            found &= ~((counts == 0) & ~np.take(is_told, [place], axis=rank))
    return found
