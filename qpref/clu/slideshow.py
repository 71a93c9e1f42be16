"""Slide show of a meeting: agenda, agreements, results of each site, questions."""

from datetime import date, datetime, time

from qpref.clu import facts
from qpref.clu.documents import Occasion
from qpref.clu.invitation import Attachment
from qpref.display import agenda
from qpref.display.agenda import clock
from qpref.display.section import Section
from qpref.slides.deck import Deck, Slide
from qpref.slides.file import to_pptx
from qpref.slides.results import Results
from qpref.slides.theme import Template
from qpref.store import Store
from qpref.wording.french import enumeration, long_date

NAME, TITLE = "diaporama", "Diaporama de la réunion"
_PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def editable(deck: Deck, template: Template, day: date) -> Attachment:
    """
    Return the slide show that people edit.

    Parameters
    ----------
    deck
        Of `deck_of`.
    template
        Of `open_template`.
    day
        Of the preparation: not its hour, or the archive would see a change.
    """
    content = to_pptx(deck, template, datetime.combine(day, time()))
    return Attachment(f"{NAME}.pptx", content, _PPTX)


def results_of(occasion: Occasion) -> Results | None:
    """Return the results of the meeting's campaign, None when nothing of it is imported."""
    meeting = occasion.meeting
    if not meeting.campagne or not Store(occasion.project).imports(meeting.campagne):
        return None
    return Results(occasion.project, occasion.reference, meeting.campagne, meeting.sites)


def deck_of(occasion: Occasion, results: Results | None) -> Deck:
    """Return what the slides say, before any format; `results` of the campaign, of `results_of`."""
    meeting, reference = occasion.meeting, occasion.reference
    is_invented = meeting.fictif or occasion.members.fictif
    places = enumeration([reference.site(name).nom_court for name in meeting.sites])
    return Deck(
        f"Comité local des usagers, {long_date(meeting.date)}",
        f"{clock(meeting.heure)}, {meeting.lieu}. Sites : {places}.",
        is_invented or (results is not None and results.is_fictional),
        [*_first(occasion), *(results.slides() if results else []), *_asked(occasion)],
    )


def _first(occasion: Occasion) -> list[Slide]:
    """Return the agenda, and what became of the agreements, where there are some."""
    order = agenda.agenda(occasion.meeting, {})
    kept = agenda.agreements(occasion.agreements, occasion.today)
    return [_of(one) for one, own in [(order, order.tables), (kept, occasion.agreements)] if own]


def _asked(occasion: Occasion) -> list[Slide]:
    """Return the questions received, when there are some, and what the meeting has to decide."""
    meeting = occasion.meeting
    asked = [(q, facts.figures_of(occasion.project, meeting, q)) for q in meeting.questions]
    items = [item.titre for item in meeting.ordre_du_jour]
    ask = "Avant de se quitter : ce qui est décidé, par qui, pour quand"
    decisions = Slide(ask, _DECISIONS, notes=["Points de la réunion :", *items])
    return [*([_of(agenda.questions(asked))] if asked else []), decisions]


_DECISIONS = (
    "Chaque décision a un responsable, une échéance, et un moyen de savoir qu’elle est tenue.",
    "Elles seront reprises au début de la prochaine réunion.",
)


def _of(section: Section) -> Slide:
    """Return a section as a slide."""
    return Slide(section.title, section.sentences, next(iter(section.tables), None))
