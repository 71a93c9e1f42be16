"""A meeting lived through: replies, members who come and go, other days, runs killed anywhere.

Whatever the order, each member receives each version once, and attendance is the last reply to the
day that the meeting has now. What the world knows (who was sent what, who said what last) is kept
here, apart from what the program writes.
"""

import email
import email.policy
import smtplib
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import yaml
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from qpref.batch.pool import Limits
from qpref.batch.setting import RunSetting
from qpref.clu import replies, sending
from qpref.clu.answers import COMING, EXCUSED, said
from qpref.clu.convening import move
from qpref.clu.diary import diary
from qpref.clu.documents import Occasion
from qpref.clu.facts import meetings
from qpref.clu.journal import ACCEPTED, BEGUN, Attempt
from qpref.clu.mailing import Enclosed, compose
from qpref.clu.replies import read_replies
from qpref.clu.reply import Reading
from qpref.project import Project
from qpref.reference.members import Members, Relay, by_mail
from tests.clu.conftest import make_member
from tests.clu.test_replies import SENTENCES, mail, put
from tests.conftest import example_count

NAMES = "abcd"
DAYS = [date(2021, 3, 16), date(2021, 3, 30), date(2021, 4, 13), date(2021, 5, 4)]
RELAY = Relay(serveur="relais.invalid", chiffrement="aucun", expediteur="q@exemple.invalid")
FAULTS = ("", "", "before", "after", "cut", "refused", "unnoted")


class Killed(BaseException):
    """The end of a process."""


class Line:
    """What stands for the relay: it delivers what it takes, and what befalls it is drawn."""

    sock = True

    def __init__(self, world, fault, at):
        self.world, self.fault, self.at = world, fault, at

    def ehlo_or_helo_if_needed(self):
        pass

    def mail(self, _):
        return 250, b""

    def rcpt(self, address):
        self.to = address.partition("@")[0]
        return 250, b""

    def data(self, content):
        self.at -= 1
        fault = self.fault if self.at == 0 else ""
        if fault == "before":
            raise Killed
        if fault == "refused":
            return 550, b"plus tard"
        self.world.deliver(self.to, content)
        if fault == "after":
            raise Killed
        if fault == "cut":
            raise smtplib.SMTPServerDisconnected
        return 250, b""

    def rset(self):
        pass

    close = quit = rset


class Life(RuleBasedStateMachine):
    """One meeting, its members, and the world around."""

    def __init__(self, home, reference):
        super().__init__()
        self.project, self.reference = Project(home), reference
        self.now = datetime(2021, 2, 1, 8, tzinfo=UTC)
        self.around, self.hour, self.is_off = set(NAMES), 14, False
        self.delivered, self.identities = Counter(), {}
        self.said, self.since, self.has_version = [], None, False

    @initialize(is_announced=st.booleans())
    def convene(self, is_announced):
        self.project.committee.mkdir(parents=True)
        self.write(date=DAYS[0], lieu="préfecture", fictif="oui", sites=["evry"])
        if is_announced:
            self.send("", 1)

    # What the program knows: its files, read again each time as each command does.
    @property
    def meeting(self):
        (found,) = meetings(self.project, self.reference)
        return found

    @property
    def members(self):
        people = tuple(make_member(name) for name in NAMES if name in self.around)
        return Members.model_construct(
            fictif=True, conserver_jusqu_au=date(2099, 12, 31), organisateur="q@exemple.invalid",
            membres=people,
        )  # fmt: skip

    @property
    def occasion(self):
        setting = RunSetting(self.now)
        return Occasion(
            self.project, self.reference, self.meeting, self.members, setting, Limits()
        )  # fmt: skip

    def write(self, **content):
        (path,) = [*self.project.committee.glob("2*.yml")] or [
            self.project.committee / f"{DAYS[0]}.yml"
        ]
        known = yaml.safe_load(path.read_bytes()) if path.exists() else {}
        known |= content | {"heure": f"{self.hour}:00", "annulee": "oui" if self.is_off else "non"}
        path.write_text(yaml.safe_dump(known, allow_unicode=True), "utf-8")

    def deliver(self, name, content):
        """Note what a member gets: the version is that of the calendar entry that it carries."""
        message = email.message_from_bytes(content, policy=email.policy.default)
        (part,) = message.iter_attachments()
        (event,) = icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
        key = name, int(event["sequence"])
        self.delivered[key] += 1
        assert self.identities.setdefault(message["Message-ID"], key) == key
        assert self.delivered[key] == 1, key

    def tick(self):
        self.now += timedelta(minutes=1)

    # What befalls it.
    @rule(name=st.sampled_from(NAMES), answer=st.sampled_from([*SENTENCES]))
    def reply(self, name, answer):
        self.tick()
        rank = len(self.said)
        put(self.project.root / "recus", f"{rank}", mail(name, SENTENCES[answer], self.now))
        self.said.append((name, answer, self.now))

    @precondition(lambda self: self.said)
    @rule(chance=st.randoms(), stop=st.integers(0, 8))
    def read(self, chance, stop):
        """Read what came, in any order; killed as it keeps the n-th, unless that is 0."""
        self.tick()
        paths = sorted((self.project.root / "recus").iterdir())
        chance.shuffle(paths)
        keep, left = replies.keep_replies, [stop]

        def killed(*given):
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            keep(*given)

        everybody = self.members.model_copy(update={"membres": tuple(map(make_member, NAMES))})
        reading = Reading(self.project, self.reference, self.meeting, everybody, self.now)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(replies, "keep_replies", killed)
            try:
                read_replies(reading, paths)
            except Killed:
                return
        self.check_attendance()

    @rule(name=st.sampled_from(NAMES))
    def come_or_go(self, name):
        self.around ^= {name}

    @rule(hour=st.integers(9, 11))
    def change_hour(self, hour):
        self.hour = hour
        self.write()

    @rule()
    def call_off_or_on(self):
        self.is_off = not self.is_off
        self.write()

    @rule(day=st.sampled_from(DAYS))
    def move(self, day):
        if day == self.meeting.date:
            return
        self.tick()
        move(self.project, self.meeting, day, self.now)
        if self.has_version:
            self.since = self.now

    @rule(fault=st.sampled_from(FAULTS), at=st.integers(1, 4))
    def send(self, fault, at):
        self.tick()
        self.has_version = True
        occasion = self.occasion
        write = Attempt.write

        def killed(attempt, state, *given):
            if fault == "unnoted" and state == ACCEPTED:
                raise Killed
            write(attempt, state, *given)

        line = Line(self, fault, at)
        mails = compose(occasion, Enclosed([], [occasion.entry_for(())], (), ()), is_personal=True)
        post = sending.Post(RELAY, None, occasion.journal)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sending, "_connected", lambda *_: line)
            patch.setattr(Attempt, "write", killed)
            try:
                sending.send(mails.of, by_mail(occasion.invited.membres), post)
            except Killed:
                return
        if fault in {"", "cut"}:
            self.check_received(occasion)

    # What must hold.
    def check_received(self, occasion):
        """Each got this version, or nobody knows; who is told to have it has it."""
        for name, state in occasion.journal.states.items():
            got = self.delivered[name, occasion.version]
            assert state == BEGUN or (state == ACCEPTED) == (got == 1) or name not in self.around
            assert state in {BEGUN, ACCEPTED} or name not in self.around

    def check_attendance(self):
        """The last reply of each, of those to the present day, at one instant."""
        expected = {
            name: answer for name, answer, at in self.said if not self.since or at >= self.since
        }
        found = said(self.project, self.meeting)
        assert {name: one.reponse for name, one in found.items()} == expected
        told = diary(self.project, self.reference, self.meeting, self.members)
        around = {name: answer for name, answer in expected.items() if name in self.around}
        assert {o.member.id: o.answer.reponse for o in told.lines if o.answer} == around
        assert told.expected == sum(answer == COMING for answer in around.values())
        assert {one.id for one in told.silent} == self.around - expected.keys()

    def teardown(self):
        """Whoever did not get the last version gets it; whatever was left unread is read."""
        if not self.project.committee.exists():
            return
        self.send("", 1)
        for name in self.around:
            assert self.delivered[name, self.occasion.version] == 1 or (
                self.occasion.journal.states[name] == BEGUN
            )
        if self.said:
            self.read(_InOrder(), 0)


class _InOrder:
    def shuffle(self, paths):
        paths.reverse()


def test_a_meeting_lived_through(tmp_path_factory, reference):
    assert {*SENTENCES} == {COMING, EXCUSED}
    run_state_machine_as_test(
        lambda: Life(tmp_path_factory.mktemp("vie") / "p", reference),
        settings=settings(
            max_examples=example_count(3, 200), stateful_step_count=14, deadline=None
        ),
    )  # fmt: skip
