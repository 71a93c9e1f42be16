"""Command that copies a shipped file into the project, or tells if the original has changed."""

from datetime import date

import click

from qpref.cli.context import Context, pass_context
from qpref.cli.terminal import OUT
from qpref.errors import UsageError, listing
from qpref.starter.adapting import acknowledge, adapt, adapted, names, sentence


@click.command("adapter")
@click.argument("name", metavar="[NOM]", required=False)
@click.option(
    "--etat", "is_state", is_flag=True, help="Dit ce que sont devenus les originaux de vos copies."
)
@click.option(
    "--relu",
    "is_read",
    is_flag=True,
    help="Note que vous avez comparé votre copie à l’original d’aujourd’hui.",
)
@pass_context
def adapter(context: Context, name: str | None, *, is_state: bool, is_read: bool) -> None:
    """
    Reprend dans le projet un fichier livré avec qpref, pour le changer.

    NOM est un notebook (10_satisfaction), « referentiel » ou « mystere ». Votre copie remplace
    l’original, qu’une nouvelle version de qpref peut changer : qpref rapports le dit alors.
    """
    project, today = context.project, date.today()  # noqa: DTZ011 - the user's day
    if is_state:
        lines = [sentence(one) for one in adapted(project)]
        for line in lines or ["Aucun fichier livré n’est remplacé dans ce projet."]:
            OUT.print(line)
        return
    if name is None:
        raise UsageError("Il faut dire quel fichier.", f"Fichiers livrés : {listing(names())}.")
    if is_read:
        path = acknowledge(project, name, today)
        OUT.print(f"{path} : comparé à l’original d’aujourd’hui, c’est noté.")
        return
    path = adapt(project, name, today)
    OUT.print(f"{path} est à vous : il remplace celui de qpref dans ce projet.")
