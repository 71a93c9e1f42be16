"""Two runs send at once, are killed at any operation, on a full disk, by a clock that jumps.

The server counts what it got. Nobody gets a mail twice; who is told to have got it got it; who got
it is never told to be waiting. Two hundred draws by `make nuit`.
"""

import random
import sys
import threading
from collections import Counter

import pytest
from aiosmtpd.controller import Controller

from qpref.clu.journal import ACCEPTED, BEGUN, Journal
from tests.clu.test_sending import free_port
from tests.conftest import NIGHT
from tests.forked import asked

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processus fourchus, signaux")
MEMBERS = [f"membre-{rank}" for rank in range(5)]
DRAWS = 200 if NIGHT else 4


class Counting:
    """Counts the texts that it got; refuses some for a time, and cuts the line after others."""

    def __init__(self):
        self.got, self.refusals, self.cuts = Counter(), 0, 0
        self.lock = threading.Lock()

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002, N802
        with self.lock:
            if self.refusals:
                self.refusals -= 1
                return "451 plus tard"
            self.got[envelope.rcpt_tos[0].partition("@")[0]] += 1
            if self.cuts:
                self.cuts -= 1
                server.transport.abort()
        return "250 pris"


@pytest.fixture(scope="module")
def server():
    handler, port = Counting(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


@pytest.fixture(scope="module")
def runs():
    """Give what begins runs together and returns what each told."""
    with asked("tests.attacks.sender") as ask:
        yield lambda folder, port, *faults: ask(
            [[str(folder), port, MEMBERS, fault] for fault in faults]
        )


def journal_of(folder):
    return Journal(folder / "envois", folder / "envois.jsonl")


def fault_of(draw, operations):
    """Draw what befalls a run: nothing, a kill at one of its operations, a disk nearly full."""
    fault = {"clock": draw.random() < 0.3, "pauses": draw.random()}
    befalls = draw.choice(("kill", "kill", "kill", "room", ""))
    if befalls == "kill":
        fault["kill"] = draw.randint(1, operations)
    elif befalls == "room":
        fault["room"] = draw.randint(0, 400)
    return fault


def test_two_runs_and_kills_send_nothing_twice(server, runs, tmp_path):
    """In half of the draws the locks of the share hold nothing: exclusive creation is alone."""
    handler, port = server
    handler.got.clear()
    (whole,) = runs(tmp_path / "entier", port, {})
    assert whole["left"] == MEMBERS
    assert dict(handler.got) == dict.fromkeys(MEMBERS, 1)

    draw = random.Random(17)  # noqa: S311 - repeatable
    seen = Counter()
    for number in range(DRAWS):
        folder = tmp_path / str(number)
        handler.got.clear()
        handler.refusals, handler.cuts = draw.choice(((0, 0), (0, 0), (1, 0), (0, 1)))
        locks = draw.random() < 0.5
        faults = [fault_of(draw, whole["operations"]) | {"locks": locks} for _ in range(2)]
        if number % 4 == 3:
            faults[1] = {"locks": locks, "pauses": number}  # one of both meets nothing
        told = [*runs(folder, port, *faults)]
        handler.refusals, handler.cuts = 0, 0
        told += runs(folder, port, {})

        assert not [one for one in told if one and "trace" in one], (number, faults, told)
        assert max(handler.got.values(), default=0) <= 1, (number, faults, handler.got)
        states = journal_of(folder).states
        for one in [one for one in told if one and "states" in one]:
            accepted = {name for name, state in one["states"].items() if state == ACCEPTED}
            assert accepted | {*one["left"]} <= {*handler.got}, (number, faults, one)
        assert {*states.values()} <= {ACCEPTED, BEGUN}, (number, faults, states)
        assert {name for name, state in states.items() if state == ACCEPTED} <= {*handler.got}
        seen.update(Counter(states.values()), killed=sum(one is None for one in told))
        seen["told of the disk"] += sum("error" in one for one in told if one)
    sys.stdout.write(f"{DRAWS} draws: {dict(seen)}\n")
    assert seen["killed"] >= DRAWS // 4
    assert seen[ACCEPTED] > len(MEMBERS) * DRAWS // 2


def test_without_its_two_fences_the_attack_sees_doubles(server, runs, tmp_path):
    """Two runs at once may happen to follow each other: so many pairs as one of them needs."""
    handler, port = server
    handler.got.clear()
    open_ = {"locks": False, "fences": False}
    for number in range(1, 21):
        runs(tmp_path / str(number), port, *({**open_, "pauses": number + seed} for seed in (0, 1)))
        if sum(handler.got.values()) > number * len(MEMBERS):
            break

    assert sum(handler.got.values()) > number * len(MEMBERS)


@pytest.mark.nuit
def test_a_kill_at_each_operation_of_one_run(server, runs, tmp_path):
    """No draw: each operation in turn, then the same command again; who may have it is told."""
    handler, port = server
    (whole,) = runs(tmp_path / "entier", port, {})
    for at in range(1, whole["operations"] + 1):
        handler.got.clear()
        folder = tmp_path / str(at)
        assert runs(folder, port, {"kill": at}) == [None]
        (again,) = runs(folder, port, {})
        assert max(handler.got.values()) == 1
        for name, state in again["states"].items():
            assert handler.got[name] == 1 or state == BEGUN, (at, name, state)
        assert sum(state == BEGUN for state in again["states"].values()) <= 1
