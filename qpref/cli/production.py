"""Make the reports that the user asked for: select the stale ones, run the batch, report."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from types import ModuleType

from qpref.batch.freshness import why_stale
from qpref.batch.index import write_index
from qpref.batch.plan import Report, campaigns_with_data, make_plan
from qpref.batch.pool import Limits, event, make_all, usual_workers
from qpref.batch.ready import apart, lacking
from qpref.batch.result import Result
from qpref.batch.setting import RunSetting
from qpref.cli import errata
from qpref.cli.context import Context
from qpref.cli.telling import say_line, slowest_cells, telling
from qpref.cli.terminal import ERR, OUT
from qpref.errors import QprefError, UsageError, listing
from qpref.project import Project
from qpref.report.browser import find_browser, why_no_pdf
from qpref.starter.adapting import adapted, sentence


@dataclass(frozen=True)
class Order:
    """
    The reports asked for, and how to make them: one field for each option of `qpref rapports`.

    Without a `campaign`, all those that have data; without `sites` or `notebooks`, all of them.
    `workers` None: as many as this computer bears. `seconds`, `megabytes`, `tries`: of each report.
    `scheduler`: address of a Dask scheduler; `depot`: the storage shared with its workers.
    """

    campaign: str | None
    sites: tuple[str, ...]
    notebooks: tuple[str, ...]
    with_pdf: bool = False
    is_interactive: bool = False
    is_forced: bool = False
    is_plan: bool = False
    workers: int | None = None
    tries: int = 1
    seconds: int = 600
    megabytes: int | None = None
    scheduler: str | None = None
    depot: str | None = None
    is_json: bool = False


def produce(context: Context, order: Order) -> None:
    """
    Make the reports of an order that are not up to date, then the indexes.

    Raises
    ------
    QprefError
        If a report fails; the others are made.
    """
    project, reference = context.project, context.reference
    only = order.campaign
    campaigns = campaigns_with_data(project, reference) if only is None else [only]
    plan = [
        report
        for name in campaigns
        for report in make_plan(project, reference, name, order.sites, order.notebooks)
    ]
    plan, waiting = _apart(project, plan, order)
    browser = find_browser(os.environ) if order.with_pdf else None
    reasons = _reasons(context, plan, order, has_browser=browser is not None)
    _say_waiting(waiting, is_json=order.is_json)
    if order.is_plan:
        _say_plan(reasons, is_json=order.is_json)
        return
    chosen = [report for report, reason in reasons.items() if reason]
    start = time.monotonic()
    results = _made(project, chosen, order, browser) if chosen else []
    shown = {one.id: one for one in map(reference.main, campaigns)}
    indexes = [write_index(project, reference, campaign) for campaign in shown.values()]
    if order.with_pdf and browser is None:
        ERR.print(why_no_pdf(), style="yellow")
    for one in filter(attrgetter("is_to_review"), adapted(project)):
        ERR.print(sentence(one), style="yellow")
    errata.announce(errata.compare(context, campaigns))
    failed = sum(result.failure is not None for result in results)
    current = len(plan) - len(chosen)
    if order.is_json:
        facts = {"faits": len(results) - failed, "echecs": failed, "a_jour": current}
        say_line({"evenement": "bilan", **facts, "secondes": round(time.monotonic() - start, 3)})
    else:
        _summary(results, indexes, project.root, current)
    if failed:
        raise QprefError(
            f"{failed} rapport(s) en échec sur {len(results)} ; les autres sont faits, "
            "les anciens rapports sont intacts.",
            "Corrigez la cause indiquée ci-dessus, puis relancez la même commande.",
        )


def _apart(
    project: Project, plan: Sequence[Report], order: Order
) -> tuple[list[Report], dict[Report, str]]:
    """
    Return the reports to make, and what those lack that cannot be made yet.

    A notebook that was named is made or fails, but for a survey of another public that only goes
    with the campaign; so does a plan of which nothing would be left.
    """
    if not order.notebooks:
        return apart(plan, project)
    asked = {one: lacking(one, project) for one in plan if one.campaign != order.campaign}
    lacks = {one: why for one, why in asked.items() if why and one.is_beside}
    return [one for one in plan if one not in lacks], lacks


def _say_waiting(waiting: Mapping[Report, str], *, is_json: bool) -> None:
    """Say which reports wait for data, those of one notebook on one line."""
    if is_json:
        for report, reason in waiting.items():
            say_line({**event("attente", report), "raison": reason})
        return
    groups: dict[tuple[str, str, str], list[str]] = {}
    for report, reason in waiting.items():
        key = (report.campaign, report.notebook.name, reason)
        groups.setdefault(key, []).append(report.site)
    for (campaign, name, reason), sites in groups.items():
        OUT.print(f"{campaign}, {listing(sites)}, {name} : pas encore, {reason}.")


def _reasons(
    context: Context, plan: Sequence[Report], order: Order, *, has_browser: bool
) -> dict[Report, str | None]:
    """Return why each report is to be made, None for one that is up to date."""
    if order.is_forced:
        return dict.fromkeys(plan, "demandé par --forcer")
    wanted = [".pdf"] if has_browser else []
    wanted += [".interactif.html"] if order.is_interactive else []
    project, reference = context.project, context.reference
    return {report: why_stale(report, project, reference, tuple(wanted)) for report in plan}


def _say_plan(reasons: Mapping[Report, str | None], *, is_json: bool) -> None:
    for report, reason in reasons.items():
        if is_json:
            say_line({**event("plan", report), "raison": reason})
        else:
            OUT.print(f"{report.label} : {reason or 'à jour'}")
    if not is_json:
        count = sum(reason is not None for reason in reasons.values())
        OUT.print(f"{count} rapport(s) à faire sur {len(reasons)}.")


def _made(
    project: Project, plan: Sequence[Report], order: Order, browser: Path | None
) -> list[Result]:
    """Make the reports, with a progress bar and a journal."""
    workers = order.workers or usual_workers()
    limits = Limits(workers, order.seconds, order.megabytes, order.tries)
    setting = RunSetting(datetime.now().astimezone(), browser, order.is_interactive)
    with telling(project.reports, len(plan), is_json=order.is_json) as tell:
        if order.scheduler is None:
            return make_all(plan, project, setting, limits, tell)
        cluster = _cluster()
        tasks = cluster.prepared(plan, project, setting, limits, order.depot)
        made: list[Result] = cluster.make_all_on(order.scheduler, tasks, tell)
        return made


def _cluster() -> ModuleType:
    """Return what makes reports on a cluster, an extra that few install."""
    try:
        from qpref.batch import cluster  # noqa: PLC0415 - needs the extra
    except ImportError as error:
        raise UsageError(
            f"--ordonnanceur demande des bibliothèques absentes ({error.name}).",
            'Dans le dossier des sources : pip install -e ".[distribue]"',
        ) from error
    return cluster


def _summary(results: Sequence[Result], indexes: Sequence[Path], root: Path, current: int) -> None:
    """Print one line a report, the longest cells, the indexes."""
    for result in results:
        report = result.report
        name = report.label
        if result.failure:
            ERR.print(f"{name} : échec. {result.failure}", style="red")
        else:
            made = report.output(".html").relative_to(root)
            OUT.print(f"{name} : {made}")
        if result.warning:
            ERR.print(f"{name} : {result.warning}", style="yellow")
    for line in slowest_cells(results):
        OUT.print(line)
    if current:
        OUT.print(f"{current} rapport(s) déjà à jour (--forcer les refait).")
    for index in indexes:
        OUT.print(f"Sommaire : {index.relative_to(root)}")
