"""
Layouts of keying sheets: which columns they hold, under which headings, in which order.

A layout is made from the reference data. `qpref.template` writes it, `qpref.intake` reads it and
`qpref.example` fills it: a heading, an instruction row or a code stands here and nowhere else.
What a cell means, and what happens to one that is not understood, is the reader's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "day", "number", "decimal"]

# Rows above the headings: « Site : Cahors », « Modèle qpref : avis, version 1a2b3c4d ».
SITE = "Site"
MODEL = "Modèle qpref"
FICTIONAL = "Données fictives"
_ONE_SITE_A_ROW = "Un site par ligne"
_JOINT = " — "  # between the merged heading of a group and the heading below


@dataclass(frozen=True)
class KeyedColumn:
    """
    One column of a keying sheet.

    Parameters
    ----------
    key, option
        Question, column of the mystery grid, criterion or count; box of a question that has some.
    headings
        The heading written, then the others by which the column is recognised.
    kind, choices
        What is keyed: the answers of a list, or any value of a kind.
    codes
        The figures of these answers on the paper form, which may be keyed too.
    most
        The highest number, for a mark.
    is_offered
        Whether a blank workbook has the column; the others are read when a file has them.
    is_required
        Whether a file without the column is refused.
    """

    key: str
    headings: tuple[str, ...]
    option: str = ""
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    most: int | None = None
    is_offered: bool = True
    is_required: bool = False

    @property
    def heading(self) -> str:
        """The heading that we write."""
        return self.headings[0]


@dataclass(frozen=True)
class Layout:
    """The columns of one sheet, in order, and the version of what they come from."""

    sheet: str
    columns: tuple[KeyedColumn, ...]
    version: str = ""

    @property
    def offered(self) -> list[KeyedColumn]:
        """The columns of a blank workbook."""
        return [column for column in self.columns if column.is_offered]

    @property
    def required(self) -> list[KeyedColumn]:
        """The columns without which a file is refused."""
        return [column for column in self.columns if column.is_required]

    def column(self, key: str) -> KeyedColumn:
        """Return a column by key."""
        return next(column for column in self.columns if column.key == key)

    def instructions(self, title: str, site: str = "") -> tuple[str, str, str]:
        """Return the rows above the headings: title, site, version."""
        place = stated(SITE, site) if site else _ONE_SITE_A_ROW
        return title, place, stated(MODEL, self.version)


def stated(label: str, value: str) -> str:
    """Return an instruction row."""
    return f"{label} : {value}"


def split_heading(heading: str) -> tuple[str, str]:
    """
    Return the group and the rest of a heading; no group when it has none.

    Examples
    --------
    >>> split_heading("Accueil — Courtoisie"), split_heading("Motif")
    (('Accueil', 'Courtoisie'), ('', 'Motif'))
    """
    group, joint, item = heading.partition(_JOINT)
    return (group, item) if joint else ("", heading)


def join_heading(group: str, item: str) -> str:
    """Return the heading of a column under a merged group; either may be empty."""
    return f"{group}{_JOINT}{item}" if group and item else item or group


def groups(headings: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Yield the merged headings: group, first and last column."""
    names = [split_heading(heading)[0] for heading in headings]
    start = 0
    for place, name in enumerate(names):
        if place + 1 == len(names) or names[place + 1] != name:
            if name:
                yield name, start, place
            start = place + 1
