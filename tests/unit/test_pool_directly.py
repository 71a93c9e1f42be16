"""The driver of a batch, with threads in place of processes: how many, which, what becomes of them.

Each report is a few words sent through a real pipe: no notebook runs.
"""

import os
import sys
import threading
from dataclasses import replace
from itertools import accumulate
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace

import pytest

from qpref.batch import pool, run
from qpref.batch.plan import Notebook, Report
from qpref.batch.pool import Limits
from qpref.batch.result import Result
from qpref.batch.worker import FREE
from qpref.project import Project

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tuyaux dédoublés par os.dup")
PATIENCE = 15  # seconds; a plan takes a tenth of one
OURS = {"10_satisfaction", "15_analyses", "16_encore"}  # ship with the program


class Process(threading.Thread):
    """A thread that is asked what a process is; it has its own end of the pipe, as a process."""

    pid, exitcode = None, 3

    def __init__(self, target, args, daemon):
        theirs = args[0]
        own = Connection(os.dup(theirs.fileno()), theirs.readable, theirs.writable)
        super().__init__(target=target, args=(own, *args[1:]), daemon=daemon)
        self.killed = threading.Event()

    def run(self):
        threading.current_thread().killed = self.killed
        super().run()

    def kill(self):
        self.killed.set()


class Context:
    """Starts such threads, and keeps what each one does."""

    Pipe = staticmethod(Pipe)

    def __init__(self, method):
        self.method, self.started = method, []

    def get_start_method(self):
        return self.method

    def Process(self, target, args, daemon):  # noqa: N802 - the name of multiprocessing
        self.started.append(Process(target, args, daemon))
        return self.started[-1]


class Desk:
    """What the threads do instead of reports, and what they were seen to do."""

    def __init__(self):
        self.made, self.waits = [], {}

    def do(self, connection, report):
        threading.current_thread().killed.wait(self.waits.get(report.site, 0))
        self.made.append(report.site)
        connection.send(Result(report, cpu_seconds=1.5))

    def one(self, connection, report, *_):
        self.do(connection, report)
        connection.close()

    def several(self, connection, *_):
        while (report := connection.recv()) is not None:
            self.do(connection, report)
            connection.send(FREE)
        connection.close()


@pytest.fixture
def desk(monkeypatch):
    found = Desk()
    monkeypatch.setattr(pool, "make_one", found.one)
    monkeypatch.setattr(pool, "make_several", found.several)
    monkeypatch.setattr(pool, "_TICK", 0.01)
    monkeypatch.setattr(pool.shared, "may_share", lambda path: path.stem in OURS)
    monkeypatch.setattr(run, "keep_failed", lambda _report, _project, _cell, how: how)
    return found


@pytest.fixture
def context(monkeypatch):
    found = Context("forkserver")
    monkeypatch.setattr(pool, "context", lambda _: found)
    return found


def planned(*names, site="evry", is_joint=False, peers=()):
    """Reports of these notebooks for a site; each `name@site` for another."""
    pairs = [(*name.split("@"), site)[:2] for name in names]
    return [
        Report(Notebook(Path(f"{name}.ipynb"), (), (), is_joint=is_joint), "2020-11", where,
               Path(where), "", peers or (where,))
        for name, where in pairs
    ]  # fmt: skip


def made(plan, folder, **limits):
    """Make a plan in a thread of its own: a driver that waits for ever is a failure."""
    events, results = [], []
    given = plan, Project(folder), None, Limits(**limits), events.append
    driver = threading.Thread(target=lambda: results.append(pool.make_all(*given)), daemon=True)
    driver.start()
    driver.join(PATIENCE)
    assert results, f"{len(events)} events, and no result"
    return results[0], events


@pytest.mark.parametrize(("workers", "most"), [(0, 1), (1, 1), (2, 2), (9, 5)])
def test_no_more_reports_are_made_at_once_than_asked(desk, context, tmp_path, workers, most):
    """The first takes longest: results still come in the order of the plan."""
    plan = planned(*(f"50_affiche@{rank}" for rank in range(5)))
    desk.waits = {"0": 0.1}

    results, events = made(plan, tmp_path, workers=workers)

    assert max(accumulate({"debut": 1, "fin": -1}[e["evenement"]] for e in events)) == most
    assert [one.report for one in results] == plan
    assert [one.failure for one in results] == [None] * 5
    assert results[0].seconds >= 0.05  # some are spent before its clock begins
    assert {one.cpu_seconds for one in results} == {1.5}
    assert [e["essai"] for e in events if e["evenement"] == "debut"] == [1] * 5
    assert len(context.started) == 5


@pytest.mark.parametrize("tries", [1, 2, 3])
def test_a_report_that_always_dies_is_tried_as_often_as_asked(
    desk, context, tmp_path, monkeypatch, tries
):
    monkeypatch.setattr(pool, "make_one", lambda connection, *_: connection.close())

    results, events = made(planned("50_affiche"), tmp_path, tries=tries)

    begun = [("debut", rank + 1) for rank in range(tries)]
    assert [(e["evenement"], e.get("essai")) for e in events if e["evenement"] == "debut"] == begun
    assert [e["evenement"] for e in events][1:] == ["reprise", "debut"] * (tries - 1) + ["fin"]
    said = "s’est arrêté brutalement (code 3)"
    assert [e["cause"] for e in events if e["evenement"] == "reprise"] == [said] * (tries - 1)
    assert (results[0].failure, events[-1]["echec"]) == (said, said)
    assert desk.made == []
    assert len(context.started) == tries


def test_a_report_that_takes_too_long_is_ended_and_the_others_are_not(
    desk, context, tmp_path, monkeypatch
):
    def wait(connection, report, *_):
        if report.site == "lent":
            threading.current_thread().killed.wait(20)
        else:
            desk.do(connection, report)
        connection.close()

    monkeypatch.setattr(pool, "make_one", wait)
    results, _ = made(
        planned("50_affiche@lent", "50_affiche@vif"), tmp_path, workers=2, seconds=0.3
    )

    assert [one.failure for one in results] == ["a dépassé 0.3 secondes", None]
    assert [one.killed.is_set() for one in context.started] == [True, False]


def test_reports_of_the_same_answers_are_made_by_one_process_that_then_ends(
    desk, context, tmp_path
):
    """Three of a site, one of its neighbour, one joint, one of another committee: two processes."""
    peers = ("evry", "etampes")
    plan = [
        *planned(*sorted(OURS), "10_satisfaction@etampes", peers=peers),
        *planned("10_satisfaction@ensemble", is_joint=True, peers=peers),
        *planned("10_satisfaction@melun"),
    ]

    results, _ = made(plan, tmp_path)

    assert [one.failure for one in results] == [None] * 6
    assert desk.made == ["evry"] * 3 + ["etampes", "ensemble", "melun"]
    assert len(context.started) == 2
    assert not any(one.is_alive() for one in context.started)


def test_a_process_that_waits_ends_as_soon_as_nothing_is_left_for_it(
    desk, context, tmp_path, monkeypatch
):
    """The reports of another site come next: they begin when the first process is gone."""
    seen, started = [], pool._start

    def watched(*given):
        seen.append([one.is_alive() for one in context.started])
        return started(*given)

    monkeypatch.setattr(pool, "_start", watched)
    first, second = sorted(OURS)[:2]
    made(planned(first, second, f"{first}@etampes", f"{second}@etampes"), tmp_path)

    assert seen == [[], [True], [False], [False, True]]
    assert desk.made == ["evry", "evry", "etampes", "etampes"]


@pytest.mark.usefixtures("desk", "context")
def test_what_nobody_has_open_goes_before_what_another_process_reads(tmp_path):
    """Two at once: the answers of Étampes are begun while Évry's process has a report to make."""
    names = sorted(OURS)
    plan = [*planned(*names[:2]), *planned(*(f"{name}@etampes" for name in names[:2]))]

    _, events = made(plan, tmp_path, workers=2)

    assert [e["site"] for e in events][:2] == ["evry", "etampes"]


def test_two_processes_of_a_committee_take_a_site_each_and_keep_it(desk, context, tmp_path):
    """Two at once, three sites: each goes on with its own, the first that is free takes Melun.

    Étampes takes longest: the last of its reports may go to who has nothing else left.
    """
    names = sorted(OURS)
    sites = ("evry", "etampes", "melun")
    plan = planned(*(f"{name}@{site}" for site in sites for name in names), peers=sites)
    desk.waits = {"etampes": 0.3}
    by = {}
    several = desk.do

    def do(connection, report):
        by.setdefault(threading.current_thread(), []).append(report.site)
        several(connection, report)

    desk.do = do
    results, _ = made(plan, tmp_path, workers=2)

    assert [one.failure for one in results] == [None] * 9
    assert len(context.started) == 2
    first, second = (by[one] for one in context.started)
    assert first[:6] == ["evry"] * 3 + ["melun"] * 3
    assert {*second} == {*first[6:], "etampes"} == {"etampes"}


@pytest.mark.usefixtures("desk")
def test_where_nothing_is_forked_our_reports_share_a_process_and_an_analyst_s_has_its_own(
    context, tmp_path
):
    context.method = "spawn"

    results, _ = made(planned("16_encore", "mien", "10_satisfaction", "15_analyses"), tmp_path)

    assert [one.failure for one in results] == [None] * 4
    assert len(context.started) == 2


def test_a_driver_that_fails_leaves_no_process(desk, context, tmp_path):
    desk.waits = {"evry": 20}

    def refuse(event):
        if len(context.started) == 2:
            raise KeyboardInterrupt(event["evenement"])

    with pytest.raises(KeyboardInterrupt):
        pool.make_all(planned("50_affiche", "60_affiche"), Project(tmp_path), None,
                      Limits(workers=2), refuse)  # fmt: skip

    assert [one.killed.is_set() for one in context.started] == [True, True]


@pytest.mark.usefixtures("context")
def test_what_a_process_says_of_its_cells_is_told(desk, tmp_path, monkeypatch):
    def cells(connection, report, *_):
        connection.send(0)
        connection.send(1)
        desk.do(connection, report)
        connection.close()

    monkeypatch.setattr(pool, "make_one", cells)
    _, events = made(planned("50_affiche"), tmp_path)

    assert [(e["evenement"], e.get("cellule")) for e in events] == [
        ("debut", None), ("cellule", 0), ("cellule", 1), ("fin", None),
    ]  # fmt: skip
    place = {"campagne": "2020-11", "site": "evry", "notebook": "50_affiche"}
    assert all(place.items() <= event.items() for event in events)


@pytest.mark.usefixtures("desk")
def test_only_answers_that_two_reports_open_are_opened_ahead():
    names = sorted(OURS)
    alone, other = planned(names[0]), planned(f"{names[0]}@etampes", "50_affiche@etampes")
    later = [replace(one, campaign="2021-11") for one in planned(names[1])]

    assert pool.shared.related([*alone, *other, *later]) == {}
    two = planned(*names[:2])
    assert pool.shared.related([*two, *other]) == dict.fromkeys(two, ("2020-11", ("evry",)))


@pytest.mark.parametrize(("cores", "at_once"), [(None, 1), (1, 1), (3, 3), (4, 4), (16, 4)])
def test_a_computer_has_other_work_than_reports(monkeypatch, cores, at_once):
    monkeypatch.setattr(pool, "os", SimpleNamespace(cpu_count=lambda: cores))

    assert pool.usual_workers() == at_once
