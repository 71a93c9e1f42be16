"""The complaints and suggestions of a site, as its registers were read up to a campaign."""

from functools import cached_property

import pandas as pd

from qpref.layout.complaints import TEXTS
from qpref.quality.complaints import HeardYear, RegisterRules, heard, year_of
from qpref.schema import once
from qpref.store import reviewed
from qpref.workbook.sources import Sources

_TABLE = "reclamations"


class HeardComplaints:
    """Register of a site: that of the campaign, then what the one before alone says."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    @property
    def _campaigns(self) -> list[str]:
        before = self._sources.previous
        return [self._sources.campaign.id, *([before.id] if before else [])]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The complaints, each once."""
        frames = [self._sources.table(_TABLE, name) for name in self._campaigns]
        return once(_TABLE, frames, ["reclamation_id"])

    @cached_property
    def year(self) -> HeardYear | None:
        """What the register says of the year; None when it says nothing."""
        declared, reference = self._sources.reference.complaints, self._sources.reference
        if declared is None or self.rows.empty:
            return None
        rules = RegisterRules(
            declared, reference.book, self._sources.threshold, reference.sites.territory
        )
        return heard(self.rows, self._sources.campaign, rules)

    @cached_property
    def _approved(self) -> pd.DataFrame:
        """What a person approved of the texts of the year."""
        project, site = self._sources.project, [self._sources.site.id]
        known = set(year_of(self.rows, self._sources.campaign)["reclamation_id"])
        found = [reviewed(project, name, site) for name in self._campaigns]
        rows = pd.concat(found, ignore_index=True).drop_duplicates("identifiant")
        return rows.loc[rows["publiable"] & rows["reponse_id"].astype(str).isin(known)]

    def quoted(self, key: str) -> list[str]:
        """Return the texts of a kind that a person approved, each once, as they were masked."""
        rows = self._approved
        return [*dict.fromkeys(rows.loc[rows["question"] == TEXTS[key], "texte_masque"])]
