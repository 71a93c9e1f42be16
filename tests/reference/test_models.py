"""Rank tests, cumulative logit, Brant's test and LMG against R (values of `valeurs.R`)."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import brunnermunzel
from statsmodels.miscmodels.ordinal_model import OrderedModel

from qpref.statistics import drivers, ordinal, superiority
from qpref.statistics.cumulative import CumulativeLogit
from tests.conftest import example_count

MODEL = {"rel": 1e-4, "abs": 1e-4}  # iterative models


@pytest.fixture
def housing(rows):
    table = rows("housing")
    table = table.loc[table.index.repeat(table["Freq"])].reset_index(drop=True)
    order = {
        "Infl": ["Low", "Medium", "High"],
        "Type": ["Tower", "Apartment", "Atrium", "Terrace"],
        "Cont": ["Low", "High"],
    }
    factors = pd.DataFrame({name: pd.Categorical(table[name], order[name]) for name in order})
    levels = pd.Series(pd.Categorical(table["Sat"], ["Low", "Medium", "High"]).codes)
    return levels, factors


def test_the_cumulative_logit_is_that_of_polr(housing, reference):
    found, expected = ordinal.fit_ordered(*housing), reference["ordinal"]

    names = found.terms["facteur"] + found.terms["niveau"]
    assert found.loglik == pytest.approx(expected["loglik"], abs=1e-6)
    assert dict(zip(names, found.terms["coefficient"], strict=True)) == pytest.approx(
        expected["coef"], **MODEL
    )
    assert found.cuts == pytest.approx(list(expected["zeta"].values()), **MODEL)
    for name, se in zip(names, found.terms["se"], strict=True):
        assert se == pytest.approx(expected["se"][name], **MODEL)


def test_adjusted_shares_are_the_averaged_predictions_of_polr(housing, reference):
    found = ordinal.adjusted_shares(ordinal.fit_ordered(*housing), "Type", least=2)

    expected = reference["ordinal"]["adjusted_high"]
    assert dict(zip(found["niveau"], found["part"], strict=True)) == pytest.approx(
        expected, **MODEL
    )
    assert ((found["bas"] < found["part"]) & (found["part"] < found["haut"])).all()


def test_the_interval_of_adjusted_shares_is_the_delta_method(housing):
    """By parameters drawn from their own normal law: 95 % of the shares fall within the bounds."""
    fit = ordinal.fit_ordered(*housing)
    row = ordinal.adjusted_shares(fit, "Cont", least=2).iloc[0]
    design = ordinal._dummies(
        fit.factors.assign(Cont=pd.Categorical(["Low"] * fit.n, ["Low", "High"]))
    )
    rng = np.random.default_rng(3)
    drawn = rng.multivariate_normal(fit.params, fit.covariance, 4000)
    cuts = drawn[:, -2] + np.exp(drawn[:, -1])
    shares = 1 / (1 + np.exp(cuts[:, None] - drawn[:, :-2] @ design.to_numpy(float).T))

    low, high = np.percentile(shares.mean(1), [2.5, 97.5])
    assert (row["bas"], row["haut"]) == pytest.approx((low, high), abs=3e-3)


def test_the_check_of_proportional_odds_is_brants(housing, reference):
    found = ordinal.proportional_odds(ordinal.fit_ordered(*housing))

    assert found.statistic == pytest.approx(reference["ordinal"]["po_chisq"], **MODEL)
    assert found.degrees == reference["ordinal"]["po_df"]
    assert found.p == pytest.approx(reference["ordinal"]["po_p"], **MODEL)


def test_many_factors_on_few_answers_still_have_a_covariance():
    """364 answers, 14 indicators: the fitted chances of the binary logits cross."""
    rng = np.random.default_rng(7)
    negatives = 0
    for _ in range(6):
        levels = pd.Series(rng.choice(4, 300, p=[0.07, 0.12, 0.4, 0.41]))
        factors = pd.DataFrame({f"f{i}": rng.choice(list("abcde"), 300) for i in range(4)})
        found = ordinal.proportional_odds(ordinal.fit_ordered(levels, factors))
        assert found is None or found.statistic > 0
        negatives += found is not None and found.p == 1
    assert not negatives


def test_the_exact_gradient_is_the_numerical_one(housing):
    levels, factors = housing
    exog = pd.get_dummies(factors, drop_first=True).to_numpy(float)
    plain = OrderedModel(levels.to_numpy(), exog, distr="logit")
    fast = CumulativeLogit(levels.to_numpy(), exog, distr="logit")
    fast.repeats = np.ones(len(levels))
    params = np.linspace(-0.5, 0.6, exog.shape[1] + 2)

    assert fast.score(params) == pytest.approx(plain.score(params), rel=1e-5, abs=1e-4)


def test_superiority_is_the_rank_statistic_of_wilcox_test(housing, reference):
    levels, factors = housing
    high, low = levels[factors["Cont"] == "High"], levels[factors["Cont"] == "Low"]
    found, expected = superiority.superiority(high, low), reference["rank"]

    assert found.value == pytest.approx(expected["superiority"], abs=1e-12)
    assert found.p == pytest.approx(expected["p"], rel=1e-9)


def test_the_interval_of_superiority_rests_on_the_variance_of_brunner_and_munzel(housing):
    """scipy's statistic is (value − 0.5) / se, so it gives the standard error on its own."""
    levels, factors = housing
    high, low = levels[factors["Cont"] == "High"], levels[factors["Cont"] == "Low"]
    found = superiority.superiority(high, low)
    se = (found.value - 0.5) / brunnermunzel(low, high).statistic

    logit = np.log(found.value / (1 - found.value))
    half = 1.959963985 * se / (found.value * (1 - found.value))
    expected = [1 / (1 + np.exp(-x)) for x in (logit - half, logit + half)]
    assert [found.low, found.high] == pytest.approx(expected, abs=1e-9)


def test_swapping_groups_mirrors_superiority():
    one, other = [4, 3, 3, 2, 4], [1, 2, 3, 4, 2, 1]
    found, swapped = superiority.superiority(one, other), superiority.superiority(other, one)

    assert (found.value, found.low) == pytest.approx((1 - swapped.value, 1 - swapped.high))
    assert found.p == pytest.approx(swapped.p)


def test_a_threshold_that_separates_cannot_be_checked():
    """None of group b at the lowest level: no slope at the first threshold."""
    levels = pd.Series([0, 1, 2, 0, 1, 2, 1, 2, 1, 2])
    fit = ordinal.fit_ordered(levels, pd.DataFrame({"groupe": list("aaaaaabbbb")}))

    assert ordinal.proportional_odds(fit) is None


def test_rows_without_a_factor_are_counted_as_lost():
    levels = pd.Series([0, 1, 2, 0, 1, 2, 0, 1])
    factors = pd.DataFrame({"groupe": ["a", "b", "a", "b", "b", "a", None, "b"]})

    found = ordinal.fit_ordered(levels, factors)

    assert (found.n, found.lost) == (7, 1)


@pytest.mark.parametrize(
    ("levels", "groups"), [([1, 1, 1, 1], ["a", "b", "a", "b"]), ([1, 2, 3, 1], ["a"] * 4)]
)
def test_nothing_that_varies_is_refused(levels, groups):
    with pytest.raises(ordinal.NotEstimableError, match="rien_ne_varie"):
        ordinal.fit_ordered(pd.Series(levels), pd.DataFrame({"groupe": groups}))


def test_all_of_a_group_at_the_top_have_no_finite_estimate():
    """Six answers at 0, 1, 2 twice; all four of b at 2: the odds of b are without end."""
    levels = pd.Series([0, 1, 2, 0, 1, 2, 2, 2, 2, 2])
    with pytest.raises(ordinal.NotEstimableError, match="separes"):
        ordinal.fit_ordered(levels, pd.DataFrame({"groupe": list("aaaaaabbbb")}))


def test_sites_and_reasons_that_never_mix_are_not_told_apart():
    """Site a has reasons 1 and 2, site b reasons 3 and 4: the site is the sum of two reasons."""
    factors = pd.DataFrame({"site": list("aaaaaaaabbbbbbbb"), "motif": list("1122112233443344")})
    with pytest.raises(ordinal.NotEstimableError, match="confondus"):
        ordinal.fit_ordered(pd.Series([0, 1, 2, 3] * 4), factors)


@pytest.mark.parametrize("unused", ["top", "second", "third", "bottom"])
def test_levels_that_nobody_used_keep_their_place(unused):
    """
    Two sites of the same answers: at equal public as anywhere, the share is the one counted.

    Of four levels the two best are favourable. 24, 48 and 48 of 120 answers are at the three levels
    used, from the lowest: 48 of 120 (40 %) are favourable when the best or the second is unused,
    48 + 48 (80 %) when the third or the worst is.
    """
    ranks = {"top": [0, 1, 2], "second": [0, 1, 3], "third": [0, 2, 3], "bottom": [1, 2, 3]}[unused]
    levels = pd.Series(np.repeat(ranks, [24, 48, 48]))
    factors = pd.DataFrame({"site": ["a", "b"] * 60})
    expected = 48 / 120 if unused in {"top", "second"} else 96 / 120

    found = ordinal.adjusted_shares(ordinal.fit_ordered(levels, factors), "site", least=2)

    assert found["part"].tolist() == pytest.approx([expected] * 2, abs=1e-6)


def test_answers_all_on_one_side_have_no_threshold_to_compare():
    factors = pd.DataFrame({"site": ["a", "b"] * 6})
    fit = ordinal.fit_ordered(pd.Series([2, 2, 3, 3] * 3), factors)
    for least in (2, 4):
        with pytest.raises(ordinal.NotEstimableError, match="un_seul_cote"):
            ordinal.adjusted_shares(fit, "site", least)


@pytest.mark.parametrize(
    ("first", "second"), [([3, 3, 3], [1, 1]), ([1, 1], [3, 3, 3]), ([2] * 9, [2] * 5)]
)
def test_a_superiority_without_exception_has_an_interval_all_the_same(first, second):
    """
    Newcombe 2006, method 5: both ends are 1.96 standard errors from the value found.

    The standard error at an end θ is √(θ (1 − θ) (1 + (N / 2 − 1) ((1 − θ)/(2 − θ) + θ/(1 + θ)))
    / (n m)), N = n + m; an end at 0 or 1 is the value itself.
    """
    found = superiority.superiority(first, second)
    n, m = len(first), len(second)
    assert found.low < found.high
    for end in (found.low, found.high):
        if end in {0, 1}:
            assert end == found.value
            continue
        more = (n + m) / 2 - 1
        spread = 1 + more * ((1 - end) / (2 - end) + end / (1 + end))
        se = np.sqrt(end * (1 - end) * spread / (n * m))
        assert abs(end - found.value) == pytest.approx(1.959963985 * se, rel=1e-6)


def test_shapley_is_lmg_over_all_orders_of_lm(reference, rows):
    answers = rows("enquete")[["q1", "q2", "q3", "q4", "q5", "global"]]
    found = drivers.shapley(np.cov(answers.to_numpy(float), rowvar=False))

    assert found == pytest.approx(list(reference["lmg"]["share"].values()), abs=1e-10)
    assert found.sum() == pytest.approx(reference["lmg"]["r2"], abs=1e-10)


def test_unrelated_drivers_share_r2_as_their_squared_correlations():
    """With uncorrelated drivers, LMG is r² of each: 0.36 and 0.16."""
    matrix = np.array([[1, 0, 0.6], [0, 1, 0.4], [0.6, 0.4, 1]])

    assert drivers.shapley(matrix) == pytest.approx([0.36, 0.16])


def test_a_driver_that_repeats_another_takes_half():
    """Two copies of one variable with r² = 0.25: each order gives all to the first to enter."""
    matrix = np.array([[1, 1, 0.5], [1, 1, 0.5], [0.5, 0.5, 1]])

    assert drivers.shapley(matrix) == pytest.approx([0.125, 0.125])


def test_correlations_of_available_cases_are_those_of_pandas(rows):
    """Each pair over the rows that have both: what `DataFrame.corr` does."""
    answers = rows("enquete")[["q1", "q2", "q3", "global"]].astype(float)
    answers.loc[::4, "q1"] = np.nan
    answers.loc[1::5, "q3"] = np.nan
    found = drivers.available_correlations(answers.to_numpy(), np.ones((1, len(answers))))[0]

    assert found == pytest.approx(answers.corr().to_numpy(), abs=1e-12)


def test_correlations_that_contradict_one_another_are_mended():
    """a goes with b, b with c, a against c, each on its own rows: no answers can do that."""
    up, down, none = [0.0, 1.0] * 5, [1.0, 0.0] * 5, [np.nan] * 10
    a, b, c = up + none + up, up + up + none, none + up + down
    found = drivers.available_correlations(np.column_stack([a, b, c]), np.ones((1, 30)))[0]

    assert np.linalg.eigvalsh(found).min() >= 0
    assert np.diagonal(found) == pytest.approx([1, 1, 1])


class TestImportance:
    def test_questions_that_do_not_concern_everybody_keep_all_who_answered(self, rows):
        """120 answers, q1 given by the first 80 and q2 by the last 80: 40 answered both."""
        answers = rows("enquete")[["q1", "q2", "global"]].head(120).astype(float)
        answers.loc[80:, "q1"] = np.nan
        answers.loc[:39, "q2"] = np.nan

        assert drivers.importance(answers, "global").set_index("question")["n"].to_dict() == {
            "q1": 80,
            "q2": 80,
        }

    def test_one_question_alone_has_no_weight_to_share(self, rows):
        assert drivers.importance(rows("enquete")[["q1", "global"]], "global").empty

    @pytest.mark.lent
    def test_equal_weights_are_rarely_told_apart(self):
        """
        Four questions of one weight, 150 answers: 5 % of reports say otherwise at most.

        At 5 %, more than 2 reports of 10 would be so with a chance of 1 %; more than 12 of the 120
        of a night, with one of 1 %.
        """
        rng = np.random.default_rng(5)
        false = 0
        for _ in range(reports := example_count(10, 120)):
            latent = rng.normal(size=(150, 1)) + rng.normal(size=(150, 4))
            overall = latent.sum(1) + 2 * rng.normal(size=150)
            table = pd.DataFrame(np.digitize(np.column_stack([latent, overall]), [-1, 0, 1]))
            found = drivers.importance(table.rename(columns=str).astype(float), "4")
            false += bool(((found["bas"] > 1 / 4) | (found["haut"] < 1 / 4)).any())
        assert false <= {10: 2, 120: 12}[reports]

    def test_parts_add_up_to_one_and_intervals_hold_them(self, rows):
        answers = rows("enquete")[["q1", "q2", "q3", "q4", "q5", "global"]]
        found = drivers.importance(answers, "global")

        assert found["importance"].sum() == pytest.approx(1)
        assert (found["bas"] <= found["importance"]).all()
        assert (found["importance"] <= found["haut"]).all()
        assert found["question"].iloc[0] == "q5"

    def test_the_order_of_answers_changes_no_part_and_no_bound(self, rows):
        """Nor do answers that are missing here and there."""
        answers = rows("enquete")[["q1", "q2", "global"]].astype(float)
        answers.loc[3:9, "q1"] = np.nan
        found = drivers.importance(answers, "global")
        again = drivers.importance(answers.sample(frac=1, random_state=1), "global")

        for column in ("importance", "bas", "haut"):
            assert again[column].tolist() == pytest.approx(found[column].tolist())

    @pytest.mark.parametrize(("n", "is_empty"), [(74, True), (75, False), (76, False)])
    def test_fifteen_complete_answers_are_needed_for_each_driver(self, rows, n, is_empty):
        answers = rows("enquete")[["q1", "q2", "q3", "q4", "q5", "global"]].head(n)

        assert drivers.importance(answers, "global").empty is is_empty

    def test_questions_are_chosen_by_number_of_opinions(self, rows):
        answers = rows("enquete")[["q1", "q2", "q3", "global"]].head(60).astype(float)
        answers.loc[10:40, "q2"] = np.nan

        assert drivers.choose_drivers(answers, "global") == ["q1", "q3"]


@pytest.mark.parametrize(
    ("weight", "satisfied", "expected"),
    [
        ((0.5, 0.45, 0.6), 10, "a_ameliorer"),
        ((0.5, 0.3, 0.6), 10, "incertain"),
        ((0.5, 0.45, 0.6), 55, "incertain"),
        ((0.5, 0.45, 0.6), 95, "a_preserver"),
        ((0.1, 0.05, 0.2), 10, "secondaire"),
    ],
)
def test_no_verdict_when_an_interval_holds_the_average(weight, satisfied, expected):
    """Three drivers: the average weight is 1/3; the others satisfy 50 and 60 of 100."""
    value, low, high = weight
    table = pd.DataFrame(
        {
            "question": ["a", "b", "c"],
            "importance": [value, 0.3, 0.2],
            "bas": [low, 0.2, 0.1],
            "haut": [high, 0.4, 0.4],
            "n": 100,
            "r2": 0.5,
        }
    )
    shares = pd.DataFrame(
        {"question": ["a", "b", "c"], "satisfaits": [satisfied, 50, 60], "n": 100}
    )

    assert drivers.priorities(table, shares)["verdict"][0] == expected
