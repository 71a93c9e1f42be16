"""Cross-tabulate answers by group: counts, totals, small cells hidden, weighted or not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

import numpy as np
import pandas as pd

from qpref.quality.axes import Array, Axis, Members, is_lost, lost, reason, summed
from qpref.quality.guarded import (
    ALONE,
    PLACE,
    WEIGHED,
    JudgedCells,
    ToldElsewhere,
    counted,
    guarded,
    is_sum,
)
from qpref.quality.individuals import ANSWERED, AnswerColumn, Individuals
from qpref.quality.profile import UNKNOWN
from qpref.questions import Answer
from qpref.statistics.disclosure import TOTAL
from qpref.statistics.measure import Measure
from qpref.statistics.shares import proportion, reliability

Percent = Literal["ligne", "colonne", "total"]


@dataclass(frozen=True, eq=False)
class Crosstab:
    """
    Counts of the answers to a question, by group.

    `counts`: one row a group (a tuple of codes, one a variable), one column an answer, with `TOTAL`
    on both sides; missing where a count may not be shown. `visitors`: the same without weights,
    which are the same table when there are none.
    """

    counts: pd.DataFrame
    visitors: pd.DataFrame

    @property
    def is_weighted(self) -> bool:
        """Whether visitors do not all count for one."""
        return self.counts is not self.visitors

    @property
    def everyone(self) -> tuple[str, ...]:
        """The row of all visitors."""
        return (TOTAL,) * self.counts.index.nlevels

    @property
    def groups(self) -> list[tuple[str, ...]]:
        """The rows of groups, without totals, that somebody is in."""
        is_met = self.visitors[TOTAL].ne(0).to_numpy()
        return [key for key in self.counts.index[is_met] if TOTAL not in key]

    @property
    def answers(self) -> list[str]:
        """The columns of answers that somebody gave."""
        given = [one for one in map(str, self.counts.columns) if one != TOTAL and not is_sum(one)]
        return [code for code in given if self.size(self.everyone, code) != 0]

    def of(self, codes: Collection[str]) -> "Crosstab":
        """
        Return some levels of the first variable together, as a crossing by the others.

        Several tell no more than each of them does, or than each of the others and all visitors.
        """
        visitors = _gathered(self.visitors, codes)
        if not self.is_weighted:
            return Crosstab(visitors, visitors)
        return Crosstab(_gathered(self.counts, codes).where(visitors.notna()), visitors)

    def within(self, place: int, codes: Collection[str]) -> "Crosstab":
        """Return the rows of some levels of a variable, and their sum in place of that of all."""
        visitors = _within(self.visitors, place, codes)
        if not self.is_weighted:
            return Crosstab(visitors, visitors)
        return Crosstab(_within(self.counts, place, codes).where(visitors.notna()), visitors)

    def renamed(self, names: Mapping[str, str]) -> "Crosstab":
        """Return the same, some answers under another name."""
        visitors = self.visitors.rename(columns=names)
        counts = self.counts.rename(columns=names) if self.is_weighted else visitors
        return Crosstab(counts, visitors)

    def shares(self, by: Percent) -> pd.DataFrame:
        """Return the counts as shares of their row, of their column or of all."""
        if by == "ligne":
            return self.counts.div(self.counts[TOTAL], axis=0)  # nobody: missing
        is_everyone = self.counts.index == self.everyone
        base = self.counts.loc[is_everyone].iloc[0]
        return self.counts.div(base if by == "colonne" else base[TOTAL])

    def size(self, group: tuple[str, ...], answer: str = TOTAL) -> float:
        """Return the number of visitors in a cell, NaN when it must stay hidden."""
        return float(self.visitors[answer].to_dict()[group])

    def measure(self, group: tuple[str, ...], answer: str, by: Percent = "ligne") -> Measure | None:
        """Return the share of an answer in a group; None when its count may not be shown."""
        base = {
            "ligne": (group, TOTAL),
            "colonne": (self.everyone, answer),
            "total": (self.everyone, TOTAL),
        }[by]
        count, n = self.size(group, answer), self.size(*base)
        if np.isnan(count):
            return None
        if np.isnan(n):  # a count, and no share
            return replace(proportion(count, 0), count=int(count), n=None)
        if not self.is_weighted:
            return proportion(count, n)
        value = float(self.shares(by)[answer].to_dict()[group])
        known = reliability(int(n))
        return Measure(n=int(n), value=round(value, 3), design="pondere", reliability=known)


def _gathered(table: pd.DataFrame, codes: Collection[str]) -> pd.DataFrame:
    """Return the rows of some levels of the first variable added up, all variables but it left."""
    places: dict[str, dict[tuple[str, ...], int]] = {}
    for place, key in enumerate(table.index):
        places.setdefault(key[0], {})[key[1:] or (TOTAL,)] = place
    left, values = [*places[TOTAL]], table.to_numpy(dtype=float)

    def added(levels: Collection[str]) -> Array:
        rows = [[places[one][key] for key in left] for one in levels]
        own: Array = values[np.array(rows, dtype=int).reshape(len(rows), len(left))]
        return np.asarray(own.sum(axis=0))

    own, others = added([one for one in places if one in codes and one != TOTAL]), None
    if len(codes) > 1 and np.isnan(own).any():
        others = added([TOTAL]) - added([one for one in places if one not in {*codes, TOTAL}])
    found = own if others is None else np.where(np.isnan(own), others, own)
    return pd.DataFrame(found, pd.MultiIndex.from_tuples(left), table.columns)


def _within(table: pd.DataFrame, place: int, codes: Collection[str]) -> pd.DataFrame:
    """Return the rows of some levels of a variable, and what they make together."""
    keys = [*table.index]
    moved = [(key[place], *key[:place], *key[place + 1 :]) for key in keys]
    total = _gathered(table.set_axis(pd.MultiIndex.from_tuples(moved)), codes)
    others = [key if len(keys[0]) > 1 else () for key in total.index]
    total.index = pd.MultiIndex.from_tuples([(*k[:place], TOTAL, *k[place:]) for k in others])
    return pd.concat([table.loc[[key[place] in codes for key in keys]], total])


def answers_to(found: Individuals, asked: Sequence[AnswerColumn], *, missing: bool) -> pd.DataFrame:
    """
    Return what is counted of a question: a column of codes, or one of yes and no for each box.

    Parameters
    ----------
    found
        The visitors.
    asked
        The column of the question, or those of its boxes.
    missing
        Whether the reasons of no answer are counted as answers.
    """
    if asked[0].is_box:
        return pd.DataFrame(
            {
                one.option.code: found.given(one.name).map({1: "oui", 0: "non"})
                for one in asked
                if one.option
            }
        )
    codes = found.given(asked[0].name)
    if asked[0].kind is Answer.NUMBER:
        codes = codes.map(lambda number: f"{number:g}", na_action="ignore")
    codes = codes.astype("object")
    if missing:
        states = found.states[asked[0].name]
        codes = codes.where(states == ANSWERED, states)
    return codes.to_frame(asked[0].name)


def crosstab(
    by: pd.DataFrame, answers: pd.DataFrame, threshold: int, weights: pd.Series | None = None,
    published: ToldElsewhere = ALONE,
) -> Crosstab:  # fmt: skip
    """
    Return answers counted by group.

    Parameters
    ----------
    by
        Codes, one column a variable; no column for all visitors together.
    answers
        Of `answers_to`, same index; several columns are boxes, of which the ticked are counted.
    threshold
        Of `disclosure.protect`; 0 hides nothing.
    weights
        By visitor; those without weight are left out, and hidden when they are few.
    published
        What else is told of the same answers.
    """
    tables = [_of(by, answers[name], threshold, weights, published) for name in answers]
    if len(tables) == 1:
        return Crosstab(*tables[0])
    whole = int(np.argmax([own.iloc[-1][TOTAL] for _, own in tables]))
    joined = [_boxes([pair[side] for pair in tables], [*answers], whole) for side in (0, 1)]
    return Crosstab(joined[0], joined[0] if weights is None else joined[1])


def _boxes(tables: Sequence[pd.DataFrame], names: list[str], whole: int) -> pd.DataFrame:
    """Return the boxes ticked as the answers to one question, which may be several a visitor."""
    ticked = {name: own["oui"] if "oui" in own else own[TOTAL] * 0
              for name, own in zip(names, tables, strict=True)}  # fmt: skip
    found = (
        pd.DataFrame(ticked)
        .reindex(tables[whole].index)
        .fillna(0 if not any(own.isna().any(axis=None) for own in tables) else np.nan)
    )
    return found.assign(**{TOTAL: tables[whole][TOTAL]})


def judged(
    by: pd.DataFrame, answers: pd.Series, threshold: int, weights: pd.Series | None = None,
    published: ToldElsewhere = ALONE,
) -> JudgedCells:  # fmt: skip
    """
    Return which cells of a question by groups are told, those who did not answer included.

    Of what `crosstab` takes; `answers` is one of its columns.
    """
    return guarded(_frame(by, answers, weights, published), threshold, published, str(answers.name))


def _frame(
    by: pd.DataFrame, answers: pd.Series, weights: pd.Series | None, published: ToldElsewhere
) -> pd.DataFrame:
    """Return one column a question: groups, answers, and whether each visitor has a weight."""
    name = str(answers.name)
    given = answers.astype("object").where(answers.notna(), lost(""))
    own = by if name in by else by.assign(**{name: given})
    if published.beside is not None:
        own = own.assign(**{PLACE: published.beside})
    if weights is None or (has := weights.reindex(own.index).notna()).all():
        return own
    return own.assign(**{WEIGHED: has.map({True: "oui", False: "non"})})


def _of(
    by: pd.DataFrame, answers: pd.Series, threshold: int, weights: pd.Series | None,
    published: ToldElsewhere,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Return the counts of one question, then the same without weights."""
    cells = judged(by, answers, threshold, weights, published)
    asked = str(answers.name)
    (axis,) = (one for one in cells.axes if one.name == asked)
    columns = _columns(axis, published)
    groups = {one.name: _rows(one) for name in by for one in cells.axes if one.name == name}
    keys = list(product(*(own.items() for own in groups.values())))
    index = pd.MultiIndex.from_tuples([tuple(c for c, _ in key) or (TOTAL,) for key in keys])
    if not columns[TOTAL]:
        empty = pd.DataFrame({TOTAL: [0.0]}, index[-1:])
        return empty, empty
    rows = [dict(zip(groups, (own for _, own in key), strict=True)) for key in keys]
    if weights is not None:
        rows = [{**row, WEIGHED: frozenset({"oui"})} for row in rows]
    places = [[cells.place({**row, asked: own & row.get(asked, own)})
               for own in columns.values()] for row in rows]  # fmt: skip
    told = [[place is None or bool(cells.is_told[place]) for place in row] for row in places]

    def table(counts: Array) -> pd.DataFrame:
        values = [[0.0 if place is None else float(counts[place]) for place in row]
                  for row in places]  # fmt: skip
        return pd.DataFrame(values, index, [*columns]).where(np.array(told))

    plain = table(cells.counts)
    if weights is None:
        return plain, plain
    own = _frame(by, answers, weights, published)
    known = weights.reindex(own.index).fillna(0.0)
    return table(summed(counted(own, cells.axes, known), cells.axes)), plain


def _rows(axis: Axis) -> dict[str, Members]:
    """Return the groups of a question, and all visitors."""
    found = {one: frozenset({one}) for one in axis.levels if not is_lost(one)}
    if unknown := frozenset(axis.levels) - axis.given:
        found[UNKNOWN] = unknown
    return {**found, TOTAL: frozenset(axis.levels)}


def _columns(axis: Axis, published: ToldElsewhere) -> dict[str, Members]:
    """Return the answers to a question, those who gave one, and the sums that are told."""
    levels = [one for one in axis.levels if published.tells_lost or not is_lost(one)]
    found = {reason(one): frozenset({one}) for one in levels}
    return {**found, TOTAL: frozenset(levels), **published.sums(axis.name)}
