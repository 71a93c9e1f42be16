"""Command that tells where a meeting stands: key dates, mail sent, who attends."""

from pathlib import Path
from typing import Any

import click
from rich.table import Table

from qpref.cli import options
from qpref.cli.context import Context, pass_context
from qpref.cli.meetings import chosen_meeting, moment_of
from qpref.cli.terminal import OUT, print_json
from qpref.clu.answers import ANSWERS
from qpref.clu.diary import BY_HAND, BY_POST, BY_TITULAR, POSTED, Diary, diary
from qpref.clu.facts import members_used
from qpref.clu.journal import ACCEPTED, BEGUN, REFUSED, TO_SEND
from qpref.reference.meeting import VISITS
from qpref.reference.members import load_members

_STATES = {
    ACCEPTED: "reçu", REFUSED: "refusé", BEGUN: "incertain", TO_SEND: "pas parti",
    BY_POST: "lettre à poster", POSTED: "lettre postée", BY_HAND: "envoyé à la main",
    BY_TITULAR: "par son titulaire",
}  # fmt: skip


@click.command("calendrier")
@options.a_meeting
@options.json("Écrit le calendrier en JSON.")
@pass_context
def calendrier(
    context: Context,
    meeting: str | None,
    members_path: Path | None,
    day: str | None,
    *,
    is_json: bool,
) -> None:
    """Dit où en est une réunion : jours à tenir, qui a reçu quoi et quand, qui vient."""
    held = chosen_meeting(context, meeting, moment_of(day).date())
    members = load_members(members_path or members_used(context.project))
    found = diary(context.project, context.reference, held, members)
    if is_json:
        print_json(_as_json(found))
        return
    state = "annulée" if held.annulee else f"{held.heure:%H:%M}, {held.lieu}"
    OUT.print(f"Réunion {held.name} : {state}")
    sent = f"partis le {found.sent}" if found.sent else "pas encore partis pour tous"
    OUT.print(f"Documents à envoyer au plus tard le {found.send_by} : {sent}.")
    OUT.print(f"Questions jusqu’au {found.ask_by} : {len(held.questions)} reçue(s).")
    _print_members(found)
    _print_attendance(found)
    for visit in held.visites:
        OUT.print(f"Visite du {visit.date}, {visit.service} : {VISITS[visit.etat]}.")


def _print_members(found: Diary) -> None:
    table = Table("Membre", "Envoi", "Version", "Le", "Réponse", "Par")
    for line in found.lines:
        answer = line.answer
        said = (ANSWERS[answer.reponse], answer.par) if answer else ("—", "")
        sent = [
            (_STATES[one.state], "" if one.version is None else str(one.version), one.moment[:16])
            for one in line.deliveries
        ]
        table.add_row(line.member.id, *map("\n".join, zip(*sent, strict=True)), *said)
    OUT.print(table)


def _print_attendance(found: Diary) -> None:
    """Say how many come, against the quorum when the committee has one, and who is silent."""
    OUT.print(f"Viennent ou sont représentés : {found.expected}.")
    if quorum := found.meeting.quorum:
        lacking = quorum - found.expected
        told = f"il en manque {lacking}" if lacking > 0 else "atteint, si chacun vient"
        OUT.print(f"Quorum de {quorum} : {told}.", style="yellow" if lacking > 0 else "")
    if found.former:
        told = "Ont répondu pour l’ancien jour, à redemander"
        OUT.print(f"{told} : {', '.join(found.former)}.", style="yellow")
    if silent := [member.id for member in found.silent]:
        OUT.print(f"N’ont pas répondu : {', '.join(silent)}.")


def _as_json(found: Diary) -> dict[str, Any]:
    return {
        "reunion": found.meeting.name,
        "annulee": found.meeting.annulee,
        "a_envoyer_avant": found.send_by.isoformat(),
        "questions_avant": found.ask_by.isoformat(),
        "envoye_le": found.sent.isoformat() if found.sent else None,
        "attendus": found.expected,
        "quorum": found.meeting.quorum,
        "reponses_a_l_ancien_jour": [*found.former],
        "sans_reponse": [member.id for member in found.silent],
        "membres": [
            {
                "membre": line.member.id,
                "envoi": line.last.state,
                "version": line.last.version,
                "moment": line.last.moment or None,
                "envois": [
                    {"etat": one.state, "version": one.version, "moment": one.moment or None}
                    for one in line.deliveries
                ],
                "reponse": line.answer.reponse if line.answer else None,
                "par": line.answer.par if line.answer else None,
            }
            for line in found.lines
        ],
        "visites": [visit.model_dump(mode="json") for visit in found.meeting.visites],
    }
