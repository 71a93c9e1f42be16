"""Intervals at other levels than 95 %, against R."""

import numpy as np
import pytest

from qpref.statistics import design, shares

COUNTS = ((159, 213), (20, 25), (60, 60))


@pytest.mark.parametrize(("method", "level"), [("wilson", 0.90), ("beta", 0.99)])
def test_intervals_of_shares_are_those_of_prop_test_and_binom_test(reference, method, level):
    expected = reference["levels"][method]
    for (k, n), bounds in zip(COUNTS, expected, strict=True):
        low, high = shares.share_interval([k], [n], method, level=level)
        assert (low[0], high[0]) == pytest.approx(bounds, rel=1e-9)


def test_an_exact_interval_of_a_known_population_narrows_with_its_level():
    """18 of 20, of 50 visitors: both tails of 10 % refuse fewer numbers than tails of 2.5 %."""
    wide, narrow = (shares.hypergeometric_interval(18, 20, 50, level) for level in (0.95, 0.80))

    assert wide == (0.74, 0.96)
    assert wide[0] < narrow[0] < 0.9 < narrow[1] <= wide[1]


@pytest.fixture
def schools(rows):
    table = rows("apiclus1")
    return table, design.Design(table["pw"].to_numpy(), clusters=table["dnum"])


def test_the_interval_of_a_mean_by_clusters_is_that_of_svymean(reference, schools):
    table, made = schools
    found = design.mean(made, table["api00"]).interval(0.90)

    assert found == pytest.approx(reference["levels"]["survey_mean"], rel=1e-9)


def test_the_interval_of_a_share_by_clusters_is_that_of_svyciprop(reference, schools):
    table, made = schools
    found = design.mean(made, (table["awards"] == "Yes").to_numpy())

    expected = reference["levels"]["survey_share"]
    assert design.share_bounds(found, level=0.90) == pytest.approx(expected, rel=1e-6)
    low, high = design.share_bounds(found, level=0.95)
    assert low < expected[0] < expected[1] < high
    assert np.isfinite(low)
