"""Account of each sheet of a file: read, consulted, or not read and why."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce

import pandas as pd

from qpref.errors import UnreadableFileError
from qpref.intake.common import Counts, Outcome, UnreadSheet
from qpref.intake.export import one_line
from qpref.intake.matching import normalise
from qpref.intake.personal import names_somebody
from qpref.intake.rows import Cell, ReceivedFile, Sheet, is_blank

FORMATS = (
    "exports LimeSurvey, Sphinx, JDMA, Tally, Typeform, Google Forms, Microsoft Forms, Framaforms, "
    "Qualtrics, SurveyMonkey, KoboToolbox, REDCap et SPSS, saisie au guichet, enquête mystère, "
    "fréquentation, relevé des refus, chiffres du mois, registre des réclamations"
)
_SHOWN = 200
_COUNTS = re.compile(r"\b(?:effectifs?|pourcentages?|nombre de reponses|count|percent)\b|%")
_COUNTED_HEADINGS = {"n", "nb", "nbre", "nombre", "total", "part", "frequence", "freq", "taux"}
_TOTALS = ("total", "ensemble", "somme")
_DATE = re.compile(r"\d+\s?[-/.]\s?\d+\s?[-/.]\s?\d+")
_LONGEST = 200  # lines; a table of results is read by people
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_MOSTLY = 0.7  # of the rows of a table of counts: the others head its parts
_UNKNOWN = "ses intitulés ne sont pas ceux des feuilles lues"


def merged(outcomes: Sequence[Outcome]) -> Outcome:
    """Return one outcome of the sheets of one file, in their order."""
    first, *others = outcomes
    if not others:
        return first
    names = list(dict.fromkeys(name for outcome in outcomes for name in outcome.tables))
    tables = {
        name: pd.concat([o.tables[name] for o in outcomes if name in o.tables], ignore_index=True)
        for name in names
    }
    counts = [outcome.counts for outcome in outcomes]
    return replace(
        first,
        tables={name: _recast(table, outcomes, name) for name, table in tables.items()},
        counts=reduce(Counts.plus, counts),
        is_fictional=any(outcome.is_fictional for outcome in outcomes),
        rows_above=sum(outcome.rows_above for outcome in outcomes),
        warnings=_each_once(outcome.warnings for outcome in outcomes),
        absent_questions=_in_all([outcome.absent_questions for outcome in outcomes]),
        ignored_columns=_each_once(outcome.ignored_columns for outcome in outcomes),
        personal_columns=_each_once(outcome.personal_columns for outcome in outcomes),
    )


def _recast(table: pd.DataFrame, outcomes: Sequence[Outcome], name: str) -> pd.DataFrame:
    """Give back the categories that concatenation turns into plain values."""
    parts = [outcome.tables[name] for outcome in outcomes if name in outcome.tables]
    for column, kind in parts[0].dtypes.items():
        if isinstance(kind, pd.CategoricalDtype):
            seen = dict.fromkeys(c for part in parts for c in part[column].cat.categories)
            table[column] = pd.Categorical(table[column], categories=list(seen))
    return table


def _each_once(lists: Iterable[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(text for texts in lists for text in texts))


def _in_all(lists: Sequence[Sequence[str]]) -> list[str]:
    return [text for text in lists[0] if all(text in texts for texts in lists)]


def with_sheets(
    outcome: Outcome, file: ReceivedFile, read: Sequence[str], beside: Iterable[str] = ()
) -> Outcome:
    """
    Return an outcome that says which sheets of the file were read, and why others were not.

    Parameters
    ----------
    outcome
        Of the sheets read.
    file
        With all its sheets, hidden ones named apart.
    read, beside
        Names of the sheets read, and of those consulted for what they say of the answers.
    """
    return replace(outcome, sheets_read=list(read), unread_sheets=unread_sheets(file, read, beside))


def unread_sheets(
    file: ReceivedFile, read: Iterable[str], beside: Iterable[str] = ()
) -> list[UnreadSheet]:
    """Return the sheets that hold something and were not read, hidden ones last."""
    known = {*read, *beside}
    left = [
        UnreadSheet(sheet.name, len(sheet.rows), _UNKNOWN)
        for sheet in file.sheets
        if sheet.name not in known and sheet.rows
    ]
    return [*left, *(UnreadSheet(name, None, "feuille masquée") for name in file.hidden)]


def not_recognised(file: ReceivedFile) -> UnreadableFileError:
    """Return the error of a file whose content is not recognised, saying what it seems to be."""
    filled = [sheet for sheet in file.sheets if sheet.rows]
    if filled and all(len(sheet.rows) == 1 for sheet in filled):
        return UnreadableFileError(
            f"« {file.name} » n’a qu’une ligne : des intitulés sans réponse, ou des réponses sans "
            f"intitulé ({_headings(filled[0])}).",
            "Exportez à nouveau le fichier, réponses comprises.",
        )
    if filled and all(holds_results(sheet) for sheet in filled):
        return results_error(file)
    seen = _headings(filled[0]) if filled else "vide"
    return UnreadableFileError(
        f"« {file.name} » : le contenu n’est pas reconnu. Première ligne : {seen}.",
        f"Fichiers reconnus : {FORMATS}. S’il s’agit d’un questionnaire qui n’a pas encore de "
        "dictionnaire : qpref dictionnaire proposer.",
    )


def results_error(file: ReceivedFile) -> UnreadableFileError:
    """Return the error of a file that holds results instead of answers."""
    return UnreadableFileError(
        f"« {file.name} » contient des résultats déjà comptés (une ligne par réponse possible, "
        "des effectifs ou des pourcentages), pas les réponses elles-mêmes.",
        "Exportez les réponses, une ligne par usager.",
    )


def _headings(sheet: Sheet) -> str:
    if names_somebody(sheet.rows[0].cells):
        return "des réponses, qui ne sont pas montrées, au lieu des intitulés"
    texts = (one_line(cell) for cell in sheet.rows[0].cells if not is_blank(cell))
    return ", ".join(texts)[:_SHOWN] or "vide"


def holds_results(sheet: Sheet) -> bool:
    """
    Whether a sheet is a table of counts: a text then numbers, and what only counts do.

    Its headings say so, or its numbers: rows that add up to as many people, to a hundred, or to the
    line of totals below them. Rows of answers in codes do not.
    """
    rows = [[cell for cell in row.cells if not is_blank(cell)] for row in sheet.rows[1:]]
    rows = [cells for cells in rows if cells]
    counted = [cells for cells in rows if _is_counted(cells)]
    if not counted or len(counted) < _MOSTLY * len(rows):
        return False
    headings = [one_line(cell) for cell in sheet.rows[0].cells]
    if _COUNTS.search(normalise(" ".join(headings))):
        return True
    numbers = [[_number(cell) for cell in cells[1:]] for cells in counted]
    if is_blank(headings[0]) and min(map(len, numbers)) > 1 and _add_up(numbers):
        return True
    return _heads_lines([cells[0] for cells in counted]) and (
        {normalise(text) for text in headings[1:] if text} <= _COUNTED_HEADINGS
        or (_is_shared_out(numbers) and (min(map(len, numbers)) > 1 or _are_shares(counted)))
        or _has_totals([cells[0] for cells in counted], numbers)
    )


def _add_up(numbers: Sequence[Sequence[float]]) -> bool:
    """Whether half of several rows of counts have one same sum."""
    sums = Counter(map(sum, numbers))
    return len(numbers) > 1 and max(sums.values()) >= len(numbers) / 2


def _heads_lines(texts: Sequence[str]) -> bool:
    """Whether texts head the lines of a short table: each once, none a date."""
    known = set(map(normalise, texts))
    return len(known) == len(texts) <= _LONGEST and not any(map(_DATE.search, texts))


def _is_shared_out(numbers: Sequence[Sequence[float]]) -> bool:
    """
    Whether all rows, or all columns, share out a hundred, or all rows as many people.

    Rows of ranks add up too: the same numbers each time.
    """
    if len(numbers) < 2 or len(set(map(len, numbers))) > 1 or numbers[0] == []:  # noqa: PLR2004
        return False
    columns = list(zip(*numbers, strict=True))
    if all(_is_whole(sum(column)) for column in columns):
        return True
    if len(columns) < 2 or len({tuple(sorted(row)) for row in numbers}) == 1:  # noqa: PLR2004
        return False
    sums = set(map(sum, numbers))
    return all(map(_is_whole, sums)) or (len(numbers) > 2 and len(sums) == 1)  # noqa: PLR2004


def _are_shares(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether some number is written as a percentage: marks of some people may add up to 100."""
    return any("%" in str(cell) for cells in rows for cell in cells[1:])


def _is_whole(total: float) -> bool:
    """Whether rounded percentages add up to this."""
    return abs(total - 100) <= 1


def _has_totals(texts: Sequence[str], numbers: Sequence[Sequence[float]]) -> bool:
    """Whether the last line adds up the others, and says so."""
    *above, last = numbers
    if len(above) < 2 or not normalise(texts[-1]).startswith(_TOTALS):  # noqa: PLR2004
        return False
    sums = [sum(column) for column in zip(*above, strict=False)]
    return len(sums) == len(last) and all(
        abs(one - total) <= 1 for one, total in zip(sums, last, strict=True)
    )


def _is_counted(cells: list[Cell]) -> bool:
    """Whether a row is a text then numbers."""
    is_text = isinstance(cells[0], str) and not _is_number(cells[0])
    return is_text and len(cells) > 1 and all(_is_number(cell) for cell in cells[1:])


def _number(cell: Cell) -> float:
    return float(cell if isinstance(cell, int | float) else _plain(cell))


def _is_number(cell: object) -> bool:
    if isinstance(cell, int | float):
        return True
    return bool(_NUMBER.fullmatch(_plain(cell)))


def _plain(cell: object) -> str:
    """Return what may be a number as Python writes it."""
    text = str(cell).replace("\u202f", "").replace("\u00a0", "").replace(" ", "").rstrip("%")
    return text.replace(",", ".", 1)
