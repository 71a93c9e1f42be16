"""Dates of mystery contacts and of their answers: day-month order and time zone per column."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from qpref.intake.common import Reception
from qpref.intake.conventions import Evidence, decide_at
from qpref.intake.dates import DAY_FIRST, has_offset, read_moment, told_zone
from qpref.intake.mystery_sheet import Entry, SheetColumns
from qpref.intake.rows import ReceivedRow

_DATES = ("envoye_le", "repondu_le")


class ContactMoments:
    """Reads the dates of one sheet, in the zone of each contact's site."""

    def __init__(
        self, reception: Reception, file: str, found: SheetColumns, rows: Sequence[ReceivedRow]
    ) -> None:
        self._zone, self._where = reception.reference.sites.zone, found
        self._told: dict[str, ZoneInfo | None] = {}
        self._orders: dict[str, str] = {}
        self._reasons: list[str] = []
        self._converted: dict[tuple[str, str], None] = {}
        window = reception.campaign.contact_days
        for key in _DATES:
            place = found.place.get(key)
            if place is None:
                continue
            heading = found.texts[place]
            self._told[key] = told_zone(heading)
            convention = decide_at(
                f"« {file} », feuille « {found.sheet.name} », colonne « {heading} »",
                Evidence.of(row.at(place) for row in rows),
                (window.debut, window.fin),
                DAY_FIRST,  # what our workbooks ask for
                reception.dating.order,
            )
            self._orders[key] = convention.order
            self._reasons += [f"{heading} : {convention.reason}"] if convention.reason else []

    def read(self, entry: Entry, key: str, site: str) -> datetime | None:
        """
        Return the moment of a contact, in its site's zone; None when its cell is empty.

        Raises
        ------
        ValueError
            If the cell is no date.
        """
        cell, told, local = entry.cell(key), self._told.get(key), self._zone(site)
        found = read_moment(cell, self._orders.get(key, ""), local, told)
        if found is not None and (told or has_offset(cell)):
            self._converted[entry.column(key), str(local)] = None
        return found

    @property
    def said(self) -> list[str]:
        """In which order and zones the dates were read, where they do not say it by themselves."""
        return self._reasons + [
            f"{heading} : heures d’un autre fuseau, lues à l’heure locale ({zone})"
            for heading, zone in self._converted
        ]
