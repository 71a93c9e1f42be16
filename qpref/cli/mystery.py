"""Command that plans the contacts of a mystery survey."""

from pathlib import Path
from typing import Any

import click

from qpref.cli.common import CAMPAIGN, OUT, SITES, Context, print_json
from qpref.errors import UsageError


@click.command("plan-mystere")
@CAMPAIGN
@SITES
@click.option(
    "--evaluateur",
    "shoppers",
    multiple=True,
    metavar="CODE",
    help="Code d’un évaluateur, jamais son nom ; à répéter. Par défaut, ceux du protocole.",
)
@click.option("--graine", type=int, default=1, show_default=True, help="Même graine, même plan.")
@click.option("--vers", type=click.Path(path_type=Path), help="Classeur .xlsx à écrire.")
@click.option("--json", "as_json", is_flag=True, help="Écrit le plan en JSON, sans classeur.")
@click.pass_obj
def plan_mystere(  # noqa: PLR0913 - one argument an option
    context: Context,
    *,
    campagne: str,
    sites: tuple[str, ...],
    shoppers: tuple[str, ...],
    graine: int,
    vers: Path | None,
    as_json: bool,
) -> None:
    """
    Écrit la grille des contacts mystères à faire : site, canal, jour, scénario, évaluateur.

    Tirée au sort, équilibrée, elle s’imprime, se remplit et s’importe telle quelle.
    """
    from qpref.project import write_atomically  # noqa: PLC0415
    from qpref.template import mystery_template  # noqa: PLC0415
    from qpref.workbook.mystery import planned_contacts  # noqa: PLC0415

    reference = context.reference
    campaign = reference.campaign(campagne)
    chosen = [reference.site(name) for name in sites] or reference.sites.sites
    codes = list(dict.fromkeys(shoppers)) or reference.grid.protocole.evaluateurs
    if len(codes) == 1 and any(reference.grid.protocole.seconds_avis.values()):
        raise UsageError(
            "Un second avis demande un second évaluateur.",
            "Donnez deux codes, ou mettez seconds_avis à 0 dans data/reference/mystere.yml.",
        )
    plan = planned_contacts(reference, campaign, [site.id for site in chosen], codes, graine)
    if as_json:
        rows = plan.assign(date=plan["date"].astype(str)).astype(object)
        print_json(
            {"campagne": campagne, "contacts": rows.where(plan.notna(), None).to_dict("records")}
        )
        return
    names = {site.id: site.nom_court for site in chosen}
    scale = reference.questionnaire(campagne).flow_scales()["demi_journee"]
    moments = {modality.code: modality.libelle for modality in scale.modalites}
    planned = {
        str(channel): [_cells(row, names, moments) for row in rows.to_dict("records")]
        for channel, rows in plan.groupby("canal", sort=False)
    }
    target = vers or context.project.root / "data" / "brut" / f"plan_mystere_{campagne}.xlsx"
    write_atomically(target, mystery_template(reference.grid, campaign, chosen, planned))
    for channel in reference.grid.canaux:
        rows = plan.loc[plan["canal"] == channel.id]
        again = int(rows["double_de"].notna().sum())
        more = f", dont {again} second(s) avis" if again else ""
        OUT.print(f"{channel.libelle} : {len(rows)} ligne(s){more}.", markup=False)
    OUT.print(f"Grille à remplir : « {target} ».", markup=False)


def _cells(row: dict[Any, Any], names: dict[str, str], moments: dict[str, str]) -> dict[str, Any]:
    """Return what the grid already says of a contact."""
    original = row["double_de"]
    return {
        "numero": int(row["numero"]),
        "site": names[row["site"]],
        "prevu_le": row["date"],
        "moment_prevu": moments[row["demi_journee"]],
        "scenario": row["scenario"],
        "evaluateur": row["evaluateur"],
        "double_de": None if original is None or original != original else str(int(original)),  # noqa: PLR0124
    }
