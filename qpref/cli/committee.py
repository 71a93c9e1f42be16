"""Commands beside a meeting: what became of the agreements, questions, data to remove."""

from pathlib import Path
from typing import Any

import click
from rich.table import Table

from qpref.cli import options
from qpref.cli.context import Context, pass_context
from qpref.cli.meetings import chosen_meeting, moment_of
from qpref.cli.terminal import OUT, print_json
from qpref.clu.facts import known, members_file
from qpref.clu.questions import keep_questions, read_form
from qpref.clu.retention import expired, purge
from qpref.display.agenda import STATES, evidence
from qpref.quality.agreements import LATE, FollowUp, follow_up
from qpref.reference.members import load_members


@click.command("suivi")
@options.MEETING
@options.MEMBERS
@options.DAY
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
    path = members_path or members_file(context.project)
    members = load_members(path) if members_path or path.exists() else None
    before = chosen_meeting(context, meeting, today).date if meeting else None
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
    now = moment_of(day)
    found = expired(context.project, context.reference, now.date())
    for one in found:
        path = one.path.relative_to(context.project.root)
        OUT.print(f"{path} : {one.kind}, à conserver jusqu’au {one.until}")
    if not found:
        OUT.print("Rien à supprimer : aucune durée de conservation n’est passée.")
    elif is_plan:
        OUT.print(f"{len(found)} fichier(s) à supprimer.")
    else:
        log = purge(context.project, found, now)
        where = log.relative_to(context.project.root)
        OUT.print(f"{len(found)} fichier(s) supprimé(s) ; trace : {where}")
