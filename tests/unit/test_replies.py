"""Marks, numbers, days and boxes of a few visitors, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from qpref.quality import replies
from qpref.reference import Question
from qpref.reference.question import Option
from qpref.statistics.measure import DIFFERENCE
from qpref.statistics.shares import share_interval
from tests.visitors import day


def asked(kind, **more):
    words = {"id": "q", "theme": "t", "texte": "Question ?", "texte_court": "Conseil"}
    return Question.model_validate({**words, "type": kind, **more})


def given(*values, option="", first=0):
    """Answers to the question by as many visitors; a state says why there is none."""
    return pd.DataFrame(
        [
            {"reponse_id": f"r{first + rank}", "question": "q", "option": option,
             "etat": one if isinstance(one, str) else "repondu",
             "valeur": np.nan if isinstance(one, str) else float(one)}
            for rank, one in enumerate(values)
        ]
    )  # fmt: skip


def other(items):
    """The same answers, to another question."""
    return items.assign(question="autre")


def test_numbers_are_those_of_the_question_that_were_given():
    """5, 10 and 7.5 are 7.5 on average and in the middle; half of them between 6.25 and 8.75."""
    items = pd.concat([given(5, 10, "nsp", 7.5, 5), other(given(99, 99))], ignore_index=True)
    question = asked("nombre", unite="minutes")
    found = replies.numbers(items.iloc[[0, 1, 2, 3]], question)

    assert replies.values(items, question).tolist() == [5, 10, 7.5, 5]
    assert (found.median.value, found.median.low, found.median.high) == (7.5, 6.25, 8.75)
    assert (found.mean.value, found.mean.n, found.mean.unit) == (7.5, 3, "minutes")
    # t(0.975, 2) = 4.303, s = 2.5: 4.303 × 2.5 / √3 = 6.21; numbers have no bounds.
    assert found.mean.low == pytest.approx(7.5 - 6.21, abs=0.01)
    assert found.mean.high == pytest.approx(7.5 + 6.21, abs=0.01)
    assert replies.numbers(items, question).counts == [(5, 2), (7.5, 1), (10, 1)]
    assert [(p.group, p.count, p.n) for p in replies.numbers(items, question).parts] == [
        ("5", 2, 4), ("7.5", 1, 4), ("10", 1, 4),
    ]  # fmt: skip
    assert replies.numbers(items, asked("nombre")).unit == "nombre"


def test_a_mark_stays_between_its_bounds_and_costs_what_half_days_cost():
    """Marks of 0 and 20 have 10 on average; their interval would pass both bounds."""
    items, question = given(0, 20), asked("note", minimum=0, maximum=20)
    mean = replies.numbers(items, question).mean

    assert (mean.value, mean.low, mean.high, mean.unit) == (10, 0, 20, "note sur 20")
    many = given(*[9, 11] * 50)
    plain, dear = (replies.numbers(many, question, cost).mean for cost in (1.0, 4.0))
    assert dear.high - dear.value == pytest.approx(2 * (plain.high - plain.value))
    nobody = replies.numbers(other(items), question)
    assert (nobody.mean.n, nobody.mean.low, nobody.counts) == (0, None, [])


def test_a_mark_of_recommendation_makes_promoters_and_detractors():
    """9 and 10 for, 0 to 6 against: of 0, 6, 7, 8, 9 and 10, a third each, and 0 of net score."""
    marks = [0, 6, 7, 8, 9, 10]
    items, question = given(*marks, "nsp"), asked("note", nps=True)
    found = replies.told(items, question)

    assert found[""].tolist() == marks
    assert found[replies.NET].tolist() == [-1, -1, 0, 0, 1, 1]
    assert list(replies.told(items, asked("note")).columns) == [""]
    assert len(replies.told(other(items), question)) == 0
    kinds = replies.kinds(pd.Series([*marks, np.nan]))
    assert kinds.tolist()[:6] == ["detracteur"] * 2 + ["passif"] * 2 + ["promoteur"] * 2
    assert pd.isna(kinds.iloc[6])
    score = replies.recommended(items, question)
    assert (score.score.value, score.score.n, score.score.unit) == (0, 6, DIFFERENCE)
    assert [(one.group, one.count, one.n) for one in score.parts] == [
        ("promoteurs (9 et 10)", 2, 6), ("passifs (7 et 8)", 2, 6), ("détracteurs (0 à 6)", 2, 6),
    ]  # fmt: skip
    many = given(*marks * 20)
    plain, dear = (replies.recommended(many, question, cost).score for cost in (1.0, 4.0))
    assert dear.high - dear.low > 1.5 * (plain.high - plain.low)


BOXES = asked(
    "multiple",
    options=[Option(code=code, libelle=code.upper()) for code in "abcdef"],
)


def ticked(box, yes, no):
    return given(*[1] * yes, *[0] * no, option=box)


def test_a_box_ticked_or_left_by_few_is_not_told():
    """From one to four on either side is few; nobody and everybody are told, and so are five."""
    items = pd.concat(
        [ticked("a", 4, 16), ticked("b", 5, 15), ticked("c", 0, 20), ticked("d", 16, 4),
         ticked("e", 15, 5)]
    )  # fmt: skip
    found = replies.ticks(items, BOXES, 5, {"b": 4.0})

    assert found.n == 20
    assert [one and (one.group, one.label, one.count, one.n) for one in found.boxes] == [
        None, ("b", "B", 5, 20), ("c", "C", 0, 20), None, ("e", "E", 15, 20), ("f", "F", 0, 0),
    ]  # fmt: skip
    _, b, c, _, e, f = found.boxes
    assert (b.value, c.value, e.value) == (0.25, 0, 0.75)
    assert np.isnan(f.value)
    for one, cost in ((b, 4.0), (e, 1.0)):
        (low,), (high,) = share_interval([one.count], [20], cost=cost)
        assert (one.low, one.high) == (low, high)
    everyone = replies.ticks(ticked("a", 20, 0), BOXES, 5, {})
    assert everyone.boxes[0].value == 1
    assert replies.ticks(other(items), BOXES, 5, {}).n == 0


def test_the_base_of_boxes_is_the_largest_of_theirs():
    items = pd.concat([ticked("a", 9, 9), ticked("b", 6, 6)])

    assert replies.ticks(items, BOXES, 5, {}).n == 18


def test_days_are_told_by_month_in_order_when_they_are_not_few():
    """Five of November and six of December 2020; four of January are few; all are the base."""
    december, january = day("2020-12-31"), day("2021-01-01")
    items = given(*[december] * 6, *[day("2020-11-01")] * 5, *[january] * 4, "nsp")
    found = replies.months(items, asked("date"), 5)

    assert [one and (one.group, one.count, one.n) for one in found] == [
        ("2020-11", 5, 15), ("2020-12", 6, 15), None,
    ]  # fmt: skip
