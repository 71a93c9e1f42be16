"""Answers by half-days against R: analysis of variance, CR2 written out with matrices."""

import numpy as np
import pandas as pd
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st

from qpref.quality.samples import together
from qpref.statistics import clusters
from qpref.statistics.gathered import gathered

QUESTIONS = ("awards", "sch.wide")


@pytest.fixture
def sample(rows):
    """Schools taken by district: both questions."""
    table = rows("apiclus1")
    told = (table[[*QUESTIONS]] == "Yes").to_numpy(dtype=float)
    return clusters.Sample(told, pd.factorize(table["dnum"])[0])


def test_the_variance_by_half_days_is_cr2(sample, reference):
    variance, degrees = sample.own_variance

    expected = [reference["half_days"][q] for q in QUESTIONS]
    assert variance == pytest.approx([one["variance"] for one in expected], rel=1e-9)
    assert degrees == pytest.approx([one["degrees"] for one in expected], rel=1e-9)


def test_the_components_are_those_of_the_analysis_of_variance(sample, reference):
    for column, name in enumerate(QUESTIONS):
        one = reference["half_days"][name]
        expected = one["between"], one["between"] + one["within"]
        assert sample.question(column).components == pytest.approx(expected, rel=1e-9)


def test_the_correlation_adds_components_up_before_it_divides(sample, reference):
    found = [reference["half_days"][q] for q in QUESTIONS]
    between, within = (sum(one[part] for one in found) for part in ("between", "within"))

    assert clusters.correlation([sample]) == pytest.approx(between / (between + within), rel=1e-9)


def test_the_effect_is_the_mean_of_both_estimates(sample, reference):
    """Own: variance over p (1 − p) / n. Common: 1 + (Σ m² / n − 1) × correlation. 183 schools."""
    table = sample.sizes[:, 0]
    concentration = (table**2).sum() / 183
    found, degrees = clusters.effects(sample, 0.05)
    for column, name in enumerate(QUESTIONS):
        one, p = reference["half_days"][name], sample.part[column]
        own, common = one["variance"] / (p * (1 - p) / 183), 1 + (concentration - 1) * 0.05
        assert found[column] == pytest.approx((own + common) / 2, rel=1e-9)
        assert degrees[column] == pytest.approx(2 * one["degrees"], rel=1e-9)


def test_the_price_widens_to_students_interval(sample):
    """√cost × 1.96 standard errors of n answers is t × √effect of the same."""
    effect, degrees = clusters.effects(sample, clusters.correlation([sample]))
    student = scipy.stats.t.ppf(0.975, degrees) / scipy.stats.norm.ppf(0.975)

    assert clusters.costs(sample) == pytest.approx(effect * student**2, rel=1e-9)


def test_without_half_days_the_usual_correlation_is_supposed():
    """9 answers to a half-day and a correlation of 0.06: 1 + 8 · 0.06 = 1.48, whatever they say."""
    told = np.tile([1.0, 0.0], 60)[:, None]
    effect, degrees = clusters.effects(clusters.Sample(told, None), 0.0)

    assert (effect[0], degrees[0]) == (pytest.approx(1.48), np.inf)


@given(st.data())
def test_half_days_never_make_answers_worth_more(data):
    people = data.draw(st.integers(1, 60))
    told = np.array(
        data.draw(st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=people, max_size=people))
    )[:, None]
    codes = data.draw(st.lists(st.integers(-1, 14), min_size=people, max_size=people))
    sample = clusters.Sample(told, np.array(codes))
    effect, _ = clusters.effects(sample, clusters.correlation([sample]))

    assert effect[0] >= 1
    assert np.isfinite(effect[0]) or sample.n[0] == 0


def test_visitors_whose_half_day_is_unknown_are_each_alone():
    """Ten of one half-day and five unknown: squares of 10 and 5 ones over 15."""
    told = np.ones((15, 1))
    sample = clusters.Sample(told, np.array([0] * 10 + [-1] * 5))

    assert sample.concentration[0] == pytest.approx((10**2 + 5) / 15)


PLACE = st.lists(
    st.tuples(st.sampled_from([0.0, 1.0, np.nan]), st.integers(-1, 11)), min_size=1, max_size=40
)


@given(st.lists(PLACE, min_size=2, max_size=4))
def test_places_added_up_are_worth_what_their_visitors_are_together(places):
    """Added up by half-day, or visitor by visitor: the same effects; half-days of two differ."""
    own = [samples(np.array(one)) for one in places]
    with np.errstate(all="ignore"):
        found, whole = gathered(own), together(own)
        for one in ("n", "part", "spread", "concentration", "is_estimable"):
            np.testing.assert_allclose(getattr(found, one), getattr(whole, one), atol=1e-12)
        for one in ("own_variance", "components"):
            np.testing.assert_allclose(getattr(found, one), getattr(whole, one), atol=1e-9)


def samples(place):
    """Visitors of one place, their half-days numbered as they come."""
    codes = place[:, 1].astype(int)
    known = codes >= 0
    codes[known] = np.unique(codes[known], return_inverse=True)[1]
    return clusters.Sample(place[:, :1], codes)
