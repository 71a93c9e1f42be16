"""The sheet for the staff: what is praised, what moved, what is waited for; nobody is named."""

import pytest

from qpref.display.staff import achieved, awaited, praised
from tests.sections import plain
from tests.unit.test_poster import moved, share, shares


@pytest.fixture(scope="module")
def questionnaire(reference):
    return reference.questionnaires["satisfaction-1"]


def rows(section):
    return [row.label for table in section.tables for row in table.rows]


def test_it_thanks_says_how_many_and_the_three_best(questionnaire):
    """160 of 200; the others 95, 90, 85, 60, 50 and 40 % of 200: three on each side."""
    found = shares(questionnaire, 160, 190, 180, 170, 120, 100, 80)
    section = praised(213, found, questionnaire)

    assert rows(section) == [one.label for one in found[1:4]]
    assert plain(section.sentences[0]).startswith(
        "213 usagers ont répondu. 80 % d’usagers satisfaits dans l’ensemble. Merci"
    )
    assert plain(section.title) == f"Ce qui satisfait le plus : « {found[1].label} » (95 %)"


def test_what_is_waited_for_is_told_of_the_whole_site(questionnaire):
    found = shares(questionnaire, 160, 190, 180, 170, 120, 100, 80)
    section = awaited(found, questionnaire)

    assert rows(section) == [one.label for one in (found[6], found[5], found[4])]
    assert "ni d’un guichet, ni d’une personne" in section.sentences[0]


def test_few_answers_name_no_topic(questionnaire):
    few = [share(question, 3, 8) for question in questionnaire.opinions]
    for section in (praised(1, few, questionnaire), awaited(few, questionnaire)):
        assert not section.tables
        assert "aucun sujet ne se détache" in section.title
    assert plain(praised(1, few, questionnaire).sentences[0]).startswith("1 usager a répondu.")


def test_a_measure_that_moves_is_no_proof(reference):
    """From 120 to 160 of 200 is better."""
    action = reference.plan.actions[0]
    section = achieved([(action, moved((160, 200), (120, 200)))])

    assert plain(section.sentences[0]).endswith("c’est mieux, de 60 à 80 %.")
    assert "ne prouve pas" in section.sentences[-1]
    assert achieved([]).is_left_out
