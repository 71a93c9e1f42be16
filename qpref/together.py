"""Replace several files as one: all new, or all unchanged."""

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from qpref.errors import StorageError
from qpref.patience import patiently
from qpref.project import (
    CLOSE_IT,
    draft_beside,
    settle,
    write_atomically,
    write_draft,
)


def write_together(files: Mapping[Path, bytes], *, is_private: bool = False) -> None:
    """
    Write files so that all are replaced, or none.

    All are written beside first. Another name of each former file is kept meanwhile: when one
    cannot be replaced, those that were are put back. A kill leaves each of them whole, former or
    new, under its name; what it leaves beside, the next writing of the same file removes.

    Parameters
    ----------
    files
        Contents by path, in the order in which they are to appear.
    is_private
        As `qpref.project.write_atomically`.

    Raises
    ------
    StorageError
        If one cannot be written; the former ones are intact, or those that are not are named.
    """
    if len(files) == 1:
        for path, content in files.items():
            write_atomically(path, content, is_private=is_private)
        return
    placing = _Placing(files)
    try:
        placing.place(is_private=is_private)
    except OSError as error:
        raise _refused(placing.asked, error, placing.undo()) from error
    except BaseException:
        placing.undo()
        raise
    finally:
        placing.tidy()


class _Placing:
    """Files that are being replaced: their drafts, the former ones, and how far it went."""

    def __init__(self, files: Mapping[Path, bytes]) -> None:
        self._files = files
        self._drafts = {path: draft_beside(path) for path in files}
        self._formers = {path: draft_beside(path) for path in files}
        self._done: list[Path] = []
        self.asked = Path()

    def place(self, *, is_private: bool) -> None:
        """Write all drafts, keep all former files, then give the drafts their names."""
        for path, draft in self._drafts.items():
            self.asked = path
            write_draft(draft, path, self._files[path], is_private=is_private)
        for path, former in self._formers.items():
            self.asked = path
            _keep(path, former)
        for path, draft in self._drafts.items():
            self.asked = path
            patiently(partial(draft.replace, path))
            self._done.append(path)
        for folder in dict.fromkeys(path.parent for path in self._files):
            settle(folder)

    def undo(self) -> list[Path]:
        """Put former files back; return those that cannot be."""
        stay = []
        for path in self._done:
            former = self._formers[path]
            try:
                patiently(partial(former.replace, path) if former.exists() else path.unlink)
            except OSError:
                stay.append(path)
        return stay

    def tidy(self) -> None:
        """Remove what is left of drafts and second names."""
        for path in (*self._drafts.values(), *self._formers.values()):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _keep(path: Path, former: Path) -> None:
    """
    Give a file, if it is there, a second name; on a disk that has none, copy it.

    On Windows too: there, no name of a file that is open elsewhere could be removed.
    """
    if not path.exists():
        return
    if os.name != "nt":
        with suppress(OSError):
            os.link(path, former)
            return
    shutil.copy2(path, former)


def _refused(path: Path, error: OSError, stay: list[Path]) -> StorageError:
    what = f"Impossible d’écrire « {path} » ({error.strerror or error})."
    if not stay:
        return StorageError(
            f"{what} Les fichiers précédents, s’ils existent, sont intacts.", CLOSE_IT
        )
    named = ", ".join(f"« {one.name} »" for one in stay)
    return StorageError(f"{what} Restent nouveaux, ouverts ailleurs eux aussi : {named}.", CLOSE_IT)
