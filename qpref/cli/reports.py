"""Commands that make reports."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from qpref.cli.common import ERR, OUT, SITES, Context
from qpref.errors import QprefError

if TYPE_CHECKING:  # loaded by the command that uses it: help must come at once
    from qpref.batch.run import Result


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
@click.pass_obj
def rapports(  # noqa: PLR0913 - one argument an option
    context: Context,
    *,
    campagne: str | None,
    sites: tuple[str, ...],
    notebooks: tuple[str, ...],
    with_pdf: bool,
    is_interactive: bool,
) -> None:
    """
    Produit les rapports : un par campagne, site et notebook.

    L’échec d’un rapport n’empêche pas les autres ; l’ancien rapport reste alors en place.
    """
    from qpref.batch.index import write_index  # noqa: PLC0415
    from qpref.batch.plan import campaigns_with_data, make_plan  # noqa: PLC0415
    from qpref.batch.run import Setting, run_report  # noqa: PLC0415
    from qpref.report.pdf import NO_BROWSER, find_browser  # noqa: PLC0415

    project, reference = context.project, context.reference
    campaigns = [campagne] if campagne else campaigns_with_data(project, reference)
    plan = [
        report
        for name in campaigns
        for report in make_plan(project, reference, name, sites, notebooks)
    ]
    browser = find_browser(os.environ) if with_pdf else None
    results = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=ERR) as progress:
        task = progress.add_task("Rapports", total=len(plan))
        for report in plan:
            what = f"{report.campaign}, {report.site}, {report.notebook.name}"
            progress.update(task, description=what)
            setting = Setting(datetime.now().astimezone(), browser, is_interactive)
            results.append(run_report(report, project, reference, setting))
            progress.advance(task)
    indexes = [write_index(project, reference, reference.campaign(name)) for name in campaigns]
    _summary(results, indexes, project.root)
    if with_pdf and browser is None:
        ERR.print(NO_BROWSER, style="yellow", markup=False)


def _summary(results: Sequence["Result"], indexes: Sequence[Path], root: Path) -> None:
    """Print one line a report; exit with 1 when one failed."""
    failed = [result for result in results if result.failure]
    for result in results:
        report = result.report
        name = f"{report.campaign}, {report.site}, {report.notebook.name}"
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
