"""An answer export of any source, before the questionnaire gives its columns a meaning."""

import html
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from qpref.intake.columns import Array, Cells, Rows, column_of
from qpref.intake.matching import as_text, normalise
from qpref.intake.personal import is_personal
from qpref.intake.rows import Cell, Sheet, is_blank
from qpref.intake.whole import Whole

LOOKED_AT = 2_000  # rows by whose cells a column is judged
UNREADABLE = "{unreadable}"  # stands for a box of an answer of which nothing was understood
NOT_ASKED = "{question_not_shown}"  # written by exports that tell « not shown » from « empty »


@dataclass(frozen=True)
class Column:
    """
    One column of an export.

    Parameters
    ----------
    index
        Its place in a row.
    heading
        Its text on one line, as received.
    code
        The source's own code, when it has one.
    role
        `question`, `numero`, `debut`, `fin`, `statut`, `langue`, `technique` or `personnel`.
    twin
        Its rank among the questions of one same heading, from 1; the heading of the second ends in
        « (2) », so that none is taken for another.
    missing
        Texts that the file declares to be no answer (« Sans objet », 99).
    """

    index: int
    heading: str
    code: str = ""
    role: str = "question"
    twin: int = 1
    missing: frozenset[str] = frozenset()

    @property
    def plain(self) -> str:
        """The heading as received, without its rank."""
        return self.heading.replace(f" ({self.twin})", "") if self.twin > 1 else self.heading


def numbered(columns: Sequence[Column]) -> list[Column]:
    """Return columns whose repeated headings are told apart: « … », « … (2) », « … (3) »."""
    seen: Counter[str] = Counter()
    taken = {normalise(column.heading) for column in columns}
    found = []
    for column in columns:
        name = normalise(column.heading)
        if column.role != "question" or not name:
            found.append(column)
            continue
        seen[name] += 1
        rank = seen[name]
        while rank > 1 and normalise(_ranked(column.heading, rank)) in taken:  # another's name
            seen[name] += 1
            rank = seen[name]
        found.append(replace(column, heading=_ranked(column.heading, rank), twin=rank))
    return found


def _ranked(heading: str, rank: int) -> str:
    """Return a heading with its rank, inside the brackets of an option: « q [o (2)] »."""
    if rank == 1:
        return heading
    return f"{heading[:-1]} ({rank})]" if heading.endswith("]") else f"{heading} ({rank})"


@dataclass(frozen=True)
class Export:
    """
    The answers of one sheet, column by column, and how the source says what it says.

    Parameters
    ----------
    kind
        Name of the format.
    sheet, columns, rows
        Where the answers are; `rows` are those below the heading.
    preamble
        Cells above the heading.
    complete
        Normalised texts of the `statut` column that mean « finished »; None when the
        `fin` column being filled means it; empty when every row is finished.
    zone
        Time zone of the moments; empty for local time.
    order
        Order of day and month that the format documents; empty when it has none.
    consulted
        Sheets read beside the answers (« information » of Sphinx).
    rows_above
        Rows above the headings.
    unstamped
        What the date columns begin with when the source stamps no date.
    is_keyed
        Whether forms are keyed on lines numbered beforehand, so that an empty one is no form.
    known_by_code
        Whether its users know the questions by their code.
    family
        What numbers its forms: two formats of one source share their numbers.
    whole
        What its rows are a part of.
    """

    kind: str
    sheet: Sheet
    columns: Sequence[Column]
    rows: Rows
    preamble: Sequence[Cell] = ()
    complete: frozenset[str] | None = frozenset()
    zone: str = ""
    order: str = ""
    consulted: frozenset[str] = frozenset()
    rows_above: int = 0
    unstamped: str = ""
    is_keyed: bool = False
    known_by_code: bool = False
    family: str = ""
    warnings: Sequence[str] = field(default_factory=tuple)
    whole: Whole = field(default_factory=Whole)

    def __post_init__(self) -> None:
        """Tell repeated headings apart, whatever the format, unless they are already."""
        if any(column.twin > 1 for column in self.columns):
            return
        object.__setattr__(self, "columns", numbered(self.columns))

    @cached_property
    def _roles(self) -> dict[str, Column]:
        return {column.role: column for column in reversed(self.columns)}

    def role(self, name: str) -> Column | None:
        """Return the column that plays a role, if any."""
        return self._roles.get(name)

    def cells(self, rows: Rows, role: str) -> Cells:
        """Return the column that plays a role, empty when there is none."""
        column = self.role(role)
        return column_of(rows, column.index) if column else Cells.same("", len(rows))

    def are_complete(self, rows: Rows) -> Array:
        """Return, for each row, whether it is a finished questionnaire."""
        complete = self.complete
        if complete is None:
            return self.cells(rows, "fin").filled()
        if not complete:
            return np.ones(len(rows), dtype=bool)
        return self.cells(rows, "statut").which(lambda cell: normalise(as_text(cell)) in complete)


_ERROR = re.compile(
    r"^(?:#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FORMULE!|N/D|VALEUR!"
    r"|NOM\?|NOMBRE!|NUL!)|Err:\d+)$"
)


def is_error(cell: Cell) -> bool:
    """Whether a cell holds what a spreadsheet writes when it fails: « #N/A », « #REF! »."""
    return isinstance(cell, str) and bool(_ERROR.match(cell.strip()))


def one_line(cell: Cell) -> str:
    """Return a heading as one line, its HTML entities read (some exports break them)."""
    if isinstance(cell, str) and cell.isalnum():
        return cell
    return " ".join(html.unescape(as_text(cell)).split()) if not is_blank(cell) else ""


def sample(rows: Rows, index: int) -> list[Cell]:
    """Return the cells by which a column is judged, in the order of rows."""
    return column_of(rows, index).taken(slice(LOOKED_AT)).listed()


def columns_by_heading(
    headings: Sequence[Cell], roles: dict[str, str], rows: Rows = ()
) -> list[Column]:
    """
    Return the columns of a heading row.

    Parameters
    ----------
    headings
        Cells of the row.
    roles
        Role by normalised heading; other columns are questions, or personal.
    rows
        Rows below, by whose cells an unnamed personal column is known.
    """
    found = []
    for index, cell in enumerate(headings):
        text = one_line(cell)
        role = roles.get(normalise(text), "")
        if not role:
            role = "personnel" if is_personal(text, sample(rows, index)) else "question"
        found.append(Column(index, text, role=role))
    return found
