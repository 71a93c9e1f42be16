"""Data flows down the list of rooms: a module imports only from rooms above its own."""

import ast
from collections import Counter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "qpref"
ROOMS = [
    ("errors", "wording"),
    ("project", "schema", "questions"),
    ("reference",),
    ("layout",),
    ("intake", "example", "template"),
    ("store",),
    ("statistics",),
    ("quality",),
    ("display",),
    ("workbook", "report"),
    ("batch",),
    ("clu", "labo"),
    ("cli",),
]
RANK = {name: rank for rank, names in enumerate(ROOMS) for name in names}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_room_has_its_place():
    assert {room(path) for path in MODULES} == set(RANK)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_rooms_above(path):
    used = {name.split(".")[1] for name in imports(path) if name.startswith("qpref.")}

    assert all(RANK[name] < RANK[room(path)] for name in used - {room(path)})


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("papermill", {"batch"}),
        ("plotly", {"display"}),
        ("nbconvert", {"report"}),
        ("click", {"cli"}),
    ],
)
def test_a_library_stays_in_its_room(library, allowed):
    users = {
        room(path) for path in MODULES for name in imports(path) if name.split(".")[0] == library
    }

    assert users == allowed


@pytest.mark.parametrize(
    "path", [p for p in MODULES if room(p) in {"statistics", "quality"}], ids=lambda path: path.stem
)
def test_calculations_touch_no_disk_clock_or_chance(path):
    used = {name.split(".")[0] for name in imports(path)}

    assert not used & {"os", "pathlib", "random", "time", "io", "shutil", "tempfile"}
    assert "open(" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path", [p for p in MODULES if room(p) == "statistics"], ids=lambda path: path.stem
)
def test_statistics_know_no_site_label_or_committee(path):
    used = {name.split(".")[1] for name in imports(path) if name.startswith("qpref.")}

    assert used <= {"errors", "statistics", "wording"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_stays_readable(path):
    """House budget: about 300 lines; a reader with many rules may reach 350."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350


def test_no_two_classes_share_a_name():
    names = Counter(
        node.name
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )

    assert [name for name, count in names.items() if count > 1] == []
