"""Deadlines around holidays, and what becomes of each kind of agreement, day by day."""

from datetime import date, time, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.display.agenda import evidence
from qpref.quality.agreements import (
    DUE_LATER,
    KEPT,
    LATE,
    UNDER_WAY,
    Known,
    by_state,
    follow_up,
    minutes_asked,
    sending_deadline,
    timetable,
)
from qpref.quality.calendar import public_holidays
from tests.clu.conftest import make_meeting

TAKEN = date(2020, 10, 16)


@pytest.mark.parametrize(
    ("day", "ahead", "subdivision", "expected"),
    [
        # 1 March 2021 is a Monday
        (date(2021, 3, 16), 15, None, date(2021, 3, 1)),
        # 15 days before Monday 15 March is Sunday 28 February: Friday 26
        (date(2021, 3, 15), 15, None, date(2021, 2, 26)),
        # Easter Monday is 5 April 2021, after a week-end: Friday 2 April
        (date(2021, 4, 20), 15, None, date(2021, 4, 2)),
        # Good Friday too in Moselle: Thursday 1 April
        (date(2021, 4, 20), 15, "Moselle", date(2021, 4, 1)),
        # 1 January 2021 is a Friday: Thursday 31 December of the year before
        (date(2021, 1, 16), 15, None, date(2020, 12, 31)),
        # across the change of hour of 28 March 2021: days are days
        (date(2021, 4, 8), 15, None, date(2021, 3, 24)),
        # Armistice day
        (date(2020, 11, 26), 15, None, date(2020, 11, 10)),
    ],
)
def test_the_documents_leave_on_a_working_day_at_least_the_days_ahead(
    day, ahead, subdivision, expected
):
    meeting = make_meeting(day, delai_envoi_jours=ahead)

    assert sending_deadline(meeting, subdivision) == expected


@given(
    st.dates(date(2015, 1, 1), date(2035, 12, 31)),
    st.integers(1, 60),
    st.sampled_from([None, "Moselle"]),
)
def test_a_deadline_is_a_working_day_never_too_late_and_the_latest(day, ahead, subdivision):
    found = sending_deadline(make_meeting(day, delai_envoi_jours=ahead), subdivision)
    closed = public_holidays(found.year, found.year + 1, subdivision)

    def is_open(one):
        return one.weekday() < 5 and one not in closed

    latest = day - timedelta(days=ahead)
    assert found <= latest
    assert is_open(found)
    between = (found + timedelta(days=i + 1) for i in range((latest - found).days))
    assert not any(map(is_open, between))


def agreed(proof, due=None):
    content = {
        "id": "accord",
        "accord": "Un accord",
        "responsable": "préfecture",
        "echeance": due,
        "certitude": "exemple",
        "source": "essai",
        "preuve": proof,
    }
    return make_meeting(TAKEN, accords=[content])


def state(day, meetings, **facts):
    found = follow_up(Known(day, meetings, **facts))
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("answers", "day", "expected"),
    [
        (199, date(2020, 12, 4), UNDER_WAY),
        (199, date(2020, 12, 5), LATE),
        (200, date(2020, 12, 5), KEPT),
        (0, date(2020, 11, 1), UNDER_WAY),
    ],
)
def test_a_promise_of_answers_is_judged_by_the_data(answers, day, expected):
    proof = {"type": "reponses", "site": "evry", "campagne": "2020-11", "minimum": 200}
    meeting = agreed(proof, date(2020, 12, 4))

    assert state(day, [meeting], answers={("evry", "2020-11"): answers}).state == expected


@pytest.mark.parametrize(
    ("went", "day", "expected"),
    [
        (None, date(2021, 3, 1), DUE_LATER),
        (None, date(2021, 3, 2), LATE),
        (date(2021, 3, 1), date(2021, 3, 2), KEPT),
        (date(2021, 3, 2), date(2021, 3, 2), LATE),
        (date(2021, 3, 1), date(2021, 2, 27), DUE_LATER),  # not sent yet, seen that day
        (date(2021, 3, 1), date(2021, 4, 1), KEPT),  # the last meeting, when none is planned
    ],
)
def test_documents_ahead_are_judged_by_the_day_they_left(went, day, expected):
    following = make_meeting(date(2021, 3, 16))
    sent = {following.name: went} if went else {}

    found = state(day, [agreed({"type": "envoi"}), following], sent=sent)

    assert (found.state, found.due) == (expected, date(2021, 3, 1))


def test_documents_ahead_wait_for_a_meeting():
    assert state(date(2022, 1, 1), [agreed({"type": "envoi"})]).state == DUE_LATER


@pytest.mark.parametrize(
    ("others", "day", "expected"),
    [
        ([], date(2021, 10, 16), DUE_LATER),
        ([], date(2021, 10, 17), LATE),
        ([date(2021, 3, 16)], date(2021, 1, 1), KEPT),  # planned within the year
        ([date(2021, 11, 1)], date(2021, 1, 1), DUE_LATER),  # planned too late
        ([date(2021, 3, 16)], date(2022, 3, 16), KEPT),
        ([date(2021, 3, 16)], date(2022, 3, 17), LATE),
        ([date(2021, 11, 1)], date(2021, 12, 1), LATE),  # a gap of more than a year
    ],
)
def test_a_yearly_meeting_is_judged_by_the_calendar(others, day, expected):
    meetings = [agreed({"type": "reunion_annuelle"}), *map(make_meeting, others)]

    assert state(day, meetings).state == expected


def test_visits_are_counted_since_the_agreement_and_until_that_day():
    visits = [
        {"date": date(2020, 10, 1), "service": "accueil"},
        {"date": date(2021, 2, 1), "service": "étrangers"},
    ]
    meetings = [
        agreed({"type": "visites", "minimum": 1}),
        make_meeting(date(2021, 3, 16), visites=visits),
    ]

    assert state(date(2021, 1, 31), meetings).state == UNDER_WAY
    assert state(date(2021, 2, 1), meetings).state == KEPT
    same_day = make_meeting(date(2021, 3, 16), visites=[{"date": TAKEN, "service": "accueil"}])
    assert state(TAKEN, [meetings[0], same_day]).state == KEPT


def test_addresses_are_exchanged_when_two_members_agree():
    meeting = agreed({"type": "adresses"})

    assert state(TAKEN, [meeting]).state == UNDER_WAY
    assert state(TAKEN, [meeting], consents=(1, 7)).state == UNDER_WAY
    kept = state(TAKEN, [meeting], consents=(2, 7))
    assert kept.state == KEPT
    assert kept.evidence == {"accords": 2, "membres": 7}


def test_what_is_declared_holds_from_its_day_on():
    meeting = agreed({"type": "declare", "fait_le": date(2021, 1, 5)}, date(2021, 1, 4))

    assert state(date(2021, 1, 4), [meeting]).state == UNDER_WAY
    assert state(date(2021, 1, 5), [meeting]).state == KEPT
    never = agreed({"type": "declare"}, date(2021, 1, 4))
    assert state(date(2021, 1, 5), [never]).state == LATE


def test_the_late_ones_come_first():
    dues = [date(2021, 1, 1), date(2022, 1, 1), date(2020, 12, 1)]
    accords = [
        agreed({"type": "declare"}, due).accords[0].model_copy(update={"id": str(i)})
        for i, due in enumerate(dues)
    ]
    meeting = make_meeting(TAKEN).model_copy(update={"accords": tuple(accords)})

    found = follow_up(Known(date(2021, 6, 1), [meeting]))

    assert [f.agreement.id for f in found] == ["2", "0", "1"]
    assert follow_up(Known(date(2021, 6, 1), [meeting]), before=meeting) == []


def test_what_is_due_later_comes_after_what_is_under_way():
    """A meeting to hold within the year is due later; what is declared has no day."""
    proofs = [{"type": "reunion_annuelle"}, {"type": "declare"}]
    accords = [agreed(proof).accords[0].model_copy(update={"id": proof["type"]})
               for proof in proofs]  # fmt: skip
    meeting = make_meeting(TAKEN).model_copy(update={"accords": tuple(accords)})
    found = follow_up(Known(TAKEN, [meeting]))

    assert [(one.agreement.id, one.state) for one in found] == [
        ("declare", UNDER_WAY), ("reunion_annuelle", DUE_LATER),
    ]  # fmt: skip


def test_each_item_begins_when_the_one_before_ends():
    """14:30, then 20 minutes later, then 45 minutes later; 75 minutes in all."""
    items = [
        {"titre": "Ouverture", "minutes": 20},
        {"titre": "Résultats", "minutes": 45},
        {"titre": "Questions", "minutes": 10},
    ]
    meeting = make_meeting(ordre_du_jour=items)

    assert [moment for moment, _ in timetable(meeting)] == [
        time(14, 30),
        time(14, 50),
        time(15, 35),
    ]
    assert minutes_asked(meeting) == 75


def test_agreements_are_counted_in_the_order_of_the_states():
    found = [SimpleNamespace(state=state) for state in (KEPT, LATE, KEPT)]
    counts = by_state(found, {LATE: "En retard", UNDER_WAY: "En cours", KEPT: "Tenu"})

    assert [(m.key, m.label, m.value, m.n) for m in counts] == [
        (LATE, "En retard", 1, 3), (UNDER_WAY, "En cours", 0, 3), (KEPT, "Tenu", 2, 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "day", "expected", "said"),
    [
        (199, date(2020, 12, 4), UNDER_WAY, "200 promis."),
        (199, date(2020, 12, 5), LATE, "close depuis le 4 décembre 2020 : il en manque 1."),
        (200, date(2020, 12, 5), KEPT, "200 promis."),
        (201, date(2020, 11, 20), KEPT, "200 promis."),
    ],
)
def test_a_promise_about_a_closed_campaign_closes_or_says_why_not(count, day, expected, said):
    """No due day was agreed on: the campaign's last day, 4 December 2020, is one."""
    proof = {"type": "reponses", "site": "evry", "campagne": "2020-11", "minimum": 200}
    ends = {"2020-11": date(2020, 12, 4)}
    found = state(day, [agreed(proof)], answers={("evry", "2020-11"): count}, ends=ends)
    assert (found.state, found.due) == (expected, date(2020, 12, 4))
    assert evidence(found).replace("\u00a0", " ").endswith(said)
