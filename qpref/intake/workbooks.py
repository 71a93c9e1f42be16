"""Workbooks (.xlsx, .xlsm, .xls, .ods): checked before they are opened, then read by one engine."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from qpref.errors import UnreadableFileError
from qpref.intake import apart
from qpref.intake.biff import error_cells
from qpref.intake.columns import Cells, ReceivedTable
from qpref.intake.lost import DAMAGE, FORMULA, Marks, archive_marks
from qpref.intake.rows import Sheet

MAX_UNPACKED = 300_000_000
MAX_ENTRIES = 2_000
MAX_RATIO = 200
_SMALL = 1_000_000  # an entry under this size may be packed as tightly as it likes
_HEAD = 4_096
_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0"
_RESAVE = "Ouvrez-le dans le tableur, enregistrez-le à nouveau en .xlsx, puis réimportez-le."


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
    archive = None if content.startswith(_OLE) else _checked_archive(name, content)
    if archive and any(entry.endswith("vbaProject.bin") for entry in archive.namelist()):
        warnings.append("le classeur contient une macro, ignorée")
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
    marks = archive_marks(archive) if archive else error_cells(content)
    visible = [(tab, marks.get(tab.name, Marks())) for tab in found if tab.is_visible]
    hidden = [tab.name for tab in found if not tab.is_visible]
    sheets = [_sheet(tab, own) for tab, own in visible]
    return Book(sheets, hidden, [*warnings, *_told(own for _, own in visible)])


def _told(marks: Iterable[Marks]) -> list[str]:
    """Count the formulas without a result and the errors of a workbook."""
    texts = [text for own in marks for text in own.cells.values()]
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
    except DAMAGE as error:
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
        except DAMAGE as error:
            raise UnreadableFileError(
                f"« {name} » n’est pas un classeur valide (archive endommagée ou incomplète).",
                _RESAVE,
            ) from error
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise UnreadableFileError(
                f"« {name} » contient une déclaration XML interdite ; il n’a pas été ouvert.",
                "Vérifiez l’origine du fichier.",
            )


def _sheet(tab: apart.Tab, marks: Marks) -> Sheet:
    columns = [Cells(np.frombuffer(places, dtype=np.intc), known) for known, places in tab.columns]
    marked: dict[int, dict[int, str]] = {}
    for (row, column), text in sorted(marks.cells.items()):
        if row < tab.height:
            marked.setdefault(column, {})[row] = text
    widest = max(marked, default=-1) + 1
    columns += [Cells.same("", tab.height) for _ in range(len(columns), widest)]
    for column, texts in marked.items():
        own = Cells.of(list(texts.values()))
        columns[column] = columns[column].with_(np.array(list(texts)), own)
    rows = ReceivedTable(np.arange(1, tab.height + 1), columns).without_blanks()
    return Sheet(tab.name, rows, tab.merged or marks.merged)
