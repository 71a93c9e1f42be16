"""The minutes of the meeting as a text document ready to be filled in."""

import io
from collections.abc import Sequence
from datetime import datetime

import docx
from docx.document import Document as DocumentObject
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement

from qpref.display.agenda import STATES, clock, evidence
from qpref.quality.agreements import FollowUp
from qpref.reference.meeting import Meeting
from qpref.wording.french import long_date

_BLANK_ROWS = 4
_TO_FILL = "…"


def minutes(meeting: Meeting, agreements: Sequence[FollowUp], now: datetime) -> bytes:
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
    """
    book = docx.Document()
    _in_french(book)
    title = f"Compte rendu du comité local des usagers, {long_date(meeting.date)}"
    _properties(book, title, now)
    book.add_heading(title, level=0)
    if meeting.fictif:
        book.add_paragraph("Données fictives : ce modèle montre l’outil.")
    book.add_paragraph(f"{clock(meeting.heure)}, {meeting.lieu}.")
    _participants(book, meeting)
    for item in meeting.ordre_du_jour:
        book.add_heading(item.titre, level=1)
        for label in ("Échanges", "Décisions"):
            book.add_paragraph(f"{label} : {_TO_FILL}")
    _agreements(book, agreements)
    book.add_heading("Prochaine réunion", level=1)
    book.add_paragraph(f"Date et lieu : {_TO_FILL}")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _properties(book: DocumentObject, title: str, now: datetime) -> None:
    book.core_properties.title = title
    book.core_properties.author = ""
    book.core_properties.created = book.core_properties.modified = now.replace(tzinfo=None)


def _participants(book: DocumentObject, meeting: Meeting) -> None:
    book.add_heading("Participants", level=1)
    book.add_paragraph("Des rôles et des organisations, aucun nom d’usager.")
    roles = [(participant.role, str(participant.nombre)) for participant in meeting.participants]
    blank = [(_TO_FILL, _TO_FILL)] * _BLANK_ROWS
    _table(book, ("Rôle ou organisation", "Nombre"), [*roles, *blank])


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
        ("Accord", "Responsable (rôle)", "Échéance", "Comment saura-t-on qu’il est tenu ?"),
        [(_TO_FILL,) * 4] * _BLANK_ROWS,
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
            cell.text = text


def _in_french(book: DocumentObject) -> None:
    """Say that the text is French: spelling and screen readers follow it."""
    defaults = book.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}/{qn('w:lang')}")
    defaults.set(qn("w:val"), "fr-FR")
