"""Describe a column of a canonical table: type, meaning, allowed values."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from qpref.lazy import lazy

if TYPE_CHECKING:
    import pandera.pandas as pa
else:
    pa = lazy("pandera.pandas")

STRING = "string[python]"


def _all_match(pattern: str, values: pd.Series) -> bool:
    """Whether the texts of a column follow a pattern; each is looked at once."""
    return all(re.match(pattern, text) for text in values.unique())


@dataclass(frozen=True)
class CanonicalColumn:
    """
    A column: its type, its meaning, and what its values may be.

    One `is_free` holds a text as somebody wrote it: masked, it may still tell who wrote it. Tables
    older than the layout `since` which it is stored lack it: there it is missing.
    """

    dtype: str
    meaning: str
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    least: float | None = None
    most: float | None = None
    nullable: bool = False
    unique: bool = False
    is_free: bool = False
    since: int = 0

    @property
    def is_coded(self) -> bool:
        """Whether each distinct text is stored once."""
        return self.dtype == "category"

    def why_refused(self, values: pd.Categorical) -> str:
        """Return what this column may not hold among texts stored once each, or nothing."""
        if not self.nullable and (values.codes < 0).any():
            return "is missing somewhere"
        others = self._others(values.categories)
        used = others & set(values.unique()) if others else others
        return f"may not be {sorted(used)}" if used else ""

    def _others(self, texts: Iterable[str]) -> set[str]:
        """Return those of some texts that this column may not hold."""
        if self.allowed:
            return set(texts) - set(self.allowed)
        if self.pattern:
            return {text for text in texts if not re.match(self.pattern, text)}
        return set()

    @property
    def checked(self) -> "pa.Column":
        """The column as pandera checks it; its type is what `conform` has just made of it."""
        checks = []
        if self.allowed:
            checks.append(pa.Check.isin(self.allowed))
        if self.pattern:
            checks.append(pa.Check(partial(_all_match, self.pattern), error=self.pattern))
        if self.least is not None:
            checks.append(pa.Check.ge(self.least))
        if self.most is not None:
            checks.append(pa.Check.le(self.most))
        return pa.Column(None, checks, nullable=self.nullable, unique=self.unique)


@dataclass(frozen=True)
class CanonicalTable:
    """The columns of a table, in order, and those that tell its rows apart."""

    columns: Mapping[str, CanonicalColumn]
    unique: tuple[str, ...] = ()


def text(meaning: str, *allowed: str, nullable: bool = False) -> CanonicalColumn:
    """Return the column of a short text, as the program or a file writes it."""
    return CanonicalColumn(STRING, meaning, allowed, nullable=nullable)


def free(meaning: str, *, nullable: bool = False) -> CanonicalColumn:
    """Return the column of a text in the words of somebody."""
    return CanonicalColumn(STRING, meaning, nullable=nullable, is_free=True)


def category(meaning: str, *allowed: str, nullable: bool = False) -> CanonicalColumn:
    """Return the column of a text stored once for all its rows."""
    return CanonicalColumn("category", meaning, allowed, nullable=nullable)


def slug(meaning: str, *, nullable: bool = False) -> CanonicalColumn:
    """Return the column of an identifier."""
    return CanonicalColumn(STRING, meaning, pattern=r"^[a-z0-9_\-]+$", nullable=nullable)


def optional(meaning: str, dtype: str = STRING, since: int = 0) -> CanonicalColumn:
    """Return the column of something that may be missing, in all tables of older layouts too."""
    return CanonicalColumn(dtype, meaning, nullable=True, since=since)


def day(meaning: str, *, nullable: bool = False) -> CanonicalColumn:
    """Return the column of a day."""
    return CanonicalColumn("datetime64[ns]", meaning, nullable=nullable)


def count(meaning: str, least: int = 0) -> CanonicalColumn:
    """Return the column of a whole number, of something counted."""
    return CanonicalColumn("int64", meaning, least=least)
