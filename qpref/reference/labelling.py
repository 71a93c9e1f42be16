"""Where each commitment stands on the way to the label, as the quality unit writes it down."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from qpref.reference.models import Certainty, Slug, Typed

STEP_STATES = ("a_faire", "en_cours", "prouve", "verifie", "hors_perimetre")
DONE = ("prouve", "verifie")
AUDITS = {"interne": "Audit interne", "externe": "Audit du label", "suivi": "Audit de suivi"}


class Deadline(Typed):
    """The day before which the label is due."""

    valeur: date
    certitude: Certainty
    source: str
    note: str | None = None


class Step(Typed):
    """
    What became of a commitment at a site on a day.

    `module` stands for a commitment where none of the module was read. `preuve`, `pilote` (a role,
    never a name) and `echeance` stay true until a later step changes them.
    """

    site: Slug
    module: int | None = None
    engagement: Slug | None = None
    etat: Literal[STEP_STATES]  # type: ignore[valid-type]
    preuve: str | None = None
    pilote: str | None = None
    echeance: date | None = None
    date: date

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.module is None) == (self.engagement is None):
            raise ValueError("donnez un engagement, ou un module dont aucun engagement n’a été lu")
        if self.etat in DONE and not self.preuve:
            raise ValueError(f"état « {self.etat} » sans preuve")
        return self

    @property
    def unit(self) -> str:
        """What the step is about."""
        return self.engagement or f"module-{self.module}"


class Audit(Typed):
    """An audit, done or planned."""

    site: Slug
    nature: Literal["interne", "externe", "suivi"]
    date: date
    etat: Literal["prevu", "realise"]
    ecarts: Annotated[int, Field(ge=0)] | None = None


class Delay(Typed):
    """What could put the work off, and for how long."""

    libelle: str
    semaines: Annotated[int, Field(ge=1, le=104)]


class Labelling(Typed):
    """The way to the label of all sites."""

    label_avant: Deadline
    certitude: Certainty
    source: str
    suivi: list[Step]
    audits: tuple[Audit, ...] = ()
    retards: tuple[Delay, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        seen = set()
        for step in self.suivi:
            key = (step.site, step.unit, step.date)
            if key in seen:
                raise ValueError(f"suivi : {step.site}, {step.unit}, {step.date} écrit deux fois")
            seen.add(key)
        return self

    def steps_of(self, site: str) -> list[Step]:
        """Return the steps of a site, in order of time."""
        return sorted((step for step in self.suivi if step.site == site), key=lambda s: s.date)
