"""Rows of a text file that have not the width of its headings: damaged, or without their empty end.

A workbook pads its rows by itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from qpref.intake.export import Export
from qpref.intake.rows import ReceivedRow, is_blank

_SHOWN = 6


def width_of(export: Export) -> int:
    """
    Return how many cells a row must have: up to the last heading.

    Columns without a heading, at the end, count when most rows fill them: else a row that does is
    one that an unquoted separator made wider.
    """
    width = max((c.index for c in export.columns if c.heading), default=0) + 1
    longer = (row.cells[width:] for row in export.rows if len(row.cells) > width)
    wide = sum(any(not is_blank(cell) for cell in cells) for cells in longer)
    return len(export.columns) if wide > len(export.rows) / 2 else width


def completed(export: Export) -> Export:
    """
    Return an export whose rows that lost their empty end are made whole, which it says.

    Some tools leave out the empty cells that end a row. They are told by this: no row ends with an
    empty cell, several are short, and no two that follow each other are one row cut in two. A file
    cut short, a line break outside quotation marks do not look like that: such rows stay as they
    are, to be quarantined.
    """
    rows, width = list(export.rows), width_of(export)
    short = [row for row in rows if len(row.cells) < width]
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


def _drops_ends(rows: Sequence[ReceivedRow], width: int) -> bool:
    if any(is_blank(row.cells[-1]) for row in rows if row.cells):
        return False
    sizes = [len(row.cells) for row in rows]
    return not any(
        first < width and second < width and first + second == width + 1
        for first, second in pairwise(sizes)
    )


def ragged(row: ReceivedRow, width: int, export: Export) -> str:
    """Say when a row has not the width of its heading."""
    if export.sheet.name or len(row.cells) == width:
        return ""
    if len(row.cells) > width and all(is_blank(cell) for cell in row.cells[width:]):
        return ""
    return f"{len(row.cells)} cellules au lieu de {width}."
