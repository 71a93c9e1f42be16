"""A question of a satisfaction questionnaire: how it is answered, where files keep its answer."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from qpref.questions import QUESTION_TYPES, ROLES, QuestionType
from qpref.reference.faults import Fault, doubles
from qpref.reference.models import Heading, Language, Slug, Typed, YesNo, choices, translations


class Filter(Typed):
    """The question is asked only when another one has one of these answers."""

    question: Slug = Field(
        description="La question dont dépend celle-ci.", examples=["venu_avec_rdv"]
    )
    vaut: list[Slug] = Field(
        description="Les réponses à cette question avec lesquelles celle-ci est posée.",
        examples=["[oui]"],
    )


class Option(Typed):
    """One box of a question with several answers."""

    code: Slug = Field(
        description="Nom court de la case, tel qu’il est conservé.", examples=["france_services"]
    )
    libelle: str = Field(
        description="La case telle qu’elle est écrite dans le formulaire.",
        examples=["Une maison France Services"],
    )
    libelles: dict[Language, str] = translations('{en: "A France Services office"}')
    service_public: YesNo = Field(
        default=False,
        description="oui si cette aide est celle d’un service public.",
        examples=["oui"],
    )
    limesurvey: str | None = Field(
        default=None, description="Code de la case dans LimeSurvey.", examples=["SQ002"]
    )
    entetes: tuple[str, ...] = Field(
        default=(),
        description="Intitulés de sa colonne dans vos fichiers.",
        examples=['["Aide — France Services"]'],
    )
    synonymes: tuple[str, ...] = Field(
        default=(),
        description="Autres façons d’écrire cette case dans vos fichiers.",
        examples=['["MFS"]'],
    )


class Question(Typed):
    """One question and where each source keeps its answer."""

    id: Slug = Field(
        description="Nom court de la question, tel qu’il est conservé.", examples=["attente"]
    )
    theme: Slug = Field(
        description="Thème où la question est montrée : l’un de ceux de « themes ».",
        examples=["accueil"],
    )
    type: Literal[tuple(QUESTION_TYPES)] = Field(  # type: ignore[valid-type]
        description="Comment on répond à la question.",
        json_schema_extra=choices({name: one.meaning for name, one in QUESTION_TYPES.items()}),
    )
    role: Literal[tuple(ROLES)] | None = Field(  # type: ignore[valid-type]
        default=None,
        description="Ce à quoi la question peut servir, en plus d’être montrée.",
        json_schema_extra=choices({name: one.meaning for name, one in ROLES.items()}),
    )
    texte: str = Field(
        description=(
            "La question telle qu’elle est posée ; c’est aussi un intitulé reconnu de sa colonne."
        ),
        examples=["Le temps d’attente au guichet"],
    )
    libelles: dict[Language, str] = translations('{en: "Waiting time at the counter"}')
    texte_court: Heading = Field(
        description="La question en quelques mots, pour les tableaux.", examples=["Temps d’attente"]
    )
    echelle: Slug | None = Field(
        default=None,
        description="Échelle des réponses : l’une de celles de « echelles ».",
        examples=["satisfaction4"],
    )
    minimum: float = Field(
        default=0, description="Note la plus basse (type « note »).", examples=[0]
    )
    maximum: float = Field(
        default=10, description="Note la plus haute (type « note »).", examples=[10]
    )
    nps: YesNo = Field(
        default=False,
        description=(
            "oui si la note de 0 à 10 est une recommandation : promoteurs moins détracteurs."
        ),
        examples=["oui"],
    )
    unite: str = Field(
        default="", description="Unité du nombre (type « nombre »).", examples=["minutes"]
    )
    module: int | None = Field(
        default=None, description="Module du référentiel dont parle la question.", examples=[1]
    )
    engagement: Slug | None = Field(
        default=None,
        description="Engagement du référentiel dont parle la question.",
        examples=["m1_accueil"],
    )
    filtre: Filter | None = Field(
        default=None,
        description=(
            "La question n’est posée qu’à ceux qui ont donné certaines réponses à une autre."
        ),
        examples=["{question: venu_avec_rdv, vaut: [oui]}"],
    )
    parent: Slug | None = Field(
        default=None,
        description="Question que cette réponse libre complète (« Autre, précisez »).",
        examples=["motif"],
    )
    limesurvey: str | None = Field(
        default=None, description="Code de la question dans LimeSurvey.", examples=["G04Q01[SQ001]"]
    )
    codes: dict[str, str] = Field(
        default_factory=dict,
        description="Codes de vos exports, et la réponse que chacun désigne ici.",
        examples=['{"1": tres_satisfait, "2": plutot_satisfait}'],
    )
    entetes: list[str] = Field(
        default_factory=list,
        description="Intitulés de sa colonne dans vos fichiers, en plus de son texte.",
        examples=['["Attente", "Temps d’attente"]'],
    )
    options: list[Option] = Field(
        default_factory=list, description="Les cases à cocher (type « multiple »)."
    )

    def faults(self) -> Iterator[Fault]:
        """Yield what does not go with its type."""
        if self.role and self.type not in ROLES[self.role].types:
            kinds = ", ".join(ROLES[self.role].types)
            told = f"le rôle « {self.role} » se donne à une question de type {kinds}"
            yield Fault(("role",), f"{told}, pas « {self.type} »", "Changez le rôle ou le type.")
        if self.kind.is_marked and self.minimum >= self.maximum:
            yield Fault(("minimum",), "« minimum » n’est pas sous « maximum »")
        if self.nps and (not self.kind.is_marked or (self.minimum, self.maximum) != (0, 10)):
            yield Fault(("nps",), "« nps: oui » ne vaut que pour une note de 0 à 10")
        if self.kind.needs_options and not self.options:
            yield Fault(("options",), "options absentes", "Ajoutez les cases de la question.")
        yield from doubles("option", self.options, "options", "code")

    @property
    def kind(self) -> QuestionType:
        """How it is answered, as declared."""
        return QUESTION_TYPES[self.type]

    @property
    def variable(self) -> str:
        """The name by which answers are kept: the role, or else the identifier."""
        if self.role and not ROLES[self.role].may_repeat:
            return str(self.role)
        return f"{self.id}_" if self.id in ROLES else self.id  # a role's name is a role's alone

    @property
    def column(self) -> str:
        """The column of the table `reponses` where its answers go; empty without one."""
        return str(ROLES[self.role].column) if self.role else ""
