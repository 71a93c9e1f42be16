"""Tables and answers of any site and campaign, read and computed once for all callers."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from qpref.errors import UsageError
from qpref.project import Project
from qpref.quality import answers, groups, profile, samples
from qpref.quality.choice import Condition, kept
from qpref.quality.individuals import Individuals, individuals
from qpref.reference import OtherSurvey, Question, Reference
from qpref.statistics.clusters import Sample, costs
from qpref.statistics.disclosure import VISIBLE
from qpref.store import Store
from qpref.wording.french import plural
from qpref.workbook.copies import remembered


class SharedAnswers:
    """
    What all sites of a committee share when they are read together: each is read once.

    Parameters
    ----------
    project, reference
        The data, and the facts they are read with.
    campaign
        Whose questionnaire the answers are read with, those of other campaigns too.
    is_masked
        Whether too few answers to a survey of another public are left out, as all that others may
        read wants.
    together
        Sites whose tables are all asked for, as a joint report does: one reading for all of them.

    Notes
    -----
    Visitors come by the hundred and nobody knows who answered; of a few dozen agents, colleagues
    do. So of such a survey nothing is told of a site where fewer than its threshold answered, nor
    of a question that fewer answered: their rows are not even read further.
    """

    is_part = False  # whether some visitors were left out
    _sites: Sequence[str] = ()

    def __init__(
        self,
        project: Project,
        reference: Reference,
        campaign: str,
        *,
        is_masked: bool = True,
        together: Sequence[str] = (),
    ) -> None:
        self.reference, self.store, self.is_masked = reference, Store(project), is_masked
        self.questionnaire, self._sites = reference.questionnaire(campaign), together

    @remembered
    def table(self, name: str, campaign: str, site: str) -> pd.DataFrame:
        """Return a table of the store, of a campaign and site."""
        if site in self._sites:
            return self._tables(name, campaign)[site]
        return self.store.read(name, campaign, site)

    @remembered
    def _tables(self, name: str, campaign: str) -> dict[str, pd.DataFrame]:
        return self.store.read_together(name, campaign, self._sites)

    @remembered
    def kept(self, campaign: str, site: str) -> pd.DataFrame:
        """Return the answers that count, one row a visitor."""
        rows = answers.counted(
            self.table("reponses", campaign, site), self.reference.campaign(campaign)
        )
        return rows.iloc[:0] if 0 < len(rows) < self._least(campaign) else rows

    def _least(self, campaign: str) -> int:
        """Return the fewest answers to a question of which something is told."""
        is_other = isinstance(self.reference.campaign(campaign), OtherSurvey)
        return self.reference.threshold(campaign) if is_other and self.is_masked else 0

    @remembered
    def items_of(self, campaign: str, site: str) -> pd.DataFrame:
        """Return the answers that count, one row a visitor and question."""
        rows = self.table("items", campaign, site)
        kept = self.kept(campaign, site)["reponse_id"]
        is_kept = rows["reponse_id"].isin(kept)
        own = rows if is_kept.all() else rows.loc[is_kept].reset_index(drop=True)
        return answers.large_enough(own, self._least(campaign))

    @remembered
    def individuals(self, campaign: str, site: str) -> Individuals:
        """Return the same, one row a visitor and one column a question."""
        rows, items = self.kept(campaign, site), self.items_of(campaign, site)
        return individuals(rows, items, self.questionnaire)

    @remembered
    def opinions(self, campaign: str, site: str) -> pd.DataFrame:
        """Return the opinions of a site, one row a visitor: ranks, higher for more satisfied."""
        return groups.opinions(self.items_of(campaign, site), self.questionnaire)

    @remembered
    def half_days_of(self, campaign: str, site: str) -> pd.Series:
        """Return the half-day of each visitor, of `samples.half_days`."""
        return samples.half_days(self.kept(campaign, site), self.questionnaire)

    @remembered
    def sample(self, campaign: str, site: str) -> Sample:
        """Return who was satisfied with what, and when: visitors in the order of `opinions`."""
        moments = self.half_days_of(campaign, site)
        return samples.sample(self.opinions(campaign, site), moments, self.questionnaire)

    @remembered
    def costs(self, campaign: str, site: str) -> dict[str, float]:
        """Return by how much half-days divide the answers of each question."""
        names = [question.id for question in self.questionnaire.opinions]
        if not samples.is_gathered(self.questionnaire):
            return dict.fromkeys(names, 1.0)
        found = costs(self.sample(campaign, site))
        return dict(zip(names, found.tolist(), strict=True))

    def given(self, campaign: str, site: str, question: Question) -> pd.Series:
        """Return one answer a visitor of a site to a closed question; missing without one."""
        rows = self.kept(campaign, site)
        people = rows["reponse_id"].astype(str)
        if question.column:
            return pd.Series(rows[question.column].to_numpy(dtype=object), index=people)
        items = answers.answered(self.items_of(campaign, site), question.id)
        levels = items.set_index(items["reponse_id"].astype(str))["modalite"].astype("object")
        return levels.reindex(people)

    @remembered
    def published(
        self, campaign: str, sites: frozenset[str], column: str, threshold: int
    ) -> pd.DataFrame:
        """Return the groups of these sites together, and what may be published of them."""
        asked, listed = self.questionnaire, sorted(sites)
        parents = {"aisance_numerique": groups.digital_ease(asked)}
        given = [self.given(campaign, site, asked.by_variable[column]) for site in listed]
        places = np.repeat(listed, [len(one) for one in given])
        rows = pd.DataFrame({"site": places, column: pd.concat(given).to_numpy()})
        if column not in asked.groups:  # a question among others: of who answered it
            rows = rows.dropna()
        return profile.published(rows, column, threshold, parents.get(column))

    @remembered
    def shown(
        self, campaign: str, sites: frozenset[str], column: str, threshold: int
    ) -> dict[str, set[str]]:
        """Return the groups of each of these sites that are large enough to be shown."""
        table = self.published(campaign, sites, column, threshold)
        seen = table.loc[table["diffusion"] == VISIBLE]
        found: dict[str, set[str]] = {}
        for site, level in zip(seen["site"], seen["modalite"], strict=True):
            found.setdefault(site, set()).add(level)
        return found

    @remembered
    def answering(self, campaign: str, committee: str) -> list[str]:
        """Return the sites of a committee that have answers, as they are declared."""
        together = self.reference.covered(committee)
        return [site.id for site in together if len(self.kept(campaign, site.id))]

    def shares_of(self, campaign: str, site: str) -> pd.DataFrame:
        """Return the share of satisfied visitors of a site and campaign, one row a question."""
        asked, cost = self.questionnaire.opinions, self.costs(campaign, site)
        items, population = self.items_of(campaign, site), self.population(campaign, site)
        return answers.satisfaction(items, self.questionnaire, asked, population, cost)

    def visitors(self, campaign: str, site: str) -> int | None:
        """Return the passages counted at a site, all together."""
        flow = self.table("population", campaign, site)
        return int(flow.loc[flow["variable"] == "total", "effectif"].sum()) or None

    def population(self, campaign: str, site: str) -> int | None:
        """Return the size of the population that results speak of, if it is the visitors' own."""
        asked = self.reference.campaign(campaign)
        if isinstance(asked, OtherSurvey):
            return self._declared(asked, site)
        if asked.cible != "visiteurs":
            return None
        known = self.visitors(campaign, site)
        return known if known is not None and known >= len(self.kept(campaign, site)) else None

    def _declared(self, survey: OtherSurvey, site: str) -> int | None:
        """Return how many people of another public there are at a site, if that is known."""
        known, n = survey.population.get(site), len(self.kept(survey.id, site))
        if known and known.valeur < n:
            raise UsageError(
                f"{survey.id}, {site} : {plural(n, 'réponse')} pour une population déclarée de "
                f"{known.valeur}.",
                "Corrigez « population » dans data/reference/campagnes.yml.",
            )
        return known.valeur if known else None


class ChosenAnswers(SharedAnswers):
    """
    The same answers, of the visitors that some criteria keep, at every site and campaign.

    Nobody counted the passages or the refusals of such visitors alone: there are none here. What
    is estimated from them says nothing of all visitors.
    """

    is_part = True

    def __init__(self, whole: SharedAnswers, criteria: Sequence[Condition]) -> None:
        self.reference, self.store = whole.reference, whole.store
        self.questionnaire = whole.questionnaire
        self._whole, self._criteria, self.is_masked = whole, criteria, whole.is_masked

    def table(self, name: str, campaign: str, site: str) -> pd.DataFrame:
        """Return a table of the store; nothing of what was counted of all visitors."""
        found = self._whole.table(name, campaign, site)
        return found.iloc[:0] if name in {"population", "collecte"} else found

    @remembered
    def kept(self, campaign: str, site: str) -> pd.DataFrame:
        """Return the answers that the criteria keep, one row a visitor."""
        rows = self._whole.kept(campaign, site)
        flags = kept(self._whole.individuals(campaign, site), self._criteria)
        return rows.loc[flags].reset_index(drop=True)

    @remembered
    def individuals(self, campaign: str, site: str) -> Individuals:
        """Return the same, one row a visitor and one column a question."""
        whole = self._whole.individuals(campaign, site)
        return whole.keep(pd.Index(self.kept(campaign, site)["reponse_id"].astype(str)))
