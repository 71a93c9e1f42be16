"""Command that says where each site stands on the way to the label."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from qpref.cli.common import OUT, SITES, Context, print_json

if TYPE_CHECKING:
    from qpref.workbook import Labellisation


@click.command("labellisation")
@click.option(
    "--campagne",
    metavar="CAMPAGNE",
    help="Situation connue avec cette campagne ; par défaut, la dernière.",
)
@SITES
@click.option(
    "--retard",
    "weeks",
    type=click.IntRange(0, 104),
    default=0,
    show_default=True,
    metavar="SEMAINES",
    help="Retard supposé de tout le travail restant.",
)
@click.option("--json", "as_json", is_flag=True, help="Écrit la situation en JSON.")
@click.pass_obj
def labellisation(
    context: Context, *, campagne: str | None, sites: tuple[str, ...], weeks: int, as_json: bool
) -> None:
    """
    Dit où en est chaque site : engagements prouvés, date prévue, retards, rappels.

    Le suivi se tient dans data/reference/labellisation.yml.
    """
    from qpref.workbook import ouvrir_labellisation  # noqa: PLC0415

    reference = context.reference
    latest = max(reference.campaigns.campagnes, key=lambda campaign: campaign.debut)
    name = latest.id if campagne is None else reference.campaign(campagne).id
    chosen = [reference.site(site).id for site in sites] or [s.id for s in reference.sites.sites]
    opened = [ouvrir_labellisation(site, name, context.project.root) for site in chosen]
    if as_json:
        print_json({"campagne": name, "sites": [_as_json(own, weeks) for own in opened]})
        return
    for own in opened:
        for line in own.resume(weeks):
            OUT.print(line, markup=False)


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell
    return value.isoformat() if isinstance(value, date) else value


def _as_json(own: "Labellisation", weeks: int) -> dict[str, Any]:
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
