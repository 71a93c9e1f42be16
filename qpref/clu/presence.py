"""Attendance sheet: members and substitutes by category, with their replies."""

from collections.abc import Iterator
from datetime import datetime

from docx.document import Document as DocumentObject

from qpref.clu.answers import ANSWERS
from qpref.clu.diary import Diary, Line
from qpref.display.agenda import clock
from qpref.reference.members import CATEGORIES
from qpref.wording.french import long_date, plural
from qpref.wording.word import add_table, begun, content_of, legal

SHEET = "feuille-presence.docx"
SHEET_KIND = "feuille de présence"
_ROW = 1.2  # cm: room for a signature
_WIDTHS = (4.5, 2.2, 3.8, 5)  # cm, of the columns below
_GUESTS = 6
_HEADINGS = ("Organisation", "Siège", "Réponse reçue", "Nom et signature")


def sheet(found: Diary, now: datetime, *, is_fictional: bool) -> bytes:
    """
    Return a .docx to print and sign.

    Parameters
    ----------
    found
        The meeting, its members and what they answered.
    now
        The day of the answers; written in the properties of the document too.
    is_fictional
        Whether members are invented.
    """
    meeting = found.meeting
    title = f"Feuille de présence du comité local des usagers, {long_date(meeting.date)}"
    book = begun(title, now, is_fictional=is_fictional)
    book.add_paragraph(legal(f"{clock(meeting.heure)}, {meeting.lieu}."))
    book.add_paragraph(" ".join(_told(found, now)))
    for category, label in CATEGORIES.items():
        book.add_heading(label, level=1)
        seats = [seat for seat in found.seats if seat[0].member.categorie == category]
        if seats:
            rows = [_row(found, line) for seat in seats for line in seat]
            add_table(book, _HEADINGS, rows, widths=_WIDTHS, height=_ROW)
        else:
            book.add_paragraph("Personne ne parle pour cette catégorie d’usagers.")
    _others(book, found)
    return content_of(book)


def _told(found: Diary, now: datetime) -> Iterator[str]:
    seats = plural(len(found.seats), "siège")
    day = long_date(now.date())
    yield f"Attendus d’après les réponses reçues au {day} : {found.expected} sur {seats}."
    if quorum := found.meeting.quorum:
        yield f"Quorum : {quorum} membres présents ou représentés."


def _row(found: Diary, line: Line) -> tuple[str, ...]:
    member, answer = line.member, line.answer
    name = f"{member.organisation}\n{member.personne}" if member.personne else member.organisation
    seat = "Suppléant" if member.suppleant_de else "Titulaire"
    if answer is None:
        return name, seat, "", ""
    known = {one.member.id: one.member for one in found.lines}
    by = answer.par
    if answer.par in known:
        other = known[answer.par]
        by = "son suppléant" if other.suppleant_de == member.id else other.organisation
    return name, seat, f"{ANSWERS[answer.reponse]}{by and f' par {by}'}", ""


def _others(book: DocumentObject, found: Diary) -> None:
    """Add who is there without being a member: roles of the meeting's file, and room for others."""
    book.add_heading("Autres personnes présentes", level=1)
    roles = [one.role for one in found.meeting.participants for _ in range(one.nombre)]
    rows = [(role, "") for role in [*roles, *[""] * _GUESTS]]
    add_table(
        book, ("Rôle ou organisation", "Nom et signature"), rows, widths=(6.5, 9), height=_ROW
    )
