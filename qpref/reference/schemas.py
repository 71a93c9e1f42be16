"""JSON Schemas of the reference files, for editors that read them, made from the models.

What they say of a key stands in the model (`Field(description=…, examples=[…])`, in French; an
example is written as in a file). They expect what a file should hold, `oui` or `non` and not
`true`; `load_reference` reads more than that, and is the only one to refuse.
"""

import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import yaml
from pydantic import BaseModel

from qpref.reference.actions import ActionPlan
from qpref.reference.committee import Committee
from qpref.reference.complaints import Complaints
from qpref.reference.example import Invented
from qpref.reference.grid import MysteryGrid
from qpref.reference.labelling import Labelling
from qpref.reference.meeting import Meeting, Minutes, Questions
from qpref.reference.members import Members, Relay
from qpref.reference.monthly import Monthly
from qpref.reference.questionnaire import Questionnaire
from qpref.reference.sites import Sites
from qpref.reference.standard import Standard
from qpref.reference.subjects import CodeBook
from qpref.reference.surveys import Campaigns

_DRAFT = "http://json-schema.org/draft-07/schema#"  # the latest that all editors read


@dataclass(frozen=True)
class File:
    """A kind of file: its model, the path of one in a project, and what it holds, in French."""

    model: type[BaseModel]
    path: str
    holds: str


FILES = {
    "sites": File(Sites, "data/reference/sites.yml", "Les sites, et ce qu’ils partagent."),
    "campagnes": File(Campaigns, "data/reference/campagnes.yml", "Les campagnes d’enquête."),
    "questionnaire": File(
        Questionnaire,
        "data/reference/questionnaire/NOM.yml",
        "Un questionnaire de satisfaction : thèmes, échelles, questions.",
    ),
    "mystere": File(
        MysteryGrid,
        "data/reference/mystere.yml",
        "La grille de l’enquête mystère. Sans ce fichier, celle qui est livrée avec qpref sert.",
    ),
    "referentiel": File(
        Standard,
        "data/reference/referentiel.yml",
        "Le référentiel d’un label. Sans ce fichier, celui qui est livré avec qpref sert.",
    ),
    "sujets": File(
        CodeBook,
        "data/reference/sujets.yml",
        "Les sujets des remarques libres et leurs mots. Sans ce fichier, celui qui est livré avec "
        "qpref sert.",
    ),
    "clu": File(
        Committee,
        "data/reference/clu.yml",
        "Les remarques du comité local des usagers. Fichier facultatif.",
    ),
    "actions": File(
        ActionPlan, "data/reference/actions.yml", "Le plan d’amélioration. Fichier facultatif."
    ),
    "labellisation": File(
        Labelling,
        "data/reference/labellisation.yml",
        "Le suivi de la labellisation. Fichier facultatif.",
    ),
    "indicateurs": File(
        Monthly,
        "data/reference/indicateurs.yml",
        "Les chiffres suivis mois par mois, et les exports qui les donnent. Fichier facultatif.",
    ),
    "reclamations": File(
        Complaints,
        "data/reference/reclamations.yml",
        "Le registre des réclamations et suggestions, et les exports qui le donnent. Fichier "
        "facultatif.",
    ),
    "exemple": File(
        Invented,
        "data/reference/exemple.yml",
        "Ce que « qpref exemple » invente pour ce projet. Fichier facultatif.",
    ),
    "reunion": File(
        Meeting, "data/clu/AAAA-MM-JJ.yml", "Une réunion du comité. Fichier facultatif."
    ),
    "questions": File(
        Questions,
        "data/clu/AAAA-MM-JJ.questions.yml",
        "Les questions reçues par courriel avant une réunion : « qpref clu question » l’écrit.",
    ),
    "compte-rendu": File(
        Minutes,
        "data/clu/AAAA-MM-JJ.compte-rendu.yml",
        "Ce que dit le compte rendu rempli : « qpref clu compte-rendu » l’écrit.",
    ),
    "membres": File(
        Members,
        "data/clu/membres.yml",
        "Les membres du comité et leurs adresses : ce fichier ne sort pas du service.",
    ),
    "envoi": File(Relay, "data/clu/envoi.yml", "Le relais qui envoie le courrier."),
}


def modeline(kind: str) -> str:
    """
    Return the first line of a file, which tells editors its schema.

    Examples
    --------
    >>> modeline("questionnaire")
    '# yaml-language-server: $schema=../schemas/questionnaire.json'
    """
    up = PurePosixPath(FILES[kind].path).parent.relative_to("data").parts
    base = "data/reference" if up[0] == "reference" else "data"
    steps = "../" * (len(up) - 1) if base == "data/reference" else "../reference/"
    return f"# yaml-language-server: $schema={steps}schemas/{kind}.json"


def schema(kind: str) -> dict[str, Any]:
    """Return the schema of a kind of file."""
    file = FILES[kind]
    found = file.model.model_json_schema(ref_template="#/definitions/{model}")
    definitions = {name: _tidied(one) for name, one in found.pop("$defs", {}).items()}
    more = {"definitions": definitions} if definitions else {}
    return {"$schema": _DRAFT, "title": file.holds, **_tidied(found), **more}


def schema_files() -> dict[str, bytes]:
    """Return the schemas as files, by name."""
    return {
        f"{kind}.json": json.dumps(schema(kind), ensure_ascii=False, indent=1).encode() + b"\n"
        for kind in FILES
    }


def _tidied(model: dict[str, Any]) -> dict[str, Any]:
    """Return what pydantic says of a model, without its English docstring and titles."""
    kept = {key: value for key, value in model.items() if key not in {"title", "description"}}
    properties = {name: _property(one) for name, one in kept.get("properties", {}).items()}
    return {**kept, "properties": properties} if properties else kept


def _property(said: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = _without_titles(said)
    meanings = found.pop("markdownEnumDescriptions", None)
    if meanings:
        values = next(part for part in _parts(found) if "enum" in part)
        values["markdownEnumDescriptions"] = meanings
        told = "\n".join(f"- {v} : {m}" for v, m in zip(values["enum"], meanings, strict=True))
        found["description"] = f"{found['description']}\n{told}"
    if "examples" in found:
        is_text = any("enum" in one or one.get("type") == "string" for one in _parts(found))
        read = str if is_text else yaml.safe_load
        found["examples"] = [plain(read(str(one))) for one in found["examples"]]
    if found.get("default") in (False, True):
        found["default"] = "oui" if found["default"] else "non"
    return found


def _parts(said: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a property, and the forms that it may take."""
    return [said, *said.get("anyOf", ())]


def _without_titles(said: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(said, list):
        return [_without_titles(one) for one in said]
    if not isinstance(said, dict):
        return said
    found = {k: _without_titles(v) for k, v in said.items() if k not in {"title", "discriminator"}}
    if "patternProperties" in found:
        found["additionalProperties"] = False  # names that the pattern refuses are refused
    return found


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return what YAML holds as JSON does: a date is a text."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)
