"""Cells in error of an old workbook, in a compound file laid out byte by byte ([MS-CFB])."""

import struct

import pytest

from qpref.intake.biff import error_cells

FREE, END, TABLE, TABLES = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
BOF, EOF, SHEET, FORMULA, BOOLEAN = 0x0809, 0x000A, 0x0085, 0x0006, 0x0205
DIVISION, NUMBER = 0x07, 0x24


def record(kind, content=b""):
    return struct.pack("<HH", kind, len(content)) + content


def formula(row, column, result):
    return record(FORMULA, struct.pack("<HHH", row, column, 0) + result + bytes(8))


def stream(size=0):
    """A workbook of one sheet: errors told by a value and by a formula, and what is none."""
    begin = record(BOF, struct.pack("<HH", 0x0600, 5))
    name = struct.pack("<IBBBB", 0, 0, 0, 4, 0) + b"F\xe9v "
    sheet = [
        record(BOF, struct.pack("<HH", 0x0600, 0x10)),
        record(BOOLEAN, struct.pack("<HHHBB", 1, 2, 0, DIVISION, 1)),
        record(BOOLEAN, struct.pack("<HHHBB", 1, 3, 0, 1, 0)),  # « true »
        record(BOOLEAN, struct.pack("<HHHBB", 1, 4, 0, 0x99, 1)),  # an error of no known name
        formula(3, 0, bytes([2, 0, NUMBER, 0, 0, 0, 0xFF, 0xFF])),
        formula(3, 1, struct.pack("<d", 12.5)),
        formula(3, 2, bytes([0, 0, NUMBER, 0, 0, 0, 0xFF, 0xFF])),  # a text
        record(EOF),
        record(BOOLEAN, struct.pack("<HHHBB", 9, 9, 0, DIVISION, 1)),  # beyond the sheet
    ]
    place = len(begin) + len(record(SHEET, name)) + 4
    heads = begin + record(SHEET, struct.pack("<I", place) + name[4:]) + record(EOF)
    found = heads + b"".join(sheet)
    return found + bytes(max(size - len(found), 0))


def entry(name, first, size):
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\x00") + struct.pack("<H", len(text) + 2)
    return head.ljust(116, b"\x00") + struct.pack("<II", first, size) + bytes(4)


def compound(content, least, *, shift=9, name="Workbook", far=False):
    """The sectors of a file: table, directory, then the stream; in small sectors if it is short."""
    size = 1 << shift
    chunks = [content[at : at + size] for at in range(0, len(content), size)]
    if len(content) >= least:
        root, short, data = END, END, chunks
        links = [*range(3, len(chunks) + 2), END]
    else:  # the small sectors are in those of the root; a table of their own chains them
        small = -(-len(content) // 64)
        own = struct.pack(f"<{small}I", *range(1, small), END)
        root, short, data = 2, 2 + len(chunks), [*chunks, own]
        links = [*range(3, len(chunks) + 2), END, END]
    first = 2 if root == END else 0
    entries = entry("Root Entry", root, len(content)) + entry(name, first, len(content))
    table = struct.pack(f"<{2 + len(links)}I", TABLE, END, *links)
    last = len(data) + 2  # the sector that lists the table, when the header does not
    listed = struct.pack("<I", 0).ljust(size - 4, b"\xff") + struct.pack("<I", END)
    header = bytearray(512)
    struct.pack_into("<H", header, 30, shift)
    struct.pack_into("<I4xII", header, 48, 1, least, short)
    struct.pack_into("<I", header, 68, last if far else END)
    struct.pack_into("<109I", header, 76, FREE if far else 0, *[FREE] * 108)
    sectors = [table.ljust(size, b"\xff"), entries, *data, *([listed] if far else [])]
    return bytes(header) + b"".join(one.ljust(size, b"\x00") for one in sectors)


TOLD = {(1, 2): "#DIV/0!", (1, 4): "#N/A", (3, 0): "#NUM!"}


@pytest.mark.parametrize("options", [{}, {"shift": 12}, {"name": "Book"}, {"far": True}])
@pytest.mark.parametrize(("size", "least"), [(0, 4096), (0, 1), (5000, 4096), (4096, 4096)])
def test_errors_are_told_wherever_the_workbook_is_kept(size, least, options):
    """Short or long, its table in the header or in a sector of its own."""
    found = error_cells(compound(stream(size), least, **options))

    assert {name: marks.cells for name, marks in found.items()} == {"Fév ": TOLD}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        bytes(512),
        compound(stream(), 4096, name="Autre"),
        compound(stream(), 4096)[:600],
        compound(stream(), 1)[:520],
    ],
)
def test_what_is_no_workbook_tells_of_no_cell(content):
    assert error_cells(content) == {}


def test_a_chain_that_loops_ends():
    content = bytearray(compound(stream(2000), 1))
    struct.pack_into("<I", content, 512 + 4 * 5, 3)  # the last sector goes back to the second
    found = error_cells(bytes(content))

    assert {name: marks.cells for name, marks in found.items()} == {"Fév ": TOLD}
