"""The answers kept for a site and campaign, and what is counted from them."""

from functools import cached_property

import numpy as np
import pandas as pd

from qpref.quality import answers, groups, replies, samples
from qpref.questions import LANGUAGE
from qpref.reference import Campaign, Question
from qpref.statistics.clusters import Sample
from qpref.statistics.measure import Measure
from qpref.statistics.shares import largest_margin
from qpref.workbook.sources import Sources

_MOST = 0.5  # of the visitors: a question that fewer answer says little of one that all answer


class Respondents:
    """Visitors who answered a satisfaction survey, at a site and beside it."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        found = self._answers = sources.answers
        self.kept, self.items_of, self.half_days_of = found.kept, found.items_of, found.half_days_of
        self.sample, self.costs, self.shares_of = found.sample, found.costs, found.shares_of
        self.questionnaire = sources.questionnaire
        self._own = (sources.campaign.id, sources.site.id)

    @property
    def threshold(self) -> int:
        """Fewest people who may be told apart."""
        return self._sources.threshold

    @property
    def rows(self) -> pd.DataFrame:
        """Answers of this site and campaign, one row a visitor."""
        return self.kept(*self._own)

    @property
    def items(self) -> pd.DataFrame:
        """Answers of this site and campaign, one row a visitor and question."""
        return self.items_of(*self._own)

    @cached_property
    def sites(self) -> list[str]:
        """The site first, then the others of its committee that have answers."""
        site, campaign = self._sources.site, self._sources.campaign.id
        others = self._answers.answering(campaign, site.comite or "")
        return [site.id, *(other for other in others if other != site.id)]

    @cached_property
    def everyone(self) -> pd.DataFrame:
        """Answers of these sites."""
        campaign = self._sources.campaign.id
        return pd.concat([self.kept(campaign, s) for s in self.sites], ignore_index=True)

    @property
    def groups(self) -> list[str]:
        """The roles by which the report says who answered; one language says nothing."""
        asked = self.questionnaire.groups
        is_varied = LANGUAGE in asked and len(self.rows[LANGUAGE].dropna().unique()) > 1
        return [role for role in asked if role != LANGUAGE or is_varied]

    def answers(self, question: Question, site: str = "") -> pd.Series:
        """Return one answer a visitor of a site to a closed question; missing without one."""
        return self._answers.given(self._own[0], site or self._own[1], question)

    def published(self, column: str, threshold: int) -> pd.DataFrame:
        """Return the groups of all sites of the committee, and what may be published of them."""
        return self._answers.published(self._own[0], self._together, column, threshold)

    def shown(self, column: str, threshold: int) -> set[str]:
        """Return the groups of this site that may be shown, all sites considered."""
        campaign, site = self._own
        return self._answers.shown(campaign, self._together, column, threshold).get(site, set())

    @cached_property
    def _together(self) -> frozenset[str]:
        return frozenset(self.sites)

    # Opinions

    @property
    def main(self) -> str:
        """The question on overall satisfaction."""
        return self.questionnaire.main

    def opinions(self, site: str, campaign: str = "") -> pd.DataFrame:
        """Return the opinions of a site, one row a visitor: ranks, higher for more satisfied."""
        return self._answers.opinions(campaign or self._own[0], site)

    @property
    def half_days(self) -> pd.Series:
        """Half-day of each visitor of this site and campaign."""
        return self.half_days_of(*self._own)

    @property
    def own_sample(self) -> Sample:
        """The sample of this site and campaign."""
        return self.sample(*self._own)

    @property
    def main_sample(self) -> Sample:
        """The same, of overall satisfaction alone; of nobody told where it is not asked."""
        own = self.own_sample
        if not self.main:
            return Sample(np.full((len(own.satisfied), 1), np.nan), own.half_days)
        return self.sample_of(self.main)

    def sample_of(self, question: str) -> Sample:
        """Return the sample of this site and campaign, of one question alone."""
        asked = [one.id for one in self.questionnaire.opinions]
        return self.own_sample.question(asked.index(question))

    def costs_of(self, question: Question) -> dict[str, float]:
        """Return the same of each box of a question, or of the number that it asks for."""
        told = replies.told(self.items, question)
        # Boxes are questions of one kind; a mark and its net score are not of one unit.
        tables = [told] if question.options else [told[[name]] for name in told]
        return {
            name: k
            for table in tables
            for name, k in samples.costs_of(table, self.half_days).items()
        }

    @property
    def ranks(self) -> pd.DataFrame:
        """Opinions of this site, one row a visitor."""
        return self.opinions(self._sources.site.id)

    def satisfied(self, ranks: pd.DataFrame) -> pd.Series:
        """Return who is satisfied overall, by the opinions of a site; nobody told without it."""
        if not self.main:
            return pd.Series(index=ranks.index, dtype=float)
        return groups.satisfied(ranks[self.main], self.questionnaire, self.main)

    # Shares

    @property
    def visitors(self) -> int | None:
        """Passages counted at this site, all together."""
        return self._answers.visitors(*self._own)

    def population(self, campaign: str, site: str = "") -> int | None:
        """Return the size of the population that results speak of, if it is the visitors' own."""
        return self._answers.population(campaign, site or self._own[1])

    def largest_margin(self, campaign: str) -> Measure:
        """Return the largest margin of a question that every answer of a campaign replies to."""
        n, asked = len(self.kept(campaign, self._own[1])), self.sample(campaign, self._own[1])
        many = asked.n >= _MOST * n
        own = np.array([*self.costs(campaign, self._own[1]).values()])
        cost = float(own[many].max(initial=1.0))
        return largest_margin(n, self.population(campaign), cost)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Share of satisfied visitors of this site, one row a question."""
        return self.shares_of(*self._own)

    @cached_property
    def levels(self) -> pd.DataFrame:
        """How the answers of this site divide, one row a question and level."""
        return answers.distribution(self.items, self.questionnaire, self.questionnaire.opinions)

    @cached_property
    def shares_by_campaign(self) -> list[tuple[Campaign, pd.DataFrame]]:
        """Shares of each campaign of this site with the same questionnaire, the oldest first."""
        campaign, site = self._own
        series = reversed(self._sources.reference.series(campaign))
        return [(one, self.shares_of(one.id, site)) for one in series]

    @cached_property
    def worth_by_campaign(self) -> list[float]:
        """What the answers to the main question are worth, half-days reckoned with, as above."""
        found, site = [], self._own[1]
        for campaign, shares in self.shares_by_campaign:
            answers_ = int(shares.set_index("question")["n"][self.main])
            found.append(answers_ / self.costs(campaign.id, site)[self.main] if answers_ else 0.0)
        return found

    @cached_property
    def shares_by_site(self) -> dict[str, pd.DataFrame]:
        """Shares of each site of the committee, this site first."""
        campaign = self._sources.campaign.id
        others = {site: self.shares_of(campaign, site) for site in self.sites[1:]}
        return {self.sites[0]: self.shares, **others}

    @property
    def comparable(self) -> Campaign | None:
        """The previous campaign, if it has answers to the same questionnaire."""
        before = self._sources.previous
        if before is None or before.questionnaire != self._sources.campaign.questionnaire:
            return None
        return before if len(self.kept(before.id, self._own[1])) else None
