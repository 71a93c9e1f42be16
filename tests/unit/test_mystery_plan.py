"""Plan of a mystery survey: balanced, repeatable, and read back without loss once filled in."""

import json
import os
import shutil
import subprocess
from datetime import date, datetime

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.cli import main
from qpref.errors import ReferenceFileError
from qpref.intake import Reception, receive
from qpref.intake.common import Counts
from qpref.quality.mystery_plan import ChannelPlan, plan_contacts
from qpref.quality.planning import open_days
from qpref.reference import load_reference
from tests.conftest import few_by_day

DAYS = open_days(date(2020, 10, 1), date(2020, 12, 31))


def plan(contacts, scenarios=3, shoppers=3, sites=3, seconds=0, seed=1):
    asked = ChannelPlan(contacts, [f"s{i}" for i in range(scenarios)], DAYS, seconds)
    names = [f"E{i}" for i in range(shoppers)]
    return plan_contacts([f"site{i}" for i in range(sites)], {"appel": asked}, names, seed)


@given(
    st.integers(1, 30), st.integers(1, 5), st.integers(2, 4), st.integers(1, 5), st.integers(0, 9)
)
def test_scenarios_half_days_and_shoppers_are_balanced(contacts, scenarios, shoppers, sites, seed):
    table = plan(contacts, scenarios, shoppers, sites, seed=seed)

    assert len(table) == contacts * sites
    assert not table["numero"].duplicated().any()
    for _, own in table.groupby("site"):
        for column, levels in (
            ("scenario", scenarios),
            ("demi_journee", 2),
            ("evaluateur", shoppers),
        ):
            counts = own[column].value_counts()
            assert counts.max() - (counts.min() if len(counts) == levels else 0) <= 1


def test_shoppers_meet_every_site_and_scenario():
    table = plan(9, scenarios=3, shoppers=3)

    assert (table.groupby(["site", "evaluateur"]).size() == 3).all()
    assert len(table.groupby(["evaluateur", "scenario"])) == 9


@given(st.integers(1, 12), st.data())
def test_nobody_judges_a_contact_twice(contacts, data):
    seconds = data.draw(st.integers(0, contacts))
    table = plan(contacts, seconds=seconds).set_index("numero")
    again = table.loc[table["double_de"].notna()]

    assert len(again) == 3 * seconds
    for row in again.itertuples():
        first = table.loc[row.double_de]
        assert row.evaluateur != first["evaluateur"]
        assert (row.site, row.scenario, row.date) == (
            first["site"],
            first["scenario"],
            first["date"],
        )


def test_the_same_seed_gives_the_same_plan():
    assert plan(9, seed=4).equals(plan(9, seed=4))
    assert not plan(9, seed=4).equals(plan(9, seed=5))


def test_contacts_are_spread_over_the_survey():
    table = plan(9, sites=1)
    places = sorted(DAYS.index(day) for day in table["date"])

    assert all(
        i * len(DAYS) // 9 <= place <= (i + 1) * len(DAYS) / 9 for i, place in enumerate(places)
    )


@pytest.mark.parametrize(
    "wrong", [{"shoppers": 0}, {"scenarios": 0}, {"seconds": 10}, {"shoppers": 1, "seconds": 1}]
)
def test_an_impossible_plan_is_refused(wrong):
    with pytest.raises(ValueError, match=r"shopper|scenario|judgements"):
        plan(9, **wrong)


def call(project, *arguments):
    return main(
        ["--racine", str(project.root), "plan-mystere", "--campagne", "2020-11", *arguments]
    )


@pytest.mark.lent
def test_a_plan_filled_in_is_read_without_loss(project, reference, tmp_path, capsys):
    """33 calls planned, 30 made: second judgements are aside, 3 contacts are told as not made."""
    target = tmp_path / "plan.xlsx"
    assert call(project, "--vers", str(target)) == 0
    assert "Appels téléphoniques : 33 ligne(s), dont 6 second(s) avis." in capsys.readouterr().out
    book = openpyxl.load_workbook(target)
    tab = book["Appels"]
    places = {cell.value: cell.column for cell in tab[5] if cell.value}
    planned = [row for row in range(6, 60) if tab.cell(row, places["N°"]).value]
    for row in planned[:-3]:
        values = {
            "Date": datetime(2020, 11, 17),
            "Abouti": "Oui",
            "Sonneries": 3,
            "Courtoisie": "Oui",
        }
        for heading, value in values.items():
            tab.cell(row, places[heading], value)
    book.save(target)
    outcome = receive(Reception(reference, reference.campaign("2020-11")), target)
    calls = outcome.tables["contacts_mysteres"]

    assert len(planned) == 33
    assert len(calls) == 30
    assert outcome.counts.quarantined == 0
    assert (calls["statut"] == "double").sum() == sum(
        bool(tab.cell(row, places["Second avis sur le n°"]).value) for row in planned[:-3]
    )
    rejects = outcome.tables["rejets"].query("code == 'non_realise' and feuille == 'Appels'")
    assert len(rejects) == 3


def test_a_plan_not_begun_has_no_contact(project, reference):
    assert call(project) == 0
    path = project.root / "data" / "brut" / "plan_mystere_2020-11.xlsx"
    outcome = receive(Reception(reference, reference.campaign("2020-11")), path)

    assert outcome.counts == Counts(84, 0, 84, 0)
    assert set(outcome.tables["rejets"]["code"]) == {"non_realise"}


def test_the_plan_as_json(project, capsys):
    code = call(project, "--json", "--site", "evry", "--evaluateur", "A", "--evaluateur", "B")
    content = json.loads(capsys.readouterr().out)

    assert code == 0
    assert {row["site"] for row in content["contacts"]} == {"evry"}
    assert {row["evaluateur"] for row in content["contacts"]} == {"A", "B"}
    assert len(content["contacts"]) == 2 + 9 + 3 + 10 + 1 + 1 + 2


def test_one_shopper_cannot_give_second_judgements(project, capsys):
    assert call(project, "--evaluateur", "A") == 2
    assert "second évaluateur" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("courrier: 3, courriel", "courrier: -3, courriel", "trop petite"),
        ("seconds_avis: {visite: 1", "seconds_avis: {visite: 5", "plus de seconds avis"),
        ("source: gazette2016", "source: ailleurs", "« ailleurs » est inconnu"),
    ],
)
def test_a_mistake_in_the_protocol_is_named(project, before, after, said):
    path = project.reference / "mystere.yml"
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")

    with pytest.raises(ReferenceFileError, match=said):
        load_reference(project.reference)


OFFICE = shutil.which("soffice")


@pytest.mark.skipif(
    OFFICE is None and not os.environ.get("CI"), reason="LibreOffice n’est pas installé"
)
@pytest.mark.lent
@pytest.mark.parametrize("suffix", few_by_day(["xlsx", "ods"], 1))
def test_a_plan_saved_by_libreoffice_is_read_the_same(project, reference, tmp_path, suffix):
    """The grid filled in, opened and saved again by LibreOffice: same contacts, same judgements."""
    path = tmp_path / "plan.xlsx"
    assert call(project, "--vers", str(path)) == 0
    book = openpyxl.load_workbook(path)
    for name, day in (("Appels", "Date"), ("Courriels", "Date"), ("Visites", "Date")):
        tab = book[name]
        places = {cell.value: cell.column for cell in tab[5] if cell.value}
        for row in range(6, 14):
            tab.cell(row, places[day], datetime(2020, 11, 17))
            tab.cell(row, places["Bien orienté"], "Oui" if row % 2 else "En partie")
            tab.cell(row, places["Commentaire"], "ligne 1 ; « été »")
    book.save(path)
    command = [
        OFFICE, "--headless", f"-env:UserInstallation={(tmp_path / 'profil').as_uri()}",
        "--convert-to", suffix, "--outdir", str(tmp_path / "repris"), str(path),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    setting = Reception(reference, reference.campaign("2020-11"))
    first, again = (
        receive(setting, source) for source in (path, tmp_path / "repris" / f"plan.{suffix}")
    )

    assert first.counts == again.counts
    assert first.counts.kept + first.counts.set_aside > 20
    for table, columns in (
        ("contacts_mysteres", ["canal", "site", "envoye_le", "scenario", "evaluateur", "statut"]),
        ("visites_mysteres", ["critere", "etat", "reponse"]),
    ):
        ours, theirs = (outcome.tables[table][columns] for outcome in (first, again))
        pd.testing.assert_frame_equal(ours, theirs)
