"""The register of complaints and suggestions: its channels, its delay, where exports write it."""

from collections.abc import Iterable, Iterator
from typing import Literal

from pydantic import Field

from qpref.reference.exports import DeclaredExport
from qpref.reference.faults import Fault, doubles, unknown
from qpref.reference.models import Certainty, Modality, Slug, Source, Typed, choices

ComplaintField = Literal[
    "recue", "canal", "nature", "sujet", "service", "texte", "repondue", "suite", "changement",
    "numero",
]  # fmt: skip
KINDS = {"reclamation": "Réclamation", "suggestion": "Suggestion"}
DAYS = {"jours": "jours", "jours_ouvres": "jours ouvrés"}


class ComplaintChannel(Typed):
    """A channel by which a complaint comes."""

    id: Slug = Field(description="Nom court du canal.", examples=["fiche"])
    libelle: str = Field(description="Son nom dans les rapports.", examples=["Fiche à l’accueil"])
    synonymes: tuple[str, ...] = Field(
        default=(),
        description="Autres façons de l’écrire dans vos fichiers.",
        examples=['["lettre", "voie postale"]'],
    )


class AnswerTime(Typed):
    """The delay of answer that the service sets itself; empty while it is not known."""

    valeur: int | None = Field(
        default=None,
        ge=1,
        description="Ce délai ; vide tant que rien n’est fixé.",
        examples=[15],
    )
    unite: Literal["jours", "jours_ouvres"] = Field(
        description="Comment se comptent les délais de réponse.",
        json_schema_extra=choices(
            {
                "jours": "tous les jours comptent",
                "jours_ouvres": "sans samedis, dimanches ni jours fériés du site",
            }
        ),
        examples=["jours_ouvres"],
    )
    certitude: Certainty
    source: Source


class HeardBy(Typed):
    """The commitment that the register proves, and its article."""

    engagement: Slug = Field(description="Engagement du référentiel.", examples=["m1_accueil"])
    article: str | None = Field(
        default=None, description="Numéro de son article ; sans cette clé, aucun.", examples=["3.1"]
    )


class ComplaintExport(DeclaredExport):
    """A file that a form or another tool writes: under which heading it says each thing."""

    canal_unique: Slug | None = Field(
        default=None,
        description="Le canal, quand toutes ses lignes viennent du même.",
        examples=["formulaire"],
    )
    colonnes: dict[ComplaintField, str] = Field(
        description=(
            "Intitulé de chaque colonne, par ce qu’elle dit : recue (date de réception), canal, "
            "nature, sujet, service, texte, repondue (date de réponse), suite, changement, "
            "numero. recue et repondue sont obligatoires."
        ),
        examples=['{recue: "Déposée le", repondue: "Close le", texte: "Message"}'],
    )

    @property
    def headings(self) -> dict[str, str]:
        """The headings that a file of this export has, by what they say."""
        told = {str(name): heading for name, heading in self.colonnes.items()}
        return told | ({"site": self.site} if self.site else {})

    def faults(self) -> Iterator[Fault]:
        """Yield what it must say, and what it says twice."""
        for name in ("recue", "repondue"):
            if name not in self.colonnes:
                told = f"{self.id} : « colonnes » ne dit pas « {name} »"
                yield Fault(("colonnes",), told, "Donnez l’intitulé de la colonne de cette date.")
        yield from super().faults()
        if ("canal" in self.colonnes) == (self.canal_unique is not None):
            told = f"{self.id} : il faut la colonne « canal » ou « canal_unique », l’un des deux"
            yield Fault(("colonnes",), told, "Dites d’où vient le canal.")


class Complaints(Typed):
    """All that a project says of its register of complaints and suggestions."""

    canaux: list[ComplaintChannel] = Field(
        min_length=1, description="Les canaux par lesquels on réclame ou suggère."
    )
    services: tuple[str, ...] = Field(
        default=(),
        description="Les services que le registre nomme ; tout autre nom y est masqué.",
        examples=['["Bureau des titres"]'],
    )
    delai: AnswerTime | None = Field(
        default=None,
        description="Délai de réponse que le service se fixe ; sans cette clé, jours comptés tous.",
        examples=["{valeur: null, unite: jours_ouvres, certitude: absent, source: à confirmer}"],
    )
    prouve: HeardBy | None = Field(
        default=None,
        description="L’engagement que le registre appuie ; sans cette clé, aucun.",
        examples=['{engagement: m1_accueil, article: "3.1"}'],
    )
    exports: list[ComplaintExport] = Field(
        default_factory=list,
        description="Les fichiers que d’autres outils écrivent, et où ils disent chaque chose.",
        examples=["[]"],
    )

    @property
    def is_working(self) -> bool:
        """Whether delays are counted in working days."""
        return self.delai is not None and self.delai.unite == "jours_ouvres"

    @property
    def channels(self) -> list[Modality]:
        """The channels, as files may write them."""
        return [
            Modality(code=one.id, libelle=one.libelle, synonymes=one.synonymes)
            for one in self.canaux
        ]

    def faults(self) -> Iterator[Fault]:
        """Yield identifiers written twice, and channels that point to nothing."""
        yield from doubles("canal", self.canaux, "canaux")
        yield from doubles("export", self.exports, "exports")
        names = [one.id for one in self.canaux]
        for rank, export in enumerate(self.exports):
            if export.canal_unique:
                place = ("exports", rank, "canal_unique")
                yield from unknown(place, export.canal_unique, names)

    def site_faults(self, sites: Iterable[str] | None) -> Iterator[Fault]:
        """Yield names of sites that point to nothing."""
        known = None if sites is None else list(sites)
        for rank, export in enumerate(self.exports):
            if export.site_unique:
                yield from unknown(("exports", rank, "site_unique"), export.site_unique, known)
