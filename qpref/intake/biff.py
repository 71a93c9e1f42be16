"""Find the error cells of old workbooks (.xls), which the engine returns as empty.

The file is a compound file: sectors chained by an allocation table ([MS-CFB]); its stream
« Workbook » holds records, each a type, a length and its content ([MS-XLS]). Only the names of the
sheets and the cells in error are looked for. What does not follow these formats gives no cell.
"""

import struct
from collections.abc import Iterator

from qpref.intake.lost import Cells, Marks

_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
_BOF, _EOF, _SHEET, _FORMULA, _BOOLEAN_OR_ERROR = 0x0809, 0x000A, 0x0085, 0x0006, 0x0205
_BIFF8 = 0x0600
_LAST = 0xFFFFFFFA  # sector numbers from here on are marks
_HEADER, _ENTRY, _SMALL = 512, 128, 64  # bytes
_SECTORS = {9: 512, 12: 4_096}  # bytes of a sector, by its shift
_IN_HEADER = 109  # sectors of the allocation table that the header lists


def error_cells(content: bytes) -> dict[str, Marks]:
    """
    Return the cells in error of each sheet that has some, by the name of the sheet.

    Parameters
    ----------
    content
        Of the file; nothing in it is trusted.
    """
    try:
        stream = _workbook(content)
        return {name: Marks(_errors(stream, place)) for name, place in _sheets(stream)}
    except (struct.error, IndexError, KeyError):
        return {}


# Records


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records from a place to the end of their part (a part may hold others)."""
    depth = 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        yield kind, stream[place + 4 : place + 4 + size]
        place += 4 + size
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return


def _sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    version = 0
    for kind, content in _records(stream, 0):
        if kind == _BOF and not version:
            (version,) = struct.unpack_from("<H", content)
        elif kind == _SHEET:
            place, length = struct.unpack_from("<IxxB", content)
            if version < _BIFF8:
                yield content[7 : 7 + length].decode("cp1252", errors="replace"), place
            elif content[7] & 1:
                yield content[8 : 8 + 2 * length].decode("utf-16-le", errors="replace"), place
            else:
                yield content[8 : 8 + length].decode("latin-1"), place


def _errors(stream: bytes, place: int) -> Cells:
    found: Cells = {}
    for kind, content in _records(stream, place):
        code = None
        if kind == _BOOLEAN_OR_ERROR and content[7]:
            code = content[6]
        elif kind == _FORMULA and content[12:14] == b"\xff\xff" and content[6] == 2:  # noqa: PLR2004
            code = content[8]
        if code is not None:
            row, column = struct.unpack_from("<HH", content)
            found[row, column] = _ERRORS.get(code, "#N/A")
    return found


# Compound file


def _workbook(content: bytes) -> bytes:
    """Return the stream of the workbook."""
    size = _SECTORS[int.from_bytes(content[30:32], "little")]
    directory, least, short = struct.unpack_from("<I4xII", content, 48)
    table = _table(content, size)
    entries = _chained(content, table, directory, size, _HEADER)
    for place in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        entry = entries[place : place + _ENTRY]
        length = max(int.from_bytes(entry[64:66], "little") - 2, 0)
        if entry[:length].decode("utf-16-le", errors="replace") not in {"Workbook", "Book"}:
            continue
        first, total = struct.unpack_from("<II", entry, 116)
        if total >= least:
            return _chained(content, table, first, size, _HEADER)[:total]
        inside = _chained(content, table, int.from_bytes(entries[116:120], "little"), size, _HEADER)
        links = _chained(content, table, short, size, _HEADER)
        return _chained(inside, _numbers(links), first, _SMALL, 0)[:total]  # in small sectors
    raise KeyError


def _numbers(content: bytes) -> list[int]:
    whole = content[: len(content) // 4 * 4]
    return [number for (number,) in struct.iter_unpack("<I", whole)]


def _table(content: bytes, size: int) -> list[int]:
    """Return the allocation table: the sector that follows each."""
    sectors = list(struct.unpack_from(f"<{_IN_HEADER}I", content, 76))
    more = struct.unpack_from("<I", content, 68)[0]
    for _ in range(len(content) // size):
        if more >= _LAST:
            break
        listed = struct.unpack_from(f"<{size // 4}I", content, _HEADER + more * size)
        sectors += listed[:-1]
        more = listed[-1]
    places = (_HEADER + number * size for number in dict.fromkeys(sectors) if number < _LAST)
    return _numbers(b"".join(content[place : place + size] for place in places))


def _chained(content: bytes, table: list[int], first: int, size: int, begin: int) -> bytes:
    """Return the content of a chain of sectors; a chain that loops ends."""
    parts, seen = [], set[int]()
    while first < _LAST and first not in seen:
        seen.add(first)
        place = begin + first * size
        parts.append(content[place : place + size])
        first = table[first]
    return b"".join(parts)
