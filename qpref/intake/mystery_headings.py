"""
What the columns of a mystery workbook laid out by its users seem to be, by heading and values.

Nothing here reads a survey: it only proposes, for `mystery_draft`, what a person then confirms.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from qpref.intake.common import column_names
from qpref.intake.dates import read_moment
from qpref.intake.matching import as_text, normalise
from qpref.intake.rows import Cell, ReceivedRow, Sheet, is_blank
from qpref.intake.values import read_number

_SEARCHED_ROWS = 10
# The first that fits is taken: a reply before a date, a reason of exclusion before an exclusion.
_KEYS = (
    ("canal_reponse", r"canal.*reponse|reponse par\b"),
    ("repondu_le", r"(repon|retour).* le$|(repondu|recue?) le|date.*(reponse|retour)"),
    ("motif_exclusion", r"motif.*(exclu|ecart)"),
    ("exclu", r"^(a )?(exclu|ecart)"),
    ("double_de", r"second avis|double (codage|avis)"),
    ("sonneries", r"sonnerie"),
    ("abouti", r"\baboutie?\b"),
    ("prevu_le", r"prevue? le|date prevue"),
    ("moment_prevu", r"moment prevu"),
    ("canal", r"^canal\b|^(mode|moyen|type) de contact"),
    ("site", r"^(site|implantation|lieu d accueil)\b"),
    ("scenario", r"scenario"),
    ("evaluateur", r"evaluat(eur|rice)|enquet(eur|rice)|client mystere|test(eur|euse)"),
    ("envoye_le", r"^date\b|^jour$|^(envoye|contacte|appele|visite)e? le$"),
    ("service", r"^(service|bureau)\b"),
    ("numero", r"^(n|no|n°|num|numero|ref|reference|id)( .{0,20})?$"),
    ("commentaire", r"commentaire|observation|remarque"),
)
_DATES = {"envoye_le", "repondu_le"}
# Headings of numbers that are no mark: what they count is not known.
_COUNTED = re.compile(r"\b(delai|duree|temps|attente|minutes?|heures?|jours?|nombre|nb|age)\b")
_OUT_OF = re.compile(r"(?:/|\bsur)\s*(\d{1,4})\b")
_USUAL_MARKS = (5, 10, 20, 100, 1000)
_MOST_ANSWERS = 6


@dataclass(frozen=True)
class FoundColumn:
    """
    A column of a sheet: its heading, its cells under it, and what it seems to be.

    `key`: a column of the grid; else `highest`, of a mark; else `answers`, of a judgement. A column
    of none is not taken.
    """

    heading: str
    cells: list[Cell]
    key: str = ""
    highest: int = 0
    answers: tuple[str, ...] = ()

    @property
    def is_keyed(self) -> bool:
        """Whether it seems to hold a criterion."""
        return bool(self.highest or self.answers)


@dataclass(frozen=True)
class FoundSheet:
    """A sheet that holds contacts, its columns, and why some of them are left out."""

    name: str
    columns: list[FoundColumn]
    left_out: list[str] = field(default_factory=list)

    def column(self, key: str) -> FoundColumn | None:
        """Return the column of a key, if the sheet has one."""
        return next((column for column in self.columns if column.key == key), None)


def found_sheet(sheet: Sheet) -> FoundSheet | None:
    """Return what the columns of a sheet seem to be; None when no contact is dated in it."""
    rows = sheet.rows[:_SEARCHED_ROWS]
    ranks = [sum(bool(_key(text)) for text in column_names(row.cells)) for row in rows]
    if not ranks or not max(ranks):
        return None
    last = ranks.index(max(ranks))
    texts = column_names(rows[last].cells)
    dates = [place for place, text in enumerate(texts) if _key(text) == "envoye_le"]
    contacts = [row for row in sheet.rows[last + 1 :] if dates and _is_date(row.at(dates[0]))]
    return FoundSheet(sheet.name, *_columns(texts, contacts)) if contacts else None


def _columns(
    texts: Sequence[str], rows: Sequence[ReceivedRow]
) -> tuple[list[FoundColumn], list[str]]:
    """Return the columns, and a sentence on each that is left out."""
    plain = [normalise(text) for text in texts]
    found: list[FoundColumn] = []
    left_out: list[str] = []
    for place, text in enumerate(texts):
        cells = [row.at(place) for row in rows]
        if not text:
            continue
        if plain.count(plain[place]) > 1:
            left_out.append(f"« {text} » : plusieurs colonnes ont cet intitulé, renommez-les")
            continue
        column = _column(text, cells, {own.key for own in found})
        if column.key or column.is_keyed:
            found.append(column)
        else:
            left_out.append(f"« {text} » : ni colonne connue, ni note, ni jugement reconnu")
    return found, left_out


def _column(text: str, cells: list[Cell], taken: set[str]) -> FoundColumn:
    key, filled = _key(text), [cell for cell in cells if not is_blank(cell)]
    if key in _DATES and not all(map(_is_date, filled)):
        key = ""
    if key:
        return FoundColumn(text, cells, "" if key in taken else key)
    marks = _marks(filled)
    if marks is not None and not {mark for mark, _ in marks} <= {0, 1}:
        return FoundColumn(text, cells, highest=_highest(text, marks))
    answers = tuple(dict.fromkeys(as_text(cell) for cell in filled))
    is_short = len({normalise(answer) for answer in answers}) <= _MOST_ANSWERS
    return FoundColumn(text, cells, answers=answers if is_short else ())


def _key(text: str) -> str:
    """Return the column of the grid that a heading seems to be, none when it is another."""
    plain = normalise(text)
    return next((key for key, form in _KEYS if plain and re.search(form, plain)), "")


def _is_date(cell: Cell) -> bool:
    try:
        return read_moment(cell) is not None
    except ValueError:
        return False


def _marks(filled: Iterable[Cell]) -> list[tuple[float, int]] | None:
    """Return the numbers of a column, each with what it says to be out of (0: it does not)."""
    found = []
    for cell in filled:
        mark, _, out_of = as_text(cell).partition("/")
        try:
            found.append((read_number(mark) or 0.0, int(read_number(out_of) or 0)))
        except ValueError:
            return None
    return found


def _highest(heading: str, marks: Sequence[tuple[float, int]]) -> int:
    """Return the highest mark of a column: stated, or the least usual; 0 of what is no mark."""
    best, least = max(mark for mark, _ in marks), min(mark for mark, _ in marks)
    stated = [int(found[1]) for found in [_OUT_OF.search(heading)] if found]
    stated += [out_of for _, out_of in marks if out_of]
    if least < 0 or (stated and max(stated) < best):
        return 0
    if stated:
        return max(stated)
    is_counted = _COUNTED.search(normalise(heading))
    return 0 if is_counted else next((usual for usual in _USUAL_MARKS if usual >= best), 0)
