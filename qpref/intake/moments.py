"""When each questionnaire was answered: which column says it, in what order, in which zone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from qpref.errors import DatesError
from qpref.intake.common import Reception
from qpref.intake.conventions import Convention, decide
from qpref.intake.dates import has_offset, read_moment, to_local
from qpref.intake.export import Column, Export
from qpref.intake.matching import as_text
from qpref.intake.rows import Cell, ReceivedRow, is_blank
from qpref.intake.submission import Key

DATE: Key = ("date", "")
_FAST = 10


@dataclass(frozen=True)
class Moments:
    """A moment for each row, or the cell that could not be read, and what to know about them."""

    cells: list[Cell]
    warnings: list[str] = field(default_factory=list)


def moments_of(
    reception: Reception,
    name: str,
    export: Export,
    asked: Column | None,
    rows: Sequence[ReceivedRow],
) -> Moments:
    """
    Return when each questionnaire was answered: the date asked for, else begun, else sent.

    Parameters
    ----------
    reception
        The campaign, and what was asked about dates.
    name
        Of the file, for messages.
    export
        Its `debut` and `fin` columns, their zone, the order that its format documents.
    asked
        Column of the question on the date, if there is one.
    rows
        The questionnaires.

    Raises
    ------
    DatesError
        If no column says when, or the order of day and month cannot be told.
    """
    if reception.dating.is_imposed:
        return _imposed(reception, len(rows))
    begun, sent = export.role("debut"), export.role("fin")
    columns = [column for column in (asked, begun, sent) if column is not None]
    if not columns and rows:
        raise DatesError(
            f"{_where(name, export)} : aucune colonne ne dit la date des réponses.",
            "Donnez-la : --date-unique 2020-11-20 si toutes sont du même jour, ou --sans-date pour "
            "les compter dans la campagne sans date.",
        )
    orders = {column.index: _order(reception, name, export, column, rows) for column in columns}
    cells = [_first(export, columns, orders, row) for row in rows]
    reasons = [f"{c.heading} : {orders[c.index].reason}" for c in columns if orders[c.index].reason]
    return Moments(cells, [*reasons, *_too_fast(begun, sent, rows)])


def days_of(
    reception: Reception, name: str, export: Export, column: Column, rows: Sequence[ReceivedRow]
) -> list[Cell]:
    """
    Return the day that each questionnaire gives to a question; a cell that is none stays as it is.

    Raises
    ------
    DatesError
        If the order of day and month cannot be told.
    """
    order = _order(reception, name, export, column, rows).order
    found: list[Cell] = []
    for row in rows:
        cell = row.at(column.index)
        try:
            found.append(read_moment(cell, order) or "")
        except (ValueError, OverflowError):
            found.append(as_text(cell))
    return found


def _where(name: str, export: Export, column: Column | None = None) -> str:
    """Return where in a file a fault is: its name, its sheet, its column."""
    places = [f"« {name} »"]
    places += [f"feuille « {export.sheet.name} »"] if export.sheet.name else []
    places += [f"colonne « {column.heading} »"] if column else []
    return ", ".join(places)


def _imposed(reception: Reception, count: int) -> Moments:
    """Return the same day for all, and say that it is not theirs."""
    dating, campaign = reception.dating, reception.campaign
    if dating.day is not None:
        said = f"toutes les réponses sont datées du {dating.day:%d/%m/%Y} (--date-unique)"
        return Moments([datetime.combine(dating.day, time())] * count, [said])
    said = "réponses sans date, comptées dans la campagne et datées de son premier jour"
    return Moments([datetime.combine(campaign.debut, time())] * count, [said])


def _order(
    reception: Reception,
    name: str,
    export: Export,
    column: Column,
    rows: Sequence[ReceivedRow],
) -> Convention:
    campaign = reception.campaign
    try:
        return decide(
            [row.at(column.index) for row in rows],
            (campaign.debut, campaign.fin),
            export.order,
            reception.dating.order,
        )
    except DatesError as error:
        where = _where(name, export, column)
        raise DatesError(f"{where} : {error.sentence}", error.remedy) from error


def _first(
    export: Export, columns: Sequence[Column], orders: dict[int, Convention], row: ReceivedRow
) -> Cell:
    """Return the first moment that a row gives, or the cell that is not one."""
    for column in columns:
        cell = row.at(column.index)
        if is_blank(cell) or _is_unstamped(export, cell):
            continue
        try:
            moment = read_moment(cell, orders[column.index].order)
        except (ValueError, OverflowError):
            return as_text(cell)
        is_own = column.role in {"debut", "fin"}  # what a person wrote is local time
        is_told = has_offset(cell)  # then it was read in local time already
        return to_local(moment, export.zone) if moment and is_own and not is_told else moment
    return ""


def _is_unstamped(export: Export, cell: Cell) -> bool:
    """Whether a cell is what a survey that stamps no dates writes for one."""
    return bool(export.unstamped) and as_text(cell).startswith(export.unstamped)


def _too_fast(begun: Column | None, sent: Column | None, rows: Sequence[ReceivedRow]) -> list[str]:
    """Count the questionnaires filled in faster than anyone reads; none is removed."""
    if begun is None or sent is None:
        return []
    count = 0
    for row in rows:
        try:
            start, end = (read_moment(row.at(column.index)) for column in (begun, sent))
        except (ValueError, OverflowError):
            continue
        if start and end and start.time() != time() and 0 <= (end - start).total_seconds() < _FAST:
            count += 1
    return [f"{count} questionnaire(s) rempli(s) en moins de {_FAST} secondes"] if count else []
