"""The sites that one committee covers, and the settings they share."""

from typing import Literal, Self

from pydantic import Field, model_validator

from qpref.reference.models import Certainty, Number, Slug, Typed, unique

ALL_SITES = "ensemble"  # stands for all sites where a site is expected


class Site(Typed):
    """A préfecture or sous-préfecture."""

    id: Slug
    nom: str
    nom_court: str
    type_site: Literal["prefecture", "sous_prefecture"]
    cert: Literal["oui", "non", "inconnu"]
    certitude: Certainty
    source: str
    alias: tuple[str, ...] = ()
    modules: list[int]
    reserve: str | None = None  # what the choice of modules depends on
    modules_en_partie: dict[int, str] = Field(default_factory=dict)  # module: the part held

    @model_validator(mode="after")
    def _check(self) -> Self:
        unique("module", [str(number) for number in self.modules])
        for number in self.modules_en_partie:
            if number not in self.modules:
                raise ValueError(f"modules_en_partie : le module {number} n’est pas choisi")
        return self


class Dress(Typed):
    """
    A style sheet and a logo of the service, files of the project.

    A service entitled to the State's graphic charter answers for its use; none is shipped.
    """

    css: str | None = None
    logo: str | None = None
    texte_logo: str | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.logo and not self.texte_logo:
            raise ValueError("texte_logo : le logo doit avoir un texte de remplacement")
        return self


class Sites(Typed):
    """The sites that one CLU covers, and the settings they share."""

    departement: str
    jours_feries: Literal["Bas-Rhin", "Haut-Rhin", "Moselle"] | None = None
    seuil_diffusion: Number
    habillage: Dress | None = None
    sites: list[Site]

    @model_validator(mode="after")
    def _check(self) -> Self:
        names = [site.id for site in self.sites]
        unique("identifiant de site", names)
        if ALL_SITES in names:
            raise ValueError(f"« {ALL_SITES} » désigne tous les sites : choisissez un autre id")
        return self
