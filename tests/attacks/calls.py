"""All counts that several calls of verbs tell, put together: filters, crossings, comparisons.

The attacker knows which visitors each number counts, by the labels beside it, and adds and
subtracts: an integer programme gives the least and the most that each crossed cell may hold. He
knows nothing of how cells are hidden. A visitor is a kind: what he answered to one question of
opinion and to three others, all combinations being possible.
"""

import contextlib
from dataclasses import dataclass, field
from itertools import combinations, product

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from qpref import ouvrir
from qpref.errors import QprefError
from qpref.quality.profile import OTHER, UNKNOWN
from qpref.workbook.kept import by_week

FEW, MOST = 5, 1000
ALL = {"Total", "Ensemble"}
NONE = ""  # no opinion


@dataclass(eq=False)
class Told:
    """Counts that were told, each of some kinds of visitors."""

    kinds: pd.DataFrame
    true: np.ndarray
    rows: list = field(default_factory=list)
    values: list = field(default_factory=list)

    def hear(self, mask, value):
        """Add a count; it must be the true one."""
        if pd.notna(value):
            own = np.asarray(mask, dtype=float)
            assert abs(own @ self.true - value) < 1e-6, value
            self.rows.append(own)
            self.values.append(value)

    def bounds(self, mask):
        """Return the least and the most of some kinds; None where it was not found."""
        aim = np.asarray(mask, dtype=float)
        near = LinearConstraint(
            np.array(self.rows), np.array(self.values) - 1e-7, np.array(self.values) + 1e-7
        )
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
    """An analyst who publishes what verbs say of a site, by one question of opinion and groups."""

    def __init__(self, site, campaign, root, *, question, names):
        self.study = ouvrir(site, campaign, root)
        self.question, self.names = question, [*names]
        people = ouvrir(site, campaign, root, diffusion=False)._pool.individuals
        given = people.given(question)
        frame = pd.DataFrame({question: given.astype("object").where(given.notna(), NONE)})
        for name in self.names:
            own = people.groups(name)
            frame[name] = by_week(own) if name == "date" else own
        days = people.groups("date")
        self.days = pd.Series(by_week(days).to_numpy(), days)
        levels = [sorted({*frame[name].astype(str)}) for name in frame]
        kinds = pd.DataFrame([*product(*levels)], columns=[*frame])
        counts = frame.astype(str).value_counts().rename("n").reset_index()
        true = kinds.merge(counts, how="left", on=[*frame])["n"].fillna(0).to_numpy()
        self.told, self.planned = Told(kinds, true), Told(kinds, true)

    def publish(self):
        """Hear every call: crossings, filters of one and of two questions, comparisons."""
        self._hear_reports()
        everyone = np.ones(len(self.told.kinds), dtype=bool)
        for size in range(3):
            for by in combinations(self.names, size):
                self._hear(self.study, everyone, by)
        for first in self.names:
            for wanted, mask in self._filters(first):
                self._hear_part({first: wanted}, mask, self.names)
                for second in self.names[self.names.index(first) + 1 :]:
                    for other, also in self._filters(second):
                        self._hear_part({first: wanted, second: other}, mask & also, ())

    def _hear_part(self, wanted, mask, crossed):
        with contextlib.suppress(QprefError):
            part = self.study.filtrer(wanted)
            self.told.hear(mask, len(part))
            for by in ((), *((name,) for name in crossed)):
                self._hear(part, mask, by)

    def _filters(self, name):
        """Yield each group, the first two and all but the first, as `filtrer` asks for them."""
        known = sorted({*self.told.kinds[name]} - {UNKNOWN})
        for own in (*([one] for one in known), known[:2], known[1:]):
            mask = self.told.kinds[name].isin(own).to_numpy()
            if name == "date":
                yield sorted({*self.days.index[self.days.isin(own)]}), mask
            elif not self.study._columns[name].is_box:
                yield own, mask
            elif len(own) == 1:
                yield own[0] == "oui", mask

    def _in(self, name, label):
        """Which kinds are of a group, as a table names it."""
        codes = [code for code, text in self.study._names(name).items() if text == label]
        own = [*self.study._rare(name)] if codes == [OTHER] else codes
        return self.told.kinds[name].isin(own).to_numpy()

    def _hear(self, study, mask, by):
        with contextlib.suppress(QprefError):
            table = study.croiser(self.question, par=[*by]).table
            codes = {text: code for code, text in study._columns[self.question].shown.items()}
            for row, cells in table.iterrows():
                inside = mask.copy()
                labels = row if isinstance(row, tuple) else (row,)
                for name, label in zip(by, labels, strict=False):
                    inside &= label in ALL or self._in(name, label)
                for answer, count in cells.items():
                    self.told.hear(inside & self._gave(codes.get(answer)), count)

    def _gave(self, code):
        given = self.told.kinds[self.question]
        return ((given != NONE) if code is None else (given == code)).to_numpy()

    def _hear_reports(self):
        """What reports and `comparer` tell whatever the number: levels of all, happy by group."""
        column = self.study._columns[self.question]
        happy = [one.code for one in column.levels if one.favorable]
        everyone = [(self._gave(code), None) for code in (None, *column.shown)]
        facts = [(mask, mask @ self.told.true) for mask, _ in everyone]
        for name in self.names:
            with contextlib.suppress(QprefError):
                for label, own in self.study.comparer(self.question, par=name).table.iterrows():
                    inside = self._in(name, label)
                    good = self.told.kinds[self.question].isin(happy).to_numpy()
                    facts += [(inside & self._gave(None), own["n"])]
                    facts += [(inside & good, own["favorables"])]
        for mask, value in facts:
            self.told.hear(mask, value)
            self.planned.hear(mask, value)

    def small(self):
        """Yield the crossed cells of two questions that hold one to four visitors."""
        for pair in combinations([self.question, *self.names], 2):
            for key, rows in self.told.kinds.groupby([*pair]).groups.items():
                mask = self.told.kinds.index.isin(rows)
                if not {NONE, UNKNOWN} & {*key} and 0 < mask @ self.told.true < FEW:
                    yield pair, key, mask

    def given_back(self):
        """Return the small cells that all calls determine, and `comparer` alone does not."""
        return [(pair, key) for pair, key, mask in self.small()
                if self.told.is_known(mask) and not self.planned.is_known(mask)]  # fmt: skip


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
