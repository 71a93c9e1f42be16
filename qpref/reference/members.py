"""The members of the committee and how mail leaves: files that never enter the repository.

data/clu/membres.yml holds addresses, hence its retention date; data/clu/envoi.yml says which relay
sends, without its password.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from qpref.errors import MissingDataError
from qpref.reference.faults import Fault, doubles
from qpref.reference.loading import read
from qpref.reference.models import Day, Slug, Typed, YesNo, choices

CATEGORIES = {
    "particuliers": "Particuliers",
    "entreprises": "Entreprises",
    "associations": "Associations",
    "elus": "Élus et collectivités",
    "syndicats": "Syndicats",
}
_ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-]+@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+$"
Address = Annotated[str, Field(pattern=_ADDRESS)]


class Member(Typed):
    """
    A member: an organisation and the users it speaks for.

    `consent`: whether the other members may know its address (`echange_adresse`).
    """

    id: Slug = Field(description="Nom court du membre.", examples=["asso-usagers"])
    organisation: str = Field(
        description="Organisation qu’il représente.", examples=["Association des usagers"]
    )
    categorie: Literal[tuple(CATEGORIES)] = Field(  # type: ignore[valid-type]
        description="Usagers pour lesquels il parle.", json_schema_extra=choices(CATEGORIES)
    )
    courriel: Address | None = Field(
        default=None,
        description=(
            "Son adresse électronique ; sans elle, une lettre lui est préparée. Un suppléant qui "
            "n’a ni l’une ni l’autre adresse est joint par son titulaire."
        ),
        examples=["usagers@exemple.invalid"],
    )
    adresse: str | None = Field(
        default=None,
        description="Son adresse postale ; « , » y sépare les lignes.",
        examples=["1 rue Imaginaire, 00000 Nulle-Part"],
    )
    echange_adresse: YesNo = Field(
        description="oui s’il accepte que les autres membres aient son adresse.", examples=["non"]
    )
    personne: str | None = Field(
        default=None,
        description="Qui le représente, pour les lettres et la feuille de présence.",
        examples=["la présidente"],
    )
    suppleant_de: Slug | None = Field(
        default=None,
        description="Nom court du titulaire qu’il supplée ; sans cette clé, il est titulaire.",
        examples=["asso-usagers"],
    )
    mandat_jusqu_au: Day | None = Field(
        default=None,
        description="Dernier jour de son mandat ; passé ce jour, il n’est plus invité.",
        examples=["2028-06-30"],
    )

    def faults(self) -> Iterator[Fault]:
        """Yield a titular whom nothing reaches; a substitute may be reached by its titular."""
        if not (self.courriel or self.adresse or self.suppleant_de):
            told = f"rien ne permet d’écrire à « {self.id} »"
            yield Fault(("courriel",), told, "Donnez son courriel, ou son adresse postale.")

    @property
    def consents(self) -> bool:
        """Whether the other members may see the address."""
        return self.echange_adresse


class Members(Typed):
    """The members, until when their addresses are kept, and whether they are invented."""

    fictif: YesNo = Field(description="oui si les membres sont inventés.", examples=["non"])
    conserver_jusqu_au: Day = Field(
        description="Jour jusqu’auquel les adresses sont gardées.", examples=["2028-12-31"]
    )
    organisateur: Address | None = Field(
        default=None,
        description=(
            "Adresse du service, à laquelle les agendas répondent ; sans elle, celle du relais."
        ),
        examples=["qualite@exemple.invalid"],
    )
    membres: tuple[Member, ...] = Field(description="Les membres du comité.")

    def on(self, day: date) -> "Members":
        """Return those whose term is not over on a day, and whose titular's is not."""
        ends = {one.id: one.mandat_jusqu_au or date.max for one in self.membres}
        still = [
            one
            for one in self.membres
            if min(ends[one.id], ends.get(one.suppleant_de or one.id, date.max)) >= day
        ]
        return self.model_copy(update={"membres": tuple(still)})

    def substitute_of(self, titular: str) -> Member | None:
        """Return the substitute of a titular, if there is one."""
        return next((one for one in self.membres if one.suppleant_de == titular), None)

    def faults(self) -> Iterator[Fault]:
        """Yield members and addresses written twice, and substitutes of nobody."""
        yield from doubles("membre", self.membres, "membres")
        seen = set()
        titulars = {one.id for one in self.membres if not one.suppleant_de}
        for rank, member in enumerate(self.membres):
            if member.suppleant_de and member.suppleant_de not in titulars:
                told = f"« {member.suppleant_de} » n’est pas un titulaire de ce fichier"
                yield Fault(("membres", rank, "suppleant_de"), told)
            if member.courriel is None:
                continue
            if (address := member.courriel.casefold()) in seen:
                told = f"courriel en double : {address}"
                remedy = "Gardez un des deux membres."
                if member.suppleant_de:
                    remedy = "Retirez-la au suppléant : son titulaire le joint."
                yield Fault(("membres", rank, "courriel"), told, remedy)
            seen.add(address)


class Relay(Typed):
    """
    The server that sends mail, and from which address.

    The password is never in a file: it comes from the environment (QPREF_SMTP_MOT_DE_PASSE).
    """

    serveur: str = Field(
        description="Serveur qui envoie le courrier.", examples=["smtp.exemple.invalid"]
    )
    port: int = Field(default=587, ge=1, le=65535, description="Son port.", examples=[587])
    chiffrement: Literal["starttls", "tls", "aucun"] = Field(
        default="starttls",
        description="Comment la connexion est chiffrée.",
        json_schema_extra=choices(
            {"starttls": "STARTTLS, port 587", "tls": "TLS, port 465", "aucun": "aucun chiffrement"}
        ),
    )
    identifiant: str | None = Field(
        default=None,
        description=(
            "Compte du serveur ; son mot de passe n’est jamais dans un fichier "
            "(QPREF_SMTP_MOT_DE_PASSE)."
        ),
        examples=["service-qualite"],
    )
    expediteur: Address = Field(
        description="Adresse d’où partent les messages.", examples=["qualite@exemple.invalid"]
    )

    def faults(self) -> Iterator[Fault]:
        """Yield an account whose password would pass in clear."""
        if self.identifiant and self.chiffrement == "aucun":
            told = "le mot de passe de ce compte passerait en clair sur le réseau"
            remedy = "Chiffrez par starttls ou tls, ou retirez « identifiant »."
            yield Fault(("chiffrement",), told, remedy)


def load_members(path: Path) -> Members:
    """
    Return the members.

    Raises
    ------
    MissingDataError
        If the file is not there.
    ReferenceFileError
        If it is wrong.
    """
    if not path.exists():
        raise MissingDataError(
            f"Le fichier des membres « {path} » est absent.",
            "Écrivez-le (le guide en donne la forme), ou donnez-en un autre par --membres.",
        )
    return read(Members, path)


def relay_file(folder: Path) -> Path:
    """Return where a committee's folder says how mail leaves."""
    return folder / "envoi.yml"


def load_relay(path: Path) -> Relay:
    """Return how mail leaves; errors as `load_members`."""
    if not path.exists():
        raise MissingDataError(
            f"Le fichier du relais de messagerie « {path} » est absent.",
            "Écrivez-le (le guide en donne la forme), ou ouvrez les brouillons .eml.",
        )
    return read(Relay, path)


def by_mail(members: Iterable[Member]) -> list[Member]:
    """Return the members whom mail reaches."""
    return [member for member in members if member.courriel]


def by_post(members: Iterable[Member]) -> list[Member]:
    """Return the members to whom a letter is to be posted."""
    return [member for member in members if member.adresse and not member.courriel]


def balance(members: Sequence[Member]) -> dict[str, int]:
    """Return how many titulars speak for each category of users, all categories, in order."""
    seats = [member.categorie for member in members if not member.suppleant_de]
    return {category: seats.count(category) for category in CATEGORIES}
