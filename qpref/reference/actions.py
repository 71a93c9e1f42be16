"""The plan of improvement: actions decided after a campaign, and how each will be judged."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from qpref.reference.faults import Fault, doubles
from qpref.reference.models import Certainty, Day, Slug, Source, Typed


class OpinionIndicator(Typed):
    """The share of users satisfied with something."""

    nature: Literal["satisfaction"] = Field(
        description="satisfaction : part de réponses favorables à une question d’opinion.",
        examples=["satisfaction"],
    )
    question: Slug = Field(description="La question d’opinion.", examples=["attente"])


class ContactIndicator(Typed):
    """The mystery contacts of a channel that met a criterion."""

    nature: Literal["mystere"] = Field(
        description="mystere : contacts mystères qui respectent un critère.", examples=["mystere"]
    )
    canal: Slug = Field(description="Canal de l’enquête mystère.", examples=["standard"])
    critere: Slug = Field(
        description="Critère de la grille, vérifié sur ce canal.", examples=["courtoisie"]
    )


class Action(Typed):
    """What was decided, for which commitment, by which role, until when, judged by what."""

    id: Slug = Field(description="Nom court de l’action.", examples=["rendez-vous"])
    site: Slug = Field(description="Site de l’action.", examples=["evreux"])
    campagne: Slug = Field(
        description="Campagne dont les résultats ont motivé l’action.", examples=["2025-11"]
    )
    libelle: str = Field(
        description="L’action, en une phrase.",
        examples=["Recevoir sur rendez-vous aux guichets les plus attendus"],
    )
    engagement: Slug = Field(
        description="Engagement du référentiel que l’action sert.", examples=["m1_accueil"]
    )
    pilote: str = Field(
        description="Fonction qui la mène ; jamais un nom.", examples=["responsable de l’accueil"]
    )
    echeance: Day = Field(description="Jour où elle doit être faite.", examples=["2026-06-30"])
    indicateur: Annotated[OpinionIndicator | ContactIndicator, Field(discriminator="nature")] = (
        Field(
            description="Mesure qui dira si l’action a servi.",
            examples=["{nature: satisfaction, question: attente}"],
        )
    )
    certitude: Certainty
    source: Source


class ActionPlan(Typed):
    """All actions."""

    actions: list[Action] = Field(description="Les actions décidées.")

    def faults(self) -> Iterator[Fault]:
        """Yield identifiers written twice."""
        yield from doubles("action", self.actions, "actions")
