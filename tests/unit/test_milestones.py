"""Numbers published of the way to the label, worked out by hand."""

from datetime import date, timedelta

import pandas as pd
import pytest

from qpref.display import schedule
from qpref.display.progress import history
from qpref.quality import milestones, progress
from qpref.quality.progress import Forecast, Reminder, Unit
from qpref.reference import Audit, Delay
from tests.unit.test_progress import step

START, TODAY, DEADLINE = date(2020, 9, 15), date(2021, 2, 26), date(2022, 9, 23)
UNITS = [
    Unit("m1_a", 1, "Accueil"), Unit("m1_b", 1, "Écrits"), Unit("m1_c", 1, "Téléphone"),
    Unit("m3_a", 3, "Site internet"), Unit("m3_b", 3, "Rendez-vous"),
]  # fmt: skip


@pytest.fixture
def states():
    """Module 1: one proved, one verified, one under way. Module 3: one proved, one out of scope."""
    steps = [
        step(START, "prouve", "m1_a"),
        step(START, "verifie", "m1_b"),
        step(START, "en_cours", "m1_c"),
        step(START, "prouve", "m3_a"),
        step(START, "hors_perimetre", "m3_b"),
    ]
    return progress.states(UNITS, steps, TODAY)


def test_three_of_the_four_commitments_held_are_proved(states):
    found = milestones.proved_count(states)

    assert (found.key, found.count, found.n, found.value) == ("prouves", 3, 4, 3)
    assert found.unit == "engagements"


def test_each_module_has_its_counts_by_state(states):
    first, third = milestones.by_module(states)

    assert (first.number, first.proved.count, first.proved.n) == (1, 2, 3)
    assert {k: m.value for k, m in first.by_state.items()} == {
        "prouve": 1, "verifie": 1, "en_cours": 1,
    }  # fmt: skip
    assert {(m.label, m.n) for m in first.states} == {("module 1", 3)}
    assert (third.number, third.proved.count, third.proved.n) == (3, 1, 1)
    assert set(third.by_state) == {"prouve"}


def test_a_module_is_complete_when_all_its_commitments_are_proved(states):
    """One commitment of module 3 is out of the scope: the module is not entirely proved."""
    done = states.loc[states["unite"].isin(["m1_a", "m1_b"])]

    assert [module.is_complete for module in milestones.by_module(states)] == [False, False]
    assert [module.is_complete for module in milestones.by_module(done)] == [True]


def test_only_days_that_change_something_are_milestones():
    """Day 1 proves a; day 2 only names a person; day 3 proves b and loses a."""
    days = [START + timedelta(days=d) for d in (0, 10, 20)]
    steps = [
        step(days[0], "prouve", "m1_a"),
        step(days[1], "en_cours", "m1_b", pilote="accueil"),
        step(days[2], "prouve", "m1_b"),
        step(days[2], "en_cours", "m1_a"),
    ]
    first, last = milestones.milestones(progress.history(UNITS, steps, TODAY))

    assert (first.day, last.day) == (days[0], days[2])
    assert (first.proved.value, last.proved.value) == (1, 1)
    assert (first.proved.label, first.proved.n) == ("2020-09-15", 5)
    assert (last.gained, last.lost) == (["m1_b"], ["m1_a"])


def test_a_delay_puts_the_end_off_and_lowers_the_chance():
    """Four weeks after 1 June 2021 is 29 June; the chance is that of a deadline 28 days sooner."""
    found = Forecast(4, 3, START, TODAY, date(2021, 4, 1), date(2021, 6, 1), None)
    late = {0: [], 4: ["Accueil", "Écrits"]}
    none, month = milestones.scenarios(
        found, late, [Delay(libelle="Travaux", semaines=4)], DEADLINE
    )

    assert (none.chance.label, none.chance.group, none.end) == (
        "Sans retard", "0 semaines", date(2021, 6, 1),
    )  # fmt: skip
    assert (month.chance.label, month.chance.group, month.end) == (
        "Travaux", "4 semaines", date(2021, 6, 29),
    )  # fmt: skip
    assert (none.chance.count, month.chance.count) == (0, 2)
    assert month.chance.value == found.chance(DEADLINE - timedelta(days=28)) < none.chance.value


def test_without_forecast_a_scenario_has_no_chance_and_no_end():
    found = Forecast(1, 3, START, TODAY)
    (only,) = milestones.scenarios(found, {0: []}, [], DEADLINE)

    assert not only.chance.is_known
    assert only.end is None


def test_weeks_are_whole():
    """From 15 September 2020 to 26 February 2021: 164 days, 23 weeks and 3 days."""
    found = Forecast(1, 3, START, TODAY)

    assert found.weeks_spent == 23
    assert [found.weeks_to(TODAY + timedelta(days=d)) for d in (6, 7, 13, 14)] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("due", "days", "is_late"),
    [
        (TODAY - timedelta(days=1), -1, True),
        (TODAY, 0, False),
        (date(2021, 3, 5), 7, False),
        (DEADLINE - timedelta(days=1), 573, False),
        (DEADLINE, 574, True),
    ],
)
def test_a_due_day_past_or_from_the_deadline_on_is_late(due, days, is_late):
    """26 February 2021 to 23 September 2022: 574 days."""
    table = progress.states(UNITS[:1], [step(START, "en_cours", "m1_a", echeance=due)], TODAY)
    (span,) = milestones.spans(table, [], TODAY, DEADLINE)

    assert (span.left.value, span.is_late, span.module) == (days, is_late, 1)
    assert (span.left.label, span.left.group) == ("Accueil", due.isoformat())
    assert (span.start, span.end) == (TODAY, due)


def test_commitments_come_before_audits_and_both_in_order_of_time():
    steps = [
        step(START, "en_cours", "m1_a", echeance=date(2021, 5, 1)),
        step(START, "en_cours", "m1_b", echeance=date(2021, 4, 1)),
        step(START, "en_cours", "m1_c"),
    ]
    audits = [
        Audit(site="evry", nature="externe", date=date(2022, 1, 1), etat="prevu"),
        Audit(site="evry", nature="interne", date=date(2020, 12, 1), etat="realise"),
    ]
    found = milestones.spans(progress.states(UNITS[:3], steps, TODAY), audits, TODAY, DEADLINE)

    assert [span.left.label for span in found] == [
        "Écrits", "Accueil", "Audit interne", "Audit du label",
    ]  # fmt: skip
    assert [(span.is_over, span.is_late) for span in found[2:]] == [(True, False), (False, False)]


def test_the_sentence_states_the_days_that_the_rule_uses():
    section = schedule.to_do([Reminder("bientot", "m1_a", TODAY)], {"m1_a": "Accueil"}, TODAY)

    assert f"dans les {progress.SOON.days} jours" in section.sentences[0]
    assert progress.how_many([Reminder("retard"), Reminder("bientot")], "retard") == 1


def test_the_line_expected_stops_at_the_day_of_the_label():
    """
    Half proved after 10 of 30 days, the last expected on day 50: three quarters on day 30.

    From (1/3, 1/2) to (5/3, 1), x = 1 is half way: y = 3/4, a quarter from the top.
    """
    start = date(2031, 1, 1)
    rows = [(0, 0, []), (10, 5, list("abcde"))]
    table = pd.DataFrame(
        [
            {"date": start + timedelta(days=day), "faits": done, "total": 10, "nouveaux": new,
             "perdus": []}
            for day, done, new in rows
        ]
    )  # fmt: skip
    days = [start + timedelta(days=day) for day in (10, 40, 50, 60)]
    found = Forecast(5, 5, start, *days)
    (curve,) = history(table, found, start + timedelta(days=30)).curves

    assert curve.path == "M0 100H33.3V50H33.3V50"
    assert curve.dotted == "M33.3 50L100 25"
    assert curve.label == (("33.3", 86, "start"))
    assert curve.note.startswith("Lecture : 0 le 1er\u00a0janvier 2031. Champ : les 10 engag")
    whole = Forecast(5, 5, start, days[0], days[0], start + timedelta(days=20), days[3])
    assert history(table, whole, start + timedelta(days=30)).curves[0].dotted == "M33.3 50L66.7 0"
