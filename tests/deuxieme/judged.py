"""
The intervals and verdicts of the second example's reports, found again from their definitions.

Nothing of qpref is used here: half-days (here days) reckoned with question by question, Newcombe's
interval on the answers that are left, the parts of the level, the step-up; by plain loops.
"""

from functools import cached_property
from itertools import chain
from math import inf, nan, sqrt

import numpy as np
import pandas as pd
from scipy import optimize, stats

from tests.deuxieme.oracle import Z
from tests.deuxieme.pools import Pool, clopper, visible_move

SMALLEST = 10  # answers of each side of a comparison
DAYS, DAYS_OF_QUESTION, MOST = 10, 6, 0.5  # to tell how alike the answers of one day are
SUPPOSED, SUPPOSED_OF_MEAN = 0.06, 0.18  # correlations, where they are too few
LEVEL, APART = 0.05, 0.01  # of a report; of what two sites' reports compare
ALONE, COVERED = 5, 0.8  # answers of a stratum in each campaign; part of the answers in these


class Opinions:
    """Who was satisfied with what, and when: one column a question, `days` one a visitor."""

    def __init__(self, told, days):
        self.told, self.days = told, days

    def of(self, name):
        known = self.told[name].notna()
        return self.told.loc[known, name], self.days[known]

    @property
    def is_by_day(self):
        return self.days.nunique() >= DAYS

    def sums(self, name):
        """By day: answers, and how far they are from the share, added up."""
        happy, days = self.of(name)
        gaps = (happy - happy.mean()).groupby(days).sum()
        return days.value_counts().reindex(gaps.index).to_numpy(float), gaps.to_numpy(float)

    def is_told_apart(self, name):
        if not self.is_by_day or not self.told[name].notna().any():
            return False
        sizes, _ = self.sums(name)
        return len(sizes) >= DAYS_OF_QUESTION and sizes.max() < MOST * sizes.sum()

    def components(self, name):
        """Between days, and in all, of the analysis of variance."""
        happy, _ = self.of(name)
        n = len(happy)
        if not self.is_told_apart(name):
            return 0.0, 0.0
        sizes, gaps = self.sums(name)
        if n <= len(sizes):
            return 0.0, 0.0
        squares = sum(gap**2 / size for gap, size in zip(gaps, sizes, strict=True))
        between = squares / (len(sizes) - 1)
        within = (n * happy.var(ddof=0) - squares) / (n - len(sizes))
        alike = (between - within) / ((n - sum(sizes**2) / n) / (len(sizes) - 1))
        return alike, alike + within


def correlation(*surveys):
    """How alike two answers of one day are, questions together."""
    found = [one.components(name) for one in surveys for name in one.told]
    between, whole = np.sum(found, axis=0)
    return max(between / whole, 0.0) if whole > 0 else 0.0


def cr2(totals, parts):
    """Variance of a mean by clusters, bias-reduced, and its degrees of freedom."""
    variance = sum(t**2 / (1 - w) for t, w in zip(totals, parts, strict=True))
    r = parts**2 / (1 - parts)
    return variance, 1 / (sum(parts**2) + sum(r) ** 2 - sum(r**2))


def effect(survey, name, alike):
    """The design effect of a share, and its degrees of freedom."""
    happy, _ = survey.of(name)
    n, spread = len(happy), happy.var(ddof=0)
    sizes, gaps = survey.sums(name)
    size = sum(sizes**2) / n
    if not survey.is_told_apart(name):
        return max(1 + (size - 1) * max(alike, SUPPOSED), 1.0), inf
    variance, degrees = cr2(gaps / n, sizes / n)
    own = variance / (spread / n) if spread > 0 else 1.0
    return max((own + 1 + (size - 1) * alike) / 2, 1.0), max(2 * degrees, 3.0)


def cost(survey, name):
    """By how much the effect, and what it leaves unsure, divide the answers."""
    found, degrees = effect(survey, name, correlation(survey))
    return found * (stats.t.isf(0.025, degrees) / Z) ** 2


def margin(survey):
    """The largest half-width of a share that all visitors give, of a question that most answer."""
    n = len(survey.told)
    asked = [name for name in survey.told if survey.told[name].notna().sum() >= n / 2]
    size = n / max(cost(survey, name) for name in asked)
    low, high = wilson(0.5, size, Z)
    return max(0.5 * Z / sqrt(size), (high - low) / 2)


def one_share(survey, name):
    """The interval of a share, of the answers that are left."""
    happy, _ = survey.of(name)
    k, n = int(happy.sum()), len(happy)
    size = n / cost(survey, name)
    if n < 30 or min(k, n - k) < 5:
        return clopper(k / n * size, size)
    return wilson(k / n, size, Z)


def wilson(p, n, z):
    centre, half = p + z * z / 2 / n, z * sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    return (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)


class Line:
    """A comparison: shares, effective answers, degrees of freedom; of a mean, its error."""

    def __init__(self, now, before, error=None, weight=0.0):
        (self.p1, self.n1, v1, f1), (self.p0, self.n0, v0, f0) = now, before
        self.gap, self.error, self.weight = self.p1 - self.p0, error, weight
        parts = (0 if f == inf else v * v / f for v, f in ((v1, f1), (v0, f0)))
        below = sum(parts)
        self.degrees = max((v1 + v0) ** 2 / below if below else min(f1, f0), 3.0)

    def around(self, quantile):
        if self.error is not None:
            return self.gap - quantile * self.error, self.gap + quantile * self.error
        (l1, u1), (l0, u0) = wilson(self.p1, self.n1, quantile), wilson(self.p0, self.n0, quantile)
        low, high = sqrt((self.p1 - l1) ** 2 + (u0 - self.p0) ** 2), 0
        high = sqrt((u1 - self.p1) ** 2 + (self.p0 - l0) ** 2)
        return self.gap - low, self.gap + high

    def interval(self, level):
        return self.around(stats.t.isf(level / 2, self.degrees))

    @property
    def p(self):
        """The level at which the interval touches zero."""

        def nearest(quantile):
            low, high = self.around(quantile)
            return low if self.gap > 0 else -high

        if round(self.gap, 12) == 0:
            return 1.0
        if nearest(60) > 0:
            return float(2 * stats.t.sf(60, self.degrees))
        return float(2 * stats.t.sf(optimize.brentq(nearest, 1e-9, 60), self.degrees))


def side(survey, name, alike):
    happy, _ = survey.of(name)
    found, degrees = effect(survey, name, alike)
    p, n = happy.mean(), len(happy)
    return p, n / found, found * p * (1 - p) / n, degrees


def mean_side(survey, names):
    """The mean of the shares: each visitor, then each day, one value; the larger variance."""
    people = survey.told[names].notna()
    n = people.sum()
    gaps = ((survey.told[names] - survey.told[names].mean()) / n).fillna(0).mean(axis=1)
    parts = (people / n).mean(axis=1)
    kept = parts > 0
    alone = cr2(gaps[kept].to_numpy(), parts[kept].to_numpy())
    found = alone
    if survey.is_by_day:
        totals, weights = gaps.groupby(survey.days).sum(), parts.groupby(survey.days).sum()
        by_day = cr2(totals.to_numpy(), weights.to_numpy())
        found = by_day if by_day[0] >= alone[0] else (alone[0], min(alone[1], by_day[1]))
    else:
        sizes = [sum(survey.sums(name)[0] ** 2) / n[name] for name in names]
        found = alone[0] * (1 + (np.mean(sizes) - 1) * SUPPOSED_OF_MEAN), inf
    return survey.told[names].mean().mean(), nan, *found


def equal_side(survey, name, strata, shares, alike):
    """The share with the strata in given parts, half-days reckoned with."""
    happy, days = survey.of(name)
    strata = strata.reindex(happy.index)
    weights, gaps = pd.Series(0.0, happy.index), pd.Series(0.0, happy.index)
    for stratum, share in shares.items():
        own = strata == stratum
        weights[own] = share / own.sum()
        gaps[own] = happy[own] - happy[own].mean()
    p, squares = (weights * happy).sum(), (weights**2).sum()
    parts = weights.groupby(days).sum().to_numpy()
    usual, size = p * (1 - p) * squares, sum(parts**2) / squares
    variance, degrees = usual * (1 + (size - 1) * max(alike, SUPPOSED)), inf
    if survey.is_told_apart(name):
        own, degrees = cr2((weights * gaps).groupby(days).sum().to_numpy(), parts)
        variance, degrees = (own + usual * (1 + (size - 1) * alike)) / 2, 2 * degrees
    variance = max(variance, usual)
    return p, p * (1 - p) / variance, variance, degrees


class Judged:
    """What the comparisons of one site and campaign must say."""

    def __init__(self, expected):
        self.expected, self.received = expected, expected.received
        asked = self.received.questions
        self.names = [name for name, q in asked.items() if q["type"] == "opinion"]
        self.main = self.received.roles["satisfaction_globale"]

    def costs(self, columns):
        """The same of boxes, or of numbers, of this campaign."""
        table = pd.DataFrame(columns)
        told = table.notna().any(axis=1)
        days = self.now.days[told]
        return {name: cost(Opinions(table.loc[told], days), name) for name in table}

    def survey(self, rows):
        """Rows of visitors as opinions and days; days of two places are not the same."""
        told = {}
        for name in self.names:
            levels = [level["code"] for level in self.received.levels(name)]
            is_told = rows[name].isin(levels)
            happy = rows[name].isin(self.received.favourable(name)).astype(float)
            told[name] = happy.where(is_told)
        days = rows[self.received.roles["date"]].astype(str) + " " + rows["site"].astype(str)
        return Opinions(pd.DataFrame(told), days)

    @cached_property
    def now(self):
        return self.survey(self.expected.now)

    @cached_property
    def before(self):
        rows = self.expected.before
        return None if rows is None else self.survey(rows)

    def moves(self, now, before):
        """Both sides, question by question, where both have answers enough."""
        alike = correlation(now, before)
        return {
            name: Line(side(now, name, alike), side(before, name, alike))
            for name in self.names
            if min(one.told[name].notna().sum() for one in (now, before)) >= SMALLEST
        }

    @cached_property
    def since(self):
        return {} if self.before is None else self.moves(self.now, self.before)

    @cached_property
    def together(self):
        """The mean of the questions, as one comparison."""
        if len(self.since) < 2:
            return None
        sides = [mean_side(one, [*self.since]) for one in (self.now, self.before)]
        return Line(*sides, error=sqrt(sum(one[2] for one in sides)))

    @cached_property
    def _strata(self):
        """Reasons of visit of both campaigns, how often each, and the common ones."""
        name = self.received.roles["motif"]
        labels = [rows[name] for rows in (self.expected.now, self.expected.before)]
        opinions = [one.told[self.main].notna() for one in (self.now, self.before)]
        counts = [own[known].value_counts() for own, known in zip(labels, opinions, strict=True)]
        both = counts[0].add(counts[1], fill_value=0)
        both = both[both.index != ""]
        common = [s for s in both.index if all(c.get(s, 0) >= ALONE for c in counts)]
        return labels, both, common

    @cached_property
    def covered(self):
        if self.main not in self.since:
            return 0.0
        _, both, common = self._strata
        return both[common].sum() / both.sum()

    @cached_property
    def equal_public(self):
        if self.covered < COVERED or len(self._strata[2]) < 2:
            return None
        labels, both, common = self._strata
        alike = correlation(*(Opinions(one.told[[self.main]], one.days)
                              for one in (self.now, self.before)))  # fmt: skip
        shares = both[common] / both[common].sum()
        sides = zip((self.now, self.before), labels, strict=True)
        return Line(*(equal_side(one, self.main, own, shares, alike) for one, own in sides))

    @cached_property
    def beside(self):
        rows = self.expected.elsewhere
        if rows is None:
            return {}
        whole = rows.loc[rows["campagne"] == self.expected.campaign]
        return self.moves(self.now, self.survey(whole)) if len(whole) else {}

    @cached_property
    def judged(self):
        """Every comparison by name, its interval, its p and the level kept for it alone."""
        wholes = [one for one in (self.together, self.equal_public) if one is not None]
        rest = [line for name, line in self.since.items() if name != self.main]
        for line in rest:
            line.weight = 0.5 / len(rest)
        if self.main in self.since:
            self.since[self.main].weight = 0.25
        for line in wholes:
            line.weight = 0.25 / len(wholes)
        for line in self.beside.values():
            line.weight = 1.0
        own = [*self.since.values(), *wholes]
        left = LEVEL - (APART if self.beside else 0)
        return {**step_up(own, left), **step_up([*self.beside.values()], APART)}

    def pool(self, name):
        """What may be said of the comparisons of a question."""
        pool = Pool()
        for family in (self.since, self.beside):
            if name in family:
                pool |= self._told(family[name])
        return pool

    def _told(self, line):
        low, high, p, level = self.judged[line]
        move = visible_move(line.n1, line.n0, line.p0 if line.gap >= 0 else 1 - line.p0, level)
        gaps = {line.gap, low, high} | ({move} if move else set())
        return Pool(gaps=gaps, numbers={p, level, 8, 10})

    @cached_property
    def whole(self):
        """What may be said of all of them."""
        rounded = [round(100 * line.gap) for line in self.since.values()]
        counts = {sum(x > 0 for x in rounded), sum(x < 0 for x in rounded), rounded.count(0)}
        pool = Pool(numbers={len(rounded), len(self.judged), *counts}, shares={self.covered})
        if self.equal_public is not None:
            labels, _, common = self._strata
            for one, own in zip((self.now, self.before), labels, strict=True):
                known = one.told[self.main].notna() & own.isin(common)
                pool.numbers.add(int(known.sum()))
        if self.together is not None:
            for one in (self.now, self.before):
                pool.numbers.add(int(one.told[[*self.since]].notna().any(axis=1).sum()))
        for line in (self.together, self.equal_public):
            if line is not None:
                pool |= self._told(line)
                pool.shares |= {line.p1, line.p0}
        return pool


def pooled(lines):
    """
    The same question at several sites, each compared with itself: Mantel and Haenszel.

    Weights n₁n₀/(n₁ + n₀) in effective answers; variances with two answers more on each side.
    """
    weights = [one.n1 * one.n0 / (one.n1 + one.n0) for one in lines]
    weights = [w / sum(weights) for w in weights]
    spread = []
    for one, w in zip(lines, weights, strict=True):
        tried = [((p * n + 1) / (n + 2), n + 2) for p, n in ((one.p1, one.n1), (one.p0, one.n0))]
        spread.append(w * w * sum(p * (1 - p) / n for p, n in tried))
    p1, p0 = (sum(w * p for w, p in zip(weights, own, strict=True))
              for own in ([one.p1 for one in lines], [one.p0 for one in lines]))  # fmt: skip
    found = Line((p1, nan, 1, inf), (p0, nan, 1, inf), error=sqrt(sum(spread)))
    below = sum(s * s / one.degrees for s, one in zip(spread, lines, strict=True))
    found.degrees = max(sum(spread) ** 2 / below if below else inf, 3.0)
    return found


def all_sites(sites):
    """What may be said of the changes of all sites together, judged in one family."""
    lines, pool = {}, Pool()
    for name in sites[0].names:
        own = [one.since[name] for one in sites if name in one.since]
        if len(own) > 1:
            lines[name] = pooled(own)
            told = sum(int(one.now.told[name].notna().sum()) for one in sites if name in one.since)
            pool.numbers.add(told)
    for name, line in lines.items():
        line.weight = 0.25 if name == sites[0].main else 0.5 / max(len(lines) - 1, 1)
    for line, (low, high, *_) in step_up([*lines.values()], LEVEL).items():
        pool.gaps |= {line.gap, low, high}
    return pool


def step_up(lines, level):
    """Weighted step-up of Benjamini and Hochberg, and the intervals of what it selects."""
    total = sum(line.weight for line in lines)
    m, p = len(lines), [line.p for line in lines]
    weights = [line.weight / total * m for line in lines]
    at = [[min(level * rank * w / m, LEVEL) for w in weights] for rank in range(1, m + 1)]
    reached = [
        rank
        for rank, levels in enumerate(at, start=1)
        if sum(one <= own for one, own in zip(p, levels, strict=True)) >= rank
    ]
    last = at[max(chain(reached, [1])) - 1] if lines else []
    return {
        line: (*line.interval(own), one, level * w / m)
        for line, own, one, w in zip(lines, last, p, weights, strict=True)
    }
