"""The questions of a crossing: their levels, why there is no answer, and the sums that are told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from qpref.quality.profile import UNKNOWN
from qpref.statistics.disclosure import TOTAL

Array = npt.NDArray[np.float64]
Members = frozenset[str]
GIVEN = "donnees"  # the sum of those who answered
_LOST = "manque "


def lost(state: str) -> str:
    """Return the level of those who did not answer for some reason."""
    return _LOST + state


def is_lost(level: str) -> bool:
    """Whether a level is a reason of no answer."""
    return level.startswith(_LOST)


def reason(level: str) -> str:
    """Return the reason that such a level tells."""
    return level.removeprefix(_LOST)


@dataclass(frozen=True)
class Axis:
    """
    A question of a crossing.

    `levels`: those that somebody has, in order; `sums`: of some of them, by name, those that are
    neither one level nor all of them, each once.
    """

    name: str
    levels: tuple[str, ...]
    sums: tuple[tuple[str, Members], ...]

    @classmethod
    def of(cls, given: pd.Series, declared: Mapping[str, Members]) -> "Axis":
        """Return the axis of what each visitor answered, beside the sums declared of it."""
        levels = tuple(sorted({*map(str, given.unique())}))
        every = {
            GIVEN: frozenset(one for one in levels if not is_lost(one)),
            UNKNOWN: frozenset(one for one in levels if is_lost(one)),
            **{name: own & {*levels} for name, own in declared.items()},
        }
        sums: dict[Members, str] = {}
        for name, own in every.items():
            if 1 < len(own) < len(levels):
                sums.setdefault(own, name)
        return cls(str(given.name), levels, tuple((name, own) for own, name in sums.items()))

    @cached_property
    def codes(self) -> dict[Members, int]:
        """The place of each level, each sum, then of all of them, by what it holds."""
        every = [frozenset({one}) for one in self.levels]
        every += [own for _, own in self.sums]
        if len(self.levels) != 1:
            every.append(frozenset(self.levels))
        return {own: rank for rank, own in enumerate(every)}

    @property
    def names(self) -> list[str]:
        """The name of each place, in order."""
        every = [TOTAL] if len(self.levels) != 1 else []
        return [*self.levels, *(name for name, _ in self.sums), *every]

    @property
    def given(self) -> Members:
        """The levels of those who answered."""
        return frozenset(one for one in self.levels if not is_lost(one))

    def members(self, code: str, declared: Mapping[str, Members]) -> Members:
        """Return the levels of a code of a table."""
        if code == TOTAL:
            return frozenset(self.levels)
        if code == UNKNOWN and code not in self.levels:
            return frozenset(self.levels) - self.given
        return (declared[code] if code in declared else frozenset({code})) & {*self.levels}

    def places(self, members: Members) -> list[int]:
        """Return the place of some levels together, those of each when no sum holds them."""
        own = members & {*self.levels}
        if own in self.codes:
            return [self.codes[own]]
        return [self.codes[frozenset({one})] for one in sorted(own)]

    @property
    def answers(self) -> list[int]:
        """The places of the levels of those who answered."""
        return [rank for rank, one in enumerate(self.levels) if not is_lost(one)]

    @property
    def total(self) -> int:
        """The place of all levels."""
        return len(self.codes) - 1

    @property
    def matrix(self) -> Array:
        """What each place sums: one row a place, one column a level."""
        return np.array([[float(one in own) for one in self.levels] for own in self.codes])

    @property
    def relations(self) -> Array:
        """What adds up to what: one row an equation, one column a place, whose sum is zero."""
        n = len(self.levels)
        sums = self.matrix[n:]
        return np.hstack([sums, -np.eye(len(sums))])


def summed(counts: Array, axes: Collection[Axis]) -> Array:
    """Return counts by level as counts by place, sums included."""
    for rank, axis in enumerate(axes):
        counts = np.moveaxis(np.tensordot(axis.matrix, counts, (1, rank)), 0, rank)
    return counts


def equations(axes: Collection[Axis]) -> "scipy.sparse.csr_array":
    """Return what adds up to what in the table of some axes, its cells in order."""
    own, size = [*axes], int(np.prod([len(axis.codes) for axis in axes]))
    found = [scipy.sparse.csr_array((0, size))]
    for rank in (rank for rank, axis in enumerate(own) if len(axis.relations)):
        parts = [one.relations if place == rank else np.eye(len(one.codes))
                 for place, one in enumerate(own)]  # fmt: skip
        found.append(scipy.sparse.csr_array(reduce(scipy.sparse.kron, parts)))
    return scipy.sparse.csr_array(scipy.sparse.vstack(found))
