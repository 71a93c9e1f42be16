"""The study behind the page that a site publishes: extracts of its other reports."""

from qpref.display.section import Section, left_out
from qpref.workbook.base import Classeur
from qpref.workbook.monthly import Indicateurs
from qpref.workbook.mystery import EnqueteMystere
from qpref.workbook.satisfaction import Satisfaction
from qpref.workbook.sources import Sources


def _natures_of(*studies: type[Classeur]) -> tuple[str, ...]:
    return tuple(nature for study in studies for nature in study._natures)  # noqa: SLF001 - of one family


class Publication(Satisfaction):
    """Résultats de qualité et de satisfaction qu’un site affiche et publie pour une campagne."""

    _natures = (*_natures_of(Satisfaction, EnqueteMystere), "indicateurs")
    _unite = ("ligne retenue", "lignes retenues")

    def __init__(self, sources: Sources) -> None:
        super().__init__(sources)
        self._mystere, self._mois = EnqueteMystere(sources), Indicateurs(sources)

    def entete(self, sujet: str = "Qualité et satisfaction") -> Section:
        """Titre, site, période."""
        return super().entete(sujet)

    def suites(self) -> Section:
        """Ce qui a été promis aux usagers, et ce qu’en disent les mesures ; absent sans action."""
        if not self._compared.decided:
            return left_out("suites", "aucune action décidée")
        return self.promesses()

    def mystere(self) -> Section:
        """Enquête mystère ; absente sans contact."""
        if self._mystere.contacts.empty:
            return left_out("mystere", "aucun contact mystère")
        return self._mystere.essentiel()

    def mois(self) -> Section:
        """Dernier mois de chaque chiffre relevé ; absent sans relevé."""
        if self._mois.releves.empty:
            return left_out("mois", "aucun chiffre du mois")
        return self._mois.essentiel()
