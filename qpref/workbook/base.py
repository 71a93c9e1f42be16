"""What the notebooks of all surveys share: the project, the tables read, how it was made."""

from functools import cached_property

import pandas as pd

from qpref.display import context
from qpref.display.section import Section
from qpref.lazy import lazy
from qpref.project import Project
from qpref.quality.mystery import compliance
from qpref.reference import Campaign, Reference, Site
from qpref.store import NO_SITE, Store

metadata = lazy("importlib.metadata")


class Classeur:
    """Ce qui est commun aux enquêtes d’un site pour une campagne."""

    natures: tuple[str, ...] = ()
    unite = ("ligne retenue", "lignes retenues")

    def __init__(self, project: Project, reference: Reference, site: str, campagne: str) -> None:
        self._project, self._reference = project, reference
        self._site = reference.site(site)
        self._campaign = reference.campaign(campagne)
        self._store = Store(project)

    @property
    def project(self) -> Project:
        """Le projet."""
        return self._project

    @property
    def site(self) -> Site:
        """Le site."""
        return self._site

    @property
    def campagne(self) -> Campaign:
        """La campagne."""
        return self._campaign

    @property
    def _previous(self) -> Campaign | None:
        name = self._campaign.precedente
        return self._reference.campaign(name) if name else None

    @cached_property
    def _tables(self) -> dict[tuple[str, str, str], pd.DataFrame]:
        """Tables already read or worked out, by name, campaign and site."""
        return {}

    def _read(self, table: str, campaign: Campaign) -> pd.DataFrame:
        key = (table, campaign.id, self._site.id)
        if key not in self._tables:
            self._tables[key] = self._store.read(*key)
        return self._tables[key]

    @property
    def conformite(self) -> pd.DataFrame:
        """Critères mystères respectés, une ligne par canal et critère."""
        return self._compliance(self._campaign)

    def _compliance(self, campaign: Campaign) -> pd.DataFrame:
        """Return the mystery criteria met at this site, one row a channel and criterion."""
        key = ("conformite", campaign.id, self._site.id)
        if key not in self._tables:
            self._tables[key] = compliance(
                self._read("contacts_mysteres", campaign),
                self._read("visites_mysteres", campaign),
                self._reference.grid,
                self._reference.standard,
                self._reference.sites.jours_feries,
            )
        return self._tables[key]

    @cached_property
    def fichiers(self) -> list[context.Received]:
        """Fichiers reçus qui concernent ce site."""
        return [
            context.Received(
                name=entry.fichier,
                kind=entry.format,
                sha256=entry.sha256,
                read=entry.lignes_lues,
                kept=entry.gardees,
                set_aside=entry.ecartees,
                quarantined=entry.quarantaine,
                kept_here=entry.gardees_par_site.get(self._site.id, 0),
            )
            for entry in self._store.imports(self._campaign.id)
            if entry.nature in self.natures and self._site.id in entry.gardees_par_site
        ]

    @property
    def est_fictif(self) -> bool:
        """Vrai si une donnée de la campagne, ou de la précédente, est inventée."""
        campaigns = [c.id for c in (self._campaign, self._previous) if c]
        return any(entry.fictif for name in campaigns for entry in self._store.imports(name))

    def lecture(self) -> Section:
        """Ce qui a été lu, gardé, mis de côté."""
        names = {file.name for file in self.fichiers}
        known = self._read("rejets", self._campaign)
        lost = self._store.read("rejets", self._campaign.id, NO_SITE)
        rejects = pd.concat([known, lost], ignore_index=True)
        own = rejects.loc[rejects["fichier"].isin(names) & (rejects["site"] == self._site.id)]
        return context.reading(self.fichiers, own, self.unite)

    def provenance(self) -> Section:
        """Fichiers, versions et empreintes à l’origine des chiffres."""
        label = self._reference.questionnaire(self._campaign.id).libelle
        digest = self._reference.digest
        return context.provenance(self.fichiers, label, metadata.version("qpref"), digest)
