"""Runs that send, each in a process that a fault ends: read as JSON, one draw a line, from stdin.

A run is killed at its n-th operation on a file or on the line to the server, before it or after it,
or meets a disk with so many bytes left. What it told is given back; nothing, when it was killed.
"""

import json
import os
import random
import resource
import signal
import smtplib
import sys
import time
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path

from qpref.clu import journal, sending
from qpref.errors import QprefError
from qpref.reference.members import Relay
from tests.clu.conftest import make_member

OF_FILES = {"open", "os.mkdir", "os.remove", "os.rename", "os.chmod", "os.utime", "os.listdir"}


class Killer:
    """Counts operations, pauses before some, that two runs may cross anywhere, ends at the n-th."""

    def __init__(self, at, pauses):
        self.at, self.count = at, 0
        self.draw = random.Random(pauses)  # noqa: S311 - repeatable

    def step(self):
        self.count += 1
        if self.draw.random() < 0.2:
            time.sleep(self.draw.uniform(0, 0.02))
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self):
        sys.addaudithook(lambda event, _: self.step() if event in OF_FILES else None)
        for place, name in ((os, "fsync"), (smtplib.SMTP, "send"), (smtplib.SMTP, "getreply")):
            setattr(place, name, self._around(getattr(place, name)))

    def _around(self, real):
        def call(*given, **named):
            self.step()
            done = real(*given, **named)
            self.step()
            return done

        return call


class Jumping(datetime):
    """A clock that says anything within twenty years."""

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + timedelta(days=random.uniform(-3650, 3650))  # noqa: S311


def run(folder, port, members, fault):
    """Send as the command does; return what it tells, and how many operations it took."""
    relay = Relay(
        serveur="127.0.0.1", port=port, chiffrement="aucun", expediteur="q@exemple.invalid"
    )
    kept = journal.Journal(Path(folder, "envois"), Path(folder, "envois.jsonl"))
    people = [make_member(name) for name in members]
    if fault.get("locks") is False:  # a share whose locks hold nothing
        sending.held = lambda _: nullcontext()
    if fault.get("clock"):
        journal.datetime = Jumping
    killer = Killer(fault.get("kill", 0), fault.get("pauses", 0))
    killer.watch()
    if "room" in fault:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (fault["room"], fault["room"]))
    if fault.get("fences") is False:  # neither: what the attack must see
        real = Path.touch
        Path.touch = lambda path, exist_ok=True: real(path, exist_ok=True)  # noqa: ARG005
    try:
        sent = sending.send(
            lambda member: f"To: {member.courriel}\r\n\r\nbonjour\r\n".encode(),
            people,
            sending.Post(relay, None, kept, "1_2021-03-01"),
        )
        told = {"states": dict(sent.states), "left": list(sent.left)}
    except QprefError as error:
        told = {"error": str(error)}
    return {**told, "operations": killer.count}


def forked(work, gate):
    """Begin a run in a child that waits at a gate; return what reads its answer."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.read(gate, 1)
        try:
            answer = json.dumps(run(*work)).encode()
        except BaseException as error:  # noqa: BLE001 - a trace is a fault that the test must see
            answer = json.dumps({"trace": repr(error)}).encode()
        os.write(writing, answer)
        os._exit(0)
    os.close(writing)

    def answer():
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        return json.loads(said) if said else None

    return answer


def together(works):
    """Make runs start at once; return what each told."""
    gate, opening = os.pipe()
    answers = [forked(work, gate) for work in works]
    os.write(opening, b"." * len(works))
    told = [answer() for answer in answers]
    os.close(gate)
    os.close(opening)
    return told


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(together(json.loads(line))) + "\n")
        sys.stdout.flush()
