"""The way to the label at the bounds of its rules: agreements, proofs, audits, contacts."""

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from qpref.quality import beside, labelling, milestones, mystery_measures, progress
from qpref.quality.actions import weak_criteria, without_action
from qpref.quality.agreements import (
    DUE_LATER,
    KEPT,
    LATE,
    UNDER_WAY,
    Known,
    follow_up,
    seats,
    sending_deadline,
)
from qpref.quality.evidence import Measures, backed, confirmed_targets, evidence, proofs
from qpref.quality.mystery import (
    MET,
    NOT_MET,
    MysterySurvey,
    compliance,
    delay_summary,
    delays,
    is_judged,
    measures,
    outcomes,
)
from qpref.quality.mystery_plan import ChannelPlan, plan_contacts
from qpref.quality.planning import apportion, approaches, controlled_rounding, open_days, schedule
from qpref.quality.progress import ENOUGH, SOON, Forecast, Unit
from qpref.quality.score import Score, contact_marks, site_score
from qpref.reference import Audit, OpinionIndicator, Standard, Step
from qpref.reference.criteria import Criterion
from qpref.reference.standard import (
    Commitment,
    Indicator,
    Module,
    Obligation,
    Threshold,
)
from qpref.statistics.measure import Measure
from tests.clu.conftest import make_meeting
from tests.unit.test_calendar_and_mystery import contact, judged

TODAY = date(2020, 11, 16)
DEADLINE = date(2021, 11, 16)
DAY = timedelta(days=1)


def agreed(day, proof, due=None):
    content = {
        "id": "accord", "accord": "Un accord", "responsable": "préfecture", "echeance": due,
        "certitude": "exemple", "source": "essai", "preuve": proof,
    }  # fmt: skip
    return make_meeting(day, accords=[content])


def state(meetings, **facts):
    (found,) = follow_up(Known(TODAY, meetings, **facts))
    return found


# Agreements


@pytest.mark.parametrize(("late", "expected"), [(0, KEPT), (1, LATE)])
def test_two_meetings_a_year_apart_to_the_day_leave_no_gap(late, expected):
    """Taken on 16 June 2019; the next one comes on 16 June 2020, or on the day after."""
    taken = agreed(date(2019, 6, 16), {"type": "reunion_annuelle"})
    found = state([taken, make_meeting(date(2020, 6, 16) + late * DAY)])

    assert (found.state, found.due) == (expected, date(2021, 6, 16) + late * DAY)
    assert found.evidence == {"derniere": date(2020, 6, 16) + late * DAY, "prochaine": None}


@pytest.mark.parametrize(
    ("planned", "expected"),
    [(TODAY, KEPT), (date(2021, 3, 2), KEPT), (date(2021, 3, 3), DUE_LATER)],
)
def test_a_meeting_planned_within_the_year_keeps_the_promise(planned, expected):
    taken = agreed(date(2020, 3, 2), {"type": "reunion_annuelle"})
    found = state([taken, make_meeting(planned)])

    assert found.state == expected
    assert found.evidence["prochaine"] == (planned if date(2021, 3, 2) == planned else None)


@pytest.mark.parametrize(("due", "expected"), [(-1, LATE), (0, UNDER_WAY), (1, UNDER_WAY)])
@pytest.mark.parametrize("minimum", [1, 2])
def test_a_visit_counts_once_when_two_meetings_tell_it_and_the_due_day_is_not_late(
    due, expected, minimum
):
    visit = {"date": date(2020, 9, 1), "service": "accueil"}
    planned = {"date": date(2020, 9, 2), "service": "accueil", "etat": "prevue"}
    later = {"date": TODAY + DAY, "service": "accueil"}
    meetings = [
        agreed(date(2020, 6, 1), {"type": "visites", "minimum": minimum}, TODAY + due * DAY),
        make_meeting(date(2020, 10, 1), visites=[visit, planned, later]),
        make_meeting(date(2020, 11, 1), visites=[visit]),
    ]
    found = state(meetings)

    assert found.evidence == {"visites": 1, "minimum": minimum}
    assert found.state == (KEPT if minimum == 1 else expected)


@pytest.mark.parametrize(
    ("consents", "expected"), [(None, UNDER_WAY), ((1, 9), UNDER_WAY), ((2, 9), KEPT)]
)
def test_two_members_who_agree_exchange_their_addresses(consents, expected):
    found = state([agreed(date(2020, 6, 1), {"type": "adresses"})], consents=consents)

    assert found.state == expected
    assert found.evidence == dict(zip(("accords", "membres"), consents or (0, 0), strict=True))


@pytest.mark.parametrize(
    ("end", "closed", "due"), [(-1, True, -1), (0, False, 0), (9, False, 9), (40, False, 30)]
)
def test_a_campaign_is_closed_the_day_after_its_end_and_due_by_it(end, closed, due):
    """Due in thirty days, or by the end of the campaign when it ends before."""
    proof = {"type": "reponses", "site": "evry", "campagne": "c", "minimum": 10}
    ends = TODAY + end * DAY
    found = state(
        [agreed(date(2020, 6, 1), proof, TODAY + 30 * DAY)],
        answers={("evry", "c"): 9},
        ends={"c": ends},
    )

    assert found.evidence == {"reponses": 9, "minimum": 10, "close_le": ends if closed else None}
    assert (found.due, found.state) == (TODAY + due * DAY, LATE if due < 0 else UNDER_WAY)


@pytest.mark.parametrize(
    ("went", "expected", "told"),
    [
        (-1, KEPT, -1), (0, KEPT, 0), (1, LATE, 1), (3, LATE, 3), (4, LATE, None),
        (None, LATE, None),
    ],
)  # fmt: skip
def test_documents_leave_on_the_deadline_at_the_latest(went, expected, told):
    """The deadline is three days before today, a Monday: Friday the thirteenth."""
    coming = make_meeting(TODAY + 12 * DAY, delai_envoi_jours=15)
    friday = TODAY - 3 * DAY
    sent = {} if went is None else {coming.name: friday + went * DAY}
    found = state([agreed(date(2020, 6, 1), {"type": "envoi"}), coming], sent=sent)

    assert (found.due, found.state) == (friday, expected)
    assert found.evidence["envoye_le"] == (None if told is None else friday + told * DAY)


def test_agreements_are_those_of_earlier_meetings_of_the_same_committee():
    first = agreed(date(2020, 6, 1), {"type": "adresses"})
    same = agreed(date(2020, 9, 1), {"type": "adresses"})
    gone = agreed(date(2020, 7, 1), {"type": "adresses"}).model_copy(update={"annulee": True})
    other = agreed(date(2020, 7, 1), {"type": "adresses"}).model_copy(update={"comite": "autre"})
    known = Known(TODAY, [first, same, gone, other])

    assert [one.taken_on for one in follow_up(known)] == [
        date(2020, 6, 1), date(2020, 7, 1), date(2020, 9, 1),
    ]  # fmt: skip
    assert [one.taken_on for one in follow_up(known, same)] == [date(2020, 6, 1)]
    assert [one.taken_on for one in follow_up(known, None, ["autre"])] == [date(2020, 7, 1)]
    assert follow_up(known, same, ["autre"]) == []


def test_a_deadline_after_a_new_year_skips_the_holidays_of_both_years():
    """15 days before 16 January 2020 is New Year's Day: the Tuesday before."""
    assert sending_deadline(make_meeting(date(2020, 1, 16), delai_envoi_jours=15)) == date(
        2019, 12, 31
    )
    assert sending_deadline(make_meeting(date(2020, 1, 10), delai_envoi_jours=15)) == date(
        2019, 12, 26
    )


def test_seats_are_told_under_the_name_of_their_category():
    (one,) = seats({"elus": 3}, {"elus": "Élus", "autres": "Autres"})

    assert (one.key, one.label, one.value, one.unit) == ("elus", "Élus", 3, "membres")


# Progress


def table(*rows):
    """States of units: key, state, due day, who pilots it, day of the proof."""
    full = [
        dict.fromkeys(progress.COLUMNS, None)
        | {"unite": key, "module": 1, "libelle": key.upper(), "etat": etat, "echeance": due,
           "pilote": owner, "prouve_le": since}
        for key, etat, due, owner, since in rows
    ]  # fmt: skip
    return pd.DataFrame(full, columns=[*progress.COLUMNS], dtype=object)


@pytest.mark.parametrize(
    ("due", "code"),
    [
        (TODAY - DAY, "retard"),
        (TODAY, "bientot"),
        (TODAY + SOON, "bientot"),
        (TODAY + SOON + DAY, None),
        (DEADLINE - DAY, None),
        (DEADLINE, "apres_label"),
        (None, "sans_echeance"),
    ],
)
def test_a_unit_to_prove_is_reminded_of_by_its_due_day(due, code):
    audits = [
        Audit.model_construct(nature=name, etat="realise", date=TODAY)
        for name in ("interne", "externe")
    ]
    owned = table(("a", "en_cours", due, "Accueil", None), ("b", "prouve", due, None, TODAY))
    alone = table(("a", "en_cours", due, None, None), ("b", "hors_perimetre", due, None, None))

    def codes(rows):
        found = progress.reminders(rows, audits, TODAY, DEADLINE)
        return [(one.code, one.unit, one.day) for one in found]

    expected = [(code, "a", due)] if code else []
    assert codes(owned) == expected
    assert sorted(codes(alone), key=str) == sorted([*expected, ("sans_pilote", "a", due)], key=str)


def test_what_is_written_on_a_day_is_in_the_history_of_that_day():
    """Proved on the first day, lost on the second, which is today; the third is not there yet."""
    steps = [
        Step.model_construct(
            site="s", engagement="a", module=None, date=TODAY + ahead * DAY, etat=etat, preuve=None,
            pilote=None, echeance=None,
        )
        for ahead, etat in ((-1, "prouve"), (0, "en_cours"), (1, "prouve"))
    ]  # fmt: skip
    units = [Unit("a", 1, "A"), Unit("b", 1, "B")]
    found = progress.history(units, steps, TODAY)

    assert found["date"].tolist() == [TODAY - DAY, TODAY]
    assert found[["faits", "total", "nouveaux", "perdus"]].to_numpy().tolist() == [
        [1, 2, ["a"], []], [0, 2, [], ["a"]],
    ]  # fmt: skip
    now, untouched = progress.states(units, steps, TODAY).to_dict("records")
    assert (now["etat"], now["depuis"], now["prouve_le"]) == ("en_cours", TODAY, None)
    assert (untouched["etat"], untouched["depuis"]) == ("a_faire", None)


def test_reminders_of_a_kind_come_by_day_and_those_without_a_day_last():
    rows = table(
        ("a", "en_cours", None, None, None), ("b", "en_cours", TODAY + 99 * DAY, None, None),
        ("c", "en_cours", TODAY + 98 * DAY, None, None),
    )  # fmt: skip
    found = progress.reminders(rows, [], TODAY, DEADLINE)

    assert [(one.code, one.unit) for one in found] == [
        ("audit_interne_a_fixer", ""), ("audit_externe_a_fixer", ""), ("sans_echeance", "a"),
        ("sans_pilote", "c"), ("sans_pilote", "b"), ("sans_pilote", "a"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("etat", "due", "late"),
    [
        ("en_cours", -1, True), ("en_cours", 0, False), ("en_cours", None, False),
        ("prouve", -1, False), ("hors_perimetre", -1, False), ("a_faire", -1, True),
    ],
)  # fmt: skip
def test_a_commitment_is_late_the_day_after_it_was_due(etat, due, late):
    row = {"etat": etat, "echeance": None if due is None else TODAY + due * DAY}

    assert progress.is_late(row, TODAY) is late


@pytest.mark.parametrize(
    ("before", "weeks", "slips"), [(14, 1, 0), (14, 2, 1), (15, 2, 0), (0, 0, 1)]
)
def test_what_a_delay_puts_on_the_deadline_slips(before, weeks, slips):
    due = DEADLINE - before * DAY
    rows = table(
        ("a", "en_cours", due, None, None), ("b", "en_cours", None, None, None),
        ("c", "prouve", due, None, TODAY), ("d", "hors_perimetre", due, None, None),
    )  # fmt: skip
    audits = [
        Audit.model_construct(nature=nature, etat=etat, date=due)
        for nature, etat in (("interne", "prevu"), ("suivi", "prevu"), ("externe", "realise"))
    ]

    assert progress.slips(rows, DEADLINE, weeks)["unite"].tolist() == ["a"] * slips
    found = progress.audits_that_slip(audits, DEADLINE, weeks)
    assert [one.nature for one in found] == ["interne"] * slips


def test_an_audit_planned_before_today_was_missed():
    audits = [
        Audit.model_construct(nature="interne", etat="prevu", date=TODAY - DAY),
        Audit.model_construct(nature="interne", etat="realise", date=TODAY - 9 * DAY),
        Audit.model_construct(nature="externe", etat="prevu", date=TODAY),
    ]
    found = progress.reminders(table(), audits, TODAY, DEADLINE)

    assert [(one.code, one.unit, one.day) for one in found] == [
        ("audit_passe", "interne", TODAY - DAY)
    ]
    assert progress.how_many(found, "audit_passe") == 1
    assert progress.how_many(found, "retard") == 0


@pytest.mark.parametrize(("proved", "left", "known"), [(ENOUGH, 1, True), (ENOUGH - 1, 1, False)])
def test_what_was_proved_on_the_first_day_says_nothing_of_the_pace(proved, left, known):
    """After 100 days, one left waits 100 / (D + 1/2) times a Fisher of 2 and 2D + 1 degrees."""
    start = TODAY - 100 * DAY
    rows = table(
        ("z", "prouve", None, None, start),
        *[(f"p{rank}", "prouve", None, None, start + DAY) for rank in range(proved)],
        *[(f"l{rank}", "en_cours", TODAY + rank * DAY, None, None) for rank in range(left)],
        ("x", "hors_perimetre", TODAY + 99 * DAY, None, None),
    )
    found = progress.forecast(rows, start, TODAY)

    assert (found.done, found.left, found.due) == (proved, left, TODAY)
    assert (found.middle is not None) is known
    if known:
        # P(F(2, 2D + 1) > f) = (1 + 2 f / (2D + 1))^-(D + 1/2), so f = (2D + 1) (u^-(2/7) − 1) / 2.
        waits = [
            round(100 / 3.5 * 3.5 * ((1 - share) ** (-1 / 3.5) - 1)) for share in (0.1, 0.5, 0.9)
        ]
        assert [(day - TODAY).days for day in (found.low, found.middle, found.high)] == waits


def test_the_chance_of_a_day_is_that_of_the_wait_before_it():
    """Four done in 100 days, one left: 1 − (1 + x / 100)^-4.5 after x days."""
    found = Forecast(4, 1, TODAY - 100 * DAY, TODAY)

    for ahead in (0, 30, 200):
        expected = 1 - (1 + ahead / 100) ** -4.5
        assert found.chance(TODAY + ahead * DAY) == pytest.approx(expected)
    assert found.chance(TODAY - 5 * DAY) == 0
    assert Forecast(4, 0, TODAY - 100 * DAY, TODAY).chance(TODAY) == 1
    assert Forecast(2, 1, TODAY - 100 * DAY, TODAY).chance(TODAY) is None
    assert (found.weeks_spent, found.weeks_to(TODAY + 20 * DAY)) == (14, 2)


def test_the_first_day_and_those_that_change_something_are_milestones():
    rows = [
        {"date": TODAY, "faits": 0, "total": 4, "nouveaux": [], "perdus": []},
        {"date": TODAY + DAY, "faits": 0, "total": 4, "nouveaux": [], "perdus": []},
        {"date": TODAY + 2 * DAY, "faits": 1, "total": 4, "nouveaux": ["a"], "perdus": []},
        {"date": TODAY + 3 * DAY, "faits": 0, "total": 3, "nouveaux": [], "perdus": ["a"]},
    ]
    found = milestones.milestones(pd.DataFrame(rows))

    assert [((one.day - TODAY).days, one.proved.value, one.proved.n) for one in found] == [
        (0, 0, 4), (2, 1, 4), (3, 0, 3),
    ]  # fmt: skip
    assert [(one.gained, one.lost) for one in found] == [([], []), (["a"], []), ([], ["a"])]
    assert found[0].proved.label == "2020-11-16"


def test_an_audit_is_late_from_the_deadline_on_or_when_its_day_is_past_and_it_was_not_held():
    days = [(-1, "prevu"), (-1, "realise"), (0, "prevu"), (364, "prevu"), (365, "prevu")]
    audits = [
        Audit.model_construct(nature="interne", etat=etat, date=TODAY + ahead * DAY)
        for ahead, etat in reversed(days)
    ]
    found = milestones.spans(table(), audits, TODAY, DEADLINE)

    assert [(one.left.value, one.is_late, one.is_over) for one in found] == [
        (-1, False, True), (-1, True, False), (0, False, False), (364, False, False),
        (365, True, False),
    ]  # fmt: skip
    assert {(one.module, one.left.unit, one.left.key) for one in found} == {
        (None, "jours", "echeance")
    }


# Label


def standard(**facts):
    names = ("modules", "engagements", "indicateurs", "obligations")
    return Standard.model_construct(**{name: facts.get(name, []) for name in names})


def test_what_is_left_to_read_of_the_official_text():
    """What was seen is not to read again; a module with a commitment is covered."""
    first, second = Module.model_construct(numero=1), Module.model_construct(numero=2)
    commitments = [
        Commitment.model_construct(id=name, module=1, numero_officiel=number)
        for name, number in (("a", "1.1"), ("b", None), ("c", None))
    ]
    indicators = [
        Indicator.model_construct(id=f"{known}{target}", confirme=known, cible=target)
        for known in (True, False)
        for target in (80, None)
    ]
    rules = [Obligation.model_construct(id=name, certitude=name) for name in ("vu", "deduit")]
    found = standard(
        modules=[first, second], engagements=commitments, indicateurs=indicators, obligations=rules
    )
    gaps = labelling.gaps(found)

    assert (gaps.without_number, gaps.modules) == (2, [second])
    assert [one.id for one in gaps.indicators] == ["TrueNone", "False80", "FalseNone"]
    assert [one.id for one in gaps.obligations] == ["deduit"]
    assert confirmed_targets(found) == 1


@pytest.mark.parametrize(
    ("modules", "required", "free", "found"),
    [
        ([1, 2], [1, 2], [3], [("conforme", (1, 2))]),
        ([1, 2, 3], [1, 2], [3], [("conforme", (1, 2, 3))]),
        ([1, 4], [1, 2], [3], [("module_manquant", (2,)), ("module_non_prevu", (4,))]),
        ([1, 4], [1], None, [("conforme", (1, 4))]),
        ([1, 4], [1], [], [("module_non_prevu", (4,))]),
        ([1, 4], None, [1], [("regle_inconnue", (1, 4))]),
        ([5, 4], [3, 2], [], [("module_manquant", (2, 3)), ("module_non_prevu", (4, 5))]),
    ],
)
def test_modules_are_those_required_and_those_among_which_to_choose(modules, required, free, found):
    rule = Obligation.model_construct(requis=required, au_choix=free)
    said = labelling.check_modules(modules, rule)

    assert [(one.code, one.modules) for one in said] == found
    assert {id(one.rule) for one in said} == {id(rule)}


def test_a_rule_is_that_of_the_kind_of_site_and_of_its_cert():
    rules = [
        Obligation.model_construct(type_site=kind, cert=cert)
        for kind in ("prefecture", "sous_prefecture")
        for cert in ("oui", "non")
    ]
    site = SimpleNamespace(type_site="sous_prefecture", cert="oui")

    assert labelling.rule_of(site, standard(obligations=rules)) is rules[2]
    site.cert = None
    assert labelling.rule_of(site, standard(obligations=rules)) is None


def test_two_versions_differ_by_what_was_removed_added_and_changed():
    first, other, last = (
        Module.model_construct(numero=number, nom=text)
        for number, text in ((1, "un"), (1, "autre"), (2, "deux"))
    )
    changed = labelling.changes(standard(modules=[first]), standard(modules=[other]))
    moved = labelling.changes(standard(modules=[first]), standard(modules=[last]))

    assert [(one.kind, one.name, one.key, one.before, one.after) for one in changed] == [
        ("modules", "1", "nom", "un", "autre")
    ]
    assert [(one.kind, one.name, one.key, one.before, one.after) for one in moved] == [
        ("modules", "1", None, first, None), ("modules", "2", None, None, last),
    ]  # fmt: skip
    assert labelling.changes(standard(modules=[first]), standard(modules=[first])) == []


def test_a_commitment_rests_on_what_was_measured_and_on_its_worst_verdict():
    rows = [("a", "enquete", 9, "atteint"), ("a", "mystere", 1, "non_tranche"),
            ("b", "mystere", 0, "non_atteint"), ("c", "enquete", 3, "sans_cible"),
            ("c", "enquete", 3, "non_atteint")]  # fmt: skip
    measured = pd.DataFrame(rows, columns=["engagement", "nature", "n", "verdict"])
    stands = table(
        ("a", "en_cours", None, None, None), ("b", "prouve", None, None, TODAY),
        ("c", "hors_perimetre", None, None, None), ("d", "a_faire", None, None, None),
    )  # fmt: skip
    found = proofs(measured, stands)

    columns = ["unite", "enquete", "mystere", "document", "verdict"]
    assert found[columns].to_numpy().tolist() == [
        ["a", True, True, False, "non_tranche"], ["b", False, False, True, "sans_cible"],
        ["c", True, False, False, "non_atteint"], ["d", False, False, False, "sans_cible"],
    ]  # fmt: skip
    whole = backed(found)
    assert (whole.count, whole.n, whole.value, whole.unit) == (2, 3, 2, "engagements")


def test_what_was_measured_bears_on_commitments_with_the_target_of_its_indicator():
    """80 % by question, 70 % by role; a question of no commitment says nothing of one."""
    indicators = [
        Indicator.model_construct(id="i", question="a", role=None, cible=80),
        Indicator.model_construct(id="j", question=None, role="attente", cible=70),
        Indicator.model_construct(id="k", question=None, role=None, cible=60),
    ]
    questions = {
        name: SimpleNamespace(id=name, engagement=promise, texte_court=name.upper(), role=role)
        for name, promise, role in (
            ("a", "e1", None), ("b", "e2", "attente"), ("c", None, "attente"), ("d", "e4", "autre"),
        )
    }  # fmt: skip
    criteria = [
        SimpleNamespace(id="x", engagement="e1", libelle="X", indicateur="k", canaux=["appel"]),
        SimpleNamespace(id="y", engagement=None, libelle="Y", indicateur=None, canaux=["appel"]),
    ]
    share = {"n": 20, "bas": 0.75, "haut": 0.9, "part": 0.85}
    opinions = pd.DataFrame([share | {"question": name, "satisfaits": 17} for name in "abcd"])
    contacts = pd.DataFrame(
        [share | {"critere": name, "canal": "appel", "conformes": 17} for name in "xy"]
    )
    mark = {"critere": "x", "canal": "appel", "sur": 20, "n": 3, "moyenne": 15.0, "minimum": 9.0,
            "maximum": 19.0}  # fmt: skip
    found = evidence(
        Measures(opinions, contacts, pd.DataFrame([mark])),
        SimpleNamespace(by_id=questions),
        SimpleNamespace(criteres=criteria),
        Standard.model_construct(indicateurs=indicators),
    )

    names = ["engagement", "nature", "mesure", "libelle", "canal", "effectif", "cible", "verdict"]
    assert found[names].astype(object).where(found[names].notna(), None).to_numpy().tolist() == [
        ["e1", "enquete", "a", "A", "", 17, 80, "non_tranche"],
        ["e2", "enquete", "b", "B", "", 17, 70, "atteint"],
        ["e4", "enquete", "d", "D", "", 17, None, "sans_cible"],
        ["e1", "mystere", "x", "X", "appel", 17, 60, "atteint"],
        [None, "mystere", "y", "Y", "appel", 17, None, "sans_cible"],
        ["e1", "mystere", "x", "X", "appel", None, None, "sans_cible"],
    ]
    assert found["valeur"].tolist() == [0.85] * 5 + [15]
    assert found[["n", "bas", "haut", "unite"]].to_numpy().tolist() == [
        *[[20, 0.75, 0.9, "part"]] * 5, [3, 9, 19, "note sur 20"],
    ]  # fmt: skip


def test_a_priority_without_action_and_a_weak_criterion():
    actions = [
        SimpleNamespace(indicateur=OpinionIndicator.model_construct(question="a")),
        SimpleNamespace(indicateur=SimpleNamespace(question="b")),
    ]

    assert without_action(["b", "a", "c"], actions) == ["b", "c"]
    contacts = pd.DataFrame({"n": [1, 0, 1, 1], "haut": [0.49, 0.49, 0.5, 0.51]})
    assert [*weak_criteria(contacts).index] == [0]


@pytest.mark.parametrize(("covered", "left"), [(1.0, []), (0.75, [0.25])])
def test_those_left_aside_are_told_when_there_are_some(covered, left):
    row = {"n": 40, "ecart": 0.1, "bas": 0.0, "haut": 0.2, "part": 0.6, "part_reference": 0.5,
           "n_reference": 30, "couverture": covered}  # fmt: skip
    found = beside.of_same_reason(row)

    assert [(one.group, one.value) for one in found[1:3]] == [("ici", 0.6), ("ailleurs", 0.5)]
    assert [(one.group, one.value) for one in found[3:]] == [
        ("laissés de côté", one) for one in left
    ]
    assert {one.key for one in found} == {"motif_egal"}
    assert beside.of_same_reason(row | {"ecart": np.nan}) == []


def test_the_numbers_said_of_refusals_are_those_of_a_known_rate():
    rate = {"taux_reponse": 0.6, "abordes": 50.0, "refus": 20.0}

    assert [(one.key, one.value) for one in beside.of_refusals(rate)] == [
        ("abordes", 50), ("refus", 20), ("taux_reponse", 0.6),
    ]  # fmt: skip
    assert beside.of_refusals(None) == beside.of_refusals(rate | {"taux_reponse": np.nan}) == []


@pytest.mark.parametrize(
    ("met", "partly", "before"), [((3, 4), 1, (1, 2)), ((0, 0), 0, None), ((3, 4), 0, None)]
)
def test_a_row_of_a_criterion_tells_what_met_it_wholly_partly_and_before(met, partly, before):
    def share(pair):
        return Measure(
            key="k", label="K", count=pair[0], n=pair[1], value=pair[0] / max(pair[1], 1)
        )

    own = mystery_measures.Compliance(None, share(met), partly, share(before) if before else None)
    told = [(one.group, one.value, one.label) for one in beside.of_criterion(own, "appel")]

    expected = [("appel", met[0] / max(met[1], 1), "K")]
    expected += [("appel, en partie", partly, "K")] if met[1] else []
    expected += [("appel, avant", 0.5, "K")] if before else []
    assert told == expected
    assert [one.group for one in beside.befores([own])] == (["avant"] if before else [])


@pytest.mark.parametrize("is_known", [True, False])
def test_agreement_beyond_chance_is_told_in_each_of_its_ways(is_known):
    """An agreement that is not known is not told; one without interval has no bounds."""
    found = SimpleNamespace(kappa=0.5, kappa_low=0.25, kappa_high=0.75, ac1=np.nan)
    order = SimpleNamespace(kappa=0.625, low=0.5, high=0.75, has_interval=is_known)
    told = [(one.key, one.value, one.low, one.high) for one in beside.of_kappas(found, order)]

    ends = (0.5, 0.75) if is_known else (None, None)
    assert told == [("kappa", 0.5, 0.25, 0.75), ("kappa_ordre", 0.625, *ends)]
    found.ac1, found.kappa = 0.75, np.nan
    (one,) = beside.of_kappas(found, None)
    assert (one.key, one.value, one.low, one.high) == ("ac1", 0.75, None, None)
    assert (one.unit, one.digits) == ("accord", 2)


def test_a_model_is_told_with_those_it_kept_and_left_aside():
    ranks = SimpleNamespace(value=0.6, low=0.5, high=0.7)
    fit, check = SimpleNamespace(n=90, lost=10), SimpleNamespace(p=0.0312)
    found = beside.of_model(ranks, fit, check)

    assert [(one.key, one.value) for one in found] == [
        ("plus_favorable", 0.6), ("retenues", 90), ("laissees_de_cote", 10), ("brant", 0.031),
    ]  # fmt: skip
    assert beside.of_model(None, None, None) == []
    assert beside.explained(pd.DataFrame({"r2": [0.25, 0.1]})).value == 0.25


def test_answers_of_sites_are_added_up_and_told_with_what_was_before():
    """A site without answers is not told; a share before is, when there were enough."""

    def move(n):
        kind = "normal" if n >= 10 else "aucun_pourcentage"
        return SimpleNamespace(before=Measure(key="q", n=n, value=0.5, reliability=kind))

    sites = [("A", 30, move(40)), ("B", 0, move(40)), ("C", 20, move(9)), ("D", 1, None)]
    found = beside.of_answers(sites)

    assert [(one.key, one.label, one.group, one.value) for one in found] == [
        ("reponses", "", "", 51), ("reponses", "A", "", 30), ("q", "A", "avant", 0.5),
        ("reponses", "C", "", 20), ("reponses", "D", "", 1),
    ]  # fmt: skip


def test_a_gap_to_the_flow_is_told_when_it_is_known():
    def stratum(gap, residual):
        share = Measure(label="Âge", group="jeune", value=0.4)
        return SimpleNamespace(
            share=share, flow=Measure(value=0.25), gap=Measure(value=gap, n=9), residual=residual
        )

    full = beside.of_flow([stratum(0.15, 2.345)])
    assert [(one.key, one.label, one.value) for one in full] == [
        ("part_des_passages", "Âge, jeune", 0.25), ("ecart_aux_passages", "Âge, jeune", 0.15),
        ("ecart_reduit", "Âge, jeune", 2.3),
    ]  # fmt: skip
    assert [one.key for one in beside.of_flow([stratum(np.nan, np.nan)])] == ["part_des_passages"]
    both = beside.both_parts(stratum(0.15, 2.3))
    assert [(one.key, one.value) for one in both] == [
        ("part_des_reponses", 0.4), ("part_des_passages", 0.25),
    ]  # fmt: skip


def test_weights_are_told_with_their_range_when_they_may_be():
    weights = SimpleNamespace(by_answer=pd.Series([1.0, 3.0]), n_effective=1.6)
    plain = Measure(key="q", label="Q", value=0.5)
    shares = [
        SimpleNamespace(plain=plain, deff=1.26),
        SimpleNamespace(plain=plain, deff=float("nan")),
    ]
    few = SimpleNamespace(clusters=9, deff=1.5, n_effective=4.0)
    found = beside.of_weights((weights, shares, []), few, is_told=True)

    assert [(one.key, one.group, one.value) for one in found] == [
        ("demi_journees", "", 9), ("poids", "plus bas", 0.5), ("poids", "plus haut", 1.5),
        ("reponses_valent", "", 1.6), ("reponses_ponderees", "", 2), ("effet_de_plan", "q", 1.3),
    ]  # fmt: skip
    hidden = beside.of_weights((weights, shares, []), few, is_told=False)
    assert [one.key for one in hidden] == ["demi_journees"]


def test_differences_are_told_with_their_p_value_and_its_bound():
    change = Measure(key="q", label="Q", n=9, value=0.1)
    one = SimpleNamespace(change=change, p=0.0312, level=0.05)
    found = beside.of_tests([one, SimpleNamespace(change=change, p=0.0, level=np.nan)], "f")

    assert [(m.group, m.value, m.n) for m in found] == [
        ("f", 0.1, None), ("f, p", 0.031, None), ("f, seuil", 0.05, None), ("f", 0.1, None),
    ]  # fmt: skip


# Mystery contacts


def criterion(name, kind, *, limit=None, channels=("appel",), **more):
    return Criterion.model_construct(
        id=name, type=kind, canaux=[*channels], libelle=name.upper(), indicateur=None,
        engagement=None, seuil=limit, sur=more.get("highest"),
    )  # fmt: skip


FIVE = Threshold.model_construct(comparaison="<", valeur=5, unite="sonneries")


def asked(criteria, contacts, seen=()):
    channels = [SimpleNamespace(id="appel"), SimpleNamespace(id="courriel")]
    grid = SimpleNamespace(
        criteres=criteria,
        canaux=channels,
        written=channels[1:],
        partial=[SimpleNamespace(code="partiel")],
        judgements=[
            SimpleNamespace(code=code, favorable=code == "oui")
            for code in ("oui", "partiel", "non")
        ],
        delais=SimpleNamespace(jour_envoi=0),
    )
    empty = {"abouti": None, "sonneries": np.nan, "repondu_le": pd.NaT, "canal_reponse": None}
    rows = pd.DataFrame([empty | one for one in contacts])
    rows["repondu_le"] = pd.to_datetime(rows["repondu_le"])
    judgements = pd.DataFrame([judged(*one) for one in seen], columns=[*judged(1, "x")])
    return MysterySurvey(rows, judgements, grid, standard())


def test_a_measure_without_threshold_and_a_mark_judge_nobody():
    """A mark is described even where somebody gave it a threshold."""
    criteria = [
        criterion("sonneries", "sonneries"),
        criterion("clarte", "note", limit=FIVE, highest=20),
        criterion("decroche", "sonneries", limit=FIVE),
    ]
    survey = asked(
        criteria,
        [contact(1, "appel", abouti=True, sonneries=4), contact(2, "courriel", abouti=True),
         contact(3, "appel", abouti=True, sonneries=5), contact(4, "appel", abouti=False),
         contact(5, "appel", abouti=True), contact(6, "appel", abouti=None, sonneries=1),
         contact(7, "appel", abouti=True, sonneries=1, statut="exclu")],
    )  # fmt: skip

    assert outcomes(survey).to_numpy().tolist() == [
        ["c1", "appel", "decroche", MET], ["c3", "appel", "decroche", NOT_MET],
        ["c4", "appel", "decroche", NOT_MET],
    ]  # fmt: skip
    assert [is_judged(one, standard()) for one in criteria] == [False, False, True]
    (row,) = compliance(survey).to_dict("records")
    assert (row["critere"], row["n"], row["conformes"], row["partiels"]) == ("decroche", 3, 1, 0)
    assert row["part"] == 1 / 3
    (plain,) = measures(survey).to_dict("records")
    assert (plain["critere"], plain["n"], plain["moyenne"]) == ("sonneries", 3, (4 + 5 + 1) / 3)
    assert (plain["minimum"], plain["maximum"], plain["unite"]) == (1, 5, "sonneries")


@pytest.mark.parametrize(
    ("comparison", "met"), [("<", [4]), ("<=", [4, 5]), (">", [6]), (">=", [5, 6])]
)
def test_a_measure_is_on_the_right_side_of_its_threshold(comparison, met):
    limit = FIVE.model_copy(update={"comparaison": comparison})
    calls = [contact(rings, "appel", abouti=True, sonneries=rings) for rings in (4, 5, 6)]
    found = outcomes(asked([criterion("d", "sonneries", limit=limit)], calls))

    assert found.loc[found["resultat"] == MET, "contact_id"].tolist() == [f"c{one}" for one in met]


def test_an_answer_is_judged_on_the_channels_of_its_criterion_when_it_is_one_of_the_grid():
    survey = asked(
        [criterion("courtoisie", "jugement")],
        [contact(1, "appel", abouti=True), contact(2, "courriel", abouti=True),
         contact(3, "appel", abouti=True), contact(4, "appel", abouti=True)],
        [(1, "courtoisie", "oui"), (2, "courtoisie", "oui"), (3, "courtoisie", "inconnu"),
         (4, "courtoisie", "oui", "non_reponse"), (9, "courtoisie", "oui")],
    )  # fmt: skip

    assert outcomes(survey).to_numpy().tolist() == [["c1", "appel", "courtoisie", MET]]


def test_a_reply_by_another_channel_is_counted_and_a_channel_without_contact_has_no_row():
    """16 November is a Monday: answers on Wednesday and Friday are 2 and 4 working days away."""
    survey = asked(
        [],
        [contact(1, "courriel", abouti=True, repondu_le="2020-11-18", canal_reponse="appel"),
         contact(2, "courriel", abouti=True, repondu_le="2020-11-20", canal_reponse="courriel"),
         contact(3, "courriel", abouti=False), contact(4, "courriel"),
         contact(5, "courriel", abouti=True, repondu_le="2020-11-17", statut="double"),
         contact(6, "appel", abouti=True)],
    )  # fmt: skip
    (row,) = delay_summary(survey.contacts, survey.grid).to_dict("records")
    found = delays(survey.contacts, survey.grid)

    assert row == {"canal": "courriel", "envoyes": 4, "repondus": 2, "mediane": 3.0, "maximum": 4.0,
                   "autre_canal": 1}  # fmt: skip
    assert found["autre_canal"].tolist() == [True, False, False, False]
    assert len(delay_summary(survey.contacts.iloc[[5]], survey.grid)) == 0


def test_marks_are_brought_to_ten_and_weigh_by_commitment():
    """15 of 20 is 7.5; a criterion met is 10; what no commitment holds is one by itself."""
    survey = asked(
        [criterion("decroche", "sonneries", limit=FIVE), criterion("clarte", "note", highest=20)],
        [contact(1, "appel", abouti=True, sonneries=4), contact(2, "appel", abouti=False)],
    )
    seen = [judged(1, "clarte", note=15.0), judged(9, "clarte", note=1.0)]
    seen.append(judged(2, "decroche", note=3.0))
    survey = MysterySurvey(survey.contacts, pd.DataFrame(seen), survey.grid, survey.standard)
    found = contact_marks(survey)

    assert found[["contact_id", "critere", "note", "engagement"]].to_numpy().tolist() == [
        ["c1", "decroche", 10, "decroche"], ["c2", "decroche", 0, "decroche"],
        ["c1", "clarte", 7.5, "clarte"],
    ]  # fmt: skip
    # Means 5 and 7.5. Without the first contact 0 alone is left; without the second, 10 and 7.5.
    whole = site_score(found)
    assert (whole.value, whole.contacts, whole.commitments) == (6.25, 2, 2)
    # 6.25 ± 12.7 × √(1/2 × 2 × (8.75 / 2)²) passes both bounds.
    assert (whole.low, whole.high, whole.is_known) == (0, 10, True)
    nothing = site_score(found.iloc[:0])
    assert (nothing.contacts, nothing.commitments, nothing.is_known) == (0, 0, False)


def test_what_a_contact_did_not_see_is_not_left_out_with_it():
    """
    Means of 5 and 6: 5.5. Without each contact: 5.75, 5 and 5.75, of which the mean is 5.5.

    √(2/3 × (2 × 0.25² + 0.5²)) = 0.5, times t(0.975, 2) = 4.303.
    """
    rows = [("c1", "a", 6), ("c2", "a", 5), ("c3", "a", 4), ("c1", "b", 5), ("c2", "b", 7)]
    marks = pd.DataFrame(rows, columns=["contact_id", "critere", "note"]).assign(
        engagement=lambda table: table["critere"]
    )
    found = site_score(marks)

    assert found.value == 5.5
    assert (found.low, found.high) == pytest.approx((5.5 - 2.1513, 5.5 + 2.1513), abs=1e-4)
    # One commitment of both criteria: their mean, as that of two commitments.
    assert site_score(marks.assign(engagement="e")).commitments == 1


def test_a_commitment_that_one_contact_alone_saw_drops_with_it():
    """
    6, 5, 5 and 4 of a, 5 of b: 5. Without the first contact a alone is left, of which 14 / 3.

    Without the others, 5, 5 and (16 / 3 + 5) / 2; t(0.975, 3) = 3.182446.
    """
    rows = [("c1", "a", 6), ("c2", "a", 5), ("c3", "a", 5), ("c4", "a", 4), ("c1", "b", 5)]
    marks = pd.DataFrame(rows, columns=["contact_id", "critere", "note"]).assign(
        engagement=lambda table: table["critere"]
    )
    found = site_score(marks)

    left = np.array([14 / 3, 5, 5, (16 / 3 + 5) / 2])
    width = 3.182446 * (3 / 4 * ((left - left.mean()) ** 2).sum()) ** 0.5
    assert found.value == 5
    assert (found.low, found.high) == pytest.approx((5 - width, 5 + width), abs=1e-5)


def test_the_mark_of_a_site_has_its_interval_when_it_is_known():
    known, alone = (
        mystery_measures.site_mark(one, None)
        for one in (Score(7.0, 6.0, 8.0, 9, 3), Score(7.0, np.nan, np.nan, 1, 3))
    )

    assert (known.low, known.high, known.n, known.key, known.unit) == (
        6, 8, 9, "note", "note sur 10",
    )  # fmt: skip
    assert (alone.low, alone.high, alone.value, alone.digits) == (None, None, 7, 1)
    named = mystery_measures.site_mark(
        Score(7.0, 6.0, 8.0, 9, 3), Indicator.model_construct(id="i", libelle="I")
    )
    assert (named.key, named.label) == ("i", "I")


# Plans


@pytest.mark.parametrize(
    ("contacts", "seconds", "days", "scenarios", "shoppers", "is_refused"),
    [
        (2, 2, 1, 1, 2, False),
        (2, 3, 1, 1, 2, True),
        (2, 0, 0, 1, 1, True),
        (2, 0, 1, 0, 1, True),
        (0, 0, 0, 0, 1, False),
        (2, 1, 1, 1, 1, True),
        (2, 0, 1, 1, 1, False),
        (2, 0, 1, 1, 0, True),
    ],
)
def test_a_plan_needs_days_scenarios_and_shoppers_enough(
    contacts, seconds, days, scenarios, shoppers, is_refused
):
    plan = ChannelPlan(contacts, ["s"] * scenarios, [TODAY] * days, seconds)

    def made():
        return plan_contacts(["a"], {"appel": plan}, [*"xy"[:shoppers]], 1)

    if is_refused:
        with pytest.raises(ValueError, match=r"shopper|day|second"):
            made()
    else:
        assert len(made()) == contacts + seconds


def test_numbers_begin_anew_at_each_channel():
    plans = {"appel": ChannelPlan(2, ["s"], [TODAY]), "courriel": ChannelPlan(3, ["s"], [TODAY])}
    found = plan_contacts(["a"], plans, ["x"], 1)

    assert found["numero"].tolist() == [1, 2, 1, 2, 3]
    assert found["canal"].tolist() == ["appel"] * 2 + ["courriel"] * 3
    assert found["double_de"].isna().all()


def test_whole_numbers_follow_the_shares_and_give_the_rest_to_the_largest_remainders():
    """Of 7 by halves, 3.5 each: the first has the rest. Of 10 by 1, 1 and 2: 2.5, 2.5 and 5."""
    assert apportion(7, [1, 1]) == [4, 3]
    assert apportion(10, [1, 1, 2]) == [3, 2, 5]
    assert apportion(10, [0.24, 0.36, 0.4]) == [2, 4, 4]
    assert apportion(0, [1, 1]) == [0, 0]


def test_a_table_rounded_keeps_its_sums_within_one():
    assert controlled_rounding([[2.0, 3.0], [4.0, 5.0]]).tolist() == [[2, 3], [4, 5]]
    assert controlled_rounding([[1.5, 0.5], [0.5, 1.5]]).sum(axis=0).tolist() == [2, 2]
    with pytest.raises(ValueError, match=r"total 1\.5"):
        controlled_rounding([[1.0, 0.5]])


def test_a_sum_that_is_whole_stays_so_when_others_would_gain_by_it():
    """The first row is one in all; the other two may be 1 or 2, and 0 or 1."""
    found = controlled_rounding([[0.35, 0.35, 0.3], [0.8, 0.8, 0.0], [0.0, 0.0, 0.4]])

    assert found.sum(axis=1).tolist() == [1, 2, 0]


@pytest.mark.parametrize(("days", "half_day", "counter"), [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_quotas_need_a_day_and_passages(days, half_day, counter):
    flows = pd.Series([half_day, half_day], ["m", "a"]), pd.Series([counter], ["g"])

    with pytest.raises(ValueError, match="no day or no flow"):
        schedule(10, [TODAY] * days, *flows)
    whole = schedule(10, [TODAY], pd.Series([3, 1], ["m", "a"]), pd.Series([1], ["g"]))
    assert sorted(whole["quota"].tolist()) in ([2, 8], [3, 7])
    assert [*whole.columns] == ["date", "demi_journee", "guichet", "quota"]


def test_working_days_leave_out_week_ends_at_both_ends():
    """20 November 2020 is a Friday, 23 a Monday."""
    assert open_days(date(2020, 11, 20), date(2020, 11, 23)) == [
        date(2020, 11, 20), date(2020, 11, 23),
    ]  # fmt: skip
    assert open_days(TODAY, TODAY) == [TODAY]
    assert open_days(TODAY, TODAY - DAY) == []


@pytest.mark.parametrize(
    ("answers", "rate", "people"), [(10, 0.5, 20), (11, 0.5, 22), (10, 0.3, 34)]
)
def test_people_to_approach_are_the_answers_over_the_rate_rounded_up(answers, rate, people):
    assert approaches(answers, rate) == people


def test_units_of_a_site_are_its_commitments_and_its_modules_that_nobody_read():
    site = SimpleNamespace(modules=[2, 1])
    commitment = Commitment.model_construct(id="a", theme="A", module=1)
    read = SimpleNamespace(commitments_of=lambda number: [commitment] if number == 1 else [])

    assert progress.units(site, read) == [
        Unit("module-2", 2, "Engagements du module, non lus"), Unit("a", 1, "A"),
    ]  # fmt: skip
