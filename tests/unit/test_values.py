"""Dates and numbers: explicit formats, nothing guessed."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.intake.values import read_moment, read_number


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2020-11-16 09:05:00", datetime(2020, 11, 16, 9, 5)),
        ("16/11/2020", datetime(2020, 11, 16)),
        ("04/12/2020", datetime(2020, 12, 4)),
        ("16/11/2020 09:05", datetime(2020, 11, 16, 9, 5)),
        (date(2020, 11, 16), datetime(2020, 11, 16)),
        (datetime(2020, 11, 16, 9), datetime(2020, 11, 16, 9)),
        ("", None),
    ],
)
def test_a_date_is_read_in_the_formats_listed(cell, expected):
    assert read_moment(cell) == expected


@pytest.mark.parametrize(
    "cell", ["11-16-20", "16/11/20", "2020-16-11", "mardi", 44151.0, "44151", True]
)
def test_any_other_date_is_refused(cell):
    with pytest.raises(ValueError, match=r".*"):
        read_moment(cell)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)))
def test_a_french_date_is_never_read_month_first(day):
    assert read_moment(f"{day:%d/%m/%Y}").date() == day


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("12,5", 12.5), ("1 234", 1234), ("1\u202f234,5", 1234.5), (7, 7.0), ("-3", -3.0), ("", None)],
)
def test_a_french_number_is_read(cell, expected):
    assert read_number(cell) == expected


@pytest.mark.parametrize("cell", ["80%", "douze", "1,2,3", "1e5", True, "=1+1"])
def test_any_other_number_is_refused(cell):
    with pytest.raises(ValueError, match=r".*"):
        read_number(cell)
