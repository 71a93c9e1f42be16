"""The figures followed month by month: what each says, where exports write it, months set apart."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from qpref.reference.exports import DeclaredExport
from qpref.reference.faults import Fault, Steps, doubles, unknown
from qpref.reference.models import Certainty, Slug, Source, Typed, choices

Month = Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
MOST_SHOWN = 1  # figure on the poster, which is one sheet read from three metres
UNITS = {
    "part": "une part, d’un numérateur et d’un dénominateur, ou en pourcentage",
    "jours": "des jours",
    "jours_ouvres": "des jours ouvrés",
    "nombre": "un nombre",
}


class MonthSpan(Typed):
    """First and last month, both included."""

    debut: Month = Field(description="Premier mois, compris.", examples=["2025-01"])
    fin: Month = Field(description="Dernier mois, compris.", examples=["2025-12"])

    def faults(self) -> Iterator[Fault]:
        """Yield months in the wrong order."""
        if self.fin < self.debut:
            yield Fault(("fin",), f"la fin ({self.fin}) précède le début ({self.debut})")

    def holds(self, month: str) -> bool:
        """Whether a month is one of these."""
        return self.debut <= month <= self.fin


class MonthsApart(MonthSpan):
    """Months whose cause is known: shown, and left out of what the limits rest on."""

    motif: str = Field(description="Pourquoi, en peu de mots.", examples=["crise sanitaire"])
    sites: list[Slug] = Field(
        default_factory=list,
        description="Les sites concernés ; tous, sans cette clé.",
        examples=["[evreux]"],
    )
    indicateurs: list[Slug] = Field(
        default_factory=list,
        description="Les indicateurs concernés ; tous, sans cette clé.",
        examples=["[appels_decroches]"],
    )
    certitude: Certainty
    source: Source

    def bears_on(self, site: str, indicator: str, month: str) -> bool:
        """Whether it sets a month of a figure apart."""
        return (
            self.holds(month)
            and (not self.sites or site in self.sites)
            and (not self.indicateurs or indicator in self.indicateurs)
        )


class MonthlyIndicator(Typed):
    """A figure followed over months: what is counted, and which way is better."""

    id: Slug = Field(description="Nom court de l’indicateur.", examples=["appels_decroches"])
    libelle: str = Field(description="Son nom dans les rapports.", examples=["Appels décrochés"])
    unite: Literal["part", "jours", "jours_ouvres", "nombre"] = Field(
        description="Ce qui est mesuré.",
        examples=["part"],
        json_schema_extra=choices(UNITS),
    )
    numerateur: str | None = Field(
        default=None,
        description="Ce que compte le numérateur d’une part.",
        examples=["appels décrochés"],
    )
    denominateur: str | None = Field(
        default=None,
        description="Ce que compte son dénominateur.",
        examples=["appels reçus"],
    )
    sens: Literal["hausse", "baisse", "aucun"] = Field(
        description="De quel côté est le mieux.",
        json_schema_extra=choices(
            {
                "hausse": "plus est mieux",
                "baisse": "moins est mieux",
                "aucun": "ni l’un ni l’autre : un volume d’activité",
            }
        ),
        examples=["hausse"],
    )
    frequence: Literal["mois", "trimestre"] = Field(
        default="mois",
        description="À quel rythme il est relevé.",
        json_schema_extra=choices({"mois": "chaque mois", "trimestre": "chaque trimestre"}),
    )
    engagement: Slug | None = Field(
        default=None,
        description="Engagement du référentiel que l’indicateur appuie ; sans cette clé, aucun.",
        examples=["m1_telephone"],
    )
    cible: float | None = Field(
        default=None,
        ge=0,
        description="Ce qui est visé, dans l’unité (en % pour une part) ; vide si rien n’est fixé.",
        examples=[85],
    )
    affiche: bool = Field(
        default=False,
        description=f"Vrai si l’affiche du hall montre son dernier mois ; {MOST_SHOWN} au plus.",
        examples=["true"],
    )
    certitude: Certainty
    source: Source

    @property
    def is_share(self) -> bool:
        """Whether it is a part of one."""
        return self.unite == "part"

    def faults(self) -> Iterator[Fault]:
        """Yield a share of which nobody says what it counts, and a target that none can reach."""
        told = [self.numerateur, self.denominateur]
        if self.is_share and not all(told):
            yield Fault(
                ("unite",),
                f"{self.id} : une part demande « numerateur » et « denominateur »",
                "Dites ce que l’un et l’autre comptent.",
            )
        if not self.is_share and any(told):
            yield Fault(
                ("unite",),
                f"{self.id} : « numerateur » et « denominateur » ne vont qu’avec une part",
                "Retirez ces clés, ou mettez « unite: part ».",
            )
        if self.is_share and self.cible is not None and self.cible > 100:  # noqa: PLR2004
            yield Fault(("cible",), f"{self.id} : une part ne dépasse pas 100 %")


class MeasuredCells(Typed):
    """Where an export writes one number of an indicator."""

    intitule: str = Field(
        description="Intitulé de la colonne, ou texte de la rubrique, tel que l’export l’écrit.",
        examples=["Appels décrochés"],
    )
    indicateur: Slug = Field(description="L’indicateur.", examples=["appels_decroches"])
    partie: Literal["numerateur", "denominateur", "valeur"] = Field(
        description="Ce qu’est ce nombre.",
        json_schema_extra=choices(
            {
                "numerateur": "le numérateur d’une part",
                "denominateur": "son dénominateur",
                "valeur": "la valeur elle-même",
            }
        ),
        examples=["numerateur"],
    )
    echelle: Literal["pourcent", "part"] | None = Field(
        default=None,
        description="Comment une part donnée en valeur est écrite sans le signe %.",
        json_schema_extra=choices({"pourcent": "de 0 à 100", "part": "de 0 à 1"}),
        examples=["pourcent"],
    )


class MonthlyExport(DeclaredExport):
    """A file that another tool writes: which columns say the site, the month and the numbers."""

    disposition: Literal["colonnes", "lignes", "mois"] = Field(
        description="Comment les nombres y sont rangés.",
        json_schema_extra=choices(
            {
                "colonnes": "une ligne par site et par mois, une colonne par nombre",
                "lignes": "une ligne par nombre, une colonne dit lequel",
                "mois": "une ligne par nombre, une colonne par mois",
            }
        ),
        examples=["colonnes"],
    )
    periode: str | None = Field(
        default=None,
        description="Intitulé de la colonne du mois (dispositions « colonnes » et « lignes »).",
        examples=["Mois"],
    )
    rubrique: str | None = Field(
        default=None,
        description="Intitulé de la colonne qui dit quel nombre (« lignes » et « mois »).",
        examples=["Rubrique"],
    )
    nombre: str | None = Field(
        default=None,
        description="Intitulé de la colonne du nombre (disposition « lignes »).",
        examples=["Total"],
    )
    mesures: list[MeasuredCells] = Field(
        min_length=1,
        description="Les nombres à lire.",
        examples=["[{intitule: Reçus, indicateur: appels_decroches, partie: denominateur}]"],
    )

    @property
    def headings(self) -> dict[str, str]:
        """The headings that a file of this export has, by what they say."""
        told = {
            "site": self.site,
            "periode": self.periode,
            "rubrique": self.rubrique,
            "nombre": self.nombre,
        }
        return {name: heading for name, heading in told.items() if heading}

    def faults(self) -> Iterator[Fault]:
        """Yield the keys that its layout lacks, or does not take."""
        needed = {
            "colonnes": {"periode"},
            "lignes": {"periode", "rubrique", "nombre"},
            "mois": {"rubrique"},
        }[self.disposition]
        for name in ("periode", "rubrique", "nombre"):
            if (name in self.headings) != (name in needed):
                verb = "demande" if name in needed else "ne prend pas"
                told = f"{self.id} : la disposition « {self.disposition} » {verb} « {name} »"
                yield Fault((name,), told, "Ajoutez ou retirez cette clé.")
        yield from super().faults()


class Monthly(Typed):
    """All figures followed over months."""

    indicateurs: list[MonthlyIndicator] = Field(description="Les indicateurs suivis.")
    reference: MonthSpan | None = Field(
        default=None,
        description=(
            "Mois sur lesquels reposent les limites des cartes ; tous les mois relevés, sans "
            "cette clé. Les mois mis à part n’y comptent jamais."
        ),
        examples=['{debut: "2025-01", fin: "2025-12"}'],
    )
    mois_a_part: list[MonthsApart] = Field(
        default_factory=list,
        description="Les mois dont la cause est connue : montrés, mais hors des limites.",
        examples=["[]"],
    )
    exports: list[MonthlyExport] = Field(
        default_factory=list,
        description="Les fichiers que d’autres outils écrivent, et où ils disent chaque nombre.",
        examples=["[]"],
    )

    def indicator(self, name: str) -> MonthlyIndicator:
        """Return an indicator by name."""
        return next(one for one in self.indicateurs if one.id == name)

    def reason(self, site: str, indicator: str, month: str) -> str:
        """Return why a month of a figure is set apart; empty when it is not."""
        found = (one for one in self.mois_a_part if one.bears_on(site, indicator, month))
        return ", ".join(dict.fromkeys(one.motif for one in found))

    def faults(self) -> Iterator[Fault]:
        """Yield identifiers written twice, and names of indicators that point to nothing."""
        yield from doubles("indicateur", self.indicateurs, "indicateurs")
        yield from doubles("export", self.exports, "exports")
        shown = [rank for rank, one in enumerate(self.indicateurs) if one.affiche]
        for rank in shown[MOST_SHOWN:]:
            told = f"« {self.indicateurs[rank].id} » : l’affiche n’en montre que {MOST_SHOWN}"
            yield Fault(("indicateurs", rank, "affiche"), told, "Retirez « affiche: true » ici.")
        names = [one.id for one in self.indicateurs]
        for rank, apart in enumerate(self.mois_a_part):
            for place, name in enumerate(apart.indicateurs):
                yield from unknown(("mois_a_part", rank, "indicateurs", place), name, names)
        for rank, export in enumerate(self.exports):
            for place, cells in enumerate(export.mesures):
                steps: Steps = ("exports", rank, "mesures", place)
                yield from unknown((*steps, "indicateur"), cells.indicateur, names)
                if cells.indicateur in names:
                    yield from self._misread(cells, steps)

    def _misread(self, cells: MeasuredCells, steps: Steps) -> Iterator[Fault]:
        """Yield a numerator or a scale of what is no share."""
        is_share = self.indicator(cells.indicateur).is_share
        if not is_share and (cells.partie != "valeur" or cells.echelle):
            key = "echelle" if cells.partie == "valeur" else "partie"
            told = f"« {cells.indicateur} » n’est pas une part : sa « {key} » ne peut être celle-ci"
            yield Fault((*steps, key), told, "Mettez « partie: valeur », sans « echelle ».")

    def site_faults(self, sites: Iterable[str] | None) -> Iterator[Fault]:
        """Yield names of sites that point to nothing."""
        known = None if sites is None else list(sites)
        for rank, apart in enumerate(self.mois_a_part):
            for place, name in enumerate(apart.sites):
                yield from unknown(("mois_a_part", rank, "sites", place), name, known)
        for rank, export in enumerate(self.exports):
            if export.site_unique:
                yield from unknown(("exports", rank, "site_unique"), export.site_unique, known)
