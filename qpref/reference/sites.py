"""The sites that a committee covers, or several, and the settings they share."""

from collections.abc import Iterator
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from qpref.reference.faults import Fault, doubles
from qpref.reference.models import Certainty, FolderName, Number, Slug, Source, Typed, choices
from qpref.reference.territories import TerritoryName, territory_of, zone_faults, zone_of

ALL_SITES = "ensemble"  # stands for all sites where a site is expected


class Site(Typed):
    """A préfecture or sous-préfecture."""

    id: FolderName = Field(
        description="Nom court du site : il nomme les dossiers, ne le changez plus ensuite.",
        examples=["evreux"],
    )
    nom: str = Field(description="Nom complet du site.", examples=["Préfecture de l’Eure, Évreux"])
    nom_court: str = Field(
        description="Nom du site dans les phrases et les tableaux.", examples=["Évreux"]
    )
    type_site: Literal["prefecture", "sous_prefecture"] = Field(
        description="Nature du site.",
        json_schema_extra=choices(
            {"prefecture": "préfecture", "sous_prefecture": "sous-préfecture"}
        ),
    )
    cert: Literal["oui", "non", "inconnu"] = Field(
        description="Si le site a un centre d’expertise et de ressources des titres (CERT)."
    )
    certitude: Certainty
    source: Source
    alias: tuple[str, ...] = Field(
        default=(),
        description="Autres façons dont vos fichiers écrivent le site.",
        examples=['["Evreux", "Préfecture"]'],
    )
    modules: list[int] = Field(
        description="Numéros des modules du référentiel que le site a choisis.",
        examples=["[1, 3, 6]"],
    )
    reserve: str | None = Field(
        default=None,
        description="Ce dont dépend ce choix de modules.",
        examples=["selon l’ouverture du nouveau hall"],
    )
    modules_en_partie: dict[int, str] = Field(
        default_factory=dict,
        description="Modules tenus en partie : le numéro, et la part tenue.",
        examples=['{4: "un seul bureau"}'],
    )
    comite: Slug | None = Field(
        default=None,
        description="Comité local des usagers du site, quand le projet en a plusieurs.",
        examples=["eure"],
    )
    fuseau: str | None = Field(
        default=None,
        description="Fuseau du site, quand ce n’est pas celui des autres.",
        examples=["Pacific/Marquesas"],
    )

    def faults(self) -> Iterator[Fault]:
        """Yield modules written twice, or held in part and not chosen; a zone that is none."""
        yield from zone_faults(self.fuseau)
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

    css: str | None = Field(
        default=None,
        description="Feuille de style ajoutée aux rapports : un fichier du projet.",
        examples=["habillage/service.css"],
    )
    logo: str | None = Field(
        default=None,
        description="Logo mis en tête des rapports : un fichier du projet.",
        examples=["habillage/logo.png"],
    )
    texte_logo: str | None = Field(
        default=None,
        description="Texte lu à la place du logo par qui ne le voit pas.",
        examples=["Préfecture de l’Eure"],
    )

    def faults(self) -> Iterator[Fault]:
        """Yield a logo that nothing stands for."""
        if self.logo and not self.texte_logo:
            told = "le logo doit avoir un texte de remplacement"
            yield Fault(("texte_logo",), told, "Ajoutez « texte_logo », ou retirez le logo.")


class Publisher(Typed):
    """The service that publishes the results, and where to write to it."""

    service: str = Field(
        description="Service qui publie les résultats, comme les rapports le nomment.",
        examples=["Préfecture de l’Eure, cellule qualité"],
    )
    contact: str | None = Field(
        default=None,
        description="Où lui écrire ou lui parler : un service, jamais une personne.",
        examples=["qualite@exemple.invalid"],
    )


class Sites(Typed):
    """
    The sites of a project, and the settings they share.

    One CLU covers them all, unless each says its own (`comite`): what compares sites compares those
    of one CLU.
    """

    departement: str = Field(description="Nom du département ou du territoire.", examples=["Eure"])
    jours_feries: TerritoryName | None = Field(
        default=None,
        description=(
            "Territoire dont les jours fériés, ou l’heure, ne sont pas ceux de Paris ; "
            "null : d’après le département."
        ),
        examples=["La Réunion"],
    )
    fuseau: str | None = Field(
        default=None,
        description="Fuseau de tous les sites, quand ce n’est pas celui de ce territoire.",
        examples=["Pacific/Marquesas"],
    )
    seuil_diffusion: Number = Field(
        description="Un groupe de moins de personnes que ce nombre n’est jamais montré seul.",
        examples=['{valeur: 5, certitude: suppose, source: "Choix du projet"}'],
    )
    habillage: Dress | None = Field(
        default=None,
        description="Style et logo du service, ajoutés aux rapports sous sa responsabilité.",
        examples=["{css: habillage/service.css}"],
    )
    editeur: Publisher | None = Field(
        default=None,
        description="Qui publie les résultats ; sans cette clé, les rapports ne le disent pas.",
        examples=["{service: Préfecture de l’Eure, contact: qualite@exemple.invalid}"],
    )
    sites: list[Site] = Field(description="Les sites du projet.")

    def faults(self) -> Iterator[Fault]:
        """Yield identifiers written twice, or that stand for all sites; a zone that is none."""
        yield from zone_faults(self.fuseau)
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

    @property
    def territory(self) -> TerritoryName | None:
        """The territory whose holidays and clock are not those of Paris, if it is one."""
        return self.jours_feries or territory_of(self.departement)

    def zone(self, site: str | None) -> ZoneInfo:
        """Return the zone of a site; that of all when the site is unknown or has none."""
        own = next((s.fuseau for s in self.sites if s.id == site), None) or self.fuseau
        return ZoneInfo(own) if own else zone_of(self.territory)

    def beside(self, site: Site) -> list[Site]:
        """Return the other sites of the same CLU."""
        return [s for s in self.sites if s.comite == site.comite and s.id != site.id]


def joint_name(committee: str) -> str:
    """Return what stands for all sites of a CLU where a site is expected."""
    return f"{ALL_SITES}-{committee}" if committee else ALL_SITES
