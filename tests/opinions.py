"""Opinions made up from counts, and what the reports compare of them."""

import numpy as np

from qpref.quality.family import Family
from qpref.statistics.clusters import Sample
from qpref.statistics.comparison import (
    CHANGE,
    EQUAL_PUBLIC,
    MEAN,
    NOTHING,
    Side,
    compare,
    lines,
    mean_change,
)
from qpref.statistics.verdicts import judge

NO_FAMILY = {CHANGE: NOTHING, MEAN: NOTHING, EQUAL_PUBLIC: NOTHING}


def visitors(**counts):
    """Visitors who each came alone: `question=(satisfied, opinions)`, the first ones satisfied."""
    people = max(n for _, n in counts.values())
    told = np.full((people, len(counts)), np.nan)
    for column, (satisfied, n) in enumerate(counts.values()):
        told[:n, column] = 0
        told[:satisfied, column] = 1
    return Sample(told, np.arange(people))


def known(now, before, question="q"):
    """One comparison, `(satisfied, opinions)`, of answers worth one each and of known variance."""
    sides = [
        Side(*(np.array([x], dtype=float) for x in (n, k / n, n, 0.1, np.inf)))
        for k, n in (now, before)
    ]
    return lines({"question": [question], "groupe": ""}, *sides)


def judged(now=None, before=None, main="global", **others):
    """The comparisons of two campaigns, `visitors` of the same questions, and others, judged."""
    families = dict(NO_FAMILY)
    if now is not None:
        asked = [*now]
        sides = visitors(**now), visitors(**before)
        families[CHANGE] = compare(*sides, asked)
        families[MEAN] = mean_change(*sides)
    return judge({**families, **others}, main)


def family(now=None, before=None, main="global", **others):
    """The same, as reports read them."""
    return Family(judged(now, before, main, **others), strata="", covered=0.0, by_half_day=True)
