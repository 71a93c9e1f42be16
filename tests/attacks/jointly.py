"""An attacker who puts the reports of all sites and of both campaigns in one integer programme.

What joins them: the change at equal public (both campaigns of a site), the comparison at equal
reasons (a site and all the others), the totals of the prefecture, which the joint report lists site
by site. He is told more than is published: who came to which counter at which half-day, hence each
weight, and how many came, and gave an opinion, by counter and by reason. Unknown: in each crossed
cell of counter, half-day and reason, the people, their opinions, the satisfied.
"""

from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import scipy.sparse
from scipy.optimize import LinearConstraint, milp

from tests.attacks.reconstruction import STOPPED, weights_of

SMALL, ENOUGH = 5, 3
LIMITS = {"node_limit": 20_000, "time_limit": 30.0}  # of one integer programme
NEAR = 0.005 + 1e-9  # of a share printed to the point
SCALE = 100.0  # of the rows of shares: the solver lets a row be wrong by a millionth


@dataclass(frozen=True, eq=False)
class Place:
    """
    A site and a campaign: the people, the opinions and the satisfied of each cell, as they are.

    `share`: the weighted share as it is told; None without one.
    """

    people: np.ndarray
    opinions: np.ndarray
    satisfied: np.ndarray
    passages: tuple[np.ndarray, np.ndarray] | None
    bounds: tuple[float, float]
    share: float | None

    def weights(self, table):
        """Return the weight of each counter and half-day, 0 where none is told; None: none fits."""
        own = [known > 0 for known in self.passages]
        known = tuple(k[kept] for k, kept in zip(self.passages, own, strict=True))
        found = weights_of(table[np.ix_(*own)][None].astype(float), known, self.bounds)[0]
        whole = np.zeros(table.shape)
        whole[np.ix_(*own)] = found
        return whole if np.isfinite(found).all() else None


@dataclass(frozen=True, eq=False)
class Sum:
    """A number told: weights of the satisfied of each cell, by place, and what they make."""

    parts: dict
    told: float


@dataclass(frozen=True, eq=False)
class Prefecture:
    """
    All that is told.

    `near`: how far a share may be from what was computed; `tells_people`: whether the people and
    the opinions of each cell are told.
    """

    places: dict
    sums: tuple[Sum, ...]
    near: float = NEAR
    tells_people: bool = False


def equal(prefecture_places, plus, minus, axis, weight):
    """
    Return the weights of a difference of two standardised shares, and the difference.

    `plus`, `minus`: places added up on each side; `weight`: of each stratum of an axis.
    """
    parts, value = {}, 0.0
    for names, sign in ((plus, 1.0), (minus, -1.0)):
        others = tuple(one for one in range(3) if one != axis)
        n = sum(prefecture_places[name].opinions.sum(axis=others) for name in names)
        own = sign * np.divide(weight, n, out=np.zeros(len(weight)), where=n > 0)
        for name in names:
            shape = [1, 1, 1]
            shape[axis] = -1
            cells = np.broadcast_to(own.reshape(shape), prefecture_places[name].people.shape)
            parts[name] = parts.get(name, 0) + cells
            value += float((cells * prefecture_places[name].satisfied).sum())
    return parts, value


def holds(told, name, table, mask, count, *, of_satisfied=True):
    """
    Return whether some cells of a place may hold a count, its people being of a table.

    None: the search was stopped before its end.
    """
    system = _System(told, {name: table})
    if not system.is_whole:
        return False
    row = np.zeros(system.width)
    size = told.places[name].people.size
    first = system.first[name] + 2 * size * of_satisfied
    row[first : first + size] = mask.ravel()
    limits = [system.limits, LinearConstraint(row[None], count, count)]
    least, most = np.zeros(system.width), np.full(system.width, np.inf)
    for one, place in told.places.items() if told.tells_people else ():
        span = slice(system.first[one], system.first[one] + 2 * place.people.size)
        least[span] = most[span] = np.concatenate([place.people.ravel(), place.opinions.ravel()])
    found = milp(np.zeros(system.width), constraints=limits, options=LIMITS,
                 bounds=(least, most), integrality=np.ones(system.width))  # fmt: skip
    return None if found.status == STOPPED else found.success


class _System:
    """The integer programme of a prefecture, some places having another table of people."""

    def __init__(self, told, tables):
        self.first, self.width = {}, 0
        for name, place in told.places.items():
            self.first[name] = self.width
            self.width += 3 * place.people.size
        self._rows, self._low, self._high, self.is_whole = [], [], [], True
        for name, place in told.places.items():
            self._of_place(name, place, tables.get(name, place.people.sum(axis=2)), told.near)
        for one in told.sums:
            row = np.zeros(self.width)
            for name, cells in one.parts.items():
                row[self._span(name, 2)] = cells.ravel()
            self._add(SCALE * row, SCALE * (one.told - told.near), SCALE * (one.told + told.near))
        rows = scipy.sparse.csr_array(np.array(self._rows))
        self.limits = LinearConstraint(rows, self._low, self._high)

    def _span(self, name, kind):
        size = self._sizes[name]
        return slice(self.first[name] + kind * size, self.first[name] + (kind + 1) * size)

    @property
    def _sizes(self):
        names = [*self.first]
        ends = [*[self.first[name] for name in names[1:]], self.width]
        return {n: (end - self.first[n]) // 3 for n, end in zip(names, ends, strict=True)}

    def _add(self, row, low, high):
        self._rows.append(row)
        self._low.append(low)
        self._high.append(high)

    def _of_place(self, name, place, table, near):
        people, opinions, satisfied = (self._span(name, kind) for kind in range(3))
        shape = place.people.shape
        for i, j in np.ndindex(*shape[:2]):
            self._margin(people, _cells(shape, (0, i), (1, j)), table[i, j])
        for axis, rank in ((one, rank) for one in (0, 2) for rank in range(shape[one])):
            mask = _cells(shape, (axis, rank))
            self._margin(opinions, mask, (mask * place.opinions).sum())
            if axis:
                self._margin(people, mask, (mask * place.people).sum())
        self._margin(satisfied, np.ones(shape), place.satisfied.sum())
        for larger, smaller in ((people, opinions), (opinions, satisfied)):
            rows = np.zeros((place.people.size, self.width))
            rows[:, larger], rows[:, smaller] = np.eye(len(rows)), -np.eye(len(rows))
            for row in rows:
                self._add(row, 0, np.inf)
        if place.share is not None:
            self._weighted(place, table, near, (opinions, satisfied))

    def _margin(self, span, mask, value):
        row = np.zeros(self.width)
        row[span] = mask.ravel()
        self._add(row, value, value)

    def _weighted(self, place, table, near, spans):
        opinions, satisfied = spans
        weights = place.weights(table)
        if weights is None:
            self.is_whole = False
            return
        spread = np.broadcast_to(weights[:, :, None], place.people.shape).ravel()
        scale = SCALE / place.opinions.sum()
        for end, low, high in ((-near, 0, np.inf), (near, -np.inf, 0)):
            row = np.zeros(self.width)
            row[satisfied], row[opinions] = spread, -(place.share + end) * spread
            self._add(scale * row, low, high)


def _cells(shape, *levels):
    """Return 1 for the cells that have some levels of some axes."""
    mask = np.zeros(shape)
    place = [slice(None)] * len(shape)
    for axis, rank in levels:
        place[axis] = rank
    mask[tuple(place)] = 1
    return mask


def tables(place, cell):
    """Yield tables of counter and half-day with the margins of the true one, it being the first."""
    true = place.people.sum(axis=2)
    yield true
    i, j = cell
    for more in (1, -1, 2, 3):
        for k, m in np.ndindex(*true.shape):
            if k != i and m != j:
                found = true.copy()
                found[[i, k], [j, m]] += more
                found[[i, k], [m, j]] -= more
                if found.min() >= 0:
                    yield found


def small_cells(place):
    """Yield the crossed cells of two axes that hold one to four people: axes, ranks."""
    for axes in ((0, 1), (0, 2), (1, 2)):
        (other,) = {0, 1, 2} - {*axes}
        counts = place.people.sum(axis=other)
        for ranks in np.argwhere((counts > 0) & (counts < SMALL)):
            yield axes, tuple(map(int, ranks))


def values(told, name, axes, ranks, *, of_satisfied=True, most=4):
    """
    Return the counts that a small cell may hold, three at least when there are, and if all is seen.

    Every table of people that fits is a way; those tried are the true one and its neighbours.
    """
    place = told.places[name]
    mask = _cells(place.people.shape, *zip(axes, ranks, strict=True))
    true = int((mask * (place.satisfied if of_satisfied else place.people)).sum())
    found, is_whole = {true}, axes != (0, 1)
    ways = tables(place, ranks) if axes == (0, 1) else [place.people.sum(axis=2)]
    for table in islice(ways, most):
        for count in sorted(range(true + ENOUGH), key=lambda one: (abs(one - true), one)):
            if len(found) < ENOUGH and count not in found:
                fits = holds(told, name, table, mask, count, of_satisfied=of_satisfied)
                found |= {count} if fits else set()
                is_whole &= fits is not None
    return found, is_whole


def alone(told):
    """Return the same without any share nor sum: what margins tell by themselves."""
    places = {name: replace(one, share=None) for name, one in told.places.items()}
    return Prefecture(places, (), told.near)


def with_all_digits(told, places):
    """Return what a program that rounds nothing would tell: the people of each cell too."""
    sums = tuple(
        replace(one, told=sum(float((cells * places[name].satisfied).sum())
                              for name, cells in one.parts.items()))
        for one in told.sums
    )  # fmt: skip
    exact = {name: replace(one, share=weighted(one)) for name, one in places.items()}
    return Prefecture(exact, sums, 1e-7, tells_people=True)


def weighted(place):
    """Return the weighted share of a place, with all its digits; None without weights."""
    if place.share is None:
        return None
    weights = place.weights(place.people.sum(axis=2))[:, :, None]
    return float((weights * place.satisfied).sum() / (weights * place.opinions).sum())
