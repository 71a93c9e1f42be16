"""Tests of shares, compositions and tables against R, scipy and published figures."""

from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.statistics import comparison, contingency, power, representativeness, sample, shares


def test_tests_of_two_shares_are_those_of_r(reference):
    for case in reference["two"]:
        k1, n1, k0, n0 = case["q"]
        pooled = (k1 + k0) / (n1 + n0)
        is_small = min(n1, n0) * min(pooled, 1 - pooled) < 5
        expected = case["fisher_p"] if is_small else case["chisq_p"]

        assert comparison.difference_pvalue(k1, n1, k0, n0) == pytest.approx(expected, rel=1e-9)


def test_holm_within_a_question_is_the_step_down_of_its_definition():
    """Five groups of one question against all others: Holm of the plain p-values."""
    groups = pd.DataFrame(
        {
            "question": "global",
            "groupe": list("abcde"),
            "n": [60, 50, 40, 45, 30],
            "satisfaits": [50, 30, 33, 20, 22],
        }
    )
    n, k = groups["n"].sum(), groups["satisfaits"].sum()
    plain = [
        comparison.difference_pvalue(row.satisfaits, row.n, k - row.satisfaits, n - row.n)
        for row in groups.itertuples()
    ]
    order = np.argsort(plain)
    expected = np.empty(5)
    expected[order] = np.minimum(np.maximum.accumulate(np.sort(plain) * [5, 4, 3, 2, 1]), 1)

    assert comparison.against_others(groups)["p"].tolist() == pytest.approx(list(expected))


def test_holm_is_p_adjust_of_r(reference):
    case = reference["adjust"]

    assert comparison.holm(case["p"]).tolist() == pytest.approx(case["holm"])
    assert comparison.holm(case["p"][::-1]).tolist() == pytest.approx(case["holm"][::-1])


def test_two_groups_are_one_test():
    groups = pd.DataFrame(
        {"question": "q", "groupe": ["a", "b"], "n": [60, 80], "satisfaits": [50, 48]}
    )
    found = comparison.against_others(groups)

    expected = comparison.difference_pvalue(50, 60, 48, 80)
    assert found["p"].tolist() == pytest.approx([float(expected)])


class TestStandardised:
    """Admissions to Berkeley by department (Bickel, Hammel and O'Connell, Science 1975)."""

    @pytest.fixture
    def found(self, rows):
        table = rows("ucb")
        admitted = table.loc[table["Admit"] == "Admitted"].set_index(["Gender", "Dept"])["Freq"]
        everyone = table.groupby(["Gender", "Dept"])["Freq"].sum()
        first, second = (
            pd.DataFrame({"n": everyone[g], "satisfaits": admitted[g]})
            .rename_axis("strate")
            .reset_index()
            for g in ("Male", "Female")
        )
        return comparison.standardised(first, second)

    def test_the_crude_gap_reverses(self, found):
        """Crude 44.5 and 30.4 %; standardised 38.7 and 43.0 % (statistics facts)."""
        assert found["part"] == pytest.approx(0.387, abs=5e-4)
        assert found["part_reference"] == pytest.approx(0.430, abs=5e-4)
        assert found["couverture"] == 1

    def test_its_test_is_mantelhaen_test_of_r(self, found, reference):
        assert found["p"] == pytest.approx(reference["ucb"]["mh_p"], rel=1e-9)

    def test_a_stratum_of_one_group_only_is_left_out(self):
        first = pd.DataFrame({"strate": ["a", "b"], "n": [40, 60], "satisfaits": [20, 50]})
        second = pd.DataFrame({"strate": ["a"], "n": [100], "satisfaits": [50]})
        found = comparison.standardised(first, second)

        assert found["couverture"] == pytest.approx(140 / 200)
        assert found["ecart"] == pytest.approx(0)

    def test_too_few_answers_in_common_are_not_compared(self):
        first = pd.DataFrame({"strate": ["a"], "n": [9], "satisfaits": [5]})
        second = pd.DataFrame({"strate": ["a"], "n": [90], "satisfaits": [50]})

        assert np.isnan(comparison.standardised(first, second)["p"])


@given(st.integers(1, 200), st.integers(1, 200), st.data())
def test_a_combination_of_two_shares_is_newcombes_interval(n1, n0, data):
    k1, k0 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n0))
    found = comparison.combination_interval([k1, k0], [n1, n0], [1, -1])

    expected = comparison.difference_interval(k1, n1, k0, n0)
    assert found[1:] == pytest.approx(expected, abs=1e-9)


def test_one_share_alone_keeps_its_wilson_interval():
    value, low, high = comparison.combination_interval([81], [263], [1])

    assert (value, low, high) == pytest.approx((81 / 263, 0.2553, 0.3662), abs=6e-5)


class TestJudge:
    def family(self, p, question="q"):
        n = len(p)
        return pd.DataFrame(
            {"question": [f"{question}{i}" for i in range(n)], "p": p, "bas": 0.01, "haut": 0.2}
        )

    def test_without_main_indicator_it_is_benjamini_and_hochberg_of_r(self, reference):
        given_p = reference["adjust"]["p"]
        found = comparison.judge({"a": self.family(given_p)}, main="none")["a"]

        assert found["p_corrige"].tolist() == pytest.approx(reference["adjust"]["bh"])

    def test_families_are_judged_together(self, reference):
        given_p = reference["adjust"]["p"]
        found = comparison.judge(
            {"a": self.family(given_p[:2]), "b": self.family(given_p[2:])}, main="none"
        )

        together = [*found["a"]["p_corrige"], *found["b"]["p_corrige"]]
        assert together == pytest.approx(reference["adjust"]["bh"])

    @pytest.mark.parametrize(("p", "expected"), [(0.0249, "mieux"), (0.0251, None)])
    def test_the_main_indicator_has_half_of_the_level(self, p, expected):
        """Alone significant among 20: its corrected p is 20 p / (10) · 1 = 2 p."""
        tables = {"evolution": self.family([p, *[0.9] * 19])}
        found = comparison.judge(tables, main="q0")["evolution"]

        assert found["p_corrige"][0] == pytest.approx(2 * p)
        assert (found["verdict"][0] == "mieux") is (expected == "mieux")

    def test_a_question_with_too_few_answers_is_not_compared(self):
        found = comparison.judge({"a": self.family([0.001, np.nan])}, main="q0")["a"]

        assert found["verdict"].tolist() == ["mieux", "non_compare"]
        assert found["p_corrige"][0] == pytest.approx(0.001)

    def test_nothing_to_compare_gives_empty_tables(self):
        assert comparison.judge({"a": self.family([])}, main="q0")["a"].empty


def test_composition_is_chisq_test_of_r(reference):
    case = reference["composition"]
    found = representativeness.composition(pd.Series(case["obs"]), pd.Series(case["flow"]))

    assert found.statistic == pytest.approx(case["chisq"], rel=1e-12)
    assert found.p == pytest.approx(case["p"], rel=1e-9)
    assert found.table["residu"].tolist() == pytest.approx(case["residuals"], rel=1e-12)
    assert found.method == "chi2"


def test_small_expected_counts_use_the_exact_multinomial():
    """R: all outcomes of dmultinom no likelier than (5, 2, 1) under (0.3, 0.3, 0.4): 0.1395309."""
    flow = pd.Series({"a": 30, "b": 30, "c": 40})
    found = representativeness.composition(pd.Series({"a": 5, "b": 2, "c": 1}), flow)

    assert found.method == "exact"
    assert found.p == pytest.approx(0.1395309, abs=5e-8)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"matin": 126, "apres_midi": 74}, "proche"),
        ({"matin": 150, "apres_midi": 50}, "ecarts"),
        ({"matin": 0, "apres_midi": 0}, "non_verifiable"),
        ({"matin": 640, "apres_midi": 360}, "proche"),
    ],
)
def test_a_composition_is_far_when_chance_and_five_points_say_so(counts, expected):
    """Flow 60/40: 126 of 200 is +3 points; 150 is +15, far beyond chance; 640 of 1000 is +4 points,
    beyond chance (z = 2.6) but under five points."""
    flow = pd.Series({"matin": 600, "apres_midi": 400})

    assert representativeness.composition(pd.Series(counts), flow).likeness == expected


def test_the_worst_variable_decides():
    near, far = (
        representativeness.composition(pd.Series(c), pd.Series({"m": 6, "a": 4}))
        for c in ({"m": 60, "a": 40}, {"m": 100, "a": 0})
    )

    assert representativeness.overall([near, far]) == "ecarts"
    assert representativeness.overall([near]) == "proche"
    assert representativeness.overall([]) == "non_verifiable"


def test_an_unknown_flow_is_refused():
    with pytest.raises(ValueError, match="no flow"):
        representativeness.composition(pd.Series({"a": 1}), pd.Series(dtype=float))


def test_tables_are_those_of_chisq_test(reference):
    case = reference["table"]
    counts = np.reshape(case["counts"], (2, 3))

    assert contingency.independence(counts).statistic == pytest.approx(case["chisq"], rel=1e-12)
    assert contingency.independence(counts).p == pytest.approx(case["p"], rel=1e-9)
    residuals = contingency.standardised_residuals(counts).ravel()
    assert residuals == pytest.approx(case["residuals"], rel=1e-12)


def test_cramer_v_is_the_root_of_chi_square_over_n():
    """2 rows: V = √(χ²/n); 113 answers of the table above."""
    counts = [[30, 12, 8], [25, 20, 18]]
    chi2 = contingency.independence(counts).statistic

    assert contingency.cramer_v(counts) == pytest.approx((chi2 / 113) ** 0.5)


def test_power_is_the_textbook_formula(reference):
    """Both tails, pooled variance under equality, computed in R."""
    expected = reference["power"]

    assert power.power_of_change(200, 141, 0.75, 0.05) == pytest.approx(expected["p5"], rel=1e-9)
    assert power.power_of_change(200, 141, 0.75, 0.10) == pytest.approx(expected["p10"], rel=1e-9)
    assert power.power_of_change(60, 60, 0.75, 0.185) == pytest.approx(expected["p185"], rel=1e-9)


def test_answers_needed_for_a_change_is_power_prop_test(reference):
    """R keeps one tail only, so may ask for one answer more."""
    assert power.answers_to_detect(0.10, 0.75) == pytest.approx(reference["power"]["equal"], abs=1)


def test_a_small_previous_campaign_can_forbid_seeing_anything():
    assert power.answers_to_detect(0.05, 0.75, n0=141) is None


@pytest.mark.parametrize(
    ("n", "population", "points"),
    [
        (141, 450, 6.85),
        (141, 1000, 7.65),
        (141, 3000, 8.06),
        (200, 450, 5.17),
        (200, 1000, 6.20),
        (200, 3000, 6.70),
    ],
)
def test_margins_of_a_known_flow(n, population, points):
    """Statistics facts, objection 3."""
    assert 100 * sample.margin_of_error(n, population=population) == pytest.approx(points, abs=5e-3)


def test_a_census_has_no_margin():
    assert sample.margin_of_error(50, population=50) == 0


def test_more_answers_than_visitors_is_refused():
    with pytest.raises(ValueError, match="population"):
        sample.effective_size(51, 50)


@given(st.floats(0.02, 0.2), st.integers(50, 5000))
def test_answers_needed_reach_the_margin_in_a_known_flow(margin, population):
    n = sample.answers_needed(margin, population=population)

    assert n <= population
    assert sample.margin_of_error(n, population=population) <= margin + 1e-9


@pytest.mark.parametrize(
    ("k", "n", "population"), [(18, 20, 50), (0, 12, 40), (12, 12, 90), (7, 25, 26)]
)
def test_the_exact_interval_of_a_small_population_keeps_what_no_tail_refuses(k, n, population):
    """By enumeration with math.comb, independently of scipy."""

    def chance(k, total):
        return comb(total, k) * comb(population - total, n - k) / comb(population, n)

    kept = [
        total
        for total in range(k, population - (n - k) + 1)
        if sum(chance(i, total) for i in range(k, n + 1)) > 0.025
        and sum(chance(i, total) for i in range(k + 1)) > 0.025
    ]
    low, high = shares.share_interval(pd.Series([k]), pd.Series([n]), population=population)

    assert (low[0], high[0]) == pytest.approx((kept[0] / population, kept[-1] / population))


def test_wilson_in_a_known_flow_is_wilson_of_the_effective_size():
    """Closed form of Wilson with n = 141 · 999 / 859."""
    n, z = 141 * 999 / 859, 1.959963985
    p = 113 / 141
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5
    low, high = shares.share_interval(pd.Series([113]), pd.Series([141]), population=1000)

    assert (low[0], high[0]) == pytest.approx((centre - half, centre + half), abs=1e-9)


def test_the_interval_of_a_net_score_is_that_of_svymean(reference):
    """R: mean of +1, 0 and −1 with its multinomial standard error."""
    value, low, high = shares.net_score(120, 50, 200)
    expected = reference["net"]

    assert value == pytest.approx(expected["value"], abs=1e-12)
    assert (value - low, high - value) == pytest.approx([expected["half"]] * 2, abs=1e-9)
    # All for: at least (0.025)^(1/10) = 69,15 % of people are, 95 times in 100; 2 · 0.6915 − 1.
    assert shares.net_score(10, 0, 10) == pytest.approx((1, 2 * 0.025**0.1 - 1, 1), abs=1e-9)


def test_alpha_is_that_of_psych(reference, rows):
    answers = rows("enquete")[["q1", "q2", "q3", "q4", "q5"]]

    assert shares.cronbach_alpha(answers) == pytest.approx(reference["alpha"], abs=1e-9)
