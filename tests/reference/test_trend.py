"""Trends over campaigns: against R's prop.trend.test, and the chances of a false signal."""

import numpy as np
import pytest
from scipy import stats

from qpref.statistics import trend


@pytest.mark.parametrize(
    ("times", "expected"),
    [([1, 2, 3, 4], "p"), ([0, 1, 3, 4], "spaced"), ([10, 20, 40, 50], "spaced")],
)
def test_the_test_of_a_slope_is_prop_trend_test(reference, times, expected):
    case = reference["trend"]
    parts = np.divide(case["x"], case["n"])

    assert trend.slope(parts, case["n"], times).p == pytest.approx(case[expected], rel=1e-9)


def test_the_interval_says_what_the_test_says(reference):
    """At p = 0.05 exactly one bound is zero: chi-square of 3.841 with one degree of freedom."""
    case = reference["trend"]
    parts = np.divide(case["x"], case["n"])
    plain = trend.slope(parts, case["n"], range(4))
    fewer = stats.chi2.isf(0.05, 1) / case["chisq"]
    found = trend.slope(parts, np.multiply(case["n"], fewer), range(4))

    assert plain.low > 0
    assert found.p == pytest.approx(0.05)
    assert found.low == pytest.approx(0, abs=1e-9)


def test_two_campaigns_have_no_slope():
    with pytest.raises(ValueError, match="2 campaigns"):
        trend.slope([0.7, 0.8], [100, 100], [1, 2])


def test_everybody_satisfied_leaves_no_interval():
    assert np.isnan(trend.slope([1, 1, 1], [50, 50, 50], [1, 2, 3]).low)


@pytest.mark.parametrize("campaigns", range(3, 9))
def test_everybody_satisfied_stays_so_whatever_answers_are_worth(campaigns):
    """Answers divided by an effect add up to within rounding: the mean is still 1, not over it."""
    rng = np.random.default_rng(campaigns)
    for sizes in rng.uniform(20, 250, (300, campaigns)):
        assert np.isnan(trend.slope(np.ones(campaigns), sizes, range(campaigns)).p)
        assert trend.chart(np.ones(campaigns), sizes).low == [1.0] * campaigns


def test_a_campaign_beyond_three_standard_deviations_is_seen():
    """Mean 0.74, 0.74 · 0.26 / 200 = 0.031²: 0.64 is over three of them below."""
    found = trend.chart([0.76, 0.76, 0.76, 0.76, 0.64, 0.76], [200] * 6)

    assert found.mean == pytest.approx(0.74)
    assert found.outside == [False, False, False, False, True, False]
    assert not found.is_stable


def test_six_in_a_row_are_a_shift():
    parts = [0.70, 0.71, 0.69, 0.70, 0.71, 0.70, 0.80, 0.79, 0.81, 0.80, 0.79, 0.80]
    found = trend.chart(parts, [60] * 12)

    assert not any(found.outside)
    assert found.shift == 6
    assert not found.is_stable


def test_a_share_that_does_not_change_is_rarely_signalled():
    """8 campaigns of 200 answers: 8 · 0.27 % beyond the limits, and no room for six in a row."""
    rng = np.random.default_rng(8)
    found = [
        not trend.chart(rng.binomial(200, 0.75, 8) / 200, [200] * 8).is_stable for _ in range(2000)
    ]

    assert np.mean(found) < 0.05
