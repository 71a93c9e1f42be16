"""Draft folders: where a report is made before it is published, and what a killed one leaves."""

import contextlib
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from qpref.project import Project, make_folder, refused
from qpref.scratch import is_alive

_DRAFT = ".en-cours-"


def draft_prefix(pid: int | str) -> str:
    """Return how the draft folders of a process of this machine are named."""
    return f"{_DRAFT}{platform.node()}-{pid}-"


def sweep(project: Project) -> None:
    """Remove the drafts that processes of this machine left when they were killed."""
    ours = draft_prefix("")[:-1]
    for folder in project.reports.glob(f"{ours}*"):
        pid = folder.name.removeprefix(ours).split("-")[0]
        if not (pid.isdigit() and is_alive(int(pid))):
            shutil.rmtree(folder, ignore_errors=True)


def is_being_written(draft: Path) -> bool:
    """Whether a process of this machine is still writing a file (`project.write_atomically`)."""
    ours = f".{platform.node()}-"
    pid = draft.name.rpartition(ours)[2].split("-")[0]
    return pid.isdigit() and is_alive(int(pid))


@contextlib.contextmanager
def draft_folder(project: Project) -> Iterator[Path]:
    """Give a folder beside the reports, removed whatever happens."""
    try:
        make_folder(project.reports)
        folder = Path(tempfile.mkdtemp(prefix=draft_prefix(os.getpid()), dir=project.reports))
    except OSError as error:
        raise refused(project.reports, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
