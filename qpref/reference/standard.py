"""The Qual-e-pref référentiel: modules, commitments, indicators and their thresholds."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from qpref.questions import ROLES
from qpref.reference.models import Certainty, Slug, Typed, YesNo, unique


class Module(Typed):
    """One of the seven modules."""

    numero: int
    nom: str
    certitude: Certainty
    sources: list[str]


class Commitment(Typed):
    """A commitment of a module; its official number stays null until read."""

    id: Slug
    module: int
    numero_officiel: str | None
    theme: str
    certitude: Certainty
    sources: list[str]


class Threshold(Typed):
    """The condition inside an indicator's definition."""

    comparaison: Literal["<", "<=", ">=", ">"]
    valeur: float
    unite: Literal["sonneries", "jours_ouvres"]


class Indicator(Typed):
    """
    A measured indicator; `cible`, the rate required, stays null until read.

    `engagement` null: it bears on the whole site. `question`: the one of the satisfaction survey
    that measures it; a mystery criterion names its indicator itself.
    """

    id: Slug
    engagement: Slug | None
    question: Slug | None = None
    role: Literal[tuple(ROLES)] | None = None  # type: ignore[valid-type]
    libelle: str
    origine: str
    seuil: Threshold | None
    cible: Annotated[float, Field(gt=0, le=100)] | None
    unite_cible: Literal["%", "sur 10"] = "%"
    confirme: YesNo
    certitude: Certainty
    sources: list[str]
    note: str | None = None


class Benchmark(Typed):
    """A national figure, for context."""

    annee: int
    libelle: str
    valeur: float
    unite: Literal["%", "sur 10"]
    certitude: Certainty
    sources: list[str]


class Situation(Typed):
    """A choice of modules and what the rule must say of it: the test of the rule."""

    modules: list[int]
    resultat: list[Literal["conforme", "module_manquant", "module_non_prevu", "regle_inconnue"]]


class Obligation(Typed):
    """
    Which modules a kind of site must and may hold.

    `requis` or `au_choix` null: not read, so not checked.
    """

    id: Slug
    type_site: Literal["prefecture", "sous_prefecture"]
    cert: Literal["oui", "non"]
    requis: list[int] | None
    au_choix: list[int] | None
    certitude: Certainty
    sources: list[str]
    note: str | None = None
    situations: list[Situation]


class Standard(Typed):
    """The Qual-e-pref référentiel, as far as it could be established."""

    sources: dict[str, str]
    modules: list[Module]
    engagements: list[Commitment]
    indicateurs: list[Indicator]
    obligations: list[Obligation]
    reperes: list[Benchmark]

    @model_validator(mode="after")
    def _check(self) -> Self:
        unique("engagement", [commitment.id for commitment in self.engagements])
        modules = {module.numero for module in self.modules}
        commitments = {commitment.id for commitment in self.engagements}
        for commitment in self.engagements:
            if commitment.module not in modules:
                raise ValueError(f"engagement {commitment.id} : module {commitment.module} inconnu")
        for indicator in self.indicateurs:
            if indicator.engagement and indicator.engagement not in commitments:
                raise ValueError(f"indicateur {indicator.id} : engagement inconnu")
        facts: list[Module | Commitment | Indicator | Obligation | Benchmark]
        facts = [*self.modules, *self.engagements, *self.indicateurs]
        facts += [*self.obligations, *self.reperes]
        for fact in facts:
            for source in set(fact.sources) - set(self.sources):
                raise ValueError(f"source « {source} » citée mais absente de la clé sources")
        return self

    def indicator(self, name: str) -> Indicator:
        """Return an indicator by identifier."""
        return next(indicator for indicator in self.indicateurs if indicator.id == name)

    def commitments_of(self, module: int) -> list[Commitment]:
        """Return the commitments of a module; none when none was read."""
        return [commitment for commitment in self.engagements if commitment.module == module]

    def module(self, number: int) -> Module:
        """Return a module by number."""
        return next(module for module in self.modules if module.numero == number)

    @property
    def site_mark(self) -> Indicator | None:
        """Return the indicator of the whole mark of a site, None when the référentiel has none."""
        whole = (i for i in self.indicateurs if i.engagement is None and i.unite_cible != "%")
        return next(whole, None)
