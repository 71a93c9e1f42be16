"""Calibration by four distances against R's `calibrate`, and what it refuses."""

import numpy as np
import pandas as pd
import pytest

from qpref.errors import MarginError
from qpref.statistics import design, weighting
from qpref.statistics.calibration import calibrate

MARGINS = {"stype": {"E": 4421, "H": 755, "M": 1018}, "sch.wide": {"Yes": 5122, "No": 1072}}
METHODS = {"lineaire": "linear", "ratissage": "raking", "logit": "logit", "tronquee": "truncated"}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("name", "file"), [("srs", "apisrs"), ("clus", "apiclus1")])
def test_weights_and_standard_errors_are_those_of_calibrate(reference, rows, method, name, file):
    schools, expected = rows(file), reference["calage"][name][METHODS[method]]
    found = calibrate(
        schools, MARGINS, method, start=schools["pw"], bounds=tuple(expected["bounds"])
    )
    made = found.design(clusters=schools["dnum"] if name == "clus" else None)

    assert found.by_answer == pytest.approx(expected["weights"], rel=1e-6)
    won = (schools["awards"] == "Yes").to_numpy()
    for values, told in ((schools["api00"], "mean"), (won, "share")):
        estimate = design.mean(made, values)
        assert estimate.value == pytest.approx(expected[told]["value"], rel=1e-6)
        assert estimate.se == pytest.approx(expected[told]["se"], rel=1e-6)


def test_raking_is_the_iterative_fit(rows):
    schools = rows("apiclus1")
    found = calibrate(schools, MARGINS, "ratissage", start=schools["pw"])

    fitted = weighting.rake(schools, MARGINS, start=schools["pw"])
    assert found.by_answer == pytest.approx(fitted.by_answer, rel=1e-7)


@pytest.mark.parametrize("method", ["logit", "tronquee"])
def test_weights_keep_within_their_bounds(rows, method):
    schools = rows("apiclus1")
    found = calibrate(schools, MARGINS, method, start=schools["pw"], bounds=(0.7, 1.7))

    assert 0.7 - 1e-9 <= found.ratios.min() < 1 < found.ratios.max() <= 1.7 + 1e-9
    assert np.average(found.ratios, weights=schools["pw"]) == pytest.approx(1)


@pytest.mark.parametrize("method", ["logit", "tronquee"])
def test_bounds_that_nothing_can_meet_are_told(method):
    """Half of the answers for a tenth of the passages: ratios of 0.2 at most are needed."""
    answers = pd.DataFrame({"guichet": ["a"] * 50 + ["b"] * 50})
    with pytest.raises(MarginError, match="Aucun jeu de poids") as told:
        calibrate(answers, {"guichet": {"a": 10, "b": 90}}, method, bounds=(0.5, 2.0))
    assert "Élargissez" in str(told.value)
    assert "entre 0,5 et 2" in str(told.value)


def test_least_squares_that_go_under_zero_are_refused():
    answers = pd.DataFrame({"a": list("xxxxyyyyzz"), "b": list("uuuvuvvvvv")})
    margins = {"a": {"x": 1, "y": 100, "z": 20}, "b": {"u": 110, "v": 11}}
    with pytest.raises(MarginError) as told:
        calibrate(answers, margins, "lineaire")
    assert "bornes" not in str(told.value)  # it has none
    assert "0,3" not in str(told.value)


def test_bounds_stand_on_both_sides_of_one():
    with pytest.raises(ValueError, match="bounds"):
        calibrate(pd.DataFrame({"a": ["x"]}), {"a": {"x": 1}}, bounds=(1.2, 3))
