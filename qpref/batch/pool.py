"""Reports in parallel: a fresh process each, forked from one that has imported everything.

A process that dies, runs too long or takes too much memory costs its own report only, and is told
as it is. Windows has no fork: each process imports for itself, with the same results.
"""

import gc
import multiprocessing
import os
import random
import shutil
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from typing import Any

import numpy as np

from qpref.batch import family
from qpref.batch.drafts import draft_prefix, sweep
from qpref.batch.plan import Report
from qpref.batch.result import Result
from qpref.batch.server import context
from qpref.batch.setting import RunSetting
from qpref.project import Project
from qpref.reference import load_reference

if sys.platform != "win32":
    import resource

Event = dict[str, Any]
_TICK = 0.5  # seconds between two looks at the clock


def usual_workers() -> int:
    """Return how many reports are made at once when nobody says: few, a computer has other work."""
    return min(os.cpu_count() or 1, 4)


@dataclass(frozen=True)
class Limits:
    """
    How many reports at once, and what one may take.

    `seconds` a report, `megabytes` of address space (Linux and macOS; None: no limit), `tries` of a
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


@dataclass
class _Running:
    """A report under way."""

    report: Report
    process: Any
    connection: Connection
    attempt: int
    started: float
    cell: int = -1
    result: Result | None = None
    is_late: bool = False


def _end_with_the_driver() -> None:
    """End this process and its group when the one that asked for the report is gone."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        family.end(os.getpid())
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _limit_memory(megabytes: int | None) -> None:
    if megabytes and sys.platform != "win32":
        size = megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _work(
    connection: Connection, report: Report, project: Project, setting: RunSetting, limits: Limits
) -> None:
    """Make one report, in a process of its own."""
    from qpref.batch.run import run_report  # noqa: PLC0415 - papermill: the driver does without

    family.lead()
    _end_with_the_driver()
    _limit_memory(limits.megabytes)
    gc.disable()  # the process ends with the report: what it leaves goes with it
    random.seed()  # a fork draws what its parent would have drawn, and so do its brothers
    np.random.seed()  # noqa: NPY002 - the global generator, that a cell may use
    try:
        reference = load_reference(project.reference)
        result = run_report(report, project, reference, setting, connection.send)
    except Exception as error:  # noqa: BLE001 - told to the driver, as it is
        what = f"{type(error).__name__} ({str(error)[:200]})"
        result = Result(report, f"{report.notebook.name} : erreur inattendue, {what}.")
    connection.send(replace(result, cpu_seconds=time.process_time()))
    connection.close()


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
    waiting = deque((report, 1) for report in plan)
    running: list[_Running] = []
    results: dict[Report, Result] = {}
    try:
        while waiting or running:
            while waiting and len(running) < max(limits.workers, 1):
                report, attempt = waiting.popleft()
                running.append(_start(batch, report, attempt))
                tell(event("debut", report, essai=attempt))
            for one in _ended(running, limits, tell):
                running.remove(one)
                result = one.result or _told(one, limits, project)
                if one.result is None and one.attempt < limits.tries:
                    tell(event("reprise", one.report, cause=result.failure))
                    waiting.append((one.report, one.attempt + 1))
                    continue
                results[one.report] = replace(result, seconds=time.monotonic() - one.started)
                tell(ended_event(results[one.report]))
    finally:
        for one in running:
            _kill(one, project)
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


def _start(batch: _Batch, report: Report, attempt: int) -> _Running:
    ours, theirs = batch.context.Pipe(duplex=False)
    arguments = (theirs, report, batch.project, batch.setting, batch.limits)
    process = batch.context.Process(target=_work, args=arguments, daemon=True)
    process.start()
    theirs.close()
    return _Running(report, process, ours, attempt, time.monotonic())


def _ended(
    running: Sequence[_Running], limits: Limits, tell: Callable[[Event], None]
) -> list[_Running]:
    """Read what processes say; return those that ended, or were ended for their time."""
    by_connection: dict[Any, _Running] = {one.connection: one for one in running}
    done = []
    for ready in wait(list(by_connection), _TICK):
        one = by_connection[ready]
        try:
            said = one.connection.recv()
        except (EOFError, OSError):
            done.append(one)
            continue
        if isinstance(said, Result):
            one.result = said
        else:
            one.cell = said
            tell(event("cellule", one.report, cellule=said))
    for one in running:
        if one not in done and time.monotonic() - one.started > limits.seconds:
            one.is_late = True
            one.process.kill()
            done.append(one)
    for one in done:
        one.process.join()
        family.end(one.process.pid)
        one.connection.close()
    return done


def _kill(one: _Running, project: Project) -> None:
    one.process.kill()
    one.process.join()
    family.end(one.process.pid)
    _sweep(one, project)


def _sweep(one: _Running, project: Project) -> None:
    """Remove the draft of a process that could not do it."""
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
