"""Compose the mail of a meeting: attachments within the size limit, text, recipients."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qpref.clu.documents import Occasion
from qpref.clu.entry import CALENDAR_NAME
from qpref.clu.invitation import Attachment, Message, bodies, draft
from qpref.clu.slideshow import TITLE as SHOW_TITLE
from qpref.display.agenda import Document
from qpref.errors import QprefError
from qpref.reference.meeting import Meeting
from qpref.reference.members import Member, by_mail

ONE_FOR_ALL = "invitation.eml"
_HEAVIEST = 3


class TooHeavyError(
    QprefError,
    exit_code=15,
    meaning="courriel plus lourd que la limite fixée pour la réunion",
):
    """A mail over the limit; nothing is written."""


@dataclass(frozen=True)
class Enclosed:
    """
    What there is to send: documents, their files, the slide show, the main figures.

    `attachments` begin with the files of the first document, the agenda.
    """

    documents: Sequence[Document]
    attachments: Sequence[Attachment]
    show: Sequence[Attachment]
    headlines: Sequence[str]


@dataclass(frozen=True)
class Mail:
    """Drafts of the mail by name, what they carry, and the message `of` one member."""

    documents: Sequence[Document]
    attachments: Sequence[Attachment]
    drafts: dict[str, bytes]
    of: Callable[[Member], bytes]

    @property
    def weight(self) -> int:
        """The heaviest draft, in bytes."""
        return max(map(len, self.drafts.values()), default=0)

    @property
    def named(self) -> dict[str, bytes]:
        """The files of the documents, without the calendar entry and the form."""
        names = {name for document in self.documents for name in document.files}
        return {part.name: part.content for part in self.attachments if part.name in names}


def compose(occasion: Occasion, contents: Enclosed, *, is_personal: bool) -> Mail:
    """
    Write the drafts, with the slide show when the limit allows it.

    Parameters
    ----------
    occasion
        For whom.
    contents
        What there is to send.
    is_personal
        One draft for each member, or one for all.

    Raises
    ------
    TooHeavyError
        If the mail is over the meeting's limit without the slide show too.
    """
    meeting = occasion.meeting
    mail = _mail(occasion, _with_show(contents), is_personal=is_personal)
    if mail.weight > meeting.taille_max_ko * 1000:
        mail = _mail(occasion, contents, is_personal=is_personal)
    _refuse_weight(meeting, mail.weight, contents.attachments)
    return mail


def _with_show(contents: Enclosed) -> Enclosed:
    """Return the contents, the slide show after the agenda."""
    if not contents.show:
        return contents
    documents, files = contents.documents, contents.attachments
    own = Document(SHOW_TITLE, [part.name for part in contents.show])
    first = len(documents[0].files)
    together = [*files[:first], *contents.show, *files[first:]]
    return Enclosed([*documents[:1], own, *documents[1:]], together, (), contents.headlines)


def _mail(occasion: Occasion, contents: Enclosed, *, is_personal: bool) -> Mail:
    meeting, now = occasion.meeting, occasion.setting.now
    members = by_mail(occasion.invited.membres)
    said = bodies(meeting, contents.documents, occasion.last_question, contents.headlines)

    def written(to: Sequence[Member], bcc: Sequence[Member]) -> bytes:
        """Write one message: its calendar entry names those whose address all of them see."""
        own = [
            occasion.entry_for(to) if part.name == CALENDAR_NAME else part
            for part in contents.attachments
        ]
        return draft(meeting, to, bcc, Message(occasion.mark, said, own), now).as_bytes()

    def mail_for(member: Member) -> bytes:
        return written([member], [])

    if is_personal:
        drafts = {f"invitation-{member.id}.eml": mail_for(member) for member in members}
    else:
        seen = [member for member in members if member.consents]
        hidden = [member for member in members if not member.consents]
        drafts = {ONE_FOR_ALL: written(seen, hidden)}
    return Mail(contents.documents, contents.attachments, drafts, mail_for)


def _refuse_weight(meeting: Meeting, weight: int, attachments: Sequence[Attachment]) -> None:
    if weight <= meeting.taille_max_ko * 1000:
        return
    heaviest = sorted(attachments, key=lambda part: -len(part.content))[:_HEAVIEST]
    named = ", ".join(f"{part.name} ({len(part.content) // 1000} ko)" for part in heaviest)
    raise TooHeavyError(
        f"Le courriel pèserait {weight // 1000} ko, la limite est de {meeting.taille_max_ko} ko. "
        f"Les plus lourds : {named}.",
        f"Ajoutez --sans-html, nommez dans documents_pdf (data/clu/{meeting.name}.yml) les seuls "
        "rapports qui partent en PDF, ou relevez taille_max_ko.",
    )
