"""Data flows down the list of rooms: a module imports only from rooms above its own."""

import ast
import re
from collections import Counter
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.trees import nodes

PACKAGE = Path(__file__).resolve().parents[1] / "qpref"
ROOMS = [
    ("lazy", "zipped"),
    ("errors", "palette", "wording"),
    ("canonical", "links", "patience", "questions", "scratch", "told", "windows_names"),
    ("project", "schema", "shipped", "spreadsheets"),
    ("together",),
    ("written",),
    ("reference",),
    ("layout",),
    ("intake", "example", "template", "instruments"),
    ("store",),
    ("statistics",),
    ("quality",),
    ("display",),
    ("workbook", "report"),
    ("batch", "slides"),
    ("clu", "labo", "publishing", "starter"),
    ("handover",),
    ("cli",),
    ("__main__",),
]
RANK = {name: rank for rank, names in enumerate(ROOMS) for name in names}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


# Imports inside a function: what they import, and why they are not at the top of their module.
LATE = {
    (
        "batch.entry",
        "qpref.batch.engine.InProcessEngine",
    ): "papermill loads it while being imported",
    ("batch.worker", "qpref.batch.run.run_report"): "papermill: the driver of a batch does without",
    ("batch.pool", "qpref.batch.run.keep_failed"): "papermill: the driver rarely needs it",
    ("cli.production", "qpref.batch.cluster"): "an extra that few install",
    ("intake.apart", "pyreadstat"): "an extra that few install",
    ("intake.apart", "python_calamine"): "each kind of file loads its reader only",
    ("intake.apart", "resource"): "does not exist under Windows",
}
MOST_LATE = 15


def room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imports(path):
    return [*names_in(nodes(path))]


def names_in(nodes):
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "lazy":
            yield node.args[0].value


def test_every_room_has_its_place():
    assert {room(path) for path in MODULES} == set(RANK)


def used_rooms(path):
    return {name.split(".")[1] for name in imports(path) if name.startswith("qpref.")}


def test_a_module_imports_only_from_rooms_above():
    """One test for all modules, here and below: a test each would cost more than what it does."""
    wrong = {
        (dotted(path), used)
        for path in MODULES
        for used in used_rooms(path) - {room(path)}
        if RANK[used] >= RANK[room(path)]
    }

    assert wrong == set()


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("papermill", {"batch"}),
        ("plotly", {"display"}),
        ("nbconvert", {"report"}),
        ("click", {"cli"}),
        ("pptx", {"slides"}),
        ("cryptography", {"handover"}),
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
    used = used_rooms(path)

    assert used <= {"errors", "lazy", "statistics", "wording"}


DISPLAY = [path for path in MODULES if room(path) == "display"]
# Where the geometry of bars and figures is worked out, and where a share is said in percent.
DRAWN = {"charts", "drawn", "month_line", "section", "wording", "schedule", "progress"}
# Words of reference data taken apart; no number is in them.
APART = {("opinions", "level_words"), ("opinions", "heading"), ("agenda", "agenda")}


@pytest.mark.parametrize("path", DISPLAY, ids=lambda path: path.stem)
def test_display_estimates_nothing(path):
    """No statistics library, no measure of its own: numbers come from statistics and quality."""
    made = [node for node in nodes(path) if is_call(node, {"Measure"})]

    assert not {name.split(".")[0] for name in imports(path)} & {"scipy", "statsmodels", "numpy"}
    assert not made


@pytest.mark.parametrize(
    "path", [path for path in DISPLAY if path.stem not in DRAWN], ids=lambda path: path.stem
)
def test_display_works_out_no_number(path):
    """Products, quotients and powers stand where bars are drawn and shares are said."""
    kinds = (ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
    found = [
        ast.unparse(node)
        for node in nodes(path)
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, kinds)
    ]
    found += [ast.unparse(node) for node in nodes(path) if is_call(node, {"round", "abs"})]

    assert found == []


@pytest.mark.parametrize("path", DISPLAY, ids=lambda path: path.stem)
def test_display_reads_no_number_back_from_a_text(path):
    functions = [node for node in nodes(path) if isinstance(node, ast.FunctionDef)]
    found = {
        (path.stem, function.name)
        for function in functions
        for node in ast.walk(function)
        if is_call(node, {"split", "rsplit", "partition", "rpartition", "removesuffix", "float"})
    }

    if path.stem != "dress":  # markup, where no number is looked at
        assert "re" not in set(imports(path))
        assert found <= APART


def is_call(node, names):
    called = node.func if isinstance(node, ast.Call) else None
    return getattr(called, "attr", getattr(called, "id", None)) in names


def test_a_module_stays_readable():
    """House budget: about 300 lines; a reader with many rules may reach 350."""
    lines = {dotted(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}

    assert {name: count for name, count in lines.items() if count > 350} == {}


COLOUR = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})\b", re.IGNORECASE)
COLOURED = [
    path
    for path in sorted(PACKAGE.rglob("*"))
    if path.suffix in {".py", ".css", ".html"} and path != PACKAGE / "palette.py"
]


def test_a_colour_has_one_place():
    found = {path.name: COLOUR.findall(path.read_text(encoding="utf-8")) for path in COLOURED}

    assert {name: colours for name, colours in found.items() if colours} == {}


def dotted(path):
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def test_imports_inside_functions_are_few_and_each_has_its_reason():
    late = [
        (dotted(path), name)
        for path in (*MODULES, PACKAGE / "__init__.py")
        for function in nodes(path)
        if isinstance(function, ast.FunctionDef)
        for name in names_in(ast.walk(function))
    ]

    assert set(late) == set(LATE)
    assert len(late) <= MOST_LATE


def test_modules_import_each_other_in_one_direction():
    known = {f"qpref.{dotted(path).removesuffix('.__init__')}": path for path in MODULES}
    graph = {}
    for module, path in known.items():
        used = {name if name in known else name.rpartition(".")[0] for name in imports(path)}
        graph[module] = used & known.keys() - {module}

    assert [*TopologicalSorter(graph).static_order()]  # raises CycleError, which names the cycle


def test_no_two_classes_share_a_name():
    names = Counter(
        node.name
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )

    assert [name for name, count in names.items() if count > 1] == []
