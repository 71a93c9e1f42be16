"""Libraries loaded late: nothing of them is lost, and they cost nothing before."""

import importlib
import subprocess
import sys

import pytest

from qpref.lazy import put_off


def printed(program):
    """Return what a program of its own process prints."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def heavy(tmp_path, monkeypatch):
    """The name of a library that writes a file when it is loaded, and that file."""
    loaded = tmp_path / "charge"
    text = f"open({str(loaded)!r}, 'x').close()\ndef double(n):\n    return 2 * n\n"
    (tmp_path / "lourde_bibliotheque.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    yield "lourde_bibliotheque", loaded
    sys.modules.pop("lourde_bibliotheque", None)


def test_a_library_put_off_is_loaded_by_its_first_call(heavy):
    name, loaded = heavy
    put_off(name, "double")
    double = importlib.import_module(name).double

    assert not loaded.exists()
    assert [double(2), double(3)] == [4, 6]  # loaded twice, it would fail
    assert loaded.exists()
    assert importlib.import_module(name).__file__


def test_a_library_that_is_there_is_left_alone(heavy):
    name, _ = heavy
    before = importlib.import_module(name)
    put_off(name, "double")

    assert sys.modules[name] is before


def test_what_else_is_asked_of_a_library_put_off_loads_it(heavy):
    """As a later version of the library that loads it may do."""
    name, loaded = heavy
    put_off(name, "triple")
    double = importlib.import_module(name).double

    assert loaded.exists()
    assert double(2) == 4
    assert not hasattr(importlib.import_module(name), "__path__")


@pytest.mark.lent
def test_linear_programmes_load_no_special_functions_and_lose_nothing_of_scipy():
    """The least of x² − 2x is −1, at 1, by each method that was put off."""
    program = (
        "import qpref, sys; from scipy import optimize, linalg\n"
        "from qpref.statistics import disclosure\n"
        "optimize.linprog([1], bounds=[(0, 1)]); before = 'scipy.special' in sys.modules\n"
        "found = [one(lambda x: x[0] ** 2 - 2 * x[0], bounds=[(-3, 3)]).fun\n"
        "         for one in (optimize.shgo, optimize.dual_annealing)]\n"
        "from scipy.linalg import interpolative\n"
        "print(before, *[round(one, 4) for one in found], callable(interpolative.svd))"
    )
    assert printed(program).split() == ["False", "-1.0", "-1.0", "True"]


@pytest.mark.lent
def test_a_notebook_is_read_without_the_grammars_of_addresses():
    """jsonschema loads them for one format of address; it still refuses what is none."""
    program = (
        "import qpref, nbformat, sys; before = 'lark' in sys.modules\n"
        "from jsonschema import Draft7Validator as V\n"
        "seen = V({'format': 'iri'}, format_checker=V.FORMAT_CHECKER)\n"
        "print(before, seen.is_valid('https://é.invalid/à'), seen.is_valid('a b'))"
    )
    assert printed(program).split() == ["False", "True", "False"]


def test_a_part_that_numpy_only_names_is_read_when_it_serves():
    """scipy goes over the names of numpy: its compiler of Fortran took a twelfth of pandas."""
    program = (
        "import qpref.lazy, sys, scipy.sparse; held = 'numpy.f2py.crackfortran' in sys.modules; "
        "import numpy; print(held, callable(numpy.f2py.run_main))"
    )
    assert printed(program).split() == ["False", "True"]
