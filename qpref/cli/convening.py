"""Command that writes the file of the next meeting, or moves a meeting to another day."""

from dataclasses import dataclass
from datetime import date, time

import click
from pydantic import TypeAdapter, ValidationError

from qpref.cli import options
from qpref.cli.context import Context, pass_options
from qpref.cli.meetings import day_of, moment_of
from qpref.cli.terminal import ERR, OUT
from qpref.clu.convening import Wanted, convene, move
from qpref.clu.facts import known, meetings, members_of
from qpref.clu.pack import folder_of
from qpref.errors import UsageError
from qpref.quality.agreements import KEPT, SATURDAY, follow_up
from qpref.quality.calendar import public_holidays
from qpref.reference.meeting import Meeting
from qpref.reference.meetings import meeting_of
from qpref.reference.models import Clock
from qpref.wording.french import long_date


@dataclass(frozen=True)
class _Convening:
    """The meeting asked for: its day, what the last one does not say, or the one that moves."""

    new_day: str
    hour: str | None
    place: str | None
    committee: str | None
    former: str | None
    day: str | None


@click.command("nouvelle-reunion")
@click.argument("new_day", metavar="DATE")
@click.option("--heure", "hour", metavar="HEURE", help="Son heure, comme 14h30 ou 14:30.")
@click.option("--lieu", "place", metavar="LIEU", help="Où elle se tient.")
@click.option(
    "--comite", "committee", metavar="COMITE", help="Son comité, quand le projet en a plusieurs."
)
@click.option(
    "--deplace",
    "former",
    metavar="DATE",
    help="Réunion qui change de jour, au lieu d’une nouvelle.",
)
@options.DAY
@pass_options(_Convening)
def nouvelle_reunion(context: Context, asked: _Convening) -> None:
    """Écrit le fichier de la prochaine réunion d’après la dernière, ou en déplace une."""
    day, project, committee = day_of(asked.new_day), context.project, asked.committee
    every, today = meetings(project, context.reference), moment_of(asked.day).date()
    if asked.former:
        _move(context, meeting_of(every, asked.former), day, asked)
        _say_day(context, day, today)
        return
    if committee not in {site.comite for site in context.reference.sites.sites}:
        names = ", ".join(filter(None, context.reference.sites.committees)) or "un seul, sans nom"
        told = f"Comité inconnu : « {committee or ''} ». Comités du projet : {names}."
        raise UsageError(told, "Donnez-en un par --comite, ou aucun s’il n’y en a qu’un.")
    before = [m for m in every if m.comite == committee and m.date < day and not m.annulee]
    facts = known(project, context.reference, today, members_of(project))
    still = [one for one in follow_up(facts, committees=[committee]) if one.state != KEPT]
    wanted = Wanted(day, _hour(asked.hour), asked.place, committee)
    last = before[-1] if before else None
    path = convene(project, context.reference, last, still, wanted)
    OUT.print(f"Réunion écrite : {path.relative_to(project.root)}")
    told = f"{len(still)} accord(s) encore ouvert(s)."
    OUT.print(f"{told} Relisez le lieu, la durée et l’ordre du jour.")
    _say_day(context, day, today)


def _move(context: Context, former: Meeting, day: date, asked: _Convening) -> None:
    project = context.project
    path = move(project, former, day, moment_of(asked.day))
    OUT.print(f"Réunion déplacée : {path.relative_to(project.root)}")
    OUT.print("« qpref clu preparer » l’écrira à ceux qui avaient l’ancienne date.")
    if (old := folder_of(project, former)).is_dir():
        where = old.relative_to(project.root)
        ERR.print(f"L’ancien dossier, {where}, reste : n’en envoyez plus rien.", style="yellow")


def _say_day(context: Context, day: date, today: date) -> None:
    """Say what may be a slip of the pen: a day that is past, or on which nobody works."""
    closed = public_holidays(day.year, day.year, context.reference.sites.territory)
    why = [
        *(["est passé"] if day < today else []),
        *(["est un jour férié"] if day in closed else []),
        *(["tombe en fin de semaine"] if day.weekday() >= SATURDAY else []),
    ]
    if why:
        ERR.print(f"Vérifiez le jour : le {long_date(day)} {' et '.join(why)}.", style="yellow")


def _hour(text: str | None) -> time | None:
    if text is None:
        return None
    try:
        found: time = TypeAdapter(Clock).validate_python(text)
    except ValidationError as error:
        told = f"« {text} » n’est pas une heure."
        raise UsageError(told, "Écrivez-la comme 14h30, 14:30 ou 14 h.") from error
    return found
