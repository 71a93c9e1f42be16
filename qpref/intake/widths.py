"""Handle rows whose width differs from that of the headings: damaged, or cut short.

A workbook pads its rows by itself.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from qpref.intake.columns import Array, ReceivedTable, Rows, widths_of
from qpref.intake.export import LOOKED_AT, Export
from qpref.intake.rows import is_blank

_SHOWN = 6


def width_of(export: Export) -> int:
    """
    Return how many cells a row must have: up to the last heading.

    Columns without a heading, at the end, count when most rows fill them, of those by which columns
    are judged: else a row that does is one that an unquoted separator made wider.
    """
    width = max((c.index for c in export.columns if c.heading), default=0) + 1
    judged = export.rows[:LOOKED_AT]
    wide = int(_filled_beyond(judged, width).sum())
    return len(export.columns) if wide > len(judged) / 2 else width


def _filled_beyond(rows: Rows, width: int) -> Array:
    """Return, for each row, whether it holds something beyond a width."""
    if isinstance(rows, ReceivedTable):
        found = np.zeros(len(rows), dtype=bool)
        for cells in rows.columns[width:]:
            found |= cells.filled()
        return found
    every = [any(not is_blank(cell) for cell in row.cells[width:]) for row in rows]
    return np.array(every, dtype=bool)


def completed(export: Export) -> Export:
    """
    Return an export whose rows that lost their empty end are made whole, which it says.

    Some tools leave out the empty cells that end a row. They are told by this: no row ends with an
    empty cell, several are short, and no two that follow each other are one row cut in two. A file
    cut short, a line break outside quotation marks do not look like that: such rows stay as they
    are, to be quarantined.
    """
    rows, width = export.rows, width_of(export)
    short = [rows[place] for place in np.flatnonzero(widths_of(rows) < width).tolist()]
    if export.sheet.name or len(short) < 2 or not _drops_ends(rows, width):  # noqa: PLR2004
        return export
    lines = ", ".join(str(row.line) for row in short[:_SHOWN])
    more = ", …" if len(short) > _SHOWN else ""
    said = (
        f"{len(short)} ligne(s) sans leurs dernières cellules, lues comme vides : lignes "
        f"{lines}{more}"
    )
    whole = [
        replace(row, cells=[*row.cells, *[""] * (width - len(row.cells))])
        if len(row.cells) < width
        else row
        for row in rows
    ]
    return replace(export, rows=whole, warnings=[*export.warnings, said])


def _drops_ends(rows: Rows, width: int) -> bool:
    if any(is_blank(row.cells[-1]) for row in rows if row.cells):
        return False
    sizes = [len(row.cells) for row in rows]
    return not any(
        first < width and second < width and first + second == width + 1
        for first, second in pairwise(sizes)
    )


def ragged(export: Export, width: int) -> dict[int, str]:
    """Say which rows, by their place, have not the width of their heading."""
    if export.sheet.name:
        return {}
    sizes = widths_of(export.rows)
    found = np.flatnonzero((sizes < width) | _filled_beyond(export.rows, width)).tolist()
    return {place: f"{sizes[place]} cellules au lieu de {width}." for place in found}
