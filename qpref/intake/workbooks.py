"""Workbooks (.xlsx, .xlsm, .xls, .ods): checked before they are opened, then read by one engine."""

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass

from defusedxml import DefusedXmlException, ElementTree

from qpref.errors import UnreadableFileError
from qpref.intake import apart
from qpref.intake.rows import ReceivedRow, Sheet, is_blank

MAX_UNPACKED = 300_000_000
MAX_ENTRIES = 2_000
MAX_RATIO = 200
_SMALL = 1_000_000  # an entry under this size may be packed as tightly as it likes
_HEAD = 4_096
_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0"
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError, NotImplementedError,
    RuntimeError, EOFError,
)  # fmt: skip
FORMULA = "#FORMULE!"  # what stands for a formula whose result the workbook does not hold

_RESAVE = "Ouvrez-le dans le tableur, enregistrez-le à nouveau en .xlsx, puis réimportez-le."
_EMPTY_FORMULA = re.compile(
    rb'<c r="([A-Z]{1,3})(\d+)"[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)'
    rb"\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})(\d+)"[^>]*\bt="e"[^>]*>(?:(?!</c>).)*?<v>([^<]*)</v>', re.DOTALL
)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Book:
    """The visible sheets of a workbook, the names of the hidden ones, what should be known."""

    sheets: list[Sheet]
    hidden: list[str]
    warnings: list[str]


def read_workbook(name: str, content: bytes) -> Book:
    """
    Return the visible sheets, and what the analyst should know.

    Raises
    ------
    UnreadableFileError
        If the file is no workbook, is damaged, protected by a password or unsafe.
    """
    warnings: list[str] = []
    special: dict[str, dict[tuple[int, int], str]] = {}
    if not content.startswith(_OLE):
        archive = _checked_archive(name, content)
        if any(entry.endswith("vbaProject.bin") for entry in archive.namelist()):
            warnings.append("le classeur contient une macro, ignorée")
        special = _special_cells(archive)
    try:
        found = apart.tabs(content)
    except apart.ProtectedError as error:
        raise UnreadableFileError(
            f"« {name} » est protégé par un mot de passe.",
            "Enregistrez-en une copie sans mot de passe, puis importez-la.",
        ) from error
    except apart.ExcessiveError as error:
        raise UnreadableFileError(
            f"« {name} » demande trop de mémoire pour être lu ; il n’a pas été ouvert.",
            "Supprimez les cellules perdues loin du tableau, enregistrez, puis réimportez.",
        ) from error
    except apart.RefusedError as error:
        raise UnreadableFileError(f"« {name} » n’est pas un classeur lisible.", _RESAVE) from error
    sheets = [_sheet(tab, special.get(tab.name, {})) for tab in found if tab.is_visible]
    hidden = [tab.name for tab in found if not tab.is_visible]
    return Book(sheets, hidden, [*warnings, *_told(special)])


def _told(special: dict[str, dict[tuple[int, int], str]]) -> list[str]:
    """Count the formulas without a result and the errors of a workbook."""
    texts = [text for cells in special.values() for text in cells.values()]
    formulas = texts.count(FORMULA)
    errors = Counter(text for text in texts if text != FORMULA)
    found = []
    if formulas:
        found.append(f"{formulas} formule(s) sans résultat enregistré, traitées comme illisibles")
    if errors:
        listed = ", ".join(f"{text} ({count})" for text, count in sorted(errors.items()))
        found.append(f"{errors.total()} cellule(s) en erreur, traitées comme illisibles : {listed}")
    return found


def _checked_archive(name: str, content: bytes) -> zipfile.ZipFile:
    """Refuse what is no archive, or one that is damaged, too large or that holds a DOCTYPE."""
    if content.lstrip()[:1] == b"<":
        raise UnreadableFileError(
            f"« {name} » est une page web ou un fichier XML, pas un classeur.", _RESAVE
        )
    if not content.startswith(_ZIP) and not content[:_HEAD].count(0):
        raise UnreadableFileError(
            f"« {name} » est un fichier texte (CSV) nommé comme un classeur.",
            "Renommez-le en .csv, puis importez-le.",
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except _DAMAGE as error:
        raise UnreadableFileError(
            f"« {name} » n’est pas un classeur valide (archive endommagée ou incomplète).", _RESAVE
        ) from error
    if (
        len(entries) > MAX_ENTRIES
        or sum(entry.file_size for entry in entries) > MAX_UNPACKED
        or any(entry.file_size > max(_SMALL, MAX_RATIO * entry.compress_size) for entry in entries)
    ):
        raise UnreadableFileError(
            f"« {name} » se décompresse en un volume anormal ; il n’a pas été ouvert.",
            "Vérifiez l’origine du fichier.",
        )
    _refuse_declarations(name, archive)
    return archive


def _refuse_declarations(name: str, archive: zipfile.ZipFile) -> None:
    """Refuse a document type declaration: no office suite writes one, attacks need one."""
    for entry in archive.infolist():
        if not entry.filename.endswith((".xml", ".rels")):
            continue
        try:
            with archive.open(entry) as handle:
                head = handle.read(_HEAD)
        except _DAMAGE as error:
            raise UnreadableFileError(
                f"« {name} » n’est pas un classeur valide (archive endommagée ou incomplète).",
                _RESAVE,
            ) from error
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise UnreadableFileError(
                f"« {name} » contient une déclaration XML interdite ; il n’a pas été ouvert.",
                "Vérifiez l’origine du fichier.",
            )


def _special_cells(archive: zipfile.ZipFile) -> dict[str, dict[tuple[int, int], str]]:
    """
    Return, by sheet name, what stands for the cells that the engine gives as empty.

    An error (« #N/A ») by its text, a formula without a stored result by `FORMULA`; each by its row
    and column, from 0.
    """
    found: dict[str, dict[tuple[int, int], str]] = {}
    for title, path in _sheet_paths(archive).items():
        try:
            content = archive.read(path)
        except (KeyError, *_DAMAGE):
            continue
        cells = {}
        if b't="e"' in content:
            cells = {
                (int(row) - 1, _column(col)): text.decode("ascii", errors="replace")
                for col, row, text in _ERROR.findall(content)
            }
        if b"<f" in content:
            empty = _EMPTY_FORMULA.findall(content)
            cells |= {(int(row) - 1, _column(col)): FORMULA for col, row in empty}
        found |= {title: cells} if cells else {}
    return found


def _sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the archive entry of each sheet of an .xlsx; nothing for other kinds."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (LookupError, ElementTree.ParseError, DefusedXmlException, *_DAMAGE):
        return {}
    target = {r.get("Id"): (r.get("Target") or "").removeprefix("/xl/") for r in relations}
    return {
        sheet.get("name") or "": f"xl/{target.get(sheet.get(_RELATION), '')}"
        for sheet in book.iter()
        if sheet.tag.endswith("}sheet")
    }


def _column(letters: bytes) -> int:
    """Return the column number (from 0) of letters such as « AB »."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number - 1


def _sheet(tab: apart.Tab, special: dict[tuple[int, int], str]) -> Sheet:
    for (row, column), text in special.items():
        if row < len(tab.rows):
            cells = tab.rows[row]
            cells += [""] * (column + 1 - len(cells))
            cells[column] = text
    rows = [
        ReceivedRow(line, cells)
        for line, cells in enumerate(tab.rows, start=1)
        if not all(is_blank(cell) for cell in cells)
    ]
    return Sheet(tab.name, rows, tab.merged)
