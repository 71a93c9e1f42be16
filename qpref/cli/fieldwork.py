"""Commands before and during the fieldwork: plan the sample, follow the answers."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qpref.cli.common import CAMPAIGN, OUT, SITES, Context, print_json
from qpref.errors import MissingDataError, QprefError, UsageError
from qpref.wording.french import number, plural

if TYPE_CHECKING:
    from qpref.quality.planning import Plan
    from qpref.workbook import Collecte

_MARGINS = (0.5, 20.0)  # points


def _opened(
    context: Context, campaign: str, sites: tuple[str, ...], day: str | None = None
) -> dict[str, "Collecte"]:
    from qpref.workbook import ouvrir_collecte  # noqa: PLC0415

    known = [site.id for site in context.reference.sites.sites]
    root = context.project.root
    return {site: ouvrir_collecte(site, campaign, day, root) for site in sites or known}


@click.command("plan-echantillon")
@CAMPAIGN
@SITES
@click.option(
    "--marge",
    type=float,
    default=5.0,
    show_default=True,
    help="Marge d’incertitude voulue, en points.",
)
@click.option("--vers", type=click.Path(path_type=Path), help="Fichier .csv des quotas à écrire.")
@click.option("--json", "as_json", is_flag=True, help="Écrit le plan en JSON.")
@click.pass_obj
def plan_echantillon(  # noqa: PLR0913 - one argument an option
    context: Context,
    *,
    campagne: str,
    sites: tuple[str, ...],
    marge: float,
    vers: Path | None,
    as_json: bool,
) -> None:
    """
    Dit combien d’usagers interroger, où et quand.

    Les quotas par demi-journée et par guichet suivent les passages comptés.
    """
    from qpref.project import spreadsheet_csv, write_atomically  # noqa: PLC0415

    if not _MARGINS[0] <= marge <= _MARGINS[1]:
        raise UsageError(
            f"Une marge de {marge:g} points ne se planifie pas.",
            "Donnez --marge entre {:g} et {:g} points.".format(*_MARGINS),
        )
    opened = _opened(context, campagne, sites)
    plans: dict[str, Plan] = {}
    failures: list[QprefError] = []
    for site, own in opened.items():
        try:
            plans[site] = own.plan(marge / 100)
        except MissingDataError as error:
            failures.append(error)
            OUT.print(f"{site} : {error}", markup=False)
    if as_json:
        print_json({"campagne": campagne, "sites": [_as_json(s, p) for s, p in plans.items()]})
    else:
        for site, plan in plans.items():
            own = opened[site]
            counters = own.libelles(plan.quotas).groupby("guichet", sort=False)["quota"].sum()
            told = ", ".join(f"{label} {number(value)}" for label, value in counters.items())
            _say_plan(context.reference.site(site).nom_court, plan, len(own.jours))
            OUT.print(f"  Par guichet : {told}.", markup=False)
    if plans and not as_json:
        import pandas as pd  # noqa: PLC0415

        table = pd.concat([opened[site].libelles(plan.quotas) for site, plan in plans.items()])
        target = vers or context.project.reports / campagne / "plan_echantillon.csv"
        write_atomically(target, spreadsheet_csv(table))
        OUT.print(f"Quotas par jour, demi-journée et guichet : « {target} ».", markup=False)
    if failures and not plans:
        raise failures[0]


def _say_plan(name: str, plan: "Plan", days: int) -> None:
    lines = [
        f"{name} : {plural(plan.wanted, 'réponse')} (± {number(100 * plan.margin, 1)} points), "
        f"soit environ {number(plan.wanted / days, 1)} par jour ouvré pendant {days} jours."
    ]
    if plan.target:
        lines.append(f"  Objectif promis : {number(plan.target)}.")
    if plan.wanted < plan.needed:
        lines.append(
            f"  Il en faudrait {number(plan.needed)}, plus que les {number(plan.visitors)} "
            "passages comptés."
        )
    if plan.approaches:
        lines.append(f"  Usagers à aborder, au taux de réponse connu : {number(plan.approaches)}.")
    if plan.detectable:
        lines.append(
            "  Plus petite hausse de satisfaction que l’on aurait 8 chances sur 10 de voir : "
            f"{number(100 * plan.detectable)} points."
        )
    for line in lines:
        OUT.print(line, markup=False)


def _as_json(site: str, plan: "Plan") -> dict[str, Any]:
    quotas = plan.quotas.assign(date=plan.quotas["date"].astype(str))
    return {
        "site": site,
        "reponses": plan.wanted,
        "necessaires": plan.needed,
        "objectif": plan.target,
        "passages": plan.visitors,
        "marge_points": round(100 * plan.margin, 2),
        "a_aborder": plan.approaches,
        "hausse_visible_points": round(100 * plan.detectable, 1) if plan.detectable else None,
        "quotas": quotas.to_dict("records"),
    }


@click.command("collecte")
@CAMPAIGN
@SITES
@click.option(
    "--jour",
    metavar="AAAA-MM-JJ",
    help="Dernier jour dont toutes les réponses sont arrivées (par défaut, la plus récente).",
)
@click.option("--json", "as_json", is_flag=True, help="Écrit l’avancement en JSON.")
@click.pass_obj
def collecte(
    context: Context,
    *,
    campagne: str,
    sites: tuple[str, ...],
    jour: str | None,
    as_json: bool,
) -> None:
    """Dit où en est la collecte : réponses, rythme, prévision, une ligne par site."""
    from qpref.display.collection import outlook  # noqa: PLC0415

    opened = _opened(context, campagne, sites, jour)
    if as_json:
        print_json(
            {"campagne": campagne, "sites": [_progress_json(s, c) for s, c in opened.items()]}
        )
        return
    for site, own in opened.items():
        found = own.avancement
        name = context.reference.site(site).nom_court
        goal = f" sur {number(found.target)}" if found.target else ""
        ahead = ""
        if found.left and found.elapsed:
            ahead = (
                f" ; prévision {number(found.likely)} "
                f"(entre {number(found.low)} et {number(found.high)})"
            )
        needed = f" ; il en faut {number(found.needed, 1)} par jour" if found.needed else ""
        pace = number(found.pace, 1) if found.elapsed else "—"
        OUT.print(
            f"{name} : {number(found.answers)}{goal} au {own.jour:%d/%m/%Y}, {pace} par jour"
            f"{needed}{ahead} ; {outlook(found)}.",
            markup=False,
        )
        for gap in _far(own):
            OUT.print(f"  {gap}", markup=False)


def _far(own: "Collecte") -> list[str]:
    """Return one line a variable whose composition is far from the flow."""
    from qpref.quality.likeness import stratum  # noqa: PLC0415

    return [
        f"Écart de composition, {own.questionnaire.by_id[str(gap['variable'])].texte_court} : "
        f"{stratum(own.questionnaire, str(gap['variable']), gap['strate'])} "
        f"{'+' if float(str(gap['ecart'])) > 0 else '−'}"
        f"{number(abs(100 * float(str(gap['ecart']))))} points."
        for gap in own.plus_grands_ecarts()
        if gap["verdict"] == "ecarts"
    ]


def _progress_json(site: str, own: "Collecte") -> dict[str, Any]:
    found = own.avancement
    rate = own.taux_reponse
    return {
        "site": site,
        "jour": own.jour.isoformat(),
        "reponses": found.answers,
        "objectif": found.target,
        "jours_ecoules": found.elapsed,
        "jours_restants": found.left,
        "rythme": _plain(found.pace),
        "rythme_necessaire": _plain(found.needed),
        "prevision": {"bas": found.low, "probable": found.likely, "haut": found.high},
        "chances": _plain(found.chance),
        "taux_reponse": _plain(rate["taux_reponse"]) if rate else None,
        "ecarts": own.plus_grands_ecarts(),
    }


def _plain(value: float | None) -> float | None:
    """Return a number that JSON knows: no missing value."""
    return None if value is None or value != value else round(value, 4)  # noqa: PLR0124
