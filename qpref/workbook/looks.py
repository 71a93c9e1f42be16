"""What an explorer compares: as the reports read it, or to be confirmed where they do not."""

import pandas as pd

from qpref.reference import Question
from qpref.statistics import comparison, verdicts
from qpref.statistics.clusters import correlation
from qpref.workbook.comparisons import Comparisons
from qpref.workbook.contacts import Contacts
from qpref.workbook.copies import remembered
from qpref.workbook.groups import Groups
from qpref.workbook.respondents import Respondents
from qpref.workbook.sources import Sources


class Looks:
    """
    Comparisons of a site, whatever was looked at before.

    What the reports compare has their interval and their verdict; anything else was planned by
    nobody, and is at most to be confirmed by another campaign.
    """

    def __init__(self, sources: Sources, respondents: Respondents, groups: Groups) -> None:
        self._sources, self._respondents, self._groups = sources, respondents, groups

    @remembered
    def _planned(self, campaign: str) -> Comparisons:
        """Return the comparisons of the reports of a campaign."""
        own = self._sources
        if campaign == own.campaign.id:
            return Comparisons(own, self._respondents, self._groups, Contacts(own))
        sources = Sources(own.project, own.reference, own.site.id, campaign)
        asked = Respondents(sources)
        groups = Groups(asked, sources.threshold)
        return Comparisons(sources, asked, groups, Contacts(sources))

    def is_planned(self, question: Question, by: Question) -> bool:
        """Whether the reports compare these groups on this question."""
        is_main = question.id == self._respondents.main
        return is_main and self._groups.family_of(by.variable) in self._groups.labels

    def between_groups(
        self, question: Question, by: Question, labels: pd.Series, *, is_planned: bool
    ) -> pd.DataFrame:
        """
        Return groups of visitors against the others, on one question.

        Parameters
        ----------
        question, by
            What is asked, and what makes the groups.
        labels
            The group of each visitor, in the order of the opinions; missing for the others.
        is_planned
            Whether it is a comparison of the reports, all visitors of the campaign being there.
        """
        if is_planned:
            family = self._groups.family_of(by.variable)
            return self._planned(self._sources.campaign.id).families[family]
        asked = self._respondents.sample_of(question.id)
        alike = correlation([self._respondents.own_sample])
        return verdicts.explored(comparison.against_others(asked, labels, question.id, alike))

    def between_sites(self, question: Question) -> pd.DataFrame:
        """Return this site against the others together."""
        return _on(self._planned(self._sources.campaign.id).sites, question)

    def between_campaigns(self, question: Question) -> pd.DataFrame:
        """Return each campaign of the same questionnaire against the one before it."""
        _, *later = (campaign for campaign, _ in self._respondents.shares_by_campaign)
        moves = [
            _on(self._planned(campaign.id).moves, question).assign(groupe=campaign.libelle)
            for campaign in later
        ]
        return pd.concat(moves, ignore_index=True) if moves else comparison.NOTHING


def _on(table: pd.DataFrame, question: Question) -> pd.DataFrame:
    return table.loc[table["question"] == question.id].reset_index(drop=True)
