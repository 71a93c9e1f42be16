"""R-indicator against R (glm), its definition, and scenarios by arithmetic."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.statistics.nonresponse import r_indicator, with_the_others

COLUMNS = ["jour", "moment", "complets", "eligibles"]


def test_the_indicator_is_that_of_a_logistic_regression_of_r(reference):
    case = reference["response"]
    found = r_indicator(pd.DataFrame({name: case[name] for name in COLUMNS}), ["jour", "moment"])

    assert found.fitted == pytest.approx(case["fitted"], abs=1e-9)
    assert (found.rate, found.value, found.adjusted) == pytest.approx(
        (case["rate"], case["r"], case["r_adjusted"]), abs=1e-9
    )


def test_two_moments_by_hand():
    """
    60 of 100 answer in the morning, 40 of 100 in the evening: chances 0.6 and 0.4 around 0.5.

    S² = 200 · 0.01 / 199; each chance has the variance 0.24 / 100, taken off S².
    """
    log = pd.DataFrame({"moment": ["m", "s"], "complets": [60, 40], "eligibles": [100, 100]})
    found = r_indicator(log, ["moment"])

    spread = 2 / 199
    assert found.value == pytest.approx(1 - 2 * spread**0.5)
    assert found.adjusted == pytest.approx(1 - 2 * (spread - 0.0024) ** 0.5)


@pytest.mark.parametrize(
    ("complets", "eligibles"),
    [([5, 5], [5, 5]), ([0, 0], [4, 9]), ([3], [9]), ([9, 2], [3, 8]), ([4, 0], [8, 8]), ([], [])],
)
def test_no_indicator_where_chances_cannot_be_told(complets, eligibles):
    """All or none answered, one moment, more answers than people, nobody at one moment, no line."""
    moments = list("ms")[: len(complets)]
    log = pd.DataFrame({"moment": moments, "complets": complets, "eligibles": eligibles})

    assert r_indicator(log.astype({"complets": int, "eligibles": int}), ["moment"]) is None


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=2, max_size=6))
def test_the_indicator_stays_in_its_bounds(counts):
    """Between 0 and 1, and the correction never makes chances look more uneven."""
    log = pd.DataFrame(
        {
            "moment": [str(place) for place in range(len(counts))],
            "complets": [k for k, _ in counts],
            "eligibles": [k + other for k, other in counts],
        }
    )
    found = r_indicator(log, ["moment"])

    assert -0.1 <= found.value <= found.adjusted <= 1
    assert found.rate == pytest.approx(log["complets"].sum() / log["eligibles"].sum())


def test_scenarios_mix_both_kinds_by_their_numbers():
    """60 of 100 answer, 80 % satisfied: 48, and 40 · 0.7 = 28 of the others: 76 of 100."""
    assert with_the_others(0.8, 0.6, 0.10) == pytest.approx(0.76)
    assert with_the_others(0.05, 0.5, 0.10) == pytest.approx(0.025)  # not under nobody
    assert np.isclose(with_the_others(0.8, 1.0, 0.3), 0.8)
