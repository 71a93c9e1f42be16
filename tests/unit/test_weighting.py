"""Weights meet the known totals, or say in French why they cannot."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from qpref.errors import MarginError
from qpref.statistics.design import Design, kish_effect, mean, share_bounds, simple
from qpref.statistics.weighting import post_stratify, rake, smallest_cells


def answers():
    return pd.DataFrame(
        {
            "demi_journee": ["matin"] * 6 + ["apres_midi"] * 4,
            "guichet": ["etrangers", "accueil"] * 5,
        }
    )


MARGINS = {
    "demi_journee": {"matin": 600.0, "apres_midi": 400.0},
    "guichet": {"etrangers": 700.0, "accueil": 300.0},
}


def test_every_total_is_met():
    rows = answers()
    found = rake(rows, MARGINS)

    for name, known in MARGINS.items():
        reached = pd.Series(found.by_answer).groupby(rows[name]).sum()
        assert reached.to_dict() == pytest.approx(known)


@given(st.lists(st.floats(0.2, 5), min_size=3, max_size=3), st.randoms())
def test_weights_do_not_depend_on_the_order_of_answers(totals, random):
    rows = pd.DataFrame({"motif": list("aabbbccccc")})
    known = {"motif": dict(zip("abc", totals, strict=True))}
    order = list(range(10))
    random.shuffle(order)

    found = rake(rows, known).by_answer
    again = rake(rows.iloc[order], known).by_answer
    assert again == pytest.approx(found[order])


def test_crossed_categories_are_post_stratified():
    rows = answers()
    totals = {("matin", "etrangers"): 30, ("matin", "accueil"): 30}
    totals |= {("apres_midi", "etrangers"): 10, ("apres_midi", "accueil"): 30}
    found = post_stratify(rows, ["demi_journee", "guichet"], totals)

    assert found.by_answer == pytest.approx([10, 10, 10, 10, 10, 10, 5, 15, 5, 15])


def test_weights_stay_within_bounds_when_that_is_possible():
    rows = pd.DataFrame({"a": list("xxxxxyyyyy"), "b": list("uvuvuuvuvv")})
    known = {"a": {"x": 7, "y": 3}, "b": {"u": 6, "v": 4}}
    free = rake(rows, known).by_answer
    most = free.max() / free.mean()
    found = rake(rows, known, bounds=(0.5, most - 0.02)).by_answer

    assert found.max() / found.mean() <= most - 0.02 + 1e-6
    assert found[rows["a"] == "x"].sum() == pytest.approx(7)
    assert found[rows["b"] == "u"].sum() == pytest.approx(6)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"jour": {"lundi": 1000}}, "Marge « jour » : cette colonne n’existe pas."),
        ({"guichet": {"etrangers": 1000}}, "Marge « guichet » : aucun total pour accueil."),
        (
            {"guichet": {"etrangers": 600, "accueil": 300, "armes": 100}},
            "Marge « guichet » : aucune réponse pour armes",
        ),
        (
            {"guichet": {"etrangers": 600, "accueil": 300}},
            "Les marges ne donnent pas le même total (« demi_journee » : 1000, « guichet » : 900)",
        ),
        ({"guichet": {"etrangers": 1000, "accueil": 0}}, "Marge « guichet » : un total est absent"),
    ],
)
def test_a_wrong_margin_is_named(change, said):
    with pytest.raises(MarginError) as error:
        rake(answers(), {**MARGINS, **change})

    assert said in str(error.value)


def test_a_missing_answer_is_refused():
    rows = answers()
    rows.loc[2, "guichet"] = None

    with pytest.raises(MarginError, match="Marge « guichet » : 1 réponse"):
        rake(rows, MARGINS)


def test_margins_that_contradict_each_other_are_refused():
    """Every x is u and every y is v: the totals of the two cannot differ."""
    rows = pd.DataFrame({"a": list("xxxyyy"), "b": list("uuuvvv")})

    with pytest.raises(MarginError, match="aucun jeu de poids"):
        rake(rows, {"a": {"x": 60, "y": 40}, "b": {"u": 50, "v": 50}})


def test_bounds_that_no_weights_meet_are_refused():
    with pytest.raises(MarginError, match=r"entre 0\.9 et 1\.1 fois la moyenne"):
        rake(answers(), MARGINS, bounds=(0.9, 1.1))


def test_no_margin_is_refused():
    with pytest.raises(MarginError, match="Aucune marge"):
        rake(answers(), {})


def test_the_smallest_level_of_each_margin_is_told():
    assert smallest_cells(answers(), MARGINS) == {"demi_journee": 4, "guichet": 5}


def test_kish_effect_and_effective_number_agree():
    """Weights 1, 1, 2, 4: 4 · 22 / 64 = 1.375."""
    rows = pd.DataFrame({"a": list("wxyz")})
    found = rake(rows, {"a": dict(zip("wxyz", (1, 1, 2, 4), strict=True))})

    assert found.deff == pytest.approx(1.375)
    assert found.n_effective == pytest.approx(4 / 1.375)
    assert kish_effect([3.0, 3.0]) == pytest.approx(1)


class TestDesign:
    def test_a_weight_that_is_not_over_zero_is_refused(self):
        with pytest.raises(ValueError, match="over 0"):
            Design(np.array([1.0, 0.0]))

    def test_a_stratum_of_one_cluster_is_refused(self):
        with pytest.raises(ValueError, match="one cluster only"):
            Design(np.ones(3), strata=["a", "a", "b"])

    def test_a_missing_cluster_is_refused(self):
        with pytest.raises(ValueError, match="one cluster an answer"):
            Design(np.ones(3), clusters=["a", None, "b"])

    def test_a_population_smaller_than_the_sample_is_refused(self):
        with pytest.raises(ValueError, match="fewer clusters"):
            mean(Design(np.ones(3), population=2), [1, 2, 3])

    def test_an_empty_domain_is_refused(self):
        with pytest.raises(ValueError, match="no answer"):
            mean(simple(3), [1, 2, 3], [False] * 3)

    def test_a_missing_value_in_the_domain_is_refused(self):
        with pytest.raises(ValueError, match="missing"):
            mean(simple(3), [1, np.nan, 0])
        assert mean(simple(3), [1, np.nan, 0], [True, False, True]).value == 0.5

    def test_everyone_satisfied_has_an_interval(self):
        """Clopper–Pearson of 60 of 60: 0.025^(1/60)."""
        found = mean(simple(60), np.ones(60))

        assert share_bounds(found) == pytest.approx((0.025 ** (1 / 60), 1))

    @given(st.integers(1, 39))
    def test_equal_weights_give_the_interval_of_clopper_and_pearson(self, k):
        found = mean(simple(40), [1] * k + [0] * (40 - k))
        size = found.value * (1 - found.value) / found.se**2  # 39: s² divides by n − 1

        expected = proportion_confint(found.value * size, size, method="beta")
        assert share_bounds(found) == pytest.approx(expected, abs=1e-9)
