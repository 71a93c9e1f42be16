"""Command that plans the contacts of a mystery survey."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pandas as pd

from qpref.cli import options
from qpref.cli.context import Context, chosen_sites, pass_options
from qpref.cli.terminal import OUT, print_json
from qpref.errors import UsageError
from qpref.quality.mystery_plan import HALF_DAYS
from qpref.reference import MysteryGrid, Site
from qpref.template import mystery_template
from qpref.workbook.mystery import planned_contacts
from qpref.written import TO_FILL, put_beside


@dataclass(frozen=True)
class _Contacts(options.Scope):
    """The plan of contacts asked for, drawn with a seed."""

    shoppers: tuple[str, ...]
    seed: int
    target: Path | None
    is_json: bool


@click.command("plan-mystere")
@options.CAMPAIGN
@options.SITES
@click.option(
    "--evaluateur",
    "shoppers",
    multiple=True,
    metavar="CODE",
    help="Code d’un évaluateur, jamais son nom ; à répéter. Par défaut, ceux du protocole.",
)
@click.option(
    "--graine", "seed", type=int, default=1, show_default=True, help="Même graine, même plan."
)
@options.target("Classeur .xlsx à écrire.")
@options.json("Écrit le plan en JSON, sans classeur.")
@pass_options(_Contacts)
def plan_mystere(context: Context, asked: _Contacts) -> None:
    """
    Écrit la grille des contacts mystères à faire : site, canal, jour, scénario, évaluateur.

    Tirée au sort, équilibrée, elle s’imprime, se remplit et s’importe telle quelle.
    """
    reference = context.reference
    campaign = reference.of_visitors(asked.campaign)
    sites = chosen_sites(reference, asked.sites)
    shoppers = _shoppers(reference.grid, asked.shoppers)
    names = [site.id for site in sites]
    plan = planned_contacts(reference, campaign, names, shoppers, asked.seed)
    if asked.is_json:
        rows = plan.assign(date=plan["date"].astype(str)).astype(object)
        contacts = rows.where(plan.notna(), None).to_dict("records")
        print_json({"campagne": campaign.id, "contacts": contacts})
        return
    planned = _by_channel(plan, sites)
    name = f"plan_mystere_{campaign.id}.xlsx"
    path = asked.target or context.project.root / "data" / "brut" / name
    path = put_beside(
        context.project, path, mystery_template(reference.grid, campaign, sites, planned), TO_FILL
    )
    for channel in reference.grid.canaux:
        rows = plan.loc[plan["canal"] == channel.id]
        again = int(rows["double_de"].notna().sum())
        more = f", dont {again} second(s) avis" if again else ""
        OUT.print(f"{channel.libelle} : {len(rows)} ligne(s){more}.")
    OUT.print(f"Grille à remplir : « {path} ».")


def _shoppers(grid: MysteryGrid, asked: Sequence[str]) -> Sequence[str]:
    """Return the codes of the shoppers; a second judgement needs a second shopper."""
    protocol = grid.protocole
    codes = list(dict.fromkeys(asked)) or (protocol.evaluateurs if protocol else [])
    if protocol and len(codes) == 1 and any(protocol.seconds_avis.values()):
        raise UsageError(
            "Un second avis demande un second évaluateur.",
            "Donnez deux codes, ou mettez seconds_avis à 0 dans data/reference/mystere.yml.",
        )
    return codes


def _by_channel(plan: pd.DataFrame, sites: Sequence[Site]) -> dict[str, list[dict[str, Any]]]:
    """Return what the grid already says of each contact, channel by channel."""
    names = {site.id: site.nom_court for site in sites}
    return {
        str(channel): [_cells(row, names) for row in rows.to_dict("records")]
        for channel, rows in plan.groupby("canal", sort=False)
    }


def _cells(row: dict[Any, Any], names: dict[str, str]) -> dict[str, Any]:
    """Return what the grid already says of a contact."""
    original = row["double_de"]
    return {
        "numero": int(row["numero"]),
        "site": names[row["site"]],
        "prevu_le": row["date"],
        "moment_prevu": HALF_DAYS[row["demi_journee"]],
        "scenario": row["scenario"],
        "evaluateur": row["evaluateur"],
        "double_de": None if original is None or original != original else str(int(original)),  # noqa: PLR0124
    }
