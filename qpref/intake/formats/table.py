"""Tables keyed by hand, or of no known source: preamble, merged headings, totals."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

import numpy as np

from qpref.intake.columns import (
    Array,
    Cells,
    ReceivedTable,
    Rows,
    column_of,
    problems_of,
    taken,
    widths_of,
)
from qpref.intake.dates import DAY_FIRST, read_moment
from qpref.intake.export import Column, Export, columns_by_heading, one_line
from qpref.intake.matching import as_text, normalise
from qpref.intake.rows import Cell, ReceivedFile, Sheet, is_blank
from qpref.intake.values import read_number
from qpref.layout import MODEL, join_heading

KIND = "guichet"
NAMES = {KIND: "questionnaires papier saisis au guichet"}
_SEARCHED_ROWS = 15
_RECOGNISED = 0.6
_FILLED = 0.8
_YEARS = (1990, 2099)
_SAMPLE = 30  # rows looked at to tell a heading
_DAY = 8  # letters of a date, at least
_BAND = 3  # columns under one text, at least


def read_keyed(file: ReceivedFile, known: set[str], wanted: int) -> list[Export]:
    """
    Return the sheets whose headings are those of the questionnaire.

    Parameters
    ----------
    file
        A workbook or a text file.
    known
        Normalised headings of the questionnaire.
    wanted
        How many columns it has; 60 % of them must be recognised.
    """
    exports = []
    for sheet in file.sheets:
        place, texts, found = _best_heading(sheet, known)
        if found >= _RECOGNISED * wanted and found > 0:
            exports.append(replace(_export(sheet, place, texts, KIND), is_keyed=True))
    return exports


def read_any(file: ReceivedFile) -> list[Export]:
    """Return the sheets that look like tables, headed by their first full row of names."""
    return [export for sheet in file.sheets if (export := _any_table(sheet))]


def _any_table(sheet: Sheet) -> Export | None:
    heads = {
        place: sum(map(bool, _headings(sheet, place)))
        for place, row in enumerate(sheet.rows[:_SEARCHED_ROWS])
        if _are_names([cell for cell in row.cells if not is_blank(cell)])
    }
    if not heads:
        return None
    widest = max(heads.values())
    place = next(place for place, width in heads.items() if width >= _FILLED * widest)
    if place + 1 < len(sheet.rows) and _is_band(sheet, place):
        place += 1
    return _export(sheet, place, _headings(sheet, place), "tableau")


def _headings(sheet: Sheet, place: int) -> list[str]:
    """Return the texts of a row; under a merged cell, those of the two rows together."""
    row = sheet.rows[place]
    merged = place and any(top == row.line - 2 for (top, _), _ in sheet.merged)
    return _grouped(sheet, place) if merged else [one_line(cell) for cell in row.cells]


def _is_band(sheet: Sheet, place: int) -> bool:
    """
    Whether a row repeats a few texts over the columns, above their headings.

    Headings are all different, and no answer below is its heading, unless a tick repeats it.
    """
    above, row, *below = ([*map(one_line, r.cells)] for r in sheet.rows[place : place + _SAMPLE])
    groups, texts = list(filter(None, above)), list(filter(None, row))
    if len(texts) < max(len(groups), _BAND * len(set(groups))) or len(set(texts)) < len(texts):
        return False
    columns = zip_longest(*below, fillvalue="")
    answers = [{*filter(None, column)} for column in columns]
    return _are_names(texts) and not any(
        text in given and len(given) > 1 for text, given in zip(row, answers, strict=False)
    )


def _are_names(cells: Sequence[Cell]) -> bool:
    """Whether cells may head columns: texts that are no number or date, or years after a text."""
    if not cells:
        return False
    if any(map(_is_day, cells)):  # an answer
        return False
    names = [isinstance(cell, str) and not _is_value(cell) for cell in cells]
    if sum(names) >= _FILLED * len(cells):
        return True
    return names[0] and all(name or _is_year(cell) for name, cell in zip(names, cells, strict=True))


def _is_value(text: str) -> bool:
    """Whether a text is a number or a moment, as answers are and headings are not."""
    for reader in (read_number, read_moment):
        try:
            if reader(text) is not None:
                return True
        except (ValueError, OverflowError):
            continue
    return False


def _is_day(cell: Cell) -> bool:
    """Whether a cell is a whole date, which heads no column of answers."""
    text = as_text(cell)
    return len(text) >= _DAY and not text.isdigit() and _is_moment(text)


def _is_moment(text: str) -> bool:
    try:
        return read_moment(text) is not None
    except (ValueError, OverflowError):
        return False


def _is_year(cell: Cell) -> bool:
    first, last = _YEARS
    text = as_text(cell)
    return text.isdigit() and first <= int(text) <= last


def _export(sheet: Sheet, place: int, texts: Sequence[str], kind: str, order: str = "") -> Export:
    preamble = [cell for row in sheet.rows[:place] for cell in row.cells]
    rows = sheet.rows[place + 1 :]
    columns = columns_by_heading(texts, {}, rows)
    own = any(as_text(cell).startswith(MODEL) for cell in preamble)  # dates are keyed as dates
    order = DAY_FIRST if own else ""
    return Export(kind, sheet, columns, rows, preamble, order=order, rows_above=place)


def _best_heading(sheet: Sheet, known: set[str]) -> tuple[int, list[str], int]:
    """Return the heading row that the dictionary knows best, alone or with its group."""
    best: tuple[int, list[str], int] = (0, [], 0)
    for index, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        choices = [[one_line(cell) for cell in row.cells]]
        if index:
            choices.append(_grouped(sheet, index))
        for texts in choices:
            found = len({normalise(text) for text in texts} & known)
            if found > best[2]:
                best = (index, texts, found)
    return best


def _grouped(sheet: Sheet, index: int) -> list[str]:
    """Return the headings of a row, prefixed by the merged group above: « group — item »."""
    row, above = sheet.rows[index], sheet.rows[index - 1]
    texts = [one_line(cell) for cell in row.cells]
    groups = [one_line(cell) for cell in above.cells]
    for (top, left), (_, right) in sheet.merged:
        if top == above.line - 1 and right > left:
            for column in range(left, min(right + 1, len(groups))):
                groups[column] = groups[left]
    return [join_heading(group, text) for group, text in zip(groups, texts, strict=False)]


_FOOTERS = ("total", "moyenne", "nb de reponses", "nombre de reponses")


_WORDED = re.compile(r"\D")


def is_footer(text: str) -> bool:
    """Whether a text heads a line of totals."""
    return bool(_WORDED.match(text)) and normalise(text).startswith(_FOOTERS)


def are_footers(cells: Cells) -> Array:
    """Return, for each row, whether its text heads a line of totals."""
    texts = cells.texts()
    if "".join(texts.known).isdecimal():  # as numbers are, the most frequent: told of all at once
        return np.zeros(len(texts), dtype=bool)
    found = texts.which(_WORDED.match)
    found[found] = texts.taken(found).which(is_footer)
    return found


def footers(rows: Rows) -> Array:
    """Return, for each row, whether its first text heads a line of totals."""
    found = np.zeros(len(rows), dtype=bool)
    left, index = np.arange(len(rows)), 0
    widest = int(widths_of(rows).max(initial=0))
    while len(left) and index < widest:
        cells = column_of(rows, index).taken(left)
        found[left] = are_footers(cells)
        left = left[~cells.filled()]
        index += 1
    return found


def forms(export: Export) -> Rows:
    """Return the rows that are neither damaged, nor totals, nor the heading again."""
    left_out = footers(export.rows) | repeats(export.rows, export.columns)
    left_out[list(problems_of(export.rows))] = True
    return taken(export.rows, ~left_out)


def _shortest_first(rows: Rows, columns: Sequence[Column]) -> Sequence[Column]:
    """Return columns in the order of what reading them costs, when that is known beforehand."""
    if not isinstance(rows, ReceivedTable):
        return columns
    return sorted(columns, key=lambda column: len(column_of(rows, column.index).known))


def repeats(rows: Rows, columns: Sequence[Column]) -> Array:
    """Return, for each row, whether it is the heading again."""
    filled = np.zeros(len(rows), dtype=int)
    left = np.arange(len(rows))
    for column in _shortest_first(rows, columns):
        if not len(left):
            break
        cells = column_of(rows, column.index).taken(left)
        is_same = cells.read(one_line).which(column.heading.endswith)
        left = left[is_same]
        filled[left] += cells.taken(is_same).which(one_line)
    found = np.zeros(len(rows), dtype=bool)
    found[left] = filled[left] > 1
    return found
