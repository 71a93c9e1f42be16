"""Read a document that somebody filled in: tables by their headings, and paragraphs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path

import docx

from qpref.clu.minutes import TO_FILL
from qpref.clu.reply_book import BOOKS
from qpref.errors import UnreadableFileError
from qpref.intake.workbooks import read_workbook
from qpref.wording.text import slug

Table = list[list[str]]


@dataclass
class FilledDocument:
    """The tables of a document, and its paragraphs as (style, text)."""

    tables: list[Table] = field(default_factory=list)
    paragraphs: list[tuple[str, str]] = field(default_factory=list)


def opened(path: Path) -> FilledDocument:
    """
    Return what a document holds.

    Raises
    ------
    UnreadableFileError
        If it is neither a .docx nor a workbook, is not there, or is damaged.
    """
    if not path.is_file():
        raise UnreadableFileError(f"« {path} » : fichier absent.", "Vérifiez son chemin.")
    content = path.read_bytes()
    kind = path.suffix.casefold()
    if kind not in {".docx", *BOOKS}:
        raise UnreadableFileError(
            f"« {path} » n’est ni un document .docx, ni un classeur.",
            "Enregistrez-le en .docx depuis votre traitement de texte.",
        )
    if kind in BOOKS:
        sheets = read_workbook(path.name, content).sheets
        return FilledDocument(
            [[[*map(_cell, row.cells)] for row in sheet.rows] for sheet in sheets]
        )
    try:
        book = docx.Document(BytesIO(content))
        tables = [[[cell.text for cell in row.cells] for row in t.rows] for t in book.tables]
        return FilledDocument(
            tables, [(str(p.style.name) if p.style else "", p.text) for p in book.paragraphs]
        )
    except Exception as error:  # the reader of .docx raises whatever it meets
        raise UnreadableFileError(
            f"« {path} » ne se lit pas ({type(error).__name__}).",
            "Enregistrez-le de nouveau en .docx depuis votre traitement de texte.",
        ) from error


def _cell(value: object) -> str:
    return value.isoformat()[:10] if isinstance(value, date) else str(value)


def rows_under(document: FilledDocument, headings: Sequence[str]) -> Iterator[list[str]]:
    """Yield the cells under some headings, of the tables that have them all; blanks are empty."""
    wanted = [slug(one) for one in headings]
    for table in document.tables:
        starts = (rank for rank, row in enumerate(table) if {*wanted} <= {*map(slug, row)})
        start = next(starts, None)
        if start is None:
            continue
        places = [[*map(slug, table[start])].index(one) for one in wanted]
        for row in table[start + 1 :]:
            cells = [filled(row[place]) if place < len(row) else "" for place in places]
            if any(cells):
                yield cells


def filled(text: str) -> str:
    """Return what was written in a place; nothing when it is as we left it."""
    told = " ".join(text.split())
    return "" if told in {TO_FILL, "..."} else told
