"""Measure what a report costs on this machine, part by part, and estimate a whole batch."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median

from qpref.batch.inputs import read_with
from qpref.batch.plan import Notebook, Report
from qpref.batch.pool import Limits, make_all
from qpref.batch.result import Result
from qpref.batch.setting import RunSetting
from qpref.errors import MissingDataError
from qpref.project import Project
from qpref.reference import Reference
from qpref.scratch import scratch
from qpref.store import Store

PARTS = ("processus", "preparation", "lecture", "analyse", "rendu", "enregistrement")
_REPEATS = 3  # of each measure; the median is kept
_TABLES = {
    "satisfaction": ("reponses", "items", "population", "collecte"),
    "mystere": ("contacts_mysteres", "visites_mysteres"),
}


@dataclass(frozen=True)
class Bench:
    """
    Seconds of wall clock measured on this machine.

    `python`: a process of Python that does nothing; `imports`: all that a report uses, loaded once
    a batch; `costs`: by notebook, one report alone, by part (`PARTS`); `each`: a further report
    when `workers` are made at once.
    """

    python: float
    imports: float
    costs: Mapping[str, Mapping[str, float]]
    workers: int
    each: float

    def forecast(self, reports: int) -> float:
        """Return the seconds that a batch of as many reports would take."""
        return self.python + self.imports + reports * self.each


def measure(
    plan: Sequence[Report],
    project: Project,
    reference: Reference,
    setting: RunSetting,
    limits: Limits,
) -> Bench:
    """
    Make reports of each notebook of a plan in a folder of its own, and time them.

    Parameters
    ----------
    plan
        The first report of each notebook is measured.
    project, reference, setting, limits
        As a batch has them.

    Raises
    ------
    MissingDataError
        If a report fails.
    """
    firsts: dict[Notebook, Report] = {}
    for report in plan:
        firsts.setdefault(report.notebook, report)
    python = _timed(lambda: _run("pass"))
    loaded = _timed(lambda: _run("import qpref.batch.warm"))
    with scratch() as folder:

        def copies(report: Report, count: int) -> list[Report]:
            return [replace(report, folder=folder / str(i)) for i in range(count)]

        alone = replace(limits, workers=1)
        _make(copies(plan[0], 1), project, setting, alone)  # the warm process starts here
        costs = {}
        for report in firsts.values():
            results = _make(copies(report, _REPEATS), project, setting, alone)
            reading = _timed(lambda r=report: _read(r, project, reference))  # type: ignore[misc]
            costs[report.notebook.name] = _parts(results, reading)
        many = [
            copy for report in firsts.values() for copy in copies(report, _REPEATS * limits.workers)
        ]
        start = time.perf_counter()
        _make(many, project, setting, limits)
        each = (time.perf_counter() - start) / len(many)
    return Bench(python, loaded - python, costs, limits.workers, each)


def _timed(action: Callable[[], object]) -> float:
    found = []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        action()
        found.append(time.perf_counter() - start)
    return median(found)


def _run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own words


def _make(
    plan: Sequence[Report], project: Project, setting: RunSetting, limits: Limits
) -> list[Result]:
    results = make_all(plan, project, setting, limits, lambda _: None)
    failed = [result for result in results if result.failure]
    if failed:
        raise MissingDataError(
            f"Un rapport a échoué : {failed[0].failure}",
            "Lancez « qpref rapports », corrigez, puis mesurez.",
        )
    return results


def _read(report: Report, project: Project, reference: Reference) -> None:
    """Read what the report may read: its sites, those beside, the campaigns that it looks at."""
    store = Store(project)
    for campaign in read_with(report, reference):
        for site in report.peers:
            for kind in report.notebook.kinds:
                for table in _TABLES.get(kind, ()):
                    store.read(table, campaign, site)


def _parts(results: Sequence[Result], reading: float) -> dict[str, float]:
    """Return the seconds of each part; the reading is taken out of the analysis that holds it."""
    means = {
        name: fmean(result.stages.get(name, 0.0) for result in results)
        for name in ("preparation", "analyse", "rendu", "enregistrement")
    }
    total = fmean(result.seconds for result in results)
    read = min(reading, means["analyse"])
    means["processus"] = max(total - sum(means.values()), 0.0)
    means |= {"lecture": read, "analyse": means["analyse"] - read}
    return {name: means[name] for name in PARTS}
