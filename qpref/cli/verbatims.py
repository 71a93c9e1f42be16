"""Command by which a person reads the free answers before any is printed."""

from dataclasses import dataclass

import click

from qpref.cli import options
from qpref.cli.context import Context, chosen_sites, pass_options
from qpref.cli.terminal import OUT, print_json
from qpref.store import review, reviewed


@dataclass(frozen=True)
class _Reading(options.Scope):
    """The remarks to show, and what is decided of some of them."""

    approve: tuple[str, ...]
    withdraw: tuple[str, ...]
    is_json: bool


@click.command("verbatims")
@options.CAMPAIGN
@options.SITES
@click.option(
    "--approuver", "approve", multiple=True, metavar="CODE", help="Remarque à publier ; à répéter."
)
@click.option(
    "--retirer", "withdraw", multiple=True, metavar="CODE", help="Remarque à ne plus publier."
)
@options.json("Écrit les remarques en JSON.")
@pass_options(_Reading)
def verbatims(context: Context, asked: _Reading) -> None:
    """
    Montre les remarques libres, masquées, et retient celles qui peuvent être publiées.

    Aucune remarque n’est imprimée dans un rapport avant d’être approuvée ici.
    """
    project, reference = context.project, context.reference
    campaign = reference.campaign(asked.campaign).id
    sites = [site.id for site in chosen_sites(reference, asked.sites)]
    if asked.approve or asked.withdraw:
        known = reviewed(project, campaign, sites)["identifiant"]
        review(project, campaign, known, approve=asked.approve, withdraw=asked.withdraw)
    rows = reviewed(project, campaign, sites)
    if asked.is_json:
        print_json({"campagne": campaign, "remarques": rows.to_dict("records")})
        return
    for row in rows.to_dict("records"):
        state = "à publier" if row["publiable"] else "non publiée"
        masks = f", {row['n_masques']} masque(s)" if row["n_masques"] else ""
        OUT.print(f"{row['identifiant']} ({row['site']}, {state}{masks})")
        OUT.print(f"  {row['texte_masque']}")
    OUT.print(f"{len(rows)} remarque(s), dont {int(rows['publiable'].sum())} à publier.")
