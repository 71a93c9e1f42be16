"""Where each commitment stands on the way to the label, as the quality unit writes it down."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from qpref.reference.faults import Fault
from qpref.reference.models import Certainty, Day, Slug, Source, Typed, choices

STEP_STATES = ("a_faire", "en_cours", "prouve", "verifie", "hors_perimetre")
DONE = ("prouve", "verifie")
AUDITS = {"interne": "Audit interne", "externe": "Audit du label", "suivi": "Audit de suivi"}


class Deadline(Typed):
    """The day before which the label is due."""

    valeur: Day = Field(
        description="Jour avant lequel le label est attendu.", examples=["2027-09-30"]
    )
    certitude: Certainty
    source: Source
    note: str | None = Field(
        default=None, description="Précision sur cette date.", examples=["avant la fin de l’été"]
    )


class Step(Typed):
    """
    What became of a commitment at a site on a day.

    `module` stands for a commitment where none of the module was read. `preuve`, `pilote` (a role,
    never a name) and `echeance` stay true until a later step changes them.
    """

    site: Slug = Field(description="Site dont l’engagement change d’état.", examples=["evreux"])
    module: int | None = Field(
        default=None,
        description="À la place d’« engagement », pour un module dont aucun engagement n’a été lu.",
        examples=[2],
    )
    engagement: Slug | None = Field(
        default=None, description="Engagement qui change d’état.", examples=["m1_accueil"]
    )
    etat: Literal[STEP_STATES] = Field(  # type: ignore[valid-type]
        description="État de l’engagement à partir de ce jour.",
        json_schema_extra=choices(
            {
                "a_faire": "pas commencé",
                "en_cours": "commencé",
                "prouve": "preuve réunie",
                "verifie": "preuve relue en audit interne",
                "hors_perimetre": "part du module non tenue",
            }
        ),
    )
    preuve: str | None = Field(
        default=None,
        description="Document qui prouve que l’engagement est tenu.",
        examples=["Tableau de mise à jour des pages"],
    )
    pilote: str | None = Field(
        default=None,
        description="Fonction qui en répond ; jamais un nom.",
        examples=["responsable de l’accueil"],
    )
    echeance: Day | None = Field(
        default=None, description="Jour où il doit être prouvé.", examples=["2027-03-01"]
    )
    date: Annotated[Day, Field(description="Jour de ce changement.", examples=["2026-09-15"])]

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

    site: Slug = Field(description="Site de l’audit.", examples=["evreux"])
    nature: Literal["interne", "externe", "suivi"] = Field(
        description="Nature de l’audit.",
        json_schema_extra=choices(
            {
                "interne": "audit interne",
                "externe": "audit du label, par l’organisme certificateur",
                "suivi": "audit de suivi, après le label",
            }
        ),
    )
    date: Annotated[Day, Field(description="Jour de l’audit.", examples=["2027-05-16"])]
    etat: Literal["prevu", "realise"] = Field(
        description="Si l’audit est prévu ou fait.",
        json_schema_extra=choices({"prevu": "prévu", "realise": "fait"}),
    )
    ecarts: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="Nombre d’écarts relevés.", examples=[3]
    )


class Delay(Typed):
    """What could put the work off, and for how long."""

    libelle: str = Field(
        description="Ce qui peut retarder le travail.", examples=["Déménagement de l’accueil"]
    )
    semaines: Annotated[int, Field(ge=1, le=104)] = Field(
        description="Retard, en semaines.", examples=[8]
    )


class Labelling(Typed):
    """The way to the label of all sites."""

    label_avant: Deadline = Field(
        description="Jour avant lequel le label est attendu.",
        examples=['{valeur: 2027-09-30, certitude: vu, source: "Compte rendu du 3 mars"}'],
    )
    certitude: Certainty
    source: Source
    suivi: list[Step] = Field(
        description=(
            "Une ligne chaque fois qu’un engagement change d’état ; ce qu’elle dit reste "
            "vrai jusqu’à la suivante."
        )
    )
    audits: tuple[Audit, ...] = Field(default=(), description="Audits faits et prévus.")
    retards: tuple[Delay, ...] = Field(
        default=(), description="Ce qui peut repousser tout le travail restant."
    )

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
