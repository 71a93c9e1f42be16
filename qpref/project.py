"""Paths of a project on disk, and atomic writing of files."""

import glob
import json
import os
import platform
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ConfigDict, TypeAdapter, ValidationError

from qpref.errors import ProjectNotFoundError, StorageError
from qpref.patience import patiently
from qpref.scratch import is_alive
from qpref.told import say

ROOT_VARIABLE = "QPREF_RACINE"
_UNDER_WAY = ".en-cours"  # ends the name of a file that is being written
CLOSE_IT = "Fermez le fichier s’il est ouvert, vérifiez les droits et la place disponible."
BATCH_VARIABLE = "QPREF_LOT"  # set where a report is made, so that nothing unread enters it
Content = bytes | Callable[[BinaryIO], None]  # of a file, or what writes it


def is_batch() -> bool:
    """Whether a report is being made, rather than an analyst exploring."""
    return bool(os.environ.get(BATCH_VARIABLE))


@dataclass(frozen=True)
class Project:
    """The folders of one qpref project, all below `root`."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> "Project":
        """
        Return the project that holds `start`.

        Parameters
        ----------
        start
            A folder of the project. By default the environment variable QPREF_RACINE,
            else the working directory.

        Raises
        ------
        ProjectNotFoundError
            If neither the folder nor any folder above it holds data/reference.
        """
        begin = (start or Path(os.environ.get(ROOT_VARIABLE) or Path.cwd())).resolve()
        for folder in (begin, *begin.parents):
            if (folder / "data" / "reference").is_dir():
                return cls(folder)
        raise ProjectNotFoundError(begin)

    @property
    def reference(self) -> Path:
        """Versioned facts: sites, campaigns, questionnaires (`qpref.shipped` knows the others)."""
        return self.root / "data" / "reference"

    @property
    def clean(self) -> Path:
        """Canonical tables."""
        return self.root / "data" / "propre"

    @property
    def quarantine(self) -> Path:
        """Rows and cells set aside, one CSV file per received file."""
        return self.root / "data" / "quarantaine"

    @property
    def received(self) -> Path:
        """Files as received."""
        return self.root / "data" / "brut"

    @property
    def corrections(self) -> Path:
        """Cells corrected by the quality unit, one file per campaign."""
        return self.root / "data" / "corrections"

    @property
    def committee(self) -> Path:
        """Meetings of the committee; its members' file, never in the repository."""
        return self.root / "data" / "clu"

    @property
    def notebooks(self) -> Path:
        """The project's own notebooks, if any (`qpref.shipped` knows the others)."""
        return self.root / "notebooks"

    @property
    def reports(self) -> Path:
        """Reports, one folder per campaign and site."""
        return self.root / "reports"

    def campaign_folder(self, campaign: str) -> Path:
        """Return where the reports of a campaign are: its index, and one folder for each site."""
        return self.reports / campaign

    def document(self, campaign: str, name: str) -> Path:
        """Return « site/notebook » of a campaign, « survey/site/notebook » of another public."""
        *survey, site, notebook = name.split("/")
        return self.report_folder(survey[0] if survey else campaign, site) / notebook

    def report_folder(self, campaign: str, site: str) -> Path:
        """Return where the reports of a site are, or those of all sites of a committee."""
        return self.campaign_folder(campaign) / site

    @property
    def publication(self) -> Path:
        """What the service displays and publishes, one folder for each day of publication."""
        return self.reports / "publication"

    @property
    def register(self) -> Path:
        """What the program wrote, a journal for each folder (`qpref.written`)."""
        return self.root / "data" / "ecrits"

    @property
    def archives(self) -> Path:
        """What committees received, one folder for each meeting: no command removes it."""
        return self.committee / "archives"

    @property
    def packs(self) -> Path:
        """Packs of the committee's meetings, one folder for each."""
        return self.reports / "clu"


def refused(folder: Path, error: OSError) -> StorageError:
    """Return what to say of a folder that cannot be written."""
    return StorageError(
        f"Impossible d’écrire dans « {folder} » ({error.strerror or error}).",
        "Vérifiez les droits et la place disponible.",
    )


def write_atomically(target: Path, content: Content, *, is_private: bool = False) -> None:
    """
    Write a file so that readers see the old content or the new, never a part.

    `is_private`: nobody but its owner reads it, whatever the umask; nor the folder, when it is new.

    Raises
    ------
    StorageError
        If the folder or the disk refuses; the old file is untouched.
    """
    draft = draft_beside(target)
    try:
        write_draft(draft, target, content, is_private=is_private)
        patiently(partial(draft.replace, target))
        settle(target.parent)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise StorageError(
            f"Impossible d’écrire « {target} » ({error.strerror or error}). "
            "Le fichier précédent, s’il existe, est intact.",
            CLOSE_IT,
        ) from error


def _drafts_of(target: Path) -> str:
    return f".{target.stem[:20]}.{platform.node()}-"


def draft_beside(target: Path) -> Path:
    """Return a name of this process, beside a file; `write_draft` sweeps those of killed ones."""
    mark = f"{os.getpid()}-{secrets.token_hex(4)}{_UNDER_WAY}"
    return target.with_name(f"{_drafts_of(target)}{mark}")


def write_draft(draft: Path, target: Path, content: Content, *, is_private: bool) -> None:
    """Have a content on the disk under the name of a draft of a file, whose folder is made."""
    make_folder(target.parent, is_private=is_private)
    _sweep(target.parent, _drafts_of(target))
    with open(draft, "x+b", opener=_private if is_private else None) as handle:
        if isinstance(content, bytes):
            handle.write(content)
        else:
            content(handle)
        handle.flush()
        os.fsync(handle.fileno())


def _sweep(folder: Path, ours: str) -> None:
    """Remove what processes of this machine that were killed left of the same file."""
    for draft in folder.glob(f"{glob.escape(ours)}*{_UNDER_WAY}"):
        pid = draft.name.removeprefix(ours).split("-")[0]
        if pid.isdigit() and not is_alive(int(pid)):
            draft.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def make_folder(folder: Path, *, is_private: bool = False) -> None:
    """
    Make a folder, and what is above it, so that a power cut takes none of them away.

    `is_private`: it is for its owner alone, when it is new; what is above it follows the umask.
    """
    new = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(0o700 if is_private else 0o777, parents=True, exist_ok=True)
    for one in new:
        settle(one.parent)


def settle(folder: Path) -> None:
    """Have what a folder lists on the disk before going on: a power cut may undo it no more."""
    if os.name == "nt":  # a folder does not open there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def appending(
    path: Path, *, is_private: bool = False
) -> Iterator[Callable[[Mapping[str, object]], None]]:
    """
    Give what adds an event to a journal (JSON lines), on the disk before anything else happens.

    A last line that a power cut left unfinished is ended first, so that it spoils no other;
    `is_private` as `write_atomically`.

    Raises
    ------
    StorageError
        If the journal cannot be opened, or an event written: it may be there or not.
    """
    try:
        make_folder(path.parent, is_private=is_private)
        opener = _private if is_private else None
        # Without buffer: what a full disk refused is not tried again later.
        handle = open(path, "a+b", buffering=0, opener=opener)  # noqa: SIM115
        if handle.seek(0, os.SEEK_END) and handle.seek(-1, os.SEEK_END) and handle.read() != b"\n":
            handle.write(b"\n")
        settle(path.parent)
    except OSError as error:
        raise refused(path, error) from error
    with handle:

        def write(event: Mapping[str, object]) -> None:
            line = (json.dumps(event, ensure_ascii=False) + "\n").encode()
            try:
                while line:
                    line = line[handle.write(line) :]
                os.fsync(handle.fileno())
            except OSError as error:
                raise refused(path, error) from error

        yield write


_EVENT = TypeAdapter(dict[str, Any], config=ConfigDict(defer_build=True))


def events(path: Path, needs: Collection[str] = ()) -> list[dict[str, Any]]:
    """
    Return the events of a journal; a line that a power cut left unfinished is left out.

    Any other line that cannot be read, or that lacks a key of `needs`, is left out too, and said:
    nobody cut it, something damaged it.
    """
    found, damaged = read_events(path, needs)
    if damaged:
        say(
            f"« {path} » : {damaged} ligne(s) abîmée(s), laissée(s) de côté. Reprenez ce journal "
            "d’une sauvegarde, sans supprimer celui-ci."
        )
    return found


def read_events(path: Path, needs: Collection[str]) -> tuple[list[dict[str, Any]], int]:
    """Return the events of a journal, and how many of its lines are damaged, without saying so."""
    if not path.exists():
        return [], 0
    found, damaged = [], 0
    for line in path.read_bytes().splitlines():
        try:
            event = _EVENT.validate_json(line)
        except ValidationError as error:
            damaged += "EOF" not in error.errors()[0]["msg"]  # else it is unfinished
            continue
        if all(name in event for name in needs):
            found.append(event)
        else:
            damaged += 1
    return found, damaged
