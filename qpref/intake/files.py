"""Received files as located rows of cells: decoded, never interpreted."""

import csv
import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import python_calamine

from qpref.errors import UnreadableFileError

Cell = Any  # str for a text file; str, float, bool, date, datetime… for a workbook; "" when empty

MAX_BYTES = 50_000_000
MAX_UNPACKED = 300_000_000
MAX_ENTRIES = 2_000
SEPARATORS = (";", ",", "\t")
TEXT_SUFFIXES = {".csv", ".txt"}
WORKBOOK_SUFFIXES = {".xlsx", ".xls", ".ods"}


@dataclass(frozen=True)
class Row:
    """The cells of one row and the physical line where it begins (from 1)."""

    line: int
    cells: list[Cell]


@dataclass(frozen=True)
class Sheet:
    """A text file (name empty) or one visible sheet of a workbook."""

    name: str
    rows: list[Row]
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)


@dataclass(frozen=True)
class ReceivedFile:
    """One received file, read but not interpreted."""

    name: str
    sha256: str
    sheets: list[Sheet]
    notes: list[str]

    @property
    def is_workbook(self) -> bool:
        """Whether the rows come from a workbook."""
        return bool(self.sheets and self.sheets[0].name)


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing (white space counts as nothing)."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def read_file(path: Path) -> ReceivedFile:
    """
    Return the rows of a received file, with how it was read.

    Raises
    ------
    UnreadableFileError
        If the file is absent, too large, truncated, unsafe or of an unknown format.
    """
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
    digest = hashlib.sha256(content).hexdigest()
    suffix = path.suffix.casefold()
    if suffix in TEXT_SUFFIXES:
        sheet, notes = _read_text(path.name, content)
        return ReceivedFile(path.name, digest, [sheet], notes)
    if suffix in WORKBOOK_SUFFIXES:
        sheets, notes = _read_workbook(path.name, content)
        return ReceivedFile(path.name, digest, sheets, notes)
    raise UnreadableFileError(
        f"« {path.name} » : le format « {suffix or 'sans extension'} » n’est pas reconnu.",
        "Formats acceptés : .csv (LimeSurvey, fréquentation), .xlsx, .xls et .ods.",
    )


def decode(content: bytes) -> tuple[str, str]:
    """
    Return the text of a French file and the encoding found.

    Order: byte-order mark, UTF-16 by its zero bytes, strict UTF-8, Windows-1252. Statistical
    detectors mistake French cp1252 for other code pages, hence this rule.

    Examples
    --------
    >>> decode("Évry".encode("cp1252"))
    ('Évry', 'cp1252')
    """
    if content.startswith(b"\xef\xbb\xbf"):
        return content.decode("utf-8-sig", errors="replace"), "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), "utf-16"
    if content[1:200:2].count(0) > len(content[1:200:2]) // 2:
        return content.decode("utf-16-le", errors="replace"), "utf-16-le"
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "cp1252"


def _records(text: str, separator: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows, start = [], 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            rows.append(Row(start, list(cells)))
        start = reader.line_num + 1
    return rows


def _read_text(name: str, content: bytes) -> tuple[Sheet, list[str]]:
    """Read a delimited text file; the separator is the one that cuts the heading most."""
    text, encoding = decode(content)
    if "\x00" in text:
        raise UnreadableFileError(
            f"« {name} » contient des octets nuls : ce n’est pas un fichier texte.",
            "Exportez-le à nouveau au format CSV.",
        )
    first = text.lstrip("\r\n").splitlines()[0]
    separator = max(SEPARATORS, key=first.count)
    try:
        rows = _records(text, separator)
    except csv.Error as error:
        raise UnreadableFileError(
            f"« {name} » n’est pas un fichier CSV lisible ({error}).",
            "Exportez-le à nouveau au format CSV.",
        ) from error
    shown = "tabulation" if separator == "\t" else separator
    return Sheet("", rows), [f"encodage {encoding}", f"séparateur « {shown} »"]


def _check_archive(name: str, content: bytes) -> None:
    """Refuse an archive that is damaged or that unpacks to more than a survey can weigh."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except zipfile.BadZipFile as error:
        raise UnreadableFileError(
            f"« {name} » n’est pas un classeur valide (archive endommagée ou incomplète).",
            "Ouvrez-le dans le tableur, enregistrez-le à nouveau en .xlsx, puis réimportez-le.",
        ) from error
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise UnreadableFileError(
            f"« {name} » se décompresse en un volume anormal ; il n’a pas été ouvert.",
            "Vérifiez l’origine du fichier.",
        )


def _read_workbook(name: str, content: bytes) -> tuple[list[Sheet], list[str]]:
    if not name.casefold().endswith(".xls"):
        _check_archive(name, content)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = python_calamine.SheetVisibleEnum.Visible
        tabs = book.sheets_metadata
        shown = [tab.name for tab in tabs if tab.visible == visible]
        sheets = [_sheet(book.get_sheet_by_name(title)) for title in shown]
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise UnreadableFileError(
            f"« {name} » n’est pas un classeur lisible.",
            "Ouvrez-le dans le tableur, enregistrez-le à nouveau en .xlsx, puis réimportez-le.",
        ) from error
    hidden = [tab.name for tab in tabs if tab.name not in shown]
    notes = ["feuilles lues : " + ", ".join(f"« {title} »" for title in shown)]
    if hidden:
        listed = ", ".join(f"« {title} »" for title in hidden)
        notes.append(f"feuilles masquées, non lues : {listed}")
    return sheets, notes


def _sheet(source: python_calamine.CalamineSheet) -> Sheet:
    table = source.to_python(skip_empty_area=False)
    rows = [
        Row(line, list(cells))
        for line, cells in enumerate(table, start=1)
        if not all(is_blank(cell) for cell in cells)
    ]
    return Sheet(source.name, rows, list(source.merged_cell_ranges or []))
