"""All numbers that several calls of verbs tell, put together: filters, crossings, comparisons.

The attacker knows which visitors each number counts, by the labels beside it, and adds and
subtracts: an integer programme gives the least and the most that each crossed cell may hold. He
knows the weight of each kind of visitor, and nothing of how cells are hidden. A visitor is a kind:
what he answered to one question and to three others, or why he did not, all combinations being
possible.
"""

import contextlib
from dataclasses import dataclass, field
from itertools import combinations, product

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from qpref import ouvrir
from qpref.errors import QprefError
from qpref.quality.individuals import ANSWERED, PLACES, REASONS
from qpref.quality.profile import OTHER
from qpref.questions import Answer
from qpref.workbook.kept import by_week
from qpref.workbook.study_base import NOT_TOLD

FEW, MOST = 5, 1000
ALL = {"Total", "Ensemble"}
LOST = "?"  # before why there is no answer
NONE = ""  # no opinion
STATES = {text: code for code, text in REASONS.items()}
PROMOTERS = {"promoteurs": (9, 10), "passifs": (7, 8), "detracteurs": range(7)}
NEAR = 1e-6


@dataclass(eq=False)
class Told:
    """Numbers that were told, each a sum over some kinds of visitors, exact or between two."""

    kinds: pd.DataFrame
    true: np.ndarray
    rows: dict = field(default_factory=dict)

    def hear(self, sums, value, near=0.0):
        """Add a count, or a weighted sum told with few digits; it must be the true one."""
        if pd.notna(value):
            own = np.asarray(sums, dtype=float)
            assert abs(own @ self.true - value) < near + NEAR, value
            low, high = self.rows.get(own.tobytes(), (-np.inf, np.inf))
            self.rows[own.tobytes()] = max(low, value - near), min(high, value + near)

    def hear_share(self, part, whole, value, near):
        """Add the share of a sum in another, told with few digits."""
        if pd.notna(value):
            for sign in (1, -1):
                row = sign * (np.asarray(part, float) - (value + sign * near) * np.asarray(whole))
                assert row @ self.true < NEAR, value
                self.rows[row.tobytes()] = -np.inf, 0.0

    def bounds(self, mask):
        """Return the least and the most of some kinds; None where it was not found."""
        aim = np.asarray(mask, dtype=float)
        rows = np.array([np.frombuffer(one) for one in self.rows])
        low, high = np.array([*self.rows.values()]).T
        near = LinearConstraint(rows, low - NEAR, high + NEAR)
        found = [
            milp(sign * aim, constraints=[near], integrality=np.ones(len(aim)),
                 bounds=Bounds(0, MOST), options={"time_limit": 3.0}).x
            for sign in (1, -1)
        ]  # fmt: skip
        return [None if one is None else round(float(aim @ one)) for one in found]

    def is_known(self, mask):
        """Whether one number alone fits."""
        low, high = self.bounds(mask)
        return low is not None and low == high


class Analyst:
    """An analyst who publishes what verbs say of a site, by one question and some groups."""

    def __init__(self, site, campaign, root, *, question, names):
        self.study = ouvrir(site, campaign, root)
        self.question, self.names = question, [*names]
        self.columns = [question, *self.names]
        people = ouvrir(site, campaign, root, diffusion=False)._pool.individuals
        self.frame = pd.DataFrame({name: _levels(people, name) for name in self.columns})
        levels = [sorted({*self.frame[name]}) for name in self.frame]
        kinds = pd.DataFrame([*product(*levels)], columns=[*self.frame])
        counts = self.frame.value_counts().rename("n").reset_index()
        true = kinds.merge(counts, how="left", on=self.columns)["n"].fillna(0).to_numpy()
        days = people.groups("date")
        self.days = pd.Series(by_week(days).to_numpy(), days)
        self.told, self.planned = Told(kinds, true), Told(kinds, true)
        self.everyone = np.ones(len(kinds), dtype=bool)

    # What is told

    def publish(self):
        """Hear every call: crossings either way, filters of one and of two questions."""
        self._hear_reports()
        for asked, missing in product(self.columns, (False, True)):
            others = [name for name in self.columns if name != asked]
            for by in (one for size in range(3) for one in combinations(others, size)):
                self._hear(self.study, self.everyone, (asked, by), missing=missing)
        for first in self.columns:
            for wanted, mask in self._filters(first):
                self._hear_part({first: wanted}, mask, self.columns)
                for second in self.columns[self.columns.index(first) + 1 :]:
                    for other, also in self._filters(second):
                        self._hear_part({first: wanted, second: other}, mask & also, ())

    def _hear_part(self, wanted, mask, crossed):
        with contextlib.suppress(QprefError):
            part = self.study.filtrer(wanted)
            self.told.hear(mask, len(part))
            for by in ((), *((name,) for name in crossed)):
                self._hear(part, mask, (self.question, by))
            for name in crossed:
                self._hear(part, mask, (name, ()), missing=True)

    def _filters(self, name):
        """Yield each group, the first two and all but the first, as `filtrer` asks for them."""
        known = sorted(one for one in {*self.told.kinds[name]} if not one.startswith(LOST))
        for own in (*([one] for one in known), known[:2], known[1:]):
            mask = self.told.kinds[name].isin(own).to_numpy()
            if name == "date":
                yield sorted({*self.days.index[self.days.isin(own)]}), mask
            elif self._is_number(name):
                return
            elif not self.study._columns[name].is_box:
                yield own, mask
            elif len(own) == 1:
                yield own[0] == "oui", mask

    def _in(self, name, label, *, missing=True):
        """Which kinds are of a group, as a table names it."""
        if label in ALL and missing:
            return self.everyone
        own = self.told.kinds[name]
        lost = own.str.startswith(LOST).to_numpy()
        if label in ALL:
            return ~lost
        if label == NOT_TOLD:
            return lost
        if label in STATES:
            return (own == LOST + STATES[label]).to_numpy()
        if name not in PLACES and self._is_number(name):
            return own.eq(label).to_numpy()
        codes = [code for code, text in self.study._names(name).items() if text == label]
        return own.isin([*self.study._rare(name)] if codes == [OTHER] else codes or [label])

    def _is_number(self, name):
        return self.study._columns[name].kind is Answer.NUMBER

    def _hear(self, study, mask, asked, *, missing=False):
        question, by = asked
        with contextlib.suppress(QprefError):
            table = study.croiser(question, par=[*by], manquants=missing).table
            everyone = missing and not study._columns[question].is_box
            for inside, own, value in self._cells(table, mask, asked, missing=everyone):
                self.told.hear(inside & own, value)

    def _cells(self, table, mask, asked, *, missing):
        """Yield the groups, the answers and the value of each cell of a table."""
        question, by = asked
        for row, cells in table.iterrows():
            labels = row if isinstance(row, tuple) else (row,)
            inside = mask.copy()
            for name, label in zip(by, labels, strict=False):
                inside &= self._in(name, label)
            for answer, value in cells.items():
                yield inside, self._in(question, answer, missing=missing), value

    def _hear_reports(self):
        """What reports and `comparer` tell whatever the number: levels of all, happy by group."""
        column, given = self.study._columns[self.question], self.told.kinds[self.question]
        if not column.question.kind.is_judged:
            return
        happy = given.isin([one.code for one in column.levels if one.favorable]).to_numpy()
        answered = self._in(self.question, "Total", missing=False)
        facts = [answered, *(given.eq(code).to_numpy() for code in {*given})]
        for name in self.names:
            with contextlib.suppress(QprefError):
                for label in self.study.comparer(self.question, par=name).table.index:
                    facts += [self._in(name, label) & own for own in (answered, happy)]
        for mask in facts:
            self.told.hear(mask, mask @ self.told.true)
            self.planned.hear(mask, mask @ self.told.true)

    def hear_weights(self):
        """What `poids=True` tells, each weight being known: shares of sites, and all it may."""
        weights = self.study._weighting.by_person
        known = self.frame.assign(w=weights.reindex(self.frame.index).fillna(0.0))
        by_kind = known.groupby(self.columns)["w"].agg(["first", "nunique"])
        assert (by_kind["nunique"] == 1).all()  # what makes the weights is among the groups
        w = self.told.kinds.merge(by_kind, how="left", on=self.columns)["first"].fillna(1.0)
        for by in (one for size in range(3) for one in combinations(self.names, size)):
            asked = self.question, by
            with contextlib.suppress(QprefError):
                table = self.study.croiser(self.question, par=[*by], poids=True).table
                for inside, own, value in self._cells(table, self.everyone, asked, missing=False):
                    self.told.hear((inside & own) * w, value, 0.05)
        for name in ("site", *self.names):
            with contextlib.suppress(QprefError):
                found = self.study.comparer(self.question, par=name, poids=True).table
                (site,) = self.study._names("site").values()
                rows = found.iterrows() if name != "site" else [("Total", found.loc[site])]
                for label, row in rows:
                    self._hear_weighted(self._in(name, label), w, row)

    def _hear_weighted(self, inside, w, row):
        own = inside & self._in(self.question, "Total", missing=False)
        happy = [one.code for one in self.study._columns[self.question].levels if one.favorable]
        good = self.told.kinds[self.question].isin(happy).to_numpy()
        self.told.hear(own & (w > 0), row["n"])
        self.told.hear_share((own & good) * w, own * w, row["part"], 0.005)

    def hear_numbers(self):
        """What is told of marks by group: means, who would recommend and who would not."""
        given = self.told.kinds[self.question]
        value = pd.to_numeric(given, errors="coerce")
        for name, part, mask in self._parts():
            with contextlib.suppress(QprefError):
                means = part.comparer(self.question, par=name).table
                for label, row in means.iterrows():
                    own = mask & self._in(name, label) & value.notna().to_numpy()
                    self.told.hear(own, row["n"])
                    self.told.hear(own * value.fillna(0.0), row["n"] * row["moyenne"], NEAR)
            with contextlib.suppress(QprefError):
                for label, row in part.nps(self.question, par=name).table.iterrows():
                    for kind, marks in PROMOTERS.items():
                        own = mask & self._in(name, label) & value.isin([*marks]).to_numpy()
                        self.told.hear(own, row[kind])

    def _parts(self):
        """Yield each group by which the study and its filters are told, and who is kept."""
        yield from ((name, self.study, self.everyone) for name in self.names)
        for first in self.names:
            for wanted, mask in self._filters(first):
                with contextlib.suppress(QprefError):
                    part = self.study.filtrer({first: wanted})
                    yield from ((name, part, mask) for name in self.names)

    # What it gives back

    def small(self):
        """Yield the crossed cells of two questions that hold one to four visitors."""
        for pair in combinations(self.columns, 2):
            for key, rows in self.told.kinds.groupby([*pair]).groups.items():
                mask = self.told.kinds.index.isin(rows)
                is_answer = not any(one.startswith(LOST) for one in key)
                if is_answer and 0 < mask @ self.told.true < FEW:
                    yield pair, key, mask

    def given_back(self):
        """Return the small cells that all calls determine, and `comparer` alone does not."""
        return [(pair, key) for pair, key, mask in self.small()
                if self.told.is_known(mask)
                and not (self.planned.rows and self.planned.is_known(mask))]  # fmt: skip


def _levels(people, name):
    """Return what each visitor answered to a question, or why he did not; days by the week."""
    if name == "date":
        return by_week(people.groups(name))
    given, states = people.given(name), people.states[name]
    if not people.columns[name].is_box and people.columns[name].scale is None:
        found = given.map("{:g}".format, na_action="ignore")
    else:
        found = people.groups(name)
    return found.where(states == ANSWERED, LOST + states.astype(str)).astype(str)


def groups_of(study):
    """The questions, boxes and weeks by which visitors are grouped."""
    columns = study._columns.items()
    own = [name for name, one in columns
           if not one.question.kind.is_judged and (one.is_closed or one.is_box)]  # fmt: skip
    return [*own, "date"]


def sites_told(sites, campaign, root, question, by):
    """Hear a question by groups of each site, of two and of all of them: what `croiser` tells."""
    people = ouvrir([*sites], campaign, root, diffusion=False)._pool.individuals
    given = people.given(question)
    frame = pd.DataFrame({
        question: given.astype("object").where(given.notna(), NONE),
        by: people.groups(by), "site": people.places["site"],
    })  # fmt: skip
    levels = [sorted({*frame[name]}) for name in frame]
    kinds = pd.DataFrame([*product(*levels)], columns=[*frame])
    counts = frame.value_counts().rename("n").reset_index()
    true = kinds.merge(counts, how="left", on=[*frame])["n"].fillna(0).to_numpy()
    told = Told(kinds, true)
    for some in (*((one,) for one in sites), *combinations(sites, 2), sites):
        _hear_sites(told, ouvrir([*some], campaign, root), kinds["site"].isin(some), (question, by))
    return told


def _hear_sites(told, study, mask, asked):
    question, by = asked
    table = study.croiser(question, par=by).table
    codes = {text: code for code, text in study._columns[question].shown.items()}
    names = {text: code for code, text in study._names(by).items()}
    for row, cells in table.iterrows():
        code = names.get(row)
        own = study._rare(by) if code == OTHER else [code]
        inside = mask & (True if row in ALL else told.kinds[by].isin([*own]))
        for answer, count in cells.items():
            given = told.kinds[question]
            told.hear(inside & ((given == codes[answer]) if answer in codes else (given != NONE)),
                      count)  # fmt: skip
