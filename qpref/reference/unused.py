"""Find what reference files declare and nothing reads or shows."""

from collections.abc import Iterator
from dataclasses import dataclass

from qpref.questions import Answer
from qpref.reference.links import Parts
from qpref.reference.questionnaire import Questionnaire


@dataclass(frozen=True)
class Unused:
    """A part of a file (by its name in data/reference) that serves nothing, and why."""

    file: str
    key: str
    why: str


def unused(parts: Parts) -> Iterator[Unused]:
    """Yield what serves nothing in what could be read."""
    campaigns = parts.campaigns.every if parts.campaigns else []
    asked = {campaign.questionnaire for campaign in campaigns}
    for name, questionnaire in parts.questionnaires.items():
        file = f"questionnaire/{name}.yml"
        if parts.campaigns and name not in asked:
            yield Unused(file, "id", "aucune campagne ne se sert de ce questionnaire")
        if questionnaire:
            yield from _of_questionnaire(questionnaire, name, file)
    yield from _of_remarks(parts)
    yield from _of_grid(parts)


def _of_questionnaire(found: Questionnaire, name: str, file: str) -> Iterator[Unused]:
    if found.id != name:
        yield Unused(file, "id", f"« {found.id} » n’est pas le nom du fichier, qui seul compte")
    themes = {question.theme for question in found.questions}
    for theme in found.themes:
        if theme not in themes:
            yield Unused(file, f"themes › {theme}", "aucune question n’est de ce thème")
    scales = {question.echelle for question in found.questions}
    for scale in found.echelles:
        if scale not in scales:
            yield Unused(file, f"echelles › {scale}", "aucune question n’a cette échelle")
    yield from _of_questions(found, file)


def _of_questions(found: Questionnaire, file: str) -> Iterator[Unused]:
    """Yield the keys that go with other types of question."""
    for rank, question in enumerate(found.questions, start=1):
        kind, given = question.kind, question.model_fields_set
        is_number = kind.answer is Answer.NUMBER
        idle = {
            "options": not kind.needs_options,
            "unite": not is_number or kind.is_marked,
            "minimum": not kind.is_marked,
            "maximum": not kind.is_marked,
        }
        for key in (name for name, is_idle in idle.items() if is_idle and name in given):
            why = f"une question de type « {question.type} » ne s’en sert pas"
            yield Unused(file, f"questions › {rank} › {key}", why)


def _of_remarks(parts: Parts) -> Iterator[Unused]:
    """Yield the remarks that no report will ever answer."""
    known = parts.campaign_names
    for rank, remark in enumerate(parts.committee.remarques if parts.committee else (), start=1):
        for key in ("campagne_visee", "campagne_reponse"):
            name = getattr(remark, key)
            if known is not None and name not in known:
                why = f"« {name} » n’est pas une campagne : cette remarque n’est jamais montrée"
                yield Unused("clu.yml", f"remarques › {rank} › {key}", why)


def _of_grid(parts: Parts) -> Iterator[Unused]:
    if parts.grid is None:
        return
    checked = {name for criterion in parts.grid.criteres for name in criterion.canaux}
    for channel in parts.grid.canaux:
        if channel.id not in checked:
            yield Unused(
                "mystere.yml", f"canaux › {channel.id}", "aucun critère n’est sur ce canal"
            )
