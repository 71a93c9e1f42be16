"""Command on the minutes: write the document before the meeting, read it back once filled in."""

from pathlib import Path

import click

from qpref.cli import options
from qpref.cli.context import Context, pass_context
from qpref.cli.meetings import chosen_meeting, moment_of
from qpref.cli.terminal import ERR, OUT
from qpref.clu import facts
from qpref.clu.minutes import known_before, minutes
from qpref.clu.minutes_back import keep_minutes, read_minutes
from qpref.clu.pack import MINUTES
from qpref.quality.agreements import follow_up
from qpref.written import TO_FILL, put_beside


@click.command("compte-rendu")
@click.argument("path", required=False, metavar="[FICHIER]", type=click.Path(path_type=Path))
@options.MEETING
@options.DAY
@pass_context
def compte_rendu(context: Context, path: Path | None, meeting: str | None, day: str | None) -> None:
    """Écrit le compte rendu à remplir (.docx) ; avec FICHIER, lit celui que vous avez rempli."""
    now = moment_of(day)
    held = chosen_meeting(context, meeting, now.date())
    project, root = context.project, context.project.root
    if path is None:
        members = facts.members_of(project)
        known = facts.known(project, context.reference, now.date(), members)
        filled = known_before(project, held, members)
        content = minutes(held, follow_up(known, held), now, filled)
        target = project.packs / held.name / MINUTES
        written = put_beside(project, target, content, TO_FILL)
        OUT.print(f"Compte rendu à remplir : {written.relative_to(root)}")
        return
    every = facts.meetings(project, context.reference)
    taken = [one.id for other in every if other.name != held.name for one in other.accords]
    # Those of the meeting's own file: what was read before is read again.
    own = facts.own_file(project, held)
    found = read_minutes(path, context.reference, own, taken, context.names)
    kept = keep_minutes(project, held, found)
    OUT.print(f"Compte rendu lu : {kept.relative_to(root)}")
    for one in found.accords:
        due = f", pour le {one.echeance}" if one.echeance else ""
        OUT.print(f"  {one.accord} ({one.responsable}{due} ; preuve : {one.preuve.type})")
    if found.prochaine:
        OUT.print(f"Prochaine réunion : qpref clu nouvelle-reunion {found.prochaine}")
    for line in found.a_voir:
        ERR.print(f"À voir : {line}", style="yellow")
