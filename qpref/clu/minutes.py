"""Write the minutes of a meeting as a text document to fill in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from docx.document import Document as DocumentObject

from qpref.clu.answers import ANSWERS, EXCUSED, said
from qpref.clu.facts import headline
from qpref.display.agenda import STATES, Quote, clock, evidence, quoted
from qpref.project import Project
from qpref.quality.agreements import FollowUp
from qpref.reference.meeting import VISITS, Meeting
from qpref.reference.members import Members
from qpref.wording.french import long_date
from qpref.wording.word import add_table, begun, content_of, legal

_BLANK_ROWS, _BLANK_VISITS = 4, 2
# What the document asks for, and by which it is read back (`minutes_back`).
EXCHANGES, DECISIONS, NEXT = "Échanges", "Décisions", "Date et lieu"
WHO, HOW_MANY = "Rôle ou organisation", "Nombre"
AGREED, OWNER, DUE = "Accord", "Responsable (rôle)", "Échéance"
MEASURE = "Comment saura-t-on qu’il est tenu ?"
VISITED, VISITED_ON, VISIT = "Service visité", "Jour de la visite", "Prévue, faite ou racontée"
TO_FILL = "…"


@dataclass(frozen=True)
class Filled:
    """What is known before the meeting: who answered what, and a figure of each document."""

    answers: Sequence[tuple[str, str]] = ()
    quotes: Mapping[str, Quote] = field(default_factory=dict)


def known_before(project: Project, meeting: Meeting, members: Members | None) -> Filled:
    """Return who answered what, by organisation, and a figure of each document of the agenda."""
    answers = said(project, meeting)
    around = members.on(meeting.date).membres if members else ()
    told = [
        (
            one.organisation + ", suppléant" * bool(one.suppleant_de),
            ANSWERS[answers[one.id].reponse],
        )
        for one in around
        if one.id in answers
    ]
    quotes = {name: headline(project, meeting, name) for name in meeting.documents}
    return Filled(told, {name: quote for name, quote in quotes.items() if quote})


def minutes(
    meeting: Meeting, agreements: Sequence[FollowUp], now: datetime, known: Filled
) -> bytes:
    """
    Return a .docx: who was there, exchanges and decisions by item, agreements old and new.

    Parameters
    ----------
    meeting
        Its agenda gives the headings.
    agreements
        Of earlier meetings, with their state.
    now
        Written in the properties of the document.
    known
        Answers by organisation; by document, the figure that its item begins with.
    """
    title = f"Compte rendu du comité local des usagers, {long_date(meeting.date)}"
    book = begun(title, now, is_fictional=meeting.fictif)
    book.add_paragraph(legal(f"{clock(meeting.heure)}, {meeting.lieu}."))
    _participants(book, meeting, known.answers)
    for item in meeting.ordre_du_jour:
        book.add_heading(legal(item.titre), level=1)
        for name in item.documents:
            if name in known.quotes:
                book.add_paragraph(legal(quoted(known.quotes[name])), style="List Bullet")
        for label in (EXCHANGES, DECISIONS):
            book.add_paragraph(f"{label} : {TO_FILL}")
    _visits(book, meeting)
    _agreements(book, agreements)
    book.add_heading("Prochaine réunion", level=1)
    book.add_paragraph(f"{NEXT} : {TO_FILL}")
    return content_of(book)


def _participants(
    book: DocumentObject, meeting: Meeting, answers: Sequence[tuple[str, str]]
) -> None:
    book.add_heading("Participants", level=1)
    book.add_paragraph("Des rôles et des organisations, aucun nom d’usager.")
    roles = [
        (participant.role, str(participant.nombre), "") for participant in meeting.participants
    ]
    # Who is excused counts for nobody when the table is read back.
    members = [(name, str(int(answer != ANSWERS[EXCUSED])), answer) for name, answer in answers]
    blank = [(TO_FILL,) * 3] * _BLANK_ROWS
    add_table(book, (WHO, HOW_MANY, "Réponse reçue"), [*roles, *members, *blank])


def _visits(book: DocumentObject, meeting: Meeting) -> None:
    """Add the visits of services that the meeting knows of, and room for others."""
    book.add_heading("Visites de services", level=1)
    known = [(one.service, long_date(one.date), VISITS[one.etat]) for one in meeting.visites]
    add_table(book, (VISITED, VISITED_ON, VISIT), [*known, *[(TO_FILL,) * 3] * _BLANK_VISITS])


def _agreements(book: DocumentObject, agreements: Sequence[FollowUp]) -> None:
    """Add the agreements of earlier meetings with their state, and room for new ones."""
    book.add_heading("Accords des réunions précédentes", level=1)
    add_table(
        book,
        ("Accord", "Responsable", "État", "Constat"),
        [
            (f.agreement.accord, f.agreement.responsable, STATES[f.state], evidence(f))
            for f in agreements
        ],
    )
    book.add_heading("Nouveaux accords", level=1)
    add_table(book, (AGREED, OWNER, DUE, MEASURE), [(TO_FILL,) * 4] * _BLANK_ROWS)
