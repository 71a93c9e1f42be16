"""Where a calculation changes: one under, at, and one over each limit, by arithmetic."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from qpref.quality import progress
from qpref.reference import Audit
from qpref.statistics import crossing
from qpref.statistics.agreement import krippendorff
from qpref.statistics.design import Estimate, share_bounds
from qpref.statistics.drivers import priorities
from qpref.statistics.fieldwork import progress as fieldwork
from qpref.statistics.fieldwork import response_rate
from qpref.statistics.representativeness import composition
from qpref.statistics.shares import INDICATIVE_BELOW, NO_PERCENTAGE_BELOW
from qpref.statistics.weighting import rake

TODAY, DEADLINE = date(2021, 2, 26), date(2022, 9, 23)


@pytest.mark.parametrize(("n", "method"), [(9, "exact"), (10, "chi2"), (11, "chi2")])
def test_five_expected_in_each_stratum_are_enough_for_chi_square(n, method):
    """Half of the visitors come in each half-day: n / 2 are expected, under 5 the test is exact."""
    counts = pd.Series({"matin": n // 2, "soir": n - n // 2})

    assert composition(counts, pd.Series({"matin": 1.0, "soir": 1.0})).method == method


def test_a_stratum_without_passages_is_no_stratum():
    found = composition(
        pd.Series({"matin": 6, "soir": 4, "nuit": 2}),
        pd.Series({"matin": 1.0, "soir": 1.0, "nuit": 0.0}),
    )

    assert found.table["strate"].tolist() == ["matin", "soir"]
    assert found.n == 10
    assert found.statistic == pytest.approx((1 + 1) / 5)


def test_a_share_without_spread_has_the_interval_of_clopper_and_pearson():
    """10 of 20: 27.2 to 72.8 % (beta quantiles, table of Clopper and Pearson 1934)."""
    found = share_bounds(Estimate(0.5, 0.0, 19, 20, np.nan))

    assert found == pytest.approx((0.272, 0.728), abs=5e-4)


@pytest.mark.parametrize(("value", "expected"), [(0.0, (0, 0.168)), (1.0, (0.832, 1))])
def test_nobody_or_everybody_has_an_exact_interval(value, expected):
    """0 of 20: the upper bound solves (1 - p)^20 = 0.025, so p = 1 - 0.025^(1/20) = 0.168."""
    assert share_bounds(Estimate(value, 0.0, 19, 20, np.nan)) == pytest.approx(expected, abs=5e-4)


def test_a_contact_seen_by_one_judge_changes_nothing():
    both = pd.DataFrame({"a": [1, 2, 3, 3], "b": [1, 2, 3, 2]})
    alone = pd.DataFrame({"a": [1, np.nan], "b": [np.nan, 3]})

    assert krippendorff(pd.concat([both, alone])) == pytest.approx(krippendorff(both))


def test_the_mean_weight_of_questions_is_one_over_their_number():
    """Of two questions, a weight from 0.51 is heavy and one up to 0.49 light; at 0.5 neither."""
    table = pd.DataFrame(
        {
            "question": ["a", "b"],
            "importance": [0.6, 0.4],
            "n": [80, 80],
            "bas": [0.51, 0.3],
            "haut": [0.7, 0.49],
        }
    )
    shares = pd.DataFrame({"question": ["a", "b"], "satisfaits": [20, 95], "n": [100, 100]})

    assert priorities(table, shares)["verdict"].tolist() == ["a_ameliorer", "secondaire"]
    at = table.assign(bas=[0.5, 0.3], haut=[0.7, 0.5])
    assert priorities(at, shares)["verdict"].tolist() == ["incertain", "incertain"]


def audit(nature, day, state="prevu"):
    return Audit(site="evry", nature=nature, date=day, etat=state)


@pytest.mark.parametrize(("days", "is_missed"), [(-1, True), (0, False), (1, False)])
def test_an_audit_is_missed_from_the_day_after(days, is_missed):
    table = progress.states([], [], TODAY)
    audits = [audit("interne", TODAY + timedelta(days)), audit("externe", DEADLINE, "realise")]

    codes = [found.code for found in progress.reminders(table, audits, TODAY, DEADLINE)]

    assert ("audit_passe" in codes) == is_missed


DAYS = [date(2020, 11, day) for day in (16, 17, 18, 19, 20)]


@pytest.mark.parametrize(("elapsed", "is_told"), [(3, False), (4, True)])
def test_four_days_tell_how_irregular_answers_are(elapsed, is_told):
    """Ten answers each day never vary: the forecast narrows once four days are known."""
    answered = pd.Series(pd.to_datetime([day for day in DAYS[:elapsed] for _ in range(10)]))

    found = fieldwork(answered, DAYS, DAYS[elapsed - 1])

    expected = 10 * elapsed
    usual = fieldwork(answered, DAYS[:elapsed] * 1 + DAYS[elapsed:], DAYS[elapsed - 1])
    assert (found.answers, found.left) == (expected, 5 - elapsed)
    assert found.likely == expected + 10 * (5 - elapsed)
    assert usual == found
    # Poisson has variance 10 a day to come, twice as much while it is not told.
    half = (found.high - found.low) / 2
    days = 5 - elapsed
    plain = 1.96 * np.sqrt(10 * days * (1 + days / elapsed))
    assert half == pytest.approx(plain * (1 if is_told else np.sqrt(2)), rel=0.12)


@pytest.mark.parametrize(("ineligible", "expected"), [(9, 1.0), (10, None)])
def test_nobody_eligible_has_no_rate(ineligible, expected):
    log = pd.DataFrame(
        {
            "abordes": [10],
            "refus": [0],
            "ineligibles": [ineligible],
            "partiels": [0],
            "complets": [1],
        }
    )

    found = response_rate(log)["taux_reponse"]

    assert np.isnan(found) if expected is None else found == expected


def test_the_limits_are_those_of_the_method():
    """docs/methode.md: no percentage under 10 answers, indicative under 30."""
    assert (NO_PERCENTAGE_BELOW, INDICATIVE_BELOW) == (10, 30)


def test_an_answer_that_weighs_nothing_at_first_weighs_nothing():
    """The other one of its level takes the whole total: 60, then 20 and 20 of 40."""
    answers = pd.DataFrame({"guichet": ["a", "a", "b", "b"]})

    found = rake(answers, {"guichet": {"a": 60.0, "b": 40.0}}, start=[1, 0, 1, 1])

    assert found.by_answer.tolist() == pytest.approx([60, 0, 20, 20])


@pytest.mark.parametrize(
    ("rare", "is_thin"), [([], False), ([4], False), ([4, 4], True), ([5, 5], False), ([0.5], True)]
)
def test_a_fifth_of_small_expected_counts_is_the_most_that_chi_square_bears(rare, is_thin):
    """Cochran (Biometrics 1954): at most one in five under 5, none under 1. Two equal groups."""
    each = [*rare, *[10] * (5 - len(rare))]  # expected in each group
    table = (
        np.array([each, each]) if 0.5 not in rare else np.array([[1, *each[1:]], [0, *each[1:]]])
    )

    assert crossing._is_thin(table.astype(int)) is is_thin
