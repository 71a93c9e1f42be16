"""Commands for the meetings of the committee, and for the retention of personal data."""

import os
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from qpref.cli.common import ERR, OUT, Context, print_json
from qpref.errors import MissingDataError, UsageError

if TYPE_CHECKING:  # loaded by the command that uses it: help must come at once
    from qpref.clu.documents import Occasion
    from qpref.clu.pack import Pack
    from qpref.reference.meeting import Meeting

MEETING = click.option(
    "--reunion", metavar="DATE", help="Date de la réunion, par exemple 2021-03-16 ou 2021-03."
)
MEMBERS = click.option(
    "--membres",
    "members_path",
    type=click.Path(path_type=Path),
    metavar="FICHIER",
    help="Fichier des membres ; par défaut, data/clu/membres.yml.",
)
DAY = click.option("--jour", metavar="DATE", help="Jour de la situation ; par défaut, aujourd’hui.")


@click.group("clu")
def clu() -> None:
    """Réunions du comité local des usagers : documents, envoi, accords, questions."""


@clu.command("preparer")
@MEETING
@MEMBERS
@click.option("--un-par-membre", "is_personal", is_flag=True, help="Un brouillon par membre.")
@click.option(
    "--envoyer", "is_sending", is_flag=True, help="Envoie, après confirmation, par votre relais."
)
@click.option("--oui", "is_sure", is_flag=True, help="Envoie sans demander de confirmation.")
@click.option(
    "--reprendre-incertains",
    "is_retrying",
    is_flag=True,
    help="Renvoie aussi les courriels dont on ne sait pas s’ils sont partis.",
)
@DAY
@click.pass_obj
def preparer(context: Context, /, reunion: str | None, jour: str | None, **options: Any) -> None:  # noqa: ANN401 - one key an option
    """Prépare le dossier d’une réunion et les brouillons qui l’envoient ; n’envoie rien seul."""
    from qpref.clu.pack import prepare  # noqa: PLC0415

    occasion = _occasion(context, reunion, _moment(jour), options["members_path"])
    browser = occasion.setting.browser
    pack = prepare(occasion, lambda _: None, is_personal=options["is_personal"])
    root = context.project.root
    OUT.print(f"Dossier : {pack.folder.relative_to(root)}", markup=False)
    for document in pack.documents:
        OUT.print(f"  {document.title} : {', '.join(document.files)}", markup=False)
    OUT.print(f"Courriel : {pack.weight // 1000} ko.")
    late = occasion.deadline < occasion.today
    said = "aurait dû partir" if late else "à envoyer"
    OUT.print(
        f"Dossier {said} au plus tard le {occasion.deadline}.", style="yellow" if late else ""
    )
    if browser is None:
        from qpref.report.pdf import NO_BROWSER  # noqa: PLC0415

        ERR.print(NO_BROWSER, style="yellow", markup=False)
    if options["is_sending"]:
        _send(context, occasion, pack, options)


def _moment(day: str | None) -> datetime:
    """Return now, or noon of the day asked for."""
    if day is None:
        return datetime.now().astimezone()
    try:
        return datetime.combine(date.fromisoformat(day), time(12)).astimezone()
    except ValueError as error:
        raise UsageError(f"« {day} » n’est pas un jour.", "Écrivez-le comme 2021-03-16.") from error


def _chosen(context: Context, name: str | None, today: date) -> "Meeting":
    """Return the meeting asked for, by default the next one, or the last one."""
    from qpref.clu.facts import meetings  # noqa: PLC0415
    from qpref.reference.meeting import meeting_of  # noqa: PLC0415

    found = meetings(context.project, context.reference)
    if name is None and found:
        coming = [meeting for meeting in found if meeting.date >= today]
        return coming[0] if coming else found[-1]
    return meeting_of(found, name or "")


def _occasion(
    context: Context, name: str | None, now: datetime, members_path: Path | None
) -> "Occasion":
    from qpref.batch.pool import Limits, usual_workers  # noqa: PLC0415
    from qpref.batch.run import RunSetting  # noqa: PLC0415
    from qpref.clu.documents import Occasion  # noqa: PLC0415
    from qpref.clu.facts import members_file  # noqa: PLC0415
    from qpref.reference.members import load_members  # noqa: PLC0415
    from qpref.report.pdf import find_browser  # noqa: PLC0415

    project, reference = context.project, context.reference
    path = members_path or members_file(project)
    members = load_members(path)
    if members.conserver_jusqu_au < now.date():
        raise MissingDataError(
            f"La conservation des adresses de « {path} » s’arrêtait le "
            f"{members.conserver_jusqu_au}.",
            "Demandez de nouveau leur accord aux membres, puis changez conserver_jusqu_au ; "
            "qpref purger supprime le fichier.",
        )
    meeting = _chosen(context, name, now.date())
    setting = RunSetting(now, find_browser(os.environ))
    limits = Limits(usual_workers())
    return Occasion(project, reference, meeting, members, setting, limits)


def _send(context: Context, occasion: "Occasion", pack: "Pack", options: dict[str, Any]) -> None:
    """Send what did not leave yet, once a person said yes."""
    from qpref.clu import sending  # noqa: PLC0415
    from qpref.clu.facts import ACCEPTED, journal_file  # noqa: PLC0415
    from qpref.reference.members import load_relay  # noqa: PLC0415

    relay = load_relay(context.project.committee / "envoi.yml")
    journal = journal_file(context.project, occasion.meeting)
    members = occasion.members.membres
    if options["is_retrying"]:
        sending.forget_doubts(journal, members)
    states = sending.states_of(journal, members)
    count = sum(state in {sending.TO_SEND, sending.REFUSED} for state in states.values())
    question = f"Envoyer {count} courriel(s) par {relay.serveur}, de {relay.expediteur} ?"
    if count and not options["is_sure"]:
        click.confirm(question, abort=True)
    password = os.environ.get(sending.PASSWORD_VARIABLE)
    sent = sending.send(pack.mails, members, relay, password, journal)
    OUT.print(f"{len(sent.those(ACCEPTED))} courriel(s) parti(s) sur {len(members)}.")
    doubtful, refused = sent.those(sending.BEGUN), sent.those(sending.REFUSED)
    for name in (*doubtful, *refused):
        ERR.print(f"{name} : {sent.reasons.get(name, 'ligne coupée')}", style="red", markup=False)
    unsent = len(members) - len(sent.those(ACCEPTED))
    if unsent:
        raise sending.SendingError(
            f"{unsent} courriel(s) pas parti(s), dont {len(doubtful)} dont on ne sait pas s’ils "
            "sont partis.",
            "Relancez la même commande : ce qui est parti ne repart pas. Pour les incertains, "
            "demandez aux membres, puis ajoutez --reprendre-incertains.",
        )


@clu.command("suivi")
@MEETING
@MEMBERS
@DAY
@click.option("--json", "is_json", is_flag=True, help="Écrit le suivi en JSON.")
@click.pass_obj
def suivi(
    context: Context,
    /,
    reunion: str | None,
    members_path: Path | None,
    jour: str | None,
    is_json: bool,
) -> None:
    """Dit ce que sont devenus les accords des réunions, les retards d’abord."""
    from qpref.clu.facts import known, members_file  # noqa: PLC0415
    from qpref.display.agenda import STATES, evidence  # noqa: PLC0415
    from qpref.quality.agreements import LATE, follow_up  # noqa: PLC0415
    from qpref.reference.members import load_members  # noqa: PLC0415

    today = _moment(jour).date()
    path = members_path or members_file(context.project)
    members = load_members(path) if members_path or path.exists() else None
    before = _chosen(context, reunion, today).date if reunion else None
    found = follow_up(known(context.project, context.reference, today, members), before)
    if is_json:
        rows = [
            {
                "accord": f.agreement.id,
                "pris_le": f.taken_on.isoformat(),
                "etat": f.state,
                "echeance": f.due.isoformat() if f.due else None,
                "responsable": f.agreement.responsable,
                "constat": evidence(f),
            }
            for f in found
        ]
        print_json({"jour": today.isoformat(), "accords": rows})
        return
    table = Table("Accord", "État", "Échéance", "Responsable", "Constat")
    for f in found:
        due = f.due.isoformat() if f.due else "—"
        row = (f.agreement.accord, STATES[f.state], due, f.agreement.responsable, evidence(f))
        table.add_row(*row, style="bold red" if f.state == LATE else "")
    OUT.print(table)


@clu.command("question")
@click.argument("fichier", type=click.Path(path_type=Path))
@MEETING
@DAY
@click.pass_obj
def question(context: Context, /, fichier: Path, reunion: str | None, jour: str | None) -> None:
    """Ajoute à une réunion les questions d’un formulaire revenu par courriel (texte ou .eml)."""
    from qpref.clu.questions import keep_questions, read_form  # noqa: PLC0415

    today = _moment(jour).date()
    meeting = _chosen(context, reunion, today)
    found = read_form(fichier, today, context.names)
    new = keep_questions(context.project, meeting, found)
    for one in found:
        OUT.print(f"  {one.de} : {one.texte}", markup=False)
    OUT.print(
        f"{new} question(s) ajoutée(s) à la réunion du {meeting.date}, "
        f"{len(found) - new} déjà connue(s). Relisez-les : ce qui est personnel a été masqué."
    )


@click.command("purger")
@DAY
@click.option("--plan", "is_plan", is_flag=True, help="Dit ce qui serait supprimé, et pourquoi.")
@click.pass_obj
def purger(context: Context, /, jour: str | None, is_plan: bool) -> None:
    """Supprime les données personnelles dont la durée de conservation est passée."""
    from qpref.clu.retention import expired, purge  # noqa: PLC0415

    now = _moment(jour)
    found = expired(context.project, context.reference, now.date())
    for one in found:
        path = one.path.relative_to(context.project.root)
        OUT.print(f"{path} : {one.kind}, à conserver jusqu’au {one.until}", markup=False)
    if not found:
        OUT.print("Rien à supprimer : aucune durée de conservation n’est passée.")
    elif is_plan:
        OUT.print(f"{len(found)} fichier(s) à supprimer.")
    else:
        log = purge(context.project, found, now)
        where = log.relative_to(context.project.root)
        OUT.print(f"{len(found)} fichier(s) supprimé(s) ; trace : {where}", markup=False)
