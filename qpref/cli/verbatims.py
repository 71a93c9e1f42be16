"""Command by which a person reads the free answers before any is printed."""

import click

from qpref.cli.common import CAMPAIGN, OUT, SITES, Context, print_json


@click.command("verbatims")
@CAMPAIGN
@SITES
@click.option(
    "--approuver", "approve", multiple=True, metavar="CODE", help="Remarque à publier ; à répéter."
)
@click.option(
    "--retirer", "withdraw", multiple=True, metavar="CODE", help="Remarque à ne plus publier."
)
@click.option("--json", "as_json", is_flag=True, help="Écrit les remarques en JSON.")
@click.pass_obj
def verbatims(  # noqa: PLR0913 - one argument an option
    context: Context,
    *,
    campagne: str,
    sites: tuple[str, ...],
    approve: tuple[str, ...],
    withdraw: tuple[str, ...],
    as_json: bool,
) -> None:
    """
    Montre les remarques libres, masquées, et retient celles qui peuvent être publiées.

    Aucune remarque n’est imprimée dans un rapport avant d’être approuvée ici.
    """
    from qpref.store import review, reviewed  # noqa: PLC0415

    reference = context.reference
    reference.campaign(campagne)
    chosen = [reference.site(name).id for name in sites] or [s.id for s in reference.sites.sites]
    if approve or withdraw:
        known = reviewed(context.project, campagne, chosen)["identifiant"]
        review(context.project, campagne, known, approve=approve, withdraw=withdraw)
    rows = reviewed(context.project, campagne, chosen)
    if as_json:
        print_json({"campagne": campagne, "remarques": rows.to_dict("records")})
        return
    for row in rows.to_dict("records"):
        state = "à publier" if row["publiable"] else "non publiée"
        masks = f", {row['n_masques']} masque(s)" if row["n_masques"] else ""
        OUT.print(f"{row['identifiant']} ({row['site']}, {state}{masks})", markup=False)
        OUT.print(f"  {row['texte_masque']}", markup=False)
    OUT.print(f"{len(rows)} remarque(s), dont {int(rows['publiable'].sum())} à publier.")
