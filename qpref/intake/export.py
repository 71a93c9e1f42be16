"""An answer export of any source, before the questionnaire gives its columns a meaning."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from qpref.intake.matching import as_text, normalise
from qpref.intake.rows import Cell, ReceivedRow, Sheet, is_blank

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
        `question`, `numero`, `debut`, `fin`, `statut`, `technique` or `personnel`.
    """

    index: int
    heading: str
    code: str = ""
    role: str = "question"


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
    month_first
        Whether its texts write MM-DD-YY.
    unstamped
        What the date columns begin with when the source stamps no date.
    is_keyed
        Whether forms are keyed on lines numbered beforehand, so that an empty one is no form.
    known_by_code
        Whether its users know the questions by their code.
    family
        What numbers its forms: two formats of one source share their numbers.
    """

    kind: str
    sheet: Sheet
    columns: Sequence[Column]
    rows: Sequence[ReceivedRow]
    preamble: Sequence[Cell] = ()
    complete: frozenset[str] | None = frozenset()
    zone: str = ""
    month_first: bool = False
    unstamped: str = ""
    is_keyed: bool = False
    known_by_code: bool = False
    family: str = ""
    warnings: Sequence[str] = field(default_factory=tuple)

    @cached_property
    def _roles(self) -> dict[str, Column]:
        return {column.role: column for column in reversed(self.columns)}

    def role(self, name: str) -> Column | None:
        """Return the column that plays a role, if any."""
        return self._roles.get(name)

    def cell(self, row: ReceivedRow, role: str) -> Cell:
        """Return the cell that plays a role in a row, empty when there is none."""
        column = self.role(role)
        return row.at(column.index) if column else ""

    def is_complete(self, row: ReceivedRow) -> bool:
        """Whether a row is a finished questionnaire."""
        if self.complete is None:
            return not is_blank(self.cell(row, "fin"))
        return not self.complete or normalise(as_text(self.cell(row, "statut"))) in self.complete


_PERSONAL_HEADINGS = {
    "adresse ip", "ip", "ip address", "ipaddr", "ip adresse", "adresse e mail", "adresse email",
    "adresse mail", "email", "e mail", "mail", "courriel", "votre courriel", "votre email",
    "adresse electronique", "adresse de messagerie", "email address", "contact email", "nom",
    "name", "prenom", "nom et prenom", "nom prenom", "votre nom", "votre prenom", "first name",
    "last name", "telephone", "tel", "numero de telephone", "phone", "phone number", "firstname",
    "lastname", "nom d utilisateur", "username", "token", "code d acces", "nom de famille",
    "attribute 1", "adresse postale", "adresse", "respondent id",
}  # fmt: skip
_PERSONAL_STARTS = (
    "votre adresse electronique",
    "votre adresse e mail",
    "votre numero de telephone",
)
_ADDRESS = re.compile(r"^[\w.+\-]+@[\w\-]+(\.[\w\-]+)+$")
_PHONE = re.compile(r"^\+?\d(?:[\s.\-]?\d){8,}$")
_OFTEN = 0.3


def is_personal(heading: str, cells: Sequence[Cell] = ()) -> bool:
    """
    Whether a column holds personal data, by its heading or by what its cells look like.

    Examples
    --------
    >>> is_personal("Adresse IP"), is_personal("Accueil au téléphone")
    (True, False)
    >>> is_personal("Contact", ["a@exemple.invalid", "01 99 00 12 34", "non"])
    True
    """
    name = normalise(heading.replace("_", " "))
    if name in _PERSONAL_HEADINGS or name.startswith(_PERSONAL_STARTS):
        return True
    texts = [as_text(cell) for cell in cells if not is_blank(cell)]
    found = sum(bool(_ADDRESS.match(text) or _PHONE.match(text)) for text in texts)
    return bool(texts) and found >= _OFTEN * len(texts)


def one_line(cell: Cell) -> str:
    """Return a heading as one line."""
    return " ".join(as_text(cell).split()) if not is_blank(cell) else ""


def columns_by_heading(
    headings: Sequence[Cell], roles: dict[str, str], rows: Sequence[ReceivedRow] = ()
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
        cells = [row.cells[index] for row in rows[:200] if index < len(row.cells)]
        role = roles.get(normalise(text), "")
        if not role:
            role = "personnel" if is_personal(text, cells) else "question"
        found.append(Column(index, text, role=role))
    return found
