"""Parts of a table, read together."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from qpref.errors import StorageError
from qpref.schema import TABLES, typed
from qpref.store import parts


def _together(tables: list[pa.Table]) -> pd.DataFrame:
    if len({tuple(map(pa.types.is_dictionary, one.schema.types)) for one in tables}) > 1:
        rows: list[pd.DataFrame] = [one.to_pandas() for one in tables]  # of two versions
        return pd.concat(rows)
    if len(tables) == 1:
        own: pd.DataFrame = tables[0].to_pandas()
        return own
    wide = [parts.widened(one) for one in tables]
    is_alike = all(one.schema.equals(wide[0].schema) for one in wide)
    how = "none" if is_alike else "permissive"  # which is slow
    joined = pa.concat_tables(wide, promote_options=how).unify_dictionaries()
    found: pd.DataFrame = joined.to_pandas()
    kinds = {str(name): kind for name, kind in found.dtypes.items()}
    coded = [name for name, kind in kinds.items() if isinstance(kind, pd.CategoricalDtype)]
    unordered = {
        name: _ranged(found[name])
        for name in coded
        if not found[name].cat.categories.is_monotonic_increasing
    }
    return found.assign(**unordered) if unordered else found


def _ranged(column: pd.Series) -> pd.Series:
    """Return a column whose categories are in the order of the alphabet: not that of the files."""
    known = column.cat.categories
    order = np.argsort(known.to_numpy(dtype=object))
    ranks = np.append(np.argsort(order), -1)  # the last, of a missing value
    ordered = pd.Categorical.from_codes(ranks[column.cat.codes], known[order])
    return pd.Series(ordered, column.index, name=column.name)


def joined(table: str, found: list[pa.Table]) -> pd.DataFrame:
    """Return parts as one table; their values were checked when they were written."""
    try:
        return typed(table, _together(found) if found else [])
    except (KeyError, TypeError, ValueError, pa.ArrowException) as error:
        raise StorageError(
            f"La table « {table} » est abîmée, ou d’une autre version de qpref.",
            "Réimportez les fichiers reçus : qpref importer FICHIER… --campagne CAMPAGNE.",
        ) from error


def joined_apart(table: str, found: Mapping[str, Sequence[pa.Table]]) -> dict[str, pd.DataFrame]:
    """
    Return the parts of each of some sites, as `joined` does of one.

    All become one table, cut again: pandas takes as long for the parts of a site as for all. Of
    texts stored once each, every site keeps those that its rows have, by alphabet.
    """
    if len(found) <= 1:
        return {site: joined(table, [*own]) for site, own in found.items()}
    whole = joined(table, [one for own in found.values() for one in own])
    ends = np.cumsum([sum(map(len, own)) for own in found.values()]).tolist()
    spans = dict(zip(found, zip([0, *ends], ends, strict=False), strict=True))
    coded = [name for name, one in TABLES[table].columns.items() if one.is_coded]
    texts = {name: (whole[name].cat.categories, whole[name].cat.codes.to_numpy()) for name in coded}
    rest = whole.drop(columns=coded)
    pieces = {
        site: rest.iloc[start:end].reset_index(drop=True).assign(
            **{name: _own(known, codes[start:end]) for name, (known, codes) in texts.items()}
        )
        for site, (start, end) in spans.items()
    }  # fmt: skip
    return {site: piece[[*whole]] for site, piece in pieces.items()} if coded else pieces


def _own(known: pd.Index, codes: npt.NDArray[np.integer[Any]]) -> pd.Categorical:
    """Return some rows of a coded column, without the texts that none of them has."""
    places = codes.astype(np.intp)  # −1 of a missing value: the last
    used = np.flatnonzero(np.bincount(places + 1, minlength=len(known) + 1)[1:])
    own = np.full(len(known) + 1, -1)
    own[used] = np.arange(len(used))
    return pd.Categorical.from_codes(own[places], known[used], validate=False)
