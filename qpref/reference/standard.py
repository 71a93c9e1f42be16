"""The Qual-e-pref référentiel and the mystery grid that checks some of its commitments."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from qpref.questions import CHANNEL_FORMS, CRITERION_TYPES, FORM_OF, ChannelForm, CriterionType
from qpref.reference.faults import Fault, doubles, unknown
from qpref.reference.models import Certainty, Modality, Slug, Typed, YesNo, mark, unique


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

    def faults(self) -> Iterator[Fault]:
        """Yield names that point to nothing in the file, and names written twice."""
        yield from doubles("module", self.modules, "modules", "numero")
        for place in ("engagements", "indicateurs", "obligations"):
            yield from doubles(place.rstrip("s"), getattr(self, place), place)
        modules = {module.numero for module in self.modules}
        for rank, commitment in enumerate(self.engagements):
            if commitment.module not in modules:
                told = f"module {commitment.module} inconnu"
                yield Fault(("engagements", rank, "module"), told, missing=str(commitment.module))
        commitments = [commitment.id for commitment in self.engagements]
        for rank, indicator in enumerate(self.indicateurs):
            if name := indicator.engagement:
                yield from unknown(("indicateurs", rank, "engagement"), name, commitments)
        yield from self._sources_unknown()

    def _sources_unknown(self) -> Iterator[Fault]:
        for place in ("modules", "engagements", "indicateurs", "obligations", "reperes"):
            for rank, fact in enumerate(getattr(self, place)):
                for number, source in enumerate(fact.sources):
                    yield from unknown((place, rank, "sources", number), source, self.sources)

    def indicator(self, name: str) -> Indicator:
        """Return an indicator by identifier."""
        return next(indicator for indicator in self.indicateurs if indicator.id == name)

    def commitments_of(self, module: int) -> list[Commitment]:
        """Return the commitments of a module; none when none was read."""
        return [commitment for commitment in self.engagements if commitment.module == module]

    def module(self, number: int) -> Module:
        """Return a module by number."""
        return next(module for module in self.modules if module.numero == number)


class Channel(Typed):
    """
    A channel of the mystery survey and the sheets that hold it.

    `forme`: how contact is made (`qpref.questions.CHANNEL_FORMS`). It may be left out for the
    channels that had a name before forms had one.
    """

    id: Slug
    forme: Literal[tuple(CHANNEL_FORMS)] | None = Field(None, exclude=True)  # type: ignore[valid-type]
    libelle: str
    un: str
    feuilles: list[str]
    synonymes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.forme is None and self.id not in FORM_OF:
            raise ValueError(
                f"canal {self.id} : clé « forme » absente (valeurs prévues : "
                f"{', '.join(CHANNEL_FORMS)})"
            )
        return self

    @property
    def form(self) -> ChannelForm:
        """How contact is made, as declared."""
        return CHANNEL_FORMS[self.forme or FORM_OF[self.id]]


class Criterion(Typed):
    """What a mystery contact checks, on which channels, for which commitment."""

    id: Slug
    type: Literal[tuple(CRITERION_TYPES)]  # type: ignore[valid-type]
    canaux: list[Slug]
    libelle: str
    entetes: tuple[str, ...] = ()
    engagement: Slug
    indicateur: Slug | None = None
    certitude: Certainty
    source: str

    @property
    def kind(self) -> CriterionType:
        """How it is keyed and judged, as declared."""
        return CRITERION_TYPES[self.type]


class Scenario(Typed):
    """What a shopper asks for, and on which channels."""

    libelle: str
    canaux: list[Slug]


class Protocol(Typed):
    """How many contacts a mystery survey makes at each site, by whom, with what scenarios."""

    volumes: dict[Slug, Annotated[int, Field(ge=0)]]
    seconds_avis: dict[Slug, Annotated[int, Field(ge=0)]]
    evaluateurs: list[str] = Field(min_length=1)
    certitude: Certainty
    source: str
    scenarios: list[Scenario]

    def of_channel(self, channel: str) -> list[str]:
        """Return the scenarios of a channel."""
        return [scenario.libelle for scenario in self.scenarios if channel in scenario.canaux]


class Delays(Typed):
    """
    How the delay of a reply is counted.

    `jour_envoi`: the number that the working day of sending bears, 0 or 1. At 1, a letter sent on
    Friday and answered on Monday took 2 days.
    """

    jour_envoi: Literal[0, 1]
    certitude: Certainty
    source: str


class MysteryGrid(Typed):
    """Columns and criteria of the mystery workbook."""

    delais: Delays
    canaux: list[Channel]
    reponses: list[Modality]
    colonnes: dict[Slug, list[str]]
    criteres: list[Criterion]
    protocole: Protocol

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name, wanted in self.protocole.volumes.items():
            if wanted and not self.protocole.of_channel(name):
                raise ValueError(f"protocole : aucun scénario pour le canal {name}")
            if self.protocole.seconds_avis.get(name, 0) > wanted:
                raise ValueError(f"protocole : plus de seconds avis que de contacts ({name})")
        unique("critère", [criterion.id for criterion in self.criteres])
        unique("canal", [channel.id for channel in self.canaux])
        self._check_channels()
        return self

    def _check_channels(self) -> None:
        """Refuse a name that no channel bears; a usual channel may be left out of the grid."""
        known = {channel.id for channel in self.canaux} | set(FORM_OF)
        asked = [(f"critère {criterion.id}", criterion.canaux) for criterion in self.criteres]
        asked += [(f"scénario « {s.libelle} »", s.canaux) for s in self.protocole.scenarios]
        asked += [("protocole", [*self.protocole.volumes, *self.protocole.seconds_avis])]
        for place, names in asked:
            for name in names:
                if name not in known:
                    raise ValueError(
                        f"{place} : canal « {name} » inconnu (canaux : {', '.join(sorted(known))})"
                    )

    @property
    def mark(self) -> str:
        """Version, by which a keying workbook knows its grid."""
        unusual = [
            f"{channel.id} {channel.forme}"
            for channel in self.canaux
            if channel.forme not in {None, FORM_OF.get(channel.id)}
        ]
        return mark("grille mystère", self.canaux, self.reponses, self.criteres, unusual)

    @property
    def written(self) -> list[Channel]:
        """The channels on which a reply is awaited."""
        return [channel for channel in self.canaux if channel.form.awaits_reply]

    def channel(self, name: str) -> Channel:
        """Return a channel by identifier."""
        return next(channel for channel in self.canaux if channel.id == name)
