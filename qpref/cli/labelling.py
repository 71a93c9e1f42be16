"""Command that says where each site stands on the way to the label."""

from datetime import date
from typing import Any

import click

from qpref.cli import options
from qpref.cli.context import Context, chosen_sites, pass_context
from qpref.cli.terminal import OUT, print_json
from qpref.workbook import Labellisation, ouvrir_labellisation


@click.command("labellisation")
@options.one_campaign("Situation connue avec cette campagne ; par défaut, la dernière.")
@options.SITES
@click.option(
    "--retard",
    "weeks",
    type=click.IntRange(0, 104),
    default=0,
    show_default=True,
    metavar="SEMAINES",
    help="Retard supposé de tout le travail restant.",
)
@options.json("Écrit la situation en JSON.")
@pass_context
def labellisation(
    context: Context, campaign: str | None, sites: tuple[str, ...], weeks: int, *, is_json: bool
) -> None:
    """
    Dit où en est chaque site : engagements prouvés, date prévue, retards, rappels.

    Le suivi se tient dans data/reference/labellisation.yml.
    """
    reference, root = context.reference, context.project.root
    latest = max(reference.campaigns.campagnes, key=lambda campaign: campaign.debut)
    name = latest.id if campaign is None else reference.campaign(campaign).id
    chosen = chosen_sites(reference, sites)
    opened = [ouvrir_labellisation(site.id, name, root) for site in chosen]
    if is_json:
        print_json({"campagne": name, "sites": [_as_json(own, weeks) for own in opened]})
        return
    for own in opened:
        for line in own.resume(weeks):
            OUT.print(line)


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell
    return value.isoformat() if isinstance(value, date) else value


def _as_json(own: Labellisation, weeks: int) -> dict[str, Any]:
    found = own.prevision_fin
    days = {"debut": found.low, "milieu": found.middle, "fin": found.high}
    return {
        "site": own.site.id,
        "jour": _plain(own.jour),
        "engagements": [
            {str(name): _plain(value) for name, value in row.items()}
            for row in own.etats.to_dict("records")
        ],
        "prevision": {name: _plain(day) for name, day in days.items()},
        "chance_a_temps": own.chance(weeks),
        "depassements": own.depassements(weeks),
        "rappels": [{"code": r.code, "sujet": r.unit, "jour": _plain(r.day)} for r in own.rappels],
    }
