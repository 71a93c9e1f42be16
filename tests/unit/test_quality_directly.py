"""Rules of `quality` on data of a few lines, each expected value worked out by hand."""

import pandas as pd
import pytest

from qpref.errors import UsageError
from qpref.quality.choice import _spread
from qpref.quality.coding import _Lexicon, _line, sounds
from qpref.quality.crosstab import crosstab
from qpref.quality.handmade import _as_shares
from qpref.quality.individuals import columns
from qpref.quality.nonresponse import _rates
from qpref.questions import PERSONAL, Answer


def test_an_interval_has_two_bounds():
    assert _spread("age", "Âge", (5, 10), int).between == (5, 10)
    assert _spread("age", "Âge", (5, None), int).between == (5, None)
    for wanted in ((5,), (5, 10, 15)):
        with pytest.raises(UsageError, match=f"deux bornes, ici {len(wanted)}"):
            _spread("age", "Âge", wanted, int)


def test_no_column_holds_what_names_a_visitor_or_is_written_freely(reference):
    for asked in reference.questionnaires.values():
        found = [one.question for one in columns(asked).values()]
        assert found
        assert not [q.id for q in found if q.role in {"site", "date", "numero", PERSONAL}]
        assert not [q.id for q in found if q.kind.answer is Answer.TEXT]


def test_those_who_did_not_answer_are_those_approached_without_the_answers():
    """Of 20 and 30, all but 2 and 3 answered: fewer than 5 refused, no rate tells of them."""
    log = pd.DataFrame({"jour": [0, 1], "complets": [18, 27], "eligibles": [20, 30]})
    names = {0: "lundi", 1: "mardi"}

    assert _rates(log, "jour", names, 5) == []
    told = _rates(log, "jour", names, 2)
    assert [(one.label, one.count, one.n) for one in told] == [("lundi", 18, 20), ("mardi", 27, 30)]


def test_a_word_is_found_each_time_and_two_words_only_together():
    line = _line(sounds("attente guichet puis attente téléphone"))

    assert _Lexicon(["attente"]).find(line) == [(0, 1), (3, 4)]
    assert _Lexicon(["guichet + téléphone"]).find(line) == [(1, 2), (4, 5)]
    assert _Lexicon(["guichet + courrier"]).find(line) == []


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("part", [0.25, 1.0], [0.25, 1.0]),
        ("en %", [25.0, 100.0], [0.25, 1.0]),
        ("en %", [25.0, 120.0], None),
        ("note", [3.0, 4.0], None),
        ("en %", [float("nan")], None),
    ],
)
def test_a_column_of_shares_is_known_by_its_bounds(name, values, expected):
    found = _as_shares(pd.Series(values, name=name))

    assert (found if found is None else [*found]) == expected


def test_boxes_are_weighted_first_and_counted_beside():
    """Four visitors, weights 1, 1, 1 and 3: a box ticked by the last two weighs 4, and counts 2."""
    people = ["a", "b", "c", "d"]
    answers = pd.DataFrame(
        {"un": ["non", "non", "oui", "oui"], "deux": ["oui", "non", "oui", "non"]}, index=people
    )
    weights = pd.Series([1.0, 1.0, 1.0, 3.0], index=people)

    found = crosstab(pd.DataFrame(index=people), answers, 0, weights)
    plain = crosstab(pd.DataFrame(index=people), answers, 0)

    weighed, counted = (table.iloc[-1].to_list() for table in vars(found).values())
    assert weighed == [4.0, 2.0, 6.0]
    assert counted == [2.0, 2.0, 4.0]
    assert [table.iloc[-1].to_list() for table in vars(plain).values()] == [counted, counted]
