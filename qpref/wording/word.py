"""Text documents that people fill in, sign and print: title, tables, language."""

import io
from collections.abc import Sequence
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile

import docx
from docx.document import Document as DocumentObject
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Cm

from qpref.zipped import entry

_FIRST = 0x20  # of the characters that XML may hold


def begun(title: str, now: datetime, *, is_fictional: bool) -> DocumentObject:
    """Return a document that has a title and says that it is French; that it is invented, too."""
    book = docx.Document()
    # Spelling and screen readers follow the language.
    defaults = book.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}/{qn('w:lang')}")
    defaults.set(qn("w:val"), "fr-FR")
    book.core_properties.title = title
    book.core_properties.author = ""
    book.core_properties.created = book.core_properties.modified = now.replace(tzinfo=None)
    book.add_heading(title, level=0)
    if is_fictional:
        book.add_paragraph("Données fictives : ce modèle montre l’outil.")
    return book


def add_table(
    book: DocumentObject,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    widths: Sequence[float] = (),
    height: float | None = None,
) -> None:
    """Add a table whose first row is repeated on each page; sizes of columns and rows are in cm."""
    table = book.add_table(rows=1, cols=len(headings), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, headings, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - the library has no name for it
    for row in rows:
        added = table.add_row()
        added.height = Cm(height) if height else None
        for cell, text in zip(added.cells, row, strict=True):
            cell.text = legal(text)
    for row in table.rows if widths else ():
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)


def legal(text: str) -> str:
    """Return a text without the characters that no XML document may hold."""
    return "".join(char for char in text if char in "\n\t" or ord(char) >= _FIRST)


def content_of(book: DocumentObject) -> bytes:
    """Return the bytes of a document: the same ones each time, since no part bears the hour."""
    saved, out = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with ZipFile(saved) as found, ZipFile(out, "w", ZIP_DEFLATED) as made:
        for name in found.namelist():
            made.writestr(entry(name), found.read(name))
    return out.getvalue()
