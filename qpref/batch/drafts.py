"""Draft folders: files are made there, then moved into place; killed runs are swept."""

import contextlib
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from qpref.project import make_folder, refused
from qpref.scratch import is_alive

_DRAFT = ".en-cours-"


def draft_prefix(pid: int | str) -> str:
    """Return how the draft folders of a process of this machine are named."""
    return f"{_DRAFT}{platform.node()}-{pid}-"


def sweep(place: Path) -> None:
    """Remove from a folder the drafts that processes of this machine left when they were killed."""
    ours = draft_prefix("")[:-1]
    for folder in place.glob(f"{ours}*"):
        pid = folder.name.removeprefix(ours).split("-")[0]
        if not (pid.isdigit() and is_alive(int(pid))):
            shutil.rmtree(folder, ignore_errors=True)


def is_being_written(draft: Path) -> bool:
    """Whether a process of this machine is still writing a file (`project.write_atomically`)."""
    ours = f".{platform.node()}-"
    pid = draft.name.rpartition(ours)[2].split("-")[0]
    return pid.isdigit() and is_alive(int(pid))


@contextlib.contextmanager
def draft_folder(place: Path) -> Iterator[Path]:
    """
    Give a folder inside another, that its owner alone may open, removed whatever happens.

    Those of killed runs are removed first.
    """
    try:
        make_folder(place)
        sweep(place)
        folder = Path(tempfile.mkdtemp(prefix=draft_prefix(os.getpid()), dir=place))
    except OSError as error:
        raise refused(place, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
