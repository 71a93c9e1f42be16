"""Write an archive beside its target, read it back whole, then rename it."""

import hashlib
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from qpref.batch.drafts import draft_folder
from qpref.handover.age import Encrypted
from qpref.handover.contents import Opened, contents
from qpref.handover.manifest import FOLDER, NAME, ArchiveError, Manifest, StoredFile, check_names
from qpref.handover.reading import digest_of, opened, read_through
from qpref.project import Project, refused, settle
from qpref.store.lock import held
from qpref.zipped import entry

_PIECE = 1 << 20
_OWNER = 0o600


@dataclass(frozen=True)
class Saved:
    """An archive that was written: what it says of itself, its weight and digest, what is left."""

    path: Path
    manifest: Manifest
    octets: int
    sha256: str
    left: tuple[str, ...]


def save(
    project: Project, target: Path, now: datetime, *, is_personal: bool, passphrase: str = ""
) -> Saved:
    """
    Write a project into one archive; on failure nothing is written.

    Parameters
    ----------
    project, target
        What, and where; a file that is there is never replaced.
    now
        The moment that the archive bears.
    is_personal
        With all that the project holds of persons, or only what names nobody.
    passphrase
        To encrypt; a plain archive without one.

    Raises
    ------
    ArchiveError
        If a file lies there, changes meanwhile, or has a name that cannot be restored.
    StorageError
        If another command holds the project, or the disk refuses.
    """
    _refuse_taken(target)
    with _still(project):
        found = contents(project, is_personal=is_personal)
        check_names(found.files)
        with draft_folder(target.parent) as folder:
            draft = folder / target.name
            about = Manifest(
                qpref=version("qpref"), fait_le=now, projet=project.root.name,
                personnelles=is_personal, fichiers={},
            )  # fmt: skip
            try:
                manifest = _write(draft, found.files, about, passphrase)
                with opened(draft, lambda: passphrase) as archive:
                    read_through(archive)
                digest = digest_of(draft)
                octets = draft.stat().st_size
                _place(draft, target)
                settle(target.parent)
            except OSError as error:
                raise refused(target.parent, error) from error
    return Saved(target, manifest, octets, digest, tuple(found.left))


def _refuse_taken(target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise ArchiveError(f"« {target} » existe déjà.", "Donnez un autre nom : --vers FICHIER.")


@contextmanager
def _still(project: Project) -> Iterator[None]:
    """Let no other command change the project's data meanwhile."""
    with ExitStack() as stack:
        for folder in (project.clean, project.corrections, project.committee):
            if folder.is_dir():
                stack.enter_context(held(folder))
        yield


def _write(draft: Path, files: Mapping[str, Opened], about: Manifest, passphrase: str) -> Manifest:
    """Write the archive, what it says of itself last; return that."""
    kept = {}
    handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OWNER)
    with os.fdopen(handle, "w+b") as plain:
        secret = Encrypted(plain, passphrase) if passphrase else nullcontext(plain)
        with secret as target, zipfile.ZipFile(target, "w") as archive:
            for name, open_ in files.items():
                kept[name] = _add(archive, FOLDER + name, open_, about.fait_le)
            manifest = about.model_copy(update={"fichiers": kept})
            archive.writestr(_entry(NAME, about.fait_le), manifest.model_dump_json(indent=1))
        plain.flush()
        os.fsync(plain.fileno())
    return manifest


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    made = entry(name, now)
    made.external_attr = _OWNER << 16
    return made


def _add(archive: zipfile.ZipFile, name: str, open_: Opened, now: datetime) -> StoredFile:
    """Add a file; return what was read of it, whatever becomes of it meanwhile."""
    content, count = hashlib.sha256(), 0
    try:
        source = open_()
    except OSError as error:
        raise ArchiveError(
            f"« {name.removeprefix(FOLDER)} » est illisible ({error.strerror or error}).",
            "Vérifiez ses droits, puis recommencez.",
        ) from error
    with source, archive.open(_entry(name, now), "w", force_zip64=True) as into:
        while piece := source.read(_PIECE):
            content.update(piece)
            count += len(piece)
            into.write(piece)
    return StoredFile(octets=count, sha256=content.hexdigest())


def _place(draft: Path, target: Path) -> None:
    """Give the archive its name, unless somebody gave it to another file meanwhile."""
    try:
        os.link(draft, target)
    except FileExistsError:
        _refuse_taken(target)
        raise
    except OSError:  # a share without links
        _refuse_taken(target)
        draft.rename(target)
