"""Meetings of the committee: agenda, documents, what was agreed, what members ask.

One file a meeting, data/clu/<date>.yml; no name and no address of anyone. The members, who have
addresses, are in a file that never enters the repository (`qpref.reference.members`).
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from qpref.reference.agreement import Agreement
from qpref.reference.faults import Fault, doubles
from qpref.reference.models import Clock, Day, Slug, Typed, YesNo, choices

PAGE, PDF = "html", "pdf"
QUESTIONS, MINUTES = ".questions.yml", ".compte-rendu.yml"


class AgendaItem(Typed):
    """An item of the agenda and the reports it rests on, « cahors/10_satisfaction »."""

    titre: str = Field(description="Titre du point.", examples=["Résultats de l’enquête"])
    minutes: int = Field(ge=1, description="Sa durée, en minutes.", examples=[30])
    permanent: YesNo = Field(
        default=False,
        description="oui si le point revient à chaque réunion.",
        examples=["non"],
    )
    documents: tuple[str, ...] = Field(
        default=(),
        description="Rapports sur lesquels il repose : site/notebook.",
        examples=["[evreux/10_satisfaction]"],
    )


class Participant(Typed):
    """A role around the table; never a name."""

    role: str = Field(
        description="Fonction autour de la table ; jamais un nom.",
        examples=["associations d’usagers"],
    )
    nombre: int = Field(default=1, ge=1, description="Combien de personnes.", examples=[2])


PLANNED, HELD, REPORTED = "prevue", "faite", "rapportee"
VISITS = {PLANNED: "prévue", HELD: "faite", REPORTED: "faite, et racontée au comité"}


class Visit(Typed):
    """A service that members visited, or are to visit."""

    date: Annotated[Day, Field(description="Jour de la visite.", examples=["2026-04-21"])]
    service: str = Field(description="Service visité.", examples=["Guichet des étrangers"])
    etat: Literal[tuple(VISITS)] = Field(  # type: ignore[valid-type]
        default=HELD, description="Où en est la visite.", json_schema_extra=choices(VISITS)
    )


class FigureOf(Typed):
    """A figure of a report: a row of its figures file."""

    document: str = Field(
        description="Rapport du chiffre : site/notebook.", examples=["evreux/10_satisfaction"]
    )
    section: Slug = Field(
        description="Sa section, première colonne du fichier des chiffres.",
        examples=["satisfaction_globale"],
    )
    indicateur: str = Field(
        description="Son indicateur, dans le fichier des chiffres.", examples=["usagers satisfaits"]
    )
    groupe: str = Field(
        default="", description="Son groupe, dans le fichier des chiffres.", examples=["Retraités"]
    )
    libelle: str | None = Field(
        default=None,
        description="Son libellé, quand plusieurs lignes ont le reste en commun.",
        examples=["Temps d’attente"],
    )


class MemberQuestion(Typed):
    """What a member asks before the meeting, by the group of users that they speak for."""

    recue_le: Day = Field(description="Jour où la question est arrivée.", examples=["2026-03-02"])
    de: str = Field(
        description="Groupe d’usagers pour lequel parle le membre ; jamais un nom.",
        examples=["associations d’usagers"],
    )
    sujet: str = Field(
        default="",
        description="De quoi elle parle : les questions d’un sujet sont mises ensemble.",
        examples=["Temps d’attente"],
    )
    texte: str = Field(description="La question.", examples=["Quand le guichet rouvrira-t-il ?"])
    chiffres: tuple[FigureOf, ...] = Field(
        default=(), description="Chiffres des rapports qui y répondent."
    )


class Questions(Typed):
    """Questions received by mail, in a file that qpref writes beside the meeting's."""

    questions: tuple[MemberQuestion, ...] = Field(
        default=(),
        description="Questions reçues par courriel avant la réunion ; qpref écrit ce fichier.",
    )


class Exchange(Typed):
    """What was said, and decided, on an item of the agenda."""

    titre: str = Field(description="Titre du point.", examples=["Résultats de l’enquête"])
    echanges: str = Field(default="", description="Ce qui s’est dit, sans nom.")
    decisions: str = Field(default="", description="Ce qui a été décidé.")


class Minutes(Typed):
    """What the filled-in minutes of a meeting say, in a file that qpref writes beside it."""

    participants: tuple[Participant, ...] = Field(
        default=(), description="Qui était là, d’après le compte rendu."
    )
    points: tuple[Exchange, ...] = Field(
        default=(), description="Échanges et décisions, par point."
    )
    accords: tuple[Agreement, ...] = Field(default=(), description="Ce dont on est convenu.")
    visites: tuple[Visit, ...] = Field(
        default=(), description="Visites de services, d’après le compte rendu."
    )
    prochaine: Day | None = Field(
        default=None, description="Jour de la réunion suivante.", examples=["2027-09-14"]
    )
    a_voir: tuple[str, ...] = Field(
        default=(), description="Lignes du compte rendu qui n’ont pas été comprises."
    )


class Meeting(Typed):
    """
    A meeting of the committee.

    `campagne`: whose results it looks at; `documents_pdf`: reports that go as PDF, by default all;
    `delai_envoi_jours`: days ahead for the documents; `envoye_le`: the day they went, when a person
    sent them; `taille_max_ko`: heaviest mail allowed.
    """

    heure: Clock = Field(description="Heure de la réunion.", examples=["14:30"])
    duree_minutes: int = Field(
        default=120, ge=1, description="Sa durée, en minutes.", examples=[120]
    )
    lieu: str = Field(description="Où elle se tient.", examples=["Salle du conseil"])
    comite: Slug | None = Field(
        default=None,
        description=(
            "Comité qui se réunit, quand le projet en a plusieurs : le fichier s’appelle alors "
            "AAAA-MM-JJ-comite.yml."
        ),
        examples=["eure"],
    )
    deplacee_du: tuple[Day, ...] = Field(
        default=(),
        description=(
            "Jours où elle devait se tenir, le premier d’abord : les agendas la reconnaissent."
        ),
        examples=["[2027-03-02]"],
    )
    annulee: YesNo = Field(
        default=False, description="oui si elle n’aura pas lieu.", examples=["non"]
    )
    fictif: YesNo = Field(
        description="oui si la réunion est inventée, comme celle de l’exemple.", examples=["non"]
    )
    sites: tuple[Slug, ...] = Field(
        description="Sites dont elle parle.", examples=["[evreux, bernay]"]
    )
    campagne: Slug | None = Field(
        default=None, description="Campagne dont elle regarde les résultats.", examples=["2026-11"]
    )
    delai_envoi_jours: int = Field(
        default=15,
        ge=1,
        description="Jours entre l’envoi des documents et la réunion.",
        examples=[15],
    )
    delai_questions_jours: int = Field(
        default=5,
        ge=1,
        description="Jours entre la dernière question acceptée et la réunion.",
        examples=[5],
    )
    envoye_le: Day | None = Field(
        default=None,
        description="Jour où quelqu’un a envoyé les documents, si ce n’est pas qpref.",
        examples=["2026-03-01"],
    )
    lettres_le: tuple[Day, ...] = Field(
        default=(),
        description=(
            "Jours où les lettres des membres sans courriel ont été postées, le premier d’abord."
        ),
        examples=["[2026-03-01]"],
    )
    quorum: int | None = Field(
        default=None,
        ge=1,
        description=(
            "Membres présents ou représentés sans lesquels le comité ne se réunit pas ; rien, "
            "s’il n’a pas cette règle."
        ),
        examples=[6],
    )
    taille_max_ko: int = Field(
        default=5000,
        ge=1,
        description="Poids le plus lourd d’un courriel, en kilooctets.",
        examples=[5000],
    )
    participants: tuple[Participant, ...] = Field(
        default=(), description="Qui est autour de la table."
    )
    ordre_du_jour: tuple[AgendaItem, ...] = Field(
        default=(), description="Les points de la réunion, dans l’ordre."
    )
    documents_pdf: tuple[str, ...] | None = Field(
        default=None,
        description="Rapports de l’ordre du jour qui partent en PDF ; sans cette clé, tous.",
        examples=["[evreux/10_satisfaction]"],
    )
    accords: tuple[Agreement, ...] = Field(default=(), description="Ce dont on est convenu.")
    visites: tuple[Visit, ...] = Field(
        default=(), description="Services visités par les membres depuis la réunion précédente."
    )
    questions: tuple[MemberQuestion, ...] = Field(
        default=(), description="Questions des membres, écrites à la main."
    )
    date: Annotated[
        Day,
        Field(description="Jour de la réunion : celui du nom du fichier.", examples=["2027-03-16"]),
    ]

    def faults(self) -> Iterator[Fault]:
        """Yield agreements written twice, and documents that nothing asks for or dates."""
        yield from doubles("accord", self.accords, "accords")
        for rank, name in enumerate(self.documents_pdf or ()):
            if name not in self.documents:
                told = f"« {name} » n’est pas à l’ordre du jour"
                yield Fault(("documents_pdf", rank), told, "Ajoutez-le à l’ordre du jour.")
        if self.documents and self.campagne is None:
            told = "dites de quelle campagne sont les documents"
            yield Fault(("campagne",), told, "Ajoutez « campagne ».")

    @property
    def name(self) -> str:
        """The name of its file: its day, and its committee when there are several."""
        return "-".join(filter(None, (self.date.isoformat(), self.comite)))

    @property
    def first_name(self) -> str:
        """The name that it had before it moved to another day, by which calendars know it."""
        first = (*self.deplacee_du, self.date)[0]
        return "-".join(filter(None, (first.isoformat(), self.comite)))

    @cached_property
    def documents(self) -> tuple[str, ...]:
        """The reports of the agenda, each once, in its order."""
        return tuple(dict.fromkeys(name for item in self.ordre_du_jour for name in item.documents))

    @property
    def printed(self) -> tuple[str, ...]:
        """The reports that go as PDF."""
        return self.documents if self.documents_pdf is None else self.documents_pdf
