"""What the verbs of one published notebook tell together: can a hidden cell be worked out?

The attacker knows how many visitors each answer tells of, and adds and subtracts: an integer
programme says between what each hidden cell of one to four visitors lies. Shares of opinions that
the reports give are told whatever the number; what they give back alone is no fault of the others.
"""

import contextlib
from itertools import product

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

    def __init__(self, truth):
        self.truth, self.facts = truth, []

    def _sum(self, rows, columns):
        return np.outer(self.truth.index.isin(rows), self.truth.columns.isin(columns)).ravel()

    def hear(self, row, column, value, source=""):
        """Add a count; it must be the true one. A row, or a column, of all is a total."""
        if pd.notna(value):
            own = self._sum(self._rows(row), self._columns(column)).astype(float)
            assert own @ self.truth.to_numpy().ravel() == pytest.approx(value), (row, column)
            self.facts.append((own, value, source))

    def hear_share(self, row, column, share, source=""):
        if pd.notna(share):
            own = self._sum(self._rows(row), self._columns(column)).astype(float)
            base = self._sum(self._rows(row), [*self.truth.columns])
            self.facts.append((own - share * base, 0.0, source))

    def _rows(self, row):
        return [*self.truth.index] if row in ALL else [row]

    def _columns(self, column):
        return [*self.truth.columns] if column == "Total" else np.atleast_1d(column)

    def _range(self, cell, facts):
        rows, values = np.array([own for own, _, _ in facts]), [value for _, value, _ in facts]
        near = LinearConstraint(rows, np.array(values) - 1e-7, np.array(values) + 1e-7)
        ends = []
        for sign in (1, -1):
            aim = np.zeros(self.truth.size)
            aim[cell] = sign
            found = milp(aim, constraints=[near], integrality=np.ones(len(aim)),
                         bounds=Bounds(0, MOST), options={"time_limit": 2.0})  # fmt: skip
            ends.append(None if found.x is None else round(found.x[cell]))
        return ends

    def given_back(self):
        """Return the cells of a few that the sums give back, and the reports alone do not."""
        counts = self.truth.to_numpy().ravel()
        planned = [fact for fact in self.facts if fact[2] == PLANNED]
        found = []
        for cell in np.flatnonzero((counts > 0) & (counts < FEW)):
            least, most = self._range(cell, self.facts)
            if least is not None and least == most and planned:
                least, most = self._range(cell, planned)
                if least == most:
                    continue
            if least is not None and least == most:
                found.append(divmod(int(cell), self.truth.shape[1]))
        return found


class Study:
    """A study as a published notebook opens it, and the same with nothing hidden."""

    def __init__(self, site, campaign, root):
        self.masked = ouvrir(site, campaign, root)
        self.full = ouvrir(site, campaign, root, diffusion=False)
        self.groups = [one for one in self.masked.groupes if "__" not in one]
        self._resumed = {}

    def asked(self, question, by):
        """What croiser, distribution, comparer and resume tell of a question by group."""
        known = Known(self.full.croiser(question, par=by, marges=False).table)
        crossed = self.masked.croiser(question, par=by).table
        for row, column in product(crossed.index, crossed.columns):
            known.hear(row, column, crossed.loc[row, column])
        self._hear_levels(known, question, by)
        good = self._good(question)
        compared = self.masked.comparer(question, par=by).table
        for row, cells in compared.loc[compared.index.isin(known.truth.index)].iterrows():
            known.hear(row, "Total", cells["n"], PLANNED)
            known.hear(row, good, cells["favorables"], PLANNED)
        if by not in self._resumed:
            self._resumed[by] = self.masked.resume(par=by).table
        text = self.masked._columns[question].question.texte_court
        for row, share in self._resumed[by].xs(text).iloc[0].items():
            if row in known.truth.index or row in ALL:
                known.hear_share(row, good, share, PLANNED)
        return known

    def _hear_levels(self, known, question, by):
        whole = self.masked.distribution(question).table.iloc[0]
        known.hear("Total", "Total", whole["n"], PLANNED)
        for column in known.truth.columns:
            known.hear_share("Total", column, whole[column], PLANNED)
        own = self.masked.distribution(question, par=by).table.droplevel("question")
        for row, cells in own.iterrows():
            known.hear(row, "Total", cells["n"])
            for column in known.truth.columns:
                known.hear_share(row, column, cells[column])
            known.hear_share(row, self._good(question), cells["favorables"], PLANNED)

    def _good(self, question):
        scale = self.masked._questionnaire.scale(question)
        return [one.libelle for one in scale.answers if one.favorable]

    def hear_filters(self, known, question, by):
        """What the same verbs tell of the visitors of each group alone."""
        for code, label in self.masked._names(by).items():
            if label in known.truth.index:
                with contextlib.suppress(QprefError):
                    _hear_alone(known, label, self.masked.filtrer({by: code}), question)


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
