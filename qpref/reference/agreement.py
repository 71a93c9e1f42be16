"""What a meeting agreed on, and how one will know that it is done."""

from typing import Annotated, Literal

from pydantic import Field

from qpref.reference.models import Certainty, Day, Slug, Source, Typed


class Answers(Typed):
    """Proof by the data: enough answers at a site in a campaign."""

    type: Literal["reponses"] = Field(
        description="reponses : assez de réponses à un site, pendant une campagne.",
        examples=["reponses"],
    )
    site: Slug = Field(description="Le site.", examples=["evreux"])
    campagne: Slug = Field(description="La campagne.", examples=["2026-11"])
    minimum: int = Field(ge=1, description="Nombre de réponses à atteindre.", examples=[200])


class Sent(Typed):
    """Proof by the pack: the documents of each later meeting went out in time."""

    type: Literal["envoi"] = Field(
        description="envoi : les documents des réunions suivantes sont partis à temps.",
        examples=["envoi"],
    )


class Yearly(Typed):
    """Proof by the calendar: no more than a year between two meetings."""

    type: Literal["reunion_annuelle"] = Field(
        description="reunion_annuelle : pas plus d’un an entre deux réunions.",
        examples=["reunion_annuelle"],
    )


class Visits(Typed):
    """Proof by the visits written in the meeting files."""

    type: Literal["visites"] = Field(
        description="visites : visites de services écrites dans les fichiers des réunions.",
        examples=["visites"],
    )
    minimum: int = Field(ge=1, description="Nombre de visites à atteindre.", examples=[2])


class Addresses(Typed):
    """Proof by the members' file: those who agreed to share their address."""

    type: Literal["adresses"] = Field(
        description="adresses : membres qui acceptent que les autres aient leur adresse.",
        examples=["adresses"],
    )


class Declared(Typed):
    """Proof by word: the day when it was done, and how it is known."""

    type: Literal["declare"] = Field(
        description="declare : quelqu’un dit que c’est fait.", examples=["declare"]
    )
    fait_le: Day | None = Field(
        default=None,
        description="Jour où ce fut fait ; sans lui, ce ne l’est pas.",
        examples=["2026-05-04"],
    )
    source: str | None = Field(
        default=None,
        description="Comment on le sait.",
        examples=["Page d’accueil du site internet"],
    )


Proof = Annotated[
    Answers | Sent | Yearly | Visits | Addresses | Declared, Field(discriminator="type")
]


class Agreement(Typed):
    """What a meeting agreed on, who answers for it (a role), and how one will know."""

    id: Slug = Field(
        description="Nom court de l’accord, à lui seul dans toutes les réunions.",
        examples=["200-reponses"],
    )
    accord: str = Field(
        description="Ce qui a été convenu, en une phrase.",
        examples=["Interroger au moins 200 usagers"],
    )
    responsable: str = Field(
        description="Fonction qui en répond ; jamais un nom.", examples=["référent qualité"]
    )
    echeance: Day | None = Field(
        default=None, description="Jour où ce doit être fait.", examples=["2026-12-31"]
    )
    certitude: Certainty
    source: Source
    preuve: Proof = Field(
        description="Comment on saura que c’est fait.", examples=["{type: envoi}"]
    )
