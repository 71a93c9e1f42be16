"""What is told of complaints: counts, delays, and nothing that would point at somebody."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qpref.display import complaints as display
from qpref.quality.complaints import RegisterRules, heard, site_totals
from qpref.reference import Complaints
from qpref.schema import typed
from qpref.wording.french import NBSP
from tests.intake.test_complaints import DECLARED
from tests.sections import plain

THRESHOLD, FEW = 5, 3
AIM = 10  # days


@pytest.fixture(scope="session")
def rules(reference):
    aim = {"valeur": AIM, "unite": "jours", "certitude": "exemple", "source": "essai"}
    declared = Complaints.model_validate(DECLARED | {"delai": aim})
    return RegisterRules(declared, reference.book, THRESHOLD)


@pytest.fixture(scope="session")
def campaign(reference):
    return reference.campaign("2020-11")  # ends on 4 December 2020


def rows(*complaints):
    """Return a register: day received, days up to the answer, channel, subject, kind."""
    usual = {"canal": "courrier", "sujet": None, "nature": "reclamation"}
    table = []
    for place, (received, days, *told) in enumerate(complaints):
        answered = pd.Timestamp(received) + timedelta(days=days) if days is not None else None
        table.append(
            {
                "reclamation_id": f"r{place}", "campagne": "2020-11", "site": "evry",
                "recue_le": pd.Timestamp(received), "repondue_le": answered, "service": "",
                "source_fichier": "r.xlsx", "source_feuille": "", "source_ligne": place + 1,
                "empreinte": "",
            } | usual | dict(zip(usual, told, strict=False))
        )  # fmt: skip
    return typed("reclamations", table)


def shown(found, name):
    return {one.label: one.value for one in found.tables[name].shown}


def test_a_year_is_the_four_quarters_that_end_with_the_campaign(rules, campaign):
    known = rows(
        *[(date(2019, 12, 31), 1)] * 6, *[(date(2020, 1, 1), 1)] * 6, *[(date(2020, 12, 31), 1)] * 7
    )

    found = heard(known, campaign, rules)

    assert found.quarters == ("2020-T1", "2020-T4")
    assert found.total.value == 13
    assert [*shown(found, "trimestre").values()] == [6, 0, 0, 7]


def test_delays_count_who_still_waits(rules, campaign):
    """
    Of 1 October: five answered in 4 days, one in 12, six open on 1 November; five of that day.

    Left without an answer: 12/17 the same day, 7/17 after 4 days, which is under half; a tenth is
    never reached. The ten days of twelve are over: five had their answer.
    """
    first = date(2020, 10, 1)
    known = rows(
        *[(first, 4)] * 5, (first, 12), *[(first, None)] * 6, *[(date(2020, 11, 1), 0)] * 5
    )

    found = heard(known, campaign, rules)

    assert (found.median.value, found.ninth.is_known) == (4, False)
    assert found.waiting.value == 6
    assert (found.within.count, found.within.n) == (5, 12)
    assert found.until == date(2020, 11, 1)


def test_working_days_leave_out_week_ends_and_holidays(rules, campaign):
    """From Tuesday 10 to Monday 16 November 2020, the 11th being a holiday: 12, 13, 16."""
    aim = rules.declared.delai.model_copy(update={"unite": "jours_ouvres"})
    working = replace(rules, declared=rules.declared.model_copy(update={"delai": aim}))

    found = heard(rows(*[(date(2020, 11, 10), 6)] * 5), campaign, working)

    assert (found.median.value, found.median.unit) == (3, "jours ouvrés")


def test_a_small_count_hides_another(rules, campaign):
    known = rows(*[(date(2020, 11, 2), 1)] * 9, *[(date(2020, 11, 2), 1, "fiche")] * 2,
                 *[(date(2020, 11, 2), 1, None)] * 7)  # fmt: skip

    found = heard(known, campaign, rules)

    told = found.tables["canal"]
    assert shown(found, "canal") == {"Courrier": 9}
    assert set(told.hidden) == {"Fiche à l’accueil", "Non précisé"}
    text = plain(display.register(found, rules.declared, "Évry").html)
    assert "Non comptés, pour que nul ne soit reconnu : fiche à l’accueil et non précisé." in text


def test_what_the_section_says(rules, campaign):
    first = date(2020, 10, 1)
    known = rows(
        *[(first, 4)] * 12, *[(first, 20, "fiche", None, "suggestion")] * 8, *[(first, None)] * 5,
        (date(2020, 11, 30), 0, "courrier"), *[(first, 2)] * 4,
    )  # fmt: skip

    found = heard(known, campaign, rules)
    section = display.register(found, rules.declared, "Évry")

    assert plain(section.title) == (
        "30 réclamations et suggestions : la moitié ont leur réponse en 4 jours au plus"
    )
    text = plain(" ".join(section.sentences))
    assert "22 réclamations et 8 suggestions." in text
    assert "le registre va jusqu’au 30 novembre 2020" in text
    assert "5 attendent encore, comptées pour le temps déjà passé." in text


def test_nothing_is_said_of_nothing_and_little_of_few(rules, campaign, reference):
    assert heard(rows(), campaign, rules) is None
    assert display.register(None, rules.declared, "Évry").is_left_out
    assert display.supporting(None, rules.declared, reference.standard).is_left_out
    assert display.across_sites({"Évry": None}, []).is_left_out
    few = heard(rows(*[(date(2020, 11, 2), 1)] * 4), campaign, rules)
    many = heard(rows(*[(date(2020, 11, 2), 1)] * 6), campaign, rules)

    section = display.register(few, rules.declared, "Évry")
    found = {"Évry": few, "Étampes": many}
    line = display.across_sites(found, site_totals(found))

    assert section.figures.empty
    assert "4" not in plain(section.html)
    assert display.changes(few, ["Un texte."], ["Un autre."]).is_left_out
    assert "trop peu pour être comptées à Évry et 6 à Étampes" in plain(line.title)


def test_what_proves_says_its_certainty(rules, campaign, reference):
    heard_by = {"engagement": "m1_dispositions", "article": "3.1"}
    declared = Complaints.model_validate(DECLARED | {"prouve": heard_by})
    found = heard(rows(*[(date(2020, 11, 2), 1)] * 6), campaign, rules)

    section = display.supporting(found, declared, reference.standard)

    text = plain(" ".join(section.sentences))
    assert "3.1 : Suggestions et réclamations recueillies" in text
    assert "(déduit de la source citée)" in text
    assert display.supporting(found, rules.declared, reference.standard).is_left_out


STATES = {"within": 3, "late": 20, "open": None, "new": 1, "waits": None}


@pytest.mark.lent
@example(sizes=(3, 3, 0, 0, 1))  # who came since the delay, by the total
@example(sizes=(3, 0, 0, 1, 4))  # nobody waits who had an answer in time: all know it
@example(sizes=(4, 1, 3, 0, 0))
@given(sizes=st.tuples(*[st.integers(0, 3)] * len(STATES)))
def test_no_state_of_few_is_told_or_given_back(rules, campaign, sizes):
    """
    Every number of each kind of complaint that agrees with what is told, tried one by one.

    Of each sum that a reader may want (who waits, who had an answer in time, late, since), what
    agrees is never one number under the threshold.
    """
    old, new = date(2020, 10, 1), date(2020, 12, 28)
    known = [
        (new if name in {"new", "waits"} else old, days)
        for (name, days), size in zip(STATES.items(), sizes, strict=True)
        for _ in range(size)
    ]
    known += [(date(2021, 1, 5), 0)]  # of another year: it says up to when the register goes
    found = heard(rows(*known), campaign, replace(rules, threshold=FEW))
    if found is None or not found.is_counted:
        return
    n = int(found.total.value)
    agreeing = []
    for a, b, c, e in product(range(n + 1), repeat=4):
        d = n - a - b - c - e
        if d < 0:
            continue
        if found.waiting is not None and c + e != found.waiting.value:
            continue
        if found.within is not None and (a, a + b + c) != (found.within.count, found.within.n):
            continue
        agreeing.append((a, b, c, d, e))
    sums = [(c + e, b + c, d + e, a, b, c, d, e) for a, b, c, d, e in agreeing]
    for values in zip(*sums, strict=True):
        assert len({*values}) > 1 or not 0 < values[0] < FEW


@given(st.lists(st.integers(0, 9), min_size=2, max_size=6), st.sampled_from(["canal", "sujet"]))
def test_no_count_of_few_is_told_or_given_back(rules, campaign, sizes, name):
    codes = {"canal": ["courrier", "fiche", "formulaire"], "sujet": [*rules.book.labels]}[name]
    codes = [*codes, None]
    sizes = sizes[: len(codes)]
    day = date(2020, 11, 2)
    told = [
        (day, 1, code, None) if name == "canal" else (day, 1, None, code)
        for code, size in zip(codes, sizes, strict=False)
        for _ in range(size)
    ]
    found = heard(rows(*told), campaign, rules)
    if found is None or not found.is_counted or name not in found.tables:
        return
    table = found.tables[name]
    left = found.total.value - sum(one.value for one in table.shown)
    assert all(not 0 < one.value < THRESHOLD for one in table.shown)
    assert len(table.hidden) != 1
    assert not table.hidden or left >= THRESHOLD
    assert f"{NBSP}" in display.register(found, rules.declared, "Évry").title
