"""A first reading of a file in parts: what only all its rows tell, before any of them is kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from qpref.intake.absent import answered_by
from qpref.intake.columns import Array, Cells, Rows, column_of, taken
from qpref.intake.common import Reception
from qpref.intake.conventions import Convention, Evidence
from qpref.intake.dates import DAY_FIRST, MONTH_FIRST, read_moment
from qpref.intake.export import Column, Export
from qpref.intake.inspection import tally
from qpref.intake.mapping import date_column, unusable, without_contacts
from qpref.intake.matching import as_text
from qpref.intake.moments import order_told, stamped, undated
from qpref.intake.numbers import numbers_of, sound
from qpref.intake.places import Place
from qpref.intake.rows import Cell, ReceivedFile, is_blank
from qpref.intake.site_column import default_site
from qpref.intake.whole import Unusable, Whole
from qpref.intake.widths import width_of
from qpref.questions import Answer

Orders = Mapping[int, Convention | None]
_PRIME = np.uint64(0x9E3779B97F4A7C15)  # spreads what is multiplied by it over 64 bits
_MOST = 10_000  # distinct texts of a column that names sites
_TOLD, _DAY, _MONTH = 1, 2, 4  # a moment is told; it is one, the day first; the month first


@dataclass(frozen=True, eq=False)
class _Marks:
    """What tells, of some questionnaires, which is to be kept of its number."""

    numbers: Array  # of 64 bits, that stand for number and site; 0 without a number
    complete: Array
    is_sited: Array
    dated: list[Array]  # by column


@dataclass(eq=False)
class Gathering:
    """
    Adds up what the parts of a file show.

    Parameters
    ----------
    reception, file
        What it is received for, and its first rows.
    export
        How its dialect reads the first rows.
    """

    reception: Reception
    file: ReceivedFile
    export: Export
    _marks: list[_Marks] = field(default_factory=list)
    _evidence: dict[int, Evidence] = field(default_factory=dict)
    _others: set[int] = field(default_factory=set)  # columns where some moment is no stamp
    _unusable: list[Unusable] = field(default_factory=list)
    _tallies: dict[int, Counter[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what the headings alone show to be wrong."""
        questionnaire = self.reception.reference.questionnaire(self.reception.campaign.id)
        self._places, _ = answered_by(self.reception, self.file, self.export)
        self._kept, _ = without_contacts(self._places, questionnaire)
        self._sites = self.reception.sites
        asked = (date_column(self._kept), self.export.role("debut"), self.export.role("fin"))
        found = [column for column in asked if column is not None]
        self._dates = [] if self.reception.dating.is_imposed else found
        days = (p for p in self._kept.values() if p.question.kind.answer is Answer.DAY)
        self._days = [place.columns[""] for place in days]
        self._named = {c.index: c for c in self.export.columns if c.role == "question"}
        if "site" in self._places:
            self._named.clear()
        self.width = width_of(self.export)

    def add(self, export: Export) -> None:
        """Add a part."""
        numbers = numbers_of(export, self._places)
        damage, others = unusable(export, self._kept, numbers)
        self._unusable.append((damage, others))
        mask = np.ones(len(export.rows), dtype=bool)
        mask[[*damage, *others]] = False
        rows = taken(export.rows, mask)
        identifiers, _ = sound(numbers.taken(mask), Whole())
        sites = self._sites_of(rows)
        self._marks.append(
            _Marks(
                _numbers(identifiers, sites),
                export.are_complete(rows),
                self._are_asked(sites),
                [self._dated(export, column, rows) for column in self._dates],
            )
        )
        for column in self._days:
            self._show(column, column_of(rows, column.index))
        self._count(export)

    def settled(self) -> Whole:
        """
        Return what the whole file tells.

        Raises
        ------
        ColumnsError, UsageError, DatesError
            If its sites or its dates cannot be told.
        """
        whole = Whole(orders={}, width=self.width, tallies=self._tallies)
        export = self.export
        object.__setattr__(export, "whole", whole)
        whole.site = default_site(self.reception, self.file, export, self._places)
        orders = whole.orders = {}
        for column in self._dates:
            evidence = self._evidence.get(column.index, Evidence())
            is_stamped = column.index not in self._others and self._is_told(column)
            orders[column.index] = (
                None
                if is_stamped
                else order_told(self.reception, self.file.name, export, column, evidence)
            )
        rows = sum(len(part.numbers) for part in self._marks)
        if self._dates and rows and not any(map(self._is_told, self._dates)):
            raise undated(self.file.name, export, self._dates)
        for column in self._days:
            evidence = self._evidence.get(column.index, Evidence())
            orders[column.index] = order_told(
                self.reception, self.file.name, export, column, evidence
            )
        whole.latest = self._latest(orders)
        whole.unusable = iter(self._unusable)
        return whole

    def _sites_of(self, rows: Rows) -> Cells:
        place: Place | None = self._kept.get("site")
        if place is None:
            return Cells.same("", len(rows))

        def code(cell: Cell) -> str | None:
            found = self._sites.match(as_text(cell))
            return found.modality.code if found else None

        return column_of(rows, place.columns[""].index).read(code)

    def _are_asked(self, sites: Cells) -> Array:
        asked = self.reception.asked_site
        if "site" not in self._kept:
            return np.ones(len(sites), dtype=bool)
        found = sites.which(lambda site: site == asked) if asked else sites.which(bool)
        return np.asarray(found)

    def _dated(self, export: Export, column: Column, rows: Rows) -> Array:
        """Return, for each row, whether a column tells its moment, and in which orders."""
        cells = column_of(rows, column.index)
        found = stamped(export, column, cells)
        if found is not None:
            places, moments = found
            flags = np.where(np.isnat(moments), 0, _TOLD | _DAY | _MONTH).astype(np.uint8)
            return np.asarray(flags[places])
        self._show(column, cells)
        read = cells.read(lambda cell: _flags(cell, export.unstamped))
        told: Array = np.array(read.known, dtype=np.uint8)[read.places]
        if told.any():
            self._others.add(column.index)
        return told

    def _show(self, column: Column, cells: Cells) -> None:
        self._evidence.setdefault(column.index, Evidence()).add(cells.times())

    def _is_told(self, column: Column) -> bool:
        place = self._dates.index(column)
        return any(part.dated[place].any() for part in self._marks)

    def _count(self, export: Export) -> None:
        for column in list(self._named.values()):
            own = self._tallies.setdefault(column.index, Counter())
            own.update(tally(export.rows, column))
            if len(own) > _MOST:
                del self._tallies[column.index], self._named[column.index]

    def _latest(self, orders: Orders) -> Array:
        """Return whether each questionnaire is the last complete one of its number, else last."""
        numbers = np.concatenate([part.numbers for part in self._marks])
        complete = np.concatenate([part.complete for part in self._marks])
        found: Array = numbers == 0  # alone of its kind
        placed = np.flatnonzero(~found & self._are_placed(orders))
        order = placed[np.lexsort((complete[placed], numbers[placed]))]  # stable
        is_last = np.ones(len(order), dtype=bool)
        is_last[:-1] = numbers[order][1:] != numbers[order][:-1]
        found[order[is_last]] = True
        return found

    def _are_placed(self, orders: Orders) -> Array:
        """Return whether the site and the moment of each questionnaire are known."""
        sited = np.concatenate([part.is_sited for part in self._marks])
        if not self._dates:
            return np.asarray(sited)
        dated, left = np.zeros(len(sited), dtype=bool), np.ones(len(sited), dtype=bool)
        for place, column in enumerate(self._dates):
            flags = np.concatenate([part.dated[place] for part in self._marks])
            convention = orders[column.index]  # none of stamps, which both orders allow
            is_month_first = convention is not None and convention.order == MONTH_FIRST
            wanted = _MONTH if is_month_first else _DAY
            here = left & ((flags & _TOLD) > 0)
            dated |= here & ((flags & wanted) > 0)
            left &= ~here
        return np.asarray(sited & dated)


def _numbers(identifiers: Sequence[str], sites: Cells) -> Array:
    """Return numbers that stand for identifier and site, 0 without an identifier."""
    own = np.fromiter(map(hash, identifiers), np.int64, len(identifiers)).view(np.uint64)
    places = np.array([hash(site) for site in sites.known], np.int64).view(np.uint64)
    with np.errstate(over="ignore"):
        told = own * _PRIME + places[sites.places]
    is_none = np.fromiter(map(bool, identifiers), bool, len(identifiers))
    return np.where(~is_none, 0, np.maximum(told, 1)).view(np.int64)


def _flags(cell: Cell, unstamped: str) -> int:
    """Return whether a cell tells a moment, and in which orders it is one."""
    if is_blank(cell) or (unstamped and as_text(cell).startswith(unstamped)):
        return 0
    found = _TOLD
    for order, flag in ((DAY_FIRST, _DAY), (MONTH_FIRST, _MONTH)):
        try:
            read_moment(cell, order)
        except (ValueError, OverflowError):
            continue
        found |= flag
    return found
