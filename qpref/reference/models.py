"""What each file of data/reference holds, typed. Every fact carries its source and certainty."""

import hashlib
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from qpref.errors import ReferenceFileError
from qpref.questions import QUESTION_TYPES, QuestionType
from qpref.schema import STATES

Certainty = Literal["vu", "deduit", "suppose", "exemple", "absent"]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9_\-]+$")]


def _yes_no(value: Any) -> Any:  # noqa: ANN401 - runs before validation
    if isinstance(value, bool):
        return value
    if value not in ("oui", "non"):
        raise ValueError(f"« {value} » n’est pas prévu (valeurs prévues : oui, non)")
    return value == "oui"


YesNo = Annotated[bool, BeforeValidator(_yes_no)]


class Typed(BaseModel):
    """A frozen object that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self, 'id', '')}>"


def mark(name: str, *content: object) -> str:
    """Return a name and a digest of what it stands for: another content, another version."""
    texts = [
        model.model_dump_json() if isinstance(model, BaseModel) else str(model)
        for part in content
        for model in (part.values() if isinstance(part, dict) else list(part))  # type: ignore[call-overload]
    ]
    return f"{name}, version {hashlib.sha256(''.join(texts).encode()).hexdigest()[:8]}"


def unique(kind: str, values: list[str]) -> None:
    """Refuse an identifier written twice."""
    double = sorted({value for value in values if values.count(value) > 1})
    if double:
        raise ValueError(f"{kind} en double : {', '.join(double)}")


# Campaigns


class Number(Typed):
    """A whole number, with its source."""

    valeur: int = Field(ge=1)
    certitude: Certainty
    source: str


class Window(Typed):
    """First and last day, both included."""

    debut: date
    fin: date

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.fin < self.debut:
            raise ValueError(f"la fin ({self.fin}) précède le début ({self.debut})")
        return self


class Campaign(Window):
    """
    One satisfaction campaign and the mystery survey that goes with it.

    `cible`: of whom the results speak. « service »: of the service in general, no finite population
    correction; « visiteurs »: of the visitors of these weeks alone, corrected for their number.
    """

    id: Slug
    libelle: str
    certitude: Certainty
    source: str
    precedente: Slug | None = None
    questionnaire: Slug
    partielles: Literal["exclues", "incluses"] = "exclues"
    contexte: str | None = None
    objectifs: dict[Slug, Number] = {}
    cible: Literal["service", "visiteurs"] = "service"
    mystere: Window | None = None
    conserver_recus_jusqu_au: date | None = None  # the files received, which may hold personal data

    @property
    def contact_days(self) -> Window:
        """First and last day of the mystery contacts: those of the campaign when it says none."""
        return self.mystere or self

    @property
    def kept_statuses(self) -> list[str]:
        """Statuses of the answers and contacts that count in the results."""
        return ["complete", *(["partielle"] if self.partielles == "incluses" else [])]


class Campaigns(Typed):
    """All campaigns."""

    campagnes: list[Campaign]

    @model_validator(mode="after")
    def _check(self) -> Self:
        unique("identifiant de campagne", [campaign.id for campaign in self.campagnes])
        return self


# Questionnaire

BOX_SCALE = "oui_non"  # the scale by which ticked boxes are read


class Modality(Typed):
    """One answer of a scale; `favorable` is null when it is neither for nor against."""

    code: Slug
    libelle: str
    favorable: YesNo | None = None
    etat: Literal["repondu", "sans_objet", "nsp"] = "repondu"
    synonymes: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


class Scale(Typed):
    """The answers a closed question allows, in order when `ordonnee`."""

    ordonnee: YesNo
    modalites: list[Modality]

    @model_validator(mode="after")
    def _check(self) -> Self:
        unique("code", [modality.code for modality in self.modalites])
        return self

    @property
    def answers(self) -> list[Modality]:
        """The modalities that state an opinion or a fact (neither NSP nor sans objet)."""
        return [modality for modality in self.modalites if modality.etat == STATES[0]]


class Filter(Typed):
    """The question is asked only when another one has one of these answers."""

    question: Slug
    vaut: list[Slug]


class Option(Typed):
    """One box of a question with several answers."""

    code: Slug
    libelle: str
    service_public: YesNo = False
    limesurvey: str | None = None
    entetes: tuple[str, ...] = ()
    synonymes: tuple[str, ...] = ()


class Question(Typed):
    """One question and where each source keeps its answer."""

    id: Slug
    theme: Slug
    type: Literal[tuple(QUESTION_TYPES)]  # type: ignore[valid-type]
    texte: str
    texte_court: str
    echelle: Slug | None = None
    principale: YesNo = False
    module: int | None = None
    engagement: Slug | None = None
    filtre: Filter | None = None
    parent: Slug | None = None  # the question that this free answer completes
    limesurvey: str | None
    codes: dict[str, str] = {}
    entetes: list[str]
    options: list[Option] = []

    @property
    def kind(self) -> QuestionType:
        """How it is answered, as declared."""
        return QUESTION_TYPES[self.type]


class Trials(Typed):
    """The remarks that mark an answer as a trial."""

    question: Slug
    vaut: list[str]


class Questionnaire(Typed):
    """A version of the satisfaction questionnaire."""

    id: Slug
    libelle: str
    certitude: Certainty
    source: str
    themes: dict[Slug, str]
    echelles: dict[Slug, Scale]
    questions: list[Question]
    essais: Trials

    @model_validator(mode="after")
    def _check_boxes(self) -> Self:
        for question in self.questions:
            if not question.kind.needs_options:
                continue
            if not question.options:
                raise ValueError(f"question {question.id} : options absentes")
            if BOX_SCALE not in self.echelles:
                raise ValueError(
                    f"échelle « {BOX_SCALE} » absente : elle sert à lire les cases cochées"
                )
        return self

    @model_validator(mode="after")
    def _check(self) -> Self:
        names = [question.id for question in self.questions]
        unique("question", names)
        for question in self.questions:
            if question.theme not in self.themes:
                raise ValueError(f"question {question.id} : thème « {question.theme} » inconnu")
            if question.kind.needs_scale and question.echelle not in self.echelles:
                raise ValueError(
                    f"question {question.id} : échelle « {question.echelle} » inconnue"
                )
            if question.parent and question.parent not in names:
                raise ValueError(f"question {question.id} : question parente inconnue")
            if question.filtre and question.filtre.question not in names:
                raise ValueError(f"question {question.id} : filtre sur une question inconnue")
        if sum(question.principale for question in self.questions) != 1:
            raise ValueError("une question, et une seule, porte « principale: oui »")
        return self

    @property
    def mark(self) -> str:
        """Identifier and version, by which a keying workbook knows its questionnaire."""
        return mark(self.id, self.questions, self.echelles)

    @cached_property
    def by_id(self) -> dict[str, Question]:
        """The questions by identifier."""
        return {question.id: question for question in self.questions}

    @property
    def main(self) -> Question:
        """The pre-named main indicator."""
        return next(question for question in self.questions if question.principale)

    @property
    def opinions(self) -> list[Question]:
        """The satisfaction questions, in order."""
        return [
            question
            for question in self.questions
            if question.kind.may_judge
            and any(modality.favorable for modality in self.scale(question.id).modalites)
        ]

    @property
    def public_services(self) -> tuple[str, list[str]] | None:
        """The question on help received, and its boxes that stand for a public service."""
        for question in self.questions:
            boxes = [option.code for option in question.options if option.service_public]
            if boxes:
                return question.id, boxes
        return None

    def scale(self, question: str) -> Scale:
        """Return the scale of a closed question."""
        name = self.by_id[question].echelle
        if name is None:
            raise KeyError(question)
        return self.echelles[name]

    def flow_scales(self) -> dict[str, Scale]:
        """
        Return the scales by which visitors are counted.

        Raises
        ------
        ReferenceFileError
            If the questionnaire lacks one.
        """
        names = ("demi_journee", "guichet")
        missing = [name for name in names if name not in self.echelles]
        if missing:
            raise ReferenceFileError(
                f"Le questionnaire {self.id} n’a pas d’échelle « {', '.join(missing)} », par "
                "laquelle la fréquentation est comptée.",
                "Ajoutez-la à ses échelles.",
            )
        return {name: self.echelles[name] for name in names}

    def label(self, question: str, code: str) -> str:
        """Return the wording of a modality."""
        return next(m.libelle for m in self.scale(question).modalites if m.code == code)
