"""Control charts against published examples, and the false alarms that the literature gives."""

from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.statistics.control import (
    FEWEST,
    OF_RANGES,
    OF_VALUES,
    RULES,
    ControlLimits,
    p_chart,
    signals,
    xmr,
)

# NIST/SEMATECH e-Handbook of Statistical Methods, § 6.3.2.2: flow rates of ten batches.
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
# § 6.3.3.2 of the same (and `orangejuice` of R's qcc, trial samples; Montgomery): defective among
# 50, 30 samples.
WAFERS = [
    12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12,
    7, 13, 9, 6,
]  # fmt: skip


def test_constants_are_those_of_wheeler():
    """3 / 1.128 = 2.6596 and D4 of two values, 1 + 3 · 0.8525 / 1.128 = 3.267."""
    assert pytest.approx(3 / 1.128, abs=0.001) == OF_VALUES
    assert pytest.approx(1 + 3 * 0.8525 / 1.128, abs=0.001) == OF_RANGES


def test_single_values_have_the_limits_of_the_e_handbook():
    """Published: mean 50.81, mean range 1.8778, limits 45.8159 and 55.8041 (by 3/1.128)."""
    found = xmr(FLOW)

    assert found.mean == pytest.approx(50.81)
    assert found.low[0] == pytest.approx(45.8159, abs=0.002)
    assert found.high[0] == pytest.approx(55.8041, abs=0.002)
    assert found.range_high == pytest.approx(3.267 * 1.8778, abs=0.001)
    assert signals(FLOW, found) == []  # published: « the process is in control »


def test_shares_have_the_limits_of_the_e_handbook():
    """Published: p̄ = 0.2313 (347 in 1 500), limits 0.0524 and 0.4103; samples 15 and 23 beyond."""
    found = p_chart(WAFERS, [50] * 30)

    assert found.mean == pytest.approx(347 / 1500)
    assert found.low[0] == pytest.approx(0.0524, abs=1e-4)
    assert found.high[0] == pytest.approx(0.4103, abs=1e-4)
    beyond = [one.place + 1 for one in signals(np.array(WAFERS) / 50, found) if one.rule == 1]
    assert beyond == [15, 23]


def test_a_month_set_apart_moves_no_limit():
    """Montgomery leaves out samples 15 and 23: 301 in 1 400, p̄ = 0.2150."""
    kept = [place not in {14, 22} for place in range(30)]

    found = p_chart(WAFERS, [50] * 30, kept)

    assert found.months == 28
    assert found.mean == pytest.approx(0.2150, abs=1e-4)
    assert found.low[0] == pytest.approx(0.0407, abs=1e-4)
    assert found.high[0] == pytest.approx(0.3893, abs=1e-4)


def test_no_range_is_counted_across_a_month_set_apart():
    """Ranges of 1 and 2 remain of 10, 11, [50], 20, 22: 11 to 20 is none of chance."""
    found = xmr([10, 11, 50, 20, 22], [True, True, False, True, True])

    assert found.mean == pytest.approx((10 + 11 + 20 + 22) / 4)
    assert found.high[0] - found.mean == pytest.approx(2.66 * 1.5)


def test_limits_of_a_share_follow_the_cases_of_the_month():
    """p̄ = 90 / 300 = 0.3; deviations √(0.21 / 100) = 0.0458 and √(0.21 / 200) = 0.0324."""
    found = p_chart([30, 60], [100, 200])

    assert found.deviation == pytest.approx([0.0458, 0.0324], abs=1e-4)


def test_many_calls_a_month_do_not_make_each_month_a_signal():
    """
    Laney's point: months that differ by more than their cases explain widen the limits.

    Shares 0.80 and 0.82 in turn, 10 000 calls: p̄ = 0.81, deviation √(0.81 · 0.19 / 10 000) =
    0.00392; each standardised range is 0.02 / 0.00392 = 5.098, over 1.128: 4.52.
    """
    sizes, counts = [10_000] * 12, [8_000, 8_200] * 6

    plain, wide = p_chart(counts, sizes), p_chart(counts, sizes, is_widened=True)

    shares = np.array(counts) / 10_000
    assert signals(shares, wide) == []
    assert wide.spread == pytest.approx(5.098 / 1.128, abs=0.001)
    assert wide.deviation[0] == pytest.approx(plain.deviation[0] * wide.spread)
    calm = p_chart([8_100] * 12, sizes, is_widened=True)
    assert (calm.spread, calm.deviation) == (1.0, pytest.approx([0.00392] * 12, abs=1e-5))


UNIT = ControlLimits(0.0, [-3.0] * 40, [3.0] * 40, [1.0] * 40, months=20)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([0.5, 3.1, 0.5], [(1, 1)]),
        ([0.5, 3.0, 0.5], []),
        ([2.1, 0.5, 2.1], [(2, 2)]),
        ([2.1, 0.5, -2.1], []),
        ([2.1, 0.5, 0.5, 2.1], []),
        ([1.1, 1.1, 0.5, 1.1, 1.1], [(4, 3)]),
        ([1.1, 1.1, 0.5, 0.5, 1.1, 1.1], []),
        ([-0.1] * 8, [(7, 4)]),
        ([-0.1] * 7, []),
        ([0.1] * 4 + [0.0] + [0.1] * 4, []),
    ],
)
def test_each_rule_tells_the_last_point_of_its_pattern(values, told):
    """By hand, from the wording of the Western Electric handbook (1956)."""
    assert [(one.place, one.rule) for one in signals(values, UNIT)] == told


def test_no_rule_counts_across_a_month_set_apart_or_missing():
    values = [0.1] * 4 + [9.0] + [0.1] * 4

    assert signals(values, UNIT, [place == 4 for place in range(9)]) == []
    assert signals([2.1, nan, 2.1], UNIT) == []
    assert [(s.place, s.rule) for s in signals([nan, 2.1, 2.1], UNIT)] == [(2, 2)]


@pytest.mark.parametrize(("months", "is_told"), [(FEWEST - 1, False), (FEWEST, True)])
def test_nothing_is_told_under_eight_months(months, is_told):
    values = [10.0, 11.0] * 4

    found = xmr(values[:months])

    assert found.is_enough == is_told
    assert bool(signals([*values[:months], 90.0][-1:], found)) == is_told


@pytest.mark.parametrize(
    ("rules", "published"),
    [({1}, 370.40), ({1, 2}, 225.44), ({1, 3}, 166.05), ({1, 4}, 152.73), ({1, 2, 3, 4}, 91.75)],
)
def test_false_alarms_come_as_often_as_published(rules, published):
    """
    Average run lengths of a process that does not change: Champ and Woodall (1987), table 1.

    400 series of 3 000 standard normal points, seeded, each begun anew after a signal: points drawn
    over signals told. Within 6 %: more than three standard errors of 3 000 signals and more.
    """
    draws = np.random.default_rng(27).standard_normal((400, 3000))

    assert draws.size / _alarms(draws, rules) == pytest.approx(published, rel=0.06)


def _alarms(draws, rules):
    """Return how many signals there are; the rules written anew, by columns of draws."""
    beyond = {
        (rule, side): (side * draws > RULES[rule][2]).astype(np.int8)
        for rule in rules
        for side in (1, -1)
    }
    since, alarms = np.zeros(len(draws), dtype=int), 0
    for place in range(draws.shape[1]):
        since += 1
        told = np.zeros(len(draws), dtype=bool)
        for (rule, _), points in beyond.items():
            least, among, _ = RULES[rule]
            window = points[:, max(0, place - among + 1) : place + 1]
            ages = np.arange(window.shape[1])[::-1]
            counted = window * (ages < since[:, None])
            told |= (counted.sum(axis=1) >= least) & (counted[:, -1] == 1)
        alarms += int(told.sum())
        since[told] = 0
    return alarms


@given(st.lists(st.floats(-4, 4), min_size=1, max_size=30))
def test_rules_agree_with_those_written_anew(values):
    """The same patterns, searched in another way: by windows, from the definition."""
    found = {one.place for one in signals(values, UNIT)}
    expected = set()
    for place in range(len(values)):
        for least, among, width in ((1, 1, 3.0), (2, 3, 2.0), (4, 5, 1.0), (8, 8, 0.0)):
            window = values[max(0, place - among + 1) : place + 1]
            for side in (1, -1):
                hits = [side * one > width for one in window]
                if hits[-1] and sum(hits) >= least:
                    expected.add(place)
    assert found == expected


@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.integers(1, 500)).map(lambda p: (min(p), max(p))),
        min_size=2,
        max_size=20,
    )
)
def test_limits_of_a_share_are_shares_about_the_mean(pairs):
    counts, sizes = zip(*pairs, strict=True)

    for is_widened in (False, True):
        found = p_chart(counts, sizes, is_widened=is_widened)
        assert all(
            0 <= low <= found.mean <= high <= 1
            for low, high in zip(found.low, found.high, strict=True)
        )


def test_no_month_in_the_baseline_gives_no_limit():
    for found in (xmr([1, 2], [False, False]), p_chart([1], [0])):
        assert isnan(found.mean)
        assert not found.is_enough
        assert signals([1.0], found) == []
