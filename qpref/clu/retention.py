"""Find the files whose personal data must be deleted, and those left to a person's decision.

What the program wrote is known by its register, what it received by the digests of its imports.
Then the whole project is searched for the texts themselves: a page of ours that quotes one goes
too, a file of somebody's is named.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from qpref.batch.provenance import SUFFIX, read_provenance
from qpref.clu.facts import members_file
from qpref.clu.pack import DRAFT
from qpref.clu.traces import files, holds, told_apart
from qpref.clu.wiping import addresses_in, free_texts, has_outputs, has_texts
from qpref.project import Project, events
from qpref.reference import Reference
from qpref.reference.members import load_members
from qpref.store import Store, codes_path, review_path
from qpref.store.decided import DECISIONS
from qpref.store.rebuilding import ASIDE
from qpref.written import RECEIVED, TO_FILL, Noted, digest, entries, theirs

LOG = "purges.jsonl"
FACTS = ("fichier", "sha256", "etat", "nature")  # that each of its lines tells
MEMBERS = "adresses des membres"
REMOVED, EMPTIED, CLEARED = "supprimé", "textes effacés", "résultats effacés"
QUOTES = "contient une remarque, une valeur ou une adresse à supprimer"
_CHECKPOINTS = ".ipynb_checkpoints"


@dataclass(frozen=True)
class Expired:
    """A file of personal data, what it is, the last day of its retention, and what it becomes."""

    path: Path
    kind: str
    until: date
    fate: str = REMOVED


@dataclass(frozen=True)
class Left:
    """A file that may hold personal data and that qpref does not remove: a person decides."""

    path: Path
    why: str


@dataclass
class Overdue:
    """
    What is to be removed, in an order that a kill cannot spoil, and what is left to a person.

    `texts` are what the project was searched for. The files that they come from go last: until
    then, a run that begins again finds the same. `ends`: the last day of each campaign over.
    """

    expired: list[Expired] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)
    ends: dict[str, date] = field(default_factory=dict)


def overdue(project: Project, reference: Reference, today: date) -> Overdue:
    """
    Return what holds personal data whose retention is over.

    Members' addresses: their file, and all drafts, each by the day that its own list of members
    said. Of a campaign (`conserver_recus_jusqu_au`): files received, remarks, what was set aside,
    corrections, what notebooks showed, pages that quote.

    Raises
    ------
    ReferenceFileError
        If the members' file is wrong.
    """
    ends = {
        campaign.id: campaign.conserver_recus_jusqu_au
        for campaign in reference.campaigns.every
        if campaign.conserver_recus_jusqu_au and campaign.conserver_recus_jusqu_au < today
    }
    own = [
        *_noted(project, today, ends),
        *_received(project, reference, ends),
        *_decided(project, ends),
        *_notebooks(project, ends),
        *_parts(project, ends),
        *_drafts(project, today),
        *_members(project, today),
    ]
    listed = {one.path: one for one in own if isinstance(one, Expired)}
    left = {one.path: one for one in own if isinstance(one, Left) and one.path not in listed}
    found = Overdue([*listed.values()], [*left.values()], told_apart(_texts(listed)), ends)
    quoting = [*_quoting(project, found, today)]
    first = {one.path: one for one in quoting if isinstance(one, Expired)}
    found.expired = sorted([*first.values(), *found.expired], key=_rank)
    found.left += [one for one in quoting if isinstance(one, Left) and one.path not in left]
    return found


def _rank(one: Expired) -> int:
    """Return when a file goes: those that tell what to look for are the last."""
    return 2 if one.kind == MEMBERS else int(one.fate == EMPTIED or one.kind == DRAFT)


def _until(entry: Noted, ends: Mapping[str, date]) -> date | None:
    return entry.kind.until or ends.get(entry.kind.campaign)


def _noted(project: Project, today: date, ends: Mapping[str, date]) -> Iterator[Expired | Left]:
    """Yield what the register says is over: ours as it is, and what somebody changed since."""
    by_path: dict[Path, list[Noted]] = {}
    for entry in entries(project):
        by_path.setdefault(entry.path, []).append(entry)
    for path, known in by_path.items():
        until = _until(known[-1], ends)
        if until is None or until >= today or not path.is_file():
            continue
        kind, is_inside = known[-1].kind.name, path.is_relative_to(project.root)
        is_same = digest(path.read_bytes()) in {one.sha256 for one in known}
        if is_same and (is_inside or kind != RECEIVED):
            yield Expired(path, kind, until)
        else:
            why = "hors du projet" if is_same else "changé depuis"
            yield Left(path, f"{kind}, {why} : à conserver jusqu’au {until}")


def _received(
    project: Project, reference: Reference, ends: Mapping[str, date]
) -> Iterator[Expired | Left]:
    """Yield the files of data/brut: those of the campaigns that are over, and those of none."""
    if not ends or not project.received.is_dir():
        return
    campaigns = [campaign.id for campaign in reference.campaigns.every]
    known = {entry.sha256: name for name in campaigns for entry in Store(project).imports(name)}
    blank = {(one.path, one.sha256) for one in entries(project) if one.kind == TO_FILL}
    for path in sorted(project.received.rglob("*")):
        if not path.is_file() or path.name == "noms.txt":
            continue
        sha256 = digest(path.read_bytes())
        if (campaign := known.get(sha256)) in ends and campaign:
            yield Expired(path, RECEIVED, ends[campaign])
        elif campaign is None and (path, sha256) not in blank:
            yield Left(path, "aucun import ne l’a lu tel quel : changé depuis, ou jamais importé")


def _decided(project: Project, ends: Mapping[str, date]) -> Iterator[Expired]:
    """Yield the lists set aside, annotated or not, and what was decided of answers."""
    for campaign, until in ends.items():
        for path in sorted((project.quarantine / campaign).rglob("*")):
            if path.is_file():
                yield Expired(path, "ce qui a été mis de côté", until)
        decided = (f(project, campaign) for f in (review_path, codes_path))
        for path in (project.corrections / f"{campaign}.json", *decided):
            if path.exists():
                yield Expired(path, DECISIONS, until)


def _notebooks(project: Project, ends: Mapping[str, date]) -> Iterator[Expired]:
    """Yield the notebooks that somebody ran, and the copies that JupyterLab keeps of them."""
    for path in files(project.root) if ends else ():
        is_report = path.is_relative_to(project.reports) and _CHECKPOINTS not in path.parts
        if path.suffix == ".ipynb" and not is_report and has_outputs(path):
            yield Expired(path, "notebook exécuté", max(ends.values()), CLEARED)


def _parts(project: Project, ends: Mapping[str, date]) -> Iterator[Expired | Left]:
    """Yield the parts of tables that hold texts, and those that no import lists."""
    for campaign, until in ends.items():
        listed = {
            (table, f"site={site}", name)
            for entry in Store(project).imports(campaign)
            for table, sites in entry.parts.items()
            for site, name in sites.items()
        }
        for path in sorted(project.clean.glob(f"*/campagne={campaign}/site=*/*")):
            if (path.parents[2].name, path.parent.name, path.name) not in listed:
                yield Expired(path, "reste d’un import interrompu", until)
                continue
            try:
                is_to_empty = has_texts(path)
            except (OSError, ValueError):
                yield Left(path, "illisible : nul ne sait ce qu’elle contient")
                continue
            if is_to_empty:
                yield Expired(path, "remarques et valeurs refusées", until, EMPTIED)
        for path in sorted(project.clean.glob(f"{ASIDE}/*/campagne={campaign}/site=*/*")):
            yield Expired(path, "partie de table rangée à part", until)


def _drafts(project: Project, today: date) -> Iterator[Expired]:
    """Yield the drafts of each pack of which one is over, whatever somebody made of them."""
    over = {
        entry.path.parent: entry.kind.until
        for entry in entries(project)
        if entry.kind.name == DRAFT and entry.kind.until and entry.kind.until < today
    }
    last = _addresses_until(project)
    for path in sorted(project.packs.rglob("*.eml")):
        until = last if last and last < today else over.get(path.parent)
        if until:
            yield Expired(path, DRAFT, until)


def _members(project: Project, today: date) -> Iterator[Expired]:
    path, until = members_file(project), _addresses_until(project)
    if path.exists() and until and until < today:
        yield Expired(path, MEMBERS, until)


def _addresses_until(project: Project) -> date | None:
    """Return until when addresses are kept: as the members' file says, or said when it went."""
    path = members_file(project)
    if path.exists():
        return load_members(path).conserver_jusqu_au
    lines = events(project.committee / LOG, FACTS)
    gone = [one.get("conserver_jusqu_au", "") for one in lines if one["nature"] == MEMBERS]
    with suppress(ValueError):
        return date.fromisoformat(gone[-1]) if gone else None
    return None


def _texts(listed: Mapping[Path, Expired]) -> Iterator[str]:
    """Yield what people wrote and their addresses, from the files where they are first."""
    for path, one in listed.items():
        if one.fate == EMPTIED:
            yield from free_texts(path)
        elif one.kind == DRAFT:
            yield from addresses_in(path)
        elif one.kind == MEMBERS:
            for member in load_members(path).membres:
                yield from filter(None, (member.courriel, member.adresse))


def _quoting(project: Project, found: Overdue, today: date) -> Iterator[Expired | Left]:
    """Yield what quotes the texts elsewhere: reports, which can be made again; people's files."""
    listed = {one.path for one in found.expired}
    until = max((one.until for one in found.expired), default=today)
    for path in still_holding(project, found, today):
        if path in listed:
            continue
        if not (path.is_relative_to(project.reports) and is_ours(project, path)):
            yield Left(path, QUOTES)
            continue
        beside = path.parent.glob(f"{path.name.partition('.')[0]}.*")
        for one in sorted({path, *beside}):  # its PDF quotes it too
            if one.is_file() and one not in listed and is_ours(project, one):
                yield Expired(one, "rapport ou document qui cite", until)


def still_holding(project: Project, found: Overdue, today: date) -> list[Path]:
    """Return the files of the project that hold the texts, those kept for another reason apart."""
    if not found.texts:
        return []
    kept = {
        entry.path
        for entry in entries(project)
        if entry.kind.is_personal and not ((until := _until(entry, found.ends)) and until < today)
    }
    return [
        path
        for path in files(project.root)
        if path not in kept
        and not _is_of_another(project, path, found.ends)
        and holds(path, found.texts)
    ]


def _is_of_another(project: Project, path: Path, ends: Mapping[str, date]) -> bool:
    """Whether a file is that of a campaign which is not over."""
    if path.is_relative_to(project.quarantine):
        return path.relative_to(project.quarantine).parts[0] not in ends
    if path.is_relative_to(project.clean):
        return not any(f"campagne={campaign}" in path.parts for campaign in ends)
    return False


def is_ours(project: Project, path: Path) -> bool:
    """Whether a report's file is as the program wrote it, by its register or its provenance."""
    facts = read_provenance(path.with_name(f"{path.name.partition('.')[0]}{SUFFIX}"))
    former = (facts.sorties.get(path.name) if facts else None) or ""
    return path.name.endswith(SUFFIX) or not theirs(project, [path], {path: former})
