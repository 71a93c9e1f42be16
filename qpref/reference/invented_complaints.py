"""What the example says of its register of complaints."""

from typing import Annotated, Literal

from pydantic import Field

from qpref.reference.models import Slug, Typed, choices
from qpref.reference.monthly import MonthSpan


class InventedComplaint(Typed):
    """A complaint that is written more than once."""

    sujet: Slug = Field(description="Son sujet, dans sujets.yml.", examples=["attente"])
    nature: Literal["reclamation", "suggestion"] = Field(
        default="reclamation",
        description="Ce qu’elle est.",
        json_schema_extra=choices({"reclamation": "une réclamation", "suggestion": "une idée"}),
    )
    service: str = Field(default="", description="Le service.", examples=["Accueil"])
    texte: str = Field(description="Ce qui est écrit.", examples=["Trop d’attente."])
    suite: str = Field(default="", description="Ce qui a été répondu.", examples=["Excuses."])
    changement: str = Field(
        default="", description="Ce qui a changé, parfois.", examples=["Un guichet de plus."]
    )


class InventedComplaints(MonthSpan):
    """The register of complaints received with a campaign."""

    campagne: Slug = Field(description="Campagne avec laquelle il est reçu.", examples=["2026-11"])
    nombres: dict[Slug, int] = Field(
        description="Nombre de réclamations et suggestions, par site.", examples=["{evreux: 30}"]
    )
    canaux: dict[Slug, float] = Field(
        default_factory=dict,
        description="Poids de chaque canal de reclamations.yml.",
        examples=["{courrier: 2, fiche: 5}"],
    )
    jours: float = Field(
        default=12, ge=0, description="Délai moyen de réponse, en jours.", examples=[12]
    )
    sans_reponse: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.1, description="Part de celles qui restent sans réponse.", examples=[0.1]
    )
    exemples: list[InventedComplaint] = Field(
        min_length=1, description="Ce que l’on y écrit.", examples=["[]"]
    )
