"""Commands around a meeting: state of the agreements, questions received, data to delete."""

from pathlib import Path
from typing import Any

import click
from rich.table import Table

from qpref.cli import options
from qpref.cli.context import Context, pass_context
from qpref.cli.meetings import chosen_meeting, moment_of
from qpref.cli.terminal import ERR, OUT, print_json
from qpref.clu.facts import known, members_of
from qpref.clu.purge import purge, sweep, with_unfinished
from qpref.clu.questions import keep_questions, read_form
from qpref.clu.retention import QUOTES, Left, overdue, still_holding
from qpref.display.agenda import STATES, evidence
from qpref.errors import StorageError, listing
from qpref.project import Project
from qpref.quality.agreements import LATE, FollowUp, follow_up
from qpref.written import damaged, name_of


@click.command("suivi")
@options.a_meeting
@options.json("Écrit le suivi en JSON.")
@pass_context
def suivi(
    context: Context,
    meeting: str | None,
    members_path: Path | None,
    day: str | None,
    *,
    is_json: bool,
) -> None:
    """Dit ce que sont devenus les accords des réunions, les retards d’abord."""
    today = moment_of(day).date()
    members = members_of(context.project, members_path)
    before = chosen_meeting(context, meeting, today) if meeting else None
    found = follow_up(known(context.project, context.reference, today, members), before)
    if is_json:
        rows = [_as_json(one) for one in found]
        print_json({"jour": today.isoformat(), "accords": rows})
        return
    table = Table("Accord", "État", "Échéance", "Responsable", "Constat")
    for f in found:
        due = f.due.isoformat() if f.due else "—"
        row = (f.agreement.accord, STATES[f.state], due, f.agreement.responsable, evidence(f))
        table.add_row(*row, style="bold red" if f.state == LATE else "")
    OUT.print(table)


def _as_json(found: FollowUp) -> dict[str, Any]:
    return {
        "accord": found.agreement.id,
        "pris_le": found.taken_on.isoformat(),
        "etat": found.state,
        "echeance": found.due.isoformat() if found.due else None,
        "responsable": found.agreement.responsable,
        "constat": evidence(found),
    }


@click.command("question")
@options.FILE
@options.MEETING
@options.DAY
@pass_context
def question(context: Context, path: Path, meeting: str | None, day: str | None) -> None:
    """Ajoute à une réunion les questions d’un formulaire revenu par courriel (texte ou .eml)."""
    today = moment_of(day).date()
    held = chosen_meeting(context, meeting, today)
    found = read_form(path, today, context.names)
    new = keep_questions(context.project, held, found)
    for one in found:
        OUT.print(f"  {one.de} : {one.texte}")
    OUT.print(
        f"{new} question(s) ajoutée(s) à la réunion du {held.date}, "
        f"{len(found) - new} déjà connue(s). Relisez-les : ce qui est personnel a été masqué."
    )


@click.command("purger")
@options.DAY
@click.option("--plan", "is_plan", is_flag=True, help="Dit ce qui serait supprimé, et pourquoi.")
@pass_context
def purger(context: Context, day: str | None, *, is_plan: bool) -> None:
    """Supprime les données personnelles dont la durée de conservation est passée."""
    now, project = moment_of(day), context.project
    if not is_plan:
        sweep(project)
    found = with_unfinished(project, overdue(project, context.reference, now.date()))
    for one in found.expired:
        name = name_of(project, one.path)
        OUT.print(f"{name} : {one.kind}, à conserver jusqu’au {one.until} ({one.fate})")
    if not (found.expired or found.left):
        OUT.print("Rien à supprimer : aucune durée de conservation n’est passée.")
    elif is_plan:
        OUT.print(f"{len(found.expired)} fichier(s) à supprimer ou à vider.")
        for left in found.left:
            _say_left(project, left)
    else:
        log = purge(project, found, now, lambda left: _say_left(project, left))
        named = {one.path for one in found.left}
        for path in still_holding(project, found, now.date()):  # the proof that nothing is left
            if path not in named:
                _say_left(project, Left(path, QUOTES))
        where = log.relative_to(project.root)
        OUT.print(f"{len(found.expired)} fichier(s) supprimé(s) ou vidé(s) ; trace : {where}")
    _refuse_damaged(project)


def _refuse_damaged(project: Project) -> None:
    """End in an error when part of the register cannot be read: what it named is not known."""
    if journals := damaged(project):
        raise StorageError(
            f"Journaux abîmés : {listing(name_of(project, one) for one in journals)}. Ce qu’ils "
            "disaient d’un fichier écrit hors des dossiers habituels n’est plus su.",
            "Reprenez-les d’une sauvegarde, puis relancez ; le reste est fait.",
        )


def _say_left(project: Project, left: Left) -> None:
    told = f"{name_of(project, left.path)} : {left.why}. qpref n’y touche pas : à vous de voir."
    ERR.print(told, style="yellow")
