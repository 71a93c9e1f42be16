"""Contacts that a second shopper judged: counted once, compared, told."""

import re

import openpyxl
import pandas as pd
import pytest

from qpref import template
from qpref.display.agreement import agreements
from qpref.intake import Reception, receive
from qpref.intake.common import Counts
from qpref.quality.mystery import MysterySurvey, compliance, contacts_by_channel
from qpref.statistics.agreement import double_judgement, judged_twice
from qpref.workbook import ouvrir_enquete_mystere


@pytest.fixture
def outcome(tmp_path, reference):
    """Two calls, the first judged again, by another shopper who is harder to please."""
    setting = Reception(reference, reference.campaign("2020-11"))
    path = tmp_path / "m.xlsx"
    path.write_bytes(
        template.mystery_template(reference.grid, setting.campaign, [reference.site("evry")])
    )
    book = openpyxl.load_workbook(path)
    tab = book["Appels"]
    places = {cell.value: cell.column for cell in tab[5] if cell.value}
    common = {"Site": "Évry", "Date": "17/11/2020", "Abouti": "Oui", "Sonneries": 3}
    common |= {"Bien orienté": "Oui", "Agent identifiable": "Non"}
    rows = [
        {"N°": 1, "Évaluateur": "E1", "Courtoisie": "Oui"},
        {"N°": 2, "Évaluateur": "E2", "Courtoisie": "Oui"},
        {"N°": 3, "Évaluateur": "E3", "Courtoisie": "Non", "Second avis sur le n°": 1},
    ]
    for line, row in enumerate(rows, start=6):
        for heading, value in (common | row).items():
            tab.cell(line, places[heading], value)
    book.save(path)
    return receive(setting, path)


def test_a_second_judgement_is_kept_out_of_the_results(outcome, reference):
    contacts, judged = (outcome.tables[n] for n in ("contacts_mysteres", "visites_mysteres"))
    calls = contacts_by_channel(contacts, reference.grid).set_index("canal").loc["appel"]
    met = compliance(MysterySurvey(contacts, judged, reference.grid, reference.standard))

    assert outcome.counts == Counts(3, 2, 1, 0)
    assert (calls["realises"], calls["retenus"], calls["exclus"]) == (2, 2, 0)
    row = met.set_index(["canal", "critere"]).loc["appel", "courtoisie"]
    assert (row["conformes"], row["n"]) == (2, 2)


def test_judgements_of_both_are_paired(outcome):
    found = judged_twice(
        outcome.tables["contacts_mysteres"], outcome.tables["visites_mysteres"]
    ).set_index("critere")

    assert len(set(found["contact_id"])) == 1
    assert (found.loc["courtoisie", "premier"], found.loc["courtoisie", "second"]) == ("oui", "non")
    assert (found.loc["orientation", ["premier", "second"]] == "oui").all()


def test_the_section_counts_first(outcome, reference):
    """Three criteria judged by both, two alike."""
    table = judged_twice(outcome.tables["contacts_mysteres"], outcome.tables["visites_mysteres"])
    section = agreements(table, reference.grid)
    text = section.html.replace("\u00a0", " ")

    assert section.title.replace("\u00a0", " ") == "Deux évaluateurs d’accord 2 fois sur 3"
    assert "0 sur 1" in text
    assert "nan" not in text


def test_no_second_judgement_says_so(reference):
    section = agreements(pd.DataFrame(columns=["contact_id"]), reference.grid)

    assert "n’est donc pas connu" in section.sentences[0]


@pytest.mark.lent
def test_the_example_has_contacts_judged_twice(filled):
    section = ouvrir_enquete_mystere("evry", "2020-11", filled.root).accord()

    assert "deux évaluateurs" in section.title.lower()
    assert section.figures["n"].sum() > 10
    assert section.figures["valeur"].between(0, 1).all()


def test_national_figures_are_context_with_their_source(filled, reference):
    section = ouvrir_enquete_mystere("etampes", "2019-11", filled.root).reperes()
    text = section.html.replace("\u00a0", " ")

    assert len(section.tables[0].rows) == len(reference.standard.reperes)
    assert "52 %" in text
    assert "7,2 sur 10" in text
    assert "modernisation.gouv.fr" in text
    assert "à confirmer" in text
    assert "class" not in " ".join(section.sentences)


def test_agreement_is_told_on_the_whole_and_by_criterion(outcome):
    """Courtesy differs; orientation and the agent's name are judged alike: 2 of 3."""
    table = judged_twice(outcome.tables["contacts_mysteres"], outcome.tables["visites_mysteres"])
    found = double_judgement(table)
    measure = found.by_criterion["courtoisie"].measure("courtoisie", "Accueil courtois")

    assert (found.contacts, found.whole.same, found.whole.n) == (1, 2, 3)
    assert (measure.count, measure.n, measure.value) == (0, 1, 0)
    assert measure.reliability == "aucun_pourcentage"


def twice(first, second):
    return pd.DataFrame(
        {"contact_id": range(len(first)), "canal": "visite", "critere": "courtoisie",
         "premier": first, "second": second}
    )  # fmt: skip


def test_a_judgement_next_to_the_other_counts_for_more_than_the_opposite(reference):
    """
    « En partie » used: kappa with linear weights beside the plain one.

    Ten contacts, 4 oui–oui, 4 non–non, 2 oui–partiel: observed 8/10 + 2/10 · 0.5 = 0.9; by chance
    rows (6, 0, 4), columns (4, 2, 4): (24 + 16 + 0.5 · (12 + 8)) / 100 = 0.5; (0.9 − 0.5) / 0.5.
    """
    table = twice(["oui"] * 6 + ["non"] * 4, ["oui"] * 4 + ["partiel"] * 2 + ["non"] * 4)
    said = " ".join(agreements(table, reference.grid).sentences)

    assert "(« oui », « en partie » et « non »)" in said
    assert re.search(r"le kappa vaut 0,80 \(entre 0,\d+ et 1,00\)", said)


def test_the_order_is_not_spoken_of_when_two_levels_only_are_used(reference):
    table = twice(["oui", "non", "oui"], ["oui", "non", "non"])

    assert "ordre" not in " ".join(agreements(table, reference.grid).sentences)


def test_few_ordered_judgements_have_no_interval(reference):
    table = twice(["oui", "partiel", "non"], ["oui", "non", "non"])
    said = " ".join(agreements(table, reference.grid).sentences)

    assert "sans intervalle : trop peu de jugements" in said
