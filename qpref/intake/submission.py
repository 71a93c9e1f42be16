"""Questionnaires as received, column by column, in one shape for all sources."""

from dataclasses import dataclass, field

from qpref.intake.columns import Array, Cells
from qpref.intake.rows import Cell, Sheet

Key = tuple[str, str]  # question and option ("" when the question has no option)


@dataclass(frozen=True)
class Submissions:
    """
    The questionnaires of one sheet.

    Parameters
    ----------
    kind, sheet
        Format, and where the rows are.
    lines, numbers, complete
        For each questionnaire: its line, its own number, whether it is finished.
    cells
        For each question and option, the cells in the same order.
    headings, places
        Heading and index of each column used.
    """

    kind: str
    sheet: Sheet
    lines: list[int]
    numbers: list[str]
    complete: list[bool]
    cells: dict[Key, Cells]
    headings: dict[Key, str]
    places: dict[Key, int] = field(default_factory=dict)
    family: str = ""  # what numbers them, when several formats share their numbers
    default_site: str | None = None
    is_keyed: bool = False  # by hand, from paper forms
    has_codes: bool = False  # in our workbook, beside a form that prints a figure by each answer
    is_fictional: bool = False
    warnings: list[str] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    absent_questions: list[str] = field(default_factory=list)
    personal_columns: list[str] = field(default_factory=list)
    rows_above: int = 0
    latest: Array | None = None  # whether each is the one to keep of its number, if it is known
    part: str = ""  # tells apart sheets whose numbers begin again

    def cell(self, key: Key, row: int) -> Cell:
        """Return one cell, empty when the question has no column."""
        return self.cells[key][row] if key in self.cells else ""
