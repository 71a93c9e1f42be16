"""The meeting in calendars, read by two parsers, and held against RFC 5546's own tables."""

import email
import email.policy
import shutil
from datetime import UTC, date, datetime, time
from types import SimpleNamespace

import icalendar
import pytest

from qpref.clu import pack
from qpref.clu.documents import Occasion
from qpref.clu.entry import CANCEL, PUBLISH, REQUEST, CalendarEntry, sequence
from qpref.clu.facts import meetings
from qpref.clu.journal import Journal
from qpref.errors import MissingDataError
from qpref.reference.members import Members
from tests.clu.conftest import make_meeting, make_member
from tests.conftest import NOW, ROOT

vobject = pytest.importorskip("vobject", reason="second lecteur d’agendas absent")
SERVICE = "service@exemple.invalid"
# RFC 5546, 3.2.1, 3.2.2 and 3.2.5: what an event of each method has once, and has not.
ONCE = {
    PUBLISH: {"DTSTAMP", "DTSTART", "ORGANIZER", "SUMMARY", "UID"},
    REQUEST: {"DTSTAMP", "DTSTART", "ORGANIZER", "SUMMARY", "UID"},
    CANCEL: {"DTSTAMP", "ORGANIZER", "SEQUENCE", "UID"},
}
NEVER = {PUBLISH: {"ATTENDEE", "REQUEST-STATUS"}, REQUEST: {"REQUEST-STATUS"},
         CANCEL: {"REQUEST-STATUS"}}  # fmt: skip


def both(content):
    """Return what the two parsers read: method, identifier, version, start, place, people."""
    first = icalendar.Calendar.from_ical(content)
    (event,) = first.walk("VEVENT")
    asked = event.get("attendee", [])
    asked = asked if isinstance(asked, list) else [asked]
    one = (
        str(first.get("method", "")), str(event["uid"]), int(event["sequence"]),
        event.decoded("dtstart").astimezone(UTC), str(event["location"]), str(event["status"]),
        sorted(map(str, asked)), str(event.get("organizer", "")),
    )  # fmt: skip
    other = vobject.readOne(content.decode())
    (event2,) = other.vevent_list
    value = {name: child[0].value for name, child in event2.contents.items()}
    two = (
        other.method.value if hasattr(other, "method") else "", value["uid"],
        int(value["sequence"]), value["dtstart"].astimezone(UTC), value["location"],
        value["status"], sorted(c.value for c in event2.contents.get("attendee", [])),
        value.get("organizer", ""),
    )  # fmt: skip
    assert one == two
    return one


def refused_by_the_rfc(content):
    """Return what RFC 5546 would refuse in a message; names as the text has them."""
    found = icalendar.Calendar.from_ical(content)
    (event,) = found.walk("VEVENT")
    method, names = str(found["method"]), [name for name, _ in event.property_items()]
    wrong = [name for name in ONCE[method] if names.count(name) != 1]
    wrong += [name for name in NEVER[method] if name in names]
    wrong += ["ATTENDEE"] if method == REQUEST and "ATTENDEE" not in names else []
    wrong += ["SEQUENCE"] if names.count("SEQUENCE") > 1 else []
    return wrong


def test_the_table_refuses_what_the_rfc_refuses(reference):
    content = CalendarEntry(reference, 1, SERVICE).calendar(make_meeting(), [make_member("a")], NOW)
    assert refused_by_the_rfc(content) == []
    for name in (b"ORGANIZER", b"ATTENDEE", b"UID"):
        lines = content.replace(b"\r\n ", b"").split(b"\r\n")
        cut = b"\r\n".join(line for line in lines if not line.startswith(name))
        assert name.decode() in refused_by_the_rfc(cut)


@pytest.mark.parametrize(
    ("people", "more", "method"),
    [(["a", "b"], {}, REQUEST), ([], {}, PUBLISH), (["a"], {"annulee": "oui"}, CANCEL),
     ([], {"annulee": "oui"}, CANCEL)],
)  # fmt: skip
def test_each_method_says_what_its_rfc_wants(reference, people, more, method):
    members = [make_member(name) for name in people]
    content = CalendarEntry(reference, 3, SERVICE).calendar(make_meeting(**more), members, NOW)
    read = both(content)
    assert refused_by_the_rfc(content) == []
    assert read[0] == method
    assert read[2] == 3
    assert read[5] == ("CANCELLED" if more else "CONFIRMED")
    assert read[6] == [f"mailto:{one.courriel}" for one in members]
    assert (b"RSVP=TRUE" in content) == (method == REQUEST)
    unsigned = CalendarEntry(reference, 0, None).calendar(make_meeting(**more), members, NOW)
    assert b"METHOD" not in unsigned  # nobody to answer to: an entry, not a message of RFC 5546
    assert b"ATTENDEE" not in unsigned


def in_calendars(contents):
    """Return the entries of a calendar that received these in order (RFC 5546, 2.1.4)."""
    kept = {}
    for content in contents:
        for parser in ("icalendar", "vobject"):
            read = both(content)
            if read[2] >= kept.get((parser, read[1]), read)[2]:
                kept[parser, read[1]] = read
    one, two = (
        {u: r for (p, u), r in kept.items() if p == name} for name in ("icalendar", "vobject")
    )
    assert one == two
    return [read for read in one.values() if read[5] != "CANCELLED"]


def test_a_meeting_moved_cancelled_or_beside_another_is_one_entry(project, reference):
    """The eight of the RFC's changes: each is a version; the same again is none."""
    first = make_meeting(date(2021, 3, 16))
    moved = make_meeting(date(2021, 4, 6), deplacee_du=[date(2021, 3, 16)])
    again = make_meeting(
        date(2021, 4, 20), deplacee_du=[date(2021, 3, 16), date(2021, 4, 6)], lieu="ailleurs"
    )
    north, south = (make_meeting(date(2021, 4, 20), comite=name) for name in ("nord", "sud"))

    def sent(meeting):
        number = sequence(project, meeting, NOW)
        assert sequence(project, meeting, NOW) == number
        return CalendarEntry(reference, number, SERVICE).calendar(meeting, [make_member("a")], NOW)

    through = [sent(first), sent(moved), sent(again)]
    found = in_calendars(through)
    assert [(read[2], read[3], read[4]) for read in found] == [
        (2, datetime(2021, 4, 20, 12, 30, tzinfo=UTC), "ailleurs")
    ]
    assert in_calendars([*through, through[0]]) == found  # an old mail opened late
    two = [sent(north), sent(south)]
    assert len(in_calendars([*through, *two])) == 3
    off = sent(north.model_copy(update={"annulee": True}))
    assert [r[1] for r in in_calendars([*two, off])] == [both(two[1])[1]]
    elsewhere = reference.sites.model_copy(update={"departement": "Ailleurs"})
    other = CalendarEntry(SimpleNamespace(sites=elsewhere), 0, SERVICE)
    assert both(other.calendar(first, [], NOW))[1] != both(through[0])[1]


def mails(folder):
    for path in sorted(folder.glob("*.eml")):
        yield email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def test_a_meeting_called_off_writes_to_each_and_only_if_it_was_announced(project, reference):
    shutil.copytree(ROOT / "data" / "clu", project.committee, dirs_exist_ok=True)
    meeting = meetings(project, reference)[-1].model_copy(update={"annulee": True})
    people = (make_member("a"), make_member("b", consents=False))
    members = Members.model_construct(
        fictif=True, conserver_jusqu_au=date(2099, 12, 31), organisateur=SERVICE, membres=people
    )
    setting = SimpleNamespace(now=NOW, browser=None)
    occasion = Occasion(project, reference, meeting, members, setting, None)
    with pytest.raises(MissingDataError, match="jamais été annoncée"):
        pack.call_off(occasion, is_personal=True)
    assert sequence(project, meeting.model_copy(update={"annulee": False}), NOW) == 0

    occasion = Occasion(project, reference, meeting, members, setting, None)
    folder = pack.call_off(occasion, is_personal=True).folder
    for mail, member in zip(mails(folder), people, strict=True):
        (part,) = mail.iter_attachments()
        assert part["content-type"].params["method"] == CANCEL
        assert "annulée" in mail["Subject"]
        assert both(part.get_payload(decode=True))[6] == [f"mailto:{member.courriel}"]
        assert "n’aura pas lieu" in mail.get_body(("plain",)).get_content()
    (shared,) = mails(pack.call_off(occasion, is_personal=False).folder)
    (part,) = shared.iter_attachments()
    assert both(part.get_payload(decode=True))[6] == [f"mailto:{people[0].courriel}"]
    journals = Journal.of(project, meeting.name), Journal.of(project, meeting.name, 1)
    assert journals[0].folder != journals[1].folder
    assert Journal.every(project, meeting.name) == [journals[0]]


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        (date(2021, 3, 16), time(14, 30), datetime(2021, 3, 16, 13, 30, tzinfo=UTC)),
        (date(2021, 3, 27), time(10), datetime(2021, 3, 27, 9, tzinfo=UTC)),
        (date(2021, 3, 29), time(10), datetime(2021, 3, 29, 8, tzinfo=UTC)),  # summer time
        (date(2021, 10, 30), time(10), datetime(2021, 10, 30, 8, tzinfo=UTC)),
        (date(2021, 11, 2), time(10), datetime(2021, 11, 2, 9, tzinfo=UTC)),
    ],
)
def test_the_calendar_entry_says_the_right_moment(day, hour, expected, reference):
    meeting = make_meeting(day, heure=hour, duree_minutes=90)
    content = CalendarEntry(reference, 0, SERVICE).calendar(meeting, [make_member("a")], NOW)
    found = icalendar.Calendar.from_ical(content)
    event = found.walk("VEVENT")[0]

    assert event.decoded("dtstart").astimezone(UTC) == expected
    assert (event.decoded("dtend") - event.decoded("dtstart")).total_seconds() == 90 * 60
    assert both(content)[3] == expected  # vobject read an hour late in summer, by the zone's rules
    for name in ("version", "prodid", "method"):
        assert name in found
    for name in ("uid", "dtstamp", "summary", "location"):
        assert name in event
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert b"\n" not in content.replace(b"\r\n", b"")
