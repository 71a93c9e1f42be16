"""The figures of each month of a site."""

from dataclasses import replace
from datetime import date

import pandas as pd

from qpref.display import context, monthly
from qpref.display.section import Section, Sections
from qpref.quality.monthly import quarter_months
from qpref.wording.french import months
from qpref.workbook.base import Classeur, counted
from qpref.workbook.copies import handed
from qpref.workbook.months import Months
from qpref.workbook.sources import Sources


class Indicateurs(Classeur):
    """Chiffres relevés chaque mois à un site, jusqu’à une campagne."""

    _natures = ("indicateurs",)
    _unite = ("relevé", "relevés")

    def __init__(self, sources: Sources) -> None:
        super().__init__(sources)
        self._months = Months(sources)

    def _size(self) -> str:
        return counted(len(self._months.readings), "relevé")

    @property
    def releves(self) -> pd.DataFrame:
        """Relevés du site, une ligne par indicateur et par mois."""
        return handed(self._months.readings)

    def entete(self, sujet: str = "Chiffres du mois") -> Section:
        """Titre, site, mois couverts."""
        known = sorted(self._months.readings["periode"])
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
        found = monthly.summary(self._months.followed, self._months.silent, self._place)
        again = monthly.restated(self._months.restated)
        return replace(found, sentences=[*found.sentences, *again])

    def indicateurs(self) -> Sections:
        """Chaque chiffre, mois par mois, une section par chiffre."""
        themes = {one.id: one.theme for one in self._reference.standard.engagements}
        return Sections(
            monthly.followed(one, themes.get(one.indicator.engagement or "", ""), self._place)
            for one in self._months.followed
        )

    @property
    def _place(self) -> str:
        return self.site.nom_court


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
