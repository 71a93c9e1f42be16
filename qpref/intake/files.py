"""Received files: checked, read whole, turned into rows by the reader of their kind."""

import hashlib
from pathlib import Path

from qpref.errors import UnreadableFileError, listing
from qpref.intake.rows import ReceivedFile
from qpref.intake.spss import read_sav
from qpref.intake.text import ENCODINGS, read_text
from qpref.intake.workbooks import read_workbook

MAX_BYTES = 50_000_000
MAX_NAME = 150  # letters; Windows refuses paths of 260
MAX_COLUMNS = 16_384  # of a spreadsheet; a questionnaire has hundreds
_HEAD = 20  # rows among which a heading stands
TEXT_SUFFIXES = (".csv", ".txt", ".tsv", ".vv")
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")
SAV_SUFFIXES = (".sav", ".zsav")
SUFFIXES = TEXT_SUFFIXES + WORKBOOK_SUFFIXES + SAV_SUFFIXES


def read_file(path: Path, encoding: str | None = None) -> ReceivedFile:
    """
    Return the rows of a received file, with how it was read.

    Parameters
    ----------
    path
        The file; it is only read.
    encoding
        Of a text file, when the one found is wrong.

    Raises
    ------
    UnreadableFileError
        If the file is absent, too large, truncated, unsafe or of an unknown format.
    """
    if len(path.name) > MAX_NAME:
        raise UnreadableFileError(
            f"« {path.name[:40]}… » : ce nom a {len(path.name)} lettres (limite : {MAX_NAME}).",
            "Renommez le fichier.",
        )
    content = _content(path)
    if encoding and encoding not in ENCODINGS:
        raise UnreadableFileError(
            f"L’encodage « {encoding} » n’est pas prévu.", f"Encodages : {listing(ENCODINGS)}."
        )
    file = _read(path, content, encoding)
    widest = max((len(r.cells) for s in file.sheets for r in s.rows[:_HEAD]), default=0)
    if widest > MAX_COLUMNS:
        raise UnreadableFileError(
            f"« {path.name} » a {widest} colonnes (limite : {MAX_COLUMNS}).",
            "Vérifiez le séparateur, et qu’il s’agit bien du fichier de l’enquête.",
        )
    return file


def _read(path: Path, content: bytes, encoding: str | None) -> ReceivedFile:
    """Return the rows, by the reader of the file's kind."""
    digest = hashlib.sha256(content).hexdigest()
    suffix = path.suffix.casefold()
    if suffix in TEXT_SUFFIXES:
        sheet, decoded, separator = read_text(path.name, content, encoding)
        return ReceivedFile(
            path.name, digest, [sheet], decoded.encoding, separator, decoded.warnings
        )
    if suffix in WORKBOOK_SUFFIXES:
        sheets, warnings = read_workbook(path.name, content)
        return ReceivedFile(path.name, digest, sheets, warnings=warnings)
    if suffix in SAV_SUFFIXES:
        sheet, warnings = read_sav(path)
        return ReceivedFile(path.name, digest, [sheet], warnings=warnings)
    raise UnreadableFileError(
        f"« {path.name} » : le format « {suffix or 'sans extension'} » n’est pas reconnu.",
        f"Formats acceptés : {listing(SUFFIXES)}.",
    )


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a received file."""
    return hashlib.sha256(_content(path)).hexdigest()


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise UnreadableFileError(
            f"Impossible de lire « {path} » ({error.strerror or error}).",
            "Vérifiez le nom du fichier et fermez-le s’il est ouvert ailleurs.",
        ) from error
    if size > MAX_BYTES:
        raise UnreadableFileError(
            f"« {path.name} » pèse {size // 1_000_000} Mo (limite : {MAX_BYTES // 1_000_000} Mo).",
            "Vérifiez qu’il s’agit bien du fichier de l’enquête.",
        )
    if not content.strip():
        raise UnreadableFileError(f"« {path.name} » est vide.", "Demandez un nouvel envoi.")
    return content
