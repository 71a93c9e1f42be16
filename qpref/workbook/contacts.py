"""The mystery survey of a site: its contacts, what was judged, and the criteria met."""

from functools import cached_property

import pandas as pd

from qpref.quality import mystery
from qpref.quality.mystery import MysterySurvey, compliance
from qpref.quality.score import contact_marks
from qpref.workbook.copies import remembered
from qpref.workbook.sources import Sources


class Contacts:
    """Mystery contacts of a site, of any campaign."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    @property
    def rows(self) -> pd.DataFrame:
        """Contacts of this campaign, one row each, those set aside too."""
        return self._sources.table("contacts_mysteres")

    @property
    def judged(self) -> pd.DataFrame:
        """Judgements of this campaign, one row a contact and criterion."""
        return self._sources.table("visites_mysteres")

    def survey(self, campaign: str = "") -> MysterySurvey:
        """Return the contacts of a campaign (this one) with what is needed to judge them."""
        reference = self._sources.reference
        return MysterySurvey(
            self._sources.table("contacts_mysteres", campaign),
            self._sources.table("visites_mysteres", campaign),
            reference.grid,
            reference.standard,
            reference.sites.territory,
        )

    @remembered
    def met(self, campaign: str = "") -> pd.DataFrame:
        """Return the criteria met in a campaign (this one), one row a channel and criterion."""
        return compliance(self.survey(campaign))

    @cached_property
    def marks(self) -> pd.DataFrame:
        """Means of the marks, each out of the highest of its criterion."""
        return mystery.marks(self.rows, self.judged, self._sources.reference.grid)

    @property
    def scores(self) -> pd.DataFrame:
        """One mark out of ten a contact, all its criteria together."""
        return contact_marks(self.survey())
