"""Command that prepares the pack of a meeting, and sends it once a person confirms."""

import os
from dataclasses import dataclass
from pathlib import Path

import click

from qpref.batch.pool import Limits, usual_workers
from qpref.batch.setting import RunSetting
from qpref.cli import errata, options
from qpref.cli.context import Context, pass_options
from qpref.cli.meetings import chosen_meeting, moment_of
from qpref.cli.terminal import ERR, OUT, confirm
from qpref.clu import sending
from qpref.clu.documents import Occasion
from qpref.clu.facts import members_file, note_members
from qpref.clu.journal import ACCEPTED, BEGUN, REFUSED, UNSENT
from qpref.clu.pack import Pack, call_off, prepare
from qpref.errors import MissingDataError
from qpref.reference.members import (
    CATEGORIES,
    balance,
    by_mail,
    by_post,
    load_members,
    load_relay,
    relay_file,
)
from qpref.report.browser import find_browser, why_no_pdf


@dataclass(frozen=True)
class _Preparation:
    """The pack asked for, and whether it leaves."""

    meeting: str | None
    members_path: Path | None
    is_personal: bool
    is_sending: bool
    is_sure: bool
    is_retrying: bool
    template: Path | None
    is_pdf_only: bool
    day: str | None


@click.command("preparer")
@options.MEETING
@options.MEMBERS
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
@click.option(
    "--modele",
    "template",
    type=click.Path(path_type=Path),
    metavar="FICHIER",
    help="Modèle de votre service (.pptx) pour le diaporama.",
)
@click.option(
    "--sans-html",
    "is_pdf_only",
    is_flag=True,
    help="N’attache pas la page d’un document qui a son PDF.",
)
@options.DAY
@pass_options(_Preparation)
def preparer(context: Context, asked: _Preparation) -> None:
    """Prépare le dossier d’une réunion et les brouillons qui l’envoient ; n’envoie rien seul."""
    occasion = _occasion(context, asked)
    if occasion.meeting.annulee:
        pack = call_off(occasion, is_personal=asked.is_personal)
        OUT.print(f"Annulation : {pack.folder.relative_to(context.project.root)}")
        _say_members(occasion)
    else:
        pack = prepare(occasion, lambda _: None, is_personal=asked.is_personal)
        _say(context, occasion, pack)
    note_members(context.project, asked.members_path or members_file(context.project))
    if asked.is_sending:
        _send(context, occasion, pack, asked)


def _say(context: Context, occasion: Occasion, pack: Pack) -> None:
    OUT.print(f"Dossier : {pack.folder.relative_to(context.project.root)}")
    for document in pack.documents:
        OUT.print(f"  {document.title} : {', '.join(document.files)}")
    if pack.apart:
        told = "Diaporama, dans le dossier seulement (avec lui, le courriel serait trop lourd)"
        OUT.print(f"  {told} : {', '.join(pack.apart)}")
    if not occasion.meeting.ordre_du_jour:
        told = "Aucun point à l’ordre du jour, donc aucun rapport joint : écrivez les points dans"
        OUT.print(f"{told} le fichier de la réunion, sous « ordre_du_jour ».", style="yellow")
    OUT.print(f"Courriel : {pack.weight // 1000} ko.")
    if pack.theirs:
        told = "Remplis ou ajoutés par quelqu’un, gardés dans le dossier"
        OUT.print(f"{told} : {', '.join(pack.theirs)}")
    if pack.kept:
        edition = pack.kept.edition.folder.relative_to(context.project.root)
        OUT.print(f"{'Archivé' if pack.kept.is_new else 'Déjà archivé'} : {edition}")
    errata.announce(errata.compare(context, [str(occasion.meeting.campagne)]))
    _say_members(occasion)
    late = occasion.deadline < occasion.today
    said = "aurait dû partir" if late else "à envoyer"
    OUT.print(
        f"Dossier {said} au plus tard le {occasion.deadline}.", style="yellow" if late else ""
    )
    if occasion.setting.browser is None:
        ERR.print(why_no_pdf(), style="yellow")


def _say_members(occasion: Occasion) -> None:
    """Say who gets a letter, whose term is over, and for whom nobody speaks."""
    invited = occasion.invited.membres
    if letters := [one.id for one in by_post(invited)]:
        OUT.print(f"Par lettre, à imprimer et à poster (lettres, adresses) : {', '.join(letters)}")
    known = {one.id for one in invited}
    if over := [one.id for one in occasion.members.membres if one.id not in known]:
        OUT.print(f"Mandat fini, pas invités : {', '.join(over)}", style="yellow")
    if missing := [CATEGORIES[name] for name, count in balance(invited).items() if not count]:
        OUT.print(f"Personne ne parle pour : {', '.join(missing)}", style="yellow")


def _occasion(context: Context, asked: _Preparation) -> Occasion:
    now = moment_of(asked.day)
    project, reference = context.project, context.reference
    path = asked.members_path or members_file(project)
    members = load_members(path)
    if members.conserver_jusqu_au < now.date():
        raise MissingDataError(
            f"La conservation des adresses de « {path} » s’arrêtait le "
            f"{members.conserver_jusqu_au}.",
            "Demandez de nouveau leur accord aux membres, puis changez conserver_jusqu_au ; "
            "qpref purger supprime le fichier.",
        )
    meeting = chosen_meeting(context, asked.meeting, now.date())
    setting = RunSetting(now, find_browser(os.environ))
    limits = Limits(usual_workers())
    return Occasion(
        project, reference, meeting, members, setting, limits, asked.template,
        has_pages=not asked.is_pdf_only,
    )  # fmt: skip


def _send(context: Context, occasion: Occasion, pack: Pack, asked: _Preparation) -> None:
    """Send what did not leave yet, once a person said yes."""
    relay = load_relay(relay_file(context.project.committee))
    journal = occasion.journal
    members = by_mail(occasion.invited.membres)
    wanted = UNSENT | {BEGUN} if asked.is_retrying else UNSENT
    count = sum(state in wanted for state in sending.states_of(journal, members).values())
    question = f"Envoyer {count} courriel(s) par {relay.serveur}, de {relay.expediteur} ?"
    if count and not asked.is_sure:
        confirm(question)
    password = os.environ.get(sending.PASSWORD_VARIABLE)
    post = sending.Post(relay, password, journal, pack.edition)
    sent = sending.send(pack.mail_for, members, post, is_retrying=asked.is_retrying)
    _tell(sent, len(members))


def _tell(sent: sending.Deliveries, count: int) -> None:
    """Say what left in this run, what had left before, and what did not leave."""
    known = len(sent.those(ACCEPTED))
    earlier = f", {known - len(sent.left)} déjà parti(s)" if known > len(sent.left) else ""
    OUT.print(f"{len(sent.left)} courriel(s) parti(s){earlier}, sur {count}.")
    doubtful = sent.those(BEGUN)
    for name in (*doubtful, *sent.those(REFUSED)):
        ERR.print(f"{name} : {sent.reasons.get(name, 'ligne coupée')}", style="red")
    if unsent := count - known:
        raise sending.SendingError(
            f"{unsent} courriel(s) pas parti(s), dont {len(doubtful)} dont on ne sait pas s’ils "
            "sont partis.",
            "Relancez la même commande : ce qui est parti ne repart pas. Pour les incertains, "
            "demandez aux membres, puis ajoutez --reprendre-incertains.",
        )
