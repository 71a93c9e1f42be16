"""Commands that make reports."""

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from qpref.cli.common import ERR, OUT, SITES, Context
from qpref.errors import QprefError
from qpref.project import refused

if TYPE_CHECKING:  # loaded by the command that uses it: help must come at once
    from qpref.batch.plan import Report
    from qpref.batch.run import Result

_MOST = 4  # reports at once by default, and no more than the machine has cores


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
@click.option(
    "--parallele",
    "workers",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Rapports faits en même temps.",
)
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
@click.pass_obj
def rapports(context: Context, /, **options: Any) -> None:  # noqa: ANN401 - one key an option
    """
    Produit les rapports : un par campagne, site et notebook.

    Un rapport déjà à jour n’est pas refait. L’échec d’un rapport n’empêche pas les autres ;
    l’ancien rapport reste alors en place.
    """
    from qpref.batch.server import start_early  # noqa: PLC0415

    if not options["is_plan"]:
        start_early()
    from qpref.batch.index import write_index  # noqa: PLC0415
    from qpref.batch.plan import campaigns_with_data, make_plan  # noqa: PLC0415
    from qpref.report.pdf import NO_BROWSER, find_browser  # noqa: PLC0415

    project, reference = context.project, context.reference
    only = options["campagne"]
    campaigns = [only] if only else campaigns_with_data(project, reference)
    plan = [
        report
        for name in campaigns
        for report in make_plan(project, reference, name, options["sites"], options["notebooks"])
    ]
    browser = find_browser(os.environ) if options["with_pdf"] else None
    reasons = _reasons(context, plan, options, has_browser=browser is not None)
    if options["is_plan"]:
        _say_plan(reasons)
        return
    chosen = [report for report, reason in reasons.items() if reason]
    results = _made(context, chosen, options, browser) if chosen else []
    indexes = [write_index(project, reference, reference.campaign(name)) for name in campaigns]
    if len(chosen) < len(plan):
        OUT.print(f"{len(plan) - len(chosen)} rapport(s) déjà à jour (--forcer les refait).")
    if options["with_pdf"] and browser is None:
        ERR.print(NO_BROWSER, style="yellow", markup=False)
    _summary(results, indexes, project.root)


def _name(report: "Report") -> str:
    return f"{report.campaign}, {report.site}, {report.notebook.name}"


def _reasons(
    context: Context, plan: Sequence["Report"], options: dict[str, Any], *, has_browser: bool
) -> dict["Report", str | None]:
    """Return why each report is to be made, None for one that is up to date."""
    from qpref.batch.freshness import key_of, reason_to_run  # noqa: PLC0415

    if options["is_forced"]:
        return dict.fromkeys(plan, "demandé par --forcer")
    wanted = [".pdf"] if has_browser else []
    wanted += [".interactif.html"] if options["is_interactive"] else []
    project, reference = context.project, context.reference
    return {
        report: reason_to_run(report, key_of(report, project, reference), tuple(wanted))
        for report in plan
    }


def _say_plan(reasons: dict["Report", str | None]) -> None:
    for report, reason in reasons.items():
        OUT.print(f"{_name(report)} : {reason or 'à jour'}", markup=False)
    count = sum(reason is not None for reason in reasons.values())
    OUT.print(f"{count} rapport(s) à faire sur {len(reasons)}.")


def _made(
    context: Context, plan: Sequence["Report"], options: dict[str, Any], browser: Path | None
) -> list["Result"]:
    """Make the reports, with a progress bar and a journal."""
    from qpref.batch.pool import Limits, make_all  # noqa: PLC0415
    from qpref.batch.run import Setting  # noqa: PLC0415

    workers = options["workers"] or min(os.cpu_count() or 1, _MOST)
    limits = Limits(workers, options["seconds"], options["megabytes"], options["tries"])
    setting = Setting(datetime.now().astimezone(), browser, options["is_interactive"])
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=ERR) as progress:
        task = progress.add_task("Rapports", total=len(plan))

        def tell(event: dict[str, Any]) -> None:
            place = f"{event['campagne']}, {event['site']}, {event['notebook']}"
            if event["evenement"] == "cellule":
                progress.update(task, description=f"{place}, cellule {event['cellule'] + 1}")
                return
            write(event)
            if event["evenement"] == "fin":
                progress.advance(task)

        with _journal(context.project.reports) as write:
            return make_all(plan, context.project, setting, limits, tell)


@contextlib.contextmanager
def _journal(folder: Path) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Give what adds a line to reports/journal.jsonl: a run that was cut can be told after."""
    path = folder / "journal.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = path.open("a", encoding="utf-8")
    except OSError as error:
        raise refused(folder, error) from error
    with handle:

        def write(event: dict[str, Any]) -> None:
            moment = datetime.now().astimezone().isoformat(timespec="seconds")
            handle.write(json.dumps({"moment": moment, **event}, ensure_ascii=False) + "\n")
            handle.flush()

        yield write


def _summary(results: Sequence["Result"], indexes: Sequence[Path], root: Path) -> None:
    """Print one line a report; exit with 1 when one failed."""
    failed = [result for result in results if result.failure]
    for result in results:
        report = result.report
        name = _name(report)
        if result.failure:
            ERR.print(f"{name} : échec. {result.failure}", style="red", markup=False)
        else:
            made = report.output(".html").relative_to(root)
            OUT.print(f"{name} : {made}", markup=False)
        if result.warning:
            ERR.print(f"{name} : {result.warning}", style="yellow", markup=False)
    for index in indexes:
        OUT.print(f"Sommaire : {index.relative_to(root)}", markup=False)
    if failed:
        raise QprefError(
            f"{len(failed)} rapport(s) en échec sur {len(results)} ; les autres sont faits, "
            "les anciens rapports sont intacts.",
            "Corrigez la cause indiquée ci-dessus, puis relancez la même commande.",
        )
