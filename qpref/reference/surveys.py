"""The campaigns of a project, and the surveys of other publics that go with them."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from qpref.reference.faults import Fault, doubles, unknown
from qpref.reference.models import Campaign, Number, Slug, Typed, choices


class OtherSurvey(Campaign):
    """
    A survey of another public than a campaign's own: agents, elected officials, associations.

    It is imported, kept and reported as a campaign, under its own name; nothing that goes from
    campaign to campaign takes it for one. `population`: all those who could answer, by site; what
    is estimated is corrected for it.
    """

    rattachee: Slug = Field(
        description="Campagne avec laquelle cette enquête se lit.", examples=["2026-11"]
    )
    population: dict[Slug, Number] = Field(
        default_factory=dict,
        description=(
            "Nombre de personnes de ce public, pour chaque site où il est connu : les intervalles"
            " et le plan en tiennent compte."
        ),
        examples=['{evreux: {valeur: 120, certitude: vu, source: "Service du personnel"}}'],
    )
    seuil: Number | None = Field(
        default=None,
        description=(
            "Un groupe de ce public de moins de personnes que ce nombre n’est jamais montré ; au"
            " moins seuil_diffusion de sites.yml, qui vaut sans cette clé."
        ),
        examples=['{valeur: 10, certitude: suppose, source: "Choix du projet"}'],
    )
    diffusion: Literal["interne", "comite"] = Field(
        default="interne",
        description="À qui ses résultats peuvent être montrés.",
        json_schema_extra=choices(
            {
                "interne": "au service seul : ni au comité, ni au public",
                "comite": "au comité aussi : dossier de réunion et synthèse",
            }
        ),
    )

    @property
    def sites(self) -> set[str]:
        """The sites that it names; others may have answers too."""
        return {*self.population, *self.objectifs}

    @property
    def is_for_committee(self) -> bool:
        """Whether the committee may be shown its results."""
        return self.diffusion == "comite"

    def faults(self) -> Iterator[Fault]:
        """Yield keys that only make sense of visitors."""
        yield from super().faults()
        for key, why in _OF_VISITORS.items():
            if key in self.model_fields_set:
                told = f"« {key} » ne vaut pas pour une enquête d’un autre public : {why}"
                yield Fault((key,), told, "Retirez cette clé.")


_OF_VISITORS = {
    "mystere": "l’enquête mystère est celle de la campagne",
    "cible": "« population » dit de combien de personnes parlent ses résultats",
    "publication": "« diffusion » dit à qui elle est montrée",
}


class Campaigns(Typed):
    """All campaigns, and the surveys of other publics."""

    campagnes: list[Campaign] = Field(
        description="Les campagnes, de la plus ancienne à la plus récente."
    )
    enquetes: list[OtherSurvey] = Field(
        default_factory=list,
        description="Les enquêtes d’autres publics (agents, élus, associations), s’il y en a.",
    )

    def faults(self) -> Iterator[Fault]:
        """Yield identifiers written twice, and surveys that go with nothing."""
        yield from doubles("identifiant de campagne", self.campagnes, "campagnes")
        yield from doubles("identifiant d’enquête", self.enquetes, "enquetes")
        campaigns = [one.id for one in self.campagnes]
        others = [one.id for one in self.enquetes]
        for rank, one in enumerate(self.enquetes):
            if one.id in campaigns:
                told = f"« {one.id} » est déjà le nom d’une campagne"
                yield Fault(("enquetes", rank, "id"), told, "Donnez-lui un autre id.")
            yield from unknown(("enquetes", rank, "rattachee"), one.rattachee, campaigns)
            if one.precedente:
                yield from unknown(("enquetes", rank, "precedente"), one.precedente, others)

    @property
    def every(self) -> list[Campaign]:
        """Campaigns, then surveys of other publics: all that files are imported for."""
        return [*self.campagnes, *self.enquetes]

    @property
    def latest_first(self) -> list[Campaign]:
        """The same, as a list to choose from: the last campaign first."""
        return [*self.campagnes[::-1], *self.enquetes]

    @property
    def internal(self) -> list[OtherSurvey]:
        """The surveys that only the service may see."""
        return [one for one in self.enquetes if not one.is_for_committee]

    def beside(self, campaign: str) -> list[OtherSurvey]:
        """Return the surveys of other publics that go with a campaign."""
        return [one for one in self.enquetes if one.rattachee == campaign]
