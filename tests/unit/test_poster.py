"""The poster: four lines that are true from three metres, and what actions achieved."""

import pytest

from qpref.display.poster import decided, lines, months
from qpref.quality.monthly import follow_months
from qpref.reference import Monthly
from qpref.statistics.differences import difference
from qpref.statistics.shares import measured, share_interval
from tests.opinions import judged
from tests.sections import plain
from tests.unit.test_monthly_sections import CALLS, DELAY, declared, readings


@pytest.fixture(scope="module")
def questionnaire(reference):
    return reference.questionnaires["satisfaction-1"]


def share(question, k, n):
    low, high = share_interval([k], [n])
    row = {"n": n, "satisfaits": k, "part": k / n, "bas": low[0], "haut": high[0]}
    return measured(row, key=question.id, label=question.texte_court, group="satisfaits")


def told(section):
    return [plain(f"{one.value} {one.meaning}") for one in section.key_figures]


def moved(now, before, question="global"):
    (row,) = judged({question: now}, {question: before}, main=question)["evolution"].to_dict(
        "records"
    )
    return difference(row)


def shares(questionnaire, *counts):
    asked = [questionnaire.by_id[questionnaire.main]]
    asked += [one for one in questionnaire.opinions if one.id != questionnaire.main]
    return [share(q, k, 200) for q, k in zip(asked, counts, strict=False)]


def test_four_lines_say_how_many_how_satisfied_the_best_and_the_worst(questionnaire):
    """160 of 200; the others 90, 40 and 75 %."""
    found = shares(questionnaire, 160, 180, 80, 150)
    section = lines(213, found, None, None, questionnaire)

    assert told(section) == [
        "213 usagers ont répondu. Merci.",
        "80 % d’usagers satisfaits dans l’ensemble",
        f"90 % {found[1].label} : ce qui vous satisfait le plus",
        f"40 % {found[2].label} : ce qui vous satisfait le moins",
    ]


def test_a_change_is_only_said_when_it_is_established(questionnaire, reference):
    """120 then 160 of 200 is a rise; 158 then 160 is not."""
    before = reference.campaign("2019-11")
    found = shares(questionnaire, 160)
    rise, still = moved((160, 200), (120, 200)), moved((160, 200), (158, 200))

    assert told(lines(200, found, rise, before, questionnaire))[1].endswith(
        f", 60 % en {before.libelle}"
    )
    assert told(lines(200, found, still, before, questionnaire))[1].endswith("dans l’ensemble")


def test_few_answers_give_no_best_and_no_worst(questionnaire):
    found = [share(q, 3, 8) for q in questionnaire.opinions]

    assert len(lines(8, found, None, None, questionnaire).key_figures) == 2
    assert "1 usager a répondu" in told(lines(1, [], None, None, questionnaire))[0]


def test_an_action_says_what_it_achieved_and_no_more(reference):
    """60 to 80 % of 200 is better, 80 to 60 % worse, 79 to 80 % no progress yet; 3 is too few."""
    action = reference.plan.actions[0]
    found = [moved(now, before) for now, before in (
        ((160, 200), (120, 200)), ((120, 200), (160, 200)), ((160, 200), (158, 200)),
    )]  # fmt: skip
    section = decided([(action, move) for move in found])

    assert [plain(text).partition(" : ")[2] for text in section.sentences] == [
        "c’est mieux, de 60 à 80 %.",
        "c’est moins bien, de 80 à 60 %.",
        "pas encore de progrès établi, de 79 à 80 %.",
    ]
    unknown = difference({"verdict": "non_compare"})
    assert "pas encore mesuré" in decided([(action, unknown)]).sentences[0]
    assert decided([]).sentences == ()


def test_the_hall_is_shown_the_last_month_of_what_was_chosen():
    """90 of 100, then 75 of 100: the last month is 75 %."""
    found = follow_months(readings("appels", [90, 75], size=100), declared(), "evry")

    assert told(months(found)) == ["75 % Appels décrochés, août 2019"]
    assert months([]).is_left_out


def test_a_second_figure_for_the_poster_is_refused():
    two = [CALLS | {"affiche": True}, DELAY | {"affiche": True}]

    with pytest.raises(ValueError, match="« delai » : l’affiche n’en montre que 1"):
        Monthly.model_validate({"indicateurs": two})


def test_nothing_is_said_of_decisions_that_nobody_follows():
    assert decided([]).is_left_out
