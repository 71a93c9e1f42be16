"""What is too long for each day is listed, with the day it was last done."""

import re
import sys

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tools"))

import nuit

TABLE = (ROOT / "docs" / "nuit.md").read_text(encoding="utf-8")


def test_every_check_has_its_line():
    listed = re.findall(r"^\| ([a-zéèê]+) \|.+\| (\d{4}-\d\d-\d\d|jamais) \|", TABLE, re.MULTILINE)

    assert [name for name, _ in listed] == [check.name for check in nuit.checks(200, "x")]


def test_a_check_changes_its_own_line_only():
    check = nuit.checks(20, "x")[1]
    new = nuit.written(TABLE, check, "2031-01-02", 12.4, "réussi")
    changed = set(new.splitlines()) - set(TABLE.splitlines())

    assert len(new.splitlines()) == len(TABLE.splitlines())
    assert len(changed) == 1
    assert changed.pop().endswith("| 2031-01-02 | 12 min | réussi |")


def test_what_a_check_runs_is_there():
    for check in nuit.checks(200, "x"):
        for command in check.commands:
            for word in command:
                if word.startswith(("tests/", "benchmarks/")):
                    assert (ROOT / word).exists(), word


def test_fewer_draws_are_fewer_inputs():
    long, short = (nuit.checks(draws, "x")[4].commands for draws in (200, 20))

    assert int(short[0][-1]) * 10 == int(long[0][-1])
