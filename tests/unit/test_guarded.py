"""One cell has one state in all the tables that tell of it."""

from dataclasses import replace
from itertools import product

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qpref.quality.axes import GIVEN, Axis, lost
from qpref.quality.guarded import ToldElsewhere, _elsewhere, guarded, is_scattered, is_sum, sum_of
from qpref.statistics.disclosure import TOTAL

FEW = 5
SIZES = st.lists(st.integers(0, 12), min_size=12, max_size=12)


def people(sizes):
    """One row a visitor: 3 groups, 2 halves of each, 2 answers."""
    keys = [(g, h, a) for g in "xyz" for h in "mn" for a in "on"]
    rows = [key for key, size in zip(keys, sizes, strict=True) for _ in range(size)]
    return pd.DataFrame(rows, columns=["groupe", "moitie", "reponse"])


def states(cells, *names):
    """Whether each cell of some columns, the others summed, is told."""
    axes = [axis for axis in cells.axes if axis.name in names]
    own = cells.is_told[tuple(slice(None) if a in axes else a.total for a in cells.axes)]
    own = own.transpose([names.index(axis.name) for axis in axes]) if len(axes) > 1 else own
    by = {axis.name: axis.names for axis in axes}
    keys = product(*(by[name] for name in names))
    return dict(zip(keys, own.ravel().tolist(), strict=True))


@pytest.mark.lent
@given(SIZES)
def test_three_questions_hide_what_two_of_them_hide(sizes):
    rows = people(sizes)
    if len(rows):
        three = guarded(rows, FEW)
        for names in (["groupe", "reponse"], ["moitie", "reponse"]):
            assert states(three, *names) == states(guarded(rows[names], FEW), *names)


CROSSED = st.lists(st.integers(0, 20), min_size=12, max_size=12)
HELPED = [1, 0, 2, 1, 2, 9, 17, 19, 2, 6, 10, 12]  # Palaiseau, 2020: help received, by ease


@pytest.mark.lent
@given(CROSSED)
@example(HELPED)
def test_two_questions_tell_the_same_whether_an_opinion_is_asked_by_them_or_not(sizes):
    """
    How many all visitors are is told, whatever is asked: hidden in one table, it hid other cells.

    Of 47 without help, one table told the 9 and the 17, another the 17 and the 19: two were left.
    """
    keys = product([lost(""), "non", "oui"], "pqrs")
    pairs = [key for key, size in zip(keys, sizes, strict=True) for _ in range(size)]
    if len(pairs) >= FEW:
        rows = pd.DataFrame(pairs, columns=["aide", "aisance"])
        rows["reponse"] = [*"on", lost("nsp"), *[*"oonoon"] * len(pairs)][: len(pairs)]
        judged = ToldElsewhere({"reponse": {"o": "pour", "n": "contre"}}, ["reponse"])
        names = ["aide", "aisance"]

        both = states(guarded(rows, FEW, judged), *names)
        assert both == states(guarded(rows[names], FEW), *names)


@pytest.mark.lent
@given(SIZES)
def test_no_hidden_level_is_what_is_left_of_a_sum_told(sizes):
    """Favourable answers are told together: alone of them, a hidden one is their sum."""
    rows = people(sizes)[["groupe", "reponse"]]
    rows["reponse"] = rows["reponse"].where(rows.index % 2 == 0, rows["reponse"] + "2")
    if len(rows):
        families = {"o": "oui", "o2": "oui", "n": "non", "n2": "non"}
        told = {"reponse": {"groupe": rows["groupe"].unique()}}
        published = ToldElsewhere({"reponse": families}, ["reponse"], groups=told)
        own = states(guarded(rows, FEW, published), "groupe", "reponse")
        counts = rows.value_counts().to_dict()
        for group in rows["groupe"].unique():
            for both in (("o", "o2"), ("n", "n2")):
                hidden = [one for one in both if not own.get((group, one), True)]
                few = [one for one in hidden if 0 < counts.get((group, one), 0) < FEW]
                asked = [one for one in both if one in set(rows["reponse"])]
                if len(asked) == len(both) and few:
                    assert hidden == list(both) or len(rows["groupe"].unique()) == 1


def test_of_a_group_of_one_mind_the_answer_that_nobody_gave_is_hidden():
    """All six of x said o: that none said n tells it of each; without groups, nothing is told."""
    rows = people([6, 0, 0, 0, 3, 3, 2, 4, 0, 0, 0, 0])[["groupe", "reponse"]]
    judged = ToldElsewhere(opinions=["reponse"])
    two = states(guarded(rows, FEW, judged), "groupe", "reponse")
    plain = states(guarded(rows, 0), "groupe", "reponse")

    assert not two["x", "n"]
    assert two["x", TOTAL]
    assert two[TOTAL, TOTAL]
    assert all(plain.values())
    assert guarded(rows[["reponse"]].iloc[:6], FEW, judged).is_told.all()
    assert not guarded(rows[["reponse"]].iloc[:4], FEW).is_told.any()


def test_a_crossing_is_the_same_in_whatever_order_it_is_asked_for():
    rows = people([1, 7, 9, 2, 6, 6, 3, 11, 5, 0, 8, 8])
    names = ["moitie", "groupe", "reponse"]
    found, turned = guarded(rows, FEW), guarded(rows[names], FEW)

    assert turned.axes == found.axes
    assert (turned.is_told == found.is_told).all()
    assert not states(found, "groupe", "moitie", "reponse")["x", "m", "o"]


@pytest.mark.parametrize("is_whole", [True, False])
def test_what_other_pages_tell_is_known_whatever_its_size(is_whole):
    """The sums of all, every answer of all if they say so, and the sums of the groups named."""
    rows = people([1] * 12).assign(reponse=[*"onp"] * 4)
    families = {"reponse": {"o": "pour", "n": "contre", "p": "contre"}}
    groups = {"reponse": {"moitie": ["m"], "age": ["z"]}}
    whole = ["reponse"] if is_whole else []
    names = [*sorted(rows)]
    axes = [Axis.of(rows[one], ToldElsewhere(families).sums(one)) for one in names]
    known = _elsewhere(axes, ToldElsewhere(families, ["reponse"], whole, groups))
    found = {tuple(axis.names[rank] for axis, rank in zip(axes, key, strict=True))
             for key in zip(*known.nonzero(), strict=True)}  # fmt: skip

    assert {*known.ravel().tolist()} == {0, 1}
    sums = [TOTAL, "o", sum_of("contre")]  # one level alone is its own sum
    keys = {(TOTAL, half, one) for half in (TOTAL, "m") for one in sums}
    assert found == keys | ({(TOTAL, TOTAL, one) for one in "np"} if is_whole else set())
    assert not _elsewhere(axes, ToldElsewhere(families, whole=whole)).any()
    assert [is_sum(one) for one in ("o", sum_of("pour"))] == [False, True]


def test_what_is_told_elsewhere_is_not_hidden_here():
    """Two of y said n, and all of them together are told: the sums of y hide nothing."""
    rows = people([6, 6, 0, 0, 6, 2, 0, 0, 9, 9, 0, 0])[["groupe", "reponse"]]
    judged, told = ["reponse"], {"reponse": {"groupe": ["y"]}}
    published = ToldElsewhere(opinions=judged, groups=told)
    families = {"reponse": {"o": "pour", "n": "contre"}}
    found = guarded(rows, FEW, replace(published, families=families))
    alone = guarded(rows, FEW, ToldElsewhere(families, judged))

    assert states(found, "groupe", "reponse")["y", "n"]
    assert not states(alone, "groupe", "reponse")["y", "n"]
    assert states(alone, "groupe", "reponse")[TOTAL, "n"]


def test_who_did_not_answer_is_one_of_the_same_table():
    """Two of x did not answer: that ten of x did, beside twelve in all, would tell them."""
    rows = people([5, 5, 0, 0, 6, 6, 0, 0, 9, 9, 0, 0])[["groupe", "reponse"]]
    silent = pd.DataFrame({"groupe": [*"xxyyz"], "reponse": lost("nsp")})
    found = states(guarded(pd.concat([rows, silent]), FEW), "groupe", "reponse")

    few = {g: found[g, lost("nsp")] for g in "xyz"}
    assert few == dict.fromkeys("xyz", False)
    assert not any(found[g, TOTAL] and found[g, GIVEN] for g in "xyz")


@pytest.mark.parametrize(("most", "expected"), [(5, True), (6, False)])
def test_three_questions_are_not_told_where_a_cell_holds_too_few(most, expected):
    """Twelve cells: one of four and eleven of five hold 59, one of six more is 5 a cell."""
    rows = people([4, *[5] * 10, most])
    cells = guarded(rows, 0)
    assert is_scattered(cells.counts, cells.axes, FEW) is expected
    two = guarded(rows[["groupe", "reponse"]], 0)
    assert not is_scattered(two.counts, two.axes, 50)

    found = states(guarded(rows, FEW), "groupe", "moitie", "reponse")
    assert any(told for key, told in found.items() if TOTAL not in key) is not expected
