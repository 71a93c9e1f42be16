"""Answers counted by group, on a few visitors whose counts are done by hand."""

import numpy as np
import pandas as pd
import pytest

from qpref.quality.crosstab import Crosstab, answers_to, crosstab
from qpref.quality.individuals import columns
from qpref.statistics.disclosure import TOTAL
from tests.visitors import ASKED, four

KNOWN = columns(ASKED)
# Women: one young says yes, one old says no; men: two young say yes, an old one does not answer.
BY = pd.DataFrame({"sexe": [*"ffhhh"], "age": [*"jvjjv"]})
SAID = pd.DataFrame({"q": ["oui", "non", "oui", "oui", None]})


def told(table):
    """The cells of a table of counts, by group and answer, the missing ones as « ? »."""
    return {
        "".join(key) if isinstance(key, tuple) else key: [
            "?" if np.isnan(one) else one for one in row
        ]
        for key, row in zip(table.index, table.to_numpy().tolist(), strict=True)
    }


def test_answers_are_counted_by_two_variables_and_their_totals():
    found = crosstab(BY, SAID, 0)

    assert list(found.counts.columns) == ["non", "oui", TOTAL]
    assert told(found.counts) == {
        "fj": [0, 1, 1], "fv": [1, 0, 1], "ftotal": [1, 1, 2],
        "hj": [0, 2, 2], "hv": [0, 0, 0], "htotal": [0, 2, 2],
        "totalj": [0, 3, 3], "totalv": [1, 0, 1], "totaltotal": [1, 3, 4],
    }  # fmt: skip
    assert not found.is_weighted
    assert found.everyone == (TOTAL, TOTAL)
    assert sorted(found.groups) == [("f", "j"), ("f", "v"), ("h", "j")]
    assert found.answers == ["non", "oui"]


def test_without_a_variable_all_visitors_are_one_row_and_nobody_is_none():
    alone = crosstab(BY[[]], SAID, 0)
    nobody = crosstab(BY.iloc[4:], SAID.iloc[4:], 0)

    assert told(alone.counts)[TOTAL] == [1, 3, 4]
    assert alone.everyone == (TOTAL,)
    assert told(nobody.counts) == {TOTAL * 2: [0]}
    assert nobody.answers == nobody.groups == []


def test_levels_together_cross_the_other_variables():
    found = crosstab(BY, SAID, 0)

    assert told(found.of(["f"]).counts) == {"j": [0, 1, 1], "v": [1, 0, 1], TOTAL: [1, 1, 2]}
    assert told(found.of(["f", "h"]).counts) == {"j": [0, 3, 3], "v": [1, 0, 1], TOTAL: [1, 3, 4]}
    assert not found.of(["f"]).is_weighted
    heavy = crosstab(BY, SAID, 0, pd.Series([3.0, 1.0, 2.0, 1.0, 1.0])).of(["h", "f"])
    assert told(heavy.counts) == {"j": [0, 6, 6], "v": [1, 0, 1], TOTAL: [1, 6, 7]}
    assert told(heavy.visitors) == {"j": [0, 3, 3], "v": [1, 0, 1], TOTAL: [1, 3, 4]}


def test_levels_together_are_what_the_others_leave_when_one_of_them_is_hidden():
    """26 in all, 12 of them in h: f and g are 14 together, though neither is told by answer."""
    index = pd.MultiIndex.from_tuples([("f",), ("g",), ("h",), (TOTAL,)])
    hidden = pd.DataFrame(
        {"o": [np.nan, np.nan, 10.0, 18.0], "n": [np.nan, np.nan, 2.0, 8.0],
         TOTAL: [6.0, 8.0, 12.0, 26.0]}, index,
    )  # fmt: skip
    found = Crosstab(hidden, hidden)

    assert told(found.of(["f", "g"]).counts) == {TOTAL: [8, 6, 14]}
    assert told(found.of(["f"]).counts) == {TOTAL: ["?", "?", 6]}
    assert told(found.of(["f", "h"]).counts) == {TOTAL: ["?", "?", 18]}
    assert told(Crosstab(hidden * 2, hidden).of(["f"]).counts) == {TOTAL: ["?", "?", 12]}


def test_a_count_is_a_share_of_its_row_of_its_column_or_of_all():
    """Four women, a hidden number of whom said yes; nobody in the third row."""
    index = pd.MultiIndex.from_tuples([("f",), ("h",), ("x",), (TOTAL,)])
    counts = pd.DataFrame(
        {"oui": [np.nan, 3.0, 0.0, 8.0], "non": [1.0, 1.0, 0.0, 2.0],
         "nsp": [0.0, 0.0, 0.0, 0.0], TOTAL: [4.0, 4.0, 0.0, 10.0]}, index,
    )  # fmt: skip
    found = Crosstab(counts, counts)

    assert told(found.shares("ligne")) == {
        "f": ["?", 0.25, 0, 1], "h": [0.75, 0.25, 0, 1], "x": ["?"] * 4,
        TOTAL: [0.8, 0.2, 0, 1],
    }  # fmt: skip
    assert told(found.shares("colonne"))["h"] == [0.375, 0.5, "?", 0.4]
    assert told(found.shares("total"))["h"] == [0.3, 0.1, 0, 0.4]
    assert found.groups == [("f",), ("h",)]
    assert found.answers == ["oui", "non"]
    assert found.measure(("f",), "oui") is None
    for by, n in (("ligne", 4), ("colonne", 8), ("total", 10)):
        one = found.measure(("h",), "oui", by)
        assert (one.count, one.n, one.value) == (3, n, 3 / n)


def test_a_count_in_a_group_of_hidden_size_has_no_share():
    index = pd.MultiIndex.from_tuples([("f",), (TOTAL,)])
    counts = pd.DataFrame({"oui": [6.0, 40.0], TOTAL: [np.nan, 60.0]}, index)
    one = Crosstab(counts, counts).measure(("f",), "oui")

    assert (one.count, one.n) == (6, None)
    assert np.isnan(one.value)


def test_a_weighted_share_says_so_and_tells_no_count():
    """Of 40 who weigh 50, 12 who weigh 10 say yes: 20 %."""
    index = pd.MultiIndex.from_tuples([("f",), (TOTAL,)])
    plain = pd.DataFrame({"oui": [12.0, 12.0], TOTAL: [40.0, 40.0]}, index)
    heavy = pd.DataFrame({"oui": [10.0, 10.0], TOTAL: [50.0, 50.0]}, index)
    one = Crosstab(heavy, plain).measure(("f",), "oui")

    assert (one.n, one.count, one.value) == (40, None, 0.2)
    assert (one.design, one.reliability) == ("pondere", "normal")


def test_those_without_weight_are_left_out_of_both_tables():
    found = crosstab(BY[["sexe"]], SAID, 0, pd.Series({0: 2.0, 2: 1.5, 3: float("nan"), 4: 9.0}))

    assert told(found.counts) == {"f": [0, 2, 2], "h": [0, 1.5, 1.5], TOTAL: [0, 3.5, 3.5]}
    assert told(found.visitors) == {"f": [0, 1, 1], "h": [0, 1, 1], TOTAL: [0, 2, 2]}
    assert found.answers == ["oui"]


def test_a_hidden_count_is_hidden_with_weights_too():
    """Two of a group of two under five: their weight would tell of them."""
    by = pd.DataFrame({"g": ["a"] * 2 + ["b"] * 20 + ["c"] * 20})
    said = pd.DataFrame({"q": ["oui"] * 2 + (["oui"] * 10 + ["non"] * 10) * 2})
    found = crosstab(by, said, 5, pd.Series(1.5, by.index))

    assert told(found.counts)["a"][1] == told(found.visitors)["a"][1] == "?"
    is_hidden = found.visitors.isna()
    assert (found.counts.isna() == is_hidden).all(axis=None)
    shown = found.counts.where(~is_hidden) - 1.5 * found.visitors
    assert shown.abs().max(axis=None) == 0


def test_a_box_that_nobody_ticked_has_zeros_and_the_largest_base_is_the_total():
    """The second box was shown to two visitors only; no one ticked the third."""
    said = pd.DataFrame(
        {"un": ["oui", "non", "oui", "oui", "non"], "deux": ["oui", "oui", None, None, None],
         "trois": ["non"] * 5}
    )  # fmt: skip
    found = crosstab(BY[["sexe"]], said, 0)

    assert list(found.counts.columns) == ["un", "deux", "trois", TOTAL]
    assert told(found.counts) == {"f": [1, 2, 0, 2], "h": [2, 0, 0, 3], TOTAL: [3, 2, 0, 5]}


@pytest.mark.parametrize(
    ("name", "missing", "values"),
    [
        ("accueil", False, ["tres", "mal", "assez", None]),
        ("accueil", True, ["tres", "mal", "assez", "sans_objet"]),
        ("minutes", False, ["5", "10", "7.5", None]),
        ("minutes", True, ["5", "10", "7.5", "nsp"]),
        ("ou", False, ["lundi", "jeudi", None, "lundi"]),
    ],
)
def test_what_is_counted_of_a_question_is_its_codes(name, missing, values):
    found = answers_to(four(), [KNOWN[name]], missing=missing)

    assert [*found] == [name]
    assert [None if pd.isna(one) else one for one in found[name]] == values


def test_what_is_counted_of_boxes_is_yes_and_no():
    found = answers_to(four(), [KNOWN["aide__proche"], KNOWN["aide__agent"]], missing=False)

    assert [*found] == ["proche", "agent"]
    assert found["proche"].tolist()[:3] == ["oui", "oui", "non"]
    assert found["agent"].tolist()[:3] == ["non", "oui", "oui"]
    assert found.iloc[3].isna().all()
