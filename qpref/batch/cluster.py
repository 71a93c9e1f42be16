"""Run the plan on a Dask cluster. Each worker still forks one process per report.

A worker that dies loses no report: what it had not finished is made by another. It needs
the extra `distribue`; workers run the same qpref.
"""

import contextlib
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import distributed

from qpref.batch.depot import Depot, inputs_of_report
from qpref.batch.freshness import why_stale
from qpref.batch.plan import Report, report_notebooks
from qpref.batch.pool import Event, Limits, ended_event, make_all
from qpref.batch.provenance import SUFFIX, read_provenance
from qpref.batch.result import Result
from qpref.batch.setting import RunSetting
from qpref.errors import UsageError
from qpref.project import Project
from qpref.reference import load_reference
from qpref.report.browser import find_browser

_TOPIC = "qpref"
_WAIT = 30  # seconds for a scheduler to answer, then for a first worker
_ALONE = 300  # seconds without any worker after which the rest is given up
_DEATHS = 3  # workers that one report may see die before it is given up


@dataclass(frozen=True)
class Task:
    """One report for a worker: where its inputs are listed in the depot, when there is one."""

    report: Report
    project: Project
    setting: RunSetting
    limits: Limits
    depot: str | None = None
    listed: str = ""


def work(task: Task) -> Result:
    """Make one report on this worker, unless this batch already made it on a worker that died."""
    worker = distributed.get_worker()
    # A worker under a nanny is a daemon, which may not have children; ours end when it does.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined] # noqa: SLF001
    report, project = task.report, task.project
    storage = Depot(task.depot) if task.depot else None
    if storage:
        project = storage.fetch(task.listed, Path(worker.local_directory))
        report = replace(report, folder=project.report_folder(report.campaign, report.site))
    report = _from_here(report, project)
    if _is_made(report, project, task.setting):
        return Result(task.report)

    def tell(event: Event) -> None:
        if event["evenement"] in {"debut", "reprise"}:
            worker.log_event(_TOPIC, event)

    limits = replace(task.limits, workers=1)
    setting = task.setting
    if setting.browser:  # the one of this machine
        setting = replace(setting, browser=find_browser(os.environ))
    result = make_all([report], project, setting, limits, tell)[0]
    if storage:
        storage.deliver(report, project)
    failure = result.failure and result.failure.replace(str(project.root), str(task.project.root))
    return replace(result, report=task.report, failure=failure)


def _from_here(report: Report, project: Project) -> Report:
    """Return the same report with the notebook of this machine, which may be that of its qpref."""
    name = report.notebook.name
    known = (one for one in report_notebooks(project.notebooks) if one.name == name)
    return replace(report, notebook=next(known, report.notebook))


def _is_made(report: Report, project: Project, setting: RunSetting) -> bool:
    """Whether this very batch already made the report."""
    facts = read_provenance(report.output(SUFFIX))
    if facts is None or facts.produit_le != setting.now.isoformat(timespec="seconds"):
        return False
    return why_stale(report, project, load_reference(project.reference)) is None


def make_all_on(
    address: str,
    tasks: Sequence[Task],
    tell: Callable[[Event], None],
) -> list[Result]:
    """
    Make reports on the workers of a cluster; one result each, in the order of the plan.

    Parameters
    ----------
    address
        Of the scheduler, `tcp://machine:8786`.
    tasks
        Of `prepared`.
    tell
        As `pool.make_all`; cells under way are not told.

    Raises
    ------
    UsageError
        If the scheduler does not answer, or has no worker.
    """
    results: dict[Report, Result] = {}
    storage = Depot(tasks[0].depot) if tasks and tasks[0].depot else None
    with _connected(address) as client:
        client.subscribe_topic(_TOPIC, lambda said: tell(said[1]))
        futures = client.map(work, tasks, pure=False, retries=0)
        ended = threading.Event()
        watch = threading.Thread(target=_give_up_alone, args=(client, futures, ended), daemon=True)
        watch.start()
        started = time.monotonic()
        reports = {future.key: task.report for future, task in zip(futures, tasks, strict=True)}
        for future in distributed.as_completed(futures, loop=client.loop):
            report = reports[future.key]
            result = _result_of(future, report)
            results[report] = replace(result, seconds=result.seconds or time.monotonic() - started)
            if storage:
                storage.collect(report, tasks[0].project)
            tell(ended_event(results[report]))
            future.release()
        ended.set()
        watch.join()
        with contextlib.suppress(distributed.client.ClosedClientError):  # as its scheduler went
            client.unsubscribe_topic(_TOPIC)
    return [results[task.report] for task in tasks]


def prepared(
    plan: Sequence[Report], project: Project, setting: RunSetting, limits: Limits, depot: str | None
) -> list[Task]:
    """
    Return the tasks of a plan, after their inputs were sent to the depot.

    Raises
    ------
    StorageError
        If the depot refuses.
    """
    if depot is None:
        return [Task(report, project, setting, limits) for report in plan]
    storage, reference = Depot(depot), load_reference(project.reference)
    return [
        Task(report, project, setting, limits, depot,
             storage.send(project, inputs_of_report(report, project, reference)))
        for report in plan
    ]  # fmt: skip


def _connected(address: str) -> Any:  # noqa: ANN401 - distributed has no types
    client = None
    try:
        client = distributed.Client(address, timeout=_WAIT, set_as_default=False)
        client.wait_for_workers(1, timeout=_WAIT)
    except (OSError, ValueError, TimeoutError) as error:
        if client is not None:
            client.close()
        raise UsageError(
            f"L’ordonnanceur « {address} » ne répond pas, ou n’a aucun ouvrier ({error}).",
            "Vérifiez qu’il tourne (dask scheduler), avec des ouvriers (dask worker ADRESSE).",
        ) from error
    return client


def _give_up_alone(client: Any, futures: Sequence[Any], ended: threading.Event) -> None:  # noqa: ANN401
    """Cancel what is left when no worker has been there for five minutes: none may come back."""
    seen = time.monotonic()
    while not ended.wait(_ALONE / 30):
        try:
            if client.nthreads():
                seen = time.monotonic()
        except (OSError, TimeoutError, AttributeError):
            continue  # the scheduler is gone, its client says so; closed, it has none any more
        if time.monotonic() - seen > _ALONE:
            client.cancel(futures)
            return


def _result_of(future: Any, report: Report) -> Result:  # noqa: ANN401
    try:
        result: Result = future.result()
    except distributed.KilledWorker:
        how = f"{_DEATHS} ouvriers se sont arrêtés en le faisant"
        return Result(report, f"{report.notebook.name} : {how}. Relancez.")
    except CancelledError:
        how = "il n’y a plus d’ouvrier, ou plus d’ordonnanceur"
        return Result(report, f"{report.notebook.name} : {how}. Redémarrez-les, puis relancez.")
    except Exception as error:  # noqa: BLE001 - told as it is, the others go on
        what = f"{type(error).__name__} ({str(error)[:200]})"
        return Result(report, f"{report.notebook.name} : erreur inattendue, {what}.")
    return result
