"""Decode a French text file: encoding, mixed encodings, text encoded twice."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from qpref.errors import UnreadableFileError
from qpref.intake.records import BEGINNING, read_records, unwrapped
from qpref.intake.rows import Sheet
from qpref.intake.straight import beginning, read_straight

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman")
_FRENCH = re.compile("[éèêëàâçùûîïôœæ’«»]")
_LETTERS = re.compile("[éèêëàâçùûîïôœÉÈÊÀÂÇÔÎÛ’«»]")  # « Ê » of Mac Roman is « æ » of Windows
_SECOND = re.escape(bytes(range(0x80, 0xC0)).decode("cp1252", errors="ignore"))
_TWICE_UTF8 = re.compile(f"Ã[\u0080-\u00bf{_SECOND}]|â€[™œ“”\u009d]|Â[«»\u00a0]")
_MAC_SIGNS = "ÈËÍ‡ÁÙÓÔ"
_TWICE_MAC = re.compile(f"[a-z][{_MAC_SIGNS}]|[{_MAC_SIGNS}][a-z]")
_MOSTLY = 0.02  # share of NUL bytes over which a file is no text at all
_SAMPLE = 200
_ASCII = bytes(range(128))
_LOST = "\ufffd".encode()
_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")  # beyond ASCII
_BOM = b"\xef\xbb\xbf"
_BEGIN, _GO_ON = 0xC0, 0x80  # the least byte that begins a letter beyond ASCII, or goes on
_SHOWN = 6
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how .xlsx, .ods, .zip and .xls begin
_STRANGE = re.compile("[^\x00-\x7féèêëàâçùûîïôœæÉÈÊËÀÂÇÙÛÎÏÔŒÆ’«»–…°€\u00a0]")
_JUDGED = BEGINNING  # as many letters are enough to judge an encoding


@dataclass(frozen=True)
class Decoded:
    """A text, how it was decoded, and what the analyst should know about it."""

    text: str
    encoding: str
    warnings: list[str] = field(default_factory=list)


def decode(content: bytes, forced: str | None = None) -> Decoded:
    """
    Return the text of a French file.

    Order: the encoding asked for, the byte-order mark, UTF-16 by its zero bytes, UTF-8 (lines of
    another encoding are read apart, broken bytes tolerated, both said), then Windows-1252 unless
    Mac Roman gives more French letters. Statistical detectors mistake French cp1252 for other
    code pages, hence this rule.

    Examples
    --------
    >>> decode("Orléans, l’été".encode("cp1252")).encoding
    'cp1252'
    >>> decode("Orléans, déjà l’été".encode("mac_roman")).encoding
    'mac_roman'
    """
    return _decoded(content, forced or _encoding(content), is_forced=forced is not None)


def _decoded(content: bytes, encoding: str, *, is_forced: bool) -> Decoded:
    text = content.decode(encoding, errors="replace").removeprefix("\ufeff")
    if encoding.startswith("utf-8") and not is_forced and "\ufffd" in text:
        text, lines = _by_line(content)
        if lines:
            shown = ", ".join(map(str, [*lines][:_SHOWN])) + (", …" if len(lines) > _SHOWN else "")
            said = f"{len(lines)} ligne(s) dans un autre encodage, lues en Windows-1252 : {shown}"
            return Decoded(text.removeprefix("\ufeff"), encoding, [said])
    repaired = _repair(text)
    if repaired is None:
        return Decoded(text, encoding)
    return Decoded(repaired, encoding, ["texte encodé deux fois, réparé (« Ã© » pour « é »)"])


def _is_mixed(content: bytes) -> bool:
    """
    Whether some lines are UTF-8 and all the others French in Windows-1252.

    French text in Windows-1252 is no valid UTF-8 by accident: it would read « Ã© ».
    """
    text, lines = _by_line(content)
    return (
        bool(lines)
        and "\ufffd" not in text
        and any(
            not line.isascii()
            for number, line in enumerate(content.split(b"\n"), start=1)
            if number not in lines
        )
    )


def _by_line(content: bytes) -> tuple[str, dict[int, None]]:
    """
    Return a text whose lines that are not UTF-8 are read as Windows-1252, and these lines.

    Only where that gives French letters alone: a letter cut in two stays unreadable.
    """
    parts: list[str] = []
    lines: dict[int, None] = {}
    for number, line in enumerate(content.split(b"\n"), start=1):
        text = line.decode("utf-8", errors="replace")
        if "\ufffd" in text:
            other = line.decode("cp1252", errors="replace")
            if not _STRANGE.search(other):
                text = other
                lines[number] = None
        parts.append(text)
    return "\n".join(parts), lines


def _encoding(content: bytes) -> str:
    if content.startswith(_BOM):
        return "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for shift, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        sample = content[shift:_SAMPLE:2]
        if sample and sample.count(0) > len(sample) // 2:
            return name
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _other_encoding(content)
    return "utf-8"


def encoding_of_parts(parts: Iterable[bytes]) -> str | None:
    """
    Return the encoding of a file read in parts cut at its ends of lines, as `decode` finds it.

    None where only the whole would tell: zero bytes, letters lost, lines of two encodings.
    """
    name, is_whole, is_broken, sample = "utf-8", False, False, b""
    for number, part in enumerate(parts):
        found = _kinds_of(part)
        if found is None:
            return None
        is_broken, is_whole = is_broken or found[0], is_whole or found[1]
        if not number and part.startswith(_BOM):
            name = "utf-8-sig"
        sample = sample or part[:_JUDGED]
    if not is_broken or name == "utf-8-sig":
        return name
    if is_whole:  # lines of two encodings, perhaps
        return None
    return _most_french(sample)


def _kinds_of(part: bytes) -> tuple[bool, bool] | None:
    """Return whether some bytes are no UTF-8, and some letters are; None if some are lost."""
    if b"\x00" in part:
        return None
    if not _has_pairs(part):  # nothing but ASCII is UTF-8
        return not part.isascii(), False
    if _LOST in part:
        return None
    try:
        part.decode("utf-8")
    except UnicodeDecodeError:
        return True, _LETTER.search(part) is not None
    return False, True


def _other_encoding(content: bytes) -> str:
    """Return the encoding of bytes that are not UTF-8, or not all."""
    if _has_pairs(content) and _is_mostly_utf8(content):
        return "utf-8"
    return _most_french(content[:_JUDGED])


def _has_pairs(content: bytes) -> bool:
    """Whether some bytes may be a letter of UTF-8 beyond ASCII: one that begins it goes on."""
    found = np.frombuffer(content, np.uint8)
    begins = np.flatnonzero(found[:-1] >= _BEGIN)
    return bool(((found[begins + 1] & _BEGIN) == _GO_ON).any())


def _most_french(content: bytes) -> str:
    """Return the encoding of one byte a letter that gives most French letters."""
    sample = content.translate(None, _ASCII)
    letters = {
        name: len(_LETTERS.findall(sample.decode(name, errors="replace")))
        for name in ("cp1252", "mac_roman")
    }
    return max(letters, key=lambda name: letters[name])


def _is_mostly_utf8(content: bytes) -> bool:
    """Whether letters of UTF-8 are many more than broken ones, or alone on some lines."""
    whole, broken = _letters_of(content)
    return whole > 3 * broken or (whole > 0 and _is_mixed(content))


def _letters_of(content: bytes) -> tuple[int, int]:
    """Return how many letters beyond ASCII are whole in UTF-8, and how many are broken."""
    text = content.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    ascii_letters = len(content) - len(content.translate(None, _ASCII))
    return len(text) - ascii_letters - broken, broken


def _repair(text: str) -> str | None:
    """Return a text encoded twice as it was meant, only if the whole of it goes back and forth."""
    twice = seems_twice(text[:_JUDGED])
    if twice == "utf-8":
        return _better(text, _as_bytes(text), "utf-8")
    try:
        return _better(text, text.encode("mac_roman"), "cp1252") if twice else None
    except UnicodeEncodeError:
        return None


def seems_twice(sample: str) -> str:
    """Return the encoding that a text seems to have been before it was read as another's."""
    if _TWICE_UTF8.search(sample):
        return "utf-8"
    is_mac = any(sign in sample for sign in _MAC_SIGNS) and len(_TWICE_MAC.findall(sample)) > len(
        _FRENCH.findall(sample)
    )
    return "cp1252" if is_mac else ""


def _as_bytes(text: str) -> bytes | None:
    """Return the bytes that, read as cp1252, gave this text; None when it holds other letters."""
    found = bytearray()
    for char in text:
        try:
            found += char.encode("cp1252")
        except UnicodeEncodeError:
            if ord(char) > 255:  # noqa: PLR2004
                return None
            found.append(ord(char))  # bytes that cp1252 leaves undefined
    return bytes(found)


def _better(text: str, content: bytes | None, encoding: str) -> str | None:
    try:
        repaired = content.decode(encoding) if content is not None else None
    except UnicodeDecodeError:
        return None
    if repaired is None or len(_LETTERS.findall(repaired)) <= len(_LETTERS.findall(text)):
        return None
    return repaired


def read_text(
    name: str, content: bytes, forced: str | None = None
) -> tuple[Sheet, str, str, list[str]]:
    """
    Return the records of a delimited text file, its encoding, its separator, and what to say.

    Raises
    ------
    UnreadableFileError
        If the bytes are no text, or the text no CSV (`records.read_records`).
    """
    if content.startswith(_WORKBOOKS):
        raise UnreadableFileError(
            f"« {name} » est un classeur ou une archive, nommé comme un fichier texte.",
            "Renommez-le en .xlsx (en .xls ou .zip selon son origine), puis importez-le.",
        )
    encoding = forced or _encoding(content)
    head = beginning(content, encoding)
    if head is not None and not seems_twice(head):
        straight = read_straight(content, encoding, head)
        if straight is not None:
            return Sheet("", straight[0]), encoding, straight[1], []
    decoded = _decoded(content, encoding, is_forced=forced is not None)
    if decoded.text.count("\x00") > _MOSTLY * len(decoded.text):
        raise UnreadableFileError(
            f"« {name} » contient des octets nuls : ce n’est pas un fichier texte.",
            "Exportez-le à nouveau au format CSV.",
        )
    warnings = decoded.warnings
    if (whole := unwrapped(decoded.text)) is not None:
        said = "chaque ligne était entre guillemets, comme une seule cellule : relue sans eux"
        decoded, warnings = replace(decoded, text=whole), [*warnings, said]
    rows, separator = read_records(name, decoded.text)
    return Sheet("", rows), decoded.encoding, separator, warnings
