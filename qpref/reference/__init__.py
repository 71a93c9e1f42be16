"""Facts the reports rest on (data/reference/*.yml) as typed, cross-checked objects."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from qpref import shipped
from qpref.errors import UnknownKeyError, UsageError
from qpref.reference.actions import Action, ActionPlan, ContactIndicator, OpinionIndicator
from qpref.reference.audience import USERS, Audience
from qpref.reference.committee import Committee, Remark
from qpref.reference.complaints import ComplaintExport, Complaints
from qpref.reference.criteria import Channel, Criterion
from qpref.reference.faults import Fault, refusal
from qpref.reference.grid import MysteryGrid
from qpref.reference.labelling import DONE, Audit, Delay, Labelling, Step
from qpref.reference.links import OtherLabel, Parts, broken_links
from qpref.reference.loading import Content, Model, parse, read, read_yaml
from qpref.reference.models import Campaign, Modality
from qpref.reference.monthly import Monthly, MonthlyExport, MonthlyIndicator
from qpref.reference.questionnaire import FAVOURABLE, TICKED, Question, Questionnaire, Scale
from qpref.reference.sites import Dress, Publisher, Site, Sites, joint_name
from qpref.reference.standard import Indicator, Obligation, Standard
from qpref.reference.subjects import CodeBook
from qpref.reference.surveys import Campaigns, OtherSurvey

__all__ = [
    "DONE",
    "FAVOURABLE",
    "TICKED",
    "USERS",
    "Action",
    "Audience",
    "Audit",
    "Campaign",
    "Channel",
    "CodeBook",
    "ComplaintExport",
    "Complaints",
    "ContactIndicator",
    "Criterion",
    "Delay",
    "Dress",
    "Indicator",
    "Labelling",
    "Modality",
    "Monthly",
    "MonthlyExport",
    "MonthlyIndicator",
    "MysteryGrid",
    "Obligation",
    "OpinionIndicator",
    "OtherLabel",
    "OtherSurvey",
    "Publisher",
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
    monthly: Monthly
    complaints: Complaints | None
    book: CodeBook
    others: dict[str, OtherLabel]
    digest: str

    @property
    def parts(self) -> Parts:
        """The files whose names point to each other."""
        return Parts(
            self.sites, self.campaigns, self.standard, self.grid, self.questionnaires,
            self.committee, self.plan, self.labelling, self.monthly, self.others,
            self.complaints,
        )  # fmt: skip

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
        """Return a campaign or a survey of another public, or raise `UnknownKeyError`."""
        for campaign in self.campaigns.every:
            if campaign.id == name:
                return campaign
        known = [campaign.id for campaign in self.campaigns.every]
        raise UnknownKeyError("Campagne", name, known, "data/reference/campagnes.yml")

    def series(self, name: str) -> list[Campaign]:
        """Return a campaign and those before it that asked the same questions, latest first."""
        found = [self.campaign(name)]
        while before := found[-1].precedente:
            former = self.campaign(before)
            if former.questionnaire != found[0].questionnaire or former in found:
                break
            found.append(former)
        return found

    def read_with(self, name: str) -> list[str]:
        """Return the campaigns that a report on one reads: its series, and the one before it."""
        before = self.campaign(name).precedente
        own = [one.id for one in self.series(name)]
        return [*dict.fromkeys([*own, *([before] if before else [])])]

    def main(self, name: str) -> Campaign:
        """Return a campaign; of a survey of another public, the one that it goes with."""
        found = self.campaign(name)
        return self.campaign(found.rattachee) if isinstance(found, OtherSurvey) else found

    def of_visitors(self, name: str) -> Campaign:
        """
        Return a campaign, for what only a campaign has: mystery contacts, months, the label.

        Raises
        ------
        UnknownKeyError
            If it is unknown.
        UsageError
            If it is a survey of another public.
        """
        found = self.campaign(name)
        if isinstance(found, OtherSurvey):
            raise UsageError(
                f"« {name} » est l’enquête d’un autre public, pas une campagne.",
                f"Donnez la campagne avec laquelle elle se lit : {found.rattachee}.",
            )
        return found

    def questionnaire(self, campaign: str) -> Questionnaire:
        """Return the questionnaire of a campaign."""
        return self.questionnaires[self.campaign(campaign).questionnaire]

    @property
    def of_users(self) -> list[Questionnaire]:
        """The questionnaires put to visitors: the draft of another one takes after them."""
        return [one for one in self.questionnaires.values() if one.public.are_users]

    def threshold(self, campaign: str) -> int:
        """Return the smallest group that may be shown alone: the project's, or more."""
        asked = self.campaign(campaign)
        own = asked.seuil if isinstance(asked, OtherSurvey) else None
        least = self.sites.seuil_diffusion.valeur
        return max(least, own.valeur) if own else least

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
QUESTIONNAIRES = "questionnaire/"
MONTHLY, COMPLAINTS = "indicateurs.yml", "reclamations.yml"
# Absent, or comments only, at first.
OPTIONAL = ("clu.yml", "actions.yml", "labellisation.yml", MONTHLY, COMPLAINTS)


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
    found |= {name: folder / name for name in OPTIONAL if shipped.says_something(folder / name)}
    found |= {name: shipped.reference_file(folder, name) for name in shipped.SHARED}
    for name, path in shipped.followed_labels(folder).items():
        found[f"{shipped.LABELS}/{name}.yml"] = shipped.label_file(folder, name)
        found[f"{shipped.LABELS}/{path.name}"] = path
    for path in sorted((folder / "questionnaire").glob("*.yml")):
        found[path.relative_to(folder).as_posix()] = path
    return found


@lru_cache(maxsize=4)
def _loaded(folder: Path, _seen: tuple[tuple[str, int, int], ...]) -> Reference:
    """Return the reference data; read again when a file came, went or changed."""
    files = reference_files(folder)
    contents = {name: read_yaml(path) for name, path in files.items()}

    def typed(model: type[Model], name: str) -> Model:
        return parse(model, contents[name])

    reference = Reference(
        sites=typed(Sites, "sites.yml"),
        campaigns=typed(Campaigns, "campagnes.yml"),
        committee=typed(Committee, "clu.yml") if "clu.yml" in files else Committee(remarques=[]),
        standard=typed(Standard, "referentiel.yml"),
        grid=typed(MysteryGrid, "mystere.yml"),
        plan=typed(ActionPlan, "actions.yml") if "actions.yml" in files else ActionPlan(actions=[]),
        labelling=typed(Labelling, "labellisation.yml") if "labellisation.yml" in files else None,
        monthly=typed(Monthly, MONTHLY) if MONTHLY in files else Monthly(indicateurs=[]),
        complaints=typed(Complaints, COMPLAINTS) if COMPLAINTS in files else None,
        book=typed(CodeBook, "sujets.yml"),
        questionnaires={
            path.stem: typed(Questionnaire, name)
            for name, path in files.items()
            if name.startswith(QUESTIONNAIRES)
        },
        others={
            name: OtherLabel(
                typed(Standard, f"{shipped.LABELS}/{name}.yml"),
                typed(Labelling, f"{shipped.LABELS}/{path.name}"),
            )
            for name, path in shipped.followed_labels(folder).items()
        },
        digest=_digest(files),
    )
    _refuse_broken(reference, contents)
    return reference


def _refuse_broken(reference: Reference, contents: Mapping[str, Content]) -> None:
    """Refuse names that point to nothing in another file, those of the first file that has some."""
    broken: dict[str, list[Fault]] = {}
    for name, fault in broken_links(reference.parts):
        broken.setdefault(name, []).append(fault)
    for name, faults in broken.items():
        raise refusal(contents[name].problems(faults))


def read_standard(path: Path) -> Standard:
    """Return a référentiel from any file, for example a version being edited."""
    return read(Standard, path)


def _digest(files: Mapping[str, Path]) -> str:
    """Return one SHA-256 over the files, wherever they are and whatever their line ends."""
    content = hashlib.sha256()
    for _, path in sorted(files.items(), key=lambda pair: PurePosixPath(pair[0])):
        content.update(path.name.encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return content.hexdigest()
