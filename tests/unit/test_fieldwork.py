"""Plan of the sample and progress of the fieldwork."""

from dataclasses import replace
from datetime import date
from math import isnan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from qpref.display.collection import by_day, outlook
from qpref.display.collection import progress as progress_section
from qpref.errors import MissingDataError, UsageError
from qpref.quality.planning import apportion, approaches, controlled_rounding, open_days, schedule
from qpref.statistics.fieldwork import mean_per_day, progress, response_rate, stretches
from qpref.workbook import ouvrir_collecte

DAYS = open_days(date(2020, 11, 16), date(2020, 12, 4))


def answered(*counts):
    return pd.Series(
        pd.to_datetime([day for day, n in zip(DAYS, counts, strict=False) for _ in range(n)])
    )


class TestPlan:
    def test_the_window_of_the_minutes_has_fifteen_working_days(self):
        """Minutes of the CLU: 16 November to 4 December 2020."""
        assert len(DAYS) == 15
        assert DAYS[0].isoweekday() == 1

    def test_holidays_are_closed(self):
        """11 November 2020 is a Wednesday."""
        assert len(open_days(date(2020, 11, 9), date(2020, 11, 13))) == 4

    @given(st.integers(0, 500), st.lists(st.floats(0.01, 10), min_size=1, max_size=8))
    def test_shares_are_apportioned_without_loss(self, total, shares):
        found = apportion(total, shares)
        exact = total * np.array(shares) / sum(shares)

        assert sum(found) == total
        assert np.abs(found - exact).max() < 1 + 1e-9

    @given(
        st.integers(1, 400),
        st.lists(st.floats(0.01, 5), min_size=1, max_size=6),
        st.lists(st.floats(0.01, 5), min_size=1, max_size=5),
    )
    def test_rounding_keeps_cells_and_sums_within_one(self, total, rows, columns):
        table = np.outer(rows, columns)
        table *= total / table.sum()
        found = controlled_rounding(table)

        assert found.sum() == total
        assert (np.abs(found - table) < 1 + 1e-6).all()
        for axis in (0, 1):
            assert (np.abs(found.sum(axis) - table.sum(axis)) < 1 + 1e-6).all()

    def test_a_total_that_is_not_whole_is_refused(self):
        with pytest.raises(ValueError, match="total"):
            controlled_rounding([[0.5, 0.2]])

    def test_quotas_follow_the_flow(self):
        """200 answers, 60/40 by half-day, 50/27/13/10 by counter: 120/80 and 100/54/26/20."""
        half_days = pd.Series({"matin": 600, "apres_midi": 400})
        counters = pd.Series({"a": 50, "b": 27, "c": 13, "d": 10})
        found = schedule(200, DAYS, half_days, counters)

        assert found.groupby("demi_journee")["quota"].sum().to_dict() == {
            "matin": 120,
            "apres_midi": 80,
        }
        assert found.groupby("guichet")["quota"].sum().tolist() == [100, 54, 26, 20]
        assert set(found.groupby("date")["quota"].sum()) <= {12, 13, 14, 15}

    def test_no_day_or_no_flow_is_refused(self):
        with pytest.raises(ValueError, match="no day"):
            schedule(10, [], pd.Series({"a": 1}), pd.Series({"b": 1}))

    @pytest.mark.parametrize(("rate", "expected"), [(1.0, 200), (0.5, 400), (0.63, 318)])
    def test_people_to_approach(self, rate, expected):
        assert approaches(200, rate) == expected


class TestProgress:
    def test_steady_answers_give_a_steady_forecast(self):
        """10 a day on 10 days, 5 left: no spread beyond Poisson, so the total of the days left is
        negative binomial (100.5, 10/15); 50 more are missing."""
        found = progress(answered(*[10] * 10), DAYS, DAYS[9], target=150)
        law = nbinom(100.5, 10 / 15)

        assert (found.answers, found.elapsed, found.left) == (100, 10, 5)
        assert (found.pace, found.needed, found.likely) == (10, 10, 150)
        assert (found.low, found.high) == (100 + law.ppf(0.025), 100 + law.ppf(0.975))
        assert found.chance == pytest.approx(law.sf(49))

    def test_irregular_answers_widen_the_forecast(self):
        steady = progress(answered(*[10] * 8), DAYS, DAYS[7], target=150)
        wild = progress(answered(*[0, 20] * 4), DAYS, DAYS[7], target=150)

        assert wild.high - wild.low > steady.high - steady.low

    @pytest.mark.parametrize(("target", "missing"), [(99, 0), (100, 0), (101, 1)])
    def test_a_target_reached_asks_for_nothing_more(self, target, missing):
        found = progress(answered(*[10] * 10), DAYS, DAYS[9], target)

        assert found.needed == pytest.approx(missing / 5)
        assert (found.chance == 1) or missing

    def test_the_last_day_leaves_nothing_to_forecast(self):
        found = progress(answered(*[10] * 15), DAYS, DAYS[-1], target=200)

        assert (found.left, found.low, found.high, found.chance) == (0, 150, 150, 0.0)
        assert isnan(found.needed)

    def test_nothing_is_known_before_the_first_day(self):
        found = progress(answered(), DAYS, date(2020, 11, 1), target=200)

        assert (found.elapsed, found.left) == (0, 15)
        assert isnan(found.pace)
        assert outlook(found) == "pas encore de prévision"

    def test_answers_after_the_day_do_not_count(self):
        assert progress(answered(5, 5, 5), DAYS, DAYS[1]).answers == 10

    @given(st.lists(st.integers(0, 30), min_size=1, max_size=14))
    def test_the_forecast_is_in_order(self, counts):
        found = progress(answered(*counts), DAYS, DAYS[len(counts) - 1], target=200)

        assert found.answers <= found.low <= found.high
        assert 0 <= found.chance <= 1


def test_the_response_rate_leaves_out_people_not_concerned():
    """60 complete of 100 approached less 4 not concerned: 62.5 %."""
    log = pd.DataFrame(
        {
            "abordes": [60, 40],
            "refus": [20, 12],
            "ineligibles": [2, 2],
            "partiels": [3, 1],
            "complets": [35, 25],
        }
    )

    assert response_rate(log)["taux_reponse"] == pytest.approx(0.625)
    assert isnan(response_rate(log.iloc[:0])["taux_reponse"])


@pytest.mark.parametrize(
    ("counts", "target", "said"),
    [
        ([20] * 10, 200, "objectif atteint"),
        ([18] * 10, 200, "objectif presque sûr"),
        ([13] * 10, 190, "objectif probable"),
        ([13] * 10, 200, "objectif incertain"),
        ([5] * 10, 200, "objectif hors d’atteinte à ce rythme"),
        ([10] * 15, 200, "objectif manqué"),
        ([10] * 5, None, "sans objectif"),
    ],
)
def test_the_outlook_follows_the_chance(counts, target, said):
    found = progress(answered(*counts), DAYS, DAYS[len(counts) - 1], target)

    assert outlook(found) == said
    section = progress_section(found, DAYS[len(counts) - 1], None)
    assert said in section.title
    assert "nan" not in section.html


def test_a_fieldwork_not_started_has_no_days():
    assert "n’a pas commencé" in by_day([], 5).title


class TestWorkbook:
    def test_the_plan_reaches_the_margin_or_the_promise(self, filled):
        """267 answers for ±6 points; the promise, 200, is smaller. At ±8 points, 151 are enough and
        the promise decides."""
        opened = ouvrir_collecte("evry", "2020-11", racine=filled.root)

        assert opened.plan(0.06).wanted == 267
        assert opened.plan(0.08).wanted == 200
        assert opened.plan(0.06).quotas["quota"].sum() == 267

    def test_a_day_cuts_answers_and_log(self, filled):
        late = ouvrir_collecte("evry", "2020-11", racine=filled.root)
        early = ouvrir_collecte("evry", "2020-11", "2020-11-20", filled.root)

        assert len(early.reponses) < len(late.reponses)
        assert early.taux_reponse["complets"] < late.taux_reponse["complets"]
        assert early.avancement.elapsed == 5
        sections = [early.entete(), early.avance(), early.par_jour(), early.composition_en_cours()]
        assert all(section.title and section.html for section in sections)

    def test_a_day_that_is_none_is_refused(self, filled):
        with pytest.raises(UsageError, match="« demain » n’est pas un jour"):
            ouvrir_collecte("evry", "2020-11", "demain", filled.root)

    def test_a_plan_without_passages_says_what_to_import(self, project):
        with pytest.raises(MissingDataError, match="Aucun passage compté"):
            ouvrir_collecte("evry", "2020-11", racine=project.root).plan(0.05)


def test_the_measures_of_the_fieldwork_are_its_answers_pace_and_forecast():
    """10 answers a day for 4 days of 15: 40, 10 a day, 150 expected."""
    found = progress(answered(*[10] * 4), DAYS, DAYS[3], target=200)
    so_far, pace, expected = found.measures

    assert (so_far.key, so_far.value, pace.value, pace.digits) == ("reponses", 40, 10, 1)
    assert (expected.value, expected.low, expected.high) == (150, found.low, found.high)


def test_days_without_answer_count_in_the_mean():
    """4, 0 and 5 answers: 3 a day."""
    counts = [(DAYS[0], 4), (DAYS[1], 0), (DAYS[2], 5)]

    assert mean_per_day(counts).value == 3


@given(st.lists(st.integers(0, 12), min_size=1, max_size=len(DAYS)), st.integers(1, 12))
def test_few_answers_of_a_day_are_not_told(each, least):
    """Every day is told once, every answer too, and none or enough of them at a time."""
    counts = [*zip(DAYS, each, strict=False)]
    found = stretches(counts, least)

    assert [day for one in found for day in DAYS if one.first <= day <= one.last] == [
        day for day, _ in counts
    ]
    assert sum(one.answers for one in found) == sum(each)
    for one in found:
        own = [n for day, n in counts if one.first <= day <= one.last]
        assert one.answers == sum(own)
        assert one.answers == 0 or one.answers >= least or sum(each) < least


def test_a_page_says_that_days_are_together():
    """7 answers, then 2, none and 6: the last three days are one line."""
    section = by_day([*zip(DAYS, (7, 2, 0, 6), strict=False)], 5)

    assert [row.cells for row in section.tables[0].rows] == [["7"], ["8"]]
    assert "moins de 5" in section.tables[0].note.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("chance", "code"),
    [
        (0.95, "presque_sur"),
        (0.949, "probable"),
        (0.5, "probable"),
        (0.499, "incertain"),
        (0.05, "incertain"),
        (0.049, "hors_atteinte"),
        (0.0, "hors_atteinte"),
        (float("nan"), "inconnu"),
    ],
)
def test_the_outlook_changes_at_its_thresholds(chance, code):
    found = progress(answered(*[10] * 4), DAYS, DAYS[3], target=200)

    assert replace(found, chance=chance).outlook == code
