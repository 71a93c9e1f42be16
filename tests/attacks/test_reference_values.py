"""Drawn values at every key of every reference file: a sentence, never a trace of Python.

The files are those of the example, and a members' file and a relay; each draw replaces, removes,
doubles or renames parts of one of them, wherever they are.
"""

import copy
import shutil
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qpref.errors import QprefError
from qpref.project import Project
from qpref.reference import load_reference
from qpref.reference.checking import check
from qpref.reference.unused import unused
from qpref.starter.migration import plan_migration
from tests.attacks.fuzzing import check_sentence
from tests.conftest import ROOT, example_count
from tests.quick import dumped, loaded

OWN = {
    "clu/membres.yml": {
        "fictif": "oui", "conserver_jusqu_au": date(2030, 1, 1),
        "membres": [{"id": "a", "organisation": "A", "categorie": "elus",
                     "courriel": "a@exemple.invalid", "echange_adresse": "non"}],
    },
    "clu/envoi.yml": {"serveur": "relais", "expediteur": "a@exemple.invalid"},
}  # fmt: skip
FORMER = ROOT / "tests/unit/ancien/data/reference/questionnaire/usagers.yml"


def contents():
    folder = ROOT / "data"
    paths = [*(folder / "reference").rglob("*.yml"), *(folder / "clu").glob("*.yml")]
    own = {path.relative_to(folder).as_posix(): path for path in paths}
    own["reference/questionnaire/usagers.yml"] = FORMER
    return {name: loaded(p.read_text("utf-8")) for name, p in own.items()} | OWN


CONTENTS = contents()


def places(value, steps=()):
    """Return the way to every part of what a file holds."""
    if steps:
        yield steps
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(part, (*steps, key))


PLACES = {name: list(places(content)) for name, content in CONTENTS.items()}
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.integers(), st.floats(), st.dates(),
    st.text(max_size=6), st.datetimes(), st.binary(max_size=4),
    st.sampled_from(["oui", "non", "evry", "2020-11", "opinion", "=1", "ensemble", "é", "14:30"]),
)  # fmt: skip
KEYS = st.one_of(
    st.sampled_from(["id", "type", "role", "echelle", "site"]), st.integers(), st.text(max_size=4)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def spoiled(draw, name):
    """Return what a file holds, some of its parts changed."""
    whole = copy.deepcopy(CONTENTS[name])
    for _ in range(draw(st.integers(1, 4))):
        *way, last = draw(st.sampled_from(PLACES[name]))
        held = whole
        try:
            for step in way:
                held = held[step]
            change = draw(st.sampled_from(["value", "value", "remove", "double", "rename"]))
            if change == "value":
                held[last] = draw(VALUES)
            elif change == "remove":
                del held[last]
            elif change == "double" and isinstance(held, list):
                held.append(copy.deepcopy(held[last]))
            elif isinstance(held, dict):
                held[draw(KEYS)] = held.pop(last)
        except (KeyError, IndexError, TypeError):  # an earlier change took it away
            continue
    return whole


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("valeurs")
    shutil.copytree(ROOT / "data" / "reference", folder / "data" / "reference")
    shutil.copytree(ROOT / "data" / "clu", folder / "data" / "clu")
    return Project(folder)


@pytest.mark.parametrize("name", sorted(CONTENTS))
def test_no_value_of_a_reference_file_gives_a_trace(project, name):
    path = project.root / "data" / name
    before = path.read_bytes() if path.exists() else None

    @settings(max_examples=example_count(1, 80), suppress_health_check=list(HealthCheck))
    @given(spoiled(name))
    def attacked(whole):
        path.write_text(dumped(whole), encoding="utf-8")
        checked = check(project)
        for problem in checked.problems:
            check_sentence(f"{problem.text} {problem.remedy}")
            assert problem.sentence
            assert problem.remedy
        list(unused(checked.parts))
        plan_migration(project)
        own = [p for p in checked.problems if p.path.is_relative_to(project.reference)]
        read = [p for p in own if p.path.name != "exemple.yml"]
        refused = None
        try:
            load_reference(project.reference)
        except QprefError as error:
            refused = str(error)
            check_sentence(refused)
        assert bool(read) == bool(refused), refused  # what is told is refused, and the reverse

    try:
        attacked()
    finally:
        path.unlink(missing_ok=True)
        if before is not None:
            path.write_bytes(before)
