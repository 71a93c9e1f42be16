"""Commands before and during the fieldwork: plan the sample, follow the answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd

from qpref.cli import options
from qpref.cli.context import Context, pass_options
from qpref.cli.terminal import OUT, print_json
from qpref.display.collection import outlook
from qpref.display.wording import points
from qpref.errors import MissingDataError, UsageError
from qpref.lazy import lazy
from qpref.quality.likeness import stratum
from qpref.quality.planning import Plan, PublicPlan
from qpref.reference import OtherSurvey, Reference
from qpref.spreadsheets import spreadsheet_csv
from qpref.store import Store
from qpref.wording.french import noun, number, plural
from qpref.workbook import Collecte, ouvrir_collecte
from qpref.written import TO_FILL, put_beside

if TYPE_CHECKING:
    from qpref import intake
    from qpref.cli import importing
    from qpref.intake import remote
else:  # only where answers are asked for online
    importing, intake = lazy("qpref.cli.importing"), lazy("qpref.intake")
    remote = lazy("qpref.intake.remote")

_MARGINS = (0.5, 20.0)  # points


def _opened(context: Context, asked: options.Scope, day: str | None = None) -> dict[str, Collecte]:
    known = [site.id for site in context.reference.sites.sites]
    root = context.project.root
    survey = context.reference.campaign(asked.campaign)
    if isinstance(survey, OtherSurvey):
        held = survey.sites | Store(context.project).sites_of(survey.id)
        known = [site for site in known if site in held]
    return {site: ouvrir_collecte(site, asked.campaign, day, root) for site in asked.sites or known}


@dataclass(frozen=True)
class _Sample(options.Scope):
    """The sample plan asked for: its margin in points, and where its quotas go."""

    margin: float
    target: Path | None
    is_json: bool


@click.command("plan-echantillon")
@options.CAMPAIGN
@options.SITES
@click.option(
    "--marge",
    "margin",
    type=float,
    default=5.0,
    show_default=True,
    help="Marge d’incertitude voulue, en points.",
)
@options.target("Fichier .csv des quotas à écrire.")
@options.json("Écrit le plan en JSON.")
@pass_options(_Sample)
def plan_echantillon(context: Context, asked: _Sample) -> None:
    """
    Dit combien d’usagers interroger, où et quand.

    Les quotas par demi-journée et par guichet suivent les passages comptés.
    """
    if not _MARGINS[0] <= asked.margin <= _MARGINS[1]:
        raise UsageError(
            f"Une marge de {asked.margin:g} points ne se planifie pas.",
            "Donnez --marge entre {:g} et {:g} points.".format(*_MARGINS),
        )
    opened = _opened(context, asked)
    if isinstance(context.reference.campaign(asked.campaign), OtherSurvey):
        _say_public(asked, context.reference, opened)
        return
    plans, failures = _plans(opened, asked.margin / 100)
    if asked.is_json:
        sites = [_as_json(site, plan) for site, plan in plans.items()]
        print_json({"campagne": asked.campaign, "sites": sites})
    elif plans:
        for site, plan in plans.items():
            _say_plan(context.reference.site(site).nom_court, opened[site], plan)
        table = pd.concat([opened[site].libelles(plan.quotas) for site, plan in plans.items()])
        folder = context.project.campaign_folder(asked.campaign)
        path = asked.target or folder / "plan_echantillon.csv"
        path = put_beside(context.project, path, spreadsheet_csv(table), TO_FILL)
        OUT.print(f"Quotas par jour, demi-journée et guichet : « {path} ».")
    if failures and not plans:
        raise failures[0]


def _say_public(asked: _Sample, reference: Reference, opened: Mapping[str, Collecte]) -> None:
    """Print how many of another public must answer, site by site: nobody counts their passages."""
    plans = {site: own.plan_du_public(asked.margin / 100) for site, own in opened.items()}
    if asked.is_json:
        print_json(
            {"campagne": asked.campaign, "sites": [_public_json(*one) for one in plans.items()]}
        )
        return
    who = reference.questionnaire(asked.campaign).public.pluriel
    for site, plan in plans.items():
        known = (
            f" sur {number(plan.population)} {who}"
            if plan.population
            else f", {who} en nombre inconnu"
        )
        OUT.print(
            f"{reference.site(site).nom_court} : {plural(plan.needed, 'réponse')}{known}, pour une "
            f"marge d’au plus {number(asked.margin, 1)} points ; proposez le questionnaire à tous."
        )
        if plan.target:
            OUT.print(f"  Objectif promis : {number(plan.target)}.")


def _public_json(site: str, plan: PublicPlan) -> dict[str, Any]:
    return {
        "site": site,
        "necessaires": plan.needed,
        "population": plan.population,
        "objectif": plan.target,
    }


def _plans(
    opened: Mapping[str, Collecte], margin: float
) -> tuple[dict[str, Plan], list[MissingDataError]]:
    """Return the plan of each site; say which sites have no data for one, and return why."""
    plans: dict[str, Plan] = {}
    failures: list[MissingDataError] = []
    for site, own in opened.items():
        try:
            plans[site] = own.plan(margin)
        except MissingDataError as error:
            failures.append(error)
            OUT.print(f"{site} : {error}")
    return plans, failures


def _say_plan(name: str, own: Collecte, plan: Plan) -> None:
    days = len(own.jours)
    counters = own.libelles(plan.quotas).groupby("guichet", sort=False)["quota"].sum()
    told = ", ".join(f"{label} {number(value)}" for label, value in counters.items())
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
            f"{number(100 * plan.detectable)} {noun(round(100 * plan.detectable), 'point')}."
        )
    for line in (*lines, f"  Par guichet : {told}."):
        OUT.print(line)


def _as_json(site: str, plan: Plan) -> dict[str, Any]:
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


@dataclass(frozen=True)
class _Progress(options.Scope):
    """The progress asked for: until which day, and whether the online survey is asked first."""

    day: str | None
    is_asked: bool
    is_json: bool


def _ask(context: Context, asked: _Progress) -> None:
    """Import the answers that the online survey of the campaign has now."""
    campaign = context.reference.campaign(asked.campaign)
    if campaign.enquete_en_ligne is None:
        raise UsageError(
            f"La campagne « {campaign.id} » n’a pas d’enquête en ligne à qui demander.",
            "Écrivez son adresse dans data/reference/campagnes.yml (enquete_en_ligne), ou importez "
            "le fichier : qpref importer.",
        )
    reception = intake.Reception(context.reference, campaign, None, context.names)
    own = importing.Importing(context.project, reception, None, is_told=not asked.is_json)
    own.survey(remote.RemoteSurvey.of(campaign.enquete_en_ligne), may_withdraw=False)


@click.command("collecte")
@options.CAMPAIGN
@options.SITES
@click.option(
    "--jour",
    "day",
    metavar="AAAA-MM-JJ",
    help="Dernier jour dont toutes les réponses sont arrivées (par défaut, la plus récente).",
)
@click.option(
    "--actualiser",
    "is_asked",
    is_flag=True,
    help="Demande d’abord les réponses à l’enquête en ligne de la campagne.",
)
@options.json("Écrit l’avancement en JSON.")
@pass_options(_Progress)
def collecte(context: Context, asked: _Progress) -> None:
    """Dit où en est la collecte : réponses, rythme, prévision, une ligne par site."""
    if asked.is_asked:
        _ask(context, asked)
    opened = _opened(context, asked, asked.day)
    if asked.is_json:
        found = [_progress_json(site, own) for site, own in opened.items()]
        print_json({"campagne": asked.campaign, "sites": found})
        return
    for site, own in opened.items():
        _say_progress(context.reference.site(site).nom_court, own)


def _say_progress(name: str, own: Collecte) -> None:
    found = own.avancement
    goal = f" sur {number(found.target)}" if found.target else ""
    ahead = ""
    if found.left and found.elapsed:
        ahead = (
            f" ; prévision {number(found.likely)} "
            f"(entre {number(found.low)} et {number(found.high)})"
        )
    needed = (
        f" ; il en faut {number(found.needed, 1)} par jour" if found.needed and found.left else ""
    )
    pace = number(found.pace, 1) if found.elapsed else "—"
    OUT.print(
        f"{name} : {number(found.answers)}{goal} au {own.jour:%d/%m/%Y}, {pace} par jour"
        f"{needed}{ahead} ; {outlook(found)}.",
    )
    for gap in _far(own):
        OUT.print(f"  {gap}")


def _far(own: Collecte) -> list[str]:
    """Return one line a variable whose composition is far from the flow."""
    return [
        f"Écart de composition, {own.questionnaire.by_id[str(gap['variable'])].texte_court} : "
        f"{stratum(own.questionnaire, str(gap['variable']), gap['strate'])} "
        f"{points(float(str(gap['ecart'])))}."
        for gap in own.plus_grands_ecarts()
        if gap["verdict"] == "ecarts"
    ]


def _progress_json(site: str, own: Collecte) -> dict[str, Any]:
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
