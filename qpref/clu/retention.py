"""Personal data whose retention is over: what they are, and their removal, written down."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from qpref.clu.facts import members_file
from qpref.project import Project, appending, refused
from qpref.reference import Reference
from qpref.reference.members import load_members
from qpref.store import Store

LOG = "purges.jsonl"


@dataclass(frozen=True)
class Expired:
    """A file of personal data, why it was kept, and the last day of its retention."""

    path: Path
    kind: str
    until: date


def expired(project: Project, reference: Reference, today: date) -> list[Expired]:
    """
    Return the files whose retention is over.

    The members' file and the drafts that hold its addresses; the received files of a campaign
    (`conserver_recus_jusqu_au`), found in data/brut by their digest.

    Raises
    ------
    ReferenceFileError
        If the members' file is wrong.
    """
    return [*_members(project, today), *_received(project, reference, today)]


def _members(project: Project, today: date) -> list[Expired]:
    path = members_file(project)
    if not path.exists():
        return []
    until = load_members(path).conserver_jusqu_au
    if until >= today:
        return []
    drafts = sorted(project.packs.glob("*/*.eml"))
    return [
        Expired(path, "adresses des membres", until),
        *(Expired(one, "brouillon de courriel", until) for one in drafts),
    ]


def _received(project: Project, reference: Reference, today: date) -> list[Expired]:
    ends: dict[str, date] = {}
    for campaign in reference.campaigns.campagnes:
        until = campaign.conserver_recus_jusqu_au
        if until and until < today:
            ends |= {entry.sha256: until for entry in Store(project).imports(campaign.id)}
    if not ends or not project.received.is_dir():
        return []
    files = [path for path in sorted(project.received.rglob("*")) if path.is_file()]
    found = [(path, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]
    return [Expired(path, "fichier reçu", ends[digest]) for path, digest in found if digest in ends]


def purge(project: Project, found: Sequence[Expired], now: datetime) -> Path:
    """
    Remove files and write what was removed; return where it is written.

    The line of a file is written before it goes: a removal that was cut is done again, and told
    twice rather than not at all.

    Raises
    ------
    StorageError
        If a file cannot be removed.
    """
    log = project.committee / LOG
    for one in found:
        event = {
            "moment": now.isoformat(timespec="seconds"),
            "fichier": one.path.relative_to(project.root).as_posix(),
            "nature": one.kind,
            "conserver_jusqu_au": one.until.isoformat(),
        }
        try:
            with appending(log) as add:
                add(event)
            one.path.unlink(missing_ok=True)
        except OSError as error:
            raise refused(one.path, error) from error
    return log
