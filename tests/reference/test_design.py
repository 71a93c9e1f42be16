"""Means, shares, totals, ratios, domains, tests and calibration against R's survey package.

The values come from `valeurs.R` (R 4.2.2, survey 4.1-1) on the school performance data that ship
with that package; the script stands beside and prints its versions in `valeurs.json`.
"""

import numpy as np
import pandas as pd
import pytest

from qpref.statistics import contingency, contrast, design, weighting

CLOSE = {"rel": 1e-9, "abs": 1e-9}
STYPE = {"E": 4421, "H": 755, "M": 1018}
WIDE = {"No": 1072, "Yes": 5122}


@pytest.fixture(params=["srs", "srs_fpc", "strat", "strat_fpc", "clus", "clus_fpc"])
def case(request, reference, rows):
    name = request.param
    schools = rows({"srs": "apisrs", "strat": "apistrat", "clus": "apiclus1"}[name.split("_")[0]])
    made = design.Design(
        schools["pw"].to_numpy(float),
        strata=schools["stype"] if "strat" in name else None,
        clusters=schools["dnum"] if "clus" in name else None,
        population=schools["fpc"] if "fpc" in name else None,
    )
    return schools, made, reference["design"][name]


def same(found, expected):
    assert found.value == pytest.approx(expected["value"], **CLOSE)
    assert found.se == pytest.approx(expected["se"], **CLOSE)


def test_means_and_shares_are_those_of_svymean(case):
    schools, made, expected = case
    share = design.mean(made, schools["awards"] == "Yes")

    same(design.mean(made, schools["api00"]), expected["mean"])
    same(share, expected["share"])
    assert share.deff == pytest.approx(expected["deff"], **CLOSE)
    assert made.degrees == expected["degrees"]


def test_totals_and_ratios_are_those_of_svytotal_and_svyratio(case):
    schools, made, expected = case

    same(design.total(made, schools["enroll"]), expected["total"])
    same(design.ratio(made, schools["api00"], schools["api99"]), expected["ratio"])


def test_a_domain_keeps_the_whole_design(case):
    schools, made, expected = case
    won = schools["awards"] == "Yes"

    same(design.mean(made, schools["api00"], schools["stype"] == "H"), expected["domain"])
    same(design.mean(made, won, schools["stype"] == "M"), expected["domain_share"])


def test_intervals_are_those_of_confint_and_svyciprop(case):
    schools, made, expected = case
    share = design.mean(made, schools["awards"] == "Yes")

    mean = design.mean(made, schools["api00"])
    assert mean.interval() == pytest.approx(expected["mean_interval"], **CLOSE)
    assert design.share_bounds(share, "logit") == pytest.approx(expected["logit"], abs=1e-6)
    assert design.share_bounds(share, "beta") == pytest.approx(expected["beta"], abs=1e-6)


@pytest.mark.parametrize("name", ["strat", "strat_fpc", "clus", "clus_fpc"])
def test_rao_scott_is_svychisq(name, reference, rows):
    schools = rows("apistrat" if "strat" in name else "apiclus1")
    made = design.Design(
        schools["pw"].to_numpy(float),
        strata=schools["stype"] if "strat" in name else None,
        clusters=schools["dnum"] if "clus" in name else None,
        population=schools["fpc"] if "fpc" in name else None,
    )
    found = contingency.rao_scott(made, schools["sch.wide"], schools["stype"])
    expected = reference["rao_scott"][name]

    assert found.statistic == pytest.approx(expected["F"], **CLOSE)
    assert found.top == pytest.approx(expected["ndf"], **CLOSE)
    assert found.bottom == pytest.approx(expected["ddf"], **CLOSE)
    assert found.p == pytest.approx(expected["p"], rel=1e-7)


@pytest.mark.parametrize(("name", "file"), [("srs", "apisrs"), ("clus", "apiclus1")])
class TestCalibration:
    def test_raked_weights_and_standard_errors_are_those_of_rake(self, name, file, reference, rows):
        schools, expected = rows(file), reference["calibrated"][name]
        won = schools["awards"] == "Yes"
        weights = weighting.rake(schools, {"stype": STYPE, "sch.wide": WIDE}, start=schools["pw"])
        made = weights.design(clusters=schools["dnum"] if name == "clus" else None)

        assert weights.by_answer == pytest.approx(expected["rake_weights"], rel=1e-6)
        for found, key in (
            (design.mean(made, schools["api00"]), "rake_mean"),
            (design.mean(made, won), "rake_share"),
            (design.mean(made, won, schools["stype"] == "E"), "rake_domain"),
        ):
            assert found.value == pytest.approx(expected[key]["value"], rel=1e-6)
            assert found.se == pytest.approx(expected[key]["se"], rel=1e-6)

    def test_post_stratified_weights_are_those_of_post_stratify(self, name, file, reference, rows):
        schools, expected = rows(file), reference["calibrated"][name]
        weights = weighting.post_stratify(schools, ["stype"], STYPE, start=schools["pw"])
        made = weights.design(clusters=schools["dnum"] if name == "clus" else None)

        assert weights.by_answer == pytest.approx(expected["post_weights"], rel=1e-9)
        same(design.mean(made, schools["api00"]), expected["post_mean"])
        same(design.total(made, schools["enroll"]), expected["post_total"])


def is_contrast(found, expected):
    same(found, expected)
    assert found.degrees == expected["degrees"]
    assert found.interval() == pytest.approx(expected["interval"], **CLOSE)
    assert found.interval(0.90) == pytest.approx(expected["interval90"], **CLOSE)
    assert found.p == pytest.approx(expected["p"], rel=1e-7)


@pytest.mark.parametrize("case", ["strat", "clus", "clus_fpc"], indirect=True)
def test_the_difference_of_two_groups_is_that_of_svyby_and_svycontrast(case, request, reference):
    schools, made, _ = case
    high, primary = (schools["stype"] == level for level in "HE")
    name = request.node.callspec.params["case"]

    found = contrast.between_groups(made, schools["awards"] == "Yes", high, primary)
    is_contrast(found, reference["change"][name])


def test_the_difference_of_two_surveys_is_that_of_one_design_with_two_strata(reference, rows):
    """Clusters of the second survey less a stratified first, as in R where both are stacked."""
    strat, clus = rows("apistrat"), rows("apiclus1")
    before = design.Design(strat["pw"].to_numpy(float), strata=strat["stype"])
    now = design.Design(clus["pw"].to_numpy(float), clusters=clus["dnum"])
    first, second = (
        design.mean(made, schools["awards"] == "Yes")
        for made, schools in ((now, clus), (before, strat))
    )

    is_contrast(contrast.between_surveys(first, second), reference["change"]["surveys"])


def test_two_groups_of_the_same_half_days_differ_more_surely_than_two_surveys():
    """Half-days move both groups alike: their covariance is taken off the variance."""
    half_days = np.repeat(np.arange(8), 4)
    level = np.repeat([0, 1, 2, 3, 0, 1, 2, 3], 4) + np.tile([0.0, 0.1, 1.0, 1.1], 8)
    late = np.tile([False, False, True, True], 8)
    made = design.Design(np.ones(32), clusters=half_days)
    apart = contrast.between_surveys(
        design.mean(made, level, late), design.mean(made, level, ~late)
    )

    found = contrast.between_groups(made, level, late, ~late)
    assert found.value == pytest.approx(1.0)
    assert found.se < 1e-9 < apart.se


def test_weights_taken_as_plain_give_a_wrong_standard_error(reference, rows):
    schools = rows("apisrs")
    weights = weighting.rake(schools, {"stype": STYPE, "sch.wide": WIDE}, start=schools["pw"])
    plain = design.mean(design.Design(weights.by_answer), schools["awards"] == "Yes")

    assert plain.se > 1.2 * reference["calibrated"]["srs"]["rake_share"]["se"]


def test_clusters_of_two_strata_with_one_label_are_different_clusters():
    made = design.Design(np.ones(8), strata=[1] * 4 + [2] * 4, clusters=["a", "a", "b", "b"] * 2)

    assert made.degrees == 2


def test_equal_weights_give_the_textbook_standard_error():
    """s / √n: values 1, 2, 3, 4 have s² = 5/3, so √(5/12)."""
    found = design.mean(design.simple(4), pd.Series([1, 2, 3, 4]))

    assert found.value == 2.5
    assert found.se == pytest.approx((5 / 12) ** 0.5)
    assert found.deff == pytest.approx(1)


def test_the_effect_of_a_design_on_a_difference_is_to_two_groups_drawn_apart():
    """
    Its variance over the sum of those of two simple samples of the same sizes, which are given.

    Each group's own is its variance over its effect: 0.04² / 2 + 0.03² / 1 = 0.0017.
    """
    one = design.Estimate(0.7, 0.04, 9, 50, 2.0)
    other = design.Estimate(0.5, 0.03, 9, 60, 1.0)

    assert contrast.between_surveys(one, other).deff == pytest.approx(0.0025 / 0.0017)
