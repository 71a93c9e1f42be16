"""Calendar entry of a meeting (iCalendar), updated when it changes, moves or is cancelled.

An entry is known by its UID, which comes from the territory and from the first day that the meeting
had; SEQUENCE counts what changed since (RFC 5546, 2.1.4). A meeting that moves is a REQUEST of the
same entry (3.2.2.1): a CANCEL would take it out of calendars.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any

import icalendar

from qpref.project import Project, appending, events
from qpref.reference import Reference
from qpref.reference.meeting import Meeting
from qpref.reference.members import Member
from qpref.store.lock import held

CALENDAR_NAME = "reunion.ics"
REQUEST, PUBLISH, CANCEL = "REQUEST", "PUBLISH", "CANCEL"
_DOMAIN = "clu.qpref.invalid"  # of identifiers, not of addresses: nobody owns it
_FACTS = ("sequence", "jour")  # that each line of what was announced tells
_MARK = 16  # characters that tell one territory from another


def _announced(project: Project, meeting: Meeting) -> Path:
    return project.archives / meeting.first_name / "agenda.jsonl"


def announced(project: Project, meeting: Meeting) -> int | None:
    """Return the last version that was announced, None when none was."""
    found = events(_announced(project, meeting), _FACTS)
    return int(found[-1]["sequence"]) if found else None


def asked_since(project: Project, meeting: Meeting) -> str:
    """Return since when members are asked about the day that it has now; "", since ever."""
    found = events(_announced(project, meeting), _FACTS)
    day = meeting.date.isoformat()
    own = [*takewhile(lambda one: one["jour"] == day, reversed(found))]
    return str(own[-1].get("note_le", "")) if 0 < len(own) < len(found) else ""


def sequence(project: Project, meeting: Meeting, now: datetime) -> int:
    """
    Return the version of what a meeting says to calendars, noted when it is new.

    Raises
    ------
    StorageError
        If it cannot be noted.
    """
    says = {
        "jour": meeting.date.isoformat(),
        "heure": f"{meeting.heure:%H:%M}",
        "duree": meeting.duree_minutes,
        "lieu": meeting.lieu,
        "annulee": meeting.annulee,
    }
    path = _announced(project, meeting)
    with held(project.committee):
        known = events(path, _FACTS)
        if known and {key: known[-1].get(key) for key in says} == says:
            return int(known[-1]["sequence"])
        number = int(known[-1]["sequence"]) + 1 if known else 0
        with appending(path) as add:
            moment = now.astimezone(UTC).isoformat(timespec="seconds")
            add({"sequence": number, **says, "note_le": moment})
    return number


def uid(reference: Reference, meeting: Meeting) -> str:
    """Return by what calendars know a meeting, wherever it moves; of one territory alone."""
    own = hashlib.sha256(reference.sites.departement.encode()).hexdigest()[:_MARK]
    return f"{meeting.first_name}-{own}@{_DOMAIN}"


@dataclass(frozen=True)
class CalendarEntry:
    """What an entry says beside the meeting: of which territory, its version, who organises."""

    reference: Reference
    sequence: int
    organizer: str | None

    def method(self, meeting: Meeting, to: Sequence[Member]) -> str:
        """Return what the entry asks for; nothing when nobody organises, as RFC 5546 wants one."""
        if not self.organizer:
            return ""
        return CANCEL if meeting.annulee else REQUEST if to else PUBLISH

    def calendar(self, meeting: Meeting, to: Sequence[Member], now: datetime) -> bytes:
        """Return the entry for these members, who see each other's address."""
        found, event = icalendar.Calendar(), icalendar.Event()
        found.add("prodid", "-//qpref//comite local des usagers//FR")
        found.add("version", "2.0")
        if method := self.method(meeting, to):
            found.add("method", method)
        zone = self.reference.sites.zone(next(iter(meeting.sites), None))
        start = datetime.combine(meeting.date, meeting.heure, zone)
        event.add("uid", uid(self.reference, meeting))
        event.add("sequence", self.sequence)
        event.add("dtstamp", now.astimezone(UTC))
        # In UTC: some readers misread the rules of a zone, by an hour in summer. The end is what
        # the clock says, not how many seconds passed: no meeting crosses a change of hour.
        event.add("dtstart", start.astimezone(UTC))
        end = start + timedelta(minutes=meeting.duree_minutes)
        event.add("dtend", end.astimezone(UTC))
        event.add("summary", "Comité local des usagers" + (" (réunion fictive)" * meeting.fictif))
        event.add("location", meeting.lieu)
        event.add("status", "CANCELLED" if meeting.annulee else "CONFIRMED")
        if self.organizer:
            event.add("organizer", icalendar.vCalAddress(f"mailto:{self.organizer}"))
        for member in to if self.organizer else ():
            event.add("attendee", _attendee(member, is_asked=not meeting.annulee), encode=False)
        found.add_component(event)
        content: bytes = found.to_ical()
        return content


def _attendee(member: Member, *, is_asked: bool) -> Any:  # noqa: ANN401 - of a library without types
    found = icalendar.vCalAddress(f"mailto:{member.courriel}")
    found.params["role"] = "OPT-PARTICIPANT" if member.suppleant_de else "REQ-PARTICIPANT"
    if is_asked:
        found.params["partstat"], found.params["rsvp"] = "NEEDS-ACTION", "TRUE"
    return found
