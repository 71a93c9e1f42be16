"""Tables of a large file, put on the disk some rows at a time until they are stored."""

import shutil
import weakref
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from qpref.schema import TABLES, typed
from qpref.scratch import kept_scratch

_AHEAD = 1  # tables that wait to be placed, beside the one that is
_FEW = 1_000  # codes of others that cost nothing


class Spool:
    """
    The rows of some tables, site by site; its files go with it.

    A table of several groups has the rows of the first one before those of the next, each in the
    order in which they came. Texts that come as categories are kept so, and given back as their
    table declares them. Rows are placed by another thread: `finish` waits for the last ones.
    """

    def __init__(self) -> None:
        self._folder = kept_scratch()
        self._open: dict[str, pa.OSFile] = {}
        weakref.finalize(self, _remove, self._folder, self._open)
        # By table and site: of each lot of rows, its group and where it begins in the file.
        self._placed: dict[str, dict[str, list[tuple[str, int]]]] = defaultdict(dict)
        self._other = ThreadPoolExecutor(1)  # places rows while the next ones are read
        self._placing: deque[Future[None]] = deque()
        self._told: dict[str, dict[bytes, bytes]] = {}  # what pandas notes of a table's columns
        self.counted: dict[str, Counter[str]] = defaultdict(Counter)  # rows by table and site
        self.statuses: dict[str, Counter[str]] = defaultdict(Counter)  # of answers, by site

    def add(self, table: str, rows: pd.DataFrame, group: str = "") -> None:
        """Add rows to a table."""
        if not len(rows):
            return
        if "statut" in rows:
            for site, statuses in rows.groupby("site")["statut"]:
                self.statuses[str(site)].update(statuses.tolist())
        whole = self._encoded(table, rows)
        codes, sites = pd.factorize(rows["site"])
        self.counted[table].update(
            dict(zip(map(str, sites), np.bincount(codes).tolist(), strict=True))
        )
        self._wait(_AHEAD)
        self._placing.append(self._other.submit(self._place, (table, group), whole, codes, sites))

    def finish(self) -> None:
        """Wait until all rows are on the disk: none is added any more."""
        self._wait(0)
        self._other.shutdown()
        _close(self._open)

    def _wait(self, most: int) -> None:
        """Wait until at most some tables are being placed; raise what went wrong with others."""
        while len(self._placing) > most:
            self._placing.popleft().result()

    def _place(
        self, whose: tuple[str, str], whole: pa.Table, codes: np.ndarray, sites: pd.Index
    ) -> None:
        """Write the rows of each site."""
        table, group = whose
        for code, site in enumerate(map(str, sites)):
            own = whole if len(sites) == 1 else _of(whole, codes == code)
            self._placed[table].setdefault(site, []).append((group, self._write(table, own)))

    def tables(self) -> Sequence[str]:
        """Return the tables that hold something."""
        return list(self.counted)

    def sites(self, table: str) -> Sequence[str]:
        """Return the sites of a table."""
        return sorted(self.counted[table]) if table in self.counted else []

    def parts(self, table: str, site: str) -> Iterator[pa.Table]:
        """Yield the rows of a site, some at a time, once all are added."""
        options = pa.ipc.IpcReadOptions(use_threads=False)
        with pa.OSFile(str(self._path(table))) as handle:
            for _, begins in sorted(self._placed[table][site]):
                handle.seek(begins)
                yield _declared(table, pa.ipc.open_stream(handle, options=options).read_all())

    def _path(self, table: str) -> Path:
        return self._folder / f"{table}.arrow"

    def _encoded(self, table: str, rows: pd.DataFrame) -> pa.Table:
        if table not in self._told:
            plain = typed(table, rows.head(1))
            self._told[table] = pa.Schema.from_pandas(plain, preserve_index=False).metadata
        own = pa.Table.from_pandas(rows, preserve_index=False, nthreads=1)
        return own.replace_schema_metadata(self._told[table])

    def _write(self, table: str, rows: pa.Table) -> int:
        """Write some rows; return where they begin."""
        if table not in self._open:
            self._open[table] = pa.OSFile(str(self._path(table)), "wb")
        handle = self._open[table]
        begins: int = handle.tell()
        options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
        with pa.ipc.new_stream(handle, rows.schema, options=options) as stream:
            stream.write_table(rows)
        return begins


def _of(rows: pa.Table, mask: np.ndarray) -> pa.Table:
    """Return the rows that a mask keeps, without the codes of the others."""
    own = rows.filter(pa.array(mask))
    columns = [_compact(column.combine_chunks()) for column in own.columns]
    return pa.Table.from_arrays(columns, schema=rows.schema)


def _compact(column: pa.Array) -> pa.Array:
    """Return a column without the codes that it does not use, when they may be many."""
    is_coded = pa.types.is_dictionary(column.type) and not column.null_count
    if not is_coded or len(column.dictionary) <= _FEW:
        return column
    codes = column.indices.to_numpy()
    is_used = np.zeros(len(column.dictionary), dtype=bool)
    is_used[codes] = True
    own = pa.array((np.cumsum(is_used, dtype=np.int32) - 1)[codes]).cast(column.indices.type)
    return pa.DictionaryArray.from_arrays(own, column.dictionary.filter(pa.array(is_used)))


def _declared(table: str, rows: pa.Table) -> pa.Table:
    """Return rows whose texts are codes only where their table declares it."""
    for place, (name, column) in enumerate(TABLES[table].columns.items()):
        if not column.is_coded and pa.types.is_dictionary(rows[name].type):
            rows = rows.set_column(place, name, rows[name].cast(pa.string()))
    return rows


def _close(open_: dict[str, pa.OSFile]) -> None:
    while open_:
        open_.popitem()[1].close()


def _remove(folder: Path, open_: dict[str, pa.OSFile]) -> None:
    _close(open_)
    shutil.rmtree(folder, ignore_errors=True)
