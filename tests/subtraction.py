"""What the verbs of one published notebook tell together: can a hidden cell be worked out?

The attacker knows how many visitors each answer tells of, and adds and subtracts: an integer
programme says between what each hidden cell of one to four visitors lies. Shares of opinions that
the reports give are told whatever the number; what they give back alone is no fault of the others.
"""

import contextlib
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from qpref import ouvrir
from qpref.errors import QprefError

FEW, MOST = 5, 500
ALL = ("Total", "Ensemble")
PLANNED = "rapport"


class Known:
    """What is known of a table of groups by answers: sums of its cells, and shares."""

    def __init__(self, truth, members=None):
        self.truth, self.facts, self.members = truth, [], members or {}
        self.n_dimensions = truth.index.nlevels

    def _sum(self, row, column):
        return np.outer(self._rows(row), self._columns(column)).ravel().astype(float)

    def hear(self, row, column, value, source=""):
        """Add a count; it must be the true one. A row, or a column, of all is a total."""
        if pd.notna(value):
            own = self._sum(row, column)
            assert own @ self.truth.to_numpy().ravel() == pytest.approx(value), (row, column)
            self.facts.append((own, value, source))

    def hear_share(self, row, column, share, source=""):
        if pd.notna(share):
            self.facts.append(
                (self._sum(row, column) - share * self._sum(row, "Total"), 0.0, source)
            )

    def _rows(self, row):
        """Which rows of the table a group is: of several questions, a label or all for each."""
        labels = row if isinstance(row, tuple) else (row,) * self.n_dimensions
        assert isinstance(row, tuple) or self.n_dimensions == 1 or row in ALL
        found = np.full(len(self.truth), fill_value=True)
        for rank, label in enumerate(labels):
            if label not in ALL:
                own = self.members.get(label, [label])
                found &= self.truth.index.get_level_values(rank).isin(own)
        return found

    def _columns(self, column):
        every = self.truth.columns
        return every.isin([*every] if column == "Total" else np.atleast_1d(column))

    def _another(self, facts, aim):
        """Return counts that say the same, those that an aim makes smallest; None without any."""
        rows, values = np.array([own for own, _, _ in facts]), [value for _, value, _ in facts]
        near = LinearConstraint(rows, np.array(values) - 1e-7, np.array(values) + 1e-7)
        found = milp(aim, constraints=[near], integrality=np.ones(len(aim)),
                     bounds=Bounds(0, MOST), options={"time_limit": 2.0})  # fmt: skip
        return None if found.x is None else found.x.round()

    def _certain(self, cells, facts):
        """Return which cells have one value in all counts that say the same."""
        counts, left, found = self.truth.to_numpy().ravel(), [*cells], []
        while left:  # all at once, then one at a time: most are told apart by the first
            first, n_unknown = left[0], 0
            for several, sign in product((left, [first]), (-1, 1)):
                aim = np.zeros(self.truth.size)
                aim[several] = sign
                other = self._another(facts, aim)
                n_unknown += other is None
                if other is not None:
                    left = [cell for cell in left if other[cell] == counts[cell]]
            if first in left:
                left.remove(first)
                found += [first] if not n_unknown else []
        return found

    def given_back(self):
        """Return the cells of a few that the sums give back, and the reports alone do not."""
        counts = self.truth.to_numpy().ravel()
        planned = [fact for fact in self.facts if fact[2] == PLANNED]
        found = self._certain(np.flatnonzero((counts > 0) & (counts < FEW)), self.facts)
        if found and planned:
            found = sorted({*found} - {*self._certain(found, planned)})
        return [divmod(int(cell), self.truth.shape[1]) for cell in found]


class Study:
    """A study as a published notebook opens it, and the same with nothing hidden."""

    def __init__(self, site, campaign, root):
        self.masked = ouvrir(site, campaign, root)
        self.full = ouvrir(site, campaign, root, diffusion=False)
        self.groups = [one for one in self.masked.groupes if "__" not in one]
        self._resumed = {}
        self.members = dict(self._merged(by) for by in self.groups if self.masked._rare(by))

    def _merged(self, by):
        """The label of the groups told as one, and theirs."""
        names, few = self.full._names(by), self.masked._rare(by)
        (label,) = {*self.masked._names(by).values()} - {*names.values()}
        return label, [text for code, text in names.items() if code in few]

    def codes(self, by):
        """What keeps each group that is told, and its label."""
        for code, label in self.masked._names(by).items():
            yield ([*self.masked._rare(by)] if label in self.members else code), label

    def asked(self, question, by):
        """What croiser, distribution, comparer and resume tell of a question by group."""
        known = Known(self.full.croiser(question, par=by, marges=False).table, self.members)
        self._hear(known, question, by, lambda label: label)
        return known

    def asked_of_two(self, question, first, second):
        """The same of a question by two groups, by each, and of those of each group alone."""
        pair = [first, second]
        truth = self.full.croiser(question, par=pair, marges=False).table
        every = pd.MultiIndex.from_product(
            [[*dict.fromkeys(one)] for one in zip(*truth.index, strict=True)]
        )
        known = Known(truth.reindex(every, fill_value=0), self.members)
        crossed = self.masked.croiser(question, par=pair).table
        said = {*product(*(self.masked._names(by).values() for by in pair))} - {*crossed.index}
        for row in said:
            known.hear(row, "Total", 0)  # nobody is said to be there
        for rank, by in enumerate(pair):
            self._hear(known, question, by, lambda label, rank=rank: _at(rank, label))
        # Groups that exclude each other: what one question at a time gives back is no filter's.
        known.facts = [(own, value, PLANNED) for own, value, _ in known.facts]
        self._hear_counts(known, self.masked, question, pair, lambda labels: labels)
        for rank in range(2):
            self._hear_parts(known, question, pair, rank)
        return known

    def _hear_parts(self, known, question, pair, rank):
        """What the same verbs tell of the visitors of each group, by the other question."""
        other = pair[1 - rank]
        for code, label in self.codes(pair[rank]):
            with contextlib.suppress(QprefError):
                part = self.masked.filtrer({pair[rank]: code})

                def place(found, label=label):
                    return (label, found) if not rank else (found, label)

                _hear_alone(known, place("Total"), part, question)
                self._hear_counts(known, part, question, other, place)
                self._hear_levels(known, part, question, other, place)
                self._hear_favourable(known, part, question, other, place)
                for inside, told in self.codes(other):
                    with contextlib.suppress(QprefError):
                        _hear_alone(known, place(told), part.filtrer({other: inside}), question)

    def _hear(self, known, question, by, place):
        self._hear_counts(known, self.masked, question, by, place)
        whole = self.masked.distribution(question).table.iloc[0]
        known.hear("Total", "Total", whole["n"], PLANNED)
        for column in known.truth.columns.intersection(whole.index):
            known.hear_share("Total", column, whole[column], PLANNED)
        self._hear_levels(known, self.masked, question, by, place, PLANNED)
        self._hear_favourable(known, self.masked, question, by, place, PLANNED)

    def _hear_counts(self, known, study, question, by, place):
        crossed = study.croiser(question, par=by).table
        for row, column in product(crossed.index, crossed.columns):
            known.hear(place(row), column, crossed.loc[row, column])

    def _hear_levels(self, known, study, question, by, place, source=""):
        own = study.distribution(question, par=by).table.droplevel("question")
        for row, cells in own.iterrows():
            known.hear(place(row), "Total", cells["n"])
            for column in known.truth.columns.intersection(own.columns):
                known.hear_share(place(row), column, cells[column])
            known.hear_share(place(row), self._good(question), cells["favorables"], source)

    def _hear_favourable(self, known, study, question, by, place, source=""):
        good = self._good(question)
        with contextlib.suppress(QprefError):
            for row, cells in study.comparer(question, par=by).table.iterrows():
                known.hear(place(row), "Total", cells["n"], source)
                known.hear(place(row), good, cells["favorables"], source)
        if by not in self._resumed and study is self.masked:
            self._resumed[by] = study.resume(par=by).table
        text = self.masked._columns[question].question.texte_court
        shares = self._resumed[by].xs(text).iloc[0] if study is self.masked else {}
        for row, share in shares.items():
            known.hear_share(place(row), good, share, source)

    def _good(self, question):
        scale = self.masked._questionnaire.scale(question)
        return [one.libelle for one in scale.answers if one.favorable]

    def hear_filters(self, known, question, by):
        """What the same verbs tell of the visitors of each group alone."""
        for code, label in self.codes(by):
            with contextlib.suppress(QprefError):
                _hear_alone(known, label, self.masked.filtrer({by: code}), question)


def _at(rank, label):
    return (label, "Total") if not rank else ("Total", label)


def _hear_alone(known, group, study, question):
    own = study.distribution(question).table.iloc[0]
    known.hear(group, "Total", own["n"])
    for column in known.truth.columns.intersection(own.index):
        known.hear_share(group, column, own[column])
    for column, count in study.croiser(question).table.iloc[0].items():
        known.hear(group, column, count)


def assert_crossings_keep(study, rank):
    """One group, and one question of six."""
    by = study.groups[rank % len(study.groups)]
    for question in study.masked.avis[rank % 2 :: 6]:
        if question != by:
            assert study.asked(question, by).given_back() == [], (question, by)


def assert_filters_keep(study, rank):
    """One group, and one question of six."""
    by = study.groups[rank % len(study.groups)]
    for question in study.masked.avis[rank % 3 :: 6]:
        known = study.asked(question, by)
        study.hear_filters(known, question, by)
        assert known.given_back() == [], (question, by)


def assert_crossed_filters_keep(study, rank):
    """Two groups, one question: filters by one, crossed by the other, and by both."""
    pairs = [*combinations(study.groups, 2)]
    first, second = pairs[rank * 7 % len(pairs)]
    question = study.masked.avis[rank % len(study.masked.avis)]
    assert study.asked_of_two(question, first, second).given_back() == [], (question, first, second)
