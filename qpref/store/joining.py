"""Parts of a table, read together."""

import pandas as pd
import pyarrow as pa

from qpref.errors import StorageError
from qpref.schema import typed
from qpref.store import parts


def _together(tables: list[pa.Table]) -> pd.DataFrame:
    if len({tuple(map(pa.types.is_dictionary, one.schema.types)) for one in tables}) > 1:
        rows: list[pd.DataFrame] = [one.to_pandas() for one in tables]  # of two versions
        return pd.concat(rows)
    if len(tables) == 1:
        own: pd.DataFrame = tables[0].to_pandas()
        return own
    wide = [parts.widened(one) for one in tables]
    joined = pa.concat_tables(wide, promote_options="permissive").unify_dictionaries()
    found: pd.DataFrame = joined.to_pandas()
    return found.assign(
        **{str(name): _ranged(found[name]) for name in found.select_dtypes("category")}
    )


def _ranged(column: pd.Series) -> pd.Series:
    """Return a column whose categories are in the order of the alphabet: not that of the files."""
    known = column.cat.categories
    return column if known.is_monotonic_increasing else column.cat.reorder_categories(sorted(known))


def joined(table: str, found: list[pa.Table]) -> pd.DataFrame:
    """Return parts as one table; their values were checked when they were written."""
    try:
        return typed(table, _together(found) if found else [])
    except (KeyError, TypeError, ValueError, pa.ArrowException) as error:
        raise StorageError(
            f"La table « {table} » est abîmée, ou d’une autre version de qpref.",
            "Réimportez les fichiers reçus : qpref importer FICHIER… --campagne CAMPAGNE.",
        ) from error
