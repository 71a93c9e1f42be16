"""Change drills: what a recipe of CONTRIBUTING.md asks for is enough, and a forgotten step is told.

Each change is made to a temporary copy of the project, and a process of its own sees its effect.
The number of files touched, tests and documents apart, is the price of such a change.
"""

import os
import re
import shutil

import pytest

from tests.conftest import ROOT, few_by_day
from tests.drills import COMMAND, DRILLS, FORMAT, SECTION, Drill, Edit, Place

pytestmark = [
    pytest.mark.lent,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processus fourchus"),
]
FILES = {
    "threshold": 1,
    "received format": 2,
    "notebook": 1,
    "channel": 1,
    "question type": 2,
    "section": 4,
    "colour": 1,
    "figures column": 1,
    "command": 2,
}
FORGOTTEN = [
    (
        FORMAT,
        "qpref/intake/formats/__init__.py",
        "tests/intake/test_formats.py::test_every_module_of_the_folder_is_a_source",
    ),
    (
        SECTION,
        "notebooks/10_satisfaction.ipynb",
        "tests/notebooks/test_shape.py::test_every_section_of_a_study_is_shown_by_a_notebook",
    ),
    (
        COMMAND,
        "qpref/cli/app.py",
        "tests/unit/test_commands.py::test_every_command_is_listed",
    ),
]
"""A drill, the file that is forgotten, and the test that tells it."""


@pytest.fixture(scope="module")
def place():
    found = Place()
    yield found
    found.close()


@pytest.fixture
def copied(tmp_path, filled):
    """The package and a project where the example is imported, to change at will."""
    folder = tmp_path / "copie"
    shutil.copytree(filled.root, folder)
    shutil.copytree(ROOT / "qpref", folder / "qpref")
    return folder


def make(drill: Drill, folder, forgotten=""):
    for edit in drill.edits:
        if edit.file != forgotten:
            edit.make(folder)


@pytest.mark.parametrize("drill", few_by_day(DRILLS, 2), ids=lambda drill: drill.name)
def test_a_change_shows_and_touches_few_files(drill, copied, place):
    make(drill, copied)

    after, said = place.run(copied, drill.check)

    assert after == 0, said
    assert len(drill.files) == FILES[drill.name]


def test_nothing_shows_before_the_change(copied, place):
    programs = {drill.name: drill.check for drill in DRILLS}

    _, said = place.run(
        copied,
        f"for name, program in {programs!r}.items():\n"
        "    try:\n        exec(program, {})\n        print('already:', name)\n"
        "    except BaseException:\n        pass",
    )

    assert "already:" not in said


@pytest.mark.parametrize(
    ("drill", "forgotten", "test"),
    few_by_day(FORGOTTEN, 1),
    ids=[case[0].name for case in FORGOTTEN],
)
def test_a_forgotten_step_is_told_by_a_test(drill, forgotten, test, copied, place):
    for name in ("tests", "docs"):
        shutil.copytree(ROOT / name, copied / name, ignore=shutil.ignore_patterns("_site"))
    shutil.copy(ROOT / "pyproject.toml", copied)
    run = f"import pytest\nassert pytest.main(['-q', '-p', 'no:cacheprovider', {test!r}]) == 0"
    make(drill, copied, forgotten)

    after, said = place.run(copied, run)

    assert after == 1
    assert f"FAILED {test}" in said


def test_an_edit_that_finds_no_place_is_refused(tmp_path):
    (tmp_path / "a.py").write_text("LIMIT = 1\nLIMIT = 1\n")

    with pytest.raises(AssertionError, match="must stand there once"):
        Edit("a.py", "LIMIT = 1", "LIMIT = 2").make(tmp_path)


def recipes() -> dict[str, str]:
    """Return the recipes of CONTRIBUTING.md by their first words, in bold."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    part = text.partition("## Recipes")[2].partition("\n## ")[0]
    return dict(re.findall(r"\*\*(.+?)\*\*(.*?)(?=\*\*|\Z)", part, re.DOTALL))


@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.name)
def test_the_recipe_names_every_file(drill):
    """A file by its path or its end, a new one by its folder."""
    named = re.findall(r"`([^`\s]+)`", recipes()[drill.recipe])

    for file in drill.files:
        assert any(file.endswith(name) or file.startswith(name) for name in named), file
