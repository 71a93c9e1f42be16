"""Commands for the analyst's workbench."""

import os
import subprocess
import sys

import click

from qpref.cli.context import Context, pass_context
from qpref.cli.terminal import OUT
from qpref.labo.launch import command, environment
from qpref.labo.manual import write_manual
from qpref.labo.scaffold import new_notebook
from qpref.labo.workshop import prepare


@click.command("labo")
@click.option("--sans-navigateur", "is_headless", is_flag=True, help="N’ouvre pas le navigateur.")
@click.option("--port", type=click.IntRange(1024, 65535), metavar="N", help="Port de JupyterLab.")
@pass_context
def labo(context: Context, *, is_headless: bool, port: int | None) -> None:
    """
    Ouvre JupyterLab en français sur la page d’accueil du projet.

    Sur cette machine seulement, protégé par un jeton ; rien n’est demandé à Internet. Les notebooks
    livrés sont copiés dans le dossier « atelier » du projet : changez-les sans crainte.
    """
    project = context.project
    folder, kept = prepare(project)
    write_manual(project)
    for name in kept:
        OUT.print(f"{name} : changé par vous, laissé tel quel ; l’original a changé.")
    line = command(project, folder, port, has_browser=not is_headless)
    surroundings = environment(project, os.environ)
    if hasattr(os, "fork"):
        os.execve(line[0], line, surroundings)  # noqa: S606 - ends when the user ends it
    sys.exit(subprocess.run(line, check=False, env=surroundings).returncode)  # noqa: S603 - Windows


@click.command("nouveau-notebook")
@click.argument("name", metavar="NOM")
@click.option(
    "--titre",
    "title",
    default="Mon analyse",
    show_default=True,
    metavar="TEXTE",
    help="Titre du rapport.",
)
@pass_context
def nouveau_notebook(context: Context, name: str, title: str) -> None:
    """Écrit un notebook local prêt à compléter (70_mon_analyse) ; qpref rapports le fera."""
    path = new_notebook(context.project, name, title)
    OUT.print(f"{path} est prêt : ouvrez-le dans JupyterLab (qpref labo).")
