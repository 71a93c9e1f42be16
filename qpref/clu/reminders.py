"""Draft one reminder per member who did not answer; a person reads and sends them."""

from dataclasses import dataclass, field

from qpref.clu.diary import BY_HAND, Diary
from qpref.clu.documents import Occasion
from qpref.clu.invitation import FORM_NAME, Attachment, Message, draft, form
from qpref.clu.journal import ACCEPTED
from qpref.clu.pack import DRAFT, folder_of
from qpref.display.agenda import clock
from qpref.reference.members import Member
from qpref.wording.french import long_date
from qpref.wording.html import templates
from qpref.written import Kind, put, remove

_NAME = "relance-{}.eml"


@dataclass
class Silent:
    """Titulars who answered nothing: reminded, without mail, to whom nothing left yet."""

    reminded: list[Member] = field(default_factory=list)
    otherwise: list[Member] = field(default_factory=list)
    unsent: list[Member] = field(default_factory=list)


def silent(found: Diary) -> Silent:
    """
    Return who is to be reminded, and who cannot be by mail.

    Nobody is reminded of what did not reach them; without any trace, a person is thought to have
    sent the invitation.
    """
    told = Silent()
    for line in found.lines:
        if line.member not in found.silent:
            continue
        states = {one.state for one in line.deliveries}
        has_trace = any(one.version is not None for one in line.deliveries)
        if not line.member.courriel:
            told.otherwise.append(line.member)
        elif has_trace and not states & {ACCEPTED, BY_HAND}:
            told.unsent.append(line.member)
        else:
            told.reminded.append(line.member)
    return told


def remind(occasion: Occasion, found: Diary) -> Silent:
    """
    Write the reminders of a meeting in its pack, and take away those of who answered since.

    Raises
    ------
    StorageError
        If they cannot be written.
    """
    told, project = silent(found), occasion.project
    folder = folder_of(project, occasion.meeting)
    drafts = {folder / _NAME.format(one.id): _reminder(occasion, one) for one in told.reminded}
    for path in sorted(folder.glob(_NAME.format("*"))):
        if path not in drafts:
            remove(project, path)
    put(project, drafts, Kind(DRAFT, occasion.members.conserver_jusqu_au))
    return told


def _reminder(occasion: Occasion, member: Member) -> bytes:
    meeting, today, last = occasion.meeting, occasion.today, occasion.last_question
    content = {
        "meeting": meeting,
        "day": long_date(meeting.date),
        "hour": clock(meeting.heure),
        "last": long_date(last) if today <= last else "",
        "form": FORM_NAME,
    }
    found = templates("qpref.clu")
    text, page = (found.get_template(f"rappel.{kind}").render(content) for kind in ("txt", "html"))
    asking = Attachment(FORM_NAME, form(meeting, last).encode(), "text/plain")
    parts = [asking, occasion.entry_for([member])]
    mark = f"{occasion.mark} rappel {today}"
    contents = Message(mark, (text, page), parts, "Rappel : ")
    return draft(meeting, [member], [], contents, occasion.setting.now).as_bytes()
