"""The minutes of the meeting as a text document ready to be filled in."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import docx
from docx.document import Document as DocumentObject
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement

from qpref.clu.answers import ANSWERS, said
from qpref.clu.facts import headline
from qpref.display.agenda import STATES, Quote, clock, evidence, quoted
from qpref.project import Project
from qpref.quality.agreements import FollowUp
from qpref.reference.meeting import Meeting
from qpref.reference.members import Members
from qpref.wording.french import long_date

_BLANK_ROWS = 4
_FIRST = 0x20  # of the characters that XML may hold
# What the document asks for, and by which it is read back (`minutes_back`).
EXCHANGES, DECISIONS, NEXT = "Échanges", "Décisions", "Date et lieu"
WHO, HOW_MANY = "Rôle ou organisation", "Nombre"
AGREED, OWNER, DUE = "Accord", "Responsable (rôle)", "Échéance"
MEASURE = "Comment saura-t-on qu’il est tenu ?"
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
    book = docx.Document()
    _in_french(book)
    title = f"Compte rendu du comité local des usagers, {long_date(meeting.date)}"
    _properties(book, title, now)
    book.add_heading(title, level=0)
    if meeting.fictif:
        book.add_paragraph("Données fictives : ce modèle montre l’outil.")
    book.add_paragraph(_legal(f"{clock(meeting.heure)}, {meeting.lieu}."))
    _participants(book, meeting, known.answers)
    for item in meeting.ordre_du_jour:
        book.add_heading(_legal(item.titre), level=1)
        for name in item.documents:
            if name in known.quotes:
                book.add_paragraph(_legal(quoted(known.quotes[name])), style="List Bullet")
        for label in (EXCHANGES, DECISIONS):
            book.add_paragraph(f"{label} : {TO_FILL}")
    _agreements(book, agreements)
    book.add_heading("Prochaine réunion", level=1)
    book.add_paragraph(f"{NEXT} : {TO_FILL}")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _properties(book: DocumentObject, title: str, now: datetime) -> None:
    book.core_properties.title = title
    book.core_properties.author = ""
    book.core_properties.created = book.core_properties.modified = now.replace(tzinfo=None)


def _participants(
    book: DocumentObject, meeting: Meeting, answers: Sequence[tuple[str, str]]
) -> None:
    book.add_heading("Participants", level=1)
    book.add_paragraph("Des rôles et des organisations, aucun nom d’usager.")
    roles = [
        (participant.role, str(participant.nombre), "") for participant in meeting.participants
    ]
    said = [(name, "1", answer) for name, answer in answers]
    blank = [(TO_FILL,) * 3] * _BLANK_ROWS
    _table(book, (WHO, HOW_MANY, "Réponse reçue"), [*roles, *said, *blank])


def _agreements(book: DocumentObject, agreements: Sequence[FollowUp]) -> None:
    """Add the agreements of earlier meetings with their state, and room for new ones."""
    book.add_heading("Accords des réunions précédentes", level=1)
    _table(
        book,
        ("Accord", "Responsable", "État", "Constat"),
        [
            (f.agreement.accord, f.agreement.responsable, STATES[f.state], evidence(f))
            for f in agreements
        ],
    )
    book.add_heading("Nouveaux accords", level=1)
    _table(
        book,
        (AGREED, OWNER, DUE, MEASURE),
        [(TO_FILL,) * 4] * _BLANK_ROWS,
    )


def _table(book: DocumentObject, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Add a table whose first row is repeated on each page, and read as headings."""
    table = book.add_table(rows=1, cols=len(headings), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, headings, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - the library has no name for it
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = _legal(text)


def _legal(text: str) -> str:
    """Return a text without the characters that no XML document may hold."""
    return "".join(char for char in text if char in "\n\t" or ord(char) >= _FIRST)


def _in_french(book: DocumentObject) -> None:
    """Say that the text is French: spelling and screen readers follow it."""
    defaults = book.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}/{qn('w:lang')}")
    defaults.set(qn("w:val"), "fr-FR")
