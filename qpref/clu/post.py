"""Letters for the members who have no e-mail address, and the list of their addresses."""

from collections.abc import Sequence

from qpref.clu.documents import Occasion, prints
from qpref.display.agenda import Document, clock
from qpref.reference.members import Member, by_post
from qpref.wording.french import long_date
from qpref.wording.html import templates

LETTERS = "lettres et adresses des membres"
_NAMES = ("lettres", "adresses")
LETTER_FILES = frozenset(f"{name}.{kind}" for name in _NAMES for kind in ("html", "pdf"))


def letters(occasion: Occasion, documents: Sequence[Document]) -> dict[str, bytes]:
    """
    Return the letters, one on each page, and the sheet of their addresses; PDF with a browser.

    Parameters
    ----------
    occasion
        The meeting, its members, and whether a browser is there.
    documents
        What goes with each letter.

    Raises
    ------
    PdfError
        If a page cannot be printed.
    """
    members, meeting = by_post(occasion.invited.membres), occasion.meeting
    if not members:
        return {}
    content = {
        "meeting": meeting,
        "is_fictional": meeting.fictif or occasion.members.fictif,
        "day": long_date(meeting.date),
        "hour": clock(meeting.heure),
        "last": long_date(occasion.last_question),
        "today": long_date(occasion.today),
        "former": long_date(meeting.deplacee_du[-1]) if meeting.deplacee_du else "",
        "documents": documents,
        "members": [(member, _lines(member)) for member in members],
    }
    found = templates("qpref.clu")
    pages = {name: found.get_template(f"{name}.html").render(content).encode() for name in _NAMES}
    printed = prints(occasion, {}, pages)
    return {f"{name}.html": page for name, page in pages.items()} | {
        f"{name}.pdf": page for name, page in printed.items()
    }


def _lines(member: Member) -> list[str]:
    """Return the lines of an address: the organisation, who speaks for it, the place."""
    place = [line.strip() for line in (member.adresse or "").split(",")]
    return [line for line in (member.organisation, member.personne, *place) if line]
