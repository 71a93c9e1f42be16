"""Questionnaires as received, in one shape for all sources."""

from dataclasses import dataclass, field

from qpref.intake.rows import Cell, Sheet

Key = tuple[str, str]  # question and option ("" when the question has no option)


@dataclass(frozen=True)
class Submission:
    """One questionnaire as received: its cells by question, its place, its own number."""

    line: int
    number: str
    cells: dict[Key, Cell]
    is_complete: bool = True
    digest: str = ""


@dataclass(frozen=True)
class Submissions:
    """The questionnaires of one sheet, and the heading of each column used."""

    kind: str
    sheet: Sheet
    headings: dict[Key, str]
    rows: list[Submission]
    places: dict[Key, int] = field(default_factory=dict)
    default_site: str | None = None
    is_fictional: bool = False
    warnings: list[str] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    personal_columns: list[str] = field(default_factory=list)
