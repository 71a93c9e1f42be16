"""Types shared by the readers of replies, whatever the format."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from qpref.clu.answers import REPRESENTED, Aside, MemberAnswer
from qpref.intake.privacy import mask
from qpref.project import Project
from qpref.reference import Reference
from qpref.reference.meeting import Meeting, MemberQuestion
from qpref.reference.members import Member, Members

LONGEST = 2_000  # characters of what is set aside


@dataclass(frozen=True)
class Reading:
    """For which meeting and members replies are read, when, and names known to be masked."""

    project: Project
    reference: Reference
    meeting: Meeting
    members: Members
    now: datetime
    names: tuple[str, ...] = ()

    def member(self, name: object) -> Member | None:
        """Return the member of an address, a short name or an organisation held by one alone."""
        key = str(name or "").strip().casefold()
        found = [
            one
            for one in self.members.membres
            if key and key in {one.id, (one.courriel or "").casefold(), one.organisation.casefold()}
        ]
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Read:
    """What one file says: answers, questions, what is set aside."""

    answers: Sequence[MemberAnswer] = ()
    questions: Sequence[MemberQuestion] = ()
    aside: Sequence[Aside] = ()


def answer_of(
    reading: Reading, member: Member, said: tuple[str, str], sent: str, source: str
) -> MemberAnswer:
    """Return an answer; who comes instead is a member when one is meant, or is the substitute."""
    answer, par = said
    if answer == REPRESENTED:
        known = reading.member(par) or (None if par else reading.members.substitute_of(member.id))
        par = known.id if known else par
    return MemberAnswer(member.id, answer, sent, par if answer == REPRESENTED else "", source)


def questions_of(
    reading: Reading, member: Member, asked: Sequence[tuple[str, str]]
) -> list[MemberQuestion]:
    """Return questions, masked, under the organisation that asks them."""
    return [
        MemberQuestion(
            recue_le=reading.now.date(),
            de=mask(member.organisation, reading.names)[0],
            texte=mask(text, reading.names)[0],
            sujet=mask(about, reading.names)[0],
        )
        for text, about in asked
    ]
