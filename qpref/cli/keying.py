"""Commands that write invented example files and keying workbooks."""

from dataclasses import dataclass
from pathlib import Path

import click

from qpref import template
from qpref.cli import options
from qpref.cli.context import Context, pass_context, pass_options
from qpref.cli.terminal import OUT
from qpref.errors import UsageError
from qpref.example import example_files
from qpref.reference import Reference
from qpref.reference.example import load_invented
from qpref.wording.french import noun
from qpref.written import INVENTED, TO_FILL, put, put_beside

_OF_A_SITE = {
    "satisfaction": template.survey_template,
    "frequentation": template.flow_template,
    "collecte": template.approach_template,
}
_SATISFACTION, _MYSTERY, _MONTHLY = "satisfaction", "mystere", "indicateurs"
_REGISTER = "reclamations"


@click.command("exemple")
@options.target("Dossier où écrire (par défaut data/exemple).")
@pass_context
def exemple(context: Context, target: Path | None) -> None:
    """
    Écrit des données fictives sous la forme où elles sont reçues.

    Pour chaque campagne et chaque site du projet, d’après son questionnaire : export
    LimeSurvey, classeurs saisis au guichet, enquête mystère, fréquentation. Toujours les
    mêmes fichiers, à l’octet près.
    """
    folder = target or context.project.root / "data" / "exemple"
    invented = load_invented(context.project.reference)
    files = example_files(context.reference, invented)
    put(context.project, {folder / name: files[name] for name in files}, INVENTED)
    written = noun(len(files), "fichier fictif écrit", "fichiers fictifs écrits")
    OUT.print(f"{len(files)} {written} dans « {folder} ».")


@dataclass(frozen=True)
class _Sheet:
    """The keying workbook asked for."""

    campaign: str
    site: str | None
    kind: str
    target: Path | None


@click.command("modele-saisie")
@options.CAMPAIGN
@click.option("--site", metavar="SITE", help="Site (inutile pour l’enquête mystère).")
@click.option(
    "--pour",
    "kind",
    type=click.Choice([*_OF_A_SITE, _MYSTERY, _MONTHLY, _REGISTER]),
    default="satisfaction",
    help="Ce qui sera saisi : satisfaction (par défaut), mystere, frequentation, collecte "
    "(relevé des refus), indicateurs (chiffres du mois) ou reclamations (registre).",
)
@options.target("Classeur .xlsx à écrire.")
@pass_options(_Sheet)
def modele_saisie(context: Context, asked: _Sheet) -> None:
    """
    Écrit un classeur de saisie : listes déroulantes, structure protégée, version du questionnaire.

    Un classeur rempli s’importe tel quel ; celui d’une autre version est refusé.
    """
    content = _workbook(context.reference, asked)
    site = [asked.site] if asked.site and asked.kind != _MYSTERY else []
    name = "_".join(["modele", asked.kind, *site, asked.campaign])
    path = asked.target or context.project.root / "data" / "brut" / f"{name}.xlsx"
    path = put_beside(context.project, path, content, TO_FILL)
    OUT.print(f"Classeur de saisie écrit : « {path} ».")


def _workbook(reference: Reference, asked: _Sheet) -> bytes:
    is_of_any = asked.kind == _SATISFACTION
    campaign = (reference.campaign if is_of_any else reference.of_visitors)(asked.campaign)
    questionnaire = reference.questionnaire(asked.campaign)
    if asked.kind == _MYSTERY:
        return template.mystery_template(reference.grid, campaign, reference.sites.sites)
    if asked.site is None:
        raise UsageError("Il faut dire pour quel site est le classeur.", "Ajoutez --site.")
    if asked.kind == _MONTHLY:
        if not reference.monthly.indicateurs:
            raise UsageError(
                "Le projet ne suit aucun indicateur : data/reference/indicateurs.yml n’en dit pas.",
                "Écrivez-y ceux que vous relevez.",
            )
        return template.monthly_template(reference.monthly, campaign, reference.site(asked.site))
    if asked.kind == _REGISTER:
        if reference.complaints is None:
            raise UsageError(
                "Le projet ne tient aucun registre : data/reference/reclamations.yml ne dit rien.",
                "Écrivez-y les canaux par lesquels on réclame ou suggère.",
            )
        subjects, site = [*reference.book.labels.values()], reference.site(asked.site)
        return template.register_template(reference.complaints, subjects, campaign, site)
    return _OF_A_SITE[asked.kind](questionnaire, campaign, reference.site(asked.site))
