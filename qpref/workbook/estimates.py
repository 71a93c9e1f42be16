"""Shares and means of the selected visitors, by group, weighted or not."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from qpref.quality import groups, replies, samples
from qpref.quality.answers import SATISFIED, satisfied
from qpref.quality.likeness import estimated_share
from qpref.reference import Question
from qpref.statistics.design import mean, share_bounds
from qpref.statistics.measure import Measure
from qpref.statistics.shares import reliability
from qpref.workbook.pool import Pool, Weighting

EVERYONE = "Ensemble"


@dataclass(frozen=True, eq=False)
class Grouping:
    """
    Groups of visitors that may be told.

    `name` of the column, its `title`; `labels`: the code of each visitor, missing for those of a
    group too small; `names`: the wording of the groups, in order; `hidden`: how many are not told.
    """

    name: str
    title: str
    labels: pd.Series
    names: Mapping[str, str]
    hidden: int

    def only(self, told: Collection[str]) -> "Grouping":
        """Return those that are told, the others hidden."""
        names = {code: label for code, label in self.names.items() if code in told}
        left = self.labels.where(self.labels.isin(names))
        lost = self.labels.nunique() - left.nunique()
        return replace(self, labels=left, names=names, hidden=self.hidden + lost)


def favourable(
    pool: Pool, question: Question, by: Grouping | None, weighting: Weighting | None
) -> list[Measure]:
    """Return the share of favourable opinions of each group, in order; of all without groups."""
    happy = pool.favourable(question)
    if weighting is not None:
        return [*_weighed(question, happy, by, weighting)]
    if by is None:
        row = pool.shares.loc[pool.shares["question"] == question.id].to_dict("records")[0]
        return [satisfied(row, EVERYONE)]
    own = by.labels.reindex(happy.index)
    table = samples.by_group(happy, own, pool.sample_of(question), question.id)
    order = {code: rank for rank, code in enumerate(by.names)}
    table = table.sort_values("groupe", key=lambda one: one.map(order), ignore_index=True)
    return groups.shares(table, by.names, question.id)


def _weighed(
    question: Question, happy: pd.Series, by: Grouping | None, weighting: Weighting
) -> Iterator[Measure]:
    values = happy.reindex(weighting.people)
    if by is None:
        yield _share(question, SATISFIED, EVERYONE, values, weighting)
        return
    own = by.labels.reindex(weighting.people)
    for code, label in by.names.items():
        inside = values.where(own == code)
        if inside.notna().any():
            yield _share(question, code, label, inside, weighting)


def _share(
    question: Question, group: str, label: str, values: pd.Series, weighting: Weighting
) -> Measure:
    n = int(values.notna().sum())
    empty = Measure(key=question.id, label=label, group=group, n=n, value=np.nan,
                    design="pondere", reliability=reliability(n))  # fmt: skip
    if not n:
        return empty
    found = estimated_share(weighting.design, values.to_numpy(dtype=float))
    low, high = share_bounds(found)
    return replace(empty, value=weighting.said(found.value), low=weighting.said(low),
                   high=weighting.said(high))  # fmt: skip


def split(pool: Pool, question: Question, by: Grouping | None) -> dict[str, pd.DataFrame]:
    """Return the answers to a question of all, then of each group, by its name."""
    items = pool.items.loc[pool.items["question"] == question.id]
    found = {EVERYONE: items}
    if by is not None:
        own = items["reponse_id"].astype(str).map(by.labels)
        inside = {label: items.loc[(own == code).to_numpy()] for code, label in by.names.items()}
        found |= {label: rows for label, rows in inside.items() if len(rows)}
    return found


def mean_of(
    pool: Pool, items: pd.DataFrame, question: Question, weighting: Weighting | None
) -> Measure:
    """Return the mean of the numbers given to a question, in some of its answers."""
    told = replies.told(items, question)
    if told.empty:
        return replies.numbers(items, question).mean
    cost = samples.costs_of(told.iloc[:, :1], pool.half_days)
    plain = replies.numbers(items, question, cost.get("", 1.0)).mean
    return plain if weighting is None else weighted(plain, told.iloc[:, 0], weighting)


def weighted(plain: Measure, values: pd.Series, weighting: Weighting) -> Measure:
    """Return the same measure of the same values, by visitor, with weights."""
    given = values.reindex(weighting.people)
    if not given.notna().any():
        return replace(plain, n=0, value=np.nan, low=None, high=None)
    found = mean(weighting.design, given.to_numpy(dtype=float), given.notna().to_numpy())
    low, high = map(weighting.said, found.interval())
    return replace(plain, n=found.n, value=weighting.said(found.value), low=low, high=high,
                   design="pondere", reliability=reliability(found.n))  # fmt: skip
