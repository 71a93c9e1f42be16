"""Notebooks are thin, stripped, French, and lint as code."""

import ast
import json
from pathlib import Path

import pytest

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
    shown = "".join(path.read_text(encoding="utf-8") for path in NOTEBOOKS)
    folder = FOLDER.parent / "qpref" / "workbook"
    sections = [
        node.name
        for path in sorted(folder.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if node.returns is not None and ast.unparse(node.returns) in {"Section", "Sections"}
        if [argument.arg for argument in node.args.args][:1] == ["self"]
    ]

    assert len(sections) > 40
    # `essentiel`, `canaux`, `themes` show them; `section` is that of a result, and an analyst's.
    one_by_one = ["chiffres_cles", "criteres", "section", "theme"]
    assert sorted({name for name in sections if f".{name}(" not in shown}) == one_by_one


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_have_stable_identifiers(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    names = [cell["id"] for cell in content["cells"]]

    assert len(names) == len(set(names))
    assert all(name.startswith(path.stem[:2]) for name in names)
