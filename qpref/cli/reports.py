"""Commands that make reports."""

import os
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qpref.cli.common import ERR, OUT, SITES, WORKERS, Context
from qpref.cli.telling import say_line, slowest_cells, telling
from qpref.errors import QprefError, UsageError

if TYPE_CHECKING:  # loaded by the command that uses it: help must come at once
    from qpref.batch.plan import Report
    from qpref.batch.result import Result


@click.command("rapports")
@click.option(
    "--campagne",
    metavar="CAMPAGNE",
    help="Campagne ; par défaut, toutes celles qui ont des données.",
)
@SITES
@click.option(
    "--notebook",
    "notebooks",
    multiple=True,
    metavar="NOM",
    help="Notebook, par exemple 10_satisfaction ; à répéter. Tous par défaut.",
)
@click.option("--pdf", "with_pdf", is_flag=True, help="Fait aussi un PDF de chaque rapport.")
@click.option(
    "--interactif",
    "is_interactive",
    is_flag=True,
    help="Fait aussi une page avec les figures interactives, pour l’analyste.",
)
@click.option("--forcer", "is_forced", is_flag=True, help="Refait aussi les rapports à jour.")
@click.option("--plan", "is_plan", is_flag=True, help="Dit ce qui serait fait, et pourquoi.")
@WORKERS
@click.option(
    "--tentatives",
    "tries",
    type=click.IntRange(1, 5),
    default=1,
    show_default=True,
    metavar="N",
    help="Essais d’un rapport dont le calcul s’arrête brutalement.",
)
@click.option(
    "--delai-max",
    "seconds",
    type=click.IntRange(1),
    default=600,
    show_default=True,
    metavar="SECONDES",
    help="Temps laissé à un rapport.",
)
@click.option(
    "--memoire-max",
    "megabytes",
    type=click.IntRange(100),
    metavar="MO",
    help="Mémoire laissée à un rapport (sans effet sous Windows).",
)
@click.option(
    "--ordonnanceur",
    "scheduler",
    metavar="ADRESSE",
    help="Ordonnanceur Dask (tcp://machine:8786) dont les ouvriers font les rapports.",
)
@click.option(
    "--depot",
    metavar="ADRESSE",
    help="Stockage partagé avec ces ouvriers (dossier, s3://…) ; par défaut, le dossier du projet.",
)
@click.option(
    "--json", "is_json", is_flag=True, help="Écrit chaque événement en JSON, un par ligne."
)
@click.pass_obj
def rapports(context: Context, /, **options: Any) -> None:  # noqa: ANN401 - one key an option
    """
    Produit les rapports : un par campagne, site et notebook.

    Un rapport déjà à jour n’est pas refait. L’échec d’un rapport n’empêche pas les autres ;
    l’ancien rapport reste alors en place.
    """
    from qpref.batch.server import context as start_early  # noqa: PLC0415

    if options["depot"] and not options["scheduler"]:
        raise UsageError(
            "--depot ne sert qu’avec --ordonnanceur.", "Ajoutez --ordonnanceur tcp://machine:8786."
        )
    if not options["is_plan"] and not options["scheduler"]:
        start_early(context.project)
    from qpref.batch.index import write_index  # noqa: PLC0415
    from qpref.batch.plan import campaigns_with_data, make_plan  # noqa: PLC0415
    from qpref.report.pdf import NO_BROWSER, find_browser  # noqa: PLC0415

    project, reference = context.project, context.reference
    only = options["campagne"]
    campaigns = campaigns_with_data(project, reference) if only is None else [only]
    plan = [
        report
        for name in campaigns
        for report in make_plan(project, reference, name, options["sites"], options["notebooks"])
    ]
    browser = find_browser(os.environ) if options["with_pdf"] else None
    reasons = _reasons(context, plan, options, has_browser=browser is not None)
    if options["is_plan"]:
        _say_plan(reasons, is_json=options["is_json"])
        return
    chosen = [report for report, reason in reasons.items() if reason]
    start = time.monotonic()
    results = _made(context, chosen, options, browser) if chosen else []
    indexes = [write_index(project, reference, reference.campaign(name)) for name in campaigns]
    if options["with_pdf"] and browser is None:
        ERR.print(NO_BROWSER, style="yellow", markup=False)
    failed = [result for result in results if result.failure]
    current = len(plan) - len(chosen)
    if options["is_json"]:
        facts = {"faits": len(results) - len(failed), "echecs": len(failed), "a_jour": current}
        say_line({"evenement": "bilan", **facts, "secondes": round(time.monotonic() - start, 3)})
    else:
        _summary(results, indexes, project.root, current)
    if failed:
        raise QprefError(
            f"{len(failed)} rapport(s) en échec sur {len(results)} ; les autres sont faits, "
            "les anciens rapports sont intacts.",
            "Corrigez la cause indiquée ci-dessus, puis relancez la même commande.",
        )


def _reasons(
    context: Context, plan: Sequence["Report"], options: dict[str, Any], *, has_browser: bool
) -> dict["Report", str | None]:
    """Return why each report is to be made, None for one that is up to date."""
    from qpref.batch.freshness import why_stale  # noqa: PLC0415

    if options["is_forced"]:
        return dict.fromkeys(plan, "demandé par --forcer")
    wanted = [".pdf"] if has_browser else []
    wanted += [".interactif.html"] if options["is_interactive"] else []
    project, reference = context.project, context.reference
    return {report: why_stale(report, project, reference, tuple(wanted)) for report in plan}


def _say_plan(reasons: dict["Report", str | None], *, is_json: bool) -> None:
    from qpref.batch.pool import event  # noqa: PLC0415

    for report, reason in reasons.items():
        if is_json:
            say_line({**event("plan", report), "raison": reason})
        else:
            OUT.print(f"{report.label} : {reason or 'à jour'}", markup=False)
    if not is_json:
        count = sum(reason is not None for reason in reasons.values())
        OUT.print(f"{count} rapport(s) à faire sur {len(reasons)}.")


def _made(
    context: Context, plan: Sequence["Report"], options: dict[str, Any], browser: Path | None
) -> list["Result"]:
    """Make the reports, with a progress bar and a journal."""
    from qpref.batch.pool import Limits, make_all, usual_workers  # noqa: PLC0415
    from qpref.batch.run import RunSetting  # noqa: PLC0415

    workers = options["workers"] or usual_workers()
    limits = Limits(workers, options["seconds"], options["megabytes"], options["tries"])
    setting = RunSetting(datetime.now().astimezone(), browser, options["is_interactive"])
    with telling(context.project.reports, len(plan), is_json=options["is_json"]) as tell:
        if options["scheduler"] is None:
            return make_all(plan, context.project, setting, limits, tell)
        prepared, make_all_on = _cluster()
        tasks = prepared(plan, context.project, setting, limits, options["depot"])
        made: list[Result] = make_all_on(options["scheduler"], tasks, tell)
        return made


def _cluster() -> tuple[Any, Any]:
    """Return what a cluster needs, an extra that few install."""
    try:
        from qpref.batch.cluster import make_all_on, prepared  # noqa: PLC0415
    except ImportError as error:
        raise UsageError(
            f"--ordonnanceur demande des bibliothèques absentes ({error.name}).",
            'Dans le dossier des sources : pip install -e ".[distribue]"',
        ) from error
    return prepared, make_all_on


def _summary(
    results: Sequence["Result"], indexes: Sequence[Path], root: Path, current: int
) -> None:
    """Print one line a report, the longest cells, the indexes."""
    for result in results:
        report = result.report
        name = report.label
        if result.failure:
            ERR.print(f"{name} : échec. {result.failure}", style="red", markup=False)
        else:
            made = report.output(".html").relative_to(root)
            OUT.print(f"{name} : {made}", markup=False)
        if result.warning:
            ERR.print(f"{name} : {result.warning}", style="yellow", markup=False)
    for line in slowest_cells(results):
        OUT.print(line, markup=False)
    if current:
        OUT.print(f"{current} rapport(s) déjà à jour (--forcer les refait).")
    for index in indexes:
        OUT.print(f"Sommaire : {index.relative_to(root)}", markup=False)
