"""Notebooks are thin, stripped, French, and lint as code."""

import ast
import inspect
import json
from pathlib import Path

import pytest

from qpref import workbook
from qpref.display.section import Section, Sections

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def cells(path, kind):
    content = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in content["cells"] if cell["cell_type"] == kind]


def test_the_notebooks_are_there():
    assert [path.stem for path in NOTEBOOKS] == [
        "00_accueil",
        "00_explorer",
        "10_satisfaction",
        "15_analyses",
        "20_enquete_mystere",
        "25_mystere_detail",
        "27_indicateurs",
        "30_labellisation",
        "35_preuves",
        "40_synthese_clu",
        "50_suivi_collecte",
        "60_affiche",
        "65_retour_aux_agents",
        "70_publication",
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stripped_and_thin(path):
    code = cells(path, "code")
    trees = [ast.parse("".join(cell["source"])) for cell in code]
    logic = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.If)

    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)
    assert [cell["metadata"].get("tags") for cell in code].count(["parameters"]) == 1
    assert len(code) <= 20
    assert all(len(tree.body) <= 5 for tree in trees)
    assert not [node for tree in trees for node in ast.walk(tree) if isinstance(node, logic)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_parameters_are_literals_with_a_french_comment(path):
    cell = next(c for c in cells(path, "code") if c["metadata"].get("tags") == ["parameters"])

    for line in "".join(cell["source"]).splitlines():
        value, _, comment = line.partition("#")
        ast.literal_eval(value.split("=", 1)[1].strip())
        assert comment.strip()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_imports_qpref_only(path):
    for cell in cells(path, "code"):
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[0] == "qpref"
            assert not isinstance(node, ast.Import)


def test_every_section_of_a_study_is_shown_by_a_notebook():
    """A section that no cell calls is seen by nobody: the last step of its recipe is missing."""
    opening = {name: getattr(workbook, str(function.__annotations__["return"]).strip("'\""))
               for name, function in [*vars(workbook).items()]
               if name.startswith("ouvrir_")}  # fmt: skip
    shown = {one for path in NOTEBOOKS for one in called(path, opening)}
    every = {one for kind in opening.values() for one in sections_of(kind)}

    assert len(opening) > 5
    assert len(every) > 40
    # `essentiel`, `canaux`, `themes` show them.
    one_by_one = ["chiffres_cles", "criteres", "theme"]
    assert sorted(name.split(".")[-1] for name in every - shown) == one_by_one


def sections_of(kind):
    """The methods of an opened class that give sections, each by the class that defines it."""
    public = (getattr(kind, name) for name in dir(kind) if not name.startswith("_"))
    return {
        inspect.unwrap(method).__qualname__
        for method in public
        if inspect.isfunction(method)
        and inspect.signature(method).return_annotation in {Section, Sections}
    }


def called(path, opening):
    """The methods that a notebook calls on what it opened, each by the class that defines it."""
    nodes = [n for c in cells(path, "code") for n in ast.walk(ast.parse("".join(c["source"])))]
    kinds = {
        node.targets[0].id: opening[node.value.func.id]
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if isinstance(node.value.func, ast.Name) and node.value.func.id in opening
    }
    asked = [node for node in nodes if isinstance(node, ast.Attribute)]
    return {
        inspect.unwrap(getattr(kinds[node.value.id], node.attr)).__qualname__
        for node in asked
        if isinstance(node.value, ast.Name) and node.value.id in kinds
        if inspect.isfunction(getattr(kinds[node.value.id], node.attr))
    }


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_have_stable_identifiers(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    names = [cell["id"] for cell in content["cells"]]

    assert len(names) == len(set(names))
    assert all(name.startswith(path.stem[:2]) for name in names)
