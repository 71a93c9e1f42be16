"""Command that measures what a report costs on the user's machine."""

from datetime import datetime

import click
from rich.table import Table

from qpref.batch.bench import PARTS, Bench, measure
from qpref.batch.plan import campaigns_with_data, make_plan
from qpref.batch.pool import Limits, usual_workers
from qpref.batch.setting import RunSetting
from qpref.cli import options
from qpref.cli.context import Context, pass_context
from qpref.cli.terminal import ERR, OUT, print_json
from qpref.wording.french import number

_NAMES = {
    "processus": "processus",
    "preparation": "préparation",
    "lecture": "lecture (au plus)",
    "analyse": "analyse",
    "rendu": "mise en page",
    "enregistrement": "enregistrement",
}


@click.command("banc")
@options.one_campaign("Campagne ; par défaut, la dernière.")
@click.option(
    "--rapports",
    "count",
    type=click.IntRange(1),
    metavar="N",
    help="Nombre de rapports à prévoir ; par défaut, tous ceux du projet.",
)
@options.WORKERS
@options.json("Écrit les mesures en JSON.")
@pass_context
def banc(
    context: Context, campaign: str | None, count: int | None, workers: int | None, *, is_json: bool
) -> None:
    """
    Mesure ce que coûte un rapport sur cette machine, et prévoit la durée d’un lot.

    Les rapports mesurés sont faits à part, puis effacés.
    """
    project, reference = context.project, context.reference
    campaigns = campaigns_with_data(project, reference)
    plan = make_plan(project, reference, campaigns[-1] if campaign is None else campaign)
    every = count or sum(len(make_plan(project, reference, name)) for name in campaigns)
    limits = Limits(workers or usual_workers())
    setting = RunSetting(datetime.now().astimezone())
    with ERR.status("Mesure…"):
        found = measure(plan, project, reference, setting, limits)
    if is_json:
        print_json(
            {
                "python": found.python,
                "chargement": found.imports,
                "rapports": found.costs,
                "parallele": found.workers,
                "rapport_de_plus": found.each,
                "prevision": {"rapports": every, "secondes": found.forecast(every)},
            }
        )
    else:
        _show(found, every)


def _show(found: Bench, count: int) -> None:
    table = Table("Un rapport, en secondes", *(_NAMES[part] for part in PARTS), "total")
    for name, parts in found.costs.items():
        values = [*(parts[part] for part in PARTS), sum(parts.values())]
        table.add_row(name, *(number(value, 3) for value in values))
    OUT.print(table)
    OUT.print(
        f"Une fois par lot : démarrage de Python {number(found.python, 2)} s, "
        f"chargement des bibliothèques {number(found.imports, 1)} s."
    )
    OUT.print(
        f"Un rapport de plus, {found.workers} à la fois : {number(found.each, 2)} s. "
        f"Prévision pour {number(count)} rapport(s) : {_duration(found.forecast(count))}."
    )


def _duration(seconds: float) -> str:
    """
    Return a duration that is read at a glance.

    Examples
    --------
    >>> _duration(48.2), _duration(125), _duration(9_000)
    ('49 s', '3 min', '2 h 30 min')
    """
    if seconds < 100:  # noqa: PLR2004 - up to there, seconds say more
        return f"{-int(-seconds // 1)} s"
    minutes = -int(-seconds // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"  # noqa: PLR2004
