"""Answers that are neither for nor against: marks, numbers, days, boxes ticked, as measures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from qpref.quality.answers import answered
from qpref.reference import Question
from qpref.reference.question import Option
from qpref.statistics.measure import DIFFERENCE, Measure
from qpref.statistics.numbers import (
    DETRACTORS_TO,
    PROMOTERS_FROM,
    Promoters,
    Summary,
    promoters,
    summary,
)
from qpref.statistics.shares import measured, proportion, reliability, share_interval

MEAN, MEDIAN, NET = "moyenne", "médiane", "score net"
_EPOCH = date(1970, 1, 1)


def values(items: pd.DataFrame, question: Question) -> npt.NDArray[np.float64]:
    """Return the numbers given to a question, one a visitor who answered."""
    return answered(items, question.id)["valeur"].to_numpy(dtype=float)


def received(question: Question, n: int, unit: str = "réponses") -> Measure:
    """Return how many answered a question, or wrote something."""
    return Measure(key=question.id, label=question.texte_court, n=n, value=n, unit=unit)


@dataclass(frozen=True)
class Numbers:
    """
    The numbers given to a question.

    Parameters
    ----------
    question
        What was asked.
    given
        What is said of them.
    counts
        How often each value was given, in order.
    """

    question: Question
    given: Summary
    counts: Sequence[tuple[float, int]]

    @property
    def unit(self) -> str:
        """The unit, as the figures file writes it."""
        if self.question.kind.is_marked:
            return f"note sur {self.question.maximum:g}"
        return self.question.unite or "nombre"

    @property
    def mean(self) -> Measure:
        """The mean, with its interval."""
        return self._measure(MEAN, self.given.mean, self.given.low, self.given.high)

    @property
    def median(self) -> Measure:
        """Median, with the first and third quartiles."""
        return self._measure(MEDIAN, self.given.median, self.given.first, self.given.third)

    @property
    def parts(self) -> list[Measure]:
        """The share of each value given."""
        asked = self.question
        return [
            proportion(count, self.given.n, asked.id, asked.texte_court, f"{value:g}")
            for value, count in self.counts
        ]

    def _measure(self, group: str, value: float, low: float, high: float) -> Measure:
        known = not np.isnan(low)
        return Measure(
            key=self.question.id,
            label=self.question.texte_court,
            group=group,
            n=self.given.n,
            value=value,
            low=low if known else None,
            high=high if known else None,
            unit=self.unit,
            reliability=reliability(self.given.n),
            digits=1,
        )


def told(items: pd.DataFrame, question: Question) -> pd.DataFrame:
    """
    Return the numbers given to a question, one row a visitor: one column, or one a box.

    Of a mark of recommendation a second column, `NET`, is 1 for a promoter, −1 for a detractor.
    """
    own = answered(items, question.id)
    given = pd.DataFrame({name: own[name].astype(str) for name in ("reponse_id", "option")})
    given["valeur"] = own["valeur"].astype(float)
    found = given.pivot_table("valeur", "reponse_id", "option", aggfunc="first")
    if question.nps and len(found.columns):  # nobody gave a mark, or no file holds the question
        marks = found.iloc[:, 0]
        net = (marks >= PROMOTERS_FROM).astype(float) - (marks <= DETRACTORS_TO)
        found[NET] = net.where(marks.notna())
    return found


def kinds(marks: pd.Series) -> pd.Series:
    """Return whether each mark of recommendation is of a promoter, a passive or a detractor."""
    given = marks.dropna().astype(float)
    found = pd.Series("passif", given.index, dtype="object", name="genre")
    found[given >= PROMOTERS_FROM], found[given <= DETRACTORS_TO] = "promoteur", "detracteur"
    return found.reindex(marks.index)


def kinds_by_mark(marks: pd.Series) -> dict[str, str]:
    """Return of whom each mark given is, by the code of the mark in a crossing."""
    given = pd.Series(marks.dropna().unique(), dtype=float)
    return dict(zip(given.map("{:g}".format), kinds(given), strict=True))


def numbers(items: pd.DataFrame, question: Question, cost: float = 1.0) -> Numbers:
    """
    Return what visitors answered to a question whose answer is a number.

    `cost`: by how much half-days divide the answers, of `clusters.costs`.
    """
    given = values(items, question)
    counts = Counter(given.tolist())
    bounds = None
    if question.kind.is_marked and question.maximum is not None:
        bounds = (float(question.minimum or 0), float(question.maximum))
    return Numbers(question, summary(given, bounds, cost), sorted(counts.items()))


@dataclass(frozen=True)
class Recommended:
    """Marks of recommendation, and their net score."""

    question: Question
    given: Promoters

    @property
    def score(self) -> Measure:
        """The share of promoters less that of detractors."""
        found = self.given
        return Measure(
            key=self.question.id,
            label=self.question.texte_court,
            group=NET,
            n=found.n,
            value=found.score,
            low=found.low,
            high=found.high,
            unit=DIFFERENCE,
            reliability=reliability(found.n),
        )

    @property
    def parts(self) -> list[Measure]:
        """The shares of promoters, passives and detractors."""
        found, asked = self.given, self.question
        return [
            proportion(count, found.n, asked.id, asked.texte_court, name)
            for name, count in (
                ("promoteurs (9 et 10)", found.promoters),
                ("passifs (7 et 8)", found.passives),
                ("détracteurs (0 à 6)", found.detractors),
            )
        ]


def recommended(items: pd.DataFrame, question: Question, cost: float = 1.0) -> Recommended:
    """Return the net score of a mark of recommendation; `cost` as for `numbers`."""
    return Recommended(question, promoters(values(items, question), cost))


@dataclass(frozen=True)
class Ticks:
    """
    The boxes ticked of a question.

    Parameters
    ----------
    question
        What was asked.
    n
        Visitors who answered: the base of the shares, which may add to more than 100 %.
    boxes
        A measure a box, in order; None for a box ticked, or left, by too few to be told.
    """

    question: Question
    n: int
    boxes: Sequence[Measure | None]


def ticks(
    items: pd.DataFrame, question: Question, threshold: int, costs: Mapping[str, float]
) -> Ticks:
    """
    Return how many ticked each box of a question.

    Parameters
    ----------
    items
        Answers that count.
    question
        With options.
    threshold
        Fewer visitors than this, other than nobody, are not told apart.
    costs
        By how much half-days divide the answers to each box, of `clusters.costs`.
    """
    own = answered(items, question.id)
    ticked = own.loc[own["valeur"] == 1].groupby("option", observed=True).size()
    bases = own.groupby("option", observed=True).size()
    found: list[Measure | None] = []
    for option in question.options:
        n, count = int(bases.get(option.code, 0)), int(ticked.get(option.code, 0))
        is_small = 0 < count < threshold or 0 < n - count < threshold
        cost = costs.get(option.code, 1.0)
        found.append(None if is_small else _ticked(question, option, (count, n), cost))
    return Ticks(question, int(bases.max()) if len(bases) else 0, found)


def _ticked(question: Question, box: Option, counted: tuple[int, int], cost: float) -> Measure:
    count, n = counted
    low, high = share_interval([count], [n], cost=cost)
    row = {
        "n": n,
        "satisfaits": count,
        "part": count / n if n else np.nan,
        "bas": low[0],
        "haut": high[0],
    }
    return measured(row, key=question.id, label=box.libelle, group=box.code)


def months(items: pd.DataFrame, question: Question, threshold: int) -> list[Measure | None]:
    """Return how many of the days given are of each month; None for a month of too few."""
    days = [_EPOCH + timedelta(days=int(value)) for value in values(items, question)]
    counts = Counter(day.replace(day=1) for day in days)
    return [
        None
        if count < threshold
        else proportion(count, len(days), question.id, question.texte_court, f"{month:%Y-%m}")
        for month, count in sorted(counts.items())
    ]
