"""The faults that `tools/mutants.py` plants: each operator, and a draw that follows moved code."""

import ast
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import faults  # noqa: E402 - a script of tools/

MODULE = '''"""Docstring."""
LIMIT = 30


def verdict(n: int, low=2, *, texts={"bas": 1}) -> str:
    if n < LIMIT and not low:
        return ""
    for _ in range(3):
        texts["haut"] += 1
    return f"{n + 1} sur {max(n, 1)}" if low >= 3 else texts.get("bas")
'''


def checkout(folder, text, module="display/first.py"):
    path = folder / "qpref" / module
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        ("comparison", "n < 3", "n >= 3"),
        ("comparison", "a in b", "a not in b"),
        ("comparison", "a is None", "a is not None"),
        ("boundary", "n < 3", "n <= 3"),
        ("boundary", "n >= 3", "n > 3"),
        ("boundary", "n == 3", None),
        ("constant", "1", "2"),
        ("constant", "2", "1"),
        ("constant", "0", "1"),
        ("constant", "0.05", "1.05"),
        ("constant", "True", "False"),
        ("constant", "'text'", None),
        ("logic", "a and b", "a or b"),
        ("logic", "not a", "a"),
        ("swap", "f(a, b, c)", "f(b, a, c)"),
        ("swap", "max(a, b)", None),
        ("swap", "f(a, a)", None),
        ("swap", "a / b", "a * b"),
        ("swap", "a + 'text'", None),
        ("key", "table['n']", "table['n_autre']"),
        ("key", "row.get('n', 0)", "row.get('n_autre', 0)"),
        ("key", "{'n': 1}", "{'n_autre': 1}"),
    ],
)
def test_an_operator_changes_one_thing(operator, before, after):
    found = getattr(faults, operator)(ast.parse(before).body[0].value)

    assert (found and ast.unparse(found)) == after


@pytest.mark.parametrize(
    ("before", "is_deleted"),
    [
        ("rows.append(1)", True),
        ("count += 1", True),
        ("table['n'] = 1", True),
        ("raise ValueError", True),
        ("continue", True),
        ("n = 1", False),
        ("return n", False),
    ],
)
def test_a_statement_that_acts_is_deleted(before, is_deleted):
    found = faults.statement(ast.parse(before).body[0])

    assert isinstance(found, ast.Pass) == is_deleted


def test_an_early_return_is_deleted_and_its_test_kept():
    found = faults.statement(ast.parse("if n < 3:\n    return 0").body[0])

    assert ast.unparse(found) == "if n < 3:\n    pass"


def test_a_fault_is_planted_where_it_was_found_and_nowhere_else(tmp_path):
    plain = ast.unparse(ast.parse(MODULE)).splitlines()

    for fault in faults.mutants(checkout(tmp_path, MODULE)):
        changed = faults.planted(MODULE, fault).splitlines()
        moved = [new for old, new in zip(plain, changed, strict=False) if old != new]
        assert len(moved) == 1, fault.told()


def test_faults_stay_out_of_annotations_headings_and_docstrings(tmp_path):
    found = list(faults.mutants(checkout(tmp_path, MODULE)))

    assert {fault.function for fault in found} == {"verdict"}
    assert Counter(fault.operator for fault in found) == {
        "constant": 7, "key": 3, "comparison": 2, "boundary": 2, "logic": 2, "statement": 2,
        "swap": 1,
    }  # fmt: skip
    assert "30" not in {fault.before for fault in found}


def test_code_that_moves_keeps_its_faults(tmp_path):
    here = list(faults.mutants(checkout(tmp_path / "a", MODULE)))
    moved = '"""Other."""\n\n\ndef before():\n    pass\n\n' + MODULE.partition("\n\n\n")[2]
    there = list(faults.mutants(checkout(tmp_path / "b", moved, "display/parts/first.py")))

    drawn = [
        [(fault.operator, fault.before) for fault in faults.sample(found, each=9, seed=19)]
        for found in (here, there)
    ]

    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 9


def test_the_operators_are_drawn_in_turn(tmp_path):
    found = list(faults.mutants(checkout(tmp_path, MODULE)))

    operators = [fault.operator for fault in faults.sample(found, each=7, seed=19)]

    assert operators == [operator.__name__ for operator in faults.OPERATORS]
