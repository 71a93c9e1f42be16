"""The one-page sheets of a site: the poster of its hall, and what its staff is told."""

from qpref.display import poster, staff
from qpref.display.section import Section
from qpref.quality.answers import satisfied
from qpref.statistics.measure import Measure
from qpref.workbook.base import Enquete
from qpref.workbook.months import Months


class Feuilles(Enquete):
    """Feuilles d’une page d’un site pour une campagne : l’affiche, le retour aux agents."""

    @property
    def _shares(self) -> list[Measure]:
        """The share of each question of opinion, named as the questionnaire does."""
        label = {question.id: question.texte_court for question in self.questionnaire.opinions}
        return [satisfied(r, label[r["question"]]) for r in self._asked.shares.to_dict("records")]

    def lignes(self) -> Section:
        """Quatre lignes qui se lisent de loin : combien, satisfaits, le plus, le moins."""
        asked, n = self._asked, len(self._asked.rows)
        change = self._compared.family.main(asked.main)
        return poster.lines(n, self._shares, change, asked.comparable, self.questionnaire)

    def mois(self) -> Section:
        """Dernier mois des chiffres choisis pour l’affiche ; absents sans relevé."""
        followed = Months(self._sources).followed
        return poster.months([one for one in followed if one.indicator.affiche])

    def decisions(self) -> Section:
        """Ce qui a été décidé après la campagne précédente, et ce que cela a changé."""
        return poster.decided(self._compared.achieved)

    def appreciations(self) -> Section:
        """Pour les agents : combien ont répondu, et ce qui satisfait le plus."""
        return staff.praised(len(self._asked.rows), self._shares, self.questionnaire)

    def progres(self) -> Section:
        """Pour les agents : ce qui a été fait, et ce que dit sa mesure."""
        return staff.achieved(self._compared.achieved)

    def attentes(self) -> Section:
        """Pour les agents : ce qui satisfait le moins, pour le site entier."""
        return staff.awaited(self._shares, self.questionnaire)
