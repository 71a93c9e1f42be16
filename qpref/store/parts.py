"""One part of the store: the rows of one file, table and site, with their import record.

Each part tells the whole import that it belongs to, in the metadata of its file: one that is left
is enough to rebuild the registry (`qpref.store.rebuilding`). It tells its own digest too, computed
with zeros in its place: a changed byte is seen, even where the file would open.

Its campaign and its site are told by its folders alone (`campagne=2020-11/site=nord`), as Hive
lays tables out: pandas, DuckDB and Arrow read a whole table from its folder. The metadata also say
which place the part was written for: a part copied onto another one is sound, and is refused.
"""

import hashlib
import io
import itertools
import json
import os
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pandas as pd
import pyarrow as pa
from pydantic import ValidationError

from qpref.errors import StorageError
from qpref.lazy import lazy
from qpref.project import write_atomically
from qpref.schema import TABLES, later, typed
from qpref.store.registry import NO_SITE, Import

if TYPE_CHECKING:
    from pyarrow import parquet
else:
    parquet = lazy("pyarrow.parquet")

_KEY, _PLACE = b"qpref.import", b"qpref.lieu"
_MARK, _LENGTH = b"qpref-sha256=", 64  # before the digest, which is written in hexadecimal
SOURCES = ("source_fichier", "fichier")  # columns that name the received file
_PIECE = 1_000_000  # bytes
_AT_ONCE = 2  # parts of a large file
PLACES = ("campagne", "site")  # columns that the folders of a part tell
_UNTOLD = (KeyError, TypeError, ValueError, zlib.error, ValidationError)


class LostPartError(StorageError):
    """A part that the registry lists, and that is not there or cannot be read."""

    def __init__(self, part: Path, entry: Import, reason: str) -> None:
        super().__init__(
            f"La partie « {part} », tirée de « {entry.fichier} », est {reason}.",
            f"Importez de nouveau ce fichier (qpref importer … --campagne {entry.campagne}) : elle "
            "sera refaite. Vous ne l’avez plus ? qpref projet reparer dit ce qui est perdu.",
        )


def content(part: Path, entry: Import) -> pa.Table:
    """
    Return one part, with the campaign and the site that its folders tell.

    Raises
    ------
    LostPartError
        If it is not there or cannot be read.
    """
    try:
        file = parquet.ParquetFile(pa.BufferReader(_sound(part)), pre_buffer=False)  # in memory
        _check_place(part, file.schema_arrow)
        return _placed(file.read(use_threads=False), place_of(part))
    except FileNotFoundError as error:
        raise LostPartError(part, entry, "absente") from error
    except (OSError, pa.ArrowException) as error:
        raise LostPartError(part, entry, f"illisible ({str(error)[:200]})") from error


def place_of(part: Path) -> dict[str, str]:
    """Return the campaign and the site of a part."""
    campaign, site = (one.name.partition("=")[2] for one in (part.parents[1], part.parent))
    return {"campagne": campaign, "site": "" if site == NO_SITE else site}


def _where(part: Path) -> bytes:
    """Return the place of a part in the store: table, campaign, site and name."""
    return "/".join(part.parts[-4:]).encode()


def _check_place(part: Path, schema: pa.Schema) -> None:
    """Refuse a part written for another place; those of earlier versions do not tell theirs."""
    told = (schema.metadata or {}).get(_PLACE)
    if told not in {None, _where(part)}:
        raise OSError(f"écrite pour « {told.decode(errors='replace')} »")


def _placed(table: pa.Table, place: dict[str, str]) -> pa.Table:
    """Return a table with the columns of its place, unless it was written with them."""
    for name, value in place.items():
        if name not in table.column_names:
            table = table.append_column(name, pa.repeat(pa.scalar(value), len(table)))
    return table


def _sound(part: Path) -> bytes:
    """Return the bytes of a part, if they are those that were written."""
    found = part.read_bytes()
    at = found.rfind(_MARK) + len(_MARK)
    if at >= len(_MARK) and _digest(found, at) != found[at : at + _LENGTH]:
        raise OSError("somme de contrôle différente")
    return found


def _digest(found: bytes, at: int) -> bytes:
    """Return the digest of a part, as if it did not bear it yet."""
    view = memoryview(found)  # a part may be large: no copy of it
    content = hashlib.sha256(view[:at])
    content.update(b"0" * _LENGTH)
    content.update(view[at + _LENGTH :])
    return content.hexdigest().encode()


def write(part: Path, rows: pd.DataFrame, entry: Import) -> None:
    """Write one part, with what its import was."""
    write_atomically(part, encoded(part, rows, entry), is_private=True)


def write_spooled(found: Iterable[tuple[Path, Iterator[pa.Table]]], entry: Import) -> None:
    """Write parts from rows that come some at a time, two parts at once: most of it is Arrow's."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        [*threads.map(partial(_write_lots, entry), *zip(*found, strict=True))]


def _write_lots(entry: Import, part: Path, tables: Iterator[pa.Table]) -> None:
    """Write one part from rows that come some at a time, with what its import was."""

    def write_to(handle: BinaryIO) -> None:
        first = _stored(next(tables))
        schema = first.schema.with_metadata(_metadata(first, part, entry))
        # Bounds of codes tell nothing where each lot of rows holds them all, and take long to find.
        bounded = [one.name for one in schema if not pa.types.is_dictionary(one.type)]
        with parquet.ParquetWriter(handle, schema, write_statistics=bounded) as writer:
            for table in itertools.chain([first], map(_stored, tables)):
                writer.write_table(table.replace_schema_metadata(schema.metadata))
        _sign(handle)

    write_atomically(part, write_to, is_private=True)


def _stored(table: pa.Table) -> pa.Table:
    """Return rows as a part holds them: its folders tell their place."""
    return widened(table.drop_columns([name for name in PLACES if name in table.column_names]))


def _sign(handle: BinaryIO) -> None:
    """Sign a part: hash it with a zero-filled digest field, then write the hash into that field."""
    handle.flush()
    handle.seek(-8, os.SEEK_END)  # the length of the footer, then « PAR1 »
    start = handle.seek(-8 - int.from_bytes(handle.read(4), "little"), os.SEEK_END)
    at = start + handle.read().rfind(_MARK) + len(_MARK)
    handle.seek(0)
    digest = hashlib.sha256()
    while piece := handle.read(_PIECE):
        digest.update(piece)
    handle.seek(at)
    handle.write(digest.hexdigest().encode())


def is_sound(part: Path) -> bool:
    """Whether a part is there, tells its import and holds the bytes that were written."""
    try:
        _sound(part)
        _check_place(part, parquet.read_schema(part))
    except (OSError, pa.ArrowException):
        return False
    return account(part) is not None


def encoded(part: Path, rows: pd.DataFrame, entry: Import) -> bytes:
    """Return the content of a part, for its place."""
    own = pa.Table.from_pandas(rows.drop(columns=[*PLACES], errors="ignore"), preserve_index=False)
    return _signed(widened(own), part, entry)


def widened(table: pa.Table) -> pa.Table:
    """Return a table whose coded columns have room for the codes of others."""
    wide = pa.schema(map(_wide, table.schema), table.schema.metadata)
    return table if wide.equals(table.schema) else table.cast(wide)


def _wide(field: pa.Field) -> pa.Field:
    """Return a field whose codes, if it has some, can be those of many parts read together."""
    is_coded = pa.types.is_dictionary(field.type)
    return field.with_type(pa.dictionary(pa.int32(), field.type.value_type)) if is_coded else field


def sign(part: Path, entry: Import) -> None:
    """Add its import and its place to a part written before parts told them."""
    if account(part) is None or _PLACE not in (parquet.read_schema(part).metadata or {}):
        write(part, content(part, entry).to_pandas(), entry)


def unplace(part: Path, entry: Import) -> None:
    """Write again a part that says its own campaign and site; one that cannot be read is left."""
    with suppress(OSError, pa.ArrowException, LostPartError):
        if {*PLACES} & {*parquet.read_schema(part).names}:
            write(part, content(part, entry).to_pandas(), entry)


def complete(part: Path, entry: Import) -> None:
    """Write again a part that lacks columns of a later layout; one that cannot be read is left."""
    table = part.parents[2].name
    with suppress(OSError, pa.ArrowException, LostPartError):
        if table in TABLES and later(table, parquet.read_schema(part).names):
            write(part, typed(table, content(part, entry).to_pandas()), entry)


def _signed(table: pa.Table, part: Path, entry: Import) -> bytes:
    """Return a part that tells its import and its digest."""
    out = io.BytesIO()
    parquet.write_table(table.replace_schema_metadata(_metadata(table, part, entry)), out)
    found = out.getvalue()
    at = found.rfind(_MARK) + len(_MARK)
    return found[:at] + _digest(found, at) + found[at + _LENGTH :]


def _metadata(table: pa.Table, part: Path, entry: Import) -> dict[bytes, bytes]:
    """Return what a part tells beside its rows, zeros in the place of its digest."""
    own = {**(table.schema.metadata or {}), _KEY: _told(entry), _PLACE: _where(part)}
    return own | {b"qpref.sha256": _MARK + b"0" * _LENGTH}


def named(rows: pd.DataFrame, entry: Import, name: str) -> pd.DataFrame:
    """Return rows that name the file of an import, which was read again under another name."""
    if name == entry.fichier:
        return rows
    told = {
        column: rows[column].replace(name, entry.fichier) for column in SOURCES if column in rows
    }
    if "message" in rows:
        told["message"] = rows["message"].str.replace(name, entry.fichier, regex=False)
    return rows.assign(**told)


def holds(part: Path, table: str, rows: pd.DataFrame, entry: Import) -> bool:
    """Whether a part is there and holds these rows; its folders are those of their place."""
    try:
        found = typed(table, content(part, entry).to_pandas())
    except (LostPartError, KeyError, pa.ArrowException):
        return False
    return found.drop(columns=[*PLACES]).equals(typed(table, rows).drop(columns=[*PLACES]))


def _told(entry: Import) -> bytes:
    """Return an import for the metadata of its parts: their one name, and sites table by table."""
    facts = entry.model_dump(mode="json")
    names = {name for sites in entry.parts.values() for name in sites.values()}
    facts["parts"] = {table: [*sites] for table, sites in entry.parts.items()}
    text = json.dumps({"nom": names.pop(), "import": facts}, ensure_ascii=False)
    return b64encode(zlib.compress(text.encode(), 9))


def account(part: Path) -> Import | None:
    """Return the import that a part tells; None when it tells none, or cannot be read."""
    try:
        told = (parquet.read_schema(part).metadata or {})[_KEY]
        facts = json.loads(zlib.decompress(b64decode(told, validate=True)))
        entry, name = facts["import"], facts["nom"]
        entry["parts"] = {
            table: dict.fromkeys(sites, name) for table, sites in entry["parts"].items()
        }
        return Import.model_validate(entry)
    except (
        OSError,
        pa.ArrowException,
        KeyError,
        TypeError,
        ValueError,
        zlib.error,
        ValidationError,
    ):
        return None


def on_disk(root: Path, campaign: str) -> Iterator[Path]:
    """Yield the parts of a campaign that are there, listed or not."""
    yield from sorted(root.glob(f"*/campagne={campaign}/site=*/*.parquet"))
