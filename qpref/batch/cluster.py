"""Run the plan on a Dask cluster. Each worker makes reports as one machine does.

Reports that open the same answers go to one worker together, when that leaves enough for the
others. A worker that dies loses no report: what it had not finished is made by another. It needs
the extra `distribue`; workers run the same qpref.
"""

import contextlib
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import distributed

from qpref.batch import shared
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
_EACH = 4  # tasks that each worker must have, at least, for reports to go together


@dataclass(frozen=True)
class Task:
    """Reports for a worker: where their inputs are listed in the depot, when there is one."""

    reports: tuple[Report, ...]
    project: Project
    setting: RunSetting
    limits: Limits
    depot: str | None = None
    listed: tuple[str, ...] = ()


def work(task: Task) -> list[Result]:
    """Make reports on this worker, but those that this batch made on a worker that then died."""
    worker = distributed.get_worker()
    # A worker under a nanny is a daemon, which may not have children; ours end when it does.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined] # noqa: SLF001
    project, setting, reports = task.project, task.setting, task.reports
    storage = Depot(task.depot) if task.depot else None
    if storage:
        project = storage.fetch(task.listed, Path(worker.local_directory))
        folder = project.report_folder
        reports = tuple(replace(one, folder=folder(one.campaign, one.site)) for one in reports)
    reports = _from_here(reports, project)
    plan = [one for one in reports if not _is_made(one, project, setting)]

    def tell(event: Event) -> None:
        if event["evenement"] in {"debut", "reprise"}:
            worker.log_event(_TOPIC, event)

    limits = replace(task.limits, workers=1)
    if setting.browser:  # the one of this machine
        setting = replace(setting, browser=find_browser(os.environ))
    made = dict(zip(plan, make_all(plan, project, setting, limits, tell), strict=True))
    if storage:
        for report in plan:
            storage.deliver(report, project)
    here, there = str(project.root), str(task.project.root)
    results = [made.get(own, Result(own)) for own in reports]
    return [
        replace(one, report=asked, failure=one.failure and one.failure.replace(here, there))
        for one, asked in zip(results, task.reports, strict=True)
    ]


def _from_here(reports: Sequence[Report], project: Project) -> tuple[Report, ...]:
    """Return the same reports with the notebooks of this machine, which may be its qpref's."""
    known = {one.name: one for one in report_notebooks(project.notebooks)}
    return tuple(
        replace(one, notebook=known.get(one.notebook.name, one.notebook)) for one in reports
    )


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
        orders = _Orders(client)
        orders.add(_together(tasks, sum(client.nthreads().values())))
        ended = threading.Event()
        watch = threading.Thread(
            target=_give_up_alone, args=(client, orders.futures, ended), daemon=True
        )
        watch.start()
        started = time.monotonic()
        for result in orders.results():
            report = result.report
            results[report] = replace(result, seconds=result.seconds or time.monotonic() - started)
            if storage:
                storage.collect(report, tasks[0].project)
            tell(ended_event(results[report]))
        ended.set()
        watch.join()
        with contextlib.suppress(distributed.client.ClosedClientError):  # as its scheduler went
            client.unsubscribe_topic(_TOPIC)
    return [results[report] for task in tasks for report in task.reports]


class _Orders:
    """What was asked of the workers of a cluster."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - distributed has no types
        self._client = client
        self.futures: list[Any] = []
        self._tasks: dict[str, Task] = {}

    def add(self, tasks: Sequence[Task]) -> list[Any]:
        """Ask for more; return what will hold the results of each."""
        added: list[Any] = self._client.map(work, tasks, pure=False, retries=0)
        self._tasks |= {future.key: task for future, task in zip(added, tasks, strict=True)}
        self.futures += added
        return added

    def results(self) -> Iterator[Result]:
        """Yield what became of each report; of a task that is lost, each is asked for alone."""
        completed = distributed.as_completed(self.futures, loop=self._client.loop)
        for future in completed:
            task = self._tasks[future.key]
            if future.status == "error" and len(task.reports) > 1:
                completed.update(self.add([replace(task, reports=(one,)) for one in task.reports]))
            else:
                yield from _results_of(future, task)
            future.release()


def prepared(
    plan: Sequence[Report], project: Project, setting: RunSetting, limits: Limits, depot: str | None
) -> list[Task]:
    """
    Return the tasks of a plan, a report each, after their inputs were sent to the depot.

    Raises
    ------
    StorageError
        If the depot refuses.
    """
    if depot is None:
        return [Task((report,), project, setting, limits) for report in plan]
    storage, reference = Depot(depot), load_reference(project.reference)
    return [
        Task((report,), project, setting, limits, depot,
             (storage.send(project, inputs_of_report(report, project, reference)),))
        for report in plan
    ]  # fmt: skip


def _together(tasks: Sequence[Task], threads: int) -> list[Task]:
    """
    Return tasks of the reports that open the same answers, if every worker still has several.

    Of the sites of a committee, else of one site, else each report by itself.
    """
    kin = shared.related([task.reports[0] for task in tasks])
    for is_whole in (True, False):
        groups: dict[object, list[Task]] = {}
        for task in tasks:
            report = task.reports[0]
            own = kin.get(report)
            groups.setdefault((own, "" if is_whole else report.site) if own else report, []).append(
                task
            )
        parts = [
            group[rank : rank + shared.MOST]
            for group in groups.values()
            for rank in range(0, len(group), shared.MOST)
        ]
        if len(parts) >= _EACH * threads:
            return [_joined(part) for part in parts]
    return [*tasks]


def _joined(tasks: Sequence[Task]) -> Task:
    """Return one task for the reports of several."""
    reports = tuple(chain.from_iterable(task.reports for task in tasks))
    listed = tuple(dict.fromkeys(chain.from_iterable(task.listed for task in tasks)))
    return replace(tasks[0], reports=reports, listed=listed)


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


def _results_of(future: Any, task: Task) -> list[Result]:  # noqa: ANN401
    """Return what became of the reports of a task."""
    try:
        results: list[Result] = future.result()
    except distributed.KilledWorker:
        how = f"{_DEATHS} ouvriers se sont arrêtés en le faisant. Relancez."
    except CancelledError:
        how = "il n’y a plus d’ouvrier, ou plus d’ordonnanceur. Redémarrez-les, puis relancez."
    except Exception as error:  # noqa: BLE001 - told as it is, the others go on
        how = f"erreur inattendue, {type(error).__name__} ({str(error)[:200]})."
    else:
        return results
    lost = [one for one in task.reports if not _is_made(one, task.project, task.setting)]
    return [
        Result(one, f"{one.notebook.name} : {how}" if one in lost else None) for one in task.reports
    ]
