"""Whom a questionnaire is put to: the noun that the sentences of its reports say."""

import re
from collections.abc import Iterator

from pydantic import Field

from qpref.reference.faults import Fault
from qpref.reference.models import Slug, Typed

# How French nouns that are feminine end; then some that end as others do.
_ENDS = re.compile(
    r"(?:ée|lue|nte|tion|sion|trice|euse|ière|illère|gère|enne|onne|une|ise|rie|ille)s?$",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"(?:victime|femme|société|collectivité|équipe)s?", re.IGNORECASE)
_REMEDY = (
    "Les phrases des rapports s’accordent au masculin : choisissez un nom masculin ou épicène "
    "(« responsable d’association » plutôt qu’« association », « maire » plutôt que « commune »)."
)


class Audience(Typed):
    """
    The people who answer a questionnaire: one of them, and several.

    Sentences agree with a masculine or an epicene noun; others are refused, as far as their ending
    tells them.
    """

    id: Slug = Field(
        description="Nom court du public ; un indicateur du référentiel peut le nommer.",
        examples=["agents"],
    )
    singulier: str = Field(
        min_length=1, description="Comment les phrases nomment l’un d’eux.", examples=["agent"]
    )
    pluriel: str = Field(
        min_length=1, description="Comment elles en nomment plusieurs.", examples=["agents"]
    )

    def faults(self) -> Iterator[Fault]:
        """Yield nouns with which no sentence agrees."""
        for key in ("singulier", "pluriel"):
            noun = str(getattr(self, key)).split()
            if noun and is_feminine(noun[0]):
                yield Fault((key,), f"« {getattr(self, key)} » est un nom féminin", _REMEDY)

    @property
    def are_users(self) -> bool:
        """Whether they are the visitors of a site, whose passages may be counted."""
        return self.id == USERS.id


def is_feminine(noun: str) -> bool:
    """
    Whether the ending of a noun says that it is feminine.

    Examples
    --------
    >>> [is_feminine(noun) for noun in ("agents", "élus", "maire", "bénévoles", "député")]
    [False, False, False, False, False]
    >>> [is_feminine(noun) for noun in ("personnes", "communes", "associations", "élue", "mairies")]
    [True, True, True, True, True]
    """
    return bool(_ENDS.search(noun) or _OTHERS.fullmatch(noun))


USERS = Audience(id="usagers", singulier="usager", pluriel="usagers")
