"""Meetings of the committee: agenda, documents, what was agreed, what members ask.

One file a meeting, data/clu/<date>.yml; no name and no address of anyone. The members, who have
addresses, are in a file that never enters the repository (`qpref.reference.members`).
"""

from collections.abc import Iterator
from datetime import date, time
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from qpref.reference.faults import Fault, doubles
from qpref.reference.models import Certainty, Slug, Typed, YesNo

PAGE, PDF = "html", "pdf"
QUESTIONS = ".questions.yml"


def _clock(value: object) -> object:
    """YAML reads 14:30 as 870, a number of minutes in base 60."""
    if isinstance(value, int):
        return time(*divmod(value, 60)) if 0 <= value < 24 * 60 else value
    return value


class Answers(Typed):
    """Proof by the data: enough answers at a site in a campaign."""

    type: Literal["reponses"]
    site: Slug
    campagne: Slug
    minimum: int = Field(ge=1)


class Sent(Typed):
    """Proof by the pack: the documents of each later meeting went out in time."""

    type: Literal["envoi"]


class Yearly(Typed):
    """Proof by the calendar: no more than a year between two meetings."""

    type: Literal["reunion_annuelle"]


class Visits(Typed):
    """Proof by the visits written in the meeting files."""

    type: Literal["visites"]
    minimum: int = Field(ge=1)


class Addresses(Typed):
    """Proof by the members' file: those who agreed to share their address."""

    type: Literal["adresses"]


class Declared(Typed):
    """Proof by word: the day when it was done, and how it is known."""

    type: Literal["declare"]
    fait_le: date | None = None
    source: str | None = None


Proof = Annotated[
    Answers | Sent | Yearly | Visits | Addresses | Declared, Field(discriminator="type")
]


class Agreement(Typed):
    """What a meeting agreed on, who answers for it (a role), and how one will know."""

    id: Slug
    accord: str
    responsable: str
    echeance: date | None = None
    certitude: Certainty
    source: str
    preuve: Proof


class AgendaItem(Typed):
    """An item of the agenda and the reports it rests on, « evry/10_satisfaction »."""

    titre: str
    minutes: int = Field(ge=1)
    documents: tuple[str, ...] = ()


class Participant(Typed):
    """A role around the table; never a name."""

    role: str
    nombre: int = Field(default=1, ge=1)


class Visit(Typed):
    """A service that members visited."""

    date: date
    service: str


class FigureOf(Typed):
    """A figure of a report: a row of its figures file."""

    document: str
    section: Slug
    indicateur: str
    groupe: str = ""
    libelle: str | None = None  # when several rows share the rest


class MemberQuestion(Typed):
    """What a member asks before the meeting, by the group of users that they speak for."""

    recue_le: date
    de: str
    texte: str
    chiffres: tuple[FigureOf, ...] = ()


class Questions(Typed):
    """Questions received by mail, in a file that qpref writes beside the meeting's."""

    questions: tuple[MemberQuestion, ...] = ()


class Meeting(Typed):
    """
    A meeting of the committee.

    `campagne`: whose results it looks at; `documents_pdf`: reports that also go as PDF;
    `delai_envoi_jours`: days ahead for the documents; `envoye_le`: the day they went, when a person
    sent them; `taille_max_ko`: heaviest mail allowed.
    """

    heure: Annotated[time, BeforeValidator(_clock)]
    duree_minutes: int = Field(default=120, ge=1)
    lieu: str
    fictif: YesNo
    sites: tuple[Slug, ...]
    campagne: Slug | None = None
    delai_envoi_jours: int = Field(default=15, ge=1)
    delai_questions_jours: int = Field(default=5, ge=1)
    envoye_le: date | None = None
    taille_max_ko: int = Field(default=5000, ge=1)
    participants: tuple[Participant, ...] = ()
    ordre_du_jour: tuple[AgendaItem, ...] = ()
    documents_pdf: tuple[str, ...] = ()
    accords: tuple[Agreement, ...] = ()
    visites: tuple[Visit, ...] = ()
    questions: tuple[MemberQuestion, ...] = ()
    date: date

    def faults(self) -> Iterator[Fault]:
        """Yield agreements written twice, and documents that nothing asks for or dates."""
        yield from doubles("accord", self.accords, "accords")
        for rank, name in enumerate(self.documents_pdf):
            if name not in self.documents:
                told = f"« {name} » n’est pas à l’ordre du jour"
                yield Fault(("documents_pdf", rank), told, "Ajoutez-le à l’ordre du jour.")
        if self.documents and self.campagne is None:
            told = "dites de quelle campagne sont les documents"
            yield Fault(("campagne",), told, "Ajoutez « campagne ».")

    @cached_property
    def documents(self) -> tuple[str, ...]:
        """The reports of the agenda, each once, in its order."""
        return tuple(dict.fromkeys(name for item in self.ordre_du_jour for name in item.documents))
