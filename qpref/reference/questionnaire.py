"""A version of a satisfaction questionnaire: questions, scales, roles."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any, Self

from pydantic import Field, model_validator

from qpref.errors import listing, suggestion
from qpref.questions import GROUPS
from qpref.reference.audience import USERS, Audience
from qpref.reference.faults import Fault, doubles, unknown
from qpref.reference.former import renewed
from qpref.reference.models import Certainty, Heading, Language, Slug, Source, Typed, mark
from qpref.reference.question import Filter, Option, Question
from qpref.reference.scales import FAVOURABLE, TICKED, Scale
from qpref.reference.tongue import Tongue

__all__ = ["FAVOURABLE", "TICKED", "Filter", "Option", "Question", "Questionnaire", "Scale"]
_FEWEST_LEVELS, _MOST_LEVELS = 2, 11


def _not_judged(scale: Scale) -> Iterator[Fault]:
    """Yield why the levels of a question of opinion cannot be for or against."""
    place, levels = ("echelle",), len(scale.answers)
    if not _FEWEST_LEVELS <= levels <= _MOST_LEVELS:
        told = f"une échelle d’opinion a de {_FEWEST_LEVELS} à {_MOST_LEVELS} niveaux"
        yield Fault(place, f"{told}, celle-ci {levels}", "Corrigez les modalités de l’échelle.")
    if not scale.is_one_way:
        told = "les niveaux de son échelle ne vont pas du plus favorable au moins favorable"
        remedy = "Corrigez leur ordre ou leurs clés « favorable »."
        yield Fault(place, f"{told}, ni l’inverse", remedy)
    if not scale.favourable:
        told = "aucun niveau de son échelle n’est « favorable: oui »"
        remedy = "Dites lesquels le sont, ou donnez à la question le type « unique »."
        yield Fault(place, told, remedy)


class Trials(Typed):
    """The remarks that mark an answer as a trial."""

    question: Slug = Field(
        description="Question où l’on écrit les réponses d’essai.", examples=["suggestion"]
    )
    vaut: list[str] = Field(
        description="Textes qui marquent un essai : ces réponses sont mises de côté.",
        examples=['["test", "essai"]'],
    )


class Questionnaire(Typed):
    """A version of the satisfaction questionnaire."""

    id: Slug = Field(
        description="Nom du questionnaire : celui de son fichier, sans « .yml ».",
        examples=["satisfaction-1"],
    )
    libelle: str = Field(
        description="Nom du questionnaire dans les rapports.",
        examples=["Satisfaction des usagers, version 1"],
    )
    certitude: Certainty
    source: Source
    public: Audience = Field(
        default=USERS,
        description="À qui ce questionnaire est proposé ; sans cette clé, aux usagers.",
        examples=["{id: agents, singulier: agent, pluriel: agents}"],
    )
    themes: dict[Slug, Heading] = Field(
        description="Thèmes des rapports, dans leur ordre : nom court, puis titre.",
        examples=['{accueil: "L’accueil sur place"}'],
    )
    echelles: dict[Slug, Scale] = Field(
        default_factory=dict, description="Échelles de réponse, par nom court."
    )
    questions: list[Question] = Field(
        min_length=1, description="Les questions, dans l’ordre du formulaire."
    )
    langues: dict[Language, Tongue] = Field(
        default_factory=dict,
        description="Langues du formulaire en plus du français, par leur code.",
        examples=[
            '{en: {libelle: "User satisfaction", themes: {accueil: "Reception"}, mention: "…"}}'
        ],
    )
    essais: Trials | None = Field(
        default=None,
        description="À quoi l’on reconnaît une réponse d’essai.",
        examples=['{question: suggestion, vaut: ["test"]}'],
    )

    @model_validator(mode="before")
    @classmethod
    def _renew(cls, content: Any) -> Any:  # noqa: ANN401 - runs before validation
        return renewed(content)

    def faults(self) -> Iterator[Fault]:
        """Yield names that point to nothing, or that two questions bear."""
        yield from doubles("question", self.questions, "questions")
        yield from self._roles_doubled()
        names = [question.id for question in self.questions]
        for rank, question in enumerate(self.questions):
            for fault in self._faults_of(question, names):
                yield replace(fault, steps=("questions", rank, *fault.steps))
        for name, tongue in self.langues.items():
            for theme in tongue.themes:
                yield from unknown(("langues", name, "themes"), theme, [*self.themes])
        if self.essais:
            yield from unknown(("essais", "question"), self.essais.question, names)

    def _roles_doubled(self) -> Iterator[Fault]:
        """Yield questions that bear the role, or are kept under the name, of an earlier one."""
        seen: dict[str, str] = {}
        for rank, question in enumerate(self.questions):
            other = seen.setdefault(question.variable, question.id)
            if other != question.id:
                told = f"« {question.variable} » est déjà tenu par la question « {other} »"
                remedy = "Un rôle se donne à une seule question : retirez-le de l’autre."
                yield Fault(("questions", rank, "role" if question.role else "id"), told, remedy)

    def _faults_of(self, question: Question, names: list[str]) -> Iterator[Fault]:
        if question.theme not in self.themes:
            told = f"thème « {question.theme} » inconnu.{suggestion(question.theme, self.themes)}"
            known = f" Thèmes : {listing(self.themes)}"
            yield Fault(("theme",), told + known, missing=question.theme)
        needs_scale = question.kind.needs_scale or question.role in GROUPS
        if question.echelle and question.echelle not in self.echelles:
            told = f"échelle « {question.echelle} » inconnue."
            told += suggestion(question.echelle, self.echelles)
            known = f" Échelles : {listing(self.echelles)}"
            yield Fault(("echelle",), told + known, missing=question.echelle)
        elif needs_scale and not question.echelle:
            told = f"une question de type « {question.type} » a une échelle"
            yield Fault(("echelle",), told, "Ajoutez « echelle ».")
        elif question.kind.is_judged:
            yield from _not_judged(self.echelles[question.echelle or ""])
        if question.parent:
            yield from unknown(("parent",), question.parent, names)
        if question.filtre:
            yield from unknown(("filtre", "question"), question.filtre.question, names)

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

    def without(self, questions: Collection[Question]) -> Self:
        """Return the same without some questions."""
        if not questions:
            return self
        names = {question.id for question in questions}
        kept = [question for question in self.questions if question.id not in names]
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return self.model_construct(**fields | {"questions": kept})

    def favourables(self, questions: Iterable[str]) -> str:
        """Return who chose a favourable level of some questions, in the words of their scales."""
        names = {self.scale(name).favorables for name in questions}
        return names.pop() if len(names) == 1 else FAVOURABLE

    @property
    def opinions(self) -> list[Question]:
        """The questions of opinion, in order."""
        return [question for question in self.questions if question.kind.is_judged]

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
