"""One cell has one state in all the tables that tell of it."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qpref.quality.guarded import ToldElsewhere, guarded
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
