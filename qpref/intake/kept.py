"""Rows kept on the disk by a first reading for a second: a text is cut and decoded once."""

import shutil
import weakref
from collections.abc import Iterator
from functools import cached_property

import numpy as np
import pyarrow as pa

from qpref.intake.columns import Cells, ReceivedTable
from qpref.scratch import kept_scratch


class KeptRows:
    """
    Tables of rows, in the order in which they came; their file goes with it.

    The cells are texts, as those of a delimited text all are.
    """

    def __init__(self) -> None:
        self._writer: pa.RecordBatchStreamWriter | None = None
        self._count = 0

    @cached_property
    def _path(self) -> str:
        folder = kept_scratch()
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return str(folder / "lignes.arrow")

    def add(self, rows: ReceivedTable) -> None:
        """Add rows."""
        self._count += len(rows)
        columns = [_coded(cells.compact()) for cells in rows.columns]
        lines = pa.array(rows.lines, pa.int64())
        names = map(str, range(len(columns) + 1))
        batch = pa.RecordBatch.from_arrays([lines, *columns], names=list(names))
        if self._writer is None:
            options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
            self._writer = pa.ipc.new_stream(self._path, batch.schema, options=options)
        self._writer.write_batch(batch)

    def __iter__(self) -> Iterator[tuple[float, ReceivedTable]]:
        """Yield the tables, each with the share of the rows that it ends."""
        if self._writer is None:
            return
        self._writer.close()
        options, done = pa.ipc.IpcReadOptions(use_threads=False), 0
        with pa.OSFile(self._path) as handle:
            for batch in pa.ipc.open_stream(handle, options=options):
                lines, *columns = batch.columns
                done += batch.num_rows
                table = ReceivedTable(np.array(lines), list(map(_cells, columns)))
                yield done / max(1, self._count), table


def _coded(cells: Cells) -> pa.DictionaryArray:
    places = pa.array(cells.places.astype(np.int32))
    return pa.DictionaryArray.from_arrays(places, pa.array(cells.known, pa.string()))


def _cells(column: pa.DictionaryArray) -> Cells:
    known = column.dictionary.to_numpy(zero_copy_only=False).tolist()
    return Cells.told(column.indices.to_numpy(zero_copy_only=False), known)
