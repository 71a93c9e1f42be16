"""What a committee reads of all its sites: topics, changes together, questions, commitments."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from qpref.display import topics
from qpref.display.commitments import commitments
from qpref.display.discussion import Raised, questions
from qpref.display.joint import SiteTopics, points
from qpref.display.joint_changes import overall
from qpref.statistics.clusters import apart
from qpref.statistics.comparison import CHANGE, compare
from qpref.statistics.differences import difference
from qpref.statistics.measure import Measure
from qpref.statistics.shares import measured, share_interval
from qpref.statistics.stratified import together
from qpref.statistics.verdicts import bounds, judge
from tests.conftest import NIGHT
from tests.sections import plain


@pytest.fixture(scope="module")
def questionnaire(reference):
    return reference.questionnaires["satisfaction-1"]


@pytest.fixture(scope="module")
def asked(questionnaire):
    return [one for one in questionnaire.opinions if one.id != questionnaire.main]


def share(question, k, n):
    low, high = share_interval([k], [n])
    row = {"n": n, "satisfaits": k, "part": k / n, "bas": low[0], "haut": high[0]}
    return measured(row, key=question.id, label=question.texte_court, group="satisfaits")


def site(name, asked, *counts, n=200):
    return SiteTopics(name, [share(q, k, n) for q, k in zip(asked, counts, strict=False)], {})


# Topics


def test_what_all_sites_have_in_common_is_the_title(questionnaire, asked):
    """Both sites: the first question best, the second worst; the others change places."""
    found = [
        site("Nord", asked, 180, 80, 150, 140, 100),
        site("Sud", asked, 180, 40, 100, 120, 160),
    ]
    section = points(found, questionnaire)
    best, worst = asked[0].texte_court, asked[1].texte_court

    assert plain(section.title) == (
        f"Plaît le plus partout : « {best} » ; plaît le moins partout : « {worst} »"
    )
    assert f"Nord : plaît le plus, « {best} »" in section.sentences[0]


def test_topics_are_sorted_by_the_mean_of_the_sites_a_mark_each(questionnaire, asked):
    """90 and 50, 40 and 80, 75 and 25 %: means 70, 60, 50."""
    found = [site("Nord", asked, 180, 80, 150), site("Sud", asked, 100, 160, 50)]
    (table,) = points(found, questionnaire).tables

    assert [row.label for row in table.rows] == [asked[i].texte_court for i in (0, 1, 2)]
    assert [[dot.at for dot in row.dots] for row in table.rows] == [
        [0.9, 0.5], [0.4, 0.8], [0.75, 0.25]
    ]  # fmt: skip
    assert [plain(cell) for cell in table.rows[1].cells] == ["40 %", "80 %"]
    assert not table.legend


def test_one_site_alone_has_nothing_in_common_and_no_chart(questionnaire, asked):
    section = points([site("Nord", asked, 180, 80, 150)], questionnaire)

    assert section.title == "Ce qui satisfait, et ce qui déplaît"
    assert not section.tables


def test_a_site_of_few_answers_is_told_so_and_has_no_mark(questionnaire, asked):
    found = [site("Nord", asked, 180, 80, 150), site("Sud", asked, 3, 3, 3, n=5)]
    section = points(found, questionnaire)

    assert section.sentences[1] == "Sud : aucun sujet ne se détache, ou trop peu d’avis."
    assert "partout" not in section.title
    assert {len(row.dots) for row in section.tables[0].rows} == {1}


def test_beyond_a_chart_full_as_many_of_each_side(questionnaire, asked, monkeypatch):
    """Of 13 from 10 to 34 %, two of each side when eight fill the chart: nine are left."""
    monkeypatch.setattr(topics, "_MOST", 8)
    monkeypatch.setattr(topics, "_SIDE", 2)
    counts = [20 + 4 * rank for rank in range(13)]
    found = [site(name, asked, *counts) for name in ("Nord", "Sud")]
    (table,) = points(found, questionnaire).tables

    values = [int(row.cells[0].split("\u00a0")[0]) for row in table.rows]
    assert values == [34, 32, 12, 10]
    assert "9 autres questions" in plain(table.note)


# Changes of all sites together

YOUNG, OLD = ((8, 106), (5, 120)), ((22, 98), (16, 85))  # deaths, University Group Diabetes Program


def lines(now, before, question="q"):
    return compare(apart(*now), apart(*before), [question])


def test_the_difference_is_that_of_mantel_and_haenszel():
    """
    Weights 106·120/226 = 56.283 and 98·85/183 = 45.519; differences 0.033805 and 0.036255.

    (56.283·0.033805 + 45.519·0.036255) / 101.802 = 0.03490: 0.035 in Rothman, Modern Epidemiology.
    Standard error, one more of each: 9/108, 6/122, 23/100, 17/87: variances 0.00070731, 0.00038324,
    0.001771, 0.00180724; √(0.55287²·0.00109055 + 0.44713²·0.00357824) = 0.03237.
    """
    (row,) = together([lines(*YOUNG), lines(*OLD)]).to_dict("records")

    assert row["ecart"] == pytest.approx(0.0349, abs=5e-5)
    assert row["erreur"] == pytest.approx(0.03237, abs=1e-4)
    assert (row["n"], row["n_reference"]) == (204, 205)
    assert row["part"] - row["part_reference"] == pytest.approx(row["ecart"])


def test_a_site_that_grows_changes_nothing_by_itself():
    """90 % and 40 % at both campaigns, but five times as many at the second: shares added fall."""
    found = together([lines((90, 100), (90, 100)), lines((200, 500), (40, 100))])

    assert found["ecart"].iloc[0] == pytest.approx(0)


def test_what_a_single_site_compares_is_not_said_of_all():
    few = lines((4, 5), (50, 100))  # under ten: not compared

    assert together([lines(*YOUNG), few]).empty
    assert together([]).empty
    assert len(together([lines(*YOUNG), few, lines(*OLD)])) == 1


@pytest.mark.parametrize("sizes", [(30, 60, 200), (12, 12, 15)])
def test_when_nothing_changed_one_in_twenty_says_otherwise(sizes):
    draws = 20_000 if NIGHT else 2_000
    rng, tables = np.random.default_rng(7), []
    for n, true in zip(sizes, (0.5, 0.7, 0.95), strict=True):
        now, before = (rng.binomial(n, true, draws) / n for _ in range(2))
        tables.append(
            lines((1, 10), (1, 10)).loc[[0] * draws].assign(
                question=np.arange(draws).astype(str), n=n, n_reference=n, part=now,
                part_reference=before, ecart=now - before, taille=n, taille_reference=n,
                degres=np.inf,
            )
        )  # fmt: skip
    low, high = bounds(together(tables), 0.05)

    assert np.mean((low > 0) | (high < 0)) < 0.05 + 3 * (0.05 * 0.95 / draws) ** 0.5


def told(reference, main, *rows):
    judged = judge({CHANGE: pd.concat(rows, ignore_index=True)}, main)[CHANGE].to_dict("records")
    found = [difference(row, str(row["question"]).capitalize()) for row in judged]
    section = overall(found, main, reference.campaign("2019-11"))
    return plain(" | ".join([section.title, *section.sentences]))


def test_all_sites_together_are_told_in_words(reference):
    """60 to 80 % at both sites is a rise, 50 to 51 % is not established."""
    rose = together([lines((160, 200), (120, 200), "accueil")] * 2)
    still = together([lines((102, 200), (100, 200), "global")] * 2)
    text = told(reference, "global", rose, still)

    assert "satisfaction d’ensemble sans changement établi depuis" in text
    assert "Mieux pour « Accueil » (+20 points)." in text
    assert "Dans l’ensemble : +1 point (entre" in text
    assert "en hausse depuis" in told(reference, "accueil", rose, still)


def test_without_a_campaign_before_nothing_is_said_of_all():
    assert overall([], "global", None).is_left_out


# Questions


def test_results_are_asked_before_dates_and_the_same_thing_once():
    found = [
        Raised("echeance", "Le label ?", "Nord", "non"),
        Raised("deplait", "Que faire pour « Délai » ?", "Nord", "45 %", 0.45),
        Raised("deplait", "Que faire pour « Quai » ?", "Nord", "30 %", 0.30),
        Raised("deplait", "Que faire pour « Délai » ?", "Sud", "48 %", 0.48),
        Raised("recul", "Qu’est-ce qui explique le recul ?", "Sud", "−12 points", -0.12),
    ]
    (table,) = questions(found).tables

    assert [row.label for row in table.rows] == [
        "Qu’est-ce qui explique le recul ?", "Que faire pour « Délai » ?",
        "Que faire pour « Quai » ?", "Le label ?",
    ]  # fmt: skip
    assert table.rows[1].cells == ["Nord : 45 %\nSud : 48 %"]


def test_three_questions_of_a_kind_and_the_rest_is_counted():
    found = [Raised("deplait", f"Que faire pour {i} ?", "Nord", "x", i / 10) for i in range(5)]
    section = questions(found)

    assert [row.label for row in section.tables[0].rows] == [
        f"Que faire pour {i} ?" for i in range(3)
    ]
    assert "2 autres" in plain(" ".join(section.sentences))
    assert not questions([]).tables


def test_what_more_sites_ask_then_what_is_graver_comes_first():
    """45 % at two sites before 30 % at one, before 40 % at another."""
    found = [
        Raised("deplait", "Que faire pour « Site » ?", "Nord", "40 %", 0.40),
        Raised("deplait", "Que faire pour « Quai » ?", "Nord", "30 %", 0.30),
        Raised("deplait", "Que faire pour « Délai » ?", "Nord", "45 %", 0.45),
        Raised("deplait", "Que faire pour « Délai » ?", "Sud", "48 %", 0.48),
    ]

    assert [row.label for row in questions(found).tables[0].rows] == [
        "Que faire pour « Délai » ?", "Que faire pour « Quai » ?", "Que faire pour « Site » ?",
    ]  # fmt: skip


# Commitments


def states(*rows):
    names = ("unite", "module", "libelle", "etat", "echeance")
    return pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows], dtype=object)


def test_each_commitment_has_a_mark_at_each_site(reference):
    """Late the day after its due day, never once proved; what a site did not choose is told."""
    today = date(2021, 3, 1)
    north = states(
        ("a", 1, "Accueil", "prouve", date(2020, 1, 1)),
        ("b", 1, "Téléphone", "en_cours", date(2021, 2, 28)),
        ("c", 3, "Délai", "a_faire", date(2021, 3, 1)),
    )
    south = states(("c", 3, "Délai", "verifie", None), ("a", 1, "Accueil", "hors_perimetre", None))
    found = {"Nord": north, "Sud": south}
    (table,) = commitments(found, reference.standard, today).tables

    assert [(row.label, [str(cell) for cell in row.cells]) for row in table.rows] == [
        ("1. Accueil", ["preuve réunie", "non concerné"]),
        ("1. Téléphone", ["en retard", "non concerné"]),
        ("3. Délai", ["à faire", "preuve relue en audit"]),
    ]
    in_grey = {(sign.form, sign.colour == "none") for sign in table.signs}
    assert len(in_grey) == len(table.signs) == 5
    assert {str(sign) for sign in table.signs} == {c for row in table.rows for c in row.cells}


def test_the_page_of_a_site_counts_its_own(reference):
    found = {
        "Nord": states(("a", 1, "Accueil", "prouve", None), ("b", 1, "Écrits", "a_faire", None))
    }
    section = commitments(found, reference.standard, date(2021, 3, 1), "Nord")

    assert plain(section.title) == "1 sur 2 engagements prouvés, aucun module en entier"
    assert section.figures["valeur"].astype(int).tolist() == [1, 1]
    whole = {"Nord": found["Nord"].assign(etat="verifie")}
    title = commitments(whole, reference.standard, date(2021, 3, 1), "Nord").title
    assert "1 module en entier" in plain(title)


def test_all_sites_are_told_by_what_is_proved_at_each(reference):
    """
    Of three commitments, one is proved at both sites; one at the only site that chose it; the
    third at one of two.
    """
    north = states(
        ("a", 1, "Accueil", "prouve", None), ("b", 1, "Écrits", "verifie", None),
        ("c", 3, "Délai", "prouve", None),
    )  # fmt: skip
    south = states(
        ("a", 1, "Accueil", "verifie", None), ("b", 1, "Écrits", "hors_perimetre", None),
        ("c", 3, "Délai", "a_faire", None), ("d", 3, "Titres", "hors_perimetre", None),
    )  # fmt: skip
    section = commitments({"Nord": north, "Sud": south}, reference.standard, date(2021, 3, 1))

    assert plain(section.title) == "2 engagements prouvés partout où ils sont choisis, sur 4"
    assert plain(section.tables[0].note) == (
        "Lecture : « 1. Accueil », preuve réunie à Nord, preuve relue en audit à Sud. "
        "Champ : modules choisis. Source : suivi du label."
    )


@pytest.mark.parametrize(("count", "is_stacked"), [(3, False), (4, True)])
def test_numbers_of_four_sites_stand_above_the_marks(questionnaire, asked, count, is_stacked):
    found = [site(f"Site {n}", asked, 180, 80 + n, 150) for n in range(count)]
    (table,) = points(found, questionnaire).tables

    assert table.is_stacked is is_stacked
    assert plain(table.note).startswith(
        f"Lecture : 90 % pour « {asked[0].texte_court} ». Champ : avis exprimés, un rond par site."
    )


def test_a_measure_that_is_no_number_is_not_drawn(questionnaire, asked):
    known = site("Nord", asked, 180, 80, 150)
    hole = replace(known, shares=[Measure(key=asked[0].id, label="x", value=float("nan"))])

    assert all(len(row.dots) == 1 for row in points([known, hole], questionnaire).tables[0].rows)
