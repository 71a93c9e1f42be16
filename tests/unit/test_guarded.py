"""One cell has one state in all the tables that tell of it."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.quality.guarded import ToldElsewhere, _elsewhere, guarded, is_sum, sum_of
from qpref.statistics.disclosure import TOTAL, VISIBLE

FEW = 5
SIZES = st.lists(st.integers(0, 12), min_size=12, max_size=12)


def people(sizes):
    """One row a visitor: 3 groups, 2 halves of each, 2 answers."""
    keys = [(g, h, a) for g in "xyz" for h in "mn" for a in "on"]
    rows = [key for key, size in zip(keys, sizes, strict=True) for _ in range(size)]
    return pd.DataFrame(rows, columns=["groupe", "moitie", "reponse"])


def states(cells, *names):
    """Whether each cell of some columns, the others summed, is told."""
    others = [one for one in cells if one not in {*names, "effectif", "diffusion"}]
    own = cells.loc[(cells[others] == TOTAL).all(axis=1)] if others else cells
    told = own["diffusion"] == VISIBLE
    return dict(zip(map(tuple, own[[*names]].to_numpy()), told, strict=True))


@pytest.mark.lent
@given(SIZES)
def test_three_questions_hide_what_two_of_them_hide(sizes):
    rows = people(sizes)
    if len(rows):
        three = guarded(rows, FEW)
        for names in (["groupe", "reponse"], ["moitie", "reponse"]):
            assert states(three, *names) == states(guarded(rows[names], FEW), *names)


@pytest.mark.lent
@given(SIZES)
def test_no_hidden_level_is_what_is_left_of_a_sum_told(sizes):
    """Favourable answers are told together: alone of them, a hidden one is their sum."""
    rows = people(sizes)[["groupe", "reponse"]]
    rows["reponse"] = rows["reponse"].where(rows.index % 2 == 0, rows["reponse"] + "2")
    if len(rows):
        families = {"o": "oui", "o2": "oui", "n": "non", "n2": "non"}
        told = {("groupe",): {(one,) for one in rows["groupe"].unique()}}
        own = states(guarded(rows, FEW, ToldElsewhere(families, groups=told)), "groupe", "reponse")
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
    two = states(guarded(rows, FEW), "groupe", "reponse")
    plain = states(guarded(rows, 0), "groupe", "reponse")

    assert not two["x", "n"]
    assert two["x", TOTAL]
    assert two[TOTAL, TOTAL]
    assert all(plain.values())
    alone = guarded(rows[["reponse"]].iloc[:6], FEW)
    assert (alone["diffusion"] == VISIBLE).all()


def test_a_crossing_is_the_same_in_whatever_order_it_is_asked_for():
    rows = people([1, 7, 9, 2, 6, 6, 3, 11, 5, 0, 8, 8])
    names = ["moitie", "groupe", "reponse"]
    found, turned = guarded(rows, FEW), guarded(rows[names], FEW)

    assert [*turned] == [*names, "effectif", "diffusion"]
    assert states(turned, *sorted(names)) == states(found, *sorted(names))
    assert not states(found, "groupe", "moitie", "reponse")["x", "m", "o"]


@pytest.mark.parametrize("is_whole", [True, False])
def test_what_other_pages_tell_is_known_whatever_its_size(is_whole):
    """The sums of all, every answer of all if they say so, and the sums of the groups named."""
    counts = people([1] * 12).value_counts().rename("effectif").reset_index()
    families = {"o": "pour", "n": "contre"}
    groups = {("moitie",): [("m",)], ("groupe", "moitie"): [("x", "n")], ("age",): [("z",)]}
    published = ToldElsewhere(families, is_whole=is_whole, groups=groups)
    found = _elsewhere(counts, published, {"o": sum_of("pour"), "n": sum_of("contre")})

    assert all(found.values())
    sums = [TOTAL, sum_of("pour"), sum_of("contre")]
    keys = {(*group, one) for group in [(TOTAL, TOTAL), (TOTAL, "m"), ("x", "n")] for one in sums}
    assert {*found} == keys | ({(TOTAL, TOTAL, one) for one in "on"} if is_whole else set())
    assert _elsewhere(counts, ToldElsewhere(is_whole=is_whole), {}) == {}
    assert [is_sum(one) for one in ("o", sum_of("pour"))] == [False, True]


def test_what_is_told_elsewhere_is_not_hidden_here():
    """Two of y said n, and all of them together are told: the sums of y hide nothing."""
    rows = people([6, 6, 0, 0, 6, 2, 0, 0, 9, 9, 0, 0])[["groupe", "reponse"]]
    families, told = {"o": "pour", "n": "contre"}, {("groupe",): [("y",)]}
    found = states(guarded(rows, FEW, ToldElsewhere(families, groups=told)), "groupe", "reponse")
    alone = states(guarded(rows, FEW, ToldElsewhere(families)), "groupe", "reponse")

    assert found["y", sum_of("contre")]
    assert not alone["y", sum_of("contre")]
    assert alone[TOTAL, sum_of("contre")]
