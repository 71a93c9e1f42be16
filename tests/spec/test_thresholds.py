"""Each threshold of the référentiel at one under, at it, and one over."""

import pandas as pd
import pytest

from qpref.quality.evidence import against_target
from qpref.quality.mystery import MysterySurvey, compliance
from qpref.quality.progress import audits_that_slip, reminders, slips
from qpref.reference import Audit
from qpref.schema import conform
from qpref.statistics.shares import share_interval
from tests.unit.test_calendar_and_mystery import contact

SENT = pd.Timestamp("2021-02-01")  # a Monday; no holiday before Easter


def met(reference, channel, criterion, **facts):
    contacts = conform("contacts_mysteres", [contact(1, channel, envoye_le=SENT, **facts)])
    judged = conform("visites_mysteres", [])
    table = compliance(MysterySurvey(contacts, judged, reference.grid, reference.standard))
    own = table.loc[table["critere"] == criterion].iloc[0]
    assert own["n"] == 1
    return bool(own["conformes"])


@pytest.mark.parametrize(("rings", "expected"), [(4, True), (5, False), (6, False)])
def test_a_call_is_picked_up_under_five_rings(reference, rings, expected):
    """« en moins de 5 sonneries » (Assemblée nationale, question 83514)."""
    assert met(reference, "appel", "decroche_5_sonneries", abouti=True, sonneries=rings) is expected


@pytest.mark.parametrize(
    ("channel", "criterion", "limit"),
    [("courriel", "reponse_5_jours", 5), ("courrier", "reponse_15_jours", 15)],
)
@pytest.mark.parametrize(("more", "expected"), [(-1, True), (0, False), (1, False)])
def test_a_reply_comes_under_so_many_working_days(
    reference, channel, criterion, limit, more, expected
):
    """From a Monday in February 2021: business days counted by pandas."""
    replied = SENT + pd.offsets.BusinessDay(limit + more)

    assert (
        met(
            reference, channel, criterion, abouti=True, repondu_le=replied, canal_reponse="appel"
        )
        is expected
    )  # fmt: skip


@pytest.mark.parametrize(("satisfied", "verdict"), [(171, "non_tranche"), (172, "atteint")])
def test_a_rate_required_is_reached_when_the_whole_interval_is(satisfied, verdict):
    """Of 200, Wilson by statsmodels: from 79.96 % for 171 satisfied, from 80.52 % for 172."""
    from statsmodels.stats.proportion import proportion_confint  # noqa: PLC0415

    low, high = proportion_confint(satisfied, 200, method="wilson")

    assert against_target(low, high, 200, 80) == verdict


@pytest.mark.parametrize(
    ("target", "verdict"), [(79, "atteint"), (80, "atteint"), (81, "non_tranche")]
)
def test_the_rate_itself_is_enough(target, verdict):
    assert against_target(0.80, 0.95, 200, target) == verdict


@pytest.mark.parametrize(
    ("target", "verdict"), [(79, "non_tranche"), (80, "non_tranche"), (81, "non_atteint")]
)
def test_a_rate_is_missed_when_the_whole_interval_is_under_it(target, verdict):
    assert against_target(0.5, 0.80, 200, target) == verdict


@pytest.mark.parametrize(
    ("n", "target", "verdict"), [(0, 80, "non_mesure"), (10, None, "sans_cible")]
)
def test_nothing_is_said_without_measure_or_rate(n, target, verdict):
    assert against_target(0.9, 1.0, n, target) == verdict


DEADLINE = pd.Timestamp("2022-09-23").date()


def open_unit(due, owner="accueil"):
    row = {
        "unite": "m1_accueil", "module": 1, "libelle": "Accueil", "etat": "a_faire", "depuis": None,
        "prouve_le": None, "preuve": None, "pilote": owner, "echeance": due,
    }  # fmt: skip
    return pd.DataFrame([row], dtype=object)


@pytest.mark.parametrize(("day", "late"), [("2022-09-22", 0), ("2022-09-23", 1), ("2022-09-24", 1)])
def test_what_is_due_before_the_deadline_does_not_slip(day, late):
    due = pd.Timestamp(day).date()
    audit = Audit(site="evry", nature="externe", date=due, etat="prevu")

    assert len(slips(open_unit(due), DEADLINE)) == late
    assert len(audits_that_slip([audit], DEADLINE)) == late
    sooner = pd.Timestamp(day) - pd.Timedelta(weeks=3)
    assert len(slips(open_unit(sooner.date()), DEADLINE, weeks=3)) == late


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2021-02-25", "retard"),
        ("2021-02-26", "bientot"),
        ("2021-02-27", "bientot"),
        ("2021-04-26", "bientot"),
        ("2021-04-27", "bientot"),
        ("2021-04-28", None),
        ("2022-09-22", None),
        ("2022-09-23", "apres_label"),
    ],
)
def test_a_due_day_is_late_near_or_after_the_label(day, code):
    """Today 26 February 2021; 60 days later is 27 April 2021."""
    today = pd.Timestamp("2021-02-26").date()
    audits = [
        Audit(site="evry", nature=nature, date=pd.Timestamp("2022-01-10").date(), etat="prevu")
        for nature in ("interne", "externe")
    ]
    found = reminders(open_unit(pd.Timestamp(day).date()), audits, today, DEADLINE)

    assert [reminder.code for reminder in found] == ([code] if code else [])


@pytest.mark.parametrize(("met_count", "n"), [(0, 1), (1, 1), (5, 9)])
def test_few_contacts_never_settle_a_rate(met_count, n):
    """One contact: the exact interval holds nearly everything."""
    low, high = share_interval(pd.Series([met_count]), pd.Series([n]), method="beta")

    assert against_target(float(low.iloc[0]), float(high.iloc[0]), n, 80) == "non_tranche"
