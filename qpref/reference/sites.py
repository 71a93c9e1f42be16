"""The sites that a committee covers, or several, and the settings they share."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from qpref.reference.faults import Fault, doubles
from qpref.reference.models import Certainty, Number, Slug, Typed

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

    def faults(self) -> Iterator[Fault]:
        """Yield modules written twice, or held in part and not chosen."""
        for rank, number in enumerate(self.modules):
            if number in self.modules[:rank]:
                yield Fault(("modules", rank), f"module en double : {number}")
        for number in self.modules_en_partie:
            if number not in self.modules:
                told = f"le module {number} n’est pas choisi"
                yield Fault(("modules_en_partie", str(number)), told)


class Dress(Typed):
    """
    A style sheet and a logo of the service, files of the project.

    A service entitled to the State's graphic charter answers for its use; none is shipped.
    """

    css: str | None = None
    logo: str | None = None
    texte_logo: str | None = None

    def faults(self) -> Iterator[Fault]:
        """Yield a logo that nothing stands for."""
        if self.logo and not self.texte_logo:
            told = "le logo doit avoir un texte de remplacement"
            yield Fault(("texte_logo",), told, "Ajoutez « texte_logo », ou retirez le logo.")


class Sites(Typed):
    """
    The sites of a project, and the settings they share.

    One CLU covers them all, unless each says its own (`comite`): what compares sites compares those
    of one CLU.
    """

    departement: str
    jours_feries: Literal["Bas-Rhin", "Haut-Rhin", "Moselle"] | None = None
    seuil_diffusion: Number
    habillage: Dress | None = None
    sites: list[Site]

    def faults(self) -> Iterator[Fault]:
        """Yield identifiers written twice, or that stand for all sites."""
        yield from doubles("identifiant de site", self.sites, "sites")
        for rank, site in enumerate(self.sites):
            if site.id.split("-")[0] == ALL_SITES:
                told = f"« {site.id} » désigne tous les sites"
                yield Fault(("sites", rank, "id"), told, "Choisissez un autre id.")

    @property
    def committees(self) -> dict[str, tuple[Site, ...]]:
        """The sites of each CLU, by its name (empty when sites do not say)."""
        names = dict.fromkeys(site.comite or "" for site in self.sites)
        return {name: tuple(s for s in self.sites if (s.comite or "") == name) for name in names}

    def beside(self, site: Site) -> list[Site]:
        """Return the other sites of the same CLU."""
        return [s for s in self.sites if s.comite == site.comite and s.id != site.id]


def joint_name(committee: str) -> str:
    """Return what stands for all sites of a CLU where a site is expected."""
    return f"{ALL_SITES}-{committee}" if committee else ALL_SITES
