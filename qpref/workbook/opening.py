"""Resolve which sites and campaigns `qpref.ouvrir` opens, and check that they go together."""

from collections.abc import Iterable, Sequence

from qpref.errors import MissingDataError, UsageError
from qpref.project import Project, is_batch
from qpref.reference import OtherSurvey, Reference
from qpref.store import Store
from qpref.told import say
from qpref.wording.french import enumeration
from qpref.workbook.answers import SharedAnswers
from qpref.workbook.study import Etude
from qpref.workbook.study_base import StudyScope
from qpref.workbook.subject import check_opened

_EVERY_SITE, _EVERY_CAMPAIGN = "tous", "toutes"


def latest(project: Project, reference: Reference) -> str:
    """Return the last campaign that has data; the last one declared when none has."""
    declared = sorted(reference.campaigns.campagnes, key=lambda campaign: campaign.debut)
    store = Store(project)
    known = [campaign.id for campaign in declared if store.imports(campaign.id)]
    return (known or [campaign.id for campaign in declared])[-1]


def opened(  # noqa: PLR0913 - what may be opened, each by name
    project: Project, reference: Reference, site: str | Iterable[str],
    campaign: str | Iterable[str], *, is_comparison: bool, is_masked: bool,
) -> Etude:  # fmt: skip
    """
    Return the study of some sites and campaigns.

    Parameters
    ----------
    project, reference
        The data, and the facts they are read with.
    site, campaign
        Of `qpref.ouvrir`.
    is_comparison
        Whether a report may open what is not its own.
    is_masked
        Whether small groups are hidden; a report never shows them.

    Raises
    ------
    QprefError
        Of `qpref.ouvrir`.
    """
    if not is_masked and is_batch():
        raise UsageError(
            "Un rapport ne montre pas ce qui est masqué (diffusion=False).",
            "Retirez « diffusion=False » du notebook.",
        )
    sites, campaigns = _sites(reference, site), _campaigns(project, reference, campaign)
    for name in campaigns:
        check_opened(project.root, sites, name, is_comparison=is_comparison)
    whole = SharedAnswers(project, reference, campaigns[-1], is_masked=is_masked)
    places = [(c, s) for c in campaigns for s in sites]
    filled = [place for place in places if len(whole.kept(*place))]
    empty = [place for place in places if place not in filled]
    is_every = _EVERY_SITE in _listed(site) or _EVERY_CAMPAIGN in _listed(campaign)
    if not filled or (empty and not is_every):
        raise nothing_told(reference, *reversed(empty[0]))
    if empty:
        told = enumeration([f"{s} ({c})" for c, s in empty])
        say(f"Sans réponse, laissés de côté : {told}.")
    return Etude(StudyScope(project, reference, whole, filled, is_masked=is_masked))


def missing(what: str, site: str, campaign: str) -> MissingDataError:
    """Return that nothing was imported of a site and campaign."""
    return MissingDataError(
        f"Aucune donnée ({what}) pour le site {site} et la campagne {campaign}.",
        f"Importez les fichiers reçus : qpref importer FICHIER… --campagne {campaign}.",
    )


def nothing_told(reference: Reference, site: str, campaign: str) -> MissingDataError:
    """Return why answers cannot be opened: none is there, or too few of another public."""
    asked = reference.campaign(campaign)
    if not isinstance(asked, OtherSurvey):
        return missing("réponse", site, campaign)
    who, least = reference.questionnaire(campaign).public, reference.threshold(campaign)
    return MissingDataError(
        f"Moins de {least} {who.pluriel} ont répondu à {site} ({campaign}) : rien n’en est montré.",
        f"Attendez d’autres réponses. Le seuil est celui de {campaign} dans "
        "data/reference/campagnes.yml.",
    )


def _listed(wanted: object) -> list[str]:
    """Return one name or several: a year may be typed as a number, and None for what is usual."""
    several = wanted if isinstance(wanted, Iterable) and not isinstance(wanted, str) else [wanted]
    return ["" if one is None else str(one) for one in dict.fromkeys(several)]


def _sites(reference: Reference, wanted: str | Iterable[str]) -> list[str]:
    known = [one.id for one in reference.sites.sites]
    names = _listed(wanted)
    if _EVERY_SITE in names and _EVERY_SITE not in known:
        return known
    return [reference.site(name or known[0]).id for name in names or [""]]


def _campaigns(project: Project, reference: Reference, wanted: str | Iterable[str]) -> list[str]:
    """Return the campaigns, the oldest first; all have one questionnaire."""
    names = _listed(wanted)
    last = latest(project, reference)
    if _EVERY_CAMPAIGN in names:
        own = reference.campaign(last).questionnaire
        store = Store(project)
        known = [one for one in reference.campaigns.campagnes if store.imports(one.id)]
        found = [one for one in known if one.questionnaire == own]
        others = [one.id for one in known if one.questionnaire != own]
        if others:
            say(f"D’un autre questionnaire, laissées de côté : {enumeration(others)}.")
    else:
        found = [reference.campaign(name or last) for name in names or [""]]
    _check_alike([one.questionnaire for one in found], [one.id for one in found])
    return [one.id for one in sorted(found, key=lambda one: one.debut)] or [last]


def _check_alike(questionnaires: Sequence[str], names: Sequence[str]) -> None:
    if len(set(questionnaires)) > 1:
        told = enumeration([f"{n} ({q})" for n, q in zip(names, questionnaires, strict=True)])
        raise UsageError(
            f"Ces campagnes n’ont pas le même questionnaire : {told}.",
            'Ouvrez-les séparément, ou demandez campagne="toutes".',
        )
