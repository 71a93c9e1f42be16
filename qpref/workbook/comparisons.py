"""What is compared in a satisfaction report, judged together: with before, and with others."""

from functools import cached_property

import pandas as pd

from qpref.quality import actions
from qpref.reference import Action, ContactIndicator
from qpref.statistics import comparison
from qpref.workbook.contacts import Contacts
from qpref.workbook.groups import Groups
from qpref.workbook.respondents import Respondents
from qpref.workbook.sources import Sources


class Comparisons:
    """All comparisons of the answers of a site: one family of tests."""

    def __init__(
        self, sources: Sources, respondents: Respondents, groups: Groups, contacts: Contacts
    ) -> None:
        self._sources, self._respondents = sources, respondents
        self._groups, self._contacts = groups, contacts

    @cached_property
    def families(self) -> dict[str, pd.DataFrame]:
        """All comparisons of the report, judged together, by family."""
        asked, before = self._respondents, self._respondents.comparable
        earlier = asked.shares_of(before.id, self._sources.site.id) if before else None
        evolution = (
            comparison.NOTHING if earlier is None else comparison.compare(asked.shares, earlier)
        )
        families = {"evolution": evolution}
        families |= {
            name: comparison.against_others(table) if len(table) > 1 else comparison.NOTHING
            for name, table in self._groups.satisfied.items()
        }
        families["actions"] = self._contact_moves()
        return comparison.judge(families, asked.main)

    @property
    def moves(self) -> pd.DataFrame:
        """Move of each question since the previous campaign (empty without one)."""
        return self.families["evolution"]

    @cached_property
    def sites(self) -> pd.DataFrame:
        """The site against the others together, question by question (Holm between sites)."""
        asked, own = self._respondents, comparison.NOTHING
        if len(asked.sites) > 1:
            every = pd.concat([t.assign(groupe=s) for s, t in asked.shares_by_site.items()])
            table = comparison.against_others(every)
            own = table.loc[table["groupe"] == self._sources.site.id].reset_index(drop=True)
        return comparison.judge({"autres_sites": own}, asked.main)["autres_sites"]

    @property
    def decided(self) -> list[Action]:
        """What the results of the previous campaign led to."""
        before = self._sources.previous
        return self._sources.reference.actions(self._sources.site.id, before.id) if before else []

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
