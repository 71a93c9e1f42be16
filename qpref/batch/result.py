"""Outcome of one report: the files written or why it failed, its warnings, its cost."""

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from qpref.batch.plan import Report
from qpref.errors import QprefError


class NotebookError(QprefError):
    """A cell that failed; the executed notebook is kept."""


@dataclass(frozen=True)
class Cell:
    """A cell that was run: how many of the analyst's ran before it, its last line."""

    index: int
    source: str
    seconds: float


@dataclass(frozen=True)
class Result:
    """
    A report made, or in French why it was not; `warning` when its PDF alone is missing.

    `stages`: wall seconds of each part of the work; `cells`: the longest cells.
    """

    report: Report
    failure: str | None = None
    warning: str | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    stages: Mapping[str, float] = field(default_factory=dict)
    cells: tuple[Cell, ...] = ()


class Stages(dict[str, float]):
    """Wall seconds by part of the work."""

    @contextlib.contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add the time that passes to a part."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self[name] = self.get(name, 0.0) + time.perf_counter() - start
