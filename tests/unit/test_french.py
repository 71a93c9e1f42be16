"""French typography."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.wording import french
from qpref.wording.french import NBSP, THIN


@pytest.mark.parametrize(
    ("value", "expected"), [(0.5, "50"), (0.004, "0"), (0.005, "0"), (0.785, "78"), (1.0, "100")]
)
def test_a_percentage_is_whole_and_its_sign_is_held(value, expected):
    assert french.percent(value) == f"{expected}{NBSP}%"


def test_a_small_negative_is_not_minus_zero():
    assert french.number(-0.2) == "0"
    assert french.signed(-0.2) == "0"


def test_a_period_over_two_years_names_both():
    text = french.period(date(2020, 12, 1), date(2021, 1, 4))

    assert text.replace(NBSP, " ") == "du 1er décembre 2020 au 4 janvier 2021"


def test_an_enumeration_ends_with_et():
    assert [french.enumeration(words) for words in ([], ["a"], ["a", "b"])] == ["", "a", "a et b"]


def test_thousands_are_held_by_a_thin_space():
    assert french.number(12345) == f"12{THIN}345"


def test_the_label_s_name_is_not_cut():
    assert french.typeset("Qual-e-pref") == "Qual\u2011e\u2011pref"


@given(st.text(alphabet="ab «»;:?!%'’ \u00a0", max_size=40))
def test_typesetting_twice_changes_nothing(text):
    once = french.typeset(text)

    assert french.typeset(once) == once
