"""Delimited texts whose records all have one width: read column by column, by compiled code."""

import re

import numpy as np
import pyarrow as pa

from qpref.intake.columns import Cells, ReceivedTable
from qpref.lazy import lazy

csv = lazy("pyarrow.csv")

_LOST = "\ufffd".encode()
UNICODE = ("utf-8", "utf-8-sig")
_BLOCK = 1_000_000  # bytes read at once; a record is never longer
WIDEST = 1_000  # columns; each costs memory, and a wrong separator makes a million
_END_OF_LINE = re.compile(r"\r\n|\n|\r")


def read_regular(
    content: bytes, separator: str, width: int, first: int, encoding: str = "utf-8"
) -> ReceivedTable | None:
    """
    Return the records of a text that hold something; None when this way of reading is not sure.

    Parameters
    ----------
    content
        Without its mark of byte order nor its declaration of the separator.
    separator, width
        What cuts a record, and into how many cells.
    first
        Line where the text begins in the file.
    encoding
        One where the signs of ASCII are themselves.

    Notes
    -----
    None for a record of another width, or too wide, a letter that could not be decoded, a cell
    longer than a block: `records` reads these, one at a time, and says what is wrong. On all others
    both give the same cells at the same lines.
    """
    if not 2 <= width <= WIDEST or _is_damaged(content, encoding):  # noqa: PLR2004
        return None
    names = [str(place) for place in range(width)]
    held = pa.string() if encoding in UNICODE else pa.binary()
    kinds = dict.fromkeys(names, pa.dictionary(pa.int32(), held))
    try:
        read = csv.read_csv(
            pa.py_buffer(content),
            csv.ReadOptions(column_names=names, use_threads=False, block_size=_BLOCK),
            csv.ParseOptions(
                delimiter=separator, newlines_in_values=True, ignore_empty_lines=False
            ),
            csv.ConvertOptions(column_types=kinds, strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return None
    try:
        columns = [_cells(column, encoding) for column in read.columns]
    except UnicodeDecodeError:  # a byte that the encoding does not have
        return None
    lines = first + lines_before(columns, len(read))[:-1]
    return ReceivedTable(lines, columns).without_blanks()


def _is_damaged(content: bytes, encoding: str) -> bool:
    """Whether a byte is nothing, or a letter already stands for one that was not decoded."""
    return b"\x00" in content or (encoding in UNICODE and _LOST in content)


def _cells(column: pa.ChunkedArray, encoding: str) -> Cells:
    """Return a column, whose blocks each have their own texts: in the order of the file."""
    blocks = column.unify_dictionaries().chunks
    if not blocks:
        return Cells.told(np.zeros(0, dtype=np.int32), [])
    # By numpy: `to_pylist` makes an object of Arrow, then a text, of each.
    told = blocks[0].dictionary.to_numpy(zero_copy_only=False).tolist()
    known: list[str] = told if encoding in UNICODE else decoded_from(told, encoding)
    return Cells.told(np.concatenate([block.indices.to_numpy() for block in blocks]), known)


def decoded_from(told: list[bytes], encoding: str) -> list[str]:
    """Return texts decoded all at once, by a sign that none holds."""
    return b"\x00".join(told).decode(encoding).split("\x00") if told else []


def lines_before(columns: list[Cells], count: int) -> np.ndarray:
    """
    Return how many lines the records before each take, and last how many all of them do.

    A record takes one, and one more for each break in its cells.
    """
    taken = np.ones(count, dtype=np.int64)
    for cells in columns:
        if cells.hold("\n", "\r"):
            breaks = [len(_END_OF_LINE.findall(text)) for text in cells.known]
            taken += np.array(breaks)[cells.places]
    return np.concatenate([[0], np.cumsum(taken)])
