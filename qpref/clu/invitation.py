"""The invitation: a form for questions, and drafts that any mail client opens.

A draft shows the addresses of those who agreed to it, and of nobody else.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address, Group
from email.message import EmailMessage
from email.policy import SMTP

from qpref.display.agenda import Document, clock
from qpref.reference.meeting import Meeting
from qpref.reference.members import Member
from qpref.wording.french import NBSP, long_date
from qpref.wording.html import templates

FORM_NAME = "question.txt"
FORM_FROM, FORM_ATTENDANCE = "Au nom de", "Ma présence"
FORM_ABOUT, FORM_QUESTION = "Document concerné", "Ma question"
_PLAIN = SMTP.clone(cte_type="7bit")  # a relay may not pass 8 bits
_DOMAIN = "clu.qpref.invalid"  # of identifiers, not of addresses: nobody owns it


@dataclass(frozen=True)
class Attachment:
    """A file joined to the mail, under an ASCII name."""

    name: str
    content: bytes
    kind: str  # « text/html », « application/pdf »…
    method: str = ""  # of a calendar entry, which mail clients look for in the type of the part


@dataclass(frozen=True)
class Message:
    """
    What a message says and carries: bodies (text, HTML), attachments, the beginning of its subject.

    `mark` tells it from all others to the same people: mail servers drop what they know already.
    """

    mark: str
    bodies: tuple[str, str]
    attachments: Sequence[Attachment]
    opening: str = ""


def form(meeting: Meeting, last: date) -> str:
    """Return the text by which a member asks a question; `last`, the day before which it helps."""
    return (
        f"QUESTION POUR LE COMITÉ LOCAL DES USAGERS DU {long_date(meeting.date).upper()}\n\n"
        "Remplissez les lignes ci-dessous et renvoyez ce texte par retour de courriel, si possible "
        f"avant le {long_date(last)}. N’écrivez le nom de personne : la question sera lue en "
        "réunion.\n\n"
        f"{FORM_FROM} (organisation ou catégorie d’usagers) : \n"
        f"{FORM_ATTENDANCE} (présent, excusé, ou représenté par) : \n"
        f"{FORM_ABOUT} : \n"
        f"{FORM_QUESTION} : \n"
    )


def bodies(
    meeting: Meeting, documents: Sequence[Document], last: date, headlines: Sequence[str] = ()
) -> tuple[str, str]:
    """
    Return the message as plain text and as HTML, saying the same.

    Parameters
    ----------
    meeting
        What it invites to.
    documents
        What goes with it.
    last
        The day before which a question helps.
    headlines
        The main figures, one sentence each.
    """
    files = [name for document in documents for name in document.files]
    content = {
        "meeting": meeting,
        "day": long_date(meeting.date),
        "hour": clock(meeting.heure),
        "documents": documents,
        "headlines": headlines,
        "has_pages": any(name.endswith(".html") for name in files),
        "last": long_date(last),
        "form": FORM_NAME,
        "otherwise": _otherwise(documents),
        "former": long_date(meeting.deplacee_du[-1]) if meeting.deplacee_du else "",
    }
    found, name = templates("qpref.clu"), "annulation" if meeting.annulee else "invitation"
    text = found.get_template(f"{name}.txt").render(content)
    return text, found.get_template(f"{name}.html").render(content)


def _otherwise(documents: Sequence[Document]) -> str:
    """Return what to do when pages do not open: documents that have no PDF are to be asked for."""
    printed = [any(name.endswith(".pdf") for name in one.files) for one in documents]
    ask = "demandez-nous le document en répondant à ce message"
    if all(printed):
        return "ouvrez le PDF"
    return f"ouvrez le PDF s’il y en a un, ou {ask}" if any(printed) else ask


def draft(
    meeting: Meeting,
    to: Sequence[Member],
    bcc: Sequence[Member],
    contents: Message,
    now: datetime,
) -> EmailMessage:
    """
    Return a message ready to be opened, read again and sent by a person.

    Parameters
    ----------
    meeting
        What it invites to.
    to, bcc
        Whose address everybody sees; whose address nobody sees.
    contents
        What it says and carries.
    now
        Moment of the message.
    """
    text, html = contents.bodies
    message = EmailMessage(policy=_PLAIN)
    message["Subject"] = (
        f"{'[Données fictives] ' if meeting.fictif else ''}{contents.opening}"
        f"Comité local des usagers, "
        f"réunion du {long_date(meeting.date)}{', annulée' * meeting.annulee}"
    ).replace(NBSP, " ")  # a mail client may show it as a sign
    message["To"] = _addresses(to) or Group("undisclosed-recipients", ())
    if bcc:
        message["Bcc"] = _addresses(bcc)
    message["Date"] = now
    key = "-".join(member.id for member in (*to, *bcc))
    identity = hashlib.sha256(f"{contents.mark} {key}".encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{identity}@{_DOMAIN}>"
    message["X-Unsent"] = "1"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    for part in contents.attachments:
        main, sub = part.kind.split("/")
        parameters = {"charset": "utf-8"} if main == "text" else {}
        parameters |= {"method": part.method} if part.method else {}
        message.add_attachment(
            part.content, maintype=main, subtype=sub, filename=part.name, params=parameters
        )
    for rank, several in enumerate(p for p in message.walk() if p.is_multipart()):
        several.set_boundary(f"=_{identity}_{rank}")  # a random one would change each time
    return message


def _addresses(members: Sequence[Member]) -> tuple[Address, ...]:
    """Return addresses without names: Python cuts long accented names badly when it folds them."""
    return tuple(Address(addr_spec=member.courriel) for member in members if member.courriel)
