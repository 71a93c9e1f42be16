"""The visitors selected by an analyst: sites, campaigns, filters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from qpref.errors import MissingDataError
from qpref.quality import answers, groups, samples
from qpref.quality.individuals import Individuals
from qpref.reference import Question
from qpref.statistics.clusters import Sample, costs
from qpref.statistics.design import Calibration, Design
from qpref.statistics.weighting import rake
from qpref.workbook.answers import SharedAnswers
from qpref.workbook.models import BOUNDS, Models, designed
from qpref.workbook.respondents import Respondents
from qpref.workbook.sources import Sources

Place = tuple[str, str]  # campaign and site
Margins = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, eq=False)
class Weighting:
    """
    Weighted visitors: who they are, and the design of their answers.

    `is_rough`: whether it is told to a whole percent, as reports do. Finer, or by group, it would
    give back small cells.
    """

    people: pd.Index
    design: Design
    is_rough: bool = True

    def said(self, value: float) -> float:
        """Round a share that must not be published exactly."""
        return round(float(value), 2) if self.is_rough else float(value)

    @property
    def by_person(self) -> pd.Series:
        """The weight of each, of mean 1."""
        weights = np.asarray(self.design.weights)
        return pd.Series(weights / weights.mean(), self.people)


class Pool:
    """
    Visitors of some places, read with one questionnaire.

    Parameters
    ----------
    answers
        Of all visitors, or of those that criteria keep.
    places
        Campaigns and sites, each once.
    """

    def __init__(self, found: SharedAnswers, places: Sequence[Place]) -> None:
        self.answers, self.places = found, [*places]
        self.questionnaire = found.questionnaire

    @cached_property
    def individuals(self) -> Individuals:
        """Their answers, one row each."""
        own = [self.answers.individuals(*place) for place in self.places]
        if len(own) == 1:
            return own[0]
        return Individuals(
            pd.concat([one.places for one in own]),
            pd.concat([one.codes for one in own]),
            pd.concat([one.states for one in own]),
            own[0].columns,
        )

    @cached_property
    def items(self) -> pd.DataFrame:
        """Their answers, one row a visitor and question."""
        own = [self.answers.items_of(*place) for place in self.places]
        return own[0] if len(own) == 1 else pd.concat(own, ignore_index=True)

    @property
    def n(self) -> int:
        """How many they are."""
        return len(self.individuals.codes)

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Their opinions, of `groups.opinions`."""
        return pd.concat([self.answers.opinions(*place) for place in self.places])

    @cached_property
    def half_days(self) -> pd.Series:
        """Half-day of each answer; half-days of different sites are distinct clusters."""
        own = {place: self.answers.half_days_of(*place) for place in self.places}
        if len(own) == 1:
            return own[self.places[0]]
        return pd.concat(
            [
                moments.map(f"{' '.join(place)} ".__add__, na_action="ignore")
                for place, moments in own.items()
            ]
        )

    @cached_property
    def sample(self) -> Sample:
        """Who is favourable to what, and when: rows in the order of `ranks`."""
        return samples.together([self.answers.sample(*place) for place in self.places])

    def sample_of(self, question: Question) -> Sample:
        """Return the same, of one question."""
        return self.sample.question(self.questionnaire.opinions.index(question))

    def favourable(self, question: Question) -> pd.Series:
        """Return 1 for a favourable opinion, 0 for another, missing where there is none."""
        return groups.satisfied(self.ranks[question.id], self.questionnaire, question.id)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Share of favourable opinions, one row a question, of `answers.satisfaction`."""
        asked = self.questionnaire.opinions
        if len(self.places) == 1:
            return self.answers.shares_of(*self.places[0])
        found = dict(zip([q.id for q in asked], costs(self.sample).tolist(), strict=True))
        return answers.satisfaction(self.items, self.questionnaire, asked, costs=found)

    @cached_property
    def levels(self) -> pd.DataFrame:
        """How opinions divide, of `answers.distribution`."""
        return answers.distribution(self.items, self.questionnaire, self.questionnaire.opinions)


def by_passages(pool: Pool, of_place: Iterable[Sources]) -> Weighting | str:
    """
    Return the weights that the passages counted give, or why there are none.

    Parameters
    ----------
    pool
        All visitors of the places.
    of_place
        What each place is read from.
    """
    people, designs = [], []
    for sources in of_place:
        own = Models(Respondents(sources), sources.campaign.id, sources.flow).weights
        if isinstance(own, str):
            return f"{sources.site.nom_court}, {sources.campaign.libelle} : {own}"
        people.append(own[1].index)
        moments = pool.half_days.reindex(own[1].index)
        designs.append(designed(own[0], moments))
    return Weighting(people[0].append(people[1:]), _joined(designs))


def by_margins(pool: Pool, margins: Margins) -> Weighting:
    """
    Return weights whose totals are those that an analyst knows.

    Parameters
    ----------
    pool
        All visitors.
    margins
        Totals by code, by column.

    Raises
    ------
    MarginError
        Of `rake`.
    """
    rows = pd.DataFrame({name: pool.individuals.given(name) for name in margins}).dropna()
    if rows.empty:
        raise MissingDataError("Personne n’a répondu à ces questions.", "Changez de marges.")
    wanted = {name: dict(totals) for name, totals in margins.items()}
    found = rake(rows, wanted, bounds=BOUNDS)  # type: ignore[arg-type]
    return Weighting(rows.index, designed(found, pool.half_days.reindex(rows.index)))


def _joined(designs: Sequence[Design]) -> Design:
    """Return the designs of several places as one: each is a stratum, calibrated by itself."""
    if len(designs) == 1:
        return designs[0]
    sizes = [one.n for one in designs]
    width = [one.calibration.indicators.shape[1] for one in designs if one.calibration]
    indicators, start = np.zeros((sum(sizes), sum(width))), []
    row = column = 0
    for one, n, k in zip(designs, sizes, width, strict=True):
        known = one.calibration
        assert known is not None  # noqa: S101 - weights of `rake` are calibrated
        indicators[row : row + n, column : column + k] = known.indicators
        start.append(known.start)
        row, column = row + n, column + k
    labels = [one.clusters if one.clusters is not None else np.arange(one.n) for one in designs]
    return Design(
        np.concatenate([one.weights for one in designs]),
        strata=np.repeat(np.arange(len(designs)), sizes),
        clusters=np.concatenate([np.asarray(one, dtype=object).astype(str) for one in labels]),
        calibration=Calibration(indicators, np.concatenate(start)),
    )
