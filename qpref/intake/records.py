"""Split a decoded text into records with their line numbers: separator and quotes."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np

from qpref.errors import UnreadableFileError
from qpref.intake.columns import Rows, filled, lines_of, rewritten, widths_of
from qpref.intake.regular import read_regular
from qpref.intake.rows import ReceivedRow

SEPARATORS = (";", ",", "\t", "|")
csv.field_size_limit(10_000_000)
_SAMPLE, BEGINNING = 50, 1_000_000  # records and letters looked at to choose a separator
_MOSTLY = 0.9
_DECLARED = re.compile(r'^"?sep=(.)"?[ \t]*(?:\r\n|\n|\r)', re.IGNORECASE)
_BREAKS = ("\r", "\n")
_END_OF_LINE = re.compile(r"\r\n|\n|\r")
# A record that is one quoted cell from end to end, or a line without any quotation mark.
_WHOLE = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^"\r\n]*))[ \t]*(\r\n|\n|\r|\Z)')
KEPT = '="'  # begins a cell that a spreadsheet is told to keep a text
_NARROW = 2  # columns under which one line that looks like a record is no proof


def read_records(name: str, text: str) -> tuple[Rows, str]:
    """
    Return the records of a delimited text that hold something, and its separator.

    Parameters
    ----------
    name
        Of the file, for messages.
    text
        Its content. A first line « sep=; », which spreadsheets obey, gives the separator.

    Raises
    ------
    UnreadableFileError
        If the text is no CSV, or if a quotation mark swallows lines: never closed, or closed after
        lines that are records themselves.
    """
    declared = declared_separator(text)
    body = text[declared.end() :] if declared else text
    first = 2 if declared else 1
    try:
        separator = declared.group(1) if declared else find_separator(body)
        rows = _read(body, separator, first)
    except csv.Error as error:
        raise UnreadableFileError(
            f"« {name} » n’est pas un fichier CSV lisible ({error}).",
            "Exportez-le à nouveau au format CSV.",
        ) from error
    _refuse_swallowed(name, body, separator, rows, first)
    return rows, separator


def declared_separator(text: str) -> re.Match[str] | None:
    """Return the first line « sep=; » of a text, whose group is the separator."""
    return _DECLARED.match(text)


def unwrapped(text: str) -> str | None:
    r"""
    Return a text without the quotation marks that wrap its records whole; None when none does.

    A file exported twice, or saved by a spreadsheet that had it in one column, has each record in
    one cell; lines without any quotation mark are left as they are by the second.

    Examples
    --------
    >>> unwrapped('"a;b;c"\n"1;""x;y"";"\n')
    'a;b;c\n1;"x;y";\n'
    >>> unwrapped('"a";"b"\n"1";"2"\n') is None, unwrapped('Avis\n"Bien, merci"\n') is None
    (True, True)
    """
    if '"' not in text[:BEGINNING]:
        return None
    found, place, is_wrapped = [], 0, False
    while place < len(text):
        record = _WHOLE.match(text, place)
        if record is None:
            return None
        is_wrapped |= record[1] is not None
        inner = record[2] if record[1] is None else record[1].replace('""', '"')
        found.append(inner + record[3])
        place = record.end()
    whole = "".join(found)
    return whole if is_wrapped and _is_table(whole) else None


def _is_table(text: str) -> bool:
    """Whether the first records of a text have the width of its headings, of several columns."""
    separator = find_separator(text)
    widths = [len(row.cells) for row in islice(_records(text[:BEGINNING], separator), _SAMPLE)]
    return len(widths) > 1 and widths[0] > 1 and widths.count(widths[0]) >= _MOSTLY * len(widths)


def _read(text: str, separator: str, first: int) -> Rows:
    """Return the records, whatever their width, what keeps a cell a text taken off."""
    content = text.encode("utf-8", errors="surrogatepass")
    width = width_of_first(text[:BEGINNING], separator)
    found: Rows | None = read_regular(content, separator, width, first)
    if found is None:
        found = list(_records(text, separator, first))
    return unkept(found) if KEPT in text else found


def width_of_first(text: str, separator: str) -> int:
    """Return how many cells the first record that holds something has."""
    first = next(_records(text, separator), None)
    return len(first.cells) if first else 0


def unkept(rows: Rows) -> Rows:
    """Return the records without what keeps their cells texts, those that hold something."""
    return filled(rewritten(rows, plain, KEPT))


def plain(text: str) -> str:
    """Take off what keeps a spreadsheet from reading a text as a number: « ="01000" »."""
    return text[2:-1] if text.startswith('="') and text.endswith('"') and len(text) > 2 else text  # noqa: PLR2004


def find_separator(text: str) -> str:
    r"""
    Return the separator that cuts the first records into one same width, the widest if several.

    Examples
    --------
    >>> find_separator("a;b;c\r\n1,5;2,5;3,5\r\n")
    ';'
    """

    def merit(separator: str) -> tuple[bool, float, int]:
        records = islice(_records(text[:BEGINNING], separator), _SAMPLE)
        widths = [len(row.cells) for row in records]
        if not widths:
            return (False, 0.0, 0)
        width, times = Counter(widths).most_common(1)[0]
        return (width > 1, times / len(widths), width)

    return max(SEPARATORS, key=merit)


def _records(text: str, separator: str, first: int = 1) -> Iterator[ReceivedRow]:
    """Yield the records that hold something, each with its line and what is wrong with it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    is_damaged = "\ufffd" in text or "\x00" in text
    same = dict[str, str]().setdefault  # one object for each distinct text: answers repeat a lot
    start = first
    for record in reader:
        if "".join(record).strip():
            cells = list(map(same, record, record))
            yield ReceivedRow(start, cells, _problem(cells) if is_damaged else "")
        start = first + reader.line_num


def _problem(cells: list[str]) -> str:
    joined = "".join(cells)
    if "\ufffd" in joined:
        return "contient des octets illisibles."
    return "contient des octets nuls." if "\x00" in joined else ""


# Quotation marks


def _refuse_swallowed(name: str, text: str, separator: str, rows: Rows, first: int) -> None:
    """Refuse a text where a quotation mark makes one cell of lines that are records."""
    if not rows:
        return
    found = swallowed_at(rows, separator)
    is_open = _is_open(text, separator, rows[-1], first)
    if found is None and not is_open:
        return
    line = found if found is not None else _last_break(rows[-1])
    fault = "n’est jamais refermé" if is_open else "ne se referme que plusieurs lignes plus loin"
    raise UnreadableFileError(
        f"« {name} », ligne {line} : un guillemet ouvert {fault} ; les lignes suivantes seraient "
        "lues comme une seule cellule.",
        f"À la ligne {line}, supprimez ce guillemet ou doublez-le, puis réimportez le fichier.",
    )


def swallowed_at(rows: Rows, separator: str) -> int | None:
    """Return the line where a cell that holds whole records begins, None when none does."""
    width = Counter(widths_of(rows).tolist()).most_common(1)[0][0]
    lines = lines_of(rows)
    after = np.append(lines[1:], lines[-1] + 2)  # the last row is looked at too
    long = (rows[place] for place in np.flatnonzero(after > lines + 1).tolist())
    found = (_swallowing(row, separator, width) for row in long)
    return next((line for line in found if line is not None), None)


def _swallowing(row: ReceivedRow, separator: str, width: int) -> int | None:
    """
    Return the line where a cell that holds whole records begins, or None.

    A free text may have line breaks; it does not have lines with as many separators as a record.
    """
    line = row.line
    for cell in row.cells:
        inner = _END_OF_LINE.split(cell)
        alike = sum(part.count(separator) == width - 1 for part in inner[1:])
        if width > 1 and alike >= (1 if width > _NARROW else 2):
            return line
        line += len(inner) - 1
    return None


def _is_open(text: str, separator: str, last: ReceivedRow, first: int) -> bool:
    """Whether the last record of a text ends inside quotation marks."""
    if '"' not in text or (text[-1] in _BREAKS and not last.cells[-1].endswith(_BREAKS)):
        return False  # an open cell holds the end of the text
    lines = islice(io.StringIO(text, newline=""), last.line - first, None)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _last_break(row: ReceivedRow) -> int:
    """Return the line where the last cell of a row begins."""
    return row.line + sum(len(_END_OF_LINE.split(cell)) - 1 for cell in row.cells[:-1])
