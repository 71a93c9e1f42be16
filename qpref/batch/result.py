"""What a report made or not leaves: its failure, its cost."""

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import nbformat

from qpref.batch.plan import Report

_MOST = 3  # cells told of each report


@dataclass(frozen=True)
class Cell:
    """A cell that was run: its index in the notebook with its parameters, its last line."""

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


def longest(executed: nbformat.NotebookNode) -> tuple[Cell, ...]:
    """Return the cells of an executed notebook that took longest, the longest first."""
    cells = [
        Cell(index, cell.source.strip().splitlines()[-1], float(cell.metadata.papermill.duration))
        for index, cell in enumerate(executed.cells)
        if cell.cell_type == "code" and cell.source.strip()
    ]
    return tuple(sorted(cells, key=lambda cell: -cell.seconds)[:_MOST])
