"""Command that makes reports: its options, and the warm process it starts early."""

import click

from qpref.batch.server import context as start_warm_process
from qpref.cli import options
from qpref.cli.context import Context, pass_options
from qpref.cli.production import Order, produce
from qpref.errors import UsageError


@click.command("rapports")
@options.one_campaign("Campagne ; par défaut, toutes celles qui ont des données.")
@options.SITES
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
@options.WORKERS
@click.option(
    "--tentatives",
    "tries",
    type=click.IntRange(1, 5),
    default=Order.tries,
    show_default=True,
    metavar="N",
    help="Essais d’un rapport dont le calcul s’arrête brutalement.",
)
@click.option(
    "--delai-max",
    "seconds",
    type=click.IntRange(1),
    default=Order.seconds,
    show_default=True,
    metavar="SECONDES",
    help="Temps laissé à un rapport.",
)
@click.option(
    "--memoire-max",
    "megabytes",
    type=click.IntRange(100),
    metavar="MO",
    help="Mémoire laissée à un rapport.",
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
@options.json("Écrit chaque événement en JSON, un par ligne.")
@pass_options(Order)
def rapports(context: Context, order: Order) -> None:
    """
    Produit les rapports : un par campagne, site et notebook.

    Un rapport déjà à jour n’est pas refait. L’échec d’un rapport n’empêche pas les autres ;
    l’ancien rapport reste alors en place.
    """
    if order.depot and not order.scheduler:
        raise UsageError(
            "--depot ne sert qu’avec --ordonnanceur.", "Ajoutez --ordonnanceur tcp://machine:8786."
        )
    if not order.is_plan and not order.scheduler:
        start_warm_process(context.project)  # it loads its libraries while this one plans
    produce(context, order)
