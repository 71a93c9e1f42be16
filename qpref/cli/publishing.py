"""The command that writes what a service displays and publishes."""

from dataclasses import dataclass
from datetime import datetime

import click

from qpref.batch.plan import campaigns_with_data, make_plan
from qpref.batch.ready import check_ready, lacking
from qpref.batch.server import context as start_warm_process
from qpref.cli import options
from qpref.cli.context import Context, pass_options
from qpref.cli.meetings import day_of
from qpref.cli.production import Order, produce
from qpref.cli.terminal import OUT
from qpref.errors import listing
from qpref.publishing.edition import SHEET, publish


@dataclass(frozen=True)
class PublicationOrder:
    """The campaign to publish (the last that has data by default), its sites, and the day."""

    campaign: str | None
    sites: tuple[str, ...]
    day: str | None


@click.command("publier")
@options.one_campaign("Campagne ; par défaut, la dernière qui a des données.")
@options.SITES
@click.option(
    "--jour",
    "day",
    metavar="DATE",
    help="Jour de publication ; par défaut, celui que dit la campagne, sinon aujourd’hui.",
)
@pass_options(PublicationOrder)
def publier(context: Context, wanted: PublicationOrder) -> None:
    """
    Écrit ce qui s’affiche et se publie : une page par site, et les chiffres en données ouvertes.

    Tout est dans reports/publication/JOUR ; les éditions précédentes restent, et sont listées.
    """
    project, reference = context.project, context.reference
    name = wanted.campaign or campaigns_with_data(project, reference)[-1]
    said = day_of(wanted.day) if wanted.day else reference.campaign(name).publication
    day = said or datetime.now().astimezone().date()
    plan = make_plan(project, reference, name, wanted.sites, [SHEET])
    lacks = {report: reason for report in plan if (reason := lacking(report, project))}
    ready = [report for report in plan if report not in lacks]
    if not ready:
        check_ready(plan[0], project)
    start_warm_process(project)
    sites = tuple(report.site for report in ready)
    produce(context, _order(name, sites))
    folder = publish(project, reference, ready, day)
    if lacks:
        OUT.print(f"Sans réponse, sans page : {listing(report.site for report in lacks)}.")
    OUT.print(f"Édition du {day} : {(folder / 'index.html').relative_to(project.root)}")


def _order(campaign: str, sites: tuple[str, ...]) -> Order:
    return Order(
        campaign=campaign, sites=sites, notebooks=(SHEET,), with_pdf=False, is_interactive=False,
        is_forced=False, is_plan=False, workers=None, tries=1, seconds=600, megabytes=None,
        scheduler=None, depot=None, is_json=False,
    )  # fmt: skip
