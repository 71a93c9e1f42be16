"""Archive of what each committee received: figures and digests of the reports, never deleted.

One folder for each edition of a pack, `data/clu/archives/<meeting>/<number>_<day>/`: the figures
file and the provenance of each report, and `archive.json`, which says the rest. Pages are known by
their digest only: they quote remarks, whose retention ends. No address, no mail, no minutes.
The meeting has the name of its first day, wherever it moves.
Nothing here is ever replaced, and no command removes it. What left, and to whom, is beside
(`journal`).
"""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from qpref.batch.figures import FIGURES
from qpref.batch.plan import Report
from qpref.batch.provenance import SUFFIX, Provenance, read_provenance
from qpref.clu.journal import ACCEPTED, Journal
from qpref.project import Project, refused, write_atomically
from qpref.quality.method import METHOD
from qpref.reference import reference_files
from qpref.reference.meeting import Meeting
from qpref.written import digest

MANIFEST = "archive.json"
_DRAFT = ".en-cours-"


class Archive(BaseModel):
    """
    What an edition says of itself.

    `prepare_le` is the day that the pack is written for, `archive_le` when it was kept. Digests:
    `documents`, of each page, PDF and slide show of the mail; `fichiers`, of each file of the
    archive; `reference`, of each reference file.
    """

    model_config = ConfigDict(frozen=True)

    format: int = 1
    reunion: date
    campagne: str | None
    fictif: bool
    prepare_le: date
    archive_le: datetime
    qpref: str
    methode: int
    rapports: tuple[str, ...]
    documents: dict[str, str]
    reference: dict[str, str]
    fichiers: dict[str, str]


@dataclass(frozen=True)
class Edition:
    """One edition of a meeting's pack, as it was kept; `facts` is None when it cannot be read."""

    folder: Path

    @cached_property
    def facts(self) -> Archive | None:
        """What it says of itself, if none of its files was lost or changed."""
        try:
            found = Archive.model_validate_json((self.folder / MANIFEST).read_bytes())
            now = {name: digest((self.folder / name).read_bytes()) for name in found.fichiers}
        except (OSError, ValidationError):
            return None
        return found if now == found.fichiers else None

    def output(self, report: str, suffix: str) -> Path:
        """Return a file of a report, « site/notebook »."""
        return self.folder / f"{report}{suffix}"

    def provenance(self, report: str) -> Provenance | None:
        """Return what a report was made from."""
        return read_provenance(self.output(report, SUFFIX))


@dataclass(frozen=True)
class Kept:
    """The edition that holds what the committee is about to receive; `is_new`: kept just now."""

    edition: Edition
    is_new: bool


def editions(project: Project, meeting: str = "*") -> list[Edition]:
    """Return the editions that were kept, of one meeting or of all, in order."""
    folders = [path for path in project.archives.glob(f"{meeting}/[0-9]*_*") if path.is_dir()]
    return [Edition(path) for path in sorted(folders, key=lambda p: (p.parent.name, _rank(p)))]


def _rank(folder: Path) -> int:
    number = folder.name.partition("_")[0]
    return int(number) if number.isdigit() else 0


def published(project: Project, meeting: Meeting) -> list[Edition]:
    """
    Return the editions of a meeting that its committee received.

    Those of which qpref sent a mail; else, when a person wrote the day of the sending, the last one
    kept by then; else the last one.
    """
    found = [one for one in editions(project, meeting.first_name) if one.facts]
    if not found:
        return []
    sent = [*_sent(found, Journal.every(project, meeting.first_name))]
    if sent:
        return sent
    day = meeting.envoye_le
    earlier = [one for one in found if day and one.facts and one.facts.archive_le.date() <= day]
    return [(earlier or found)[-1]]


def _sent(found: list[Edition], journals: Sequence[Journal]) -> Iterator[Edition]:
    """
    Yield the editions that accepted mail carried.

    The journals name them. They did not always: then, the last edition kept by that moment.
    """
    noted = [event for journal in journals for event in journal.events]
    accepted = [event for event in noted if event["etat"] == ACCEPTED]
    named = {event.get("edition") for event in accepted}
    moments = [datetime.fromisoformat(one["moment"]) for one in accepted if "edition" not in one]
    kept = [one.facts.archive_le for one in found if one.facts]
    for one, since, until in zip(found, kept, [*kept[1:], None], strict=True):
        is_last = any(since <= moment and (until is None or moment < until) for moment in moments)
        if one.folder.name in named or is_last:
            yield one


def keep(
    project: Project,
    meeting: Meeting,
    reports: Mapping[str, Report],
    documents: Mapping[str, bytes],
    day: date,
) -> Kept:
    """
    Keep what a committee is about to receive, unless its last edition says the same.

    Call it under the lock of the committee's folder: what a killed run left is removed.

    Parameters
    ----------
    project, meeting
        Whose.
    reports
        By their name in the agenda, « site/notebook ».
    documents
        Pages and PDF of the mail, by name.
    day
        The day that the pack is written for.

    Raises
    ------
    StorageError
        If it cannot be written; nothing is half kept.
    """
    folder = project.archives / meeting.first_name
    sweep(project)
    known = editions(project, meeting.first_name)
    files = {
        f"{name}{suffix}": report.output(suffix).read_bytes()
        for name, report in reports.items()
        for suffix in (FIGURES, SUFFIX)
    }
    facts = _facts(project, meeting, documents, files, day)
    if known and _is_same(known[-1].facts, facts):
        return Kept(known[-1], is_new=False)
    number = _rank(known[-1].folder) + 1 if known else 1
    target = folder / f"{number}_{facts.archive_le.date()}"
    _put(target, {**files, MANIFEST: facts.model_dump_json(indent=1).encode()})
    return Kept(Edition(target), is_new=True)


def _facts(
    project: Project,
    meeting: Meeting,
    documents: Mapping[str, bytes],
    files: Mapping[str, bytes],
    day: date,
) -> Archive:
    return Archive(
        reunion=meeting.date,
        campagne=meeting.campagne,
        fictif=meeting.fictif,
        prepare_le=day,
        archive_le=datetime.now().astimezone().replace(microsecond=0),  # as sendings are written
        qpref=version("qpref"),
        methode=METHOD,
        rapports=tuple(name.removesuffix(FIGURES) for name in files if name.endswith(FIGURES)),
        documents={name: digest(content) for name, content in documents.items()},
        reference=reference_digests(project),
        fichiers={name: digest(content) for name, content in files.items()},
    )


def _is_same(old: Archive | None, new: Archive) -> bool:
    """Whether a committee that received one would learn nothing from the other."""
    if old is None:
        return False
    return (old.documents, _figures(old)) == (new.documents, _figures(new))


def _figures(archive: Archive) -> dict[str, str]:
    return {name: one for name, one in archive.fichiers.items() if name.endswith(FIGURES)}


def reference_digests(project: Project) -> dict[str, str]:
    """Return the digest of each reference file, as it is now."""
    files = reference_files(project.reference)
    return {name: digest(path.read_bytes()) for name, path in files.items()}


def _put(target: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder beside, then give it its name: whole, or not there."""
    draft = target.with_name(f"{_DRAFT}{os.getpid()}")
    try:
        for name, content in files.items():
            write_atomically(draft / name, content)
        draft.rename(target)
    except OSError as error:
        raise refused(target, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def sweep(project: Project) -> None:
    """Remove what killed runs left half kept; under the lock, nobody else is keeping anything."""
    for draft in project.archives.glob(f"*/{_DRAFT}*"):
        shutil.rmtree(draft, ignore_errors=True)


def never_kept(project: Project, meetings: list[Meeting]) -> list[Meeting]:
    """Return the meetings whose pack was made before packs were kept."""
    kept = {one.folder.parent.name for one in editions(project)}
    return [
        meeting
        for meeting in meetings
        if meeting.first_name not in kept
        and (meeting.envoye_le or (project.packs / meeting.name).is_dir())
    ]


def damaged(project: Project) -> list[Edition]:
    """Return the editions of which a file was lost or changed since."""
    return [one for one in editions(project) if one.facts is None]
