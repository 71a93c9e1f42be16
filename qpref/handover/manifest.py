"""Manifest of an archive, and the file names that it may hold."""

import os
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import PureWindowsPath

from pydantic import BaseModel, ConfigDict

from qpref.errors import QprefError
from qpref.windows_names import is_refused

NAME = "sauvegarde.json"
FOLDER = "projet/"  # of the files, in the archive
FORMAT = 1


class ArchiveError(
    QprefError,
    exit_code=23,
    meaning="archive d’un projet illisible, abîmée ou impossible à écrire ou à restaurer",
):
    """An archive of a project that cannot be written, read or restored."""


class StoredFile(BaseModel):
    """A file, as it was when it was kept."""

    model_config = ConfigDict(frozen=True)

    octets: int
    sha256: str


class Manifest(BaseModel):
    """
    What an archive says of itself.

    `personnelles`: with all that the project holds of persons; `fichiers`, by their path in it.
    """

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    qpref: str
    fait_le: datetime
    projet: str
    personnelles: bool
    fichiers: dict[str, StoredFile]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(one.octets for one in self.fichiers.values())


def check_names(names: Iterable[str], *, is_windows: bool = os.name == "nt") -> None:
    """
    Refuse names that lead out of the project, or that two systems would not read alike.

    Raises
    ------
    ArchiveError
        Names the first.
    """
    known: dict[str, str] = {}
    folders: dict[str, str] = {}
    for name in names:
        if reason := _fault(name, is_windows=is_windows):
            raise ArchiveError(f"« {name} » {reason}.", "Renommez ce fichier, puis sauvegardez.")
        key = _key(name)
        steps = key.split("/")
        above = ["/".join(steps[:count]) for count in range(1, len(steps))]
        clash = next((known[one] for one in (key, *above) if one in known), folders.get(key))
        if clash:
            raise ArchiveError(
                f"« {name} » et « {clash} » sont le même fichier sous Windows ou macOS.",
                "Renommez l’un des deux, puis sauvegardez.",
            )
        known[key] = name
        folders |= dict.fromkeys(above, name)


def _key(name: str) -> str:
    """Return what a name is for a system that knows neither case nor ways to write an accent."""
    return unicodedata.normalize("NFC", name).casefold()


def _fault(name: str, *, is_windows: bool) -> str:
    """Return why a name cannot be restored; nothing when it can."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return "n’est pas un nom lisible partout"
    if any(char in name for char in "\\\0") or PureWindowsPath(name).anchor:
        return "n’est pas un nom de fichier d’un projet"
    if {"", ".", ".."} & set(name.split("/")):
        return "sort du dossier du projet"
    if is_windows and any(map(is_refused, name.split("/"))):
        return "est un nom que Windows n’accepte pas"
    return ""
