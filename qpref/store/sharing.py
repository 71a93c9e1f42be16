"""Canonical tables without free text, for those who may not read it: same figures."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pandas as pd

from qpref.project import Project
from qpref.schema import TABLES
from qpref.store.parts import encoded
from qpref.store.registry import Import
from qpref.store.review import approved, identifier
from qpref.store.tables import Store


def wordless(project: Project, campaign: str) -> Iterator[tuple[Path, Callable[[], bytes]]]:
    """
    Yield the path of each part of a campaign, and what writes it without what people wrote.

    Remarks approved stay: of free texts, reports print nothing else, so they say the same.

    Raises
    ------
    StorageError
        If a part or the registry cannot be read.
    """
    store = Store(project)
    kept = approved(project, campaign)
    for entry in store.imports(campaign):
        for table, parts in entry.parts.items():
            for site, name in parts.items():
                read = partial(store.rows_of, entry, table, {site})
                path = store.part(table, campaign, site, name)
                yield path, partial(_wordless, path, read, kept, entry)


def _wordless(path: Path, read: Callable[[], pd.DataFrame], kept: set[str], entry: Import) -> bytes:
    rows, table = read(), path.parents[2].name
    is_kept = pd.Series(False, index=rows.index)
    if table == "verbatims":
        is_kept = pd.Series([identifier(row) in kept for _, row in rows.iterrows()], rows.index)
    return encoded(path, emptied(table, rows, is_kept), entry)


def emptied(table: str, rows: pd.DataFrame, is_kept: pd.Series) -> pd.DataFrame:
    """Return rows of a table without what people wrote, but where it is kept: counts are the same.

    Parameters
    ----------
    table
        Its name.
    rows
        Some of its columns at least.
    is_kept
        Row by row.
    """
    empty = {
        name: rows[name].where(is_kept, pd.NA if column.nullable else "")
        for name, column in TABLES[table].columns.items()
        if column.is_free and name in rows
    }
    return rows.assign(**empty)
