"""Delete personal data. The plan is written first, so that a killed purge can be resumed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from qpref import scratch
from qpref.batch.drafts import is_being_written
from qpref.batch.drafts import sweep as sweep_drafts
from qpref.clu import archive, pack
from qpref.clu.retention import CLEARED, EMPTIED, FACTS, LOG, REMOVED, Expired, Left, Overdue
from qpref.clu.wiping import without_outputs, wordless
from qpref.project import Project, appending, events, refused, write_atomically
from qpref.store.decided import DECISIONS
from qpref.store.lock import held
from qpref.written import REMOVED as GONE
from qpref.written import Kind, digest, name_of, note

_TO_DO, _TO_SEE, _DONE = "a_supprimer", "a_voir", "fait"


def sweep(project: Project) -> None:
    """Remove what killed commands left half done: drafts of packs, of reports, of files."""
    with held(project.committee):
        pack.sweep(project)
        archive.sweep(project)
    sweep_drafts(project.reports)
    scratch.sweep()
    for path in project.root.rglob(".*.en-cours"):
        if path.is_file() and not is_being_written(path):
            path.unlink(missing_ok=True)


def with_unfinished(project: Project, found: Overdue) -> Overdue:
    """Add what an earlier run was to remove or to name and did not, when it was killed."""
    waiting: dict[str, dict[str, str]] = {}
    for event in events(project.committee / LOG, FACTS):
        if event["etat"] in {_TO_DO, _TO_SEE}:
            waiting[event["fichier"]] = event
        else:
            waiting.pop(event["fichier"], None)
    expired, left = [*found.expired], [*found.left]
    known = {one.path for one in expired} | {one.path for one in left}
    for name, event in waiting.items():
        path = project.root / name
        if path in known or _digest(path) != event["sha256"]:
            continue  # it is done, or another file has its name
        if event["etat"] == _TO_SEE:
            left.append(Left(path, event["nature"]))
        else:
            until = date.fromisoformat(event["conserver_jusqu_au"])
            expired.insert(0, Expired(path, event["nature"], until, event["sort"]))
    return replace(found, expired=expired, left=left)


def purge(project: Project, found: Overdue, now: datetime, tell: Callable[[Left], None]) -> Path:
    """
    Remove files, or what they must not hold any more; return where it is written.

    All is written down first, with the digest of each file; then each is done, and said to be.
    What is left to a person is told, at the latest by the run that ends what this one began.

    Raises
    ------
    StorageError
        If a file cannot be removed: the next run goes on from there.
    """
    log, moment = project.committee / LOG, now.isoformat(timespec="seconds")
    with held(project.committee), held(project.clean), appending(log, is_private=True) as add:

        def write(state: str, one: Expired | Left) -> None:
            event = {"moment": moment, "etat": state, "fichier": name_of(project, one.path)}
            event |= {"sha256": _digest(one.path)}
            if isinstance(one, Left):
                add({**event, "nature": one.why})
            else:
                until = one.until.isoformat()
                about = {"nature": one.kind, "sort": one.fate, "conserver_jusqu_au": until}
                add({**event, **about})

        for left in found.left:
            write(_TO_SEE, left)
        for one in found.expired:
            write(_TO_DO, one)
        for one in found.expired:
            if one.kind == DECISIONS:  # else `decided` would say that they vanished
                note(project, {one.path: GONE}, Kind(DECISIONS, one.until))
            _do(one)
            write(_DONE, one)
        for left in found.left:
            tell(left)
            write(_DONE, left)
    return log


def _do(one: Expired) -> None:
    try:
        if one.fate == REMOVED:
            one.path.unlink(missing_ok=True)
        elif one.fate == EMPTIED:
            write_atomically(one.path, wordless(one.path), is_private=True)
        elif one.fate == CLEARED:
            write_atomically(one.path, without_outputs(one.path))
    except OSError as error:
        raise refused(one.path, error) from error


def _digest(path: Path) -> str:
    """Return the digest of a file, nothing when it is not there; what a link leads to is not it."""
    if path.is_symlink():
        return f"lien vers {path.readlink()}"
    return digest(path.read_bytes()) if path.is_file() else ""
