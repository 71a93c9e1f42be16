"""State of each agreement of the committee; timetable and deadlines of its meetings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from qpref.quality.calendar import public_holidays
from qpref.reference.agreement import Addresses, Agreement, Answers, Declared, Visits, Yearly
from qpref.reference.meeting import PLANNED, AgendaItem, Meeting
from qpref.statistics.measure import Measure

KEPT, LATE, UNDER_WAY, DUE_LATER = "tenu", "en_retard", "en_cours", "a_venir"
SATURDAY = 5


def sending_deadline(meeting: Meeting, subdivision: str | None = None) -> date:
    """
    Return the last working day to send the documents of a meeting.

    Parameters
    ----------
    meeting
        Its date, and `delai_envoi_jours`, the days that members have at least.
    subdivision
        As `calendar.public_holidays`.
    """
    day = meeting.date - timedelta(days=meeting.delai_envoi_jours)
    closed = public_holidays(day.year - 1, day.year, subdivision)
    while day.weekday() >= SATURDAY or day in closed:
        day -= timedelta(days=1)
    return day


def timetable(meeting: Meeting) -> list[tuple[time, AgendaItem]]:
    """Return the items of the agenda, each with the time at which it begins."""
    moment, found = datetime.combine(meeting.date, meeting.heure), []
    for item in meeting.ordre_du_jour:
        found.append((moment.time(), item))
        moment += timedelta(minutes=item.minutes)
    return found


def seats(counts: Mapping[str, int], names: Mapping[str, str]) -> list[Measure]:
    """Return the members who speak for each category of users, under the name of the category."""
    return [
        Measure(key=category, label=names[category], value=n, unit="membres")
        for category, n in counts.items()
    ]


def minutes_asked(meeting: Meeting) -> int:
    """Return the length of the whole agenda."""
    return sum(item.minutes for item in meeting.ordre_du_jour)


@dataclass(frozen=True)
class Known:
    """
    Facts on which the states rest, as they are known on a day.

    `answers`: kept answers by site and campaign; `sent`: the day the documents of a meeting left,
    by the meeting's name;
    `consents`: members who share their address, and members, None when the file is not there;
    `ends`: the last day of each campaign; `subdivision`: of the calendar.
    """

    day: date
    meetings: Sequence[Meeting]
    answers: Mapping[tuple[str, str], int] = field(default_factory=dict)
    sent: Mapping[str, date] = field(default_factory=dict)
    consents: tuple[int, int] | None = None
    ends: Mapping[str, date] = field(default_factory=dict)
    subdivision: str | None = None


@dataclass(frozen=True)
class FollowUp:
    """An agreement, the meeting that took it, its state, its due day and the evidence."""

    agreement: Agreement
    taken_on: date
    state: str
    due: date | None
    evidence: Mapping[str, object]


def follow_up(
    known: Known, before: Meeting | None = None, committees: Sequence[str | None] | None = None
) -> list[FollowUp]:
    """
    Return the state of each agreement, the late ones first, then in order of due day.

    Parameters
    ----------
    known
        What the states rest on.
    before
        Only the agreements that this meeting finds: those of earlier ones of its committee; all by
        default.
    committees
        Only those of these committees; of all by default.

    Notes
    -----
    A meeting that was cancelled agreed on nothing and proves nothing.
    """
    found = []
    wanted = [meeting.comite for meeting in known.meetings] if committees is None else committees
    for committee in dict.fromkeys(wanted):
        held = [m for m in known.meetings if m.comite == committee and not m.annulee]
        own = replace(known, meetings=held)
        found += [
            _judge(agreement, meeting.date, own)
            for meeting in held
            if before is None or (meeting.date < before.date and committee == before.comite)
            for agreement in meeting.accords
        ]
    order = {LATE: 0, UNDER_WAY: 1, DUE_LATER: 2, KEPT: 3}
    return sorted(found, key=lambda f: (order[f.state], f.due or date.max, f.taken_on))


def by_state(found: Sequence[FollowUp], names: Mapping[str, str]) -> list[Measure]:
    """Return the number of agreements in each state, in the order of the names of the states."""
    return [
        Measure(
            key=state,
            label=name,
            n=len(found),
            value=sum(each.state == state for each in found),
            unit="accords",
        )
        for state, name in names.items()
    ]


def _judge(agreement: Agreement, taken_on: date, known: Known) -> FollowUp:
    proof = agreement.preuve
    if isinstance(proof, Answers):
        count = known.answers.get((proof.site, proof.campagne), 0)
        end = known.ends.get(proof.campagne)
        facts: dict[str, object] = {"reponses": count, "minimum": proof.minimum}
        facts |= {"close_le": end if end and end < known.day else None}
        # What a closed campaign did not collect, no later day will: it is due by its end.
        due = min(filter(None, (agreement.echeance, end)), default=None)
        return _told(agreement, taken_on, known, count >= proof.minimum, facts, due)
    if isinstance(proof, Visits):
        # One that two meetings tell, made then reported, is one visit.
        visits = {
            (v.date, v.service)
            for meeting in known.meetings
            for v in meeting.visites
            if v.etat != PLANNED
        }
        done = sum(taken_on <= day <= known.day for day, _ in visits)
        facts = {"visites": done, "minimum": proof.minimum}
        return _told(agreement, taken_on, known, done >= proof.minimum, facts)
    if isinstance(proof, Addresses):
        agreed, members = known.consents or (0, 0)
        facts = {"accords": agreed, "membres": members}
        return _told(agreement, taken_on, known, agreed > 1, facts)
    if isinstance(proof, Declared):
        is_done = proof.fait_le is not None and proof.fait_le <= known.day
        return _told(agreement, taken_on, known, is_done, {"fait_le": proof.fait_le})
    if isinstance(proof, Yearly):
        return _yearly(agreement, taken_on, known)
    return _sent(agreement, taken_on, known)


def _told(  # noqa: PLR0913, PLR0917 - what a state rests on
    agreement: Agreement,
    taken_on: date,
    known: Known,
    is_kept: bool,
    facts: Mapping[str, object],
    due: date | None = None,
) -> FollowUp:
    """Return the state of an agreement that is kept or not by its due day, its own by default."""
    due = due or agreement.echeance
    state = KEPT if is_kept else LATE if due and due < known.day else UNDER_WAY
    return FollowUp(agreement, taken_on, state, due, facts)


def _yearly(agreement: Agreement, taken_on: date, known: Known) -> FollowUp:
    """Return whether each meeting was held, or is planned, within a year of the one before."""
    held = [m.date for m in known.meetings if taken_on <= m.date <= known.day]
    last = max(held, default=taken_on)
    due = _year_after(last)
    planned = [m.date for m in known.meetings if known.day < m.date <= due]
    gaps = [b for a, b in zip(sorted(held), sorted(held)[1:], strict=False) if b > _year_after(a)]
    if known.day > due or gaps:
        state = LATE
    elif planned or len(held) > 1:
        state = KEPT
    else:
        state = DUE_LATER
    facts = {"derniere": last, "prochaine": min(planned, default=None)}
    return FollowUp(agreement, taken_on, state, due, facts)


def _sent(agreement: Agreement, taken_on: date, known: Known) -> FollowUp:
    """Return whether the documents of the next meeting, else of the last one, were sent in time."""
    later = sorted((m for m in known.meetings if m.date > taken_on), key=lambda m: m.date)
    if not later:
        return FollowUp(agreement, taken_on, DUE_LATER, None, {})
    coming = [m for m in later if m.date >= known.day]
    meeting = coming[0] if coming else later[-1]
    due = sending_deadline(meeting, known.subdivision)
    went = known.sent.get(meeting.name)
    if went is not None and went <= known.day:
        state = KEPT if went <= due else LATE
    else:
        state, went = (LATE if known.day > due else DUE_LATER), None
    facts = {"envoye_le": went, "reunion": meeting.date}
    return FollowUp(agreement, taken_on, state, due, facts)


def _year_after(day: date) -> date:
    """Return the same day a year later; 28 February after the 29th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
