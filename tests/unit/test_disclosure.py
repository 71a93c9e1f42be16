"""What is published gives no small cell back: attacked by linear and whole-number programming."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from qpref.statistics.disclosure import (
    COMPLEMENTARY,
    PRIMARY,
    TOTAL,
    VISIBLE,
    attack,
    protect,
    system,
)
from tests.conftest import example_count

THRESHOLD = 5


def counts(table, *names):
    levels = np.indices(np.shape(table)).reshape(len(names), -1).T
    rows = pd.DataFrame(levels, columns=list(names)).astype(str)
    return rows.assign(effectif=np.ravel(table))


def whole_number_attack(table, published):
    """Return least and greatest whole value of each hidden cell, from what is visible alone."""
    hidden = (published["diffusion"] != VISIBLE).to_numpy()
    values = published["effectif"].to_numpy(float)
    bounds = Bounds(np.where(hidden, 0, values), np.where(hidden, 1e4, values))
    sums = LinearConstraint(table.relations.toarray(), 0, 0)
    found = {}
    for cell in np.flatnonzero(hidden):
        aim = np.eye(len(values))[cell]
        least, most = (
            milp(s * aim, constraints=sums, bounds=bounds, integrality=np.ones(len(values)))
            for s in (1, -1)
        )
        found[cell] = (round(least.fun), round(-most.fun))
    return found


@pytest.mark.lent
@given(
    st.integers(2, 4).flatmap(
        lambda rows: st.integers(2, 5).flatmap(
            lambda columns: st.lists(
                st.lists(st.integers(0, 20), min_size=columns, max_size=columns),
                min_size=rows,
                max_size=rows,
            )
        )
    )
)
def test_no_small_cell_can_be_brought_under_the_threshold(rows):
    """Sites × categories, all totals known. A site with fewer answers than the threshold bounds
    its cells by its own published total, and nothing can be done about that."""
    table = system(counts(rows, "site", "modalite"), ["site", "modalite"])
    published = protect(table, THRESHOLD, always=["site"])

    of_site = published.loc[published["modalite"] == TOTAL].set_index("site")["effectif"]
    for cell, (least, most) in whole_number_attack(table, published).items():
        row = published.iloc[cell]
        room = of_site[row["site"]]
        if row["diffusion"] == PRIMARY:
            assert least <= row["effectif"] <= most
            assert most - least >= min(THRESHOLD, room)


@pytest.mark.lent
@given(st.lists(st.integers(0, 12), min_size=12, max_size=12))
@settings(max_examples=example_count(10))
def test_three_dimensions_are_one_system(values):
    """2 sites × 2 campaigns × 3 categories with every total."""
    cube = np.reshape(values, (2, 2, 3))
    names = ["site", "campagne", "modalite"]
    table = system(counts(cube, *names), names)
    published = protect(table, THRESHOLD)

    found = attack(table, published)
    small = found.loc[(found["diffusion"] == PRIMARY) & (found["effectif"] < THRESHOLD)]
    total = cube.sum()
    assert (small["au_plus"] - small["au_moins"] >= min(THRESHOLD, total) - 1e-6).all()


@pytest.mark.parametrize(("value", "state"), [(4, PRIMARY), (5, VISIBLE), (0, VISIBLE)])
def test_the_threshold_is_the_first_count_published(value, state):
    table = system(
        counts([[value, 30, 40], [20, 25, 35]], "site", "modalite"), ["site", "modalite"]
    )

    found = protect(table, THRESHOLD, always=["site"])
    assert found["diffusion"].iloc[0] == state


def test_a_small_cell_hides_what_would_give_it_back():
    """One small cell: its row, its column and the crossing of both, four cells in all."""
    table = system(counts([[2, 30, 40], [20, 25, 35]], "site", "modalite"), ["site", "modalite"])
    found = protect(table, THRESHOLD, always=["site"])

    hidden = found.loc[found["diffusion"] != VISIBLE]
    assert len(hidden) == 4
    assert (hidden["diffusion"] == COMPLEMENTARY).sum() == 3


def test_the_answers_of_a_site_are_always_published():
    table = system(counts([[1, 2], [40, 30]], "site", "modalite"), ["site", "modalite"])
    found = protect(table, THRESHOLD, always=["site"])

    assert (found.loc[found["modalite"] == TOTAL, "diffusion"] == VISIBLE).all()


def test_totals_are_the_sums_of_their_cells():
    table = system(counts([[1, 2], [3, 4]], "site", "modalite"), ["site", "modalite"])
    cells = table.cells.set_index(["site", "modalite"])["effectif"]

    assert cells[TOTAL, TOTAL] == 10
    assert cells["0", TOTAL] == 3
    assert not (table.relations @ table.cells["effectif"]).any()


def test_groups_of_answers_are_in_the_system_too():
    """Answers a and b are also published together: c alone cannot hide with a, since b, visible,
    and the group would give a back."""
    rows = counts([[3, 20, 30, 40], [25, 35, 28, 33]], "site", "modalite")
    rows["modalite"] = rows["modalite"].map(dict(zip("0123", "abcd", strict=True)))
    table = system(rows, ["site", "modalite"], parents={"a": "ab", "b": "ab"})
    published = protect(table, THRESHOLD, always=["site"])

    assert not (table.relations @ table.cells["effectif"]).any()
    found = attack(table, published)
    small = found.loc[found["diffusion"] == PRIMARY]
    assert len(small) == 1
    assert (small["au_plus"] - small["au_moins"]).iloc[0] >= THRESHOLD
