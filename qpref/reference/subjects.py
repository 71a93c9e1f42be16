"""The code book of free answers: subjects, and the words by which a remark is of one."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from qpref.reference.faults import Fault, doubles
from qpref.reference.models import Slug, Typed, choices
from qpref.wording.text import sounds

TONES = {"positif": "positif", "negatif": "négatif", "mele": "mêlé", "neutre": "neutre"}
BOTH, ANY_END = "+", "*"


class RemarkSubject(Typed):
    """A subject, and the words of it."""

    id: Slug = Field(description="Nom court du sujet.", examples=["attente"])
    libelle: str = Field(
        description="Nom du sujet, dans le rapport.", examples=["Attente sur place"]
    )
    mots: tuple[str, ...] = Field(
        description=(
            "Mots ou expressions du sujet. « * » vaut toute fin de mot ; « a + b », les deux dans "
            "la même phrase. Un seul sujet n’en a aucun : celui des remarques qui "
            "n’en ont pas d’autre."
        ),
        examples=['["attente", "queue", "numéro* + appel*"]'],
    )
    sauf: tuple[str, ...] = Field(
        default=(),
        description="Expressions retirées de la remarque avant d’y chercher les mots du sujet.",
        examples=['["salle d’attente"]'],
    )
    ton: Literal["positif", "negatif", "neutre"] = Field(
        default="neutre",
        description="Ton d’une remarque de ce sujet qui n’en dit pas d’autre.",
        json_schema_extra=choices({name: TONES[name] for name in ("positif", "negatif", "neutre")}),
    )

    def faults(self) -> Iterator[Fault]:
        """Yield the words that no remark may hold."""
        yield from _empty(("mots",), self.mots)
        yield from _empty(("sauf",), self.sauf)


class RemarkTones(Typed):
    """The words that tell a tone."""

    positif: tuple[str, ...] = Field(
        description="Mots d’une remarque positive.", examples=['["merci", "parfait*"]']
    )
    negatif: tuple[str, ...] = Field(
        description="Mots d’une remarque négative.", examples=['["trop", "impossible*"]']
    )
    negation: tuple[str, ...] = Field(
        description="Mots qui retournent celui qui les suit.", examples=['["pas", "aucun"]']
    )
    souhait: tuple[str, ...] = Field(
        default=(),
        description="Mots d’une demande, qui n’est pas une plainte.",
        examples=['["il faudrait"]'],
    )

    def faults(self) -> Iterator[Fault]:
        """Yield the words that no remark may hold."""
        for name in ("positif", "negatif", "negation", "souhait"):
            yield from _empty((name,), getattr(self, name))


class CodeBook(Typed):
    """The subjects of free answers and the words that tell their tone."""

    sujets: tuple[RemarkSubject, ...] = Field(
        description="Les sujets, dans l’ordre où le rapport les nomme s’ils sont aussi fréquents."
    )
    tons: RemarkTones = Field(description="Les mots qui disent le ton d’une remarque.")

    def faults(self) -> Iterator[Fault]:
        """Yield subjects written twice, and what the last resort lacks."""
        yield from doubles("Sujet", self.sujets, "sujets")
        empty = [rank for rank, one in enumerate(self.sujets) if not one.mots]
        if not empty:
            told = "aucun sujet n’est celui des remarques qui n’en ont pas d’autre"
            yield Fault(("sujets",), told, "Ajoutez un sujet dont la liste « mots » est vide : [].")
        for rank in empty[1:]:
            told = (
                f"« {self.sujets[rank].id} » n’a aucun mot, et un autre sujet n’en a pas non plus"
            )
            yield Fault(("sujets", rank, "mots"), told, "Donnez-lui au moins un mot.")

    @property
    def other(self) -> str:
        """The subject of a remark that has no other."""
        return next(one.id for one in self.sujets if not one.mots)

    @property
    def labels(self) -> dict[str, str]:
        """The name of each subject, as the report says it."""
        return {one.id: one.libelle for one in self.sujets}


def _empty(place: tuple[str, ...], words: tuple[str, ...]) -> Iterator[Fault]:
    for rank, word in enumerate(words):
        if not all(sounds(part) for part in word.split(BOTH)):
            told = f"« {word} » ne contient aucun mot qu’une remarque puisse avoir"
            yield Fault((*place, rank), told, "Écrivez un mot qui a un sens seul, ou retirez-le.")
