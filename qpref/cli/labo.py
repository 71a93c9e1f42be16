"""Commands for the analyst's workbench."""

import os
import subprocess
import sys

import click

from qpref.cli.common import OUT, Context


@click.command("labo")
@click.option("--sans-navigateur", "is_headless", is_flag=True, help="N’ouvre pas le navigateur.")
@click.option("--port", type=click.IntRange(1024, 65535), metavar="N", help="Port de JupyterLab.")
@click.pass_obj
def labo(context: Context, /, is_headless: bool, port: int | None) -> None:
    """
    Ouvre JupyterLab en français sur la page d’accueil du projet.

    Sur cette machine seulement, protégé par un jeton ; rien n’est demandé à Internet.
    """
    from qpref.labo.launch import command, environment  # noqa: PLC0415

    project = context.project
    line = command(project, port, has_browser=not is_headless)
    surroundings = environment(project, os.environ)
    if hasattr(os, "fork"):
        os.execve(line[0], line, surroundings)  # noqa: S606 - ends when the user ends it
    sys.exit(subprocess.run(line, check=False, env=surroundings).returncode)  # noqa: S603 - Windows


@click.command("nouveau-notebook")
@click.argument("nom")
@click.option(
    "--titre", default="Mon analyse", show_default=True, metavar="TEXTE", help="Titre du rapport."
)
@click.pass_obj
def nouveau_notebook(context: Context, /, nom: str, titre: str) -> None:
    """Écrit un notebook local prêt à compléter (70_mon_analyse) ; qpref rapports le fera."""
    from qpref.labo.scaffold import new_notebook  # noqa: PLC0415

    path = new_notebook(context.project, nom, titre)
    OUT.print(f"{path} est prêt : ouvrez-le dans JupyterLab (qpref labo).", markup=False)
