"""Open an archive, plain or encrypted, and check each file against its digest."""

import errno
import hashlib
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from qpref.errors import UnreadableFileError
from qpref.handover.age import CHUNK, MAGIC, Decrypted, DecryptionError
from qpref.handover.manifest import FOLDER, FORMAT, NAME, ArchiveError, Manifest, check_names

_MOST = 1 << 26  # bytes of what an archive says of itself
_PIECE = 1 << 20
_DAMAGES = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, IndexError, ValueError,
    NotImplementedError, OverflowError, RuntimeError, DecryptionError,
)  # fmt: skip


@dataclass(frozen=True)
class OpenArchive:
    """An archive under way of being read, and what it says of itself."""

    path: Path
    archive: zipfile.ZipFile
    manifest: Manifest


def is_encrypted(path: Path) -> bool:
    """
    Whether an archive asks for a passphrase.

    Raises
    ------
    UnreadableFileError
        If there is no such file.
    """
    try:
        with path.open("rb") as source:
            return source.read(len(MAGIC)) == MAGIC
    except OSError as error:
        raise UnreadableFileError(
            f"« {path} » est illisible ({error.strerror or error}).", "Vérifiez son nom."
        ) from error


def digest_of(path: Path) -> str:
    """Return the digest of a whole archive, which two persons may compare by telephone."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


@contextmanager
def opened(path: Path, ask: Callable[[], str]) -> Iterator[OpenArchive]:
    """
    Give an archive whose list of files is sound; their contents are compared as they are read.

    Parameters
    ----------
    path
        Which.
    ask
        Gives the passphrase, if one is needed.

    Raises
    ------
    ArchiveError
        If it is damaged, is no archive of a project, or the passphrase is another.
    """
    passphrase = ask() if is_encrypted(path) else ""
    try:
        with (
            path.open("rb") as source,
            _plain(source, passphrase) as content,
            zipfile.ZipFile(content) as archive,
        ):
            yield OpenArchive(path, archive, _listed(path, archive))
    except _DAMAGES as error:
        raise _damaged(path, error) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the first byte, once bytes are lost
            raise
        raise _damaged(path, error) from error


def _plain(source: IO[bytes], passphrase: str) -> IO[bytes]:
    return BufferedReader(Decrypted(source, passphrase), CHUNK) if passphrase else source


def _damaged(path: Path, error: Exception) -> ArchiveError:
    if isinstance(error, DecryptionError) and error.is_passphrase:
        return ArchiveError(
            f"La phrase secrète n’est pas celle de « {path} », ou son début est abîmé.",
            "Retapez-la ; sans elle, personne ne peut lire l’archive.",
        )
    return ArchiveError(
        f"« {path} » est abîmée, coupée, ou n’est pas une archive de qpref.",
        "Rien n’a été restauré : copiez-la de nouveau, ou prenez-en une autre.",
    )


def _listed(path: Path, archive: zipfile.ZipFile) -> Manifest:
    """Return what an archive says of itself, once it is what the archive holds."""
    about = archive.getinfo(NAME)
    if about.file_size > _MOST:
        raise ValueError(about.file_size)
    try:
        manifest = Manifest.model_validate_json(archive.read(about))
    except ValidationError as error:
        raise ValueError(NAME) from error
    if manifest.format > FORMAT:
        raise ArchiveError(
            f"« {path} » a été écrite par une version plus récente de qpref ({manifest.qpref}).",
            "Installez la dernière version.",
        )
    entries = {one.filename: one for one in archive.infolist()}
    wanted = {NAME, *(FOLDER + name for name in manifest.fichiers)}
    if len(entries) != len(archive.infolist()) or entries.keys() != wanted:
        raise ValueError(path)
    for one in entries.values():
        kind = stat.S_IFMT(one.external_attr >> 16)
        if kind not in {0, stat.S_IFREG}:
            raise ArchiveError(
                f"« {path} » contient un lien : « {one.filename} ».",
                "Rien n’a été restauré : elle ne vient pas de qpref.",
            )
    check_names(manifest.fichiers)
    return manifest


def copy(source: OpenArchive, name: str, target: IO[bytes]) -> None:
    """
    Copy a file out of an archive.

    Raises
    ------
    ArchiveError
        If it is not what was kept.
    """
    kept, content, left = source.manifest.fichiers[name], hashlib.sha256(), 0
    for piece in _pieces(source, name):
        left += len(piece)
        if left > kept.octets:
            break
        content.update(piece)
        target.write(piece)
    if left != kept.octets or content.hexdigest() != kept.sha256:
        raise ArchiveError(
            f"« {name} », dans « {source.path} », n’est plus ce qui a été sauvegardé.",
            "Rien n’a été restauré : copiez l’archive de nouveau, ou prenez-en une autre.",
        )


def _pieces(source: OpenArchive, name: str) -> Iterator[bytes]:
    """Yield a file by pieces; a place that the archive does not have is told as damage."""
    try:
        with source.archive.open(FOLDER + name) as entry:
            while piece := entry.read(_PIECE):
                yield piece
    except OSError as error:
        raise _damaged(source.path, error) from error


def read_through(source: OpenArchive) -> None:
    """Read every file of an archive and compare it with what was kept."""
    with Path(os.devnull).open("wb") as nowhere:
        for name in source.manifest.fichiers:
            copy(source, name, nowhere)
