"""The référentiel of a label: modules, commitments, indicators and their thresholds."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from qpref.questions import ROLES
from qpref.reference.faults import Fault, doubles, unknown
from qpref.reference.models import Certainty, Slug, Typed, YesNo, choices


class Module(Typed):
    """A module; a label that has none puts all its commitments in one."""

    numero: int = Field(description="Numéro du module.", examples=[1])
    nom: str = Field(description="Son nom.", examples=["Module général"])
    certitude: Certainty
    sources: list[str] = Field(
        description="Sources qui le disent : clés de « sources ».", examples=["[an83514]"]
    )


class Article(Typed):
    """A numbered article of a commitment, as a text said it."""

    numero: str = Field(description="Son numéro dans le texte lu.", examples=["2.3"])
    texte: str = Field(description="Ce qu’il demande.", examples=["Accueil courtois"])
    certitude: Certainty
    sources: list[str] = Field(
        description="Sources qui le disent : clés de « sources ».", examples=["[an83514]"]
    )


class LabelFact(Typed):
    """Something that a label asks or gives; `valeur` stays null until read."""

    sujet: str = Field(description="Ce dont il s’agit.", examples=["Durée de validité"])
    valeur: str | None = Field(
        description="Ce qu’en dit le texte ; null tant que rien n’a été lu.", examples=["3 ans"]
    )
    certitude: Certainty
    sources: list[str] = Field(
        description="Sources qui le disent : clés de « sources ».", examples=["[an83514]"]
    )


class Label(Typed):
    """The label that a référentiel leads to: its name, and what was read of it."""

    nom: str = Field(
        min_length=1,
        description="Nom du label, comme les rapports le disent.",
        examples=["Accueil"],
    )
    faits: list[LabelFact] = Field(
        default=[], description="Ce que le label demande ou donne : durée, niveaux, enquêtes."
    )
    reperes: str | None = Field(
        default=None,
        description="D’où viennent les chiffres de « reperes ».",
        examples=["panels nationaux"],
    )


class Commitment(Typed):
    """A commitment of a module; its official number stays null until read."""

    id: Slug = Field(description="Nom court de l’engagement.", examples=["m1_accueil"])
    module: int = Field(description="Module dont il fait partie.", examples=[1])
    numero_officiel: str | None = Field(
        description="Son numéro dans le texte officiel ; null tant qu’il n’a pas été lu.",
        examples=["4"],
    )
    theme: str = Field(description="Ce à quoi il engage.", examples=["Accueil courtois"])
    certitude: Certainty
    sources: list[str] = Field(
        description="Sources qui le disent : clés de « sources ».", examples=["[an83514]"]
    )
    articles: tuple[Article, ...] = Field(
        default=(), description="Ses articles numérotés, pour ceux qui ont été lus."
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
    role: Literal[tuple(ROLES)] | None = Field(  # type: ignore[valid-type]
        default=None, description="Rôle de la question qui le mesure, quel que soit son nom."
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
    unite_cible: Literal["%", "sur 10"] = Field(default="%", description="Unité de la cible.")
    confirme: YesNo = Field(
        description="oui si quelqu’un l’a lu dans le texte officiel.", examples=["non"]
    )
    certitude: Certainty
    sources: list[str] = Field(
        description="Sources qui le disent : clés de « sources ».", examples=["[an83514]"]
    )
    note: str | None = Field(
        default=None, description="Précision.", examples=["Seuil repris des panels nationaux."]
    )


class Benchmark(Typed):
    """A national figure, for context."""

    annee: int = Field(description="Année du chiffre.", examples=[2016])
    libelle: str = Field(
        description="Le chiffre, en quelques mots.",
        examples=["Appels décrochés en moins de 5 sonneries"],
    )
    valeur: float = Field(description="Sa valeur.", examples=[92.5])
    unite: Literal["%", "sur 10"] = Field(description="Son unité.")
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
    """The référentiel of a label, as far as it could be established."""

    label: Label | None = Field(
        default=None,
        description="Le label auquel il mène ; sans cette clé, les rapports ne le nomment pas.",
        examples=["{nom: Accueil}"],
    )
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

    @property
    def name(self) -> str:
        """The name of the label, empty when the file does not say it."""
        return self.label.nom if self.label else ""

    def _cited(self) -> Iterator[tuple[tuple[str | int, ...], list[str]]]:
        """Yield the sources of each fact, after its place."""
        for place in ("modules", "engagements", "indicateurs", "obligations", "reperes"):
            for rank, fact in enumerate(getattr(self, place)):
                yield (place, rank), fact.sources
        for rank, commitment in enumerate(self.engagements):
            for number, article in enumerate(commitment.articles):
                yield ("engagements", rank, "articles", number), article.sources
        for rank, fact in enumerate(self.label.faits if self.label else ()):
            yield ("label", "faits", rank), fact.sources

    def _sources_unknown(self) -> Iterator[Fault]:
        for place, sources in self._cited():
            for number, source in enumerate(sources):
                yield from unknown((*place, "sources", number), source, self.sources)

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
