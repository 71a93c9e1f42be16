"""Base class of the studies opened by notebooks: project, tables and their provenance."""

from functools import cached_property

import pandas as pd

from qpref.display import context
from qpref.display.section import Section
from qpref.lazy import lazy
from qpref.project import Project
from qpref.quality.family import Family
from qpref.quality.likeness import Weighted
from qpref.quality.reading import Received
from qpref.reference import Audience, Campaign, Questionnaire, Site
from qpref.wording.french import NBSP, plural
from qpref.workbook.comparisons import Comparisons
from qpref.workbook.contacts import Contacts
from qpref.workbook.copies import handed
from qpref.workbook.groups import Groups
from qpref.workbook.models import Models
from qpref.workbook.respondents import Respondents
from qpref.workbook.sources import Sources

metadata = lazy("importlib.metadata")


def counted(count: int, noun: str) -> str:
    """Return a count and its noun, for a terminal."""
    return plural(count, noun).replace(NBSP, " ")


class Classeur:
    """Ce qui est commun aux enquêtes d’un site pour une campagne."""

    _natures: tuple[str, ...] = ()
    _unite = ("ligne retenue", "lignes retenues")

    def __init__(self, sources: Sources) -> None:
        self._sources, self._reference = sources, sources.reference
        self._contacts = sources.once(Contacts)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} : {self._place}, {self._size()}>"

    @property
    def _place(self) -> str:
        """The site and the campaign in words, for a title."""
        return f"{self.site.nom_court}, {self.campagne.libelle}"

    def _size(self) -> str:
        return counted(len(self._contacts.rows), "contact")

    @property
    def project(self) -> Project:
        """Le projet."""
        return self._sources.project

    @property
    def site(self) -> Site:
        """Le site."""
        return self._sources.site

    @property
    def campagne(self) -> Campaign:
        """La campagne."""
        return self._sources.campaign

    @property
    def contacts(self) -> pd.DataFrame:
        """Contacts mystères du site, une ligne chacun, y compris ceux qui sont écartés."""
        return handed(self._contacts.rows)

    @property
    def conformite(self) -> pd.DataFrame:
        """Critères mystères respectés, une ligne par canal et critère."""
        return handed(self._contacts.met())

    @property
    def fichiers(self) -> list[Received]:
        """Fichiers reçus qui concernent ce site."""
        return [*self._files]

    @cached_property
    def _files(self) -> list[Received]:
        return self._sources.received(self._natures)

    @property
    def est_fictif(self) -> bool:
        """Vrai si une donnée de la campagne, ou de la précédente, est inventée."""
        return self._sources.is_fictional

    def lecture(self, *, bref: bool = False) -> Section:
        """Ce qui a été lu, gardé, mis de côté ; fichier par fichier, sauf si c’est `bref`."""
        names = {file.name for file in self._files}
        rejects = self._sources.rejects
        is_own = rejects["fichier"].isin(names) & (rejects["site"] == self.site.id)
        own = rejects.loc[is_own]
        return context.reading(self._files, own, self._unite, is_brief=bref)

    def provenance(self) -> Section:
        """Fichiers, versions et empreintes à l’origine des chiffres."""
        label = self._sources.questionnaire.libelle
        digest = self._reference.digest
        return context.provenance(self._files, label, metadata.version("qpref"), digest)


class Counted:
    """What is counted of the answers of a site: by question, by group, and compared."""

    def __init__(self, sources: Sources) -> None:
        self.asked = Respondents(sources)
        self.groups = Groups(self.asked, sources.threshold)
        contacts = sources.once(Contacts)
        self.compared = Comparisons(sources, self.asked, self.groups, contacts)


class Enquete(Classeur):
    """Réponses d’un site à une enquête de satisfaction, et ce que l’on en compte."""

    _natures: tuple[str, ...] = ("satisfaction", "frequentation", "collecte")
    _unite = ("réponse", "réponses")

    def __init__(self, sources: Sources) -> None:
        super().__init__(sources)
        found = sources.once(Counted)
        self._asked, self._groups, self._compared = found.asked, found.groups, found.compared

    def _size(self) -> str:
        return counted(len(self.reponses), "réponse")

    @cached_property
    def _models(self) -> Models:
        return Models(self._asked, self.campagne.id, self._sources.flow)

    @property
    def ponderee(self) -> tuple[Weighted, list[str]] | None:
        """Satisfaction globale sans et avec pondération, et les marges (rien sans passages)."""
        return handed(self._models.weighted_main)

    @property
    def reponses(self) -> pd.DataFrame:
        """Réponses retenues, une ligne par usager."""
        return handed(self._asked.rows)

    @property
    def items(self) -> pd.DataFrame:
        """Réponses retenues, une ligne par usager et question."""
        return handed(self._asked.items)

    @property
    def questionnaire(self) -> Questionnaire:
        """Questions posées, échelles, libellés."""
        return self._sources.questionnaire

    @property
    def _who(self) -> Audience:
        return self.questionnaire.public

    @property
    def frequentation(self) -> pd.DataFrame:
        """Passages comptés, une ligne par variable et strate."""
        return handed(self._sources.flow)

    @property
    def parts(self) -> pd.DataFrame:
        """Part d’usagers satisfaits, une ligne par question."""
        return handed(self._asked.shares)

    @property
    def niveaux(self) -> pd.DataFrame:
        """Répartition des réponses, une ligne par question et niveau."""
        return handed(self._asked.levels)

    @property
    def avis(self) -> pd.DataFrame:
        """Avis, une ligne par usager : rang du niveau choisi, plus haut pour plus satisfait."""
        return handed(self._asked.ranks)

    @property
    def seuil(self) -> int:
        """Plus petit groupe d’usagers que l’on montre seul."""
        return self._groups.threshold

    @property
    def parts_par_campagne(self) -> list[tuple[Campaign, pd.DataFrame]]:
        """Part d’usagers satisfaits de chaque campagne au même questionnaire, dans l’ordre."""
        return handed(self._asked.shares_by_campaign)

    @property
    def parts_par_site(self) -> dict[str, pd.DataFrame]:
        """Part d’usagers satisfaits de chaque site du comité, ce site d’abord."""
        return handed(self._asked.shares_by_site)

    @property
    def comparaisons(self) -> dict[str, pd.DataFrame]:
        """Toutes les comparaisons du site et de la campagne, jugées ensemble, par famille."""
        return handed(dict(self._compared.families))

    @property
    def comparees(self) -> Family:
        """Toutes les comparaisons du site et de la campagne, et ce qui les fonde."""
        return handed(self._compared.family)

    @property
    def ecarts(self) -> pd.DataFrame:
        """Évolution de chaque question depuis la campagne précédente (vide s’il n’y en a pas)."""
        return handed(self._compared.moves)

    @property
    def comparaison_sites(self) -> pd.DataFrame:
        """Ce site face aux autres réunis, question par question."""
        return handed(self._compared.sites)

    def nom_du_site(self, site: str) -> str:
        """Nom court d’un site."""
        return self._reference.site(site).nom_court

    def montres(self, column: str) -> set[str]:
        """Donne les groupes d’usagers assez grands pour être montrés, tous sites considérés."""
        return self._groups.shown(column)
