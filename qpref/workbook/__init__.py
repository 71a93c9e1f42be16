"""What a notebook cell calls: open a campaign, then one call per section.

Names are French here, and only here: an analyst types them.
"""

from datetime import date
from pathlib import Path

from qpref.errors import MissingDataError, UsageError
from qpref.project import Project
from qpref.reference import Reference, load_reference
from qpref.workbook import mistakes
from qpref.workbook.exploration import Exploration
from qpref.workbook.fieldwork import Collecte
from qpref.workbook.labelling import Labellisation
from qpref.workbook.meeting import Synthese
from qpref.workbook.mystery import EnqueteMystere
from qpref.workbook.satisfaction import Satisfaction

__all__ = [
    "Collecte",
    "EnqueteMystere",
    "Exploration",
    "Labellisation",
    "Satisfaction",
    "Synthese",
    "ouvrir",
    "ouvrir_collecte",
    "ouvrir_enquete_mystere",
    "ouvrir_labellisation",
    "ouvrir_satisfaction",
    "ouvrir_synthese",
]


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


def ouvrir(site: str, campagne: str, racine: str | Path | None = None) -> Exploration:
    """
    Ouvre une enquête pour l’explorer : tables, croisements, filtres, comparaisons.

    Parameters, errors: as `ouvrir_satisfaction`.

    Notes
    -----
    `.reponses`, `.items`, `.contacts`, `.questions` are tables; `.croiser`, `.repartition`,
    `.comparer_sites`, `.comparer_campagnes`, `.remarques` are sections; `.filtrer` opens a part.
    """
    return Exploration(ouvrir_satisfaction(site, campagne, racine))


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


def ouvrir_labellisation(
    site: str, campagne: str, racine: str | Path | None = None
) -> Labellisation:
    """
    Ouvre l’avancement d’un site vers le label, avec les résultats d’une campagne.

    Parameters, errors: as `ouvrir_satisfaction`; a campaign without data is an empty one.
    """
    return Labellisation(*_opened(site, campagne, racine), site, campagne)


def ouvrir_synthese(campagne: str, racine: str | Path | None = None, comite: str = "") -> Synthese:
    """
    Ouvre les résultats de tous les sites d’un comité pour une campagne.

    Parameters
    ----------
    campagne, racine
        As `ouvrir_satisfaction`.
    comite
        The CLU, when the sites of the project have several.

    Raises
    ------
    UnknownKeyError
        If the campaign or committee is unknown.
    MissingDataError
        If the follow-up of the label is not kept.
    """
    project = Project.find(Path(racine) if racine else None)
    return Synthese(project, load_reference(project.reference), campagne, comite)


def ouvrir_collecte(
    site: str,
    campagne: str,
    jour: date | str | None = None,
    racine: str | Path | None = None,
) -> Collecte:
    """
    Ouvre le suivi de la collecte d’un site, même avant la première réponse.

    Parameters
    ----------
    site, campagne, racine
        As `ouvrir_satisfaction`.
    jour
        Last day whose answers are all in (« 2020-11-25 »); the latest answer by default.

    Raises
    ------
    UnknownKeyError
        If the site or campaign is unknown.
    UsageError
        If the day is not written as 2020-11-25.
    """
    try:
        day = date.fromisoformat(jour) if isinstance(jour, str) and jour else jour or None
    except ValueError as error:
        raise UsageError(
            f"« {jour} » n’est pas un jour.", "Écrivez-le comme 2020-11-25."
        ) from error
    opened = _opened(site, campagne, racine)
    return Collecte(*opened, site, campagne, day if isinstance(day, date) else None)


def _missing(what: str, site: str, campaign: str) -> MissingDataError:
    return MissingDataError(
        f"Aucune donnée ({what}) pour le site {site} et la campagne {campaign}.",
        f"Importez les fichiers reçus : qpref importer FICHIER… --campagne {campaign}.",
    )


mistakes.install()
