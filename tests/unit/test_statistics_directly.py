"""Rules of `statistics` on numbers small enough for the expected value to be worked out here."""

from itertools import product
from math import isnan, nan

import numpy as np
import pandas as pd
import pytest

from qpref.statistics.clusters import Sample
from qpref.statistics.contingency import mantel_haenszel
from qpref.statistics.crossing import cross, visible
from qpref.statistics.design import Design, Estimate, mean
from qpref.statistics.disclosure import COMPLEMENTARY, PRIMARY, TOTAL, VISIBLE, protect, system
from qpref.statistics.fieldwork import _at_most, _quantile
from qpref.statistics.measure import Measure, is_surely_under
from qpref.statistics.publication import _points
from qpref.statistics.standardised import at_equal_public
from qpref.statistics.verdicts import unplanned
from qpref.statistics.waiting import reached_within


def visitors(**groups):
    """Rows of a group and an answer, so many of each."""
    rows = [(group, answer) for group, answers in groups.items()
            for answer, n in answers.items() for _ in range(n)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["groupe", "modalite"])
    return table["groupe"], table["modalite"]


def test_two_questions_crossed_count_every_group_and_test_the_known_ones():
    """
    20 of 30 against 10 of 30, and 12 of an unknown group: χ² on 60 is 60 × 300² / 30⁴ = 6.667.

    V is √(6.667 / 60) = 1/3; the upper tail of 6.667 with one degree is that of a normal at 2.582.
    """
    groups, answers = visitors(
        a={"oui": 20, "non": 10}, b={"oui": 10, "non": 20}, z={"oui": 6, "non": 6}
    )
    found = cross(groups.where(groups != "z"), answers, 5)

    assert found.n == 72
    assert found.v == pytest.approx(1 / 3)
    assert found.p == pytest.approx(0.00982, abs=1e-5)
    assert [visible(found, "a", one) for one in ("oui", "non", TOTAL)] == [20, 10, 30]
    assert visible(found, "non_precise") == 12
    assert visible(found, TOTAL) == 72
    assert visible(found, "a", "autre") == 0
    assert visible(found, "c") == 0


def test_visitors_without_answer_are_left_out_and_small_cells_hidden():
    groups, answers = visitors(a={"oui": 3, "non": 27}, b={"oui": 15, "non": 15})
    silent = pd.Series([None] * 4, index=[100, 101, 102, 103])
    found = cross(
        pd.concat([groups, silent.fillna("a")]), pd.concat([answers, silent]).astype(object), 5
    )

    assert found.n == 60
    assert visible(found, "a", "oui") is None
    assert visible(found, "a") == 30
    shown = dict(zip(found.cells["groupe"] + found.cells["modalite"], found.cells["diffusion"],
                     strict=True))  # fmt: skip
    assert shown["aoui"] == PRIMARY
    assert shown["anon"] == COMPLEMENTARY


def test_nothing_is_tested_of_one_group_or_of_nobody():
    one = cross(*visitors(a={"oui": 20, "non": 10}), 5)
    nobody = cross(pd.Series(["a"]), pd.Series([None]), 5)

    assert (one.n, one.p, one.v) == (30, None, None)
    assert (nobody.n, nobody.p, nobody.v) == (0, None, None)
    assert len(nobody.cells) == 0


def test_of_a_group_of_one_mind_the_most_frequent_of_the_other_answers_is_hidden():
    """All 20 of a said o: of n and p, which nobody of a said, n is the more frequent in all."""
    counts = pd.DataFrame(
        [("a", "o", 20), ("b", "o", 9), ("b", "n", 8), ("b", "p", 7)],
        columns=["groupe", "reponse", "effectif"],
    )
    cells = protect(system(counts, ["groupe", "reponse"]), 5, alike=["o", "n", "p"])
    told = dict(zip(map(tuple, cells[["groupe", "reponse"]].to_numpy()), cells["diffusion"],
                    strict=True))  # fmt: skip

    assert told["a", "n"] == PRIMARY
    assert told["a", "p"] != PRIMARY
    assert {told["b", one] for one in "onp"} <= {VISIBLE, COMPLEMENTARY}
    plain = protect(system(counts, ["groupe", "reponse"]), 5)
    assert (plain["diffusion"] == VISIBLE).all()


def test_a_hidden_cell_has_no_room_where_its_row_is_told_elsewhere():
    """2 and 40 of a, told to be 42: the one may be 0 to 42 only if the other is hidden with it."""
    counts = pd.DataFrame(
        [("a", "o", 2), ("a", "n", 40), ("b", "o", 30), ("b", "n", 30)],
        columns=["groupe", "reponse", "effectif"],
    )
    known = {("a", TOTAL): True, ("b", TOTAL): True, (TOTAL, "o"): True, (TOTAL, "n"): True}
    cells = protect(system(counts, ["groupe", "reponse"]), 5, known=known)
    hidden = cells.loc[cells["diffusion"] != VISIBLE]

    assert {tuple(row) for row in hidden[["groupe", "reponse"]].to_numpy()} == {
        *product("ab", "on")
    }  # fmt: skip


def test_tables_without_both_outcomes_say_nothing_of_odds():
    """
    8 of 10 against 4 of 10: 12 successes, 6 expected in the first row, variance
    10·10·12·8 / (20²·19) = 1.263; (8 − 6)² / 1.263 = 3.167, of which the tail is 0.0752.
    """
    told = np.array([[8, 2], [4, 6]])
    one_side = np.array([[5, 0], [7, 0]])
    alone = np.array([[1, 0], [0, 0]])

    assert mantel_haenszel([told]) == pytest.approx(0.0752, abs=1e-4)
    assert mantel_haenszel([told, one_side, alone]) == mantel_haenszel([told])
    assert mantel_haenszel([one_side]) == mantel_haenszel([alone]) == mantel_haenszel([]) == 1.0


def test_answers_of_no_spread_are_worth_nobody_knows_how_many():
    assert Estimate(0.5, 0.1, 9, 40, 2.0).n_effective == 20
    assert isnan(Estimate(0.5, 0.0, 9, 40, 0.0).n_effective)
    assert isnan(Estimate(0.5, 0.0, 9, 40, nan).n_effective)
    # Half-days that all have the same share have no variance: 1 and 0 in each of two.
    alike = mean(Design(np.ones(4), clusters=[1, 1, 2, 2]), [1, 0, 1, 0])
    assert (alike.value, alike.se) == (0.5, 0.0)


def test_the_law_of_the_days_left_begins_at_none():
    """Of a negative binomial of size 2 and chance 1/2: 1/4, then 1/4 + 2/8, then + 3/16."""
    assert _at_most(-1, 2.0, 0.5) == 0.0
    assert [_at_most(k, 2.0, 0.5) for k in (0, 1, 2)] == pytest.approx([0.25, 0.5, 0.6875])
    assert [_quantile(level, 2.0, 0.5) for level in (0.1, 0.25, 0.26, 0.5, 0.51)] == [0, 0, 1, 1, 2]


def _campaign(**counters):
    """Visitors alone of counters, `(satisfied, opinions)`: their sample, and their counters."""
    told = [(name, float(i < good)) for name, (good, n) in counters.items() for i in range(n)]
    happy = np.array([[value] for _, value in told])
    return Sample(happy, np.arange(len(told))), pd.Series([name for name, _ in told])


@pytest.mark.parametrize(
    ("now", "before", "is_told", "covered"),
    [
        ({"a": (10, 20), "b": (5, 20)}, {"a": (8, 20), "b": (5, 20)}, True, 1.0),
        ({"a": (10, 20)}, {"a": (8, 20)}, False, 1.0),  # one counter: nothing to hold equal
        # c was met once only: 40 of 50 are four in five, 40 of 51 are fewer.
        ({"a": (5, 10), "b": (5, 10), "c": (5, 10)}, {"a": (4, 10), "b": (5, 10)}, True, 0.8),
        ({"a": (5, 10), "b": (5, 10), "c": (5, 11)}, {"a": (4, 10), "b": (5, 10)}, False, 40 / 51),
        # Five answers in each campaign are enough, four are not.
        ({"a": (5, 20), "b": (2, 5)}, {"a": (4, 20), "b": (1, 5)}, True, 1.0),
        ({"a": (5, 20), "b": (2, 4)}, {"a": (4, 20), "b": (1, 4)}, False, 40 / 48),
    ],
)
def test_a_public_is_held_equal_over_two_counters_that_hold_four_in_five_of_it(
    now, before, is_told, covered
):
    (own, own_strata), (other, other_strata) = _campaign(**now), _campaign(**before)
    found, part = at_equal_public((own, other), (own_strata, other_strata), "q")

    assert (len(found) == 1) is is_told
    assert part == pytest.approx(covered)


def test_the_public_held_equal_is_that_of_both_campaigns_or_of_the_passages():
    """
    Shares of a: 1/2 then 2/5; of b: 1/4 then 1/2. Of 40 and 60 opinions, 0.4 and 0.6 of the whole.

    0.4 × (0.5 − 0.4) + 0.6 × (0.25 − 0.5) = −0.11; of nine passages in ten at a, 0.09 − 0.025.
    """
    now, before = _campaign(a=(10, 20), b=(5, 20)), _campaign(a=(8, 20), b=(20, 40))
    sides, strata = (now[0], before[0]), (now[1], before[1])
    (line,) = at_equal_public(sides, strata, "q")[0].to_dict("records")
    flow = pd.Series({"a": 900.0, "b": 100.0})
    (weighted,) = at_equal_public(sides, strata, "q", flow)[0].to_dict("records")

    assert line["ecart"] == pytest.approx(-0.11)
    assert weighted["ecart"] == pytest.approx(0.09 - 0.025)


def test_a_share_is_surely_under_a_limit_when_its_interval_is():
    def under(high, n="normal", value=0.4):
        return is_surely_under(Measure(value=value, low=0.3, high=high, reliability=n), 0.5)

    assert under(0.49)
    assert not under(0.5)
    assert not under(None)
    assert not under(0.49, "indicatif")
    assert not under(0.49, value=nan)


def test_a_bound_that_is_not_zero_is_not_printed_as_zero():
    assert _points(0.0) == 0
    assert _points(0.0004) > 0 > _points(-0.0004)
    assert _points(0.03) == pytest.approx(0.03)
    assert isnan(_points(nan))
    assert _points(None) is None


def test_a_delay_is_told_when_so_many_ended():
    """Of four: half at 2, three quarters at 3; the last still runs, and nine in ten is unknown."""
    assert reached_within([1, 2, 3, 4], [True, True, True, False], (0.5, 0.75)) == (2, 3)
    assert isnan(reached_within([1, 2, 3, 4], [True, True, True, False])[1])
    # The one who waits since 2 was there until then: 3/4, then half of the two left.
    assert reached_within([1, 2, 3, 4], [True, False, True, True], (0.25, 0.6)) == (1, 3)


def test_comparisons_that_nobody_planned_share_their_level():
    columns = ["question", "groupe", "ecart"]
    empty = unplanned({"sites": pd.DataFrame(columns=columns)})["sites"]

    assert len(empty) == 0
    assert empty["seuil"].tolist() == []


@pytest.mark.parametrize(("asked", "found"), [(5, False), (6, True)])
def test_a_question_is_judged_on_the_half_days_that_answered_it(asked, found):
    """Forty half-days of two visitors: of the second question, only some have an answer."""
    half_days = np.repeat(np.arange(40), 2)
    happy = np.column_stack([np.tile([1.0, 0.0], 40), np.tile([1.0, 0.0], 40)])
    happy[half_days >= asked, 1] = np.nan

    assert Sample(happy, half_days).is_estimable.tolist() == [True, found]
