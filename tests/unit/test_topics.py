"""The chart of the first page: every question on one line, the best first, the former hollow."""

import pytest

from qpref.display.topics import topics
from qpref.statistics.differences import difference
from qpref.statistics.measure import Measure
from tests.opinions import judged


@pytest.fixture(scope="module")
def questionnaire(reference):
    return reference.questionnaires["satisfaction-1"]


@pytest.fixture(scope="module")
def campaigns(reference):
    return reference.campaign("2020-11"), reference.campaign("2019-11")


def share(question, count, n):
    few = "aucun_pourcentage" if n < 10 else "normal"
    return Measure(
        key=question.id,
        label=question.texte_court,
        n=n,
        count=count,
        value=count / n,
        low=max(count / n - 0.05, 0),
        high=min(count / n + 0.05, 1),
        reliability=few,
    )


def asked(questionnaire):
    return [one for one in questionnaire.opinions if one.id != questionnaire.main]


def test_the_best_is_first_and_what_is_too_few_is_last(questionnaire, campaigns):
    """40, 90 and 60 of 100, then 3 of 4: 90, 60, 40 %, and « trop peu d’avis »."""
    counts = ((40, 100), (90, 100), (3, 4), (60, 100))
    own = asked(questionnaire)[:4]
    found = [share(q, *count) for q, count in zip(own, counts, strict=True)]
    section = topics(found, {}, (campaigns[0], None), questionnaire)

    rows = section.tables[0].rows
    assert [row.label for row in rows] == [own[i].texte_court for i in (1, 3, 0, 2)]
    assert [row.cells for row in rows][-1] == ["trop peu d’avis"]
    assert [row.dots[-1].at for row in rows[:3]] == [0.9, 0.6, 0.4]
    assert not rows[-1].dots
    assert section.tables[0].headings == ["Question", "Satisfaits"]


def test_the_former_share_is_hollow_and_only_what_is_established_is_said(questionnaire, campaigns):
    """180 then 60 of 200 is a fall that chance does not explain; 100 then 104 is not."""
    own = asked(questionnaire)[:2]
    now = {own[0].id: (60, 200), own[1].id: (104, 200)}
    before = {own[0].id: (180, 200), own[1].id: (100, 200)}
    rows = judged(now, before, main=own[0].id)["evolution"].to_dict("records")
    moves = {row["question"]: difference(row) for row in rows}
    found = [share(q, *now[q.id]) for q in own]
    table = topics(found, moves, campaigns, questionnaire).tables[0]

    still, fell = table.rows
    assert fell.label == own[0].texte_court
    assert [(dot.at, dot.is_hollow) for dot in fell.dots] == [(0.9, True), (0.3, False)]
    assert fell.detail.startswith("Moins bien : −60\u00a0points")
    assert still.detail == ""
    assert [cell.replace("\u00a0", " ") for cell in fell.cells] == ["30 %", "90 %"]
    assert [words for _, words in table.legend] == [
        "moins bien qu’avant", "sans changement établi", "intervalle à 95 %", campaigns[1].libelle,
    ]  # fmt: skip
    assert "Lecture : 52 %" in table.note.replace("\u00a0", " ")


def test_beyond_twenty_questions_five_of_each_side(questionnaire, campaigns):
    """Of 26, shares from 10 to 60 %: the five best, the five worst, 16 below."""
    own = (asked(questionnaire) * 2)[:26]
    found = [share(q, 10 + 2 * rank, 100) for rank, q in enumerate(own)]
    section = topics(found, {}, (campaigns[0], None), questionnaire)

    values = [row.cells[0].replace("\u00a0", " ") for row in section.tables[0].rows]
    assert values == [f"{n} %" for n in (60, 58, 56, 54, 52, 18, 16, 14, 12, 10)]
    assert section.sentences[0] == (
        "Les 5 sujets les plus favorables et les 5 les moins favorables ; les 16 autres sont plus "
        "bas, thème par thème."
    )


def test_nothing_is_drawn_of_nobody(questionnaire, campaigns):
    found = [share(q, 2, 4) for q in asked(questionnaire)]
    section = topics(found, {}, (campaigns[0], None), questionnaire)

    assert section.tables == ()
    assert section.title == "Trop peu d’avis pour un pourcentage"
