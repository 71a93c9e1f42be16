"""Commands before a meeting: attendance sheet, reminders to members who did not answer."""

from dataclasses import dataclass
from pathlib import Path

import click

from qpref.batch.pool import Limits
from qpref.batch.setting import RunSetting
from qpref.cli import options
from qpref.cli.context import Context, pass_context
from qpref.cli.meetings import chosen_meeting, moment_of
from qpref.cli.terminal import OUT
from qpref.clu.diary import Diary, diary
from qpref.clu.documents import Occasion
from qpref.clu.facts import members_used
from qpref.clu.pack import folder_of
from qpref.clu.presence import SHEET, SHEET_KIND, sheet
from qpref.clu.reminders import remind
from qpref.errors import UsageError
from qpref.reference.members import Member, load_members
from qpref.written import Kind, put_beside


@dataclass(frozen=True)
class _Coming:
    """A meeting that is to be held, its members and where it stands."""

    occasion: Occasion
    found: Diary


def _coming(context: Context, meeting: str | None, path: Path | None, day: str | None) -> _Coming:
    now, project = moment_of(day), context.project
    held = chosen_meeting(context, meeting, now.date())
    if held.annulee or held.date < now.date():
        why = "est annulée" if held.annulee else "a eu lieu"
        raise UsageError(f"La réunion du {held.date} {why}.", "Donnez-en une autre par --reunion.")
    members = load_members(path or members_used(project))
    occasion = Occasion(project, context.reference, held, members, RunSetting(now), Limits())
    return _Coming(occasion, diary(project, context.reference, held, members))


@click.command("presence")
@options.MEETING
@options.MEMBERS
@options.DAY
@pass_context
def presence(
    context: Context, meeting: str | None, members_path: Path | None, day: str | None
) -> None:
    """Écrit la feuille de présence à signer (.docx) : qui est attendu, par catégorie d’usagers."""
    coming = _coming(context, meeting, members_path, day)
    found, occasion = coming.found, coming.occasion
    project, members = context.project, occasion.members
    is_fictional = found.meeting.fictif or members.fictif
    content = sheet(found, occasion.setting.now, is_fictional=is_fictional)
    target = folder_of(project, found.meeting) / SHEET
    kind = Kind(SHEET_KIND, members.conserver_jusqu_au)
    written = put_beside(project, target, content, kind)
    OUT.print(f"Feuille de présence : {written.relative_to(project.root)}")
    OUT.print(f"Attendus : {found.expected} sur {len(found.seats)} siège(s).")


@click.command("relances")
@options.MEETING
@options.MEMBERS
@options.DAY
@pass_context
def relances(
    context: Context, meeting: str | None, members_path: Path | None, day: str | None
) -> None:
    """Écrit un brouillon de rappel à chaque titulaire qui n’a pas répondu ; n’envoie rien."""
    coming = _coming(context, meeting, members_path, day)
    told = remind(coming.occasion, coming.found)
    if told.reminded:
        where = folder_of(context.project, coming.found.meeting).relative_to(context.project.root)
        OUT.print(f"Rappels à relire et à envoyer, dans {where} : {_names(told.reminded)}.")
    if told.otherwise:
        OUT.print(f"Sans courriel, à joindre autrement : {_names(told.otherwise)}.")
    if told.unsent:
        said = "N’ont pas reçu l’invitation, pas de rappel"
        OUT.print(f"{said} : {_names(told.unsent)}.", style="yellow")
    if not (told.reminded or told.otherwise or told.unsent):
        OUT.print("Chaque siège a répondu.")


def _names(members: list[Member]) -> str:
    return ", ".join(member.id for member in members)
