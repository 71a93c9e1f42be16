"""Recover what the workbook engine does not return: errors, lost results, merged cells.

A cell in error (« #N/A »), or a formula whose result the workbook does not hold, comes out empty;
the merged cells of an .ods are not told at all. They are looked for in the archive itself.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element  # the class only: defusedxml does the parsing

from defusedxml import DefusedXmlException, ElementTree

from qpref.intake.export import is_error

Cells = dict[tuple[int, int], str]  # by row and column, from 0
FORMULA = "#FORMULE!"  # what stands for a formula whose result the workbook does not hold
DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError, NotImplementedError,
    RuntimeError, EOFError,
)  # fmt: skip
MOST = 100_000  # cells of an .ods that one element may stand for

_EMPTY_FORMULA = re.compile(
    rb'<c r="([A-Z]{1,3})(\d+)"[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)'
    rb"\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})(\d+)"[^>]*\bt="e"[^>]*>(?:(?!</c>).)*?<v>([^<]*)</v>', re.DOTALL
)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_KIND = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"


@dataclass(frozen=True)
class Marks:
    """Of one sheet: the text of its cells in error, and its merged cells (first, last)."""

    cells: Cells = field(default_factory=dict)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)


def archive_marks(archive: zipfile.ZipFile) -> dict[str, Marks]:
    """Return the marks of each sheet that has some, by the name of the sheet."""
    if "content.xml" in archive.namelist():
        return _of_document(archive)
    found = {title: _of_sheet(archive, path) for title, path in _sheet_paths(archive).items()}
    return {title: Marks(cells) for title, cells in found.items() if cells}


# .xlsx


def _of_sheet(archive: zipfile.ZipFile, path: str) -> Cells:
    try:
        content = archive.read(path)
    except (KeyError, *DAMAGE):
        return {}
    cells: Cells = {}
    if b't="e"' in content:  # looked for first: the expressions are slow on what has none
        for column, row, text in _ERROR.findall(content):
            cells[int(row) - 1, _column(column)] = text.decode("ascii", errors="replace")
    if b"<f" in content:
        for column, row in _EMPTY_FORMULA.findall(content):
            cells[int(row) - 1, _column(column)] = FORMULA
    return cells


def _sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the archive entry of each sheet of an .xlsx; nothing for other kinds."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (LookupError, ElementTree.ParseError, DefusedXmlException, *DAMAGE):
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


# .ods


def _of_document(archive: zipfile.ZipFile) -> dict[str, Marks]:
    found: dict[str, Marks] = {}
    marks, row = Marks(), 0
    try:
        with archive.open("content.xml") as content:
            for event, element in ElementTree.iterparse(content, ("start", "end")):
                if event == "start" and element.tag == f"{_TABLE}table":
                    marks, row = found.setdefault(element.get(f"{_TABLE}name") or "", Marks()), 0
                elif event == "end" and element.tag == f"{_TABLE}table-row":
                    repeated = _number(element, "number-rows-repeated")
                    _mark(marks, element, row, repeated)
                    row += repeated
                    element.clear()
    except (LookupError, ElementTree.ParseError, DefusedXmlException, *DAMAGE):
        return {}
    return found


def _number(element: Element, name: str) -> int:
    text = element.get(_TABLE + name) or "1"
    return int(text) if text.isascii() and text.isdigit() else 1


def _mark(marks: Marks, line: Element, row: int, rows: int) -> None:
    """Add the marks of one line, which may stand for several."""
    for column, columns, cell in _placed(line):
        wide, high = _number(cell, "number-columns-spanned"), _number(cell, "number-rows-spanned")
        if wide > 1 or high > 1:
            marks.merged.append(((row, column), (row + high - 1, column + wide - 1)))
        text = _error(cell)
        if text and rows * columns <= MOST:
            places = ((r, c) for r in range(rows) for c in range(columns))
            marks.cells.update({(row + r, column + c): text for r, c in places})


def _placed(line: Element) -> Iterator[tuple[int, int, Element]]:
    """Yield each cell with its column, and how many columns it stands for."""
    column = 0
    for cell in line:
        if cell.tag in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
            columns = _number(cell, "number-columns-repeated")
            yield column, columns, cell
            column += columns


def _error(cell: Element) -> str:
    """Return what a cell in error shows, empty when it is in none; spaces of French aside."""
    is_told = cell.get(_KIND) == "error"
    if not is_told and not cell.get(f"{_TABLE}formula"):
        return ""
    shown = "".join("".join(cell.itertext()).split())
    if is_error(shown):
        return shown
    return "#N/A" if is_told else ""
