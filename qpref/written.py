"""Register of the files the program wrote: those people changed are left alone.

A register (`data/ecrits`, a journal for each folder) knows the digest of each file before it is
written. What is found under the name of a file is ours when its digest is one of those; else a
person made it, and it is kept beside, and said. Files of the program's own stores (`data/propre`,
locks, journals) need none of this: nobody works in them.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain, count
from pathlib import Path
from types import MappingProxyType
from typing import Any

from qpref.errors import StorageError
from qpref.patience import patiently
from qpref.project import (
    Project,
    appending,
    events,
    make_folder,
    read_events,
    refused,
    write_atomically,
)
from qpref.together import write_together
from qpref.told import say

_NOBODY: Mapping[Path, str] = MappingProxyType({})
REMOVED = "supprimé"  # in the place of a digest: what is not there any more was removed by us
_KEPT = ".garde-"
_FACTS = ("fichier", "sha256", "nature")  # that each line of the register tells


@dataclass(frozen=True)
class Kind:
    """
    What a file is, as `purger` names it.

    It holds personal data when it is kept `until` a day, or as long as what a `campaign` received.
    """

    name: str
    until: date | None = None
    campaign: str = ""

    @property
    def is_personal(self) -> bool:
        """Whether it is to be removed one day, and read by its owner alone."""
        return bool(self.until or self.campaign)


RECEIVED = "fichier reçu"
REPORT, TO_FILL = Kind("rapport"), Kind("fichier à remplir")
INVENTED, SCHEMA = Kind("données fictives"), Kind("schéma")


@dataclass(frozen=True)
class Noted:
    """A line of the register."""

    path: Path
    sha256: str
    kind: Kind


def digest(content: bytes) -> str:
    """Return the digest by which the content of a file is known again."""
    return hashlib.sha256(content).hexdigest()


def put(
    project: Project,
    files: Mapping[Path, bytes],
    kind: Kind,
    former: Mapping[Path, str] = _NOBODY,
) -> None:
    """
    Write files under their names, all or none; what a person made of one is kept beside.

    Parameters
    ----------
    project
        Whose register.
    files
        Contents by path, in the order in which they are to appear.
    kind
        What they are.
    former
        Digests that an earlier version noted elsewhere: these files are ours too.

    Raises
    ------
    StorageError
        If one cannot be written: none is; what was kept beside is back when its place is free.
    """
    note(project, {path: digest(content) for path, content in files.items()}, kind)
    moved = set_aside(project, files, former)
    try:
        write_together(files, is_private=kind.is_personal)
    except StorageError:
        put_back(moved)
        say_kept({path: place for path, place in moved.items() if place.exists()})
        raise
    say_kept(moved)


def put_beside(project: Project, target: Path, content: bytes, kind: Kind) -> Path:
    """
    Write a file that people fill in, and return where.

    One that somebody filled in keeps its name and its place; the new one takes another name.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    path = place_beside(project, target, content)
    write_noted(project, path, content, kind)
    return path


def place_beside(
    project: Project, target: Path, content: bytes, former: Mapping[Path, str] = _NOBODY
) -> Path:
    """Return where to write a file that people fill in: never on what one of them made, and say."""
    names = (_renamed(target, f"-{rank}") for rank in count(2))
    path = next(
        name
        for name in chain([target], names)
        if not theirs(project, [name], former) or holds(name, content)
    )
    if path != target:
        say(f"« {target} » a été rempli ou changé : il reste ; le nouveau est « {path} ».")
    return path


def write_noted(project: Project, path: Path, content: bytes, kind: Kind) -> None:
    """
    Note a file, then write it: what is there under its name was looked at before.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    note(project, {path: digest(content)}, kind)
    write_atomically(path, content, is_private=kind.is_personal)


def remove(project: Project, path: Path) -> None:
    """
    Remove a file that no longer says anything; one that somebody changed stays, and is said.

    Raises
    ------
    StorageError
        If it cannot be removed.
    """
    if theirs(project, [path]):
        say(f"« {path} » n’a plus d’objet ; quelqu’un l’a changé : il reste.")
        return
    try:
        patiently(partial(path.unlink, missing_ok=True))
    except OSError as error:
        raise refused(path, error) from error


def theirs(
    project: Project, paths: Iterable[Path], former: Mapping[Path, str] = _NOBODY
) -> list[Path]:
    """Return the files, of these, that are there and that the program did not write as they are."""
    there = [path for path in paths if path.exists()]
    known = digests(project, there)
    return [
        path
        for path in there
        if not path.is_file()
        or digest(path.read_bytes()) not in {*known.get(path, ()), former.get(path)}
    ]


def set_aside(
    project: Project, paths: Iterable[Path], former: Mapping[Path, str] = _NOBODY
) -> dict[Path, Path]:
    """
    Move beside what people made under these names; return where, for `put_back` or `say_kept`.

    Raises
    ------
    StorageError
        If one cannot be moved; those that were are back.
    """
    moved: dict[Path, Path] = {}
    for path in theirs(project, paths, former):
        place = free_name(path)
        try:
            patiently(partial(path.rename, place))
        except OSError as error:
            put_back(moved)
            raise StorageError(
                f"« {path} » a été changé par quelqu’un et ne peut pas être mis à part "
                f"({error.strerror or error}).",
                "Fermez-le s’il est ouvert, ou enregistrez-le ailleurs, puis relancez.",
            ) from error
        moved[path] = place
    return moved


def put_back(moved: Mapping[Path, Path]) -> None:
    """Give what was moved beside its name again, where nothing took it."""
    for path, place in moved.items():
        if not path.exists():
            place.rename(path)


def say_kept(moved: Mapping[Path, Path]) -> None:
    """Say what was kept, and under which name."""
    for path, place in moved.items():
        say(f"« {path} » a été changé par quelqu’un : gardé sous le nom « {place.name} ».")


def free_name(path: Path) -> Path:
    """Return a name, beside a file, under which it can be kept."""
    names = (_renamed(path, f"{_KEPT}{rank}") for rank in count(1))
    return next(name for name in names if not name.exists())


def note(project: Project, digests: Mapping[Path, str], kind: Kind) -> None:
    """
    Write in the register what is about to be written, or was received.

    Out of the project, only what holds personal data is noted: nothing else there is ever replaced.

    Raises
    ------
    StorageError
        If the register cannot be written.
    """
    about: dict[str, object] = {"nature": kind.name}
    about |= {"jusqu_au": kind.until.isoformat()} if kind.until else {}
    about |= {"campagne": kind.campaign} if kind.campaign else {}
    by_register: dict[Path, list[dict[str, object]]] = {}
    for path, sha256 in digests.items():
        name = name_of(project, path)
        if kind.is_personal or not Path(name).is_absolute():
            line = {"fichier": name, "sha256": sha256, **about}
            by_register.setdefault(journal_of(project, path), []).append(line)
    for journal, lines in by_register.items():
        for one in reversed(journal.parents):  # what is above a private folder follows the umask
            if one.is_relative_to(project.register):
                make_folder(one, is_private=True)
        with appending(journal, is_private=True) as add:
            for line in lines:
                add(line)


def entries(project: Project) -> Iterator[Noted]:
    """Yield all that was noted, folder by folder, in the order in which it was."""
    for journal in _journals(project):
        yield from (_noted(project, one) for one in events(journal, _FACTS) if _is_dated(one))


def damaged(project: Project) -> list[Path]:
    """Return the journals of the register of which something was damaged: they may have named."""
    read = ((path, *read_events(path, _FACTS)) for path in _journals(project))
    return [path for path, lines, lost in read if lost or not all(map(_is_dated, lines))]


def _journals(project: Project) -> list[Path]:
    return sorted(project.register.rglob("*.jsonl"))


def _noted(project: Project, line: Mapping[str, Any]) -> Noted:
    until = date.fromisoformat(line["jusqu_au"]) if "jusqu_au" in line else None
    kind = Kind(line["nature"], until, line.get("campagne", ""))
    return Noted(project.root / line["fichier"], line["sha256"], kind)


def _is_dated(line: Mapping[str, Any]) -> bool:
    """Whether the last day of a line, if it has one, can be read."""
    try:
        date.fromisoformat(line.get("jusqu_au", "2000-01-01"))
    except (TypeError, ValueError):
        return False
    return True


def digests(project: Project, paths: Iterable[Path]) -> dict[Path, set[str]]:
    """Return all the digests that the program wrote under each of these names."""
    found: dict[Path, set[str]] = {}
    wanted = {name_of(project, path): path for path in paths}
    for journal in {journal_of(project, path) for path in wanted.values()}:
        for line in events(journal, _FACTS):
            path = wanted.get(line["fichier"])
            if path and line["nature"] != RECEIVED:  # what we read, somebody else wrote
                found.setdefault(path, set()).add(line["sha256"])
    return found


def journal_of(project: Project, path: Path) -> Path:
    """Return the journal of the folder of a file."""
    name = Path(name_of(project, path))
    if name.is_absolute():
        return project.register / "ailleurs.jsonl"
    place = project.register / "projet" / name.parent
    return place.with_name(f"{place.name}.jsonl")


def name_of(project: Project, path: Path) -> str:
    """Return the name of a file in the project; out of it, its whole path."""
    # Not `resolve`, which would follow links.
    own, root = (Path(os.path.abspath(one)) for one in (path, project.root))  # noqa: PTH100
    return (own.relative_to(root) if own.is_relative_to(root) else own).as_posix()


def holds(path: Path, content: bytes) -> bool:
    """Whether a file is there and is these bytes."""
    return path.is_file() and path.read_bytes() == content


def _renamed(path: Path, mark: str) -> Path:
    return path.with_name(f"{path.stem}{mark}{path.suffix}")
