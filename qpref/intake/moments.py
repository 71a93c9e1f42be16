"""When each questionnaire was answered: which column says it, in what order, in which zone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, tzinfo
from zoneinfo import ZoneInfo

from qpref.errors import DatesError
from qpref.intake.common import Reception
from qpref.intake.conventions import Convention, decide
from qpref.intake.dates import has_offset, read_moment
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


def moments_of(  # noqa: PLR0913 - what dates are read by
    reception: Reception,
    name: str,
    export: Export,
    asked: Column | None,
    *,
    rows: Sequence[ReceivedRow],
    sites: Sequence[str | None],
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
    rows, sites
        The questionnaires, and the site of each, in whose zone moments are told.

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
    known = {site: reception.reference.sites.zone(site) for site in set(sites)}
    zones = [known[site] for site in sites]
    reasons: list[str] = []
    read: dict[int, list[Cell]] = {}
    for column in columns:
        convention = _order(reception, name, export, column, rows)
        reasons += [f"{column.heading} : {convention.reason}"] if convention.reason else []
        reader = _Reader(export, column, convention.order)
        cells = [row.at(column.index) for row in rows]
        read[column.index] = list(map(reader.read, cells, zones))
        reasons += reader.said
    each = zip(*read.values(), strict=True)
    first = [row[0] if row[0] is not None else _later(row) for row in each]
    fast = _too_fast(read[begun.index], read[sent.index]) if begun and sent else []
    return Moments(first, [*dict.fromkeys(reasons), *fast])


def _later(row: Sequence[Cell]) -> Cell:
    """Return the first moment that other columns give, nothing when none does."""
    return next((moment for moment in row if moment is not None), "")


class _Reader:
    """Reads the cells of one column, each distinct one once."""

    def __init__(self, export: Export, column: Column, order: str) -> None:
        self._unstamped, self._order, self._heading = export.unstamped, order, column.heading
        is_stamped = column.role in {"debut", "fin"}  # what a person wrote is local time
        self._told = ZoneInfo(export.zone) if export.zone and is_stamped else None
        self._known: dict[tuple[Cell, tzinfo], Cell] = {}
        self._converted: set[tzinfo] = set()

    def read(self, cell: Cell, local: tzinfo) -> Cell:
        """Return a moment, the text of a cell that is none, or None for an empty one."""
        key = (cell, local)
        if key not in self._known:
            self._known[key] = self._read(cell, local)
        return self._known[key]

    def _read(self, cell: Cell, local: tzinfo) -> Cell:
        if is_blank(cell) or (self._unstamped and as_text(cell).startswith(self._unstamped)):
            return None
        try:
            found = read_moment(cell, self._order, local, self._told)
            if local not in self._converted and (self._told or has_offset(cell)):
                self._converted.add(local)
        except (ValueError, OverflowError):
            return as_text(cell)
        return found

    @property
    def said(self) -> list[str]:
        """In which zone the moments of the column were told, when they come from another."""
        zones = ", ".join(sorted(str(zone) for zone in self._converted))
        source = f"en {self._told}" if self._told else "avec leur fuseau"
        return [f"{self._heading} : heures {source}, lues à l’heure locale ({zones})"] * bool(zones)


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


def _too_fast(begun: Sequence[Cell], sent: Sequence[Cell]) -> list[str]:
    """Count the questionnaires filled in faster than anyone reads; none is removed."""
    count = sum(
        isinstance(start, datetime)
        and isinstance(end, datetime)
        and start.time() != time()
        and 0 <= (end - start).total_seconds() < _FAST
        for start, end in zip(begun, sent, strict=True)
    )
    return [f"{count} questionnaire(s) rempli(s) en moins de {_FAST} secondes"] if count else []
