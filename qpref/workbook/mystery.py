"""The mystery survey of a site for a campaign."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import pandas as pd

from qpref.display import agreement, context, marks, mystery
from qpref.display.section import Section, Sections, filed
from qpref.errors import UnknownKeyError, UsageError
from qpref.project import Project
from qpref.quality import mystery as rules
from qpref.quality import mystery_plan, planning
from qpref.quality.mystery_measures import ChannelSurvey, SurveyTables, all_replies, replies
from qpref.quality.score import site_score
from qpref.reference import Campaign, Reference, Standard
from qpref.statistics.agreement import judged_twice
from qpref.store import Store
from qpref.wording.french import months
from qpref.workbook.base import Classeur

_REPLY_DAYS = 15  # working days left for a reply within the survey


def effect_of(project: Project, reference: Reference, other: Standard) -> list[str]:
    """
    Return the mystery results already imported that another référentiel changes, in French.

    Parameters
    ----------
    project, reference
        Data, and the référentiel in use.
    other
        The one that would replace it.
    """
    store, changed = Store(project), []
    labels = {criterion.id: criterion.libelle for criterion in reference.grid.criteres}
    for campaign in reference.campaigns.campagnes:
        for site in reference.sites.sites:
            tables = (
                store.read(name, campaign.id, site.id)
                for name in ("contacts_mysteres", "visites_mysteres")
            )
            contacts, judged = tables
            now, then = (
                rules.compliance(
                    rules.MysterySurvey(
                        contacts, judged, reference.grid, standard, reference.sites.territory
                    )
                )
                for standard in (reference.standard, other)
            )
            both = now.merge(then, on=["canal", "critere"], suffixes=("", "_autre"))
            moved = both.loc[both["conformes"] != both["conformes_autre"]]
            changed += [
                f"{site.nom_court}, {campaign.libelle}, « {labels[row['critere']]} » : "
                f"{row['conformes']} sur {row['n']} devient {row['conformes_autre']} sur "
                f"{row['n_autre']}."
                for row in moved.to_dict("records")
            ]
    return changed


def planned_contacts(
    reference: Reference, campaign: Campaign, sites: Sequence[str], shoppers: Sequence[str],
    seed: int,
) -> pd.DataFrame:  # fmt: skip
    """
    Return the contacts of a mystery survey, by the protocol of data/reference/mystere.yml.

    Parameters
    ----------
    reference, campaign, sites
        Protocol, window of the survey, sites to contact.
    shoppers
        Codes of the shoppers.
    seed
        The same seed gives the same plan.
    """
    protocol, window = reference.grid.protocole, campaign.contact_days
    if protocol is None:
        raise UsageError(
            "La grille n’a pas de « protocole » : combien de contacts faire, et par qui, n’est pas "
            "dit.",
            "Ajoutez la clé « protocole » à data/reference/mystere.yml (guide, « Comment préparer "
            "l’enquête mystère ? »).",
        )
    days = planning.open_days(window.debut, window.fin, reference.sites.territory)
    early = days[: max(len(days) - _REPLY_DAYS, 1)]
    written = {channel.id for channel in reference.grid.written}
    channels = {
        name: mystery_plan.ChannelPlan(
            contacts=wanted,
            scenarios=protocol.of_channel(name),
            days=early if name in written else days,
            seconds=protocol.seconds_avis.get(name, 0),
        )
        for name, wanted in protocol.volumes.items()
    }
    return mystery_plan.plan_contacts(sites, channels, shoppers, seed)


class EnqueteMystere(Classeur):
    """Enquête mystère d’un site pour une campagne."""

    _natures = ("mystere",)
    _unite = ("contact", "contacts")

    def entete(self, sujet: str = "Enquête mystère") -> Section:
        """Titre, site, période."""
        window = self.campagne.contact_days
        return context.heading(
            sujet, self.site, self.campagne, (window.debut, window.fin),
            is_fictional=self.est_fictif,
            when=months(window.debut, window.fin) if self.campagne.mystere else "",
        )  # fmt: skip

    def essentiel(self) -> Section:
        """Ce qui est toujours ou rarement respecté, et les réponses reçues."""
        grid = self._reference.grid
        answered = all_replies(replies(self._delays, grid))
        return mystery.essentials(self._tables.contacts, self._surveys, answered, grid)

    def contacts_realises(self) -> Section:
        """Nombre de contacts par canal."""
        return mystery.channels(self._tables.contacts, self._reference.grid)

    def canaux(self) -> Sections:
        """Critères de chaque canal de la grille, une section par canal."""
        grid = self._reference.grid
        return Sections(mystery.channel(survey, grid) for survey in self._surveys)

    def criteres(self, canal: str) -> Section:
        """Critères respectés sur un canal."""
        grid = self._reference.grid
        known = [channel.id for channel in grid.canaux]
        if canal not in known:
            raise UnknownKeyError("Canal", canal, known, "data/reference/mystere.yml")
        return mystery.channel(self._tables.on(grid.channel(canal), grid), grid)

    def regles(self) -> Section:
        """Tous les critères : bornes, règle et son origine."""
        return mystery.criteria(self._surveys, self._reference.grid, self._reference.standard)

    @cached_property
    def _surveys(self) -> list[ChannelSurvey]:
        tables, grid = self._tables, self._reference.grid
        return [tables.on(channel, grid) for channel in grid.canaux]

    @cached_property
    def _delays(self) -> pd.DataFrame:
        grid, off = self._reference.grid, self._reference.sites.territory
        return rules.delay_summary(self._contacts.rows, grid, off)

    @cached_property
    def _tables(self) -> SurveyTables:
        previous, own = self._sources.previous, self._contacts
        return SurveyTables(
            rules.contacts_by_channel(own.rows, self._reference.grid),
            own.met(),
            own.met(previous.id) if previous else None,
            rules.measures(own.survey()),
        )

    def delais(self) -> Section:
        """Délais de réponse en jours ouvrés."""
        return mystery.delays(self._delays, self._reference.grid)

    def accord(self, *, bref: bool = False) -> Section:
        """Accord de deux évaluateurs sur les mêmes contacts ; `bref` : le titre seul."""
        twice = judged_twice(self._contacts.rows, self._contacts.judged)
        found = agreement.agreements(twice, self._reference.grid)
        return replace(found, sentences=[], tables=[]) if bref else found

    def note(self, *, bref: bool = False) -> Section:
        """Note d’ensemble sur dix, indicative ; `bref` : sans le seuil des enquêtes nationales."""
        found = marks.score(
            site_score(self._contacts.scores), self._reference.grid, self._reference.standard
        )
        return replace(found, sentences=found.sentences[:1], tables=[]) if bref else found

    def reperes(self, *, bref: bool = False) -> Section:
        """Chiffres nationaux, pour mémoire ; `bref` : au fichier de chiffres seul."""
        found = marks.benchmarks(self._reference.standard)
        return filed(found) if bref else found

    def notes(self) -> Section:
        """Moyennes des notes, décrites et non jugées."""
        return marks.marks(self._contacts.marks, self._reference.grid, self._reference.standard)
