"""Send the mail of a meeting, on request only: one message per member, never twice.

One run at a time sends for a meeting, and each step is in the journal before the next is taken.
When the line is cut after the text went and before the server answered, nobody knows whether it
left: it is told, and not sent again unless a person says so.
"""

import contextlib
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from qpref.clu.journal import ACCEPTED, BEGUN, REFUSED, TO_SEND, UNSENT, Attempt, Journal
from qpref.errors import QprefError, StorageError
from qpref.reference.members import Member, Relay
from qpref.store.lock import held

PASSWORD_VARIABLE = "QPREF_SMTP_MOT_DE_PASSE"  # noqa: S105 - its name, not its value
_SECONDS = 60
_YES, _NO = {2}, {4, 5}  # SMTP, the first figure of a code: anything else is no answer


class SendingError(
    QprefError,
    exit_code=16,
    meaning="au moins un courriel n’est pas parti, ou on ne sait pas s’il est parti",
):
    """Mail that did not leave, or whose departure is not known."""


@dataclass(frozen=True)
class Deliveries:
    """
    What became of each member's message: `ACCEPTED`, `REFUSED`, `BEGUN` (not known), `TO_SEND`.

    `reasons`, of those that did not leave; `left`, the members whose message left in this run.
    """

    states: Mapping[str, str]
    reasons: Mapping[str, str]
    left: Sequence[str]

    def those(self, state: str) -> list[str]:
        """Return the members whose message is in a state."""
        return [member for member, found in self.states.items() if found == state]


def states_of(journal: Journal, members: Sequence[Member]) -> dict[str, str]:
    """Return where each member's message stands."""
    known = journal.states
    return {member.id: known.get(member.id, TO_SEND) for member in members}


@dataclass(frozen=True)
class Post:
    """
    By which server mail leaves, what says it, and what it carries.

    `edition` is the name of the archive's edition that the committee receives.
    """

    relay: Relay
    password: str | None
    journal: Journal
    edition: str = ""


def send(
    mail_for: Callable[[Member], bytes],
    members: Sequence[Member],
    post: Post,
    *,
    is_retrying: bool = False,
) -> Deliveries:
    """
    Send to each member its message, unless the journal says that it left or may have left.

    Parameters
    ----------
    mail_for
        Of `pack.Pack`: gives the message of a member.
    members
        To whom, in order.
    post
        By which server, and where it is told.
    is_retrying
        Send again also what may have left: somebody asked the members.

    Raises
    ------
    SendingError
        If the server cannot be reached or refuses us, or the journal what it took; nothing more
        leaves.
    StorageError
        If another run sends, or the journal cannot be written; nothing more leaves.
    """
    journal, left = post.journal, list[str]()
    reasons: dict[str, str] = {}
    with held(journal.folder), _line(post) as connect:
        states = states_of(journal, members)
        journal.expect([*states])
        for name in [one for one, state in states.items() if is_retrying and state == BEGUN]:
            journal.begin(name, TO_SEND, "repris à la demande", after=frozenset({BEGUN}))
        states = states_of(journal, members)
        for member in (one for one in members if states[one.id] in UNSENT):
            try:
                _pass(connect(), mail_for(member), member, post)
                left.append(member.id)
            except _UnsentError as error:
                reasons[member.id] = str(error)
        return Deliveries(states_of(journal, members), reasons, left)


class _UnsentError(Exception):
    """A message that the server refused, or that nobody knows to have left."""


@contextlib.contextmanager
def _line(post: Post) -> Iterator[Callable[[], smtplib.SMTP]]:
    """Give what returns the line to the server, open: one that was cut is opened again."""
    server: smtplib.SMTP | None = None

    def connect() -> smtplib.SMTP:
        nonlocal server
        if server is None or server.sock is None:
            server = _connected(post.relay, post.password)
        return server

    try:
        yield connect
    finally:
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()


def _pass(server: smtplib.SMTP, mail: bytes, member: Member, post: Post) -> None:
    """Pass one message; the journal knows of it before the text goes, then what was answered."""
    attempt: Attempt | None = None
    try:
        server.ehlo_or_helo_if_needed()
        _agreed(*server.mail(post.relay.expediteur))
        _agreed(*server.rcpt(str(member.courriel)))
        attempt = post.journal.begin(member.id, BEGUN, edition=post.edition)
        if attempt is None:
            server.rset()
            raise _UnsentError("un autre poste l’envoie, ou vient de l’envoyer")
        _agreed(*server.data(_as_sent(mail, post.relay)))
    except smtplib.SMTPResponseException as error:
        if attempt:
            attempt.write(REFUSED, str(error.smtp_code))
        else:
            post.journal.begin(member.id, REFUSED, str(error.smtp_code))
        with suppress(smtplib.SMTPException):
            server.rset()
        raise _UnsentError(_said(error)) from error
    except smtplib.SMTPException as error:
        server.close()
        raise _UnsentError(f"ligne coupée ({error})") from error
    _note_departure(attempt)


def _agreed(code: int, answer: bytes) -> None:
    """Raise unless the server said yes; what is no answer may be the end of one that said yes."""
    if code // 100 in _NO:
        raise smtplib.SMTPResponseException(code, answer)
    if code // 100 not in _YES:
        raise smtplib.SMTPServerDisconnected(f"réponse incomprise : {code}")


def _said(error: smtplib.SMTPResponseException) -> str:
    answer = error.smtp_error
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{error.smtp_code} {text}"


def _note_departure(attempt: Attempt) -> None:
    """Write that the relay took a message; a disk that refuses leaves it not known."""
    try:
        attempt.write(ACCEPTED)
    except StorageError as error:
        raise SendingError(
            f"Le relais a pris le courriel de « {attempt.member} », mais le journal n’a pas pu "
            f"l’écrire. {error.sentence}",
            "Faites de la place, puis relancez : ce qui est parti ne repart pas, et celui-ci sera "
            "dit incertain. Ne le renvoyez pas.",
        ) from error


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
