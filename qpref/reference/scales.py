"""Scales: the answers that a closed question allows, and how ticked boxes are read."""

from collections.abc import Iterator
from functools import cached_property

from pydantic import Field

from qpref.reference.faults import Fault, doubles
from qpref.reference.models import Modality, Typed, YesNo
from qpref.schema import STATES

FAVOURABLE = "réponses favorables"
_SIDES: dict[bool | None, int] = {True: 0, None: 1, False: 2}


class Scale(Typed):
    """
    The answers a closed question allows, in order when `ordonnee`.

    `favorables` says in a report who chose a favourable level: « usagers satisfaits ».
    """

    ordonnee: YesNo = Field(
        description="oui si les réponses vont d’un bout à l’autre d’une échelle.", examples=["oui"]
    )
    modalites: list[Modality] = Field(description="Les réponses, dans l’ordre du formulaire.")
    favorables: str = Field(
        default=FAVOURABLE,
        description="Comment un rapport nomme ceux qui ont choisi une réponse favorable.",
        examples=["usagers satisfaits"],
    )

    def faults(self) -> Iterator[Fault]:
        """Yield codes written twice."""
        yield from doubles("code", self.modalites, "modalites", "code")

    @cached_property
    def answers(self) -> list[Modality]:
        """
        The modalities that state an opinion or a fact (neither NSP nor sans objet).

        The most favourable level comes first, whichever end the form begins with.
        """
        given = [modality for modality in self.modalites if modality.etat == STATES[0]]
        sides = [_SIDES[modality.favorable] for modality in given]
        return given[::-1] if sides != sorted(sides) and sides == sorted(sides)[::-1] else given

    @property
    def is_one_way(self) -> bool:
        """Whether its levels go from for to against, or the other way, without turning back."""
        sides = [_SIDES[modality.favorable] for modality in self.answers]
        return sides == sorted(sides)

    @property
    def outside(self) -> list[Modality]:
        """The modalities that give no answer: « sans objet », « ne sait pas »."""
        return [modality for modality in self.modalites if modality.etat != STATES[0]]

    @property
    def favourable(self) -> list[Modality]:
        """The levels that are for."""
        return [modality for modality in self.answers if modality.favorable]


# How ticked boxes are read, besides the wording of the questionnaire.
TICKED = Scale.model_validate(
    {
        "ordonnee": "non",
        "modalites": [
            {
                "code": "oui",
                "libelle": "Oui",
                "synonymes": ["o", "x", "yes", "vrai", "true", "coché", "checked", "selected"],
                "codes": ["1", "Y"],
            },
            {
                "code": "non",
                "libelle": "Non",
                "synonymes": ["n", "no", "faux", "false", "non coché", "unchecked", "not selected"],
                "codes": ["0", "2", "N"],
            },
            {"code": "nsp", "libelle": "Ne sait pas", "etat": "nsp", "synonymes": ["NSP"]},
        ],
    }
)
