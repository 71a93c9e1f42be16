"""Restore a project from its archive: complete in a new folder, or nothing."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from qpref.batch.drafts import draft_folder
from qpref.errors import StorageError
from qpref.handover.manifest import Manifest
from qpref.handover.reading import OpenArchive, copy, opened
from qpref.project import refused, settle
from qpref.starter.creation import refuse_occupied

_OWNER = 0o700


def restore(path: Path, folder: Path, ask: Callable[[], str]) -> Manifest:
    """
    Write a project as it was when it was archived; return what the archive says of itself.

    Parameters
    ----------
    path
        The archive.
    folder
        Absent or empty. Its owner alone may open it: whoever shares it says so.
    ask
        Gives the passphrase, if one is needed.

    Raises
    ------
    UsageError
        If the folder holds something.
    ArchiveError
        If a byte of the archive is not what was kept; nothing is then restored.
    StorageError
        If the disk refuses, or has no room.
    """
    folder = folder.absolute()
    refuse_occupied(folder)
    with opened(path, ask) as archive:
        with draft_folder(folder.parent) as draft:
            _refuse_full(draft, archive.manifest.size)
            project = draft / "projet"
            project.mkdir(mode=_OWNER)
            try:
                for name in archive.manifest.fichiers:
                    _extract(archive, name, project.joinpath(*name.split("/")))
                refuse_occupied(folder)
                if folder.exists():
                    folder.rmdir()
                project.rename(folder)
                settle(folder.parent)
            except OSError as error:
                raise refused(folder, error) from error
        return archive.manifest


def _extract(archive: OpenArchive, name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as into:
        copy(archive, name, into)
        into.flush()
        os.fsync(into.fileno())


def _refuse_full(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size:
        raise StorageError(
            f"Le projet demande {size // 1_000_000} Mo, il en reste {free // 1_000_000} dans "
            f"« {folder.parent} ».",
            "Faites de la place, ou restaurez ailleurs.",
        )
