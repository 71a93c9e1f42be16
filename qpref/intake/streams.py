"""Large delimited texts that need no repair: read some rows at a time, never held whole."""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from qpref.intake.ahead import ahead
from qpref.intake.columns import Cells, ReceivedTable
from qpref.intake.records import (
    BEGINNING,
    KEPT,
    find_separator,
    plain,
    swallowed_at,
    width_of_first,
)
from qpref.intake.regular import UNICODE, WIDEST, decoded_from, lines_before
from qpref.intake.straight import BOM, beginning, may_need_repair
from qpref.intake.text import ENCODINGS, encoding_of_parts, seems_twice
from qpref.lazy import lazy

csv = lazy("pyarrow.csv")

_BLOCK = 1_000_000  # bytes read at once, dozens of them ahead; a record is never longer
_BYTES = 5_000_000  # judged together
Moved = Callable[[float], None]  # told what share of the file was read


class NotSoundError(Exception):
    """A text that cannot be read some rows at a time: the whole of it says what is wrong."""


@dataclass(frozen=True)
class Stream:
    """
    A text of one width, with neither damage nor anything to repair.

    Parameters
    ----------
    path
        The file; it is only read.
    forced
        Its encoding, when the one found is wrong.
    """

    path: Path
    forced: str | None = None

    @cached_property
    def sha256(self) -> str:
        """The digest of the file."""
        with self.path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()

    @cached_property
    def encoding(self) -> str:
        """
        The encoding of the file.

        Raises
        ------
        NotSoundError
            If it is not the same from end to end, or one where ASCII is not itself.
        """
        told = encoding_of_parts(self._parts())
        found = self.forced or told
        if told is None or found not in ENCODINGS or self._head(found) is None:
            raise NotSoundError
        return found

    @cached_property
    def separator(self) -> str:
        """
        What cuts a record.

        Raises
        ------
        NotSoundError
            If the beginning shows that something is to be repaired.
        """
        head = self._head(self.encoding) or ""
        if may_need_repair(head) or seems_twice(head):
            raise NotSoundError
        return find_separator(head)

    def tables(self, moved: Moved = lambda _: None) -> Iterator[ReceivedTable]:
        """
        Yield the records that hold something, thousands at a time.

        Raises
        ------
        NotSoundError
            If one has another width, cannot be decoded, or swallows others by a quotation mark.
        """
        head = self._head(self.encoding) or ""
        width = width_of_first(head, self.separator)
        if not 2 <= width <= WIDEST:  # noqa: PLR2004
            raise NotSoundError
        size, first, last = self.path.stat().st_size, 1, ""
        with self.path.open("rb") as handle:
            if self.encoding.startswith("utf-8") and head and handle.read(len(BOM)) != BOM:
                handle.seek(0)
            for coded in ahead(self._coded(handle, width)):
                columns = [self._cells(column) for column in coded]
                taken = lines_before(columns, len(columns[0]))
                read = ReceivedTable(first + taken[:-1], columns).without_blanks()
                first += int(taken[-1])
                found = read
                if any(cells.hold(KEPT) for cells in read.columns):
                    found = read.rewritten(plain, KEPT).without_blanks()
                if len(found) and swallowed_at(found, self.separator) is not None:
                    raise NotSoundError
                if len(found):
                    last = str(found[-1].cells[-1])
                    yield found
                moved(min(1.0, handle.tell() / size))
        self._refuse_open(last)

    def _coded(self, handle: io.BufferedIOBase, width: int) -> Iterator[list[pa.DictionaryArray]]:
        """Yield the columns of some records, each distinct cell stored once."""
        names = [str(place) for place in range(width)]
        held = pa.string() if self.encoding in UNICODE else pa.binary()
        held_now: list[pa.RecordBatch] = []
        try:
            for batch in csv.open_csv(
                pa.PythonFile(handle, mode="r"),
                csv.ReadOptions(column_names=names, use_threads=False, block_size=_BLOCK),
                csv.ParseOptions(
                    delimiter=self.separator, newlines_in_values=True, ignore_empty_lines=False
                ),
                csv.ConvertOptions(
                    column_types=dict.fromkeys(names, held), strings_can_be_null=False
                ),
            ):
                held_now.append(batch)
                if sum(one.nbytes for one in held_now) >= _BYTES:
                    yield _columns(held_now)
                    held_now = []
        except pa.ArrowInvalid as error:
            raise NotSoundError from error
        if held_now:
            yield _columns(held_now)

    def _cells(self, coded: pa.DictionaryArray) -> Cells:
        told = coded.dictionary.to_numpy(zero_copy_only=False).tolist()
        try:
            known = told if self.encoding in UNICODE else decoded_from(told, self.encoding)
        except UnicodeDecodeError as error:
            raise NotSoundError from error
        return Cells.told(coded.indices.to_numpy(zero_copy_only=False), known)

    def _refuse_open(self, last: str) -> None:
        """Refuse a text whose last record may end inside quotation marks."""
        with self.path.open("rb") as handle:
            handle.seek(max(0, self.path.stat().st_size - 1))
            ends = handle.read(1)
        may_be_open = ends not in {b"\r", b"\n"} or last.endswith(("\r", "\n"))
        if may_be_open and any(b'"' in part for part in self._parts()):
            raise NotSoundError

    def _head(self, encoding: str) -> str | None:
        with self.path.open("rb") as handle:
            return beginning(handle.read(4 * BEGINNING + len(BOM)), encoding)

    def _parts(self) -> Iterator[bytes]:
        """Yield the bytes of the file, cut at ends of lines."""
        with self.path.open("rb") as handle:
            while part := handle.read(_BLOCK):
                yield part if part.endswith(b"\n") else part + handle.readline()


def _columns(batches: list[pa.RecordBatch]) -> list[pa.DictionaryArray]:
    """Return the columns of batches as one, each distinct cell stored once."""
    table = pa.Table.from_batches(batches)
    return [column.dictionary_encode().combine_chunks() for column in table.columns]
