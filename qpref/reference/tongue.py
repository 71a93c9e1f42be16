"""What a form says in another language, besides its questions and their answers."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from qpref.reference.faults import Fault
from qpref.reference.models import Heading, Slug, Typed

# What the paper form says around the questions; another language says each of them, or none.
INSTRUCTIONS = {
    "debut": "Cochez une case par question.",
    "plusieurs": "Plusieurs réponses possibles.",
    "si": "Si vous avez répondu « {reponse} » à la question {numero} :",
    "passez": "passez à la question {numero}",
    "date": "jour / mois / année",
    "numero": "Numéro de la feuille",
    "en_ligne": "Vous pouvez aussi répondre sur internet :",
    "rendre": "Merci. Rendez cette feuille à l’accueil.",
}
BLANKS = {"si": ("reponse", "numero"), "passez": ("numero",)}


class Tongue(Typed):
    """What the form says in another language, besides its questions and their answers."""

    libelle: str = Field(
        description="Nom du questionnaire dans cette langue.", examples=["User satisfaction"]
    )
    themes: dict[Slug, Heading] = Field(
        description="Titres des thèmes dans cette langue, par leur nom court.",
        examples=['{accueil: "Reception"}'],
    )
    mention: str = Field(
        description="Mention sur les données personnelles, dans cette langue.",
        examples=["Answering is optional…"],
    )
    merci: str = Field(
        default="", description="Dernière phrase du formulaire.", examples=["Thank you."]
    )
    consignes: dict[Literal[tuple(INSTRUCTIONS)], str] = Field(  # type: ignore[valid-type]
        default_factory=dict,
        description="Ce que dit le formulaire papier autour des questions, dans cette langue.",
        examples=['{debut: "Tick one box for each question."}'],
    )

    def faults(self) -> Iterator[Fault]:
        """Yield instructions that lack what the form writes into them."""
        for name, text in self.consignes.items():
            for blank in BLANKS.get(name, ()):
                if f"{{{blank}}}" not in text:
                    told = f"il manque « {{{blank}}} »"
                    remedy = f"En français : « {INSTRUCTIONS[name]} »."
                    yield Fault(("consignes", name), told, remedy)
