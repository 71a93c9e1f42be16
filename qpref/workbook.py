"""What a notebook cell calls: open a campaign, then one call per section.

Names are French here, and only here: an analyst types them.
"""

from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from qpref.analysis import comparison, profile, shares
from qpref.analysis import mystery as mystery_analysis
from qpref.display import changes, context, mystery, opinions, respondents
from qpref.display.section import Section
from qpref.errors import MissingDataError
from qpref.intake import Setting
from qpref.project import Project
from qpref.reference import Campaign, Questionnaire, Reference, load_reference
from qpref.schema import PROFILE
from qpref.store import NO_SITE, Store, kept_statuses


class _Classeur:
    """Ce qui est commun aux deux enquêtes d’un site pour une campagne."""

    natures: tuple[str, ...] = ()
    unite = ("ligne retenue", "lignes retenues")

    def __init__(self, project: Project, reference: Reference, site: str, campagne: str) -> None:
        self._project, self._reference = project, reference
        self._site = reference.site(site)
        self._campaign = reference.campaign(campagne)
        self._store = Store(project)

    @property
    def _previous(self) -> Campaign | None:
        name = self._campaign.precedente
        return self._reference.campaign(name) if name else None

    def _read(self, table: str, campaign: Campaign) -> pd.DataFrame:
        return self._store.read(table, campaign.id, self._site.id)

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
        return context.provenance(self.fichiers, label, version("qpref"), digest)


class Satisfaction(_Classeur):
    """Enquête de satisfaction d’un site pour une campagne."""

    natures = ("satisfaction", "frequentation")
    unite = ("réponse", "réponses")

    @cached_property
    def reponses(self) -> pd.DataFrame:
        """Réponses retenues, une ligne par usager."""
        return self._kept(self._campaign)

    @cached_property
    def items(self) -> pd.DataFrame:
        """Réponses retenues, une ligne par usager et question."""
        return self._items(self._campaign)

    def _kept(self, campaign: Campaign) -> pd.DataFrame:
        rows = self._read("reponses", campaign)
        statuses = kept_statuses(Setting(self._reference, campaign))
        return rows.loc[rows["statut"].isin(statuses)].reset_index(drop=True)

    def _items(self, campaign: Campaign) -> pd.DataFrame:
        rows = self._read("items", campaign)
        kept = self._kept(campaign)["reponse_id"]
        return rows.loc[rows["reponse_id"].isin(kept)].reset_index(drop=True)

    @cached_property
    def _questionnaire(self) -> Questionnaire:
        return self._reference.questionnaire(self._campaign.id)

    @cached_property
    def parts(self) -> pd.DataFrame:
        """Part d’usagers satisfaits, une ligne par question."""
        return shares.satisfaction(self.items, self._questionnaire, self._questionnaire.opinions)

    @cached_property
    def niveaux(self) -> pd.DataFrame:
        """Répartition des réponses, une ligne par question et niveau."""
        return shares.distribution(self.items, self._questionnaire, self._questionnaire.opinions)

    @cached_property
    def ecarts(self) -> pd.DataFrame:
        """Évolution de chaque question depuis la campagne précédente (vide s’il n’y en a pas)."""
        empty = self.parts.iloc[:0]
        before = empty
        if self._comparable:
            items = self._items(self._comparable)
            asked = self._questionnaire.opinions
            before = shares.satisfaction(items, self._questionnaire, asked)
        now = self.parts if self._comparable else empty
        return comparison.compare(now, before, self._questionnaire.main.id)

    @property
    def _comparable(self) -> Campaign | None:
        """The previous campaign, if it has answers to the same questionnaire."""
        before = self._previous
        if before is None or before.questionnaire != self._campaign.questionnaire:
            return None
        return before if len(self._kept(before)) else None

    def entete(self) -> Section:
        """Titre, site, période."""
        days = (self._campaign.debut, self._campaign.fin)
        return context.heading(
            "Satisfaction des usagers", self._site, self._campaign, days,
            is_fictional=self.est_fictif,
        )  # fmt: skip

    def repondants(self) -> Section:
        """Nombre de réponses, objectif, réponse à la remarque du comité."""
        counts = [(self._campaign, len(self.reponses))]
        if self._previous:
            counts.insert(0, (self._previous, len(self._kept(self._previous))))
        remark = self._reference.remark(self._site.id, self._campaign.id)
        return respondents.answers(self._site, self._campaign, counts, remark)

    def chiffres_cles(self) -> Section:
        """Trois chiffres : réponses, satisfaction globale, évolution."""
        main = self._questionnaire.main.id
        row = self.parts.loc[self.parts["question"] == main].to_dict("records")[0]
        change = self.ecarts.loc[self.ecarts["question"] == main].to_dict("records")
        found = change[0] if change else None
        return respondents.key_figures(row, found, len(self.reponses), self._comparable)

    def evolution(self) -> Section:
        """Ce qui a changé au-delà du hasard."""
        return changes.changes(self.ecarts, self._questionnaire, self._comparable)

    def theme(self, theme: str) -> Section:
        """Réponses aux questions d’un thème du questionnaire."""
        questions = [q for q in self._questionnaire.opinions if q.theme == theme]
        return opinions.theme(questions, self.niveaux, self.parts, self._questionnaire)

    def profil(self) -> Section:
        """Qui a répondu."""
        threshold = self._reference.sites.seuil_diffusion.valeur
        parts = {
            name: profile.composition(self.reponses, self._questionnaire, name, threshold)
            for name in ("mode", *PROFILE)
        }
        flow = self._read("population", self._campaign)
        total = int(flow.loc[flow["variable"] == "total", "effectif"].sum())
        return respondents.profile(
            parts, self._questionnaire, len(self.reponses), total or None, threshold
        )

    def annexe(self) -> Section:
        """Tableau complet derrière les graphiques."""
        return opinions.annex(self.niveaux, self.parts, self._questionnaire)


class EnqueteMystere(_Classeur):
    """Enquête mystère d’un site pour une campagne."""

    natures = ("mystere",)
    unite = ("contact", "contacts")

    @cached_property
    def contacts(self) -> pd.DataFrame:
        """Contacts, une ligne chacun, y compris ceux qui sont écartés."""
        return self._read("contacts_mysteres", self._campaign)

    @property
    def _holidays(self) -> str | None:
        return self._reference.sites.jours_feries

    def _compliance(self, campaign: Campaign) -> pd.DataFrame:
        return mystery_analysis.compliance(
            self._read("contacts_mysteres", campaign),
            self._read("visites_mysteres", campaign),
            self._reference.grid,
            self._reference.standard,
            self._holidays,
        )

    @cached_property
    def conformite(self) -> pd.DataFrame:
        """Critères respectés, une ligne par canal et critère."""
        return self._compliance(self._campaign)

    def entete(self) -> Section:
        """Titre, site, période."""
        window = self._campaign.mystere
        return context.heading(
            "Enquête mystère", self._site, self._campaign, (window.debut, window.fin),
            is_fictional=self.est_fictif,
        )  # fmt: skip

    def contacts_realises(self) -> Section:
        """Nombre de contacts par canal."""
        table = mystery_analysis.contacts_by_channel(self.contacts, self._reference.grid)
        return mystery.channels(table, self._reference.grid)

    def criteres(self, canal: str) -> Section:
        """Critères respectés sur un canal."""
        before = self._compliance(self._previous) if self._previous else None
        grid = self._reference.grid
        return mystery.compliance(
            self.conformite, before, grid.channel(canal), grid, self._reference.standard
        )

    def delais(self) -> Section:
        """Délais de réponse en jours ouvrés."""
        table = mystery_analysis.delay_summary(self.contacts, self._holidays)
        return mystery.delays(table, self._reference.grid, self._reference.standard)

    def notes(self) -> Section:
        """Moyennes des notes sur dix, décrites et non jugées."""
        judged = self._read("visites_mysteres", self._campaign)
        table = mystery_analysis.marks(self.contacts, judged, self._reference.grid)
        return mystery.marks(table, self._reference.grid)


def _opened(site: str, campagne: str, racine: str | Path | None) -> tuple[Project, Reference]:
    project = Project.find(Path(racine) if racine else None)
    reference = load_reference(project.reference)
    reference.site(site)
    reference.campaign(campagne)
    return project, reference


def ouvrir_satisfaction(site: str, campagne: str, racine: str | Path | None = None) -> Satisfaction:
    """
    Ouvre l’enquête de satisfaction d’un site pour une campagne.

    Parameters
    ----------
    site, campagne
        Identifiers, for example « evry » and « 2020-11 ».
    racine
        Project folder; found from the working directory by default.

    Raises
    ------
    UnknownKeyError
        If the site or campaign is unknown.
    MissingDataError
        If no answer was imported.
    """
    opened = Satisfaction(*_opened(site, campagne, racine), site, campagne)
    if opened.reponses.empty:
        raise _missing("réponse", site, campagne)
    return opened


def ouvrir_enquete_mystere(
    site: str, campagne: str, racine: str | Path | None = None
) -> EnqueteMystere:
    """
    Ouvre l’enquête mystère d’un site pour une campagne.

    Parameters, errors: as `ouvrir_satisfaction`.
    """
    opened = EnqueteMystere(*_opened(site, campagne, racine), site, campagne)
    if opened.contacts.empty:
        raise _missing("contact mystère", site, campagne)
    return opened


def _missing(what: str, site: str, campaign: str) -> MissingDataError:
    return MissingDataError(
        f"Aucune donnée ({what}) pour le site {site} et la campagne {campaign}.",
        f"Importez les fichiers reçus : qpref importer FICHIER… --campagne {campaign}.",
    )
