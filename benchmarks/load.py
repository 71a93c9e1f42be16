"""Load: `python benchmarks/load.py PROJECT memoire`, or `… PROJECT 350 8 [FOLDER]`.

PROJECT holds the example, imported.

- `memoire`: memory of the processes that make 2,000 reports, read along the way;
- sites and campaigns, with three notebooks: all their reports on a Dask cluster of two workers, one
  of which is killed every minute and comes back; how many are missing, failed, or made twice.

Each site and campaign has parts of its own, copied from the example's Évry. With a FOLDER the copy
stays there: the same command goes on where a first one was cut.
"""

import hashlib
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dask
import distributed
import nbformat
import psutil
import pyarrow.parquet
import yaml
from scale import LIGHT, QUIET, copies, say

from qpref.batch.cluster import make_all_on, prepared
from qpref.batch.freshness import altered
from qpref.batch.plan import Report, make_plan
from qpref.batch.pool import Limits, make_all
from qpref.batch.provenance import SUFFIX, read_provenance
from qpref.batch.setting import RunSetting
from qpref.project import Project
from qpref.reference import load_reference
from qpref.schema import typed
from qpref.store import Store
from qpref.store.registry import Import, Registry

SOURCE, SITE = "2020-11", "evry"
NOTEBOOKS = ["10_satisfaction", "20_enquete_mystere", "60_affiche"]
# One moment for all runs: what an earlier one made is known as made.
SETTING = RunSetting(datetime(2026, 11, 26, tzinfo=UTC))
KILL_EVERY = 60  # seconds
SAY_EVERY = 500  # reports
LOOKS = (100, 250, 500, 1000, 1500, 2000)


def memory(project: Project, folder: Path) -> None:
    """Make 2,000 reports that say nothing; print what the processes hold along the way."""
    copy = Project(folder / "memoire")
    shutil.copytree(project.root, copy.root, ignore=shutil.ignore_patterns("reports"))
    notebook = nbformat.read(copy.notebooks / f"{LIGHT}.ipynb", as_version=4)
    notebook.cells[-1].source = "from qpref.batch.warm import section\nsection()"
    notebook.cells = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])] + [
        notebook.cells[-1]
    ]
    nbformat.write(notebook, copy.notebooks / f"{LIGHT}.ipynb")
    plan = copies(copy, LIGHT, LOOKS[-1])
    made = 0
    driver = psutil.Process()

    def tell(event: dict[str, Any]) -> None:
        nonlocal made
        made += event["evenement"] == "fin"
        if event["evenement"] == "fin" and made in LOOKS:
            # the warm process, whose children are reports
            warm = [p for p in driver.children(recursive=True) if p.children()]
            held = [process.memory_info().rss // 1_000_000 for process in (driver, *warm)]
            say(f"{made} reports: driver {held[0]} MB, warm process {held[1:]} MB")

    results = make_all(plan, copy, SETTING, Limits(2), tell)
    say(f"failed: {sum(result.failure is not None for result in results)}")


def national(project: Project, copy: Project, sites: int, campaigns: int) -> None:
    """Copy the project with that many sites and campaigns, committees of four sites."""
    for name in ("data/reference", "notebooks"):
        shutil.copytree(project.root / name, copy.root / name)
    names = [f"site-{i:03d}" for i in range(sites)]
    years = [f"{2021 + i}-11" for i in range(campaigns)]
    _sites(copy, names)
    _campaigns(copy, years)
    entries = [
        e for e in Store(project).imports(SOURCE) if e.gardees_par_site.get(SITE) is not None
    ]
    for year in years:
        imports = [_copied(project, copy, entry, name, year) for name in names for entry in entries]
        path = Store(copy).registry_file(year)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Registry(imports=imports).model_dump_json(), encoding="utf-8")


def _sites(project: Project, names: Sequence[str]) -> None:
    path = project.reference / "sites.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    model = next(site for site in content["sites"] if site["id"] == SITE)
    content["sites"] += [
        {**model, "id": name, "nom": f"Ville {i}", "nom_court": f"Ville {i}",
         "comite": f"comite-{i // 4}"}
        for i, name in enumerate(names)
    ]  # fmt: skip
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def _campaigns(project: Project, years: Sequence[str]) -> None:
    path = project.reference / "campagnes.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    model = next(one for one in content["campagnes"] if one["id"] == SOURCE)
    for before, name in zip([SOURCE, *years], years, strict=False):
        year = int(name[:4])
        content["campagnes"].append(
            {**model, "id": name, "libelle": f"novembre {year}", "precedente": before,
             "debut": date(year, 11, 16), "fin": date(year, 12, 4), "objectifs": {},
             "mystere": {"debut": date(year, 10, 1), "fin": date(year, 12, 31)}}
        )  # fmt: skip
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def _copied(source: Project, copy: Project, entry: Import, site: str, year: str) -> Import:
    """Write the parts of a file for another site and campaign; return its entry."""
    parts = {table: own[SITE] for table, own in entry.parts.items() if SITE in own}
    for table, name in parts.items():
        place = source.clean / table / f"campagne={SOURCE}" / f"site={SITE}" / name
        frame = pyarrow.parquet.ParquetFile(place).read().to_pandas()
        frame = typed(table, frame.assign(site=site, campagne=year))
        target = copy.clean / table / f"campagne={year}" / f"site={site}" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        frame.to_parquet(target, index=False)
    kept = entry.gardees_par_site[SITE]
    changes = {
        "fichier": f"{site}-{entry.fichier}",
        "sha256": hashlib.sha256(f"{site}{year}{entry.sha256}".encode()).hexdigest(),
        "campagne": year,
        "gardees_par_site": {site: kept},
        "parts": {table: {site: name} for table, name in parts.items()},
    }
    return entry.model_copy(update=changes)


def on_dask(project: Project, plan: Sequence[Report]) -> None:
    """Make all reports while workers are killed; print what became of them."""
    events: list[dict[str, Any]] = []
    made = 0
    ended = threading.Event()

    def tell(event: dict[str, Any]) -> None:
        nonlocal made
        events.append(event)
        made += event["evenement"] == "fin"
        if event["evenement"] == "fin" and made % SAY_EVERY == 0:
            say(f"{made} reports after {(time.perf_counter() - start) / 60:.1f} min")

    # The cluster looks again at a worker that went, after this delay, and gives it up if it is not
    # there at that moment: it may just have been killed once more.
    dask.config.set({**QUIET, "distributed.deploy.lost-worker-timeout": "7 days"})
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        killed = []

        def kill() -> None:
            draw = random.Random(11)  # noqa: S311 - repeatable
            with distributed.Client(cluster) as client:
                while not ended.wait(KILL_EVERY):
                    pids = [*client.run(os.getpid, on_error="ignore").values()]
                    if pids:
                        killed.append(draw.choice(pids))
                        os.kill(killed[-1], signal.SIGKILL)

        threading.Thread(target=kill, daemon=True).start()
        start = time.perf_counter()
        tasks = prepared(plan, project, SETTING, Limits(), None)
        results = make_all_on(cluster.scheduler_address, tasks, tell)
        spent = time.perf_counter() - start
        ended.set()
    failed = [result.failure for result in results if result.failure]
    ends = Counter(
        (e["campagne"], e["site"], e["notebook"]) for e in events if e["evenement"] == "fin"
    )
    missing = sum(not report.output(".html").exists() for report in plan)
    twice = sum(count > 1 for count in ends.values())
    facts = [read_provenance(report.output(SUFFIX)) for report in plan]
    spoiled = sum(
        one is None or bool(altered(report, one.sorties))
        for report, one in zip(plan, facts, strict=True)
    )
    say(
        f"{len(plan)} reports in {spent / 60:.1f} min ({spent / len(plan):.2f} s each), "
        f"{len(killed)} workers killed: {len(failed)} failed, {missing} missing, {twice} ended "
        f"twice, {spoiled} spoiled"
    )
    for failure in failed[:5]:
        say(failure)


def main(arguments: Sequence[str]) -> None:
    """Print the measures."""
    project = Project(Path(arguments[0]).resolve())
    with tempfile.TemporaryDirectory(dir=project.root.parent) as folder:
        if arguments[1] == "memoire":
            memory(project, Path(folder))
            return
        sites, campaigns = map(int, arguments[1:3])
        start = time.perf_counter()
        copy = Project(Path(arguments[3] if len(arguments) > 3 else folder) / "national")  # noqa: PLR2004
        if not copy.root.exists():
            national(project, copy, sites, campaigns)
        reference = load_reference(copy.reference)
        names = [site.id for site in reference.sites.sites if site.id.startswith("site-")]
        years = [one.id for one in reference.campaigns.campagnes if one.id > "2021"]
        plan = [
            report
            for year in years
            for report in make_plan(copy, reference, year, names, NOTEBOOKS)
        ]
        say(f"{len(plan)} reports planned, store written in {time.perf_counter() - start:.0f} s")
        on_dask(copy, plan)


if __name__ == "__main__":
    main(sys.argv[1:])
