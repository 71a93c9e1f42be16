"""Agreement of shoppers against R (vcd), published examples and arithmetic."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.statistics.agreement import agreement, krippendorff

NO = np.nan
# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011): 4 coders, 12 units.
PUBLISHED = pd.DataFrame(
    {
        "a": [1, 2, 3, 3, 2, 1, 4, 1, 2, NO, NO, NO],
        "b": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NO, 3],
        "c": [NO, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NO],
        "d": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NO],
    }
)


@pytest.mark.parametrize(
    ("level", "expected"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_alpha_is_the_published_one(level, expected):
    assert krippendorff(PUBLISHED, level) == pytest.approx(expected, abs=5e-4)


def test_alpha_of_judges_who_never_differ_from_one_word_is_missing():
    assert np.isnan(krippendorff(pd.DataFrame({"a": [1, 1], "b": [1, 1]})))


def test_kappa_is_that_of_vcd(reference):
    case = reference["kappa"]
    counts = np.reshape(case["counts"], (3, 3)).astype(int)
    pairs = [(i, j) for i in range(3) for j in range(3) for _ in range(counts[i, j])]
    found = agreement([i for i, _ in pairs], [j for _, j in pairs])

    assert found.kappa == pytest.approx(case["kappa"], abs=1e-12)
    half = (found.kappa_high - found.kappa_low) / 2
    assert half == pytest.approx(1.959963985 * case["se"], abs=1e-9)
    assert found.raw == pytest.approx(18 / 25)


def test_a_rare_judgement_makes_kappa_low_and_not_ac1():
    """18 of 20 agree, all on « oui »: chance for AC1 is 2 · 0.95 · 0.05 = 0.095, so
    (0.9 − 0.095) / 0.905; kappa is (0.9 − 0.905) / 0.095."""
    first, second = ["oui"] * 19 + ["non"], ["oui"] * 18 + ["non", "oui"]
    found = agreement(first, second)

    assert found.raw == 0.9
    assert found.ac1 == pytest.approx((0.9 - 0.095) / 0.905)
    assert found.kappa == pytest.approx((0.9 - 0.905) / 0.095)


def test_one_word_only_has_raw_agreement_alone():
    found = agreement(["oui"] * 5, ["oui"] * 5)

    assert (found.n, found.raw, found.raw_high) == (5, 1, 1)
    assert found.raw_low == pytest.approx(0.025 ** (1 / 5))
    assert np.isnan(found.kappa)


def test_contacts_judged_once_are_left_out():
    assert agreement(["oui", None, "non"], ["oui", "oui", "non"]).n == 2
    with pytest.raises(ValueError, match="twice"):
        agreement(["oui", None], [None, "oui"])


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=40))
def test_swapping_judges_changes_nothing(pairs):
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    one, other = agreement(first, second), agreement(second, first)

    assert one.raw == other.raw
    assert (one.kappa, one.ac1) == pytest.approx((other.kappa, other.ac1), nan_ok=True)
    assert one.raw_low <= one.raw <= one.raw_high
