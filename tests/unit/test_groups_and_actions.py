"""Groups of users, and the plan of improvement followed from one campaign to the next."""

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest

from qpref.display.publics import publics
from qpref.display.technical import Adjusted, adjusted
from qpref.quality import groups
from qpref.quality.actions import contact_moves, moves, weak_criteria, without_action
from qpref.quality.answers import satisfaction
from qpref.reference import Action
from qpref.statistics.comparison import NOTHING
from qpref.statistics.contingency import rao_scott
from qpref.statistics.design import Design
from qpref.statistics.representativeness import half_day_effect, mode_effect
from qpref.workbook import ouvrir_satisfaction
from qpref.workbook.groups import Groups
from tests.conftest import copied
from tests.opinions import judged


@pytest.fixture(scope="module")
def questionnaire(reference):
    return reference.questionnaires["satisfaction-1"]


@pytest.fixture(scope="module")
def evry(filled):
    return ouvrir_satisfaction("evry", "2020-11", filled.root)


def test_opinions_are_ranks_by_visitor(questionnaire):
    items = pd.DataFrame(
        [
            ("r1", "global", "repondu", "tres_satisfait"),
            ("r1", "attente", "repondu", "pas_du_tout_satisfait"),
            ("r2", "global", "nsp", "nsp"),
            ("r2", "attente", "repondu", "plutot_satisfait"),
        ],
        columns=["reponse_id", "question", "etat", "modalite"],
    )
    found = groups.opinions(items, questionnaire)

    assert found.loc["r1", ["global", "attente"]].tolist() == [3, 0]
    assert pd.isna(found.loc["r2", "global"])
    assert found.loc["r2", "attente"] == 2


def test_groups_count_what_the_whole_counts(evry, questionnaire):
    """The same satisfied users, by motif or all together."""
    happy = groups.satisfied(evry.avis["global"], questionnaire, "global")
    reasons = evry.reponses.set_index(evry.reponses["reponse_id"].astype(str))["motif"]
    found = groups.count(happy, reasons, "global")
    whole = satisfaction(evry.items, questionnaire, [questionnaire.by_id[questionnaire.main]]).iloc[
        0
    ]

    assert found["n"].sum() == whole["n"]
    assert found["satisfaits"].sum() == whole["satisfaits"]


def test_the_upper_half_of_the_scale_is_at_ease(questionnaire):
    assert groups.digital_ease(questionnaire) == {
        "tres_a_l_aise": groups.AT_EASE,
        "plutot_a_l_aise": groups.AT_EASE,
        "peu_a_l_aise": groups.UNEASY,
        "pas_du_tout_a_l_aise": groups.UNEASY,
    }


def test_help_of_a_public_service_is_told_from_other_help(questionnaire):
    question, services = questionnaire.public_services
    items = pd.DataFrame(
        [
            ("r1", question, "point_numerique", "repondu", 1.0),
            ("r1", question, "proche", "repondu", 1.0),
            ("r2", question, "point_numerique", "repondu", 0.0),
            ("r2", question, "proche", "repondu", 1.0),
            ("r3", question, "proche", "non_reponse", None),
        ],
        columns=["reponse_id", "question", "option", "etat", "valeur"],
    )
    found = groups.public_help(items, services, question)

    assert found.to_dict() == {"r1": groups.HELPED, "r2": groups.NOT_HELPED}


@pytest.mark.parametrize(("n", "is_shown"), [(9, False), (10, True)])
def test_a_group_of_fewer_than_ten_opinions_has_no_figure(questionnaire, n, is_shown):
    counts = pd.DataFrame(
        {"question": "global", "groupe": ["particulier", "association"], "n": [90, n],
         "satisfaits": [70, n - 1]}
    )  # fmt: skip
    section = publics({"categories": counts}, judged(categories=NOTHING), questionnaire, 5)

    assert ("trop peu d’avis" in section.html) is not is_shown
    assert ("association" in set(section.figures["groupe"])) is is_shown


def test_few_half_days_tell_nothing_of_clustering():
    days = pd.Series([f"2020-11-{16 + i % 9} matin" for i in range(60)])
    found = half_day_effect(pd.Series([True, False] * 30), days)

    assert found.clusters == 9
    assert pd.isna(found.deff)


def test_answers_that_are_alike_within_half_days_are_worth_less():
    """10 half-days of 12 same answers: variance of 10 means, (1/4) · 10/9 / 10, over that of 120
    answers, (1/4) · 120/119 / 120."""
    days = pd.Series([f"jour {i // 12}" for i in range(120)])
    found = half_day_effect(pd.Series([i // 12 % 2 == 0 for i in range(120)]), days)

    assert found.deff == pytest.approx(12 * 10 / 9 * 119 / 120, rel=1e-9)


@pytest.mark.parametrize(
    ("modes", "is_tested"), [(["papier"] * 60, False), (["papier", "en_ligne"] * 30, True)]
)
def test_the_effect_of_mode_needs_two_modes(modes, is_tested):
    happy = pd.Series([i % 3 > 0 for i in range(60)])

    assert (mode_effect(happy, pd.Series(modes)) is not None) is is_tested


def test_the_effect_of_mode_knows_half_days():
    """Half-days of one mode and one opinion each: the test is Rao–Scott's, not a chi-square."""
    days = pd.Series([f"jour {i // 12}" for i in range(240)])
    happy = pd.Series([i // 12 % 4 > 0 for i in range(240)])
    modes = pd.Series(["papier" if i // 12 % 2 else "en_ligne" for i in range(240)])

    expected = rao_scott(Design(np.ones(240), clusters=days), modes, happy).p
    assert mode_effect(happy, modes, days) == pytest.approx(expected)
    assert mode_effect(happy, modes) != pytest.approx(expected, rel=0.1)


def action(**indicator):
    return Action(
        id="a", site="evry", campagne="2019-11", libelle="Essai", engagement="m1_accueil",
        pilote="référent", echeance=date(2020, 6, 1), indicateur=indicator, certitude="exemple",
        source="test",
    )  # fmt: skip


def test_an_action_judged_by_an_opinion_takes_the_verdict_of_its_question():
    found = judged(
        {"attente": (180, 200), "delai": (100, 200)},
        {"attente": (90, 150), "delai": (80, 150)},
        actions=NOTHING,
    )
    own = action(nature="satisfaction", question="attente")
    contacts = pd.DataFrame(columns=["canal", "critere", "n", "conformes"])

    assert moves([own], found)["verdict"].tolist() == ["mieux"]
    assert contact_moves([own], (contacts, contacts)).empty


def test_an_action_judged_by_contacts_compares_them():
    """18 of 20 after 8 of 20: Newcombe's interval goes from 21 to 71 points (statsmodels)."""
    now, before = (
        pd.DataFrame(
            {"canal": ["appel", "appel"], "critere": ["a", "b"], "n": 20, "conformes": [k, 3]}
        )
        for k in (18, 8)
    )
    own = action(nature="mystere", canal="appel", critere="a")
    found = contact_moves([own], (now, before))

    assert found["n"].tolist() == [20]
    assert found["ecart"][0] == pytest.approx(0.5)
    assert moves([own], judged(actions=found))["verdict"].tolist() == ["mieux"]


def test_an_action_without_measure_is_told_and_not_compared():
    """The previous campaign has no data: nothing to compare, nothing lost."""
    own = action(nature="satisfaction", question="attente")
    found = moves([own], judged(actions=NOTHING))

    assert found[["groupe", "verdict"]].to_numpy().tolist() == [["a", "non_compare"]]


@pytest.mark.lent
def test_a_report_without_the_previous_campaign_lists_its_actions(last_only):
    section = ouvrir_satisfaction("evry", "2020-11", last_only.root).actions()

    assert len(section.tables[0].rows) == 2
    assert "Trop peu d’avis pour comparer" in section.html
    assert "nan" not in section.html


@pytest.mark.parametrize(("high", "is_weak"), [(0.49, True), (0.5, False), (0.51, False)])
def test_a_criterion_is_weak_when_its_whole_interval_is_under_half(high, is_weak):
    table = pd.DataFrame({"critere": ["a"], "n": [20], "haut": [high]})

    assert (len(weak_criteria(table)) == 1) is is_weak


def test_a_priority_without_action_is_listed():
    own = action(nature="satisfaction", question="attente")

    assert without_action(["attente", "delai"], [own]) == ["delai"]


@pytest.mark.lent
def test_the_report_follows_the_actions_of_its_site(filled):
    texts = {
        site: ouvrir_satisfaction(site, "2020-11", filled.root).actions() for site in
        ("evry", "etampes", "palaiseau")
    }  # fmt: skip

    assert len(texts["evry"].tables[0].rows) == 2
    assert len(texts["etampes"].tables[0].rows) == 1
    assert "à écrire" in texts["palaiseau"].title


@pytest.mark.lent
def test_a_known_flow_narrows_every_interval_and_the_margin_alike(filled, tmp_path):
    """
    When the target is these visitors, in all reports and for both campaigns.

    1 649 passages for 213 answers: effective size 213 · 1648/1436 = 244. The margin is 0.98/√244,
    and 0.98/√213 without, both made larger as half-days make them.
    """
    aimed = copied(filled, tmp_path)
    path = aimed.reference / "campagnes.yml"
    text = path.read_text(encoding="utf-8")
    visitors, others = text.split("enquetes:\n")
    told = re.sub(r"(?m)^( *)debut:", r"\1cible: visiteurs\n\1debut:", visitors)
    path.write_text(f"{told}enquetes:\n{others}", encoding="utf-8")
    opened = [ouvrir_satisfaction("evry", "2020-11", one.root) for one in (filled, aimed)]

    def widths(found):
        tables = [parts for _, parts in found._asked.shares_by_campaign]
        return [(table["haut"] - table["bas"]).mean() for table in (found.parts, *tables)]

    plain, narrow = map(widths, opened)
    assert all(low < high for low, high in zip(narrow, plain, strict=True))
    assert narrow[0] == narrow[-1]
    wide, told = (100 * one._asked.largest_margin("2020-11").value for one in opened)
    assert wide > 100 * 0.98 / 213**0.5
    assert told == pytest.approx(wide * (213 / 244) ** 0.5, abs=0.05)
    before = 100 * opened[1]._asked.largest_margin("2019-11").value
    said = " ".join(opened[1].repondants().sentences).replace("\u00a0", " ")
    for margin in (told, before):
        assert f"± {margin:.1f} points".replace(".", ",") in said
    written = f"± {told:.1f} points".replace(".", ",")
    assert written in opened[1].ressemblance().sentences[0].replace("\u00a0", " ")
    for row in opened[1].parts.to_dict("records"):
        if row["n"] == 213:
            half = max(row["haut"] - row["part"], row["part"] - row["bas"])
            assert 100 * half <= round(told, 1) + 0.05


def test_weighting_says_why_when_it_cannot(filled):
    opened = ouvrir_satisfaction("evry", "2020-11", filled.root)
    opened._sources.__dict__["flow"] = opened.frequentation.head(0)

    assert "ne sont connus" in opened.resultats_ponderes().sentences[0]
    assert "invérifiable" in opened.ressemblance().title


@pytest.mark.parametrize(
    ("threshold", "told"),
    [
        (2, {"avec_aide", "sans_aide"}),
        (3, {"avec_aide", "sans_aide_ou_non_dit"}),
        (9, {"avec_aide", "sans_aide_ou_non_dit"}),
        (12, set()),
    ],
)
def test_neither_group_of_two_is_told_when_one_is_too_small(filled, threshold, told):
    """
    12 were helped and 9 were not, of 23 ill at ease, whom another line counts.

    The 2 who did not say would be counted by subtraction: with the 9, they are 11.
    """
    opened = ouvrir_satisfaction("etampes", "2019-11", filled.root)

    found = Groups(opened._asked, threshold).labels["aide"].dropna()

    assert set(found) == told


def test_a_model_without_result_says_why(reference):
    """Even when it was fitted: its shares are then the code of what prevents them."""
    questionnaire = reference.questionnaires["satisfaction-1"]
    section = adjusted(Adjusted("separes", object(), None, ["Nord"]), {}, [], questionnaire)

    assert section.title == "Comparaison à public égal : non établie"
    assert "Moins de" in section.sentences[0]
    assert "séparent certains avis" in section.sentences[1]
    assert section.tables == ()
