"""The sites that a committee covers, or several, and the settings they share."""

from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from qpref.reference.models import Certainty, Number, Slug, Typed, unique
from qpref.reference.territories import TerritoryName, ZoneName, zone_of

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
    comite: Slug | None = None  # the CLU it belongs to, when the project has several
    fuseau: ZoneName | None = None  # when it is not that of the other sites

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
    """
    The sites of a project, and the settings they share.

    One CLU covers them all, unless each says its own (`comite`): what compares sites compares those
    of one CLU.
    """

    departement: str
    jours_feries: TerritoryName | None = None
    fuseau: ZoneName | None = None  # when it is not that of the territory above
    seuil_diffusion: Number
    habillage: Dress | None = None
    sites: list[Site]

    @model_validator(mode="after")
    def _check(self) -> Self:
        names = [site.id for site in self.sites]
        unique("identifiant de site", names)
        taken = [name for name in names if name.split("-")[0] == ALL_SITES]
        if taken:
            raise ValueError(f"« {taken[0]} » désigne tous les sites : choisissez un autre id")
        return self

    @property
    def committees(self) -> dict[str, tuple[Site, ...]]:
        """The sites of each CLU, by its name (empty when sites do not say)."""
        names = dict.fromkeys(site.comite or "" for site in self.sites)
        return {name: tuple(s for s in self.sites if (s.comite or "") == name) for name in names}

    def zone(self, site: str | None) -> ZoneInfo:
        """Return the zone of a site; that of all when the site is unknown or has none."""
        own = next((s.fuseau for s in self.sites if s.id == site), None) or self.fuseau
        return ZoneInfo(own) if own else zone_of(self.jours_feries)

    def beside(self, site: Site) -> list[Site]:
        """Return the other sites of the same CLU."""
        return [s for s in self.sites if s.comite == site.comite and s.id != site.id]


def joint_name(committee: str) -> str:
    """Return what stands for all sites of a CLU where a site is expected."""
    return f"{ALL_SITES}-{committee}" if committee else ALL_SITES
