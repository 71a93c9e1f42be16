"""Mail that leaves, only when it is asked: one message a member, never twice the same.

Each step is written in a journal before and after the message passes. When the line is cut after
the text went and before the server answered, nobody knows whether it left: it is told, and not sent
again unless a person says so.
"""

import contextlib
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qpref.clu.facts import ACCEPTED, sendings
from qpref.errors import QprefError
from qpref.project import appending
from qpref.reference.members import Member, Relay

PASSWORD_VARIABLE = "QPREF_SMTP_MOT_DE_PASSE"  # noqa: S105 - its name, not its value
REFUSED, BEGUN, TO_SEND = "refuse", "commence", "a_envoyer"
_SECONDS = 60
_YES_ENDS = 300  # SMTP: a code from 200 to 299 is yes


class SendingError(
    QprefError,
    exit_code=16,
    meaning="au moins un courriel n’est pas parti, ou on ne sait pas s’il est parti",
):
    """Mail that did not leave, or whose departure is not known."""


@dataclass(frozen=True)
class Deliveries:
    """What became of each member's message: `ACCEPTED`, `REFUSED`, `BEGUN` (not known)."""

    states: Mapping[str, str]
    reasons: Mapping[str, str]

    def those(self, state: str) -> list[str]:
        """Return the members whose message is in a state."""
        return [member for member, found in self.states.items() if found == state]


def states_of(journal: Path, members: Sequence[Member]) -> dict[str, str]:
    """Return where each member's message stands, by the journal: its last word counts."""
    last = {event["membre"]: event["etat"] for event in sendings(journal)}
    return {member.id: last.get(member.id, TO_SEND) for member in members}


def send(
    mail_for: Callable[[Member], bytes],
    members: Sequence[Member],
    relay: Relay,
    password: str | None,
    journal: Path,
) -> Deliveries:
    """
    Send to each member its message, unless the journal says that it left or may have left.

    Parameters
    ----------
    mail_for
        Of `pack.Pack`: gives the message of a member.
    members
        To whom, in order.
    relay, password
        By which server.
    journal
        Where each step is told; the same file for one meeting.

    Raises
    ------
    SendingError
        If the server cannot be reached or refuses us; nothing more left.
    """
    waiting = [m for m in members if states_of(journal, members)[m.id] in {TO_SEND, REFUSED}]
    reasons: dict[str, str] = {}
    with _writing(journal) as write:
        for member in waiting:
            write(member.id, TO_SEND, "")
        server: smtplib.SMTP | None = None
        try:
            for member in waiting:
                try:
                    server = server or _connected(relay, password)
                    _pass(server, mail_for(member), member, relay, write)
                except _RefusedError as error:
                    reasons[member.id] = str(error)
                except smtplib.SMTPServerDisconnected as error:
                    reasons[member.id] = f"ligne coupée ({error})"
                    server = None
        finally:
            if server is not None:
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    server.quit()
    return Deliveries(states_of(journal, members), reasons)


def forget_doubts(journal: Path, members: Sequence[Member]) -> list[str]:
    """Write that messages whose departure is not known are to be sent again; return whose."""
    doubtful = [name for name, state in states_of(journal, members).items() if state == BEGUN]
    with _writing(journal) as write:
        for name in doubtful:
            write(name, TO_SEND, "repris à la demande")
    return doubtful


class _RefusedError(Exception):
    """A recipient or a message that the server refuses."""


Write = Callable[[str, str, str], None]


def _pass(server: smtplib.SMTP, mail: bytes, member: Member, relay: Relay, write: Write) -> None:
    """Pass one message; tell the journal before the text goes and after the server answers."""
    server.ehlo_or_helo_if_needed()
    steps: list[Callable[[], tuple[int, bytes]]] = [
        lambda: server.mail(relay.expediteur),
        lambda: server.rcpt(member.courriel),
        lambda: _text(server, _as_sent(mail, relay)),
    ]
    for rank, step in enumerate(steps, start=1):
        if rank == len(steps):
            write(member.id, BEGUN, "")
        code, answer = step()
        if code >= _YES_ENDS:
            write(member.id, REFUSED, str(code))
            server.rset()
            raise _RefusedError(f"{code} {answer.decode('utf-8', 'replace')}")
    write(member.id, ACCEPTED, str(code))


def _text(server: smtplib.SMTP, mail: bytes) -> tuple[int, bytes]:
    """Pass the text; a server that does not want to read it gives its refusal."""
    try:
        return server.data(mail)
    except smtplib.SMTPDataError as error:
        answer = error.smtp_error
        return error.smtp_code, answer if isinstance(answer, bytes) else answer.encode()


def _as_sent(mail: bytes, relay: Relay) -> bytes:
    """Return a draft as a message: with its sender, without the mark of a draft."""
    head, _, body = mail.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"X-Unsent:")]
    return b"\r\n".join([f"From: {relay.expediteur}".encode(), *lines]) + b"\r\n\r\n" + body


def _connected(relay: Relay, password: str | None) -> smtplib.SMTP:
    context = ssl.create_default_context()
    try:
        if relay.chiffrement == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                relay.serveur, relay.port, timeout=_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(relay.serveur, relay.port, timeout=_SECONDS)
        if relay.chiffrement == "starttls":
            server.starttls(context=context)
        if relay.identifiant:
            server.login(relay.identifiant, password or "")
    except (OSError, smtplib.SMTPException) as error:
        raise SendingError(
            f"Le relais « {relay.serveur}:{relay.port} » n’accepte pas la connexion ({error}).",
            f"Vérifiez data/clu/envoi.yml et {PASSWORD_VARIABLE}, puis relancez : ce qui est parti "
            "ne repartira pas.",
        ) from error
    return server


@contextlib.contextmanager
def _writing(journal: Path) -> Iterator[Write]:
    """Give what adds a line to the journal, on the disk before anything else happens."""
    with appending(journal) as add:

        def write(member: str, state: str, note: str) -> None:
            moment = datetime.now().astimezone().isoformat(timespec="seconds")
            add({"moment": moment, "membre": member, "etat": state, "note": note})

        yield write
