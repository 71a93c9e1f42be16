"""The answers kept, of any site and campaign, and what is counted from them."""

from functools import cached_property

import numpy as np
import pandas as pd

from qpref.quality import answers, groups, replies, samples
from qpref.reference import Campaign, Question
from qpref.statistics.clusters import Sample, costs
from qpref.statistics.measure import Measure
from qpref.statistics.shares import largest_margin
from qpref.workbook.copies import remembered
from qpref.workbook.sources import Sources

_MOST = 0.5  # of the visitors: a question that fewer answer says little of one that all answer


class Respondents:
    """Visitors who answered a satisfaction survey, at a site and beside it."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self.questionnaire = sources.questionnaire
        self._own = (sources.campaign.id, sources.site.id)

    @remembered
    def kept(self, campaign: str, site: str) -> pd.DataFrame:
        """Return the answers that count, one row a visitor."""
        rows = self._sources.table("reponses", campaign, site)
        statuses = self._sources.reference.campaign(campaign).kept_statuses
        return rows.loc[rows["statut"].isin(statuses)].reset_index(drop=True)

    @remembered
    def items_of(self, campaign: str, site: str) -> pd.DataFrame:
        """Return the answers that count, one row a visitor and question."""
        rows = self._sources.table("items", campaign, site)
        kept = self.kept(campaign, site)["reponse_id"]
        return rows.loc[rows["reponse_id"].isin(kept)].reset_index(drop=True)

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
        others = [other.id for other in self._sources.reference.sites.beside(site)]
        return [site.id, *(s for s in others if len(self.kept(campaign, s)))]

    @cached_property
    def everyone(self) -> pd.DataFrame:
        """Answers of these sites."""
        campaign = self._sources.campaign.id
        return pd.concat([self.kept(campaign, s) for s in self.sites], ignore_index=True)

    def answers(self, question: Question, site: str = "") -> pd.Series:
        """Return one answer a visitor of a site to a closed question; missing without one."""
        own = (self._own[0], site or self._own[1])
        people = self.kept(*own)["reponse_id"].astype(str)
        if question.column:
            rows = self.kept(*own)
            return pd.Series(rows[question.column].to_numpy(dtype=object), index=people)
        given = answers.answered(self.items_of(*own), question.id)
        levels = given.set_index(given["reponse_id"].astype(str))["modalite"].astype("object")
        return levels.reindex(people)

    # Opinions

    @property
    def main(self) -> str:
        """The question on overall satisfaction."""
        return self.questionnaire.main

    @remembered
    def opinions(self, site: str, campaign: str = "") -> pd.DataFrame:
        """Return the opinions of a site, one row a visitor: ranks, higher for more satisfied."""
        items = self.items_of(campaign or self._sources.campaign.id, site)
        return groups.opinions(items, self.questionnaire)

    @remembered
    def half_days_of(self, campaign: str, site: str) -> pd.Series:
        """Return the half-day of each visitor, of `samples.half_days`."""
        return samples.half_days(self.kept(campaign, site), self.questionnaire)

    @property
    def half_days(self) -> pd.Series:
        """Half-day of each visitor of this site and campaign."""
        return self.half_days_of(*self._own)

    @remembered
    def sample(self, campaign: str, site: str) -> Sample:
        """Return who was satisfied with what, and when: visitors in the order of `opinions`."""
        moments = self.half_days_of(campaign, site)
        return samples.sample(self.opinions(site, campaign), moments, self.questionnaire)

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

    @remembered
    def costs(self, campaign: str, site: str) -> dict[str, float]:
        """Return by how much half-days divide the answers of each question."""
        found = costs(self.sample(campaign, site))
        names = [question.id for question in self.questionnaire.opinions]
        return dict(zip(names, found.tolist(), strict=True))

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
        return self._visitors(*self._own)

    def _visitors(self, campaign: str, site: str) -> int | None:
        flow = self._sources.table("population", campaign, site)
        return int(flow.loc[flow["variable"] == "total", "effectif"].sum()) or None

    def population(self, campaign: str, site: str = "") -> int | None:
        """Return the size of the population that results speak of, if it is the visitors' own."""
        own = (campaign, site or self._own[1])
        if self._sources.reference.campaign(campaign).cible != "visiteurs":
            return None
        known = self._visitors(*own)
        return known if known is not None and known >= len(self.kept(*own)) else None

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

    def shares_of(self, campaign: str, site: str) -> pd.DataFrame:
        """Return the share of satisfied visitors of a site and campaign, one row a question."""
        asked, cost = self.questionnaire.opinions, self.costs(campaign, site)
        items, population = self.items_of(campaign, site), self.population(campaign, site)
        return answers.satisfaction(items, self.questionnaire, asked, population, cost)

    @cached_property
    def shares_by_campaign(self) -> list[tuple[Campaign, pd.DataFrame]]:
        """Shares of each campaign of this site with the same questionnaire, the oldest first."""
        chain = [self._sources.campaign]
        own, reference = chain[0].questionnaire, self._sources.reference
        while chain[0].precedente:
            before = reference.campaign(chain[0].precedente)
            if before.questionnaire != own or before in chain:
                break
            chain.insert(0, before)
        return [(campaign, self.shares_of(campaign.id, self._own[1])) for campaign in chain]

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
