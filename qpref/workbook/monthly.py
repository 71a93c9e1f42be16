"""The figures of each month of a site."""

from dataclasses import replace
from datetime import date
from functools import cached_property

import pandas as pd

from qpref.display import context, monthly
from qpref.display.section import Section, Sections
from qpref.quality.monthly import FollowedIndicator, follow_months, quarter_months
from qpref.schema import typed
from qpref.wording.french import months
from qpref.workbook.base import Classeur, counted
from qpref.workbook.copies import handed

_KEY = ["indicateur", "periode"]


class Indicateurs(Classeur):
    """Chiffres relevés chaque mois à un site, jusqu’à une campagne."""

    _natures = ("indicateurs",)
    _unite = ("relevé", "relevés")

    def _size(self) -> str:
        return counted(len(self._readings), "relevé")

    @cached_property
    def _readings(self) -> pd.DataFrame:
        """The readings of the campaign, then those of the one before that it does not say again."""
        before = self._sources.previous
        frames = [self._sources.table("indicateurs")]
        if before:
            frames.append(self._sources.table("indicateurs", before.id))
        rows = pd.concat([one for one in frames if len(one)] or frames[:1], ignore_index=True)
        return typed("indicateurs", rows.drop_duplicates(_KEY, ignore_index=True))

    @cached_property
    def _followed(self) -> list[FollowedIndicator]:
        return follow_months(self._readings, self._reference.monthly, self._sources.site.id)

    @property
    def releves(self) -> pd.DataFrame:
        """Relevés du site, une ligne par indicateur et par mois."""
        return handed(self._readings)

    def entete(self, sujet: str = "Chiffres du mois") -> Section:
        """Titre, site, mois couverts."""
        known = sorted(self._readings["periode"])
        spans = [_first_day(month) for name in known for month in quarter_months(name)]
        days = (min(spans), max(spans))
        found = context.heading(
            sujet, self.site, self.campagne, days,
            is_fictional=self.est_fictif, when=months(*days),
        )  # fmt: skip
        where = [one for one in found.sentences if not one.startswith(self.site.nom)]
        return replace(found, sentences=[*where, f"{self.site.nom}, {months(*days)}."])

    def essentiel(self) -> Section:
        """Le dernier mois de chaque chiffre, et ce qui sort du hasard."""
        known = {one.indicator.id for one in self._followed}
        declared = self._reference.monthly.indicateurs
        silent = [one.libelle for one in declared if one.id not in known]
        return monthly.summary(self._followed, silent, self.site.nom_court)

    def indicateurs(self) -> Sections:
        """Chaque chiffre, mois par mois, une section par chiffre."""
        themes = {one.id: one.theme for one in self._reference.standard.engagements}
        return Sections(
            monthly.followed(one, themes.get(one.indicator.engagement or "", ""), self._place)
            for one in self._followed
        )

    @property
    def _place(self) -> str:
        return self.site.nom_court


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
