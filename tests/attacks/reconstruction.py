"""An attacker who knows how the reports are made: which tables of people could give them?

He holds the margins of two characteristics, the passages counted, the range of the weights, the
answers that they are worth, and the share of each question with and without weights. Tables are
tried one by one: their weights must be printed as the report prints them. For those that are, an
integer programme tells between what the satisfied of a cell may lie, so that each weighted share is
printed as it is. He uses neither intervals nor tests.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice

import numpy as np
from scipy.optimize import LinearConstraint, milp

SMALL, ENOUGH = 5, 3  # a cell under 5 people; values that must fit
MOST = 100_000  # tables tried at most
STOPPED = 1  # status of `milp`: a limit is reached
ROUNDS, NEAR = 200, 1e-6  # of the fit of weights, and how near to the passages it must come
# Of one integer programme: without an end, a search that closes no bound fills the memory.
LIMITS = {"node_limit": 2_000, "time_limit": 5.0}


@dataclass(frozen=True)
class Share:
    """A question: opinions, satisfied, weighted share, and how far it is from what was computed."""

    n: int
    satisfied: int
    weighted: float
    near: float = 0.005


@dataclass(frozen=True)
class Told:
    """What reports tell: sizes of groups, passages, `weights` (lowest, highest, worth), shares.

    No weights are told where the report says none."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    passages: tuple[np.ndarray, np.ndarray]
    weights: tuple[float, float, float] | None
    shares: tuple[Share, ...]
    bounds: tuple[float, float] = (0.0, np.inf)  # of the weights, as multiples of their mean
    digits: int = 2  # with which the three numbers of the weights are printed


def tables(told):
    """Return every table of counts with these margins, as one array; none when too many."""
    heads = [((), told.columns)]
    for size in told.rows[:-1]:
        more = (
            ((*head, row), tuple(c - k for c, k in zip(left, row, strict=True)))
            for head, left in heads
            for row in _rows(size, left)
        )
        heads = list(islice(more, MOST + 1))
        if len(heads) > MOST:
            return None
    return np.array([(*head, left) for head, left in heads])


def _rows(size, left):
    """Yield the rows of a sum that fit under what is left of each column."""
    if len(left) == 1:
        if size <= left[0]:
            yield (size,)
        return
    for first in range(min(size, left[0]) + 1):
        for others in _rows(size - first, left[1:]):
            yield (first, *others)


def weights_of(found, passages, bounds):
    """Return the weight of each cell of each table, the average being 1; nan when none fits."""
    n = found[0].sum()
    margins = [
        (axis, known * n / known.sum()) for axis, known in zip((2, 1), passages, strict=True)
    ]
    weights = np.ones(found.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(ROUNDS):
            weights = np.clip(weights, *bounds)
            for axis, known in margins:
                reached = (found * weights).sum(axis=axis)
                weights = weights * np.expand_dims(known / reached, axis)
        far = np.zeros(len(found), dtype=bool)
        for axis, known in margins:
            far |= ~(np.abs((found * weights).sum(axis=axis) / known - 1) < NEAR).all(axis=1)
    return np.where(far[:, None, None], np.nan, weights)


def ends(found, weights):
    """Return the lowest and the highest weight, and the answers that they are worth, by table."""
    is_met = found > 0
    low = np.where(is_met, weights, np.inf).min(axis=(1, 2))
    high = np.where(is_met, weights, -np.inf).max(axis=(1, 2))
    n = found.sum(axis=(1, 2))
    return low, high, n**2 / (found * weights**2).sum(axis=(1, 2))


def printed(values, digits):
    return [f"{value:.{digits - 1}e}" for value in values]


def fitting(told):
    """Return the tables whose weights are printed as they are, and their weights."""
    found = tables(told)
    if found is None:
        return None
    weights = weights_of(found, told.passages, told.bounds)
    fits = np.isfinite(weights).all(axis=(1, 2))
    for values, known in zip(ends(found, weights), told.weights or (), strict=False):
        fits &= np.array(printed(values, told.digits)) == printed([known], told.digits)[0]
    return found[fits], weights[fits]


def satisfied(table, weights, share, cell, aim, asked=None):
    """
    Return the least (1) or most (−1) satisfied that a cell may hold; None when nothing fits.

    `asked`: whether it may hold that number. nan: the search was stopped before its end.

    Unknown: satisfied, then opinions, of each cell; neither more than the people in it.
    """
    people, size = table.ravel(), table.size
    w = weights.ravel()
    low, high = share.weighted - share.near, share.weighted + share.near
    ones, zeros, eye = np.ones(size), np.zeros(size), np.eye(size)
    limits = [
        LinearConstraint([[*ones, *zeros]], share.satisfied, share.satisfied),
        LinearConstraint([[*zeros, *ones]], share.n, share.n),
        LinearConstraint(np.hstack([eye, -eye]), -np.inf, 0),
        LinearConstraint([[*w, *(-low * w)]], 0, np.inf),
        LinearConstraint([[*w, *(-high * w)]], -np.inf, 0),
    ]
    goal = np.zeros(2 * size)
    goal[cell] = aim
    least, most = np.zeros(2 * size), np.concatenate([people, people])
    if asked is not None:
        least[cell] = most[cell] = asked
    bounds = (least, most)
    result = milp(
        goal, integrality=np.ones(2 * size), bounds=bounds, constraints=limits, options=LIMITS
    )
    if result.status == STOPPED:
        return np.nan
    return round(aim * result.fun) if result.success else None


def attack(told, truth, most_tables=40):
    """
    Return what is determined, and what could not be solved, of the small cells of a true table.

    A cell is determined when fewer than three counts of people fit, or fewer than three counts of
    satisfied for a question.
    """
    small = [int(cell) for cell in np.flatnonzero((truth > 0) & (truth < SMALL))]
    fits = fitting(told)
    if fits is None:
        return [], [("trop de tables", cell) for cell in small]
    found, weights = fits
    if not (found == truth).all(axis=(1, 2)).any():  # the attacker would be wrong: nothing is shown
        return [], [("la vraie table ne convient pas", cell) for cell in small]
    sizes = {cell: sorted({int(t.ravel()[cell]) for t in found}) for cell in small}
    wrong = [("effectif", cell, sizes[cell]) for cell in small if len(sizes[cell]) < ENOUGH]
    unsolved = []
    for rank, share in enumerate(told.shares):
        for cell in small:
            values, is_whole = _values(found, weights, share, cell, most_tables)
            if len(values) < ENOUGH:
                what = (f"satisfaits, question {rank}", cell, sorted(values))
                (wrong if is_whole else unsolved).append(what)
    return wrong, unsolved


def _values(found, weights, share, cell, most_tables):
    """
    Return counts of satisfied of a cell that fit, three at least when there are.

    And whether all tables were searched to the end: if not, others might fit.
    """
    order = np.argsort([-table.ravel()[cell] for table in found], kind="stable")[:most_tables]
    values, is_whole = set(), len(order) == len(found)
    for rank in order:
        own = found[rank], weights[rank], share, cell
        ends = {satisfied(*own, aim) for aim in (1, -1)} - {None}
        values |= {end for end in ends if end == end}  # noqa: PLR0124 - nan
        between = range(min(values, default=0) + 1, max(values, default=0))
        answers = [satisfied(*own, 1, asked=one) for one in between if one not in values]
        values |= {one for one in answers if one is not None and one == one}  # noqa: PLR0124
        is_whole &= not any(one != one for one in (*ends, *answers))  # noqa: PLR0124
        if len(values) >= ENOUGH:
            break
    return values, is_whole


@dataclass(frozen=True)
class Crossed:
    """
    What is told of some characteristics and of overall satisfaction.

    `sizes`: people of some levels of an axis together (axis, levels, fewest, most); `judged`: their
    opinions and satisfied (axis, levels, opinions, satisfied).
    """

    shape: tuple[int, ...]
    people: int
    opinions: int
    satisfied: int
    sizes: tuple[tuple[int, tuple[int, ...], int, int], ...]
    judged: tuple[tuple[int, tuple[int, ...], int, int], ...]


def between(crossed, cell, *, of_satisfied):
    """Return the fewest and the most people, or satisfied, of a cell, by an integer programme."""
    size = int(np.prod(crossed.shape))
    eye, nil, ones = np.eye(size), np.zeros((size, size)), np.ones(size)
    rows = [np.kron([1, 0, 0], ones), np.kron([0, 1, 0], ones), np.kron([0, 0, 1], ones)]
    low = [crossed.people, crossed.opinions, crossed.satisfied]
    high = [*low]
    for axis, levels, fewest, most in crossed.sizes:
        rows.append(np.kron([1, 0, 0], _mask(crossed.shape, axis, levels)))
        low.append(fewest)
        high.append(most)
    for axis, levels, opinions, happy in crossed.judged:
        mask = _mask(crossed.shape, axis, levels)
        rows += [np.kron([0, 1, 0], mask), np.kron([0, 0, 1], mask)]
        low += [opinions, happy]
        high += [opinions, happy]
    limits = [
        LinearConstraint(np.array(rows), low, high),
        LinearConstraint(np.hstack([eye, -eye, nil]), 0, np.inf),  # opinions among people
        LinearConstraint(np.hstack([nil, eye, -eye]), 0, np.inf),  # satisfied among opinions
    ]
    aim = np.zeros(3 * size)
    aim[2 * size * of_satisfied + cell] = 1
    ends = []
    for sign in (1, -1):
        # A linear programme first: its solution is almost always whole, and is found at once.
        found = milp(sign * aim, constraints=limits)
        if np.abs(found.x - found.x.round()).max() > NEAR:
            whole = np.ones(3 * size)
            found = milp(sign * aim, integrality=whole, constraints=limits, options=LIMITS)
        ends.append(round(sign * found.fun) if found.success else None)
    return tuple(ends)


def _mask(shape, axis, levels):
    """Return 1 for the cells of some levels of an axis, as one row."""
    mask = np.zeros(shape)
    mask.swapaxes(0, axis)[list(levels)] = 1
    return mask.ravel()


def exact(told, found, weights):
    """
    Return the tables, and the satisfied of each cell, that give one weighted share to 9 decimals.

    All people of the table gave an opinion. The cells are cut in two halves: the sums of one are
    sorted, those of the other looked for among them.
    """
    share = told.shares[0]
    kept = defaultdict(set)
    for rank, (table, own) in enumerate(zip(found, weights, strict=True)):
        people, w = table.ravel(), own.ravel()
        half = people.size // 2
        left, right = _sums(people[:half], w[:half]), _sums(people[half:], w[half:])
        goal = share.weighted * float(people @ w)
        order = np.argsort(right[1])
        sums = right[1][order]
        first = np.searchsorted(sums, goal - left[1] - 1e-9)
        last = np.searchsorted(sums, goal - left[1] + 1e-9)
        for place in np.flatnonzero(last > first):
            for other in order[first[place] : last[place]]:
                happy = (*left[0][place], *right[0][other])
                if sum(happy) == share.satisfied:
                    kept[rank].add(happy)
    return kept


def _sums(people, w):
    """Return every count of satisfied of some cells, one row each, and its weighted sum."""
    axes = np.meshgrid(*(np.arange(k + 1) for k in people), indexing="ij")
    counts = np.stack([axis.ravel() for axis in axes], axis=1)
    return counts, counts @ w
