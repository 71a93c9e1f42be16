"""Tests of shares, compositions and tables against R, scipy and published figures."""

from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare, norm
from statsmodels.stats.proportion import confint_proportions_2indep

from qpref.statistics import (
    comparison,
    contingency,
    power,
    representativeness,
    sample,
    shares,
    standardised,
    verdicts,
)
from qpref.statistics.clusters import Sample
from tests.opinions import known, visitors

COUNTS = st.integers(10, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS, COUNTS, st.sampled_from([0.01, 0.05, 0.1]))
def test_intervals_are_newcombes_at_any_level(now, before, level):
    low, high = verdicts.bounds(known(now, before), level)

    expected = confint_proportions_2indep(*now, *before, method="newcomb", alpha=level)
    assert (low[0], high[0]) == pytest.approx(expected, abs=1e-9)


@given(COUNTS, COUNTS)
def test_the_p_value_is_the_level_whose_interval_touches_zero(now, before):
    line = known(now, before)
    p = verdicts.p_values(line)[0]

    for level, is_off in ((p * 1.001, True), (p * 0.999, False)):
        if 1e-12 < level < 1 and p < 0.9999:
            low, high = confint_proportions_2indep(*now, *before, method="newcomb", alpha=level)
            assert bool(low > 1e-6 or high < -1e-6) is is_off


def test_with_many_answers_it_is_the_chi_square_of_r(reference):
    """Counts of R's cases a hundred times over: both tests are then the same to a tenth."""
    for case in reference["two"]:
        k1, n1, k0, n0 = (100 * x for x in case["q"])
        pooled = (k1 + k0) / (n1 + n0)
        z = (k1 / n1 - k0 / n0) / (pooled * (1 - pooled) * (1 / n1 + 1 / n0)) ** 0.5
        found = verdicts.p_values(known((k1, n1), (k0, n0)))[0]

        if 1e-6 < 2 * norm.sf(abs(z)) < 0.5:
            assert norm.isf(found / 2) == pytest.approx(abs(z), rel=0.1)


def test_each_group_is_compared_with_the_others_alone():
    """50 of 60, 30 of 50, 33 of 40: each group against the rest, never the whole."""
    told = np.concatenate([[1.0] * k + [0.0] * (n - k) for k, n in ((50, 60), (30, 50), (33, 40))])
    groups = pd.Series(["a"] * 60 + ["b"] * 50 + ["c"] * 40)
    found = comparison.against_others(Sample(told[:, None], np.arange(150)), groups, "q")

    assert found["n"].tolist() == [60, 50, 40]
    assert found["n_reference"].tolist() == [90, 100, 110]
    expected = [50 / 60 - 63 / 90, 30 / 50 - 83 / 100, 33 / 40 - 80 / 110]
    assert found["ecart"].tolist() == pytest.approx(expected)


def test_two_groups_are_one_comparison():
    told = np.array([1.0] * 50 + [0.0] * 10 + [1.0] * 48 + [0.0] * 32)
    groups = pd.Series(["a"] * 60 + ["b"] * 80)
    found = comparison.against_others(Sample(told[:, None], np.arange(140)), groups, "q")

    assert found["groupe"].tolist() == ["a"]
    assert found["ecart"][0] == pytest.approx(50 / 60 - 48 / 80)


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
        return standardised.standardised(first, second)

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
        found = standardised.standardised(first, second)

        assert found["couverture"] == pytest.approx(140 / 200)
        assert found["ecart"] == pytest.approx(0)

    def test_too_few_answers_in_common_are_not_compared(self):
        first = pd.DataFrame({"strate": ["a"], "n": [9], "satisfaits": [5]})
        second = pd.DataFrame({"strate": ["a"], "n": [90], "satisfaits": [50]})

        assert np.isnan(standardised.standardised(first, second)["p"])


@given(st.integers(1, 200), st.integers(1, 200), st.data())
def test_a_combination_of_two_shares_is_newcombes_interval(n1, n0, data):
    k1, k0 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n0))
    found = standardised.combination_interval([k1, k0], [n1, n0], [1, -1])

    expected = verdicts.difference_interval(k1, n1, k0, n0)
    assert found[1:] == pytest.approx(expected, abs=1e-9)


def test_one_share_alone_keeps_its_wilson_interval():
    value, low, high = standardised.combination_interval([81], [263], [1])

    assert (value, low, high) == pytest.approx((81 / 263, 0.2553, 0.3662), abs=6e-5)


def lines(*gaps, n=400):
    """Comparisons of shares near a half, so far apart."""
    return pd.concat(
        [known((n / 2 + n * gap, n), (n / 2, n)) for gap in gaps], ignore_index=True
    ).assign(question=[f"q{i}" for i in range(len(gaps))])


class TestJudge:
    @pytest.mark.parametrize("level", [0.005, 0.01, 0.035, 0.04, 0.05])
    def test_with_equal_parts_it_is_benjamini_and_hochberg_of_r(self, reference, level):
        """What R's p.adjust leaves under a level is what the step-up at that level establishes."""
        p, adjusted = (np.array(reference["adjust"][name]) for name in ("p", "bh"))
        found = verdicts._levels(p, np.ones(len(p)), level)

        assert (p <= found).tolist() == (adjusted <= level).tolist()

    def test_families_are_judged_together(self):
        together = verdicts.judge({"a": lines(0.1, 0.05, 0.11)}, "none")["a"]
        apart = verdicts.judge({"a": lines(0.1, 0.05), "b": lines(0.11)}, "none")

        for name in ("bas", "haut", "p", "seuil", "verdict"):
            assert [*apart["a"][name], *apart["b"][name]] == together[name].tolist()

    def test_the_parts_of_the_level_are_those_agreed(self):
        """Main ¼, mean ⅛, equal public ⅛, the other 4 lines ½ of 5 %."""
        families = {
            comparison.CHANGE: lines(0, 0, 0),
            comparison.MEAN: lines(0),
            comparison.EQUAL_PUBLIC: lines(0),
            "groupes": lines(0, 0),
        }
        found = verdicts.judge(families, "q0")

        told = [level for table in found.values() for level in table["seuil"]]
        expected = [1 / 4, 1 / 8, 1 / 8, 1 / 8, 1 / 8, 1 / 8, 1 / 8]
        assert told == pytest.approx([0.05 * part for part in expected])

    def test_what_another_site_compares_too_is_judged_apart(self):
        """A fifth of the level: 1 %, by Benjamini and Hochberg, whatever else is compared."""
        alone = verdicts.judge({}, "q0", beside={"sites": lines(0.1, 0.02)})["sites"]
        among = verdicts.judge({"a": lines(0.2, 0)}, "q0", beside={"sites": lines(0.1, 0.02)})

        pd.testing.assert_frame_equal(alone, among["sites"])
        assert alone["seuil"].tolist() == pytest.approx([0.005, 0.005])
        assert among["a"]["seuil"].sum() == pytest.approx(0.04)

    def test_two_sites_say_the_same_of_each_other(self):
        sides = visitors(q=(150, 200), r=(80, 200)), visitors(q=(90, 170), r=(70, 170))
        here, there = (
            verdicts.judge({}, "q", beside={"s": comparison.compare(*pair, ["q", "r"])})["s"]
            for pair in (sides, sides[::-1])
        )

        assert here["bas"].tolist() == pytest.approx((-there["haut"]).tolist())
        swapped = {"mieux": "moins_bien", "moins_bien": "mieux"}
        assert here["verdict"].tolist() == [swapped.get(v, v) for v in there["verdict"]]
        assert here["verdict"].tolist() == ["mieux", "pas_de_difference_etablie"]

    @given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=12), st.integers(0, 11))
    def test_the_verdict_is_what_the_interval_says(self, counts, main):
        table = pd.concat([known(*one) for one in counts], ignore_index=True)
        table["question"] = [f"q{i}" for i in range(len(counts))]
        found = verdicts.judge({comparison.CHANGE: table}, f"q{main}")[comparison.CHANGE]

        holds = (found["bas"] <= 0) & (found["haut"] >= 0)
        assert (holds == (found["verdict"] == "pas_de_difference_etablie")).all()
        assert found["ecart"].between(found["bas"] - 1e-9, found["haut"] + 1e-9).all()
        assert (found.loc[~holds, "p"] <= 0.05).all()

    def test_a_question_with_too_few_answers_is_not_compared(self):
        table = comparison.compare(
            visitors(a=(180, 200), b=(9, 9)), visitors(a=(80, 200), b=(90, 200)), ["a", "b"]
        )
        found = verdicts.judge({comparison.CHANGE: table}, "a")[comparison.CHANGE]

        assert found["verdict"].tolist() == ["mieux", "non_compare"]
        assert np.isnan(found["p"][1])

    def test_nothing_to_compare_gives_empty_tables(self):
        assert verdicts.judge({"a": comparison.NOTHING}, "q0")["a"].empty

    def test_what_nobody_planned_is_never_established(self):
        found = verdicts.explored(lines(0.3, 0.0))

        assert found["verdict"].tolist() == ["a_confirmer", "pas_de_difference_etablie"]


def test_composition_is_chisq_test_of_r(reference):
    case = reference["composition"]
    found = representativeness.composition(pd.Series(case["obs"]), pd.Series(case["flow"]))

    assert found.statistic == pytest.approx(case["chisq"], rel=1e-12)
    assert found.p == pytest.approx(case["p"], rel=1e-9)
    assert found.table["residu"].tolist() == pytest.approx(case["residuals"], rel=1e-12)
    assert found.method == "chi2"


def test_a_composition_by_clusters_is_svygofchisq_of_r(reference, rows):
    """Types of schools, by district, against known shares."""
    case, table = reference["composition_clusters"], rows("apiclus1")
    by_district = pd.crosstab(table["dnum"], table["stype"])
    found = representativeness.composition(
        table["stype"].value_counts(),
        pd.Series(dict(zip("EHM", case["p"], strict=True))),
        by_district,
    )

    assert found.statistic == pytest.approx(case["svygofchisq"]["chisq"], rel=1e-9)
    assert found.p == pytest.approx(case["svygofchisq"]["p"], rel=1e-9)
    assert found.method == "grappes"


def test_half_days_of_one_composition_leave_the_chi_square():
    """6 of a and 4 of b each time have no variance: never surer than 72 and 48 of 120 alone."""
    by_half_day = pd.DataFrame({"a": [6] * 12, "b": [4] * 12})
    found = representativeness.composition(
        by_half_day.sum(), pd.Series({"a": 50, "b": 50}), by_half_day
    )

    assert found.p == pytest.approx(chisquare([72, 48]).pvalue)


def test_half_days_that_are_all_alike_leave_the_chi_square():
    """With one answer a half-day there is nothing in common: R's chi-square, in the long run."""
    rng = np.random.default_rng(4)
    strata = pd.Series(rng.choice(list("abc"), 3000, p=[0.5, 0.3, 0.2]))
    counts, flow = strata.value_counts(), pd.Series({"a": 0.52, "b": 0.29, "c": 0.19})
    plain = representativeness.composition(counts, flow)
    alone = representativeness.composition(counts, flow, pd.get_dummies(strata).astype(int))

    assert alone.p == pytest.approx(plain.p, abs=0.01)


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
