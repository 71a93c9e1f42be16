"""Ce qu’appelle un notebook : ouvrir une campagne, puis un appel par section.

Les noms sont français ici, et ici seulement : c’est l’analyste qui les tape.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from qpref.errors import UsageError
from qpref.lazy import lazy, uncollected
from qpref.project import Project, is_batch
from qpref.reference import load_reference
from qpref.workbook import comfort, completion, mistakes
from qpref.workbook.elsewhere import bearing_its_place
from qpref.workbook.opening import latest, missing, nothing_told, opened
from qpref.workbook.own import section
from qpref.workbook.result import Resultat
from qpref.workbook.sources import Sources
from qpref.workbook.study import Etude
from qpref.workbook.subject import check_opened

if TYPE_CHECKING:
    from qpref.workbook import (
        fieldwork,
        holding,
        labelling,
        meeting,
        monthly,
        mystery,
        public,
        satisfaction,
    )
    from qpref.workbook.fieldwork import Collecte
    from qpref.workbook.labelling import Labellisation
    from qpref.workbook.meeting import Synthese
    from qpref.workbook.monthly import Indicateurs
    from qpref.workbook.mystery import EnqueteMystere
    from qpref.workbook.public import Publication
    from qpref.workbook.satisfaction import Satisfaction
else:  # each study loads its own parts when it is opened
    holding = lazy("qpref.workbook.holding")
    fieldwork = lazy("qpref.workbook.fieldwork")
    labelling = lazy("qpref.workbook.labelling")
    meeting = lazy("qpref.workbook.meeting")
    monthly = lazy("qpref.workbook.monthly")
    mystery = lazy("qpref.workbook.mystery")
    public = lazy("qpref.workbook.public")
    satisfaction = lazy("qpref.workbook.satisfaction")

__all__ = [
    "Collecte",
    "EnqueteMystere",
    "Etude",
    "Indicateurs",
    "Labellisation",
    "Publication",
    "Resultat",
    "Satisfaction",
    "Synthese",
    "ouvrir",
    "ouvrir_collecte",
    "ouvrir_enquete_mystere",
    "ouvrir_indicateurs",
    "ouvrir_labellisation",
    "ouvrir_publication",
    "ouvrir_satisfaction",
    "ouvrir_synthese",
    "section",
]


def __getattr__(name: str) -> type:
    """Return a class of study that nothing has opened yet."""
    studies = {
        "Collecte": fieldwork,
        "EnqueteMystere": mystery,
        "Indicateurs": monthly,
        "Labellisation": labelling,
        "Publication": public,
        "Satisfaction": satisfaction,
        "Synthese": meeting,
    }
    if name not in studies:
        raise AttributeError(f"module 'qpref.workbook' has no attribute {name!r}")
    found: type = getattr(studies[name], name)
    return found


def _sources(site: str, campagne: str, racine: str | Path | None, *, comparaison: bool) -> Sources:
    project = Project.find(Path(racine) if racine else None)
    reference = load_reference(project.reference)
    sources = Sources(
        project,
        reference,
        site or reference.sites.sites[0].id,
        campagne or latest(project, reference),
    )
    own, campaign = [sources.site.id], sources.campaign.id
    check_opened(project.root, own, campaign, is_comparison=comparaison)
    return holding.held(sources)


def _of_visitors(
    site: str, campagne: str, racine: str | Path | None, *, comparaison: bool
) -> Sources:
    """Return the sources of a campaign; a survey of another public has no such data."""
    sources = _sources(site, campagne, racine, comparaison=comparaison)
    sources.reference.of_visitors(sources.campaign.id)
    return sources


@bearing_its_place
def ouvrir_satisfaction(
    site: str, campagne: str, racine: str | Path | None = None, *, comparaison: bool = False
) -> "Satisfaction":
    """
    Ouvre l’enquête de satisfaction d’un site pour une campagne.

    Parameters
    ----------
    site, campagne
        Identifiants ; vides, le premier site et la dernière campagne qui a des données.
    racine
        Dossier du projet ; par défaut, trouvé à partir du dossier de travail.
    comparaison
        Vrai pour ouvrir, dans un rapport, autre chose que son site et sa campagne.

    Raises
    ------
    ParametersError
        Si un rapport ouvre, sans le dire, autre chose que son site et sa campagne.
    UnknownKeyError
        Si le site ou la campagne est inconnu.
    MissingDataError
        Si aucune réponse n’a été importée.
    """
    sources = _sources(site, campagne, racine, comparaison=comparaison)
    opened = sources.once(satisfaction.Satisfaction)
    if opened.reponses.empty:
        raise nothing_told(opened._reference, opened.site.id, opened.campagne.id)  # noqa: SLF001
    return opened


@bearing_its_place
def ouvrir(
    site: str | Iterable[str] = "",
    campagne: str | Iterable[str] = "",
    racine: str | Path | None = None,
    *,
    comparaison: bool = False,
    diffusion: bool = True,
) -> Etude:
    """
    Ouvre les réponses d’un ou de plusieurs sites et campagnes : tables, filtres, croisements.

    Parameters
    ----------
    site
        Identifiant, liste d’identifiants, ou « tous » ; vide : le premier site.
    campagne
        Identifiant, liste, ou « toutes » (celles de même questionnaire que la dernière) ; vide : la
        dernière qui a des données.
    racine
        Dossier du projet ; par défaut, trouvé à partir du dossier de travail.
    comparaison
        Vrai pour ouvrir, dans un rapport, autre chose que son site et sa campagne.
    diffusion
        Faux pour voir aussi ce qu’un rapport masque, pour vous seul : refusé dans un rapport.

    Raises
    ------
    ParametersError
        Si un rapport ouvre, sans le dire, autre chose que son site et sa campagne.
    UnknownKeyError
        Si un site ou une campagne est inconnu.
    UsageError
        Si les campagnes n’ont pas le même questionnaire.
    MissingDataError
        Si aucune réponse n’a été importée.
    """
    with uncollected():
        project = Project.find(Path(racine) if racine else None)
        reference = load_reference(project.reference)
        return opened(project, reference, site, campagne, is_comparison=comparaison,
                      is_masked=diffusion)  # fmt: skip


@bearing_its_place
def ouvrir_enquete_mystere(
    site: str, campagne: str, racine: str | Path | None = None, *, comparaison: bool = False
) -> "EnqueteMystere":
    """
    Ouvre l’enquête mystère d’un site pour une campagne.

    Paramètres et erreurs : comme `ouvrir_satisfaction`.
    """
    opened = mystery.EnqueteMystere(_of_visitors(site, campagne, racine, comparaison=comparaison))
    if opened.contacts.empty:
        raise missing("contact mystère", site, campagne)
    return opened


@bearing_its_place
def ouvrir_indicateurs(
    site: str, campagne: str, racine: str | Path | None = None, *, comparaison: bool = False
) -> "Indicateurs":
    """
    Ouvre les chiffres du mois et le registre de réclamations d’un site, pour une campagne.

    Paramètres et erreurs : comme `ouvrir_satisfaction`.
    """
    opened = monthly.Indicateurs(_of_visitors(site, campagne, racine, comparaison=comparaison))
    if opened.releves.empty and opened.reclamations.empty:
        raise missing("chiffre du mois ou réclamation", site, campagne)
    return opened


@bearing_its_place
def ouvrir_publication(
    site: str, campagne: str, racine: str | Path | None = None, *, comparaison: bool = False
) -> "Publication":
    """
    Ouvre ce qu’un site affiche et publie d’une campagne.

    Paramètres et erreurs : comme `ouvrir_satisfaction`.
    """
    opened = public.Publication(_of_visitors(site, campagne, racine, comparaison=comparaison))
    if opened.reponses.empty:
        raise missing("réponse", site, campagne)
    return opened


@bearing_its_place
def ouvrir_labellisation(
    site: str, campagne: str, racine: str | Path | None = None, *, comparaison: bool = False
) -> "Labellisation":
    """
    Ouvre l’avancement d’un site vers le label, avec les résultats d’une campagne.

    Paramètres et erreurs : comme `ouvrir_satisfaction` ; une campagne sans données est vide.
    """
    return labelling.Labellisation(_of_visitors(site, campagne, racine, comparaison=comparaison))


@bearing_its_place
def ouvrir_synthese(
    campagne: str,
    racine: str | Path | None = None,
    comite: str = "",
    *,
    comparaison: bool = False,
) -> "Synthese":
    """
    Ouvre les résultats de tous les sites d’un comité pour une campagne.

    Parameters
    ----------
    campagne, racine, comparaison
        Comme `ouvrir_satisfaction`.
    comite
        Le comité, quand les sites du projet en ont plusieurs.

    Raises
    ------
    UnknownKeyError
        Si la campagne ou le comité est inconnu.
    MissingDataError
        Si le suivi de la labellisation n’est pas tenu.
    """
    project = Project.find(Path(racine) if racine else None)
    reference = load_reference(project.reference)
    campaign = reference.of_visitors(campagne or latest(project, reference)).id
    sites = [site.id for site in reference.covered(comite)]
    check_opened(project.root, sites, campaign, is_comparison=comparaison)
    return meeting.Synthese(project, reference, campaign, comite)


@bearing_its_place
def ouvrir_collecte(
    site: str,
    campagne: str,
    jour: date | str | None = None,
    racine: str | Path | None = None,
    *,
    comparaison: bool = False,
) -> "Collecte":
    """
    Ouvre le suivi de la collecte d’un site, même avant la première réponse.

    Parameters
    ----------
    site, campagne, racine, comparaison
        Comme `ouvrir_satisfaction`.
    jour
        Dernier jour dont toutes les réponses sont arrivées (« 2020-11-25 ») ; par défaut, celui
        de la dernière réponse.

    Raises
    ------
    UnknownKeyError
        Si le site ou la campagne est inconnu.
    UsageError
        Si le jour n’est pas écrit comme 2020-11-25.
    """
    try:
        day = date.fromisoformat(jour) if isinstance(jour, str) and jour else jour or None
    except ValueError as error:
        raise UsageError(
            f"« {jour} » n’est pas un jour.", "Écrivez-le comme 2020-11-25."
        ) from error
    sources = _sources(site, campagne, racine, comparaison=comparaison)
    if not is_batch():  # whoever follows answers counts them all; a page tells of enough
        sources = sources.unmasked()
    return fieldwork.Collecte(sources, day if isinstance(day, date) else None)


mistakes.install()
completion.install()
comfort.install()
