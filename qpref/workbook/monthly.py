"""The figures of each month of a site, and its register of complaints."""

from dataclasses import replace
from datetime import date

import pandas as pd

from qpref.display import complaints, context, monthly
from qpref.display.section import Section, Sections, left_out
from qpref.quality.monthly import quarter_months
from qpref.wording.french import months
from qpref.workbook.base import Classeur, counted
from qpref.workbook.copies import handed
from qpref.workbook.heard import HeardComplaints
from qpref.workbook.months import Months
from qpref.workbook.sources import Sources


class Indicateurs(Classeur):
    """Chiffres relevés chaque mois à un site, et son registre de réclamations."""

    _natures = ("indicateurs", "reclamations")
    _unite = ("relevé", "relevés")

    def __init__(self, sources: Sources) -> None:
        super().__init__(sources)
        self._months, self._heard = sources.once(Months), sources.once(HeardComplaints)
        if len(self._heard.rows):
            self._unite = ("ligne retenue", "lignes retenues")

    def _size(self) -> str:
        return counted(len(self._months.readings), "relevé")

    @property
    def releves(self) -> pd.DataFrame:
        """Relevés du site, une ligne par indicateur et par mois."""
        return handed(self._months.readings)

    @property
    def reclamations(self) -> pd.DataFrame:
        """Réclamations et suggestions du site, une ligne chacune, sans aucun texte."""
        return handed(self._heard.rows.drop(columns="service"))

    def entete(self, sujet: str = "Chiffres du mois") -> Section:
        """Titre, site, mois couverts."""
        known = [*self._months.readings["periode"]]
        known += self._heard.year.quarters if self._heard.year else ()
        spans = [_first_day(month) for name in known for month in quarter_months(name)]
        days = (min(spans), max(spans))
        found = context.heading(
            sujet, self.site, self.campagne, days,
            is_fictional=self.est_fictif, when=months(*days),
        )  # fmt: skip
        where = [one for one in found.sentences if not one.startswith(self.site.nom)]
        return replace(found, sentences=[*where, f"{self.site.nom}, {months(*days)}."])

    def essentiel(self) -> Section:
        """Le dernier mois de chaque chiffre, et ce qui sort du hasard ; absent sans relevé."""
        if not self._months.followed:
            return left_out("mois", "aucun chiffre du mois")
        found = monthly.summary(self._months.followed, self._months.silent, self._place)
        again = monthly.restated(self._months.restated)
        return replace(found, sentences=[*found.sentences, *again])

    def indicateurs(self) -> Sections:
        """Chaque chiffre, mois par mois, une section par chiffre."""
        if not self._months.followed:
            return Sections([left_out("mois", "aucun chiffre du mois")])
        themes = {one.id: one.theme for one in self._reference.standard.engagements}
        return Sections(
            monthly.followed(one, themes.get(one.indicator.engagement or "", ""), self._place)
            for one in self._months.followed
        )

    def registre(self) -> Section:
        """Réclamations et suggestions d’un an : combien, d’où, et leurs délais de réponse."""
        return complaints.register(self._heard.year, self._reference.complaints, self._place)

    def changements(self) -> Section:
        """Ce qui a changé après elles, dans les mots relus par une personne."""
        changed, quoted = self._heard.quoted("changement"), self._heard.quoted("texte")
        return complaints.changes(self._heard.year, changed, quoted)

    @property
    def _place(self) -> str:
        return self.site.nom_court


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
