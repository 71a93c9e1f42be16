"""Folders in the system's temporary place; what killed commands left there is swept."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_OURS = "qpref-"


@contextmanager
def scratch() -> Iterator[Path]:
    """
    Give a folder that its owner alone may open, removed whatever happens but a kill.

    What killed commands left is removed first.
    """
    sweep()
    prefix = f"{_OURS}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def sweep() -> None:
    """Remove the folders of this user that processes left when they were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_OURS}[0-9]*-*"):
        pid = folder.name.removeprefix(_OURS).partition("-")[0]
        with suppress(OSError):
            is_mine = not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid()
            if is_mine and pid.isdigit() and not is_alive(int(pid)):
                shutil.rmtree(folder, ignore_errors=True)


def is_alive(pid: int) -> bool:
    """Whether a process of this machine goes on; Windows does not tell, so all seem to."""
    if os.name == "nt":  # a signal would end it there
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
