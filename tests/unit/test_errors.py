"""Every error a user can cause has a code of its own and a sentence in French."""

import ast
import functools
import importlib
from pathlib import Path

import pytest

from qpref.errors import QprefError, UnknownKeyError

ROOT = Path(__file__).parents[2]


@functools.cache
def written():
    """Return the module of each error written in the package, by name, wherever it is."""
    classes = [
        (".".join(path.relative_to(ROOT).with_suffix("").parts), node.name, base.id)
        for path in sorted((ROOT / "qpref").rglob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name)
    ]
    found = {"QprefError": "qpref.errors"}
    while more := {n: m for m, n, base in classes if base in found and n not in found}:
        found |= more
    return found


@pytest.fixture(scope="module")
def classes():
    for name in set(written().values()):
        importlib.import_module(name)
    return [QprefError, *QprefError.known.values()]


def test_errors_of_every_room_are_known_by_name(classes):
    ours = {error.__name__ for error in classes if error.__module__.startswith("qpref.")}

    assert ours == set(written())
    assert {"NotebookError", "PdfError", "SendingError", "TooHeavyError", "DifferenceError"} < ours


def test_each_error_has_its_own_exit_code(classes):
    codes = [
        error.exit_code
        for error in classes
        if error is not QprefError and error.exit_code != error.__base__.exit_code  # its own
    ]

    assert len(codes) == len(set(codes)) > 10
    assert all(0 < code < 126 for code in codes)


def test_an_unknown_site_is_named_with_those_that_exist():
    error = UnknownKeyError("Site", "evri", ["evry", "etampes"], "data/reference/sites.yml")

    assert "« evri » est inconnu" in str(error)
    assert "Vouliez-vous dire « evry » ?" in str(error)
    assert "data/reference/sites.yml" in error.remedy


def test_the_exit_codes_are_documented(classes):
    guide = (ROOT / "docs" / "codes-de-sortie.md").read_text(encoding="utf-8")

    for error in classes:
        if error is QprefError or error.exit_code != QprefError.exit_code:
            assert f"| {error.exit_code} | {error.meaning} |" in guide
