"""A meeting from announcement to minutes: days not to miss, who received what, who comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from qpref.clu.answers import COMING, REPRESENTED, MemberAnswer, attendance, load_replies
from qpref.clu.facts import sent_on
from qpref.clu.journal import TO_SEND, Journal
from qpref.project import Project
from qpref.quality.agreements import sending_deadline
from qpref.reference import Reference
from qpref.reference.meeting import Meeting
from qpref.reference.members import Member, Members

BY_POST = "lettre"


@dataclass(frozen=True)
class Line:
    """A member: the state of what was sent to it, the version and the moment, and its answer."""

    member: Member
    state: str
    version: int
    moment: str
    answer: MemberAnswer | None


@dataclass(frozen=True)
class Diary:
    """
    A meeting's days and members.

    `expected` are seats that come or are represented, `quorum` what the committee declared: None
    when it has no such rule.
    """

    meeting: Meeting
    send_by: date
    ask_by: date
    sent: date | None
    lines: tuple[Line, ...]
    expected: int
    quorum: int | None

    @property
    def silent(self) -> list[Member]:
        """The seats that answered nothing, nor their substitute."""
        answered = {line.member.id for line in self.lines if line.answer}
        answered |= {
            str(line.member.suppleant_de)
            for line in self.lines
            if line.member.suppleant_de and line.answer
        }
        return [
            line.member
            for line in self.lines
            if not line.member.suppleant_de and line.member.id not in answered
        ]


def diary(project: Project, reference: Reference, meeting: Meeting, members: Members) -> Diary:
    """Return where a meeting stands, from its file, the journal of its mail and the replies."""
    said = attendance(load_replies(project, meeting).reponses)
    invited = members.on(meeting.date)
    received = _received(project, meeting)
    lines = []
    for member in invited.membres:
        version, state, moment = received.get(member.id, (0, TO_SEND, ""))
        state = state if member.courriel else BY_POST
        lines.append(Line(member, state, version, moment, said.get(member.id)))
    return Diary(
        meeting,
        sending_deadline(meeting, reference.sites.jours_feries),
        meeting.date - timedelta(days=meeting.delai_questions_jours),
        sent_on(project, meeting),
        tuple(lines),
        _expected(invited, said),
        meeting.quorum,
    )


def _received(project: Project, meeting: Meeting) -> dict[str, tuple[int, str, str]]:
    """Return the last version that each member was sent, its state and its moment."""
    found: dict[str, tuple[int, str, str]] = {}
    for version, journal in _versions(project, meeting):
        moments = {event["membre"]: event["moment"] for event in journal.events}
        for member, state in journal.states.items():
            found[member] = (version, state, moments.get(member, ""))
    return found


def _versions(project: Project, meeting: Meeting) -> list[tuple[int, Journal]]:
    """Return the journals of a meeting, each with its version."""
    journals = Journal.every(project, meeting.first_name)
    return [(int(one.folder.name.partition("-")[2] or 0), one) for one in journals]


def _expected(invited: Members, said: Mapping[str, MemberAnswer]) -> int:
    """Return how many seats come or are represented; a substitute who comes fills its titular's."""
    count = 0
    for one in invited.membres:
        if one.suppleant_de:
            continue
        substitute = invited.substitute_of(one.id)
        answers = [said.get(one.id), said.get(substitute.id) if substitute else None]
        own, other = (answer.reponse if answer else "" for answer in answers)
        count += own in {COMING, REPRESENTED} or other == COMING
    return count
