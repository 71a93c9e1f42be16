"""The Qual-e-pref référentiel and the mystery grid that checks some of its commitments."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from qpref.questions import CHANNEL_FORMS, CRITERION_TYPES, FORM_OF, ChannelForm, CriterionType
from qpref.reference.faults import Fault, doubles, unknown
from qpref.reference.models import (
    Certainty,
    Modality,
    Slug,
    Source,
    Typed,
    YesNo,
    choices,
    mark,
    unique,
)


class Module(Typed):
    """One of the seven modules."""

    numero: int = Field(description="Numéro du module.", examples=[1])
    nom: str = Field(description="Son nom.", examples=["Module général"])
    certitude: Certainty
    sources: list[str] = Field(
        description="Sources qui le disent : clés de « sources ».", examples=["[an83514]"]
    )


class Commitment(Typed):
    """A commitment of a module; its official number stays null until read."""

    id: Slug = Field(description="Nom court de l’engagement.", examples=["m1_accueil"])
    module: int = Field(description="Module dont il fait partie.", examples=[1])
    numero_officiel: str | None = Field(
        description="Son numéro dans le texte officiel ; null tant qu’il n’a pas été lu.",
        examples=['"4"'],
    )
    theme: str = Field(description="Ce à quoi il engage.", examples=["Accueil courtois"])
    certitude: Certainty
    sources: list[str] = Field(
        description="Sources qui le disent : clés de « sources ».", examples=["[an83514]"]
    )


class Threshold(Typed):
    """The condition inside an indicator's definition."""

    comparaison: Literal["<", "<=", ">=", ">"] = Field(
        description="Comment la mesure se compare au seuil.", examples=["<"]
    )
    valeur: float = Field(description="Le seuil.", examples=[5])
    unite: Literal["sonneries", "jours_ouvres"] = Field(
        description="Son unité.",
        json_schema_extra=choices(
            {"sonneries": "sonneries du téléphone", "jours_ouvres": "jours ouvrés"}
        ),
    )


class Indicator(Typed):
    """
    A measured indicator; `cible`, the rate required, stays null until read.

    `engagement` null: it bears on the whole site. `question`: the one of the satisfaction survey
    that measures it; a mystery criterion names its indicator itself.
    """

    id: Slug = Field(description="Nom court de l’indicateur.", examples=["tel_5_sonneries"])
    engagement: Slug | None = Field(
        description="Engagement qu’il mesure ; null s’il porte sur tout le site.",
        examples=["m1_telephone"],
    )
    question: Slug | None = Field(
        default=None,
        description="Question de l’enquête de satisfaction qui le mesure.",
        examples=["global"],
    )
    libelle: str = Field(
        description="L’indicateur, en une phrase.",
        examples=["Appels décrochés en moins de 5 sonneries"],
    )
    origine: str = Field(description="Enquête qui le mesure.", examples=["enquete_mystere"])
    seuil: Threshold | None = Field(
        description="Condition contenue dans sa définition ; null s’il n’y en a pas.",
        examples=['{comparaison: "<", valeur: 5, unite: sonneries}'],
    )
    cible: Annotated[float, Field(gt=0, le=100)] | None = Field(
        description="Taux ou note à atteindre ; null tant qu’il n’a pas été lu.", examples=[80]
    )
    unite_cible: Literal["%", "sur 10"] = Field(
        default="%", description="Unité de la cible.", examples=["%"]
    )
    confirme: YesNo = Field(
        description="oui si quelqu’un l’a lu dans le texte officiel.", examples=["non"]
    )
    certitude: Certainty
    sources: list[str] = Field(
        description="Sources qui le disent : clés de « sources ».", examples=["[an83514]"]
    )
    note: str | None = Field(
        default=None, description="Précision.", examples=["Seuil repris des panels Marianne."]
    )


class Benchmark(Typed):
    """A national figure, for context."""

    annee: int = Field(description="Année du chiffre.", examples=[2016])
    libelle: str = Field(
        description="Le chiffre, en quelques mots.",
        examples=["Appels décrochés en moins de 5 sonneries"],
    )
    valeur: float = Field(description="Sa valeur.", examples=[92.5])
    unite: Literal["%", "sur 10"] = Field(description="Son unité.", examples=["%"])
    certitude: Certainty
    sources: list[str] = Field(
        description="Sources qui le disent : clés de « sources ».", examples=["[an83514]"]
    )


class Situation(Typed):
    """A choice of modules and what the rule must say of it: the test of the rule."""

    modules: list[int] = Field(description="Un choix de modules.", examples=["[1, 2, 4]"])
    resultat: list[Literal["conforme", "module_manquant", "module_non_prevu", "regle_inconnue"]] = (
        Field(description="Ce que la règle doit en dire.", examples=["[conforme]"])
    )


class Obligation(Typed):
    """
    Which modules a kind of site must and may hold.

    `requis` or `au_choix` null: not read, so not checked.
    """

    id: Slug = Field(description="Nom court de la règle.", examples=["prefecture_avec_cert"])
    type_site: Literal["prefecture", "sous_prefecture"] = Field(
        description="Sites qu’elle concerne.",
        json_schema_extra=choices(
            {"prefecture": "préfecture", "sous_prefecture": "sous-préfecture"}
        ),
    )
    cert: Literal["oui", "non"] = Field(description="Si elle concerne les sites qui ont un CERT.")
    requis: list[int] | None = Field(
        description="Modules obligatoires ; null s’ils n’ont pas été lus.", examples=["[1, 2]"]
    )
    au_choix: list[int] | None = Field(
        description="Modules parmi lesquels choisir ; null s’ils n’ont pas été lus.",
        examples=["[3, 4, 5, 6]"],
    )
    certitude: Certainty
    sources: list[str] = Field(
        description="Sources qui le disent : clés de « sources ».", examples=["[an83514]"]
    )
    note: str | None = Field(
        default=None, description="Précision.", examples=["Le module 1 est le socle commun."]
    )
    situations: list[Situation] = Field(
        description="Choix de modules, et ce que la règle doit en dire : ce sont ses tests."
    )


class Standard(Typed):
    """The Qual-e-pref référentiel, as far as it could be established."""

    sources: dict[str, str] = Field(
        description="Documents cités : nom court, puis référence.",
        examples=['{an83514: "Question écrite nº 83514, Assemblée nationale"}'],
    )
    modules: list[Module] = Field(description="Modules du référentiel.")
    engagements: list[Commitment] = Field(description="Engagements des modules.")
    indicateurs: list[Indicator] = Field(description="Indicateurs mesurés par les enquêtes.")
    obligations: list[Obligation] = Field(
        description="Modules qu’un site doit ou peut choisir, selon sa nature."
    )
    reperes: list[Benchmark] = Field(
        description="Chiffres nationaux, donnés pour situer les résultats."
    )

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

    id: Slug = Field(description="Nom court du canal.", examples=["appel"])
    forme: Literal[tuple(CHANNEL_FORMS)] | None = Field(  # type: ignore[valid-type]
        default=None, exclude=True, description="Comment le contact se fait."
    )
    libelle: str = Field(
        description="Nom du canal dans les rapports, au pluriel.", examples=["Appels téléphoniques"]
    )
    un: str = Field(description="Un de ses contacts.", examples=["appel"])
    feuilles: list[str] = Field(
        description="Feuilles du classeur qui le contiennent.", examples=['["Appels"]']
    )
    synonymes: tuple[str, ...] = Field(
        default=(),
        description="Autres façons dont vos fichiers nomment le canal.",
        examples=['["téléphone"]'],
    )

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

    id: Slug = Field(description="Nom court du critère.", examples=["courtoisie"])
    type: Literal[tuple(CRITERION_TYPES)] = Field(  # type: ignore[valid-type]
        description="Comment le critère est jugé."
    )
    canaux: list[Slug] = Field(
        description="Canaux sur lesquels il est vérifié.", examples=["[visite, appel]"]
    )
    libelle: str = Field(description="Le critère, en quelques mots.", examples=["Accueil courtois"])
    entetes: tuple[str, ...] = Field(
        default=(),
        description="Intitulés de sa colonne dans le classeur.",
        examples=['["Courtoisie"]'],
    )
    engagement: Slug = Field(
        description="Engagement du référentiel qu’il vérifie.", examples=["m1_accueil"]
    )
    indicateur: Slug | None = Field(
        default=None,
        description="Indicateur du référentiel qu’il mesure : il en porte le seuil.",
        examples=["orientation"],
    )
    certitude: Certainty
    source: Source

    @property
    def kind(self) -> CriterionType:
        """How it is keyed and judged, as declared."""
        return CRITERION_TYPES[self.type]


class Scenario(Typed):
    """What a shopper asks for, and on which channels."""

    libelle: str = Field(
        description="Ce que demande l’évaluateur.", examples=["Renouveler un titre de séjour"]
    )
    canaux: list[Slug] = Field(description="Canaux de ce scénario.", examples=["[appel, courriel]"])


class Protocol(Typed):
    """How many contacts a mystery survey makes at each site, by whom, with what scenarios."""

    volumes: dict[Slug, Annotated[int, Field(ge=0)]] = Field(
        description="Nombre de contacts par site, pour chaque canal.",
        examples=["{appel: 9, courriel: 10}"],
    )
    seconds_avis: dict[Slug, Annotated[int, Field(ge=0)]] = Field(
        description="Nombre de contacts jugés aussi par un second évaluateur, pour chaque canal.",
        examples=["{appel: 2}"],
    )
    evaluateurs: list[str] = Field(
        min_length=1,
        description="Codes des évaluateurs ; jamais un nom.",
        examples=["[E1, E2, E3]"],
    )
    certitude: Certainty
    source: Source
    scenarios: list[Scenario] = Field(description="Ce que demandent les évaluateurs.")

    def of_channel(self, channel: str) -> list[str]:
        """Return the scenarios of a channel."""
        return [scenario.libelle for scenario in self.scenarios if channel in scenario.canaux]


class Delays(Typed):
    """
    How the delay of a reply is counted.

    `jour_envoi`: the number that the working day of sending bears, 0 or 1. At 1, a letter sent on
    Friday and answered on Monday took 2 days.
    """

    jour_envoi: Literal[0, 1] = Field(
        description=(
            "Rang du jour ouvré de l’envoi : 0, il ne compte pas ; 1, il est le premier jour."
        ),
        examples=[0],
    )
    certitude: Certainty
    source: Source


class MysteryGrid(Typed):
    """Columns and criteria of the mystery workbook."""

    delais: Delays = Field(
        description="Comment se comptent les délais de réponse.",
        examples=['{jour_envoi: 0, certitude: suppose, source: "Choix du projet"}'],
    )
    canaux: list[Channel] = Field(description="Canaux de l’enquête mystère.")
    reponses: list[Modality] = Field(
        description="Jugements possibles ; seules les réponses favorables comptent comme conformes."
    )
    colonnes: dict[Slug, list[str]] = Field(
        description="Intitulés des colonnes du classeur, par nom de colonne.",
        examples=['{envoye_le: ["Date", "Envoyé le"]}'],
    )
    criteres: list[Criterion] = Field(description="Ce que vérifie chaque contact.")
    protocole: Protocol = Field(description="Plan des contacts (qpref plan-mystere).")

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
