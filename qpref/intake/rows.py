"""Rows of cells with their place: what every reader gives, nothing interpreted."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

Cell = Any  # str for a text file; str, float, bool, date, datetime… for a workbook; "" when empty


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """The cells of one row, the physical line where it begins (from 1), what damages it."""

    line: int
    cells: list[Cell]
    problem: str = ""

    def at(self, place: int) -> Cell:
        """Return the cell at a place (from 0); empty beyond the end of a short row."""
        return self.cells[place] if place < len(self.cells) else ""


@dataclass(frozen=True)
class Sheet:
    """
    A text file (name empty) or one visible sheet of a workbook.

    `missing` has, by place, what a column declares to be no answer (SPSS).
    """

    name: str
    rows: Sequence[ReceivedRow]
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    missing: Mapping[int, frozenset[str]] = field(default_factory=dict)


# Corrected cells of one file: (sheet, line, column from 1) -> value.
Corrections = Mapping[tuple[str, int, int], str]


@dataclass(frozen=True)
class ReceivedFile:
    """One received file, read but not interpreted."""

    name: str
    sha256: str
    sheets: list[Sheet]
    encoding: str = ""
    separator: str = ""
    warnings: list[str] = field(default_factory=list)
    corrections: str = ""  # digest of the cells corrected by a person
    hidden: list[str] = field(default_factory=list)  # sheets that the workbook hides, not read

    @property
    def is_workbook(self) -> bool:
        """Whether the rows come from a workbook."""
        return bool(self.sheets and self.sheets[0].name)

    def corrected(self, corrections: Corrections) -> "ReceivedFile":
        """Return the file with some cells replaced by what an analyst wrote."""
        if not corrections:
            return self
        sheets = [
            replace(sheet, rows=[_corrected(sheet.name, row, corrections) for row in sheet.rows])
            for sheet in self.sheets
        ]
        count = f"{len(corrections)} cellule(s) corrigée(s) par la cellule qualité"
        digest = hashlib.sha256(repr(sorted(corrections.items())).encode()).hexdigest()[:8]
        return replace(self, sheets=sheets, warnings=[*self.warnings, count], corrections=digest)


def _corrected(sheet: str, row: ReceivedRow, corrections: Corrections) -> ReceivedRow:
    cells = [
        corrections.get((sheet, row.line, place), cell)
        for place, cell in enumerate(row.cells, start=1)
    ]
    return replace(row, cells=cells)


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing (white space counts as nothing)."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
