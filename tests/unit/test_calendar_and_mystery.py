"""Delays in French working days, and criteria met on each channel."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.quality.calendar import public_holidays, working_days
from qpref.quality.mystery import (
    MysterySurvey,
    compliance,
    contacts_by_channel,
    delay_summary,
    marks,
)
from qpref.schema import conform


def delay(sent, replied, subdivision=None, sending_day=0):
    moments = (pd.Series(pd.to_datetime([day])) for day in (sent, replied))
    return working_days(*moments, subdivision, sending_day)[0]


@pytest.mark.parametrize(
    ("sent", "replied", "expected"),
    [
        ("2020-11-16 10:00", "2020-11-16 17:00", 0),  # the same day
        ("2020-11-16", "2020-11-17", 1),
        ("2020-11-20", "2020-11-23", 1),  # Friday to Monday
        ("2020-11-21", "2020-11-23", 1),  # Saturday to Monday
        ("2020-11-20", "2020-11-21", 0),  # Friday to Saturday
        ("2020-11-10", "2020-11-12", 1),  # 11 November is closed
        ("2020-12-24", "2020-12-28", 1),  # Christmas and a week-end
        ("2020-04-10", "2020-04-14", 1),  # Good Friday to Easter Tuesday: Monday is closed
    ],
)
def test_a_delay_counts_working_days_only(sent, replied, expected):
    """By hand on the calendar of 2020."""
    assert delay(sent, replied) == expected


@pytest.mark.parametrize(
    ("territory", "month", "day"),
    [("Mayotte", 4, 27), ("Martinique", 5, 22), ("Guadeloupe", 5, 27), ("Guyane", 6, 10),
     ("La Réunion", 12, 20)],
)  # fmt: skip
def test_the_abolition_of_slavery_is_a_holiday_of_its_territory_alone(territory, month, day):
    """Décret n° 83-1003 du 23 novembre 1983, in 2022 and 2024."""
    for year in (2022, 2024):
        own = date(year, month, day)
        assert own in public_holidays(year, year, territory)
        assert own not in public_holidays(year, year, None)


def test_local_law_adds_good_friday_and_saint_stephen():
    """26 December is a holiday in Moselle: Thursday 24 to Monday 28 December 2020 is 1 day."""
    assert delay("2019-12-24", "2019-12-27") == 2
    assert delay("2019-12-24", "2019-12-27", "Moselle") == 1
    for place in ("Bas-Rhin", "Haut-Rhin", "Moselle"):
        assert len(public_holidays(2020, 2020, place)) == 13


@pytest.mark.parametrize(
    ("sent", "replied", "expected"),
    [
        ("2020-11-16", "2020-11-16", 1),
        ("2020-11-20", "2020-11-23", 2),  # Friday is day 1, Monday day 2
        ("2020-11-21", "2020-11-23", 1),  # Saturday bears no number
        ("2020-11-10", "2020-11-12", 2),  # 11 November is closed
    ],
)
def test_the_day_of_sending_may_be_day_one(sent, replied, expected):
    """The same calendar, counted from the day of sending."""
    assert delay(sent, replied, sending_day=1) == expected


def test_no_reply_has_no_delay():
    assert pd.isna(delay("2020-11-16", None))


@given(
    st.dates(pd.Timestamp("2019-01-01").date(), pd.Timestamp("2021-01-01").date()),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_delays_add_up(day, first, second):
    """From A to C is A to B plus B to C."""
    a = pd.Timestamp(day)
    b, c = a + pd.Timedelta(days=first), a + pd.Timedelta(days=first + second)

    assert delay(a, c) == delay(a, b) + delay(b, c)


def contact(number, channel, **facts):
    base = {
        "contact_id": f"c{number}", "campagne": "2020-11", "site": "evry", "canal": channel,
        "envoye_le": pd.Timestamp("2020-11-16"), "statut": "complete", "motif_statut": "",
        "source_id": str(number), "source_fichier": "f", "source_feuille": "s",
        "source_ligne": number, "empreinte": "e",
    }  # fmt: skip
    return base | facts


def judged(number, criterion, answer=None, state="repondu", note=None):
    return {
        "contact_id": f"c{number}", "campagne": "2020-11", "site": "evry", "critere": criterion,
        "etat": state, "reponse": answer, "note": note,
    }  # fmt: skip


@pytest.fixture
def tables():
    contacts = conform(
        "contacts_mysteres",
        [
            contact(1, "appel", abouti=True, sonneries=4),
            contact(2, "appel", abouti=True, sonneries=5),
            contact(3, "appel", abouti=False, sonneries=10),
            contact(4, "appel", abouti=True),  # rings not noted: cannot be judged
            contact(5, "appel", abouti=True, sonneries=1, statut="exclu", motif_statut="x"),
            contact(
                6,
                "courriel",
                abouti=True,
                repondu_le=pd.Timestamp("2020-11-20"),
                canal_reponse="appel",
            ),
            contact(
                7,
                "courriel",
                abouti=True,
                repondu_le=pd.Timestamp("2020-11-23"),
                canal_reponse="courriel",
            ),
            contact(8, "courriel", abouti=False),
        ],
    )
    observed = conform(
        "visites_mysteres",
        [
            judged(1, "courtoisie", "oui"),
            judged(2, "courtoisie", "partiel"),
            judged(3, "courtoisie", state="non_posee"),
            judged(4, "courtoisie", state="non_reponse"),
            judged(5, "courtoisie", "non"),
            judged(6, "clarte_ecrits", note=8),
            judged(7, "clarte_ecrits", note=5),
        ],
    )
    return contacts, observed


def survey(tables, reference):
    return MysterySurvey(*tables, reference.grid, reference.standard)


def row(table, channel, criterion):
    return table.loc[(table["canal"] == channel) & (table["critere"] == criterion)].iloc[0]


def test_under_five_rings_means_at_most_four_and_no_answer_fails(tables, reference):
    """Calls with 4, 5 and no answer: 1 of 3; no count and the excluded one are out."""
    found = row(compliance(survey(tables, reference)), "appel", "decroche_5_sonneries")

    assert (found["n"], found["conformes"]) == (3, 1)


def test_an_email_is_in_time_under_five_working_days_by_any_channel(tables, reference):
    """Monday to Friday is 4 days, answered by phone: met. To the next Monday, 5: not met."""
    found = row(compliance(survey(tables, reference)), "courriel", "reponse_5_jours")

    assert (found["n"], found["conformes"]) == (3, 1)


def test_what_nobody_could_observe_is_out_of_the_base(tables, reference):
    found = row(compliance(survey(tables, reference)), "appel", "courtoisie")

    assert (found["n"], found["conformes"], found["partiels"]) == (2, 1, 1)


def test_contacts_delays_and_marks_are_counted(tables, reference):
    by_channel = contacts_by_channel(tables[0], reference.grid).set_index("canal")
    summary = delay_summary(tables[0], reference.grid).set_index("canal").loc["courriel"]
    notes = marks(*tables, reference.grid).query("n > 0").iloc[0]

    assert by_channel.loc["appel", ["realises", "exclus", "retenus", "aboutis"]].tolist() == [
        5,
        1,
        4,
        3,
    ]
    assert by_channel.loc["visite", "realises"] == 0
    assert summary[["envoyes", "repondus", "mediane", "maximum", "autre_canal"]].tolist() == [
        3,
        2,
        4.5,
        5,
        1,
    ]
    assert (notes["n"], notes["moyenne"], notes["minimum"], notes["maximum"]) == (2, 6.5, 5, 8)
