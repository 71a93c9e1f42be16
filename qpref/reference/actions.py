"""The plan of improvement: actions decided after a campaign, and how each will be judged."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from qpref.reference.faults import Fault, doubles
from qpref.reference.models import Certainty, Slug, Typed


class OpinionIndicator(Typed):
    """The share of users satisfied with something."""

    nature: Literal["satisfaction"]
    question: Slug


class ContactIndicator(Typed):
    """The mystery contacts of a channel that met a criterion."""

    nature: Literal["mystere"]
    canal: Slug
    critere: Slug


class Action(Typed):
    """What was decided, for which commitment, by which role, until when, judged by what."""

    id: Slug
    site: Slug
    campagne: Slug
    libelle: str
    engagement: Slug
    pilote: str
    echeance: date
    indicateur: Annotated[OpinionIndicator | ContactIndicator, Field(discriminator="nature")]
    certitude: Certainty
    source: str


class ActionPlan(Typed):
    """All actions."""

    actions: list[Action]

    def faults(self) -> Iterator[Fault]:
        """Yield identifiers written twice."""
        yield from doubles("action", self.actions, "actions")
