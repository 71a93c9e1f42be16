"""Meetings of the committee: agenda, documents, what was agreed, what members ask.

One file a meeting, data/clu/<date>.yml; no name and no address of anyone. The members, who have
addresses, are in a file that never enters the repository (`qpref.reference.members`).
"""

from datetime import date, time
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from qpref.errors import MissingDataError, ReferenceFileError
from qpref.reference.loading import check_known, parse, read_yaml
from qpref.reference.models import Certainty, Slug, Typed, YesNo, unique

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
    """An item of the agenda and the reports it rests on, « cahors/10_satisfaction »."""

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

    @model_validator(mode="after")
    def _check(self) -> Self:
        unique("accord", [agreement.id for agreement in self.accords])
        for name in self.documents_pdf:
            if name not in self.documents:
                raise ValueError(f"documents_pdf : « {name} » n’est pas à l’ordre du jour")
        if self.documents and self.campagne is None:
            raise ValueError("campagne : dites de quelle campagne sont les documents")
        return self

    @cached_property
    def documents(self) -> tuple[str, ...]:
        """The reports of the agenda, each once, in its order."""
        return tuple(dict.fromkeys(name for item in self.ordre_du_jour for name in item.documents))


def load_meetings(folder: Path, sites: list[str], campaigns: list[str]) -> list[Meeting]:
    """
    Return the meetings of a folder, in order of date, each with the questions received by mail.

    Parameters
    ----------
    folder
        Usually data/clu.
    sites, campaigns
        Known names, that a meeting may point to.

    Raises
    ------
    ReferenceFileError
        If a file is wrong; the message names file, key and remedy.
    """
    found = []
    for path in sorted(folder.glob("[0-9]*.yml")):
        if path.name.endswith(QUESTIONS):
            continue
        meeting = parse(Meeting, read_yaml(path), path)
        _check_links(meeting, path, sites, campaigns)
        mailed = path.with_name(path.stem + QUESTIONS)
        if mailed.exists():
            more = parse(Questions, read_yaml(mailed), mailed).questions
            meeting = meeting.model_copy(update={"questions": (*meeting.questions, *more)})
        found.append(meeting)
    names = [agreement.id for meeting in found for agreement in meeting.accords]
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise ReferenceFileError(
            f"« {folder} » : l’accord « {double[0]} » est écrit dans deux réunions.",
            "Un accord s’écrit une fois, dans la réunion qui l’a pris ; donnez-lui un autre id.",
        )
    return found


def meeting_of(meetings: list[Meeting], name: str) -> Meeting:
    """
    Return the meeting of a day, or the only one of a month (« 2021-03 »).

    Raises
    ------
    MissingDataError
        If there is none, or several.
    """
    found = [meeting for meeting in meetings if meeting.date.isoformat().startswith(name)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(meeting.date.isoformat() for meeting in meetings) or "aucune"
    raise MissingDataError(
        f"{'Plusieurs réunions' if found else 'Aucune réunion'} pour « {name} ». "
        f"Réunions connues : {known}.",
        "Donnez sa date, ou écrivez data/clu/AAAA-MM-JJ.yml ; le guide en donne la forme.",
    )


def _check_links(meeting: Meeting, path: Path, sites: list[str], campaigns: list[str]) -> None:
    if path.stem != meeting.date.isoformat():
        raise ReferenceFileError(
            f"« {path} » : date : {meeting.date} n’est pas celle du nom du fichier.",
            "Renommez le fichier, ou corrigez la date.",
        )
    for site in meeting.sites:
        check_known(path, "sites", site, sites)
    if meeting.campagne:
        check_known(path, "campagne", meeting.campagne, campaigns)
    for agreement in meeting.accords:
        if isinstance(agreement.preuve, Answers):
            place = f"accord {agreement.id}"
            check_known(path, f"{place} › site", agreement.preuve.site, sites)
            check_known(path, f"{place} › campagne", agreement.preuve.campagne, campaigns)
