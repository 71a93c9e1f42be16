"""Growth: `python benchmarks/scale.py PROJECT [reports]`. PROJECT holds the example, imported.

Seconds of wall clock a report, two at once, in one run:

- 10, 100, then N reports (1,000 by default) of the same notebook and site;
- a store of 350 sites and 8 campaigns that holds 1e5, 1e6, 1e7 answers, the committee of the report
  unchanged: the other sites' parts are hard links to one file of the right number of rows;
- 200 reports, 16 at once;
- a light notebook by this process's pool, then on a Dask cluster of two workers; then N reports on
  the cluster, one worker killed on the way.
"""

import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import dask
import distributed
import pandas as pd

from qpref.batch.cluster import make_all_on, prepared
from qpref.batch.plan import Report, make_plan
from qpref.batch.pool import Limits, make_all
from qpref.batch.setting import RunSetting
from qpref.project import Project
from qpref.reference import load_reference
from qpref.store import Store
from qpref.store.registry import Registry

CAMPAIGN, SITE, HEAVY, LIGHT = "2020-11", "evry", "10_satisfaction", "60_affiche"
SITES, CAMPAIGNS = 350, 8
# What Dask measures of itself all the time costs more than what it does for a report.
QUIET = {"distributed.worker.profile.enabled": False, "distributed.admin.tick.interval": "2s"}
SETTING = RunSetting(datetime.now().astimezone())


def say(text: str) -> None:
    """Print now."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def copies(project: Project, name: str, count: int) -> list[Report]:
    """Return the same report, to be written in as many folders."""
    one = make_plan(project, load_reference(project.reference), CAMPAIGN, [SITE], [name])[0]
    return [replace(one, folder=project.reports / f"banc-{i}" / SITE) for i in range(count)]


def wall(project: Project, name: str, count: int, workers: int = 2) -> float:
    """Make reports; return the seconds each took, workers together."""
    start = time.perf_counter()
    results = make_all(
        copies(project, name, count), project, SETTING, Limits(workers), lambda _: None
    )
    spent = time.perf_counter() - start
    failed = [result.failure for result in results if result.failure]
    if failed:
        raise SystemExit(f"{len(failed)} failed: {failed[0]}")
    for folder in project.reports.glob("banc-*"):
        shutil.rmtree(folder)
    return spent / count


@contextmanager
def national(project: Project, answers: int) -> Iterator[Project]:
    """Give a copy of the project whose store holds as many answers, of 350 sites."""
    with tempfile.TemporaryDirectory(dir=project.root.parent) as folder:
        copy = Project(Path(folder) / "national")
        shutil.copytree(project.root, copy.root, ignore=shutil.ignore_patterns("reports"))
        _more_sites(copy)
        _more_answers(copy, answers)
        yield copy


def _more_sites(project: Project) -> None:
    path = project.reference / "sites.yml"
    text = path.read_text(encoding="utf-8")
    model = text[text.index("  - id: palaiseau") :]
    others = [
        model.replace("palaiseau", f"site-{i}").replace("Palaiseau", f"Ville {i}")
        + f"    comite: comite-{i // 4}\n"
        for i in range(SITES - 3)
    ]
    path.write_text(text.rstrip("\n") + "\n" + "".join(others), encoding="utf-8")


def _more_answers(project: Project, answers: int) -> None:
    """Add, to each campaign's registry, one import a site; all share the parts of one site."""
    registry = Store(project).registry_file(CAMPAIGN)
    known = Registry.model_validate_json(registry.read_bytes())
    entry = next(e for e in known.imports if e.gardees_par_site.get(SITE) and "items" in e.parts)
    rows = max(answers // (SITES * CAMPAIGNS), 1)
    shared = {table: _part(project, table, rows) for table in ("reponses", "items")}
    for number in range(CAMPAIGNS):
        campaign = CAMPAIGN if number == 0 else f"20{30 + number}-11"
        own = known if number == 0 else Registry()
        added = []
        for i in range(SITES - 3):
            site, name = f"site-{i}", f"{i}.parquet"
            for table, part in shared.items():
                target = project.clean / table / f"campagne={campaign}" / f"site={site}" / name
                target.parent.mkdir(parents=True)
                os.link(part, target)
            changes = {
                "fichier": f"{site}.csv",
                "sha256": f"{i:064d}",
                "campagne": campaign,
                "gardees_par_site": {site: rows},
                "parts": {table: {site: name} for table in shared},
            }
            added.append(entry.model_copy(update=changes))
        content = Registry(imports=[*own.imports, *added]).model_dump_json()
        Store(project).registry_file(campaign).write_text(content, encoding="utf-8")


def _part(project: Project, table: str, rows: int) -> Path:
    """Return a part of the table with the items of that many answers."""
    frame = Store(project).read(table, CAMPAIGN, SITE)
    people = frame["reponse_id"].nunique()
    repeated = pd.concat([frame] * -(-rows // people), ignore_index=True)
    path = project.clean / f"{table}.parquet"
    repeated.head(-(-rows * len(frame) // people)).to_parquet(path, index=False)
    return path


def on_dask(project: Project, count: int, *, is_killing: bool) -> float:
    """Make reports on two workers, one of them killed or not; return the seconds of each."""
    plan = copies(project, LIGHT, count)
    events = []
    with (
        dask.config.set(QUIET),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
    ):
        with distributed.Client(cluster) as client:
            pid = next(iter(client.run(os.getpid).values()))
        tasks = prepared(plan, project, SETTING, Limits(), None)
        make_all_on(cluster.scheduler_address, tasks[:4], lambda _: None)  # workers load
        if is_killing:
            threading.Timer(10, os.kill, (pid, signal.SIGKILL)).start()
        start = time.perf_counter()
        results = make_all_on(cluster.scheduler_address, tasks, events.append)
        spent = time.perf_counter() - start
    failed = [result.failure for result in results if result.failure]
    ends = Counter(event["evenement"] for event in events)["fin"]
    missing = [report for report in plan if not report.output(".html").exists()]
    say(f"dask: {count} reports, {len(failed)} failed, {ends} ended, {len(missing)} missing")
    for folder in project.reports.glob("banc-*"):
        shutil.rmtree(folder)
    return spent / count


def main(arguments: Sequence[str]) -> None:
    """Print the measures."""
    project = Project(Path(arguments[0]).resolve())
    most = int(arguments[1]) if len(arguments) > 1 else 1000
    wall(project, HEAVY, 2)
    for count in (10, 100, most):
        say(f"{count} reports: {wall(project, HEAVY, count):.3f} s each")
    for answers in (10**5, 10**6, 10**7):
        with national(project, answers) as copy:
            say(f"{answers:.0e} answers in the store: {wall(copy, HEAVY, 60):.3f} s each")
    say(f"200 reports, 16 at once: {wall(project, HEAVY, 200, 16):.3f} s each, none failed")
    few = min(most, 200)
    pool, dask = wall(project, LIGHT, few), on_dask(project, few, is_killing=False)
    say(f"light report: pool {pool:.3f} s, dask {dask:.3f} s each")
    say(f"one worker killed: {on_dask(project, most, is_killing=True):.3f} s each")


if __name__ == "__main__":
    main(sys.argv[1:])
