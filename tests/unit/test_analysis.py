"""Statistics against values published or computed elsewhere, and their properties."""

from math import sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

from qpref.statistics.power import detectable_change
from qpref.statistics.sample import answers_needed, margin_of_error, target_status
from qpref.statistics.shares import reliability, share_interval
from qpref.statistics.verdicts import difference_interval, verdict
from tests.opinions import judged


def interval(k, n, method):
    low, high = share_interval(pd.Series([k]), pd.Series([n]), method)
    return low[0], high[0]


@pytest.mark.parametrize(
    ("k", "n", "wilson", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_intervals_of_a_share_are_those_published(k, n, wilson, exact):
    """Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, methods 3 and 5."""
    assert interval(k, n, "wilson") == pytest.approx(wilson, abs=6e-5)
    assert interval(k, n, "beta") == pytest.approx(exact, abs=6e-5)


def test_everyone_satisfied_still_leaves_room_below():
    """60 of 60: 94 to 100 %, by the closed form n / (n + z²)."""
    low, high = interval(60, 60, "wilson")

    assert low == pytest.approx(60 / (60 + 1.959964**2), abs=1e-6)
    assert high == 1
    assert interval(60, 60, "beta") == pytest.approx((0.025 ** (1 / 60), 1.0), abs=1e-9)


def test_plain_numbers_and_lists_are_taken_too():
    low, high = share_interval(81, 263, "wilson")
    lows, _ = share_interval([81, 15], [263, 148], "wilson")

    assert (low[0], high[0]) == pytest.approx((0.2553, 0.3662), abs=6e-5)
    assert lows.tolist() == pytest.approx([0.2553, 0.0624], abs=6e-5)


def test_no_answer_gives_no_interval():
    low, high = interval(0, 0, "wilson")

    assert np.isnan(low)
    assert np.isnan(high)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_mirrors(pair):
    k, n = pair
    for method in ("wilson", "beta"):
        low, high = interval(k, n, method)
        mirrored = interval(n - k, n, method)
        assert 0 <= low <= k / n <= high <= 1
        assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0000)),
    ],
)
def test_interval_of_a_difference_is_the_one_published(a, b, expected):
    """Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10."""
    assert difference_interval(*a, *b) == pytest.approx(expected, abs=6e-5)


@given(st.integers(10, 300), st.integers(10, 300), st.data())
def test_swapping_campaigns_changes_the_sign(n1, n0, data):
    k1, k0 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n0))
    low, high = difference_interval(k1, n1, k0, n0)

    assert difference_interval(k0, n0, k1, n1) == pytest.approx((-high, -low), abs=1e-9)
    assert low <= k1 / n1 - k0 / n0 <= high


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.01, 0.2, "mieux"),
        (0.0, 0.2, "pas_de_difference_etablie"),
        (-0.2, 0.0, "pas_de_difference_etablie"),
        (-0.2, -0.01, "moins_bien"),
        (np.nan, np.nan, "non_compare"),
    ],
)
def test_a_verdict_is_what_its_interval_says(low, high, expected):
    assert verdict(low, high) == expected


@pytest.mark.parametrize(("n", "expected"), [(9, True), (10, False), (11, False)])
def test_under_ten_answers_nothing_is_compared(n, expected):
    found = judged({"global": (5, n)}, {"global": (50, 100)})["evolution"]

    assert (found["verdict"][0] == "non_compare") == expected


@pytest.mark.parametrize(("n1", "n0", "points"), [(200, 141, 12), (60, 60, 18.5)])
def test_smallest_visible_change(n1, n0, points):
    """From 75 %, 80 % power: 12 points with 141 then 200 answers, 18.5 with 60 and 60."""
    assert 100 * detectable_change(n1, n0, 0.75) == pytest.approx(points, abs=0.5)


def test_smallest_visible_change_has_the_power_it_claims():
    """Power by the textbook formula: sum of both tails, pooled variance under equality."""
    change = detectable_change(213, 141, 0.7)
    p1, p0, n1, n0 = 0.7 + change, 0.7, 213, 141
    pooled = (n1 * p1 + n0 * p0) / (n1 + n0)
    under_null = sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
    real = sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)
    power = norm.cdf((change - norm.ppf(0.975) * under_null) / real)

    assert power == pytest.approx(0.8, abs=0.005)


def test_a_change_that_cannot_be_seen_is_none():
    assert detectable_change(10, 10, 0.95) is None
    assert detectable_change(200, 200, 1.0) is None


@pytest.mark.parametrize(("n", "satisfied"), [(141, 113), (200, 160), (30, 15)])
def test_margin_agrees_with_statsmodels(n, satisfied):
    """Expected value: half the statsmodels interval, method "normal"."""
    low, high = proportion_confint(satisfied, n, alpha=0.05, method="normal")

    assert margin_of_error(n, satisfied / n) == pytest.approx((high - low) / 2, abs=1e-9)


@given(st.floats(0.01, 0.3))
def test_the_number_needed_is_the_smallest_that_reaches_the_margin(margin):
    n = answers_needed(margin)

    assert margin_of_error(n) <= margin
    assert n == 1 or margin_of_error(n - 1) > margin - 1e-12


@pytest.mark.parametrize("wrong", [{"n": 0}, {"n": 5, "share": 1.1}])
def test_an_impossible_margin_is_refused(wrong):
    with pytest.raises(ValueError, match="n="):
        margin_of_error(**wrong)


def test_an_impossible_number_needed_is_refused():
    with pytest.raises(ValueError, match="margin="):
        answers_needed(0)


@pytest.mark.parametrize(
    ("usable", "expected"), [(199, "manqué"), (200, "atteint"), (201, "atteint")]
)
def test_target_is_reached_from_the_agreed_number_on(usable, expected):
    """Minutes of the CLU of 16/10/2020: at least 200 users at Évry."""
    assert target_status(usable, target=200) == expected


@pytest.mark.parametrize(
    ("n", "expected"),
    [(9, "aucun_pourcentage"), (10, "indicatif"), (29, "indicatif"), (30, "normal")],
)
def test_few_answers_allow_little(n, expected):
    assert reliability(n) == expected
