"""Timeline of a meeting, from announcement to minutes: key dates, mail sent, attendance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from qpref.clu.answers import (
    COMING,
    REPRESENTED,
    MemberAnswer,
    attendance,
    load_replies,
    said,
)
from qpref.clu.facts import sent_on
from qpref.clu.journal import TO_SEND, Journal
from qpref.project import Project
from qpref.quality.agreements import sending_deadline
from qpref.reference import Reference
from qpref.reference.meeting import Meeting
from qpref.reference.members import Member, Members

BY_POST, POSTED = "lettre", "lettre_postee"
BY_HAND = "a_la_main"  # a person sent the documents, and said when
BY_TITULAR = "titulaire"  # who reaches a substitute without an address


@dataclass(frozen=True)
class Delivery:
    """How a message to a member stands, its version when that is known, and its moment or day."""

    state: str
    version: int | None = None
    moment: str = ""


@dataclass(frozen=True)
class Line:
    """A member: what was sent to it, the last one last, and its answer."""

    member: Member
    deliveries: tuple[Delivery, ...]
    answer: MemberAnswer | None

    @property
    def last(self) -> Delivery:
        """The last message."""
        return self.deliveries[-1]


@dataclass(frozen=True)
class Diary:
    """A meeting's days and members; `former`: who answered, to its former day only."""

    meeting: Meeting
    send_by: date
    ask_by: date
    sent: date | None
    lines: tuple[Line, ...]
    former: tuple[str, ...] = ()

    @property
    def seats(self) -> list[tuple[Line, ...]]:
        """Each titular, with its substitutes."""
        return [
            (line, *(two for two in self.lines if two.member.suppleant_de == line.member.id))
            for line in self.lines
            if not line.member.suppleant_de
        ]

    @property
    def expected(self) -> int:
        """How many seats come or are represented; a substitute who comes fills its titular's."""
        said = {line.member.id: line.answer for line in self.lines if line.answer}
        return sum(any(_comes(line.member.id, said) for line in seat) for seat in self.seats)

    @property
    def silent(self) -> list[Member]:
        """The titulars that answered nothing, nor their substitute."""
        return [seat[0].member for seat in self.seats if not any(line.answer for line in seat)]


def diary(project: Project, reference: Reference, meeting: Meeting, members: Members) -> Diary:
    """Return where a meeting stands, from its file, the journal of its mail and the replies."""
    answers = said(project, meeting)
    ever = attendance(load_replies(project, meeting).reponses)
    invited = members.on(meeting.date)
    received = _received(project, meeting)
    lines = [
        Line(one, _sent_to(meeting, one, received.get(one.id, ())), answers.get(one.id))
        for one in invited.membres
    ]
    return Diary(
        meeting,
        sending_deadline(meeting, reference.sites.territory),
        meeting.date - timedelta(days=meeting.delai_questions_jours),
        sent_on(project, meeting, members),
        tuple(lines),
        tuple(one.id for one in invited.membres if one.id in ever.keys() - answers.keys()),
    )


def _sent_to(
    meeting: Meeting, member: Member, received: tuple[Delivery, ...]
) -> tuple[Delivery, ...]:
    """Return what left for a member by our mail; else by a person, as the meeting's file says."""
    if any(one.state != TO_SEND for one in received):
        return received
    if not (member.courriel or member.adresse):
        return (Delivery(BY_TITULAR),)
    if meeting.lettres_le and not member.courriel:
        return tuple(Delivery(POSTED, moment=f"{day}") for day in meeting.lettres_le)
    if meeting.envoye_le:
        return (Delivery(BY_HAND, moment=f"{meeting.envoye_le}"),)
    return received or (Delivery(TO_SEND if member.courriel else BY_POST),)


def _received(project: Project, meeting: Meeting) -> dict[str, tuple[Delivery, ...]]:
    """Return the versions that left for each member, or were to."""
    found: dict[str, tuple[Delivery, ...]] = {}
    for version, journal in _versions(project, meeting):
        moments = {event["membre"]: event["moment"] for event in journal.events}
        for member, state in journal.states.items():
            one = Delivery(state, version, moments.get(member, ""))
            found[member] = (*found.get(member, ()), one)
    return found


def _versions(project: Project, meeting: Meeting) -> list[tuple[int, Journal]]:
    """Return the journals of a meeting, each with its version."""
    journals = Journal.every(project, meeting.first_name)
    return [(int(one.folder.name.partition("-")[2] or 0), one) for one in journals]


def _comes(name: str, said: Mapping[str, MemberAnswer]) -> bool:
    """Whether a member comes, or somebody for it who did not decline."""
    answer = said.get(name)
    if answer is None or answer.reponse == COMING:
        return answer is not None
    other = said.get(answer.par)
    return answer.reponse == REPRESENTED and (other is None or other.reponse == COMING)
