"""All comparisons of a site and campaign, judged together: previous campaign, other sites."""

from collections.abc import Iterator, Mapping
from functools import cached_property

import pandas as pd

from qpref.quality import actions
from qpref.quality.family import Family
from qpref.reference import Action, ContactIndicator
from qpref.statistics import comparison, verdicts
from qpref.statistics.clusters import Sample, correlation
from qpref.statistics.differences import Difference, difference
from qpref.statistics.gathered import gathered
from qpref.statistics.standardised import at_equal_public
from qpref.workbook.contacts import Contacts
from qpref.workbook.groups import Groups
from qpref.workbook.respondents import Respondents
from qpref.workbook.sources import Sources

_STRATA = ("guichet", "motif")  # the first asked: the public that two campaigns must share
OTHERS = "autres_sites"
NOBODY = pd.DataFrame(columns=["variable", "strate", "effectif"])


class Comparisons:
    """
    All comparisons of a site and campaign: one family, whatever page or analyst reads it.

    What is compared depends on what was asked and on who answered, never on what was looked at.
    """

    def __init__(
        self, sources: Sources, respondents: Respondents, groups: Groups, contacts: Contacts
    ) -> None:
        self._sources, self._respondents = sources, respondents
        self._groups, self._contacts = groups, contacts

    @cached_property
    def family(self) -> Family:
        """All comparisons, judged together."""
        asked, before = self._respondents, self._before
        sides = [asked.own_sample, *([before] if before is not None else [])]
        covered = self._at_equal_public[1]
        is_known = all(side.is_clustered for side in sides)
        strata = self._strata if covered else ""
        return Family(self.families, strata, covered, is_known, self._flow is not None)

    @cached_property
    def families(self) -> Mapping[str, pd.DataFrame]:
        """All comparisons, judged together, by family."""
        return _WithSites(self._judged, self)

    @cached_property
    def _judged(self) -> dict[str, pd.DataFrame]:
        """All comparisons but those of sites, which are judged apart."""
        asked = self._respondents
        families = {
            comparison.CHANGE: comparison.NOTHING,
            comparison.MEAN: comparison.NOTHING,
            comparison.EQUAL_PUBLIC: self._at_equal_public[0],
        }
        if self._before is not None:
            now, before = asked.own_sample, self._before
            families[comparison.CHANGE] = comparison.compare(now, before, self._questions)
            families[comparison.MEAN] = comparison.mean_change(now, before)
        families |= {
            name: comparison.against_others(
                asked.main_sample, labels, asked.main, correlation([asked.own_sample])
            )
            for name, labels in self._groups.labels.items()
        }
        families["actions"] = self._contact_moves()
        if self._sources.answers.is_part:  # of visitors that an analyst chose: planned by nobody
            return verdicts.unplanned(families)
        return verdicts.judge(families, asked.main, is_shared=len(asked.sites) > 1)

    @property
    def _questions(self) -> list[str]:
        return [question.id for question in self._respondents.questionnaire.opinions]

    @property
    def _before(self) -> Sample | None:
        """Opinions of the previous campaign, if it can be compared."""
        before = self._respondents.comparable
        return self._respondents.sample(before.id, self._sources.site.id) if before else None

    @cached_property
    def _at_equal_public(self) -> tuple[pd.DataFrame, float]:
        asked, before = self._respondents, self._respondents.comparable
        strata = self._strata
        if before is None or not strata or not asked.main:
            return comparison.NOTHING, 0.0
        column, site = self._questions.index(asked.main), self._sources.site.id
        sides, labels = [], []
        for campaign in (self._sources.campaign.id, before.id):
            sides.append(asked.sample(campaign, site).question(column))
            rows = asked.kept(campaign, site)
            given = pd.Series(rows[strata].to_numpy(dtype=object), rows["reponse_id"].astype(str))
            labels.append(given.reindex(asked.opinions(site, campaign).index))
        return at_equal_public((sides[0], sides[1]), (labels[0], labels[1]), asked.main, self._flow)

    @cached_property
    def _flow(self) -> pd.Series | None:
        """Visitors by stratum, of this campaign and the one before; None where one is unknown."""
        found = []
        for campaign in (self._sources.campaign, self._respondents.comparable):
            rows = self._sources.table("population", campaign.id) if campaign else NOBODY
            columns = (rows[name].to_numpy(dtype=object) for name in NOBODY)
            known = {stratum: n for name, stratum, n in zip(*columns, strict=True)
                     if name == self._strata}  # fmt: skip
            found.append(pd.Series(known, dtype=float))
        if not all(own.sum() > 0 for own in found):
            return None
        return found[0].add(found[1], fill_value=0)

    @property
    def _strata(self) -> str:
        roles = self._respondents.questionnaire.by_role
        return next((role for role in _STRATA if role in roles), "")

    @property
    def moves(self) -> pd.DataFrame:
        """Move of each question since the previous campaign (empty without one)."""
        return self.families[comparison.CHANGE]

    @cached_property
    def sites(self) -> pd.DataFrame:
        """The site against the others together, question by question."""
        found = {OTHERS: self._against_sites()}
        is_part = self._sources.answers.is_part
        return (verdicts.unplanned if is_part else verdicts.judged_apart)(found)[OTHERS]

    def _against_sites(self) -> pd.DataFrame:
        asked, campaign = self._respondents, self._sources.campaign.id
        own, *others = asked.sites
        if not others:
            return comparison.NOTHING
        beside = gathered([asked.sample(campaign, site) for site in others])
        return comparison.compare(asked.own_sample, beside, self._questions, group=own)

    @property
    def decided(self) -> list[Action]:
        """What the results of the previous campaign led to."""
        before = self._sources.previous
        return self._sources.reference.actions(self._sources.site.id, before.id) if before else []

    @property
    def achieved(self) -> list[tuple[Action, Difference]]:
        """Each of these actions, and the move of its measure."""
        moves = {str(row["groupe"]): row for row in self.action_moves.to_dict("records")}
        return [(action, difference(moves[action.id])) for action in self.decided]

    @property
    def action_moves(self) -> pd.DataFrame:
        """What the measure of each of these actions says."""
        return actions.moves(self.decided, self.families)

    def _contact_moves(self) -> pd.DataFrame:
        before = self._sources.previous
        if before is None:
            return comparison.NOTHING
        if not any(isinstance(a.indicateur, ContactIndicator) for a in self.decided):
            return comparison.NOTHING
        contacts = self._contacts.met(), self._contacts.met(before.id)
        return actions.contact_moves(self.decided, contacts)


class _WithSites(Mapping[str, pd.DataFrame]):
    """Comparisons judged together, then those of sites: made when read, as few reports do."""

    def __init__(self, judged: Mapping[str, pd.DataFrame], compared: Comparisons) -> None:
        self._judged, self._compared = judged, compared

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._compared.sites if name == OTHERS else self._judged[name]

    def __iter__(self) -> Iterator[str]:
        return iter([*self._judged, OTHERS])

    def __len__(self) -> int:
        return len(self._judged) + 1
