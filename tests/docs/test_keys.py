"""Every key of every reference file is explained once, in the models; page and schemas follow."""

import re
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator, FormatChecker
from pydantic import BaseModel, TypeAdapter

from qpref.errors import QprefError
from qpref.reference.loading import content_of
from qpref.reference.schemas import FILES, modeline, schema

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))

import keys  # noqa: E402 - a tool, beside the package

MADE = keys.files()
EXAMPLE = [*(ROOT / "data" / "reference").rglob("*.yml"), *(ROOT / "data" / "clu").glob("*.yml")]
OWN = {
    "membres": "fictif: oui\nconserver_jusqu_au: 2028-12-31\nmembres:\n- {id: a, organisation: A, "
    "categorie: elus, courriel: a@exemple.invalid, echange_adresse: non}\n",
    "envoi": "serveur: relais\nexpediteur: a@exemple.invalid\n",
    "questions": "questions:\n- {recue_le: 2026-03-02, de: élus, texte: Quand}\n",
}


class Editor(yaml.SafeLoader):
    """YAML 1.2, as editors read it: a date, `oui` or 14:30 is a text."""


Editor.yaml_implicit_resolvers = {}
Editor.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
Editor.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(null|~|)$"), ["n", "~", ""])
Editor.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?\d+$"), list("-+0123456789")
)
Editor.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?\d+\.\d+$"), list("-+0123456789")
)


def kind_of(path):
    name = path.relative_to(ROOT / "data")
    if name.parts[0] == "clu":
        return "reunion"
    folders = {"questionnaire": "questionnaire", "labels": "referentiel"}
    return next((folders[part] for part in name.parts if part in folders), path.stem)


def refused(kind, text):
    """Return what an editor underlines."""
    validator = Draft7Validator(schema(kind), format_checker=FormatChecker())
    return [error.message for error in validator.iter_errors(yaml.load(text, Loader=Editor))]  # noqa: S506


@pytest.mark.parametrize("name", MADE)
def test_what_is_made_from_the_models_is_up_to_date(name):
    assert (ROOT / name).read_bytes() == MADE[name], "python tools/keys.py"


@pytest.mark.parametrize("path", EXAMPLE, ids=lambda path: path.name)
def test_every_file_of_the_example_validates_and_says_its_schema(path):
    text = path.read_text(encoding="utf-8")
    assert refused(kind_of(path), text) == []
    kind = kind_of(path)
    expected = modeline(kind)
    if "labels" in path.parts:  # a folder further down than the référentiel of the project
        expected = expected.replace("schemas/", "../schemas/")
    assert text.splitlines()[0] == expected


@pytest.mark.parametrize("kind", OWN)
def test_files_that_the_example_does_not_have_validate_too(kind):
    assert refused(kind, OWN[kind]) == []
    FILES[kind].model.model_validate(content_of(OWN[kind], Path(kind)).value)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("reference/sites.yml", "type_site: prefecture\n", "type_site: mairie\n"),
        ("reference/sites.yml", "nom_court: ", "nom_cour: "),
        ("reference/sites.yml", "    modules: [1, 3, 6]\n", ""),
        ("reference/sites.yml", "id: evry", "id: Évry"),
        ("reference/campagnes.yml", "debut: 2020-11-16", "debut: lundi"),
        ("reference/campagnes.yml", "      evry:\n", "      EVRY:\n"),
        ("reference/questionnaire/satisfaction-1.yml", "ordonnee: oui", "ordonnee: peut-être"),
        ("reference/questionnaire/satisfaction-1.yml", "role: date", "role: jour"),
        ("reference/referentiel.yml", "confirme: non", "confirme: no"),
        ("clu/2021-03-16.yml", "heure: ", "heure: 25:"),
    ],
)
def test_a_mistake_is_underlined(name, before, after):
    path = ROOT / "data" / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    assert refused(kind_of(path), text.replace(before, after, 1))


def models(found, seen):
    """Yield a model and those of its parts."""
    if isinstance(found, type) and issubclass(found, BaseModel):
        if found in seen:
            return
        seen.add(found)
        yield found
        for field in found.model_fields.values():
            yield from models(field.annotation, seen)
    for one in getattr(found, "__args__", ()):
        yield from models(one, seen)


MODELS = [model for file in FILES.values() for model in models(file.model, set())]
FIELDS = {
    f"{model.__name__}.{name}": (model, name, field)
    for model in MODELS
    for name, field in model.model_fields.items()
}


def test_every_key_is_explained_and_its_example_is_accepted():
    refused = {}
    for name, (model, key, field) in FIELDS.items():
        accepts = TypeAdapter(model.__annotations__.get(key, field.annotation))
        try:
            assert (field.description or "").endswith(".")
            for example in field.examples or []:
                is_text = isinstance(example, str) and field.annotation in {str, str | None}
                value = example if is_text else content_of(str(example), Path("exemple")).value
                accepts.validate_python(value)
        except (AssertionError, ValueError, QprefError) as error:
            refused[name] = str(error)

    assert refused == {}


@pytest.mark.parametrize("kind", FILES)
def test_the_meanings_of_values_are_as_many_as_the_values(kind):
    def parts(said):
        if isinstance(said, dict):
            yield said
            for one in said.values():
                yield from parts(one)
        elif isinstance(said, list):
            for one in said:
                yield from parts(one)

    for said in parts(schema(kind)):
        if "markdownEnumDescriptions" in said:
            assert len(said["enum"]) == len(said["markdownEnumDescriptions"])


def test_every_key_is_on_the_page_under_its_file():
    page = (ROOT / keys.PAGE).read_text(encoding="utf-8")
    for name, (_, key, _) in FIELDS.items():
        assert f"| `{key}` |" in page, name
