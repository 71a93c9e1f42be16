"""What all the rows of a file tell together, when they are read some at a time."""

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo

import numpy as np

from qpref.intake.conventions import Convention

Unusable = tuple[dict[int, str], dict[int, tuple[str, str]]]
Site = tuple[str | None, list[str]]  # of a file whose questionnaire asks for none, and what to say


@dataclass(eq=False)
class Whole:
    """
    The file that some rows are a part of.

    What is counted grows from one part to the next: of the last, it is what the whole file holds.

    Parameters
    ----------
    orders
        How the dates of each column are written, None where all are stamps; decided by all the
        rows. None when the rows at hand are the whole file.
    width
        How many cells a row must have; 0 to find it by the rows at hand.
    site
        What `site_column.default_site` found in the whole file.
    tallies
        How often each text stands in a column of few texts.
    latest
        Whether each questionnaire, in the order of the file, is the one to keep of its number.
    unusable
        Of each part, the rows that are damaged and those that are no questionnaires, and why.
    """

    orders: dict[int, Convention | None] | None = None
    width: int = 0
    site: Site | None = None
    tallies: dict[int, Counter[str]] | None = None
    latest: np.ndarray | None = None
    unusable: Iterator[Unusable] = field(default_factory=lambda: iter(()))
    _read: int = 0
    _totals: Counter[Hashable] = field(default_factory=Counter)
    _zones: dict[int, set[tzinfo]] = field(default_factory=dict)

    @property
    def is_parted(self) -> bool:
        """Whether the rows at hand are a part of the file."""
        return self.orders is not None

    def total(self, name: Hashable, count: int) -> int:
        """Return how many there are of something, so far."""
        self._totals[name] += count
        return self._totals[name]

    def zones(self, index: int) -> set[tzinfo]:
        """Return the zones in which the moments of a column were told, so far."""
        return self._zones.setdefault(index, set())

    def next_latest(self, count: int) -> np.ndarray | None:
        """Return whether the next questionnaires are the ones to keep of their number."""
        if self.latest is None:
            return None
        start, self._read = self._read, self._read + count
        return self.latest[start : self._read]
