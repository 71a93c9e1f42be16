"""Dates and numbers: explicit formats, nothing guessed."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.intake.dates import read_moment
from qpref.intake.values import read_number


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2020-11-16 09:05:00", datetime(2020, 11, 16, 9, 5)),
        ("16/11/2020", datetime(2020, 11, 16)),
        ("04/12/2020", datetime(2020, 12, 4)),
        ("16/11/2020 09:05", datetime(2020, 11, 16, 9, 5)),
        (date(2020, 11, 16), datetime(2020, 11, 16)),
        (datetime(2020, 11, 16, 9), datetime(2020, 11, 16, 9)),
        ("16/11/20", datetime(2020, 11, 16)),
        ("16.11.2020 14:30", datetime(2020, 11, 16, 14, 30)),
        ("lundi 16 novembre 2020 à 14 h 30", datetime(2020, 11, 16, 14, 30)),
        ("1er décembre 2020", datetime(2020, 12, 1)),
        ("Nov 16, 2020", datetime(2020, 11, 16)),
        ("2020/11/16 9:05:12 AM UTC+1", datetime(2020, 11, 16, 9, 5, 12)),
        ("2020-11-15T23:30:00Z", datetime(2020, 11, 16, 0, 30)),  # Paris, an hour later
        ("2020-07-15T22:30:00+00:00", datetime(2020, 7, 16, 0, 30)),  # two hours in summer
        (44151.0, datetime(2020, 11, 16)),  # 44,151 days after 30 December 1899
        ("44151,5", datetime(2020, 11, 16, 12)),
        ("", None),
    ],
)
def test_a_date_is_read_in_the_formats_listed(cell, expected):
    assert read_moment(cell) == expected


@pytest.mark.parametrize(
    "cell", ["11-16-20", "2020-16-11", "mardi", "30 février 2020", "4415", True]
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
