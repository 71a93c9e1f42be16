"""Weighted kappa against R (vcd) and its definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from qpref.statistics.agreement import agreement
from qpref.statistics.ordered_agreement import FEWEST, ordered_agreement

Z = norm.isf(0.025)


def pairs(counts):
    """Two judges whose cross table is the one given."""
    table = np.array(counts, dtype=int)
    first, second = np.indices(table.shape)
    return np.repeat(first.ravel(), table.ravel()), np.repeat(second.ravel(), table.ravel())


@pytest.mark.parametrize(
    ("weights", "name"), [("lineaire", "Equal-Spacing"), ("quadratique", "Fleiss-Cohen")]
)
def test_weighted_kappa_is_that_of_vcd(reference, weights, name):
    case = reference["kappa_ordered"]
    first, second = pairs(np.reshape(case["counts"], (4, 4)))
    found = ordered_agreement(first, second, range(4), weights)

    assert found.n == 57
    assert found.kappa == pytest.approx(case[name]["kappa"], abs=1e-9)
    assert (found.high - found.low) / 2 == pytest.approx(Z * case[name]["se"], abs=1e-9)


def test_two_levels_have_no_middle():
    """With two levels every disagreement is as far as can be: the kappa of Cohen."""
    first, second = pairs([[7, 2], [1, 9]])

    weighted = ordered_agreement(first, second, [0, 1])
    plain = agreement(first, second)
    assert weighted.kappa == pytest.approx(plain.kappa)
    assert (weighted.low, weighted.high) == pytest.approx((plain.kappa_low, plain.kappa_high))


def test_far_disagreements_count_more_than_near_ones():
    near, far = pairs([[4, 1, 0], [1, 4, 1], [0, 1, 4]]), pairs([[4, 0, 2], [0, 6, 0], [2, 0, 4]])

    assert agreement(*near).kappa == pytest.approx(agreement(*far).kappa, abs=0.06)
    assert ordered_agreement(*near, range(3)).kappa > ordered_agreement(*far, range(3)).kappa + 0.1


def test_no_interval_where_nobody_differs_or_few_are_judged():
    """Ten same judgements tell no spread; nine of any kind are too few; one level, no kappa."""
    same = ordered_agreement([0, 1] * 5, [0, 1] * 5, [0, 1, 2])
    few = ordered_agreement([0, 1, 2] * 3, [0, 1, 1] * 3, [0, 1, 2])

    assert (same.kappa, same.gap, same.has_interval) == (1, 0, False)
    assert (few.n, few.has_interval) == (FEWEST - 1, False)
    assert np.isnan(ordered_agreement([1] * 12, [1] * 12, [0, 1, 2]).kappa)
    with pytest.raises(ValueError, match="twice"):
        ordered_agreement([None], [1], [0, 1])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_neither_swapping_judges_nor_turning_the_scale_changes_anything(judged):
    first, second = [a for a, _ in judged], [b for _, b in judged]

    found = ordered_agreement(first, second, range(4), "quadratique")
    for other in (
        ordered_agreement(second, first, range(4), "quadratique"),
        ordered_agreement(first, second, range(3, -1, -1), "quadratique"),
    ):
        assert (other.kappa, other.low, other.high) == pytest.approx(
            (found.kappa, found.low, found.high), nan_ok=True, abs=1e-9
        )
    assert np.isnan(found.kappa) or -1 <= found.kappa <= 1
