"""The surveys of other publics that a committee may see, beside those of its visitors."""

from collections.abc import Sequence
from functools import cached_property

from qpref.display.other_publics import PublicResults
from qpref.project import Project
from qpref.quality.answers import satisfied
from qpref.reference import Reference, Site
from qpref.statistics.records import records
from qpref.workbook.answers import SharedAnswers
from qpref.workbook.respondents import Respondents
from qpref.workbook.sources import Sources


class OtherPublics:
    """
    What publics say at the sites of a committee, of the surveys that it may see.

    Parameters
    ----------
    project, reference, campaign, sites
        Of the report.
    """

    def __init__(
        self, project: Project, reference: Reference, campaign: str, sites: Sequence[Site]
    ) -> None:
        self._project, self._reference, self._sites = project, reference, sites
        self.surveys = [one for one in reference.campaigns.beside(campaign) if one.is_for_committee]

    @cached_property
    def sources(self) -> list[Sources]:
        """What each survey is read from, at each site where it was held."""
        return [
            Sources(self._project, self._reference, site.id, survey.id, answers)
            for survey in self.surveys
            for answers in [SharedAnswers(self._project, self._reference, survey.id)]
            for site in self._sites
            if site.id in survey.sites | answers.store.sites_of(survey.id)
        ]

    def results(self, visitors: Sequence[Sources]) -> list[PublicResults]:
        """
        Return what each public says, site by site; nothing where no other was asked.

        Parameters
        ----------
        visitors
            What the survey of the campaign is read from, at each site.
        """
        others = self.sources
        held = {one.site.id for one in others}
        return [self._of(one) for one in (*visitors, *others) if one.site.id in held]

    def _of(self, sources: Sources) -> PublicResults:
        """Return what a survey found at a site."""
        asked, questionnaire = Respondents(sources), sources.questionnaire
        shares = {
            row["question"]: satisfied(row, questionnaire.by_id[row["question"]].texte_court)
            for row in records(asked.shares)
        }
        main = shares.pop(asked.main, None)
        return PublicResults(
            who=questionnaire.public,
            site=sources.site,
            answers=len(asked.rows) or None,
            least=sources.threshold,
            population=asked.population(sources.campaign.id),
            main=main,
            shares=[*shares.values()],
        )
