"""What Windows gives to no file: the list of Microsoft, and what newer Pythons say of it."""

import ntpath
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.windows_names import is_device, is_refused

PIECES = ["con", "AUX", "nul", "com1", "LPT9", "com¹", "conin$", "COM10", "a", "é", ".", " ", ":",
          "?", "\t", "$", "0"]  # fmt: skip


@pytest.mark.parametrize("name", ["nul", "NUL.txt", "aux .csv", "Com3.tar.gz", "lpt²", "CONOUT$"])
def test_a_device_is_one_with_any_ending(name):
    assert is_device(name)
    assert is_refused(name)


@pytest.mark.parametrize("name", ["a.", "a ", "a:b", 'a"b', "a?", "a*", "a<b", "a|b", "a\tb"])
def test_what_windows_drops_or_refuses_is_refused(name):
    assert not is_device(name)
    assert is_refused(name)


@pytest.mark.parametrize("name", ["nulle", "com10", ".nul", "a.nul", "reçu 2020.csv", "coms"])
def test_other_names_are_free(name):
    assert not is_refused(name)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="Python ne le dit qu’à partir de 3.13")
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join))
def test_python_says_the_same(name):
    if name not in {".", ".."}:  # which lead elsewhere, and are refused as such
        assert is_refused(name) == ntpath.isreserved(f"dossier/{name}")
