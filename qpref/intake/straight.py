"""Delimited texts that need no repair: from bytes to rows, each distinct cell decoded once."""

import re

from qpref.intake.columns import Rows
from qpref.intake.records import (
    BEGINNING,
    declared_separator,
    find_separator,
    swallowed_at,
    unkept,
    width_of_first,
)
from qpref.intake.regular import read_regular

# In these, separators, quotation marks and ends of line are the bytes of ASCII, and only they are.
_ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "mac_roman")
BOM = b"\xef\xbb\xbf"
_LONGEST = 4  # bytes of a letter in UTF-8
_CELL = re.compile(r'"[^"]*(?:""[^"]*)*"(?!")')
# A record that is one quoted cell from end to end, or a line without any quotation mark.
_WRAPPED = re.compile(r'(?:"[^"]*(?:""[^"]*)*"|[^"\r\n]*)[ \t]*(?:\r\n|\n|\r|\Z)')


def beginning(content: bytes, encoding: str) -> str | None:
    """Return the first letters of a text; None in an encoding where ASCII is not itself."""
    if encoding not in _ENCODINGS or b"\x00" in content:
        return None
    own = content.removeprefix(BOM) if encoding.startswith("utf-8") else content
    return own[: _LONGEST * BEGINNING].decode(encoding, errors="replace")[:BEGINNING]


def read_straight(content: bytes, encoding: str, head: str) -> tuple[Rows, str] | None:
    """
    Return the records of a text that hold something, and its separator; None when not sure.

    Parameters
    ----------
    content
        The bytes of the file.
    encoding, head
        In which they are thought to be, and its first letters by it.

    Notes
    -----
    None for what `text.decode` reads otherwise than letter by letter, and for what
    `records.read_records` refuses or may: they read the whole, and say what is wrong. On all others
    both ways give the same.
    """
    body = content.removeprefix(BOM) if encoding.startswith("utf-8") else content
    if body.startswith(BOM) or may_need_repair(head):
        return None
    separator = find_separator(head)
    read = read_regular(body, separator, width_of_first(head, separator), 1, encoding)
    if not read:
        return None
    rows = unkept(read) if b"=" in body and b'="' in body else read  # a letter is sooner told
    if not rows:  # nothing but « ="" »
        return None
    is_closed = b'"' not in body or (
        body.endswith((b"\r", b"\n")) and not read[-1].cells[-1].endswith(("\r", "\n"))
    )
    sound = is_closed and swallowed_at(rows, separator) is None
    return (rows, separator) if sound else None


def may_need_repair(head: str) -> bool:
    """Whether the beginning of a text declares its separator, or may be wrapped in marks."""
    return declared_separator(head) is not None or _may_be_wrapped(head)


def _may_be_wrapped(head: str) -> bool:
    """Whether each record may be one quoted cell, as far as the beginning of the text tells."""
    place = 0
    while place < len(head):
        record = _WRAPPED.match(head, place)
        if record is None:
            return head[place] == '"' and _CELL.match(head, place) is None
        place = record.end()
    return '"' in head
