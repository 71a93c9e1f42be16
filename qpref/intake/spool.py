"""Tables of a large file, put on the disk some rows at a time until they are stored."""

import shutil
import weakref
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from qpref.lazy import lazy
from qpref.scratch import kept_scratch

compute = lazy("pyarrow.compute")


class Spool:
    """
    The rows of some tables; its files go with it.

    A table of several groups has the rows of the first one before those of the next, each in the
    order in which they came.
    """

    def __init__(self) -> None:
        self._folder = kept_scratch()
        self._open: dict[Path, pa.RecordBatchStreamWriter] = {}
        weakref.finalize(self, _remove, self._folder, self._open)
        self.counted: dict[str, Counter[str]] = defaultdict(Counter)  # rows by table and site
        self.statuses: dict[str, Counter[str]] = defaultdict(Counter)  # of answers, by site

    def add(self, table: str, rows: pd.DataFrame, group: str = "") -> None:
        """Add rows to a table."""
        if not len(rows):
            return
        told = rows["site"].value_counts()
        counted = {str(site): int(n) for site, n in told.items() if n}
        self.counted[table].update(counted)
        if "statut" in rows:
            for site, statuses in rows.groupby("site")["statut"]:
                self.statuses[str(site)].update(statuses.tolist())
        self._write(self._folder / f"{table}.{group}.arrow", rows)

    def tables(self) -> Sequence[str]:
        """Return the tables that hold something."""
        return list(self.counted)

    def sites(self, table: str) -> Sequence[str]:
        """Return the sites of a table."""
        return sorted(self.counted[table]) if table in self.counted else []

    def parts(self, table: str, site: str) -> Iterator[pa.Table]:
        """Yield the rows of a site, some at a time."""
        _close(self._open)
        for path in sorted(self._folder.glob(f"{table}.*")):
            with pa.OSFile(str(path)) as handle, pa.ipc.open_stream(handle) as found:
                for batch in found:
                    own = batch.filter(compute.equal(batch["site"].cast(pa.string()), site))
                    if own.num_rows:
                        yield pa.Table.from_batches([own])

    def _write(self, path: Path, rows: pd.DataFrame) -> None:
        own = pa.Table.from_pandas(rows, preserve_index=False, nthreads=1)
        if path not in self._open:
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            self._open[path] = pa.ipc.new_stream(str(path), own.schema, options=options)
        self._open[path].write_table(own)


def _close(open_: dict[Path, pa.RecordBatchStreamWriter]) -> None:
    while open_:
        open_.popitem()[1].close()


def _remove(folder: Path, open_: dict[Path, pa.RecordBatchStreamWriter]) -> None:
    _close(open_)
    shutil.rmtree(folder, ignore_errors=True)
