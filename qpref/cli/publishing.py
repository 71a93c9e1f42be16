"""Command that writes the pages and open data that a service publishes."""

from dataclasses import dataclass
from datetime import datetime

import click

from qpref.batch.plan import campaigns_with_data, make_plan
from qpref.batch.ready import apart
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
    ready, lacks = apart(plan, project)
    start_warm_process(project)
    produce(context, Order(name, tuple(report.site for report in ready), (SHEET,)))
    folder = publish(project, reference, ready, day)
    if lacks:
        OUT.print(f"Sans réponse, sans page : {listing(report.site for report in lacks)}.")
    OUT.print(f"Édition du {day} : {(folder / 'index.html').relative_to(project.root)}")
