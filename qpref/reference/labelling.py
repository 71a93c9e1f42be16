"""Where each commitment stands on the way to the label, as the quality unit writes it down."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from qpref.reference.faults import Fault
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

    def faults(self) -> Iterator[Fault]:
        """Yield what a step does not say."""
        if (self.module is None) == (self.engagement is None):
            yield Fault(
                (), "donnez un engagement, ou un module dont aucun engagement n’a été lu",
                "Gardez une des deux clés, « engagement » ou « module ».",
            )  # fmt: skip
        if self.etat in DONE and not self.preuve:
            yield Fault(("etat",), f"état « {self.etat} » sans preuve", "Ajoutez « preuve ».")

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

    def faults(self) -> Iterator[Fault]:
        """Yield two steps of a day."""
        seen = set()
        for rank, step in enumerate(self.suivi):
            key = (step.site, step.unit, step.date)
            if key in seen:
                told = f"{step.site}, {step.unit}, {step.date} écrit deux fois"
                yield Fault(("suivi", rank), told, "Gardez une des deux lignes.")
            seen.add(key)

    def steps_of(self, site: str) -> list[Step]:
        """Return the steps of a site, in order of time."""
        return sorted((step for step in self.suivi if step.site == site), key=lambda s: s.date)
