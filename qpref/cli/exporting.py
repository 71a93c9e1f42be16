"""Command that exports the answers for other programs."""

from dataclasses import dataclass
from pathlib import Path

import click

from qpref.cli import options
from qpref.cli.context import Context, pass_options
from qpref.cli.terminal import OUT
from qpref.workbook import ouvrir
from qpref.workbook.exporting import NAMES


@dataclass(frozen=True)
class _Export(options.Scope):
    """What to export, in which form, and where."""

    form: str
    target: Path | None


@click.command("exporter")
@options.one_campaign("Campagne ; par défaut, toutes celles de même questionnaire.")
@options.SITES
@click.option(
    "--format",
    "form",
    type=click.Choice(NAMES),
    default="sav",
    help="Format du fichier : sav (SPSS) par défaut.",
)
@options.target("Fichier à écrire ; par défaut, data/export/reponses, dans son format.")
@pass_options(_Export)
def exporter(context: Context, asked: _Export) -> None:
    """
    Écrit les réponses pour SPSS, Stata, R, DuckDB ou un tableur, avec leurs libellés.

    Une ligne par usager, sans remarque ; les codes sont à côté, en page et en classeur.
    """
    project = context.project
    study = ouvrir(asked.sites or "tous", asked.campaign or "toutes", project.root)
    path = asked.target or project.root / "data" / "export" / f"reponses.{asked.form}"
    for written in study.exporter(path, asked.form):
        OUT.print(f"Écrit : {written}")
    OUT.print("Ce fichier a une ligne par personne : ne le diffusez pas.")
