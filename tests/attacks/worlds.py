"""Other surveys that would have been published alike: what a crossed cell may hold, by examples.

The attacker knows the program: he makes a survey, has it computed, and compares every number that
crosses counters and half-days with the published ones: weighted shares, their intervals, design
effects, the range of the weights, and the intervals without weights, which half-days make larger.
His moves leave alone all that is counted: visitors change counters two by two; answers to a
question are exchanged, those on overall satisfaction between visitors of the same groups only. A
value of which no such survey was found is not shown: the cell is then named, never told as safe.
"""

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from time import process_time

import numpy as np
import pandas as pd

from qpref.errors import MarginError
from qpref.quality.groups import satisfied
from qpref.quality.likeness import balanced, tells_of_few, weight_range
from qpref.statistics.clusters import Sample, costs
from qpref.statistics.measure import Measure
from qpref.statistics.publication import published
from qpref.statistics.shares import share_interval
from qpref.statistics.weighting import rake
from qpref.wording.french import two_digits

SMALL, ENOUGH = 5, 3  # a cell under 5 people; values that must fit
MARGINS = ("guichet", "demi_journee")
BOUNDS = (0.3, 3)  # of the weights, as multiples of their mean
FEWEST = 10  # half-days, for them to be clusters
# Exchanges of answers after one in the cell, attempts at each count, other tables tried.
MOVES, TRIES, WORLDS = 6, 20, 4
STEPS = (1, -1, 2, -2, 3)  # visitors more in the cell
SECONDS = 60.0  # of computing, for a cell: what was not shown by then is named


@dataclass(frozen=True, eq=False)
class Survey:
    """
    The answers of a site that are weighted.

    Parameters
    ----------
    rows
        One row a visitor, the columns of the margins.
    totals
        Passages by margin and level.
    happy
        1, 0 or missing: one column a question.
    questions
        Those of opinion, in the order of `happy`.
    moments
        The half-day of each visitor.
    alike
        Among whom the answers to the question `main` may be exchanged: a code a visitor.
    """

    rows: pd.DataFrame
    totals: dict
    happy: pd.DataFrame
    questions: list
    moments: pd.Series
    alike: np.ndarray
    main: str
    chance: np.random.Generator

    @classmethod
    def of(cls, opened, seed=0):
        """Return the survey of a site and campaign."""
        asked, (_, rows, margins) = opened._asked, opened._models.weights
        ranks = asked.ranks.reindex(rows.index)
        happy = ranks.apply(lambda one: satisfied(one, asked.questionnaire, str(one.name)))
        groups = pd.DataFrame(opened._groups.labels).reindex(rows.index)
        groups = groups.astype("object").fillna("")
        return cls(
            rows[margins].astype(str),
            {name: opened._models._margin(name) for name in margins},
            happy,
            [*asked.questionnaire.opinions],
            asked.half_days.reindex(rows.index),
            groups.groupby([*groups]).ngroup().to_numpy(),
            asked.main,
            np.random.default_rng(seed),
        )

    @cached_property
    def counters(self):
        return self.rows[MARGINS[0]].to_numpy(object)

    @cached_property
    def half_days(self):
        return self.rows[MARGINS[1]].to_numpy(object)

    @cached_property
    def clusters(self):
        """The half-day of each visitor, None when they are too few to be told apart."""
        is_known = self.moments.notna().all() and self.moments.nunique() >= FEWEST
        return pd.factorize(self.moments.astype(str))[0] if is_known else None

    @cached_property
    def truth(self):
        return World(self, self.counters)

    @cached_property
    def small_cells(self):
        """The crossed cells of one to four people."""
        cells = pd.DataFrame({"counter": self.counters, "half_day": self.half_days})
        found = cells.value_counts(sort=False)
        return [*found.index[found < SMALL]]

    def inside(self, counters, cell):
        return (counters == cell[0]) & (self.half_days == cell[1])

    def answers(self, question):
        return self.happy[question.id].to_numpy(float)

    def partners(self, question, visitor):
        """Return with whom a visitor may exchange an answer, all that is counted staying alike."""
        if question.id != self.main:
            return np.ones(len(self.alike), dtype=bool)
        return self.alike == self.alike[visitor]

    def intervals(self, question, values):
        """Return the intervals of all questions without weights, as they are printed."""
        happy = self.happy.assign(**{question.id: values}).to_numpy(float)
        sample = Sample(happy, self.clusters)
        low, high = share_interval(
            np.nansum(happy, axis=0), np.isfinite(happy).sum(axis=0), cost=costs(sample)
        )
        bounds = zip(sample.part, low, high, strict=True)
        told = [published(Measure(value=v, low=a, high=b)) for v, a, b in bounds]
        return tuple((one.value, one.low, one.high) for one in told)


class World:
    """One survey: the counter of each visitor; answers are the true ones until they move."""

    def __init__(self, survey, counters):
        self.survey, self.counters = survey, counters
        answers = survey.rows.assign(**{MARGINS[0]: counters})
        self.weights = rake(answers, survey.totals, bounds=BOUNDS)
        self.is_told = not tells_of_few(self.weights, SMALL)
        self.design = self.weights.design(clusters=survey.clusters)

    @cached_property
    def told(self):
        """What is said of the weights themselves, when it is."""
        numbers = (*weight_range(self.weights), self.weights.n_effective)
        return tuple(map(two_digits, numbers)) if self.is_told else None

    def printed(self, question, values):
        """Return what leaves when a question has these answers."""
        found = balanced(self.design, pd.DataFrame({question.id: values}), [question])
        weighted = ()  # too few opinions: no weighted share
        if found:
            one = published(found[0].weighted)
            effect = two_digits(found[0].deff) if self.is_told else ""
            weighted = (one.value, one.low, one.high, effect)
        return weighted, self.survey.intervals(question, values)

    def holds(self, question, cell):
        """
        Yield counts of satisfied that a cell may have here, all being printed as it is.

        With each, whose answer every visitor then has.
        """
        survey = self.survey
        inside, true = survey.inside(self.counters, cell), survey.answers(question)
        aim, now = survey.truth.printed(question, true), np.nansum(true[inside])
        for wanted in sorted(range(inside.sum() + 1), key=lambda one: abs(one - now)):
            for _ in range(TRIES):
                order = np.arange(len(true))
                if not self._reached(question, order, inside, wanted):
                    break
                if self._repaired(question, order, inside, aim):
                    yield wanted, order
                    break

    def _reached(self, question, order, inside, wanted):
        """Exchange answers until as many as wanted are satisfied in the cell; tell whether."""
        survey, true = self.survey, self.survey.answers(question)
        while (now := int(np.nansum(true[order][inside]))) != wanted:
            is_happy = true[order] == 1
            ours = inside & (is_happy if now > wanted else ~is_happy)
            first = survey.chance.choice(np.flatnonzero(ours))
            theirs = ~inside & (is_happy != is_happy[first]) & survey.partners(question, first)
            if not theirs.any():
                return False
            exchange(order, first, survey.chance.choice(np.flatnonzero(theirs)))
        return True

    def _repaired(self, question, order, inside, aim):
        """Whether a few exchanges outside the cell bring back all that is printed."""
        survey, true, w = self.survey, self.survey.answers(question), self.weights.by_answer
        goal = share(true, survey.truth.weights.by_answer)
        for _ in range(MOVES):
            values = true[order]
            if self.printed(question, values) == aim:
                return True
            free = np.isfinite(values) & ~inside
            gap = (goal - share(values, w)) * w[np.isfinite(values)].sum()
            first = survey.chance.choice(np.flatnonzero(free))
            fits = free & (values != values[first]) & survey.partners(question, first)
            fits = np.flatnonzero(fits)
            if fits.size:
                gain = (w[fits] - w[first]) * (values[first] - values[fits])
                nearest = fits[np.argsort(np.abs(gap - gain))[:3]]
                exchange(order, first, survey.chance.choice(nearest))
        return False


def share(values, weights):
    known = np.isfinite(values)
    return values[known] @ weights[known] / weights[known].sum()


def exchange(values, first, second):
    values[[first, second]] = values[[second, first]]


def others(survey, cell, step):
    """Yield surveys where visitors have each other's counter: the cell has `step` more of them."""
    came, place = survey.half_days == cell[1], survey.counters == cell[0]
    ours, theirs = (came & ~place, ~came & place) if step > 0 else (came & place, ~came & ~place)
    if min(ours.sum(), theirs.sum()) < abs(step):
        return
    for _ in range(TRIES):
        first, second = (
            survey.chance.choice(np.flatnonzero(one), abs(step), replace=False)
            for one in (ours, theirs)
        )
        counters = survey.counters.copy()
        counters[first], counters[second] = survey.counters[second], survey.counters[first]
        with suppress(MarginError):
            world = World(survey, counters)
            if world.told == survey.truth.told:
                yield world


def values(survey, cell, questions, until=np.inf):
    """
    Return the counts of satisfied that were shown to fit a cell, by question; three suffice.

    The true survey is searched to the end; others until the processor's clock says so.
    """
    found = {question.id: set() for question in questions}
    more = islice(others(survey, cell, 1), WORLDS)
    for world in chain([survey.truth], more):
        for question in questions:
            own = found[question.id]
            tried = world.holds(question, cell) if len(own) < ENOUGH else ()
            for one, _ in tried:
                own.add(one)
                if len(own) >= ENOUGH:
                    break
        if process_time() > until or all(len(own) >= ENOUGH for own in found.values()):
            break
    return found


def sizes(survey, cell, until=np.inf):
    """Return the numbers of people that were shown to fit a cell: all questions are repaired."""
    found = {int(survey.inside(survey.counters, cell).sum())}
    for step in STEPS:
        if len(found) >= ENOUGH:
            break
        for world in islice(others(survey, cell, step), WORLDS):
            if process_time() > until:
                break
            if all(next(world.holds(one, cell), None) for one in survey.questions):
                found.add(int(survey.inside(world.counters, cell).sum()))
                break
    return found


def unsolved(survey, cell, questions):
    """Return what three values were not shown to fit: the people of a cell, or its satisfied."""
    until = process_time() + SECONDS
    shown = values(survey, cell, questions, until)
    fit = sizes(survey, cell, until)
    wrong = [("effectif", cell, sorted(fit))] if len(fit) < ENOUGH else []
    return wrong + [(name, cell, sorted(own)) for name, own in shown.items() if len(own) < ENOUGH]
