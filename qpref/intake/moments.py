"""When each questionnaire was answered: which column says it, in what order, in which zone."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, tzinfo
from functools import partial
from operator import eq, is_not
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from qpref.errors import DatesError
from qpref.intake.columns import Array, Cells, Rows, column_of
from qpref.intake.common import Reception
from qpref.intake.conventions import Convention, Evidence, decide_at
from qpref.intake.dates import STAMPED, has_offset, read_moment, told_zone
from qpref.intake.export import Column, Export
from qpref.intake.matching import as_text
from qpref.intake.rows import Cell, is_blank
from qpref.intake.submission import Key
from qpref.lazy import lazy

compute = lazy("pyarrow.compute")

DATE: Key = ("date", "")
_FAST = 10
_IS_TOLD = partial(is_not, None)


def instants(cells: Cells) -> Array:
    """Return moments as numbers, « not a time » in the place of other cells."""
    own = cells.compact()
    known: Sequence[Cell] = own.known
    if not set(map(type, known)) <= {datetime, type(None)}:
        known = [cell if isinstance(cell, datetime) else None for cell in known]
    told = pa.array(known, pa.timestamp("us"))  # ten times sooner than numpy reads them
    return np.asarray(told.to_numpy(zero_copy_only=False)[own.places])


@dataclass(frozen=True)
class Moments:
    """A moment for each row, or the cell that could not be read, and what to know about them."""

    cells: Cells
    warnings: list[str] = field(default_factory=list)


def moments_of(  # noqa: PLR0913 - what dates are read by
    reception: Reception,
    name: str,
    export: Export,
    asked: Column | None,
    *,
    rows: Rows,
    sites: Cells,
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
        raise _undated(name, export, "aucune colonne ne dit la date des réponses")
    zones = sites.read(reception.reference.sites.zone)
    reasons: list[str] = []
    read: dict[int, Cells] = {}
    for column in columns:
        read[column.index], said = _read_column(
            reception, name, export, column, rows=rows, zones=zones
        )
        reasons += said
    first, *others = read.values() or [Cells.same(None, len(rows))]
    is_whole = rows and not export.whole.is_parted
    if is_whole and not any(cells.which(_IS_TOLD).any() for cells in read.values()):
        raise undated(name, export, columns)
    for other in [*others, Cells.same("", len(rows))]:
        left = ~first.which(_IS_TOLD)
        first = first.with_(left, other.taken(left)) if left.any() else first
    fast = _too_fast(read[begun.index], read[sent.index]) if begun and sent else 0
    count = export.whole.total("too fast", fast)
    told = [f"{count} questionnaire(s) rempli(s) en moins de {_FAST} secondes"] if count else []
    return Moments(first, [*dict.fromkeys(reasons), *told])


def _read_column(  # noqa: PLR0913 - as `moments_of`
    reception: Reception, name: str, export: Export, column: Column, *, rows: Rows, zones: Cells
) -> tuple[Cells, list[str]]:
    """Return the moments of a column, and what to say of their order and zone."""
    cells = column_of(rows, column.index)
    if (found := stamps(export, column, cells)) is not None:
        return found, []
    convention = order_of(reception, name, export, column, rows)
    reader = _Reader(export, column, convention.order)
    read = reader.read(cells, zones)
    said = [f"{column.heading} : {convention.reason}"] if convention.reason else []
    return read, said + reader.said


def _zone_of(export: Export, column: Column) -> ZoneInfo | None:
    """Return the zone of a column's moments when it is not local time."""
    is_stamped = column.role in {"debut", "fin"}  # what a person wrote is local time
    known = ZoneInfo(export.zone) if export.zone and is_stamped else None
    return known or told_zone(column.heading)


def stamps(export: Export, column: Column, cells: Cells) -> Cells | None:
    """Return a column of stamps in local time, which most exports write; None for another."""
    found = stamped(export, column, cells)
    return None if found is None else Cells(found[0], found[1].tolist())


def stamped(export: Export, column: Column, cells: Cells) -> tuple[Array, Array] | None:
    """Return the moments of such a column, each once, and their places; None for another."""
    orders = export.whole.orders or {}
    if column.index in orders and orders[column.index] is not None:
        return None
    own = cells.compact()
    if _zone_of(export, column) or not own.are_texts:
        return None
    if not (orders or any(own.known)):
        return None
    if export.unstamped and own.hold(export.unstamped):
        return None
    moments = _stamps_in(own.known, are_stamps=column.index in orders)
    return None if moments is None else (own.places, moments)


def _stamps_in(texts: list[Cell], *, are_stamps: bool) -> Array | None:
    """
    Return the moment of each text, none of an empty one; None when one is no stamp.

    They may be known to be, by a first reading.
    """
    with suppress(pa.ArrowInvalid, UnicodeEncodeError):  # a day that does not exist
        own = pa.array(texts, pa.string())
        own = compute.if_else(compute.equal(own, ""), None, own)
        if not are_stamps and not _are_stamps(own):
            return None
        return np.asarray(own.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False))
    return None


def _are_stamps(texts: pa.Array) -> bool:
    are_sound = compute.and_not(
        compute.match_substring_regex(texts, STAMPED), compute.starts_with(texts, "0000")
    )
    return compute.all(are_sound).as_py() is not False


class _Reader:
    """Reads the cells of one column, each distinct one once."""

    def __init__(self, export: Export, column: Column, order: str) -> None:
        self._unstamped, self._order, self._heading = export.unstamped, order, column.heading
        self._told = _zone_of(export, column)
        self._converted = export.whole.zones(column.index)

    def read(self, cells: Cells, zones: Cells) -> Cells:
        """Return moments, the texts of cells that are none, None for empty ones."""
        found = Cells.same(None, len(cells))
        for zone in set(zones.known):
            here = zones.which(partial(eq, zone))
            if here.all():
                return cells.read(partial(self._read, local=zone))
            read = cells.taken(here).read(partial(self._read, local=zone))
            found = found.with_(here, read)
        return found

    def _read(self, cell: Cell, local: tzinfo) -> Cell:
        if is_blank(cell) or self._is_unstamped(cell):
            return None
        try:
            found = read_moment(cell, self._order, local, self._told)
            if local not in self._converted and (self._told or has_offset(cell)):
                self._converted.add(local)
        except (ValueError, OverflowError):
            return as_text(cell)
        return found

    def _is_unstamped(self, cell: Cell) -> bool:
        """Whether a cell is what the source writes when it stamps no date."""
        return self._unstamped != "" and as_text(cell).startswith(self._unstamped)

    @property
    def said(self) -> list[str]:
        """In which zone the moments of the column were told, when they come from another."""
        zones = ", ".join(sorted(str(zone) for zone in self._converted))
        source = f"en {self._told}" if self._told else "avec leur fuseau"
        return [f"{self._heading} : heures {source}, lues à l’heure locale ({zones})"] * bool(zones)


def days_of(reception: Reception, name: str, export: Export, column: Column, rows: Rows) -> Cells:
    """
    Return the day that each questionnaire gives to a question; a cell that is none stays as it is.

    Raises
    ------
    DatesError
        If the order of day and month cannot be told.
    """
    order = order_of(reception, name, export, column, rows).order

    def read(cell: Cell) -> Cell:
        try:
            return read_moment(cell, order) or ""
        except (ValueError, OverflowError):
            return as_text(cell)

    return column_of(rows, column.index).read(read)


def undated(name: str, export: Export, columns: Sequence[Column]) -> DatesError:
    """Return the error of a file of which some columns should tell the dates, and tell none."""
    headings = " et ".join(f"« {column.heading} »" for column in columns)
    return _undated(name, export, f"aucune réponse n’est datée ({headings})")


def _undated(name: str, export: Export, said: str) -> DatesError:
    return DatesError(
        f"{_where(name, export)} : {said}.",
        "Donnez leur date : --date-unique 2020-11-20 si toutes sont du même jour, ou --sans-date "
        "pour les compter dans la campagne sans date.",
    )


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
        return Moments(Cells.same(datetime.combine(dating.day, time()), count), [said])
    said = "réponses sans date, comptées dans la campagne et datées de son premier jour"
    return Moments(Cells.same(datetime.combine(campaign.debut, time()), count), [said])


def order_of(
    reception: Reception, name: str, export: Export, column: Column, rows: Rows
) -> Convention:
    """
    Return the order of day and month in a column, by the whole file when the rows are a part of it.

    Raises
    ------
    DatesError
        If it cannot be told.
    """
    known = (export.whole.orders or {}).get(column.index)
    if known is not None:
        return known
    cells = column_of(rows, column.index)
    told = Evidence()
    told.add(cells.times())
    return order_told(reception, name, export, column, told)


def order_told(
    reception: Reception, name: str, export: Export, column: Column, told: Evidence
) -> Convention:
    """Return the order of day and month in a column, by what it shows, as `order_of`."""
    window = reception.campaign.debut, reception.campaign.fin
    where = _where(name, export, column)
    return decide_at(where, told, window, export.order, reception.dating.order)


def _too_fast(begun: Cells, sent: Cells) -> int:
    """Count the questionnaires filled in faster than anyone reads; none is removed."""
    start, end = instants(begun), instants(sent)
    has_time = start != start.astype("datetime64[D]")
    taken = (end - start) / np.timedelta64(1, "s")  # NaN without both: compares as false
    return int((has_time & (taken >= 0) & (taken < _FAST)).sum())
