"""The answers kept, of any site and campaign, and what is counted from them."""

from functools import cached_property

import pandas as pd

from qpref.quality import answers, groups
from qpref.reference import Campaign, Question
from qpref.statistics.measure import Measure
from qpref.statistics.shares import largest_margin
from qpref.workbook.copies import remembered
from qpref.workbook.sources import Sources


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
        items = self.items_of(*own)
        given = items.loc[(items["question"] == question.id) & (items["etat"] == "repondu")]
        levels = given.set_index(given["reponse_id"].astype(str))["modalite"].astype("object")
        return levels.reindex(people)

    # Opinions

    @property
    def main(self) -> str:
        """The question on overall satisfaction."""
        return self.questionnaire.main

    @remembered
    def opinions(self, site: str) -> pd.DataFrame:
        """Return the opinions of a site, one row a visitor: ranks, higher for more satisfied."""
        items = self.items_of(self._sources.campaign.id, site)
        return groups.opinions(items, self.questionnaire)

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
        n = len(self.kept(campaign, self._own[1]))
        return largest_margin(n, self.population(campaign))

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
        items, asked = self.items_of(campaign, site), self.questionnaire.opinions
        population = self.population(campaign, site)
        return answers.satisfaction(items, self.questionnaire, asked, population)

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
