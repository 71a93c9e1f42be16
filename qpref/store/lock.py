"""Lock a project folder: one command at a time; the next waits, then says who holds it."""

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qpref.errors import StorageError
from qpref.lazy import lazy
from qpref.project import make_folder

if TYPE_CHECKING:
    import filelock
else:  # reading takes no lock
    filelock = lazy("filelock")

FILE = ".verrou"
HOLDER = ".verrou.json"
SECONDS = 30


@contextmanager
def held(root: Path) -> Iterator[None]:
    """
    Hold a folder while it is read, changed and written back.

    The system frees the lock of a process that ended, however it ended: who held it is written
    beside for people only, and decides nothing.

    Raises
    ------
    StorageError
        If another command keeps it over 30 seconds, or the folder cannot be written.
    """
    lock = filelock.FileLock(root / FILE, timeout=SECONDS)
    try:
        make_folder(root, is_private=True)  # answers, corrections, members
        lock.acquire()
    except filelock.Timeout as error:
        raise StorageError(
            f"« {root} » n’est pas accessible : une autre commande qpref l’utilise{_holder(root)}.",
            "Attendez la fin de l’autre commande, puis recommencez.",
        ) from error
    except OSError as error:
        raise StorageError(
            f"« {root} » n’est pas accessible ({error.strerror or error}).",
            "Vérifiez les droits et la place disponible, puis recommencez.",
        ) from error
    try:
        _sign(root)
        yield
    finally:
        with suppress(OSError):
            (root / HOLDER).unlink()
        lock.release()


def _sign(root: Path) -> None:
    """Write who holds the folder since when; a disk that refuses will be told by what follows."""
    facts = {"machine": platform.node(), "processus": os.getpid(), "depuis": _now().isoformat()}
    with suppress(OSError):
        (root / HOLDER).write_text(json.dumps(facts), encoding="utf-8")


def _holder(root: Path) -> str:
    """Return « depuis … » as the holder wrote it; nothing when it wrote nothing readable."""
    try:
        facts = json.loads((root / HOLDER).read_text(encoding="utf-8"))
        since = datetime.fromisoformat(facts["depuis"])
        minutes = max(int((_now() - since).total_seconds() // 60), 0)  # the clock may have jumped
        return (
            f" depuis le {since:%d/%m/%Y à %H:%M} ({minutes} min ; processus "
            f"{facts['processus']}, machine {facts['machine']})"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _now() -> datetime:
    return datetime.now().astimezone()
