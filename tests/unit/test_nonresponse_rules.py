"""What a survey says of those who did not answer: rules of `quality.nonresponse`."""

import pandas as pd

from qpref.quality.nonresponse import _halves, non_response


def test_a_visitor_without_a_date_is_of_neither_half():
    """
    Ten days of ten visitors: 8 of 10 satisfied on each of the first five, 6 of 10 after.

    Thirty more, unsatisfied, gave no date: the first half stays 40 of 50, and not 40 of 80.
    """
    days = pd.date_range("2020-11-16", periods=10).repeat(10)
    happy = [*([1.0] * 8 + [0.0] * 2) * 5, *([1.0] * 6 + [0.0] * 4) * 5, *[0.0] * 30]
    people = [f"r{rank}" for rank in range(len(happy))]
    dates = pd.Series([*days, *[pd.NaT] * 30], index=people)
    half_days = dates.dt.strftime("%Y-%m-%d").astype("object")
    log = pd.DataFrame(
        {
            "date": pd.date_range("2020-11-16", periods=10),
            "demi_journee": "matin",
            "abordes": 30,
            "ineligibles": 0,
            "complets": 13,
        }
    )
    when = pd.DataFrame({"date": dates, "half_day": half_days})
    found = non_response(log, pd.Series(happy, index=people), when, {"matin": "Matin"}, 5)
    assert found.halves is not None
    early, late, gap = found.halves
    assert (early.count, early.n, late.count, late.n) == (40, 50, 30, 50)
    assert round(gap.value, 9) == -0.2


def test_one_day_has_no_halves():
    """Sixty answers in three half-days of one date."""
    people = [f"r{rank}" for rank in range(60)]
    when = pd.DataFrame(
        {"date": pd.Timestamp("2020-11-16"), "half_day": ["matin", "midi", "soir"] * 20},
        index=people,
    )

    assert _halves(pd.Series([1.0, 0.0] * 30, index=people), when) is None
