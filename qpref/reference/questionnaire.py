"""A version of a satisfaction questionnaire: questions, scales, roles."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from qpref.questions import GROUPS, QUESTION_TYPES, ROLES, QuestionType
from qpref.reference.former import renewed
from qpref.reference.models import Certainty, Modality, Slug, Typed, YesNo, mark, unique
from qpref.schema import STATES

FAVOURABLE = "réponses favorables"
_SIDES: dict[bool | None, int] = {True: 0, None: 1, False: 2}
_FEWEST_LEVELS, _MOST_LEVELS = 2, 11


class Scale(Typed):
    """
    The answers a closed question allows, in order when `ordonnee`.

    `favorables` says in a report who chose a favourable level: « usagers satisfaits ».
    """

    ordonnee: YesNo
    modalites: list[Modality]
    favorables: str = FAVOURABLE

    @model_validator(mode="after")
    def _check(self) -> Self:
        unique("code", [modality.code for modality in self.modalites])
        return self

    @cached_property
    def answers(self) -> list[Modality]:
        """
        The modalities that state an opinion or a fact (neither NSP nor sans objet).

        The most favourable level comes first, whichever end the form begins with.
        """
        given = [modality for modality in self.modalites if modality.etat == STATES[0]]
        sides = [_SIDES[modality.favorable] for modality in given]
        return given[::-1] if sides != sorted(sides) and sides == sorted(sides)[::-1] else given

    @property
    def is_one_way(self) -> bool:
        """Whether its levels go from for to against, or the other way, without turning back."""
        sides = [_SIDES[modality.favorable] for modality in self.answers]
        return sides == sorted(sides)

    @property
    def outside(self) -> list[Modality]:
        """The modalities that give no answer: « sans objet », « ne sait pas »."""
        return [modality for modality in self.modalites if modality.etat != STATES[0]]

    @property
    def favourable(self) -> list[Modality]:
        """The levels that are for."""
        return [modality for modality in self.answers if modality.favorable]


# How ticked boxes are read, besides the wording of the questionnaire.
TICKED = Scale.model_validate(
    {
        "ordonnee": "non",
        "modalites": [
            {
                "code": "oui",
                "libelle": "Oui",
                "synonymes": ["o", "x", "yes", "vrai", "true", "coché", "checked", "selected"],
                "codes": ["1", "Y"],
            },
            {
                "code": "non",
                "libelle": "Non",
                "synonymes": ["n", "no", "faux", "false", "non coché", "unchecked", "not selected"],
                "codes": ["0", "2", "N"],
            },
            {"code": "nsp", "libelle": "Ne sait pas", "etat": "nsp", "synonymes": ["NSP"]},
        ],
    }
)


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
    role: Literal[tuple(ROLES)] | None = None  # type: ignore[valid-type]
    texte: str
    texte_court: str
    echelle: Slug | None = None
    minimum: float = 0
    maximum: float = 10
    nps: YesNo = False
    unite: str = ""
    module: int | None = None
    engagement: Slug | None = None
    filtre: Filter | None = None
    parent: Slug | None = None  # the question that this free answer completes
    limesurvey: str | None = None
    codes: dict[str, str] = Field(default_factory=dict)
    entetes: list[str] = Field(default_factory=list)
    options: list[Option] = Field(default_factory=list)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.role and self.type not in ROLES[self.role].types:
            kinds = ", ".join(ROLES[self.role].types)
            raise ValueError(
                f"question {self.id} : le rôle « {self.role} » se donne à une question de type "
                f"{kinds}, pas « {self.type} »"
            )
        if self.kind.is_marked and self.minimum >= self.maximum:
            raise ValueError(f"question {self.id} : « minimum » n’est pas sous « maximum »")
        if self.nps and (not self.kind.is_marked or (self.minimum, self.maximum) != (0, 10)):
            raise ValueError(
                f"question {self.id} : « nps: oui » ne vaut que pour une note de 0 à 10"
            )
        if self.kind.needs_options and not self.options:
            raise ValueError(f"question {self.id} : options absentes")
        unique(f"option de la question {self.id}", [option.code for option in self.options])
        return self

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
    echelles: dict[Slug, Scale] = Field(default_factory=dict)
    questions: list[Question] = Field(min_length=1)
    essais: Trials | None = None

    @model_validator(mode="before")
    @classmethod
    def _renew(cls, content: Any) -> Any:  # noqa: ANN401 - runs before validation
        return renewed(content)

    @model_validator(mode="after")
    def _check(self) -> Self:
        names = [question.id for question in self.questions]
        unique("question", names)
        roles = [question.role for question in self.questions if question.role]
        unique("rôle", [role for role in roles if not ROLES[role].may_repeat])
        unique("question", [question.variable for question in self.questions])
        for question in self.questions:
            self._check_question(question, names)
        if self.essais and self.essais.question not in names:
            raise ValueError(f"essais : question « {self.essais.question} » inconnue")
        return self

    def _check_question(self, question: Question, names: list[str]) -> None:
        place = f"question {question.id}"
        if question.theme not in self.themes:
            raise ValueError(f"{place} : thème « {question.theme} » inconnu")
        needs_scale = question.kind.needs_scale or question.role in GROUPS
        if (needs_scale or question.echelle) and question.echelle not in self.echelles:
            raise ValueError(f"{place} : échelle « {question.echelle} » inconnue")
        if question.kind.is_judged:
            self._check_judged(place, self.echelles[question.echelle or ""])
        if question.parent and question.parent not in names:
            raise ValueError(f"{place} : question parente inconnue")
        if question.filtre and question.filtre.question not in names:
            raise ValueError(f"{place} : filtre sur une question inconnue")

    @staticmethod
    def _check_judged(place: str, scale: Scale) -> None:
        """Refuse a question of opinion whose levels cannot be for or against."""
        levels = len(scale.answers)
        if not _FEWEST_LEVELS <= levels <= _MOST_LEVELS:
            raise ValueError(
                f"{place} : une échelle d’opinion a de {_FEWEST_LEVELS} à {_MOST_LEVELS} niveaux, "
                f"celle-ci {levels}"
            )
        if not scale.is_one_way:
            raise ValueError(
                f"{place} : les niveaux de son échelle ne vont pas du plus favorable au moins "
                "favorable (ni l’inverse) ; corrigez leur ordre ou leurs clés « favorable »"
            )
        if not scale.favourable:
            raise ValueError(
                f"{place} : aucun niveau de son échelle n’est « favorable: oui » ; dites lesquels "
                "le sont, ou donnez à la question le type « unique »"
            )

    @property
    def mark(self) -> str:
        """Identifier and version, by which a keying workbook knows its questionnaire."""
        return mark(self.id, self.questions, self.echelles)

    @cached_property
    def by_id(self) -> dict[str, Question]:
        """The questions by identifier."""
        return {question.id: question for question in self.questions}

    @cached_property
    def by_role(self) -> dict[str, Question]:
        """The questions that bear a role, by role."""
        return {question.role: question for question in self.questions if question.role}

    @cached_property
    def by_variable(self) -> dict[str, Question]:
        """The questions by the name under which answers are kept."""
        return {question.variable: question for question in self.questions}

    @property
    def main(self) -> str:
        """The question on overall satisfaction, the pre-named main indicator; empty without one."""
        found = self.by_role.get("satisfaction_globale")
        return found.id if found else ""

    @property
    def opinions(self) -> list[Question]:
        """The questions of opinion, in order."""
        return [question for question in self.questions if question.kind.is_judged]

    def favourables(self, questions: Iterable[str]) -> str:
        """Return who chose a favourable level of some questions, in the words of their scales."""
        names = {self.scale(name).favorables for name in questions}
        return names.pop() if len(names) == 1 else FAVOURABLE

    @property
    def groups(self) -> list[str]:
        """The roles by which the report says who answered, those that are asked."""
        return [role for role in GROUPS if role in self.by_role]

    @property
    def public_services(self) -> tuple[str, list[str]] | None:
        """The question on help received, and its boxes that stand for a public service."""
        question = self.by_role.get("aide")
        boxes = [o.code for o in question.options if o.service_public] if question else []
        return (question.id, boxes) if question and boxes else None

    def scale(self, question: str) -> Scale:
        """Return the scale of a closed question, by its identifier."""
        name = self.by_id[question].echelle
        if name is None:
            raise KeyError(question)
        return self.echelles[name]

    def levels(self, variable: str) -> Scale:
        """Return the scale of a closed question, by its role (or identifier when it has none)."""
        return self.scale(self.by_variable[variable].id)

    def flow_scales(self) -> dict[str, Scale]:
        """Return the scales by which visitors can be counted, by role."""
        return {
            role: self.levels(role)
            for role in ("demi_journee", "guichet")
            if role in self.by_role and self.by_role[role].echelle
        }

    def label(self, question: str, code: str) -> str:
        """Return the wording of a modality of a question, by its identifier."""
        return next(m.libelle for m in self.scale(question).modalites if m.code == code)
