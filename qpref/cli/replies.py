"""Command that reads the members' replies to an invitation."""

from pathlib import Path

import click
from rich.table import Table

from qpref.cli import options
from qpref.cli.context import Context, pass_context
from qpref.cli.meetings import chosen_meeting, moment_of
from qpref.cli.terminal import ERR, OUT
from qpref.clu.answers import ANSWERS, load_replies, said
from qpref.clu.facts import members_used
from qpref.clu.replies import files_of, read_replies
from qpref.clu.reply import Reading
from qpref.reference.members import load_members


@click.command("reponses")
@options.FILES
@options.MEETING
@options.MEMBERS
@options.DAY
@pass_context
def reponses(
    context: Context,
    paths: tuple[Path, ...],
    meeting: str | None,
    members_path: Path | None,
    day: str | None,
) -> None:
    """Lit les réponses des membres (.eml, dossier, classeur) : qui vient, quelles questions."""
    now, project = moment_of(day), context.project
    held = chosen_meeting(context, meeting, now.date())
    members = load_members(members_path or members_used(project)).on(held.date)
    reading = Reading(project, context.reference, held, members, now, context.names)
    files, left = files_of(paths)
    for sentence in left:
        ERR.print(f"Non lu : {sentence}.", style="yellow")
    read = read_replies(reading, files)
    kept = load_replies(project, held)
    answers = said(project, held)
    table = Table("Membre", "Réponse", "Par")
    for member in members.membres:
        one = answers.get(member.id)
        table.add_row(member.id, ANSWERS[one.reponse] if one else "—", one.par if one else "")
    OUT.print(table)
    OUT.print(
        f"{read.answers} réponse(s) et {read.questions} question(s) nouvelles, "
        f"{read.known} fichier(s) déjà lu(s)."
    )
    for aside in kept.a_voir:
        ERR.print(f"À voir : {aside.source} : {aside.motif}", style="yellow")
