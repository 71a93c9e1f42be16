"""States, pace and forecast of the way to the label."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.quality import progress
from qpref.quality.progress import Forecast, Unit
from qpref.reference import DONE, Audit, Step
from tests.conftest import example_count

START, TODAY = date(2020, 9, 15), date(2021, 2, 26)
DEADLINE = date(2022, 9, 23)
UNITS = [Unit("m1_accueil", 1, "Accueil"), Unit("m1_ecrits", 1, "Écrits"), Unit("module-2", 2, "?")]


def step(day, state, unit="m1_accueil", **facts):
    proof = {"preuve": "relevé"} if state in DONE else {}
    about = {"module": 2} if unit == "module-2" else {"engagement": unit}
    return Step(site="evry", date=day, etat=state, **about, **(proof | facts))


def row(steps, day=TODAY, unit=0):
    return progress.states(UNITS, steps, day).to_dict("records")[unit]


def test_a_unit_never_written_down_is_to_be_done():
    assert row([])["etat"] == "a_faire"
    assert row([])["depuis"] is None


def test_facts_stay_true_until_a_later_step_changes_them():
    steps = [
        step(START, "a_faire", pilote="accueil", echeance=date(2021, 3, 1)),
        step(date(2021, 1, 5), "en_cours"),
        step(date(2021, 2, 1), "prouve", echeance=date(2021, 4, 1)),
    ]

    assert row(steps, date(2021, 1, 4))["etat"] == "a_faire"
    now = row(steps)
    assert (now["etat"], now["pilote"], now["preuve"]) == ("prouve", "accueil", "relevé")
    assert now["echeance"] == date(2021, 4, 1)
    assert now["depuis"] == now["prouve_le"] == date(2021, 2, 1)


def test_an_audit_of_a_proof_does_not_prove_it_again():
    steps = [step(START, "prouve"), step(date(2021, 2, 1), "verifie")]

    assert row(steps)["depuis"] == date(2021, 2, 1)
    assert row(steps)["prouve_le"] == START


def test_a_proof_that_falls_counts_from_its_return():
    steps = [
        step(START, "prouve"),
        step(date(2020, 12, 1), "en_cours"),
        step(date(2021, 1, 15), "prouve"),
    ]

    assert row(steps, date(2020, 12, 2))["prouve_le"] is None
    assert row(steps)["prouve_le"] == date(2021, 1, 15)
    table = progress.history(UNITS, steps, TODAY)
    assert table["faits"].tolist() == [1, 0, 1]
    assert table["perdus"].tolist() == [[], ["m1_accueil"], []]
    assert table["nouveaux"].tolist() == [["m1_accueil"], [], ["m1_accueil"]]


def test_what_is_out_of_scope_is_counted_nowhere():
    steps = [step(START, "hors_perimetre"), step(START, "prouve", "m1_ecrits")]
    table = progress.states(UNITS, steps, TODAY)

    assert progress.history(UNITS, steps, TODAY)[["faits", "total"]].values.tolist() == [[1, 2]]
    assert progress.forecast(table, START, TODAY).left == 1
    assert not {r.unit for r in progress.reminders(table, [], TODAY, DEADLINE)} & {"m1_accueil"}


def test_a_module_without_commitment_has_one_unit(reference):
    found = progress.units(reference.site("evry"), reference.standard)

    assert [unit.key for unit in found if unit.module == 2] == ["module-2"]
    assert len(found) == 29  # 28 commitments read, and module 2


def done_after(count, left, spent):
    """A site where so many were proved after the first day."""
    today = START + timedelta(days=spent)
    units = [Unit(f"u{i}", 1, str(i)) for i in range(count + left)]
    steps = [step(today, "prouve", f"u{i}") for i in range(count)]
    return progress.forecast(progress.states(units, steps, today), START, today)


def test_one_left_waits_as_arithmetic_says():
    """With one left, P(wait > s) = (T / (T + s)) ** (D + 1/2); median: T (2 ** (1/(D+.5)) - 1)."""
    found = done_after(4, 1, 400)
    wait = (found.middle - found.today).days

    assert wait == round(400 * (2 ** (1 / 4.5) - 1))
    for days in (0, 30, 100, 1000):
        expected = 1 - (400 / (400 + days)) ** 4.5
        assert found.chance(found.today + timedelta(days=days)) == pytest.approx(expected)


def test_a_day_already_past_is_out_of_reach():
    assert done_after(4, 1, 400).chance(START) == 0


@pytest.mark.parametrize(("count", "is_known"), [(2, False), (3, True), (4, True)])
def test_a_pace_needs_three_proofs(count, is_known):
    found = done_after(count, 5, 100)

    assert (found.middle is not None) is is_known
    assert (found.chance(DEADLINE) is not None) is is_known


def test_nothing_left_is_in_time():
    found = done_after(5, 0, 100)

    assert (found.left, found.chance(START)) == (0, 1.0)
    assert found.middle is None


def test_a_date_beyond_ten_years_is_no_date():
    found = done_after(3, 30, 300)

    assert found.low is not None
    assert found.high is None


@pytest.mark.lent
def test_the_forecast_holds_eight_times_in_ten():
    """Simulation: proofs at a constant unknown pace, 25 in all; 2,000 sites at night."""
    rng = np.random.default_rng(7)
    held, told = 0, 0
    sites = example_count(600, 2000)
    for _ in range(sites):
        times = np.cumsum(rng.exponential(20, 25))
        count = int((times <= 160).sum())
        if progress.ENOUGH <= count < 25:
            found = done_after(count, 25 - count, 160)
            end = START + timedelta(days=float(times[-1]))
            told += 1
            held += found.low <= end <= found.high if found.high else found.low <= end
    assert told > 0.9 * sites
    assert 0.77 < held / told < 0.84


@given(st.integers(3, 20), st.integers(1, 20), st.integers(30, 700), st.integers(0, 52))
def test_a_delay_never_helps(count, left, spent, weeks):
    found = Forecast(count, left, START, START + timedelta(days=spent))
    later = DEADLINE - timedelta(weeks=weeks)

    assert 0 <= found.chance(later) <= found.chance(DEADLINE) <= 1
    more_left = Forecast(count, left + 1, START, found.today)
    assert more_left.chance(DEADLINE) <= found.chance(DEADLINE)


STATES = st.sampled_from(["a_faire", "en_cours", "prouve", "verifie", "hors_perimetre"])


@pytest.mark.lent
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 200), STATES), unique_by=lambda t: t[:2]
    )
)  # fmt: skip
def test_every_unit_is_in_one_state_and_history_ends_today(moves):
    steps = sorted(
        (step(START + timedelta(days=d), state, UNITS[i].key) for i, d, state in moves),
        key=lambda s: s.date,
    )
    end = START + timedelta(days=200)
    table = progress.states(UNITS, steps, end)
    past = progress.history(UNITS, steps, end)

    assert table["unite"].tolist() == [unit.key for unit in UNITS]
    if len(past):
        assert past["faits"].iloc[-1] == progress.is_done(table).sum()
        gained = past["nouveaux"].map(len).sum() - past["perdus"].map(len).sum()
        assert gained == past["faits"].iloc[-1]


def audit(nature, day, state="prevu"):
    return Audit(site="evry", nature=nature, date=day, etat=state)


@pytest.mark.parametrize(
    ("audits", "codes"),
    [
        ([], ["audit_interne_a_fixer", "audit_externe_a_fixer"]),
        ([audit("interne", date(2020, 10, 1), "realise")], ["audit_externe_a_fixer"]),
        (
            [audit("interne", date(2020, 10, 1)), audit("externe", date(2022, 10, 1))],
            ["audit_passe", "audit_tardif"],
        ),
        ([audit("interne", date(2021, 10, 1)), audit("externe", date(2022, 5, 1))], []),
    ],
)
def test_audits_missing_past_or_late_are_told(audits, codes):
    steps = [step(START, "prouve", unit.key) for unit in UNITS]
    table = progress.states(UNITS, steps, TODAY)

    assert [r.code for r in progress.reminders(table, audits, TODAY, DEADLINE)] == codes
