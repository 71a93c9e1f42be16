"""The shape of the package stays within its budgets, as `tools/measures.py` counts."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

from measures import Checkout, compare  # noqa: E402 - a script of tools/

REASONS: dict[str, str] = {}
"""The functions over 40 lines, each with the reason why it is not split."""


@pytest.fixture(scope="module")
def package():
    return Checkout(ROOT)


def test_few_functions_are_long_and_each_has_its_reason(package):
    assert len(package.long) <= 8
    assert {f"{f.module} {f.name}" for f in package.long} == set(REASONS)


def test_few_imports_are_late(package):
    assert package.late_imports <= 15


@pytest.mark.lent
def test_few_passages_are_repeated(package):
    assert len(package.passages) <= 5
    assert len(package.alike) <= 5


@pytest.fixture
def small(tmp_path):
    """A checkout of two modules whose measures are counted by hand."""
    passage = [f"    total += prices[{number}]" for number in range(7)]
    (tmp_path / "qpref" / "shop").mkdir(parents=True)
    (tmp_path / "qpref" / "first.py").write_text(
        "\n".join(
            [
                '"""Docstring."""',
                "import os",
                "class Basket:",
                "  def sum(self, prices, total=0):",
                '    """',
                "    Four lines that are not counted.",
                "",
                '    """',
                *passage,
                "    # A comment and a blank line are counted in the length, not in the passages.",
                "",
                "    return total",
            ]
        )
    )
    (tmp_path / "qpref" / "shop" / "second.py").write_text(
        "\n".join(
            [
                "def late(prices, total):",
                "    def nested():",
                "        import json",
                *passage[:3],
                "    # The passage goes on.",
                *passage[3:],
                "    from a import b",
                *[f"    print('line {number}')" for number in range(30)],
                "class Basket: pass",
            ]
        )
    )
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_architecture.py").write_text(
        "ROOMS = [('first',), ('shop', 'attic')]"
    )
    return tmp_path


def test_measures_are_those_counted_by_hand(small):
    found = Checkout(small)

    assert [(f.name, f.lines, f.late_imports) for f in found.functions] == [
        ("Basket.sum", 11, 0),
        ("late", 42, 1),
        ("late.nested", 2, 1),
    ]
    assert [f.name for f in found.long] == ["late"]
    assert found.late_imports == 2
    assert found.passages == [[("first.py", 9), ("shop/second.py", 4)]]
    assert found.shared_classes == {"Basket": ["first.py", "shop/second.py"]}
    assert found.table()["rooms of the layer test"] == "3 in 2 levels"


def test_thirty_lines_that_differ_by_their_text_do_not_repeat_each_other(small):
    assert Checkout(small).alike == Checkout(small).passages


def test_two_checkouts_stand_side_by_side(small):
    lines = compare([small, small]).splitlines()

    assert lines[0] == "| measure | before | after |"
    assert "| modules | 2 | 2 |" in lines
