"""Facts the reports rest on (data/reference/*.yml) as typed, cross-checked objects."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from qpref import shipped
from qpref.errors import ReferenceFileError, UnknownKeyError
from qpref.reference.actions import Action, ActionPlan, ContactIndicator, OpinionIndicator
from qpref.reference.committee import Committee, Remark
from qpref.reference.grid import Channel, Criterion, MysteryGrid
from qpref.reference.labelling import DONE, Audit, Delay, Labelling, Step
from qpref.reference.loading import Model, check_known, parse, read_yaml
from qpref.reference.models import Campaign, Campaigns, Modality
from qpref.reference.questionnaire import TICKED, Question, Questionnaire, Scale
from qpref.reference.sites import Dress, Site, Sites, joint_name
from qpref.reference.standard import Indicator, Obligation, Standard

__all__ = [
    "DONE",
    "TICKED",
    "Action",
    "Audit",
    "Campaign",
    "Channel",
    "ContactIndicator",
    "Criterion",
    "Delay",
    "Dress",
    "Indicator",
    "Labelling",
    "Modality",
    "MysteryGrid",
    "Obligation",
    "OpinionIndicator",
    "Question",
    "Questionnaire",
    "Reference",
    "Remark",
    "Scale",
    "Site",
    "Standard",
    "Step",
    "joint_name",
    "load_reference",
    "read_standard",
    "reference_files",
]


@dataclass(frozen=True, repr=False)
class Reference:
    """All reference data of a project, with the digest of the files they came from."""

    sites: Sites
    campaigns: Campaigns
    committee: Committee
    questionnaires: dict[str, Questionnaire]
    standard: Standard
    grid: MysteryGrid
    plan: ActionPlan
    labelling: Labelling | None
    digest: str

    def site(self, name: str) -> Site:
        """Return a site, or raise `UnknownKeyError`."""
        for site in self.sites.sites:
            if site.id == name:
                return site
        known = [site.id for site in self.sites.sites]
        raise UnknownKeyError("Site", name, known, "data/reference/sites.yml")

    def covered(self, committee: str) -> tuple[Site, ...]:
        """Return the sites of a CLU, or raise `UnknownKeyError`; all of them when there is one."""
        known = self.sites.committees
        if committee not in known:
            raise UnknownKeyError("Comité", committee, known, "data/reference/sites.yml")
        return known[committee]

    def campaign(self, name: str) -> Campaign:
        """Return a campaign, or raise `UnknownKeyError`."""
        for campaign in self.campaigns.campagnes:
            if campaign.id == name:
                return campaign
        known = [campaign.id for campaign in self.campaigns.campagnes]
        raise UnknownKeyError("Campagne", name, known, "data/reference/campagnes.yml")

    def questionnaire(self, campaign: str) -> Questionnaire:
        """Return the questionnaire of a campaign."""
        return self.questionnaires[self.campaign(campaign).questionnaire]

    def actions(self, site: str, campaign: str | None) -> list[Action]:
        """Return the actions that the results of a campaign led to at a site."""
        known = self.plan.actions
        return [action for action in known if (action.site, action.campagne) == (site, campaign)]

    def remark(self, site: str, campaign: str) -> Remark | None:
        """Return the committee's remark that this campaign answers for this site, if any."""
        for remark in self.committee.remarques:
            if (remark.site, remark.campagne_reponse) == (site, campaign):
                return remark
        return None


_NEEDED = ("sites.yml", "campagnes.yml")
_OPTIONAL = ("clu.yml", "actions.yml", "labellisation.yml")  # absent, or comments only, at first


def load_reference(folder: Path) -> Reference:
    """
    Return the reference data of a project.

    Sites, campaigns and one questionnaire are enough; the référentiel and the mystery grid that
    ship with the program stand for those that the project does not replace.

    Parameters
    ----------
    folder
        Usually data/reference.

    Raises
    ------
    ReferenceFileError
        If a file is absent or wrong; the message names file, key and remedy.
    """
    paths = {*folder.rglob("*.yml"), *reference_files(folder).values()}
    seen = tuple(
        (path.as_posix(), found.st_mtime_ns, found.st_size)
        for path in sorted(paths)
        if path.exists() and (found := path.stat())
    )
    return _loaded(folder, seen)


def reference_files(folder: Path) -> dict[str, Path]:
    """Return the files that say something, the project's own or ours, by their name in a folder."""
    found = {name: folder / name for name in _NEEDED}
    found |= {name: folder / name for name in _OPTIONAL if shipped.says_something(folder / name)}
    found |= {name: shipped.reference_file(folder, name) for name in shipped.SHARED}
    for path in sorted((folder / "questionnaire").glob("*.yml")):
        found[path.relative_to(folder).as_posix()] = path
    return found


@lru_cache(maxsize=4)
def _loaded(folder: Path, _seen: tuple[tuple[str, int, int], ...]) -> Reference:
    """Return the reference data; read again when a file came, went or changed."""
    files = reference_files(folder)
    reference = Reference(
        sites=_read(Sites, files["sites.yml"]),
        campaigns=_read(Campaigns, files["campagnes.yml"]),
        committee=_optional(Committee, files.get("clu.yml")) or Committee(remarques=[]),
        standard=read_standard(files["referentiel.yml"]),
        grid=_read(MysteryGrid, files["mystere.yml"]),
        plan=_optional(ActionPlan, files.get("actions.yml")) or ActionPlan(actions=[]),
        labelling=_optional(Labelling, files.get("labellisation.yml")),
        questionnaires={
            path.stem: _read(Questionnaire, path)
            for name, path in files.items()
            if name.startswith("questionnaire/")
        },
        digest=_digest(files),
    )
    _check_links(reference, folder)
    return reference


def read_standard(path: Path) -> Standard:
    """Return a référentiel from any file, for example a version being edited."""
    return _read(Standard, path)


def _read(model: type[Model], path: Path) -> Model:
    return parse(model, read_yaml(path), path)


def _optional(model: type[Model], path: Path | None) -> Model | None:
    return _read(model, path) if path else None


def _digest(files: Mapping[str, Path]) -> str:
    """Return one SHA-256 over the files, wherever they are and whatever their line ends."""
    content = hashlib.sha256()
    for _, path in sorted(files.items(), key=lambda pair: PurePosixPath(pair[0])):
        content.update(path.name.encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return content.hexdigest()


def _check_links(reference: Reference, folder: Path) -> None:
    """Refuse a name that points to nothing in another file."""
    _check_campaigns(reference, folder / "campagnes.yml")
    sites = [site.id for site in reference.sites.sites]
    for remark in reference.committee.remarques:
        check_known(folder / "clu.yml", "remarques › site", remark.site, sites)
    commitments = [commitment.id for commitment in reference.standard.engagements]
    for questionnaire in reference.questionnaires.values():
        path = folder / "questionnaire" / f"{questionnaire.id}.yml"
        for question in questionnaire.questions:
            if question.engagement:
                check_known(path, f"question {question.id}", question.engagement, commitments)
    _check_grid(reference, shipped.reference_file(folder, "mystere.yml"), commitments)
    _check_labelling(reference, folder / "labellisation.yml", commitments)
    for action in reference.plan.actions:
        _check_action(reference, action, folder / "actions.yml", commitments)


def _check_labelling(reference: Reference, path: Path, commitments: list[str]) -> None:
    followed = reference.labelling
    if followed is None:
        return
    sites = [site.id for site in reference.sites.sites]
    empty = [
        f"module-{module.numero}"
        for module in reference.standard.modules
        if not reference.standard.commitments_of(module.numero)
    ]
    for rank, step in enumerate(followed.suivi, start=1):
        check_known(path, f"suivi › {rank} › site", step.site, sites)
        known = commitments if step.engagement else empty
        check_known(path, f"suivi › {rank} › engagement", step.unit, known)
    for rank, audit in enumerate(followed.audits, start=1):
        check_known(path, f"audits › {rank} › site", audit.site, sites)


def _check_action(reference: Reference, action: Action, path: Path, commitments: list[str]) -> None:
    place = f"action {action.id}"
    check_known(path, f"{place} › site", action.site, [s.id for s in reference.sites.sites])
    campaigns = [campaign.id for campaign in reference.campaigns.campagnes]
    check_known(path, f"{place} › campagne", action.campagne, campaigns)
    check_known(path, f"{place} › engagement", action.engagement, commitments)
    judged = action.indicateur
    if isinstance(judged, OpinionIndicator):
        opinions = [q.id for q in reference.questionnaire(action.campagne).opinions]
        check_known(path, f"{place} › question", judged.question, opinions)
        return
    channels = [channel.id for channel in reference.grid.canaux]
    check_known(path, f"{place} › canal", judged.canal, channels)
    criteria = [c.id for c in reference.grid.criteres if judged.canal in c.canaux]
    check_known(path, f"{place} › critere", judged.critere, criteria)


def _check_campaigns(reference: Reference, path: Path) -> None:
    sites = [site.id for site in reference.sites.sites]
    campaigns = [campaign.id for campaign in reference.campaigns.campagnes]
    for campaign in reference.campaigns.campagnes:
        place = f"campagne {campaign.id}"
        known = sorted(reference.questionnaires)
        if not known:
            name = f"data/reference/questionnaire/{campaign.questionnaire}.yml"
            raise ReferenceFileError(
                f"« {path} » : {place} › questionnaire : il n’y a encore aucun questionnaire.",
                f"D’après votre formulaire : qpref dictionnaire proposer FICHIER --vers {name}",
            )
        check_known(path, f"{place} › questionnaire", campaign.questionnaire, known)
        if campaign.precedente:
            check_known(path, f"{place} › precedente", campaign.precedente, campaigns)
        for site in campaign.objectifs:
            check_known(path, f"{place} › objectifs", site, sites)


def _check_grid(reference: Reference, path: Path, commitments: list[str]) -> None:
    sources = [*reference.standard.sources]
    if reference.grid.protocole:
        _check_source(path, "protocole › source", reference.grid.protocole.source, sources)
    indicators = [indicator.id for indicator in reference.standard.indicateurs]
    for criterion in reference.grid.criteres:
        place = f"critère {criterion.id}"
        _check_source(path, place, criterion.source, sources)
        if criterion.engagement:
            check_known(path, place, criterion.engagement, commitments)
        if criterion.indicateur:
            check_known(path, place, criterion.indicateur, indicators)
            _check_threshold(reference, path, criterion)


def _check_source(path: Path, place: str, source: str, known: list[str]) -> None:
    """Refuse an unknown identifier of a source; a sentence stands for itself."""
    if " " not in source:
        check_known(path, place, source, known)


def _check_threshold(reference: Reference, path: Path, criterion: Criterion) -> None:
    """Refuse a measured criterion whose indicator cannot judge it."""
    unit, limit = criterion.kind.unit, criterion.threshold(reference.standard)
    if unit and (limit is None or limit.unite != unit):
        raise ReferenceFileError(
            f"« {path} » : critère {criterion.id} › indicateur : un critère de type "
            f"« {criterion.type} » se juge par un seuil en {unit}, et "
            f"« {criterion.indicateur} » n’en a pas dans referentiel.yml.",
            "Corrigez l’indicateur ou son seuil ; si le seuil n’est pas connu, retirez la clé "
            "« indicateur » : la mesure sera décrite, sans être jugée.",
        )
