"""Bytes of a French text file to located records: encoding, double encoding, separator, damage."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from qpref.errors import UnreadableFileError
from qpref.intake.rows import ReceivedRow, Sheet

SEPARATORS = (";", ",", "\t")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman")
_FRENCH = re.compile("[éèêëàâçùûîïôœæ’«»]")
_TWICE_UTF8 = re.compile("Ã[\u0080-\u00bf©¨ªÀ-ÿ€-™]|â€[™œ“”\u009d]|Â[«»\u00a0]")
_TWICE_MAC = re.compile("[a-z][ÈËÍ‡ÁÙÓÔ]|[ÈËÍ‡ÁÙÓÔ][a-z]")
_MOSTLY = 0.02  # share of NUL bytes over which a file is no text at all
_SAMPLE = 200
_JUDGED = 1_000_000  # as many letters are enough to judge an encoding
csv.field_size_limit(10_000_000)


@dataclass(frozen=True)
class Decoded:
    """A text, how it was decoded, and what the analyst should know about it."""

    text: str
    encoding: str
    warnings: list[str] = field(default_factory=list)


def decode(content: bytes, forced: str | None = None) -> Decoded:
    """
    Return the text of a French file.

    Order: the encoding asked for, the byte-order mark, UTF-16 by its zero bytes, UTF-8 (a few
    broken bytes are tolerated and marked), then Windows-1252 unless Mac Roman gives more French
    letters. Statistical detectors mistake French cp1252 for other code pages, hence this rule.

    Examples
    --------
    >>> decode("Évry, l’été".encode("cp1252")).encoding
    'cp1252'
    >>> decode("Évry, déjà l’été".encode("mac_roman")).encoding
    'mac_roman'
    """
    encoding = forced or _encoding(content)
    text = content.decode(encoding, errors="replace").removeprefix("\ufeff")
    repaired = _repair(text)
    if repaired is None:
        return Decoded(text, encoding)
    return Decoded(repaired, encoding, ["texte encodé deux fois, réparé (« Ã© » pour « é »)"])


def _encoding(content: bytes) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for shift, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        sample = content[shift:_SAMPLE:2]
        if sample and sample.count(0) > len(sample) // 2:
            return name
    text = content.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    beyond = len(text) - len(text.encode("ascii", errors="ignore"))
    if broken == 0 or beyond - broken > 3 * broken:
        return "utf-8"
    letters = {
        name: len(_FRENCH.findall(content[:_JUDGED].decode(name, errors="replace")))
        for name in ("cp1252", "mac_roman")
    }
    return max(letters, key=lambda name: letters[name])


def _repair(text: str) -> str | None:
    """Return a text encoded twice as it was meant, only if the whole of it goes back and forth."""
    sample = text[:_JUDGED]
    if _TWICE_UTF8.search(sample):
        return _better(text, _as_bytes(text), "utf-8")
    if len(_TWICE_MAC.findall(sample)) > len(_FRENCH.findall(sample)):
        try:
            return _better(text, text.encode("mac_roman"), "cp1252")
        except UnicodeEncodeError:
            return None
    return None


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
    if repaired is None or len(_FRENCH.findall(repaired)) <= len(_FRENCH.findall(text)):
        return None
    return repaired


def read_text(name: str, content: bytes, forced: str | None = None) -> tuple[Sheet, Decoded, str]:
    """
    Return the records of a delimited text file, how it was decoded, and its separator.

    Raises
    ------
    UnreadableFileError
        If the bytes are no text, or the text no CSV.
    """
    decoded = decode(content, forced)
    if decoded.text.count("\x00") > _MOSTLY * len(decoded.text):
        raise UnreadableFileError(
            f"« {name} » contient des octets nuls : ce n’est pas un fichier texte.",
            "Exportez-le à nouveau au format CSV.",
        )
    try:
        separator = find_separator(decoded.text)
        rows = list(_records(decoded.text, separator))
    except csv.Error as error:
        raise UnreadableFileError(
            f"« {name} » n’est pas un fichier CSV lisible ({error}).",
            "Exportez-le à nouveau au format CSV.",
        ) from error
    return Sheet("", rows), decoded, separator


def find_separator(text: str) -> str:
    r"""
    Return the separator that cuts the first records into one same width, the widest if several.

    Examples
    --------
    >>> find_separator("a;b;c\r\n1,5;2,5;3,5\r\n")
    ';'
    """

    def merit(separator: str) -> tuple[bool, float, int]:
        widths = [
            len(row.cells) for row, _ in zip(_records(text, separator), range(50), strict=False)
        ]
        if not widths:
            return (False, 0.0, 0)
        width, times = Counter(widths).most_common(1)[0]
        return (width > 1, times / len(widths), width)

    return max(SEPARATORS, key=merit)


def _records(text: str, separator: str) -> Iterator[ReceivedRow]:
    """Yield the records that hold something, each with its line and what is wrong with it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    is_damaged = "\ufffd" in text or "\x00" in text
    known: dict[str, str] = {}  # one object for each distinct text: answers repeat a lot
    start = 1
    for record in reader:
        cells = [known.setdefault(cell, cell) for cell in record]
        if any(cell and not cell.isspace() for cell in cells):
            yield ReceivedRow(start, cells, _problem(cells) if is_damaged else "")
        start = reader.line_num + 1


def _problem(cells: list[str]) -> str:
    joined = "".join(cells)
    if "\ufffd" in joined:
        return "contient des octets illisibles."
    return "contient des octets nuls." if "\x00" in joined else ""
