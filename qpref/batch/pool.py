"""Make reports in parallel, in processes forked from one that has imported everything.

A process that dies, runs too long or takes too much memory costs its own report only, and is told
as it is. One may make several reports, one after the other (`qpref.batch.shared` says which), with
the same results. Windows has no fork: what a process imports, it imports there for itself.
"""

import contextlib
import os
import shutil
import signal
import time
from collections import deque
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from multiprocessing.connection import Connection, wait
from typing import Any

from qpref.batch import family, shared
from qpref.batch.drafts import draft_prefix, sweep
from qpref.batch.plan import Report
from qpref.batch.result import Result
from qpref.batch.server import apart_from_main, context
from qpref.batch.setting import RunSetting
from qpref.batch.shared import Kin
from qpref.batch.surroundings import variables
from qpref.batch.worker import FREE, make_one, make_several
from qpref.project import ROOT_VARIABLE, Project

Event = dict[str, Any]
_TICK = 0.5  # seconds between two looks at the clock
_PATIENCE = 5  # seconds that a process which waits has to end


def usual_workers() -> int:
    """Return how many reports are made at once when nobody says: few, a computer has other work."""
    return min(os.cpu_count() or 1, 4)


@dataclass(frozen=True)
class Limits:
    """
    How many reports at once, and what one may take.

    `seconds` a report, `megabytes` of address space (None: no limit), `tries` of a
    report whose process died.
    """

    workers: int = 1
    seconds: float = 600
    megabytes: int | None = None
    tries: int = 1


@dataclass(frozen=True)
class _Batch:
    """What all reports of a run share."""

    context: Any
    project: Project
    setting: RunSetting
    limits: Limits
    idle: dict[Kin | None, list["_Worker"]] = field(default_factory=dict)  # waiting for a report
    kin: dict[Report, Kin] = field(default_factory=dict)  # which reports open the same answers

    @property
    def is_forked(self) -> bool:
        """Whether each report is forked from a warm process."""
        return bool(self.context.get_start_method() != "spawn")


@dataclass(frozen=True)
class _Worker:
    """A process, the way to it, and the site whose answers it opened last."""

    process: Any
    connection: Any
    site: str = ""


@dataclass
class _Running:
    """A report under way."""

    report: Report
    worker: _Worker
    attempt: int
    started: float
    cell: int = -1
    result: Result | None = None
    is_late: bool = False
    is_free: bool = False  # the process waits for another report

    @property
    def process(self) -> Any:  # noqa: ANN401 - that of its context
        """Where the report is made."""
        return self.worker.process

    @property
    def connection(self) -> Any:  # noqa: ANN401
        """What the process says."""
        return self.worker.connection


def make_all(
    plan: Sequence[Report],
    project: Project,
    setting: RunSetting,
    limits: Limits,
    tell: Callable[[Event], None],
) -> list[Result]:
    """
    Make reports, several at once; one result each, in the order of the plan.

    Parameters
    ----------
    plan, project, setting
        What to make, where, how.
    limits
        How many at once, and what one may take.
    tell
        Called with each event: `evenement` (« debut », « cellule », « fin », « reprise »),
        `campagne`, `site`, `notebook`, then what is particular to it.
    """
    sweep(project.reports)
    batch = _Batch(context(project), project, setting, limits)
    batch.kin.update(shared.related(plan) if batch.is_forked else {})
    waiting = deque((report, 1) for report in plan)
    running: list[_Running] = []
    results: dict[Report, Result] = {}
    try:
        while waiting or running:
            while waiting and len(running) < max(limits.workers, 1):
                report, attempt = _next(batch, waiting, running)
                running.append(_start(batch, report, attempt, waiting))
                tell(event("debut", report, essai=attempt))
            for one in _ended(running, limits, tell):
                running.remove(one)
                result = one.result or _told(one, limits, project)
                if one.is_free:
                    _keep(batch, one, waiting)
                if one.result is None and one.attempt < limits.tries:
                    tell(event("reprise", one.report, cause=result.failure))
                    waiting.append((one.report, one.attempt + 1))
                    continue
                results[one.report] = replace(result, seconds=time.monotonic() - one.started)
                tell(ended_event(results[one.report]))
    finally:
        for one in running:
            _kill(one, project)
        for worker in chain(*batch.idle.values()):
            _dismiss(worker)
    return [results[report] for report in plan]


def ended_event(result: Result) -> Event:
    """Return what is told of a report that ended: its failure, its cost by part, its cells."""
    return event(
        "fin",
        result.report,
        echec=result.failure,
        avis=result.warning,
        secondes=round(result.seconds, 3),
        secondes_calcul=round(result.cpu_seconds, 3),
        etapes={name: round(seconds, 3) for name, seconds in result.stages.items()},
        cellules=[
            {"cellule": c.index + 1, "source": c.source, "secondes": round(c.seconds, 3)}
            for c in result.cells
        ],
    )


def event(kind: str, report: Report, **facts: object) -> Event:
    """Return what is told of a report: the kind of event, its place, and more."""
    place = {"campagne": report.campaign, "site": report.site, "notebook": report.notebook.name}
    return {"evenement": kind, **place, **facts}


def _next(
    batch: _Batch, waiting: deque[tuple[Report, int]], running: Sequence[_Running]
) -> tuple[Report, int]:
    """Return the next report: the first of those for which least is to be opened again."""
    busy = {(kin, one.report.site) for one in running if (kin := batch.kin.get(one.report))}
    least = 0 if any(own for kin, own in batch.idle.items() if kin) else 2
    rank, best = 0, 5
    for place, (report, _) in enumerate(waiting):
        cost = _cost(batch, report, busy)
        if cost < best:
            rank, best = place, cost
        if best <= least:  # none costs less: thousands may wait behind
            break
    found = waiting[rank]
    del waiting[rank]
    return found


def _cost(batch: _Batch, report: Report, busy: Container[tuple[Kin, str]]) -> int:
    """Return how much of what a report needs is opened for it: 0 nothing, 4 all, a second time."""
    kin = batch.kin.get(report)
    if kin is None:
        return 2
    idle = {worker.site for worker in batch.idle.get(kin, ())}
    if report.site in idle:
        return 0
    if (kin, report.site) in busy:
        return 4
    if idle:
        return 1
    return 3 if any((kin, site) in busy for site in kin[1]) else 2


def _is_awaited(batch: _Batch, kin: Kin, waiting: deque[tuple[Report, int]]) -> bool:
    """Whether another report of the same answers is still to be made."""
    return any(batch.kin.get(report) == kin for report, _ in waiting)


def _start(
    batch: _Batch, report: Report, attempt: int, waiting: deque[tuple[Report, int]]
) -> _Running:
    kin = batch.kin.get(report)
    # What an analyst wrote never joins the reports of a process that waits.
    is_alone = not kin and (batch.is_forked or not shared.may_share(report.notebook.path))
    idle = [] if is_alone else batch.idle.get(kin, [])
    if idle:
        worker = max(idle, key=lambda one: one.site == report.site)
        idle.remove(worker)
        worker.connection.send(report)
    elif is_alone or (kin and not _is_awaited(batch, kin, waiting)):
        ours, theirs = batch.context.Pipe(duplex=False)
        arguments = (theirs, report, batch.project, batch.setting, batch.limits.megabytes)
        worker = _started(batch, make_one, ours, arguments)
    else:
        worker = _warm(batch)
        worker.connection.send(report)
    return _Running(report, worker, attempt, time.monotonic())


def _keep(batch: _Batch, one: _Running, waiting: deque[tuple[Report, int]]) -> None:
    """Keep a process that can make another report, unless none is left for it."""
    kin = batch.kin.get(one.report)
    if kin and not _is_awaited(batch, kin, waiting):
        _dismiss(one.worker)
    else:
        batch.idle.setdefault(kin, []).append(replace(one.worker, site=one.report.site))


def _warm(batch: _Batch) -> _Worker:
    """Start a process that makes several reports."""
    ours, theirs = batch.context.Pipe()
    with variables({ROOT_VARIABLE: str(batch.project.root)}):
        arguments = (theirs, batch.project, batch.setting, batch.limits.megabytes)
        return _started(batch, make_several, ours, arguments)


def _started(
    batch: _Batch, work: Callable[..., None], ours: Connection, arguments: tuple[Any, ...]
) -> _Worker:
    process = batch.context.Process(target=work, args=arguments, daemon=True)
    with apart_from_main():
        process.start()
    arguments[0].close()
    return _Worker(process, ours)


def _dismiss(worker: _Worker) -> None:
    """End a process that waits for a report."""
    with contextlib.suppress(OSError):
        worker.connection.send(None)
    worker.process.join(_PATIENCE)
    worker.process.kill()
    worker.process.join()
    family.end(worker.process.pid)
    worker.connection.close()


def _ended(
    running: Sequence[_Running], limits: Limits, tell: Callable[[Event], None]
) -> list[_Running]:
    """Read what processes say; return those that ended, or were ended for their time."""
    by_connection: dict[Any, _Running] = {one.connection: one for one in running}
    done = [one for one in map(by_connection.get, wait(list(by_connection), _TICK))
            if one is not None and _hears(one, tell)]  # fmt: skip
    for one in running:
        if one not in done and time.monotonic() - one.started > limits.seconds:
            one.is_late = True
            one.process.kill()
            done.append(one)
    for one in done:
        if not one.is_free:
            one.process.join()
            family.end(one.process.pid)
            one.connection.close()
    return done


def _hears(one: _Running, tell: Callable[[Event], None]) -> bool:
    """Read what a process says; return whether its report ended."""
    try:
        said = one.connection.recv()
    except (EOFError, OSError):
        return True
    if isinstance(said, Result):
        one.result = said
    elif said == FREE:
        one.is_free = True
    else:
        one.cell = said
        tell(event("cellule", one.report, cellule=said))
    return one.is_free


def _kill(one: _Running, project: Project) -> None:
    one.process.kill()
    one.process.join()
    family.end(one.process.pid)
    _sweep(one, project)


def _sweep(one: _Running, project: Project) -> None:
    """Remove the draft folder of a process that was killed before it could do so itself."""
    for folder in project.reports.glob(f"{draft_prefix(one.process.pid)}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _told(one: _Running, limits: Limits, project: Project) -> Result:
    """Return the failure of a process that ended without a word, and keep a failed notebook."""
    from qpref.batch.run import keep_failed  # noqa: PLC0415 - papermill: rarely needed here

    _sweep(one, project)
    code = one.process.exitcode
    if one.is_late:
        how = f"a dépassé {limits.seconds:g} secondes"
    elif code is not None and code < 0:
        how = f"s’est arrêté brutalement ({signal.Signals(-code).name}, mémoire ?)"
    else:
        how = f"s’est arrêté brutalement (code {code})"
    return Result(one.report, keep_failed(one.report, project, one.cell, how))
