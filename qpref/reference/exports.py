"""Files that other tools write, read by what a project declares of them."""

from collections.abc import Iterator

from pydantic import Field

from qpref.reference.faults import Fault
from qpref.reference.models import Slug, Typed


class DeclaredExport(Typed):
    """What is said of any export: its name, the tool it comes from, where it says the site."""

    id: Slug = Field(description="Nom court de l’export.", examples=["standard"])
    libelle: str = Field(
        description="L’outil dont il vient, dans les rapports.", examples=["standard téléphonique"]
    )
    site: str | None = Field(
        default=None, description="Intitulé de la colonne du site.", examples=["Site"]
    )
    site_unique: Slug | None = Field(
        default=None,
        description="Le site, quand l’export est celui d’un seul et ne le dit pas.",
        examples=["evreux"],
    )

    def faults(self) -> Iterator[Fault]:
        """Yield that it says its site twice, or not at all."""
        if (self.site is None) == (self.site_unique is None):
            told = f"{self.id} : il faut « site » (une colonne) ou « site_unique », l’un des deux"
            yield Fault(("site",), told, "Dites d’où vient le site.")
