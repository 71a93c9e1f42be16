"""How far hidden counts move by exchanges: arithmetic by hand, and never further than they can."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from qpref.statistics.disclosure import COMPLEMENTARY, TOTAL, VISIBLE, attack, system

#        x  y  total
# a      2  6    8
# b      7  9   16
# total  9 15   24
COUNTS = pd.DataFrame(
    [("a", "x", 2), ("a", "y", 6), ("b", "x", 7), ("b", "y", 9)],
    columns=["guichet", "avis", "effectif"],
)


def _reach(table, hidden, cell, most):
    keys = [tuple(key) for key in table.cells.drop(columns="effectif").to_numpy()]
    is_hidden = np.array([key in hidden for key in keys])
    values = table.cells["effectif"].to_numpy(float)
    return table.exchanges.reach(keys.index(cell), values, is_hidden, most)


def test_two_rows_exchange_as_many_as_the_smaller_of_what_they_give():
    """(a, x) gains what (a, y) and (b, x) lose: 6 at most, though b gives 7."""
    inside = {*product("ab", "xy")}
    table = system(COUNTS, ["guichet", "avis"])

    assert _reach(table, inside, ("a", "x"), 5) == 5
    assert _reach(table, inside, ("a", "x"), 100) == 6
    assert _reach(table, inside - {("b", "y")}, ("a", "x"), 5) == 0


def test_a_hidden_total_lets_a_column_grow_without_end():
    table = system(COUNTS, ["guichet", "avis"])
    column = {("a", "x"), ("a", TOTAL), (TOTAL, "x"), (TOTAL, TOTAL)}

    assert _reach(table, column, ("a", "x"), 5) == 5


@pytest.mark.parametrize("is_sum_hidden", [False, True])
def test_an_exchange_between_families_moves_their_sums(is_sum_hidden):
    """x and y go into two sums: shown, these forbid what the cells alone would allow."""
    table = system(COUNTS, ["guichet", "avis"], parents={"x": "bien", "y": "mal"})
    hidden = {*product("ab", ["x", "y", *(["bien", "mal"] if is_sum_hidden else [])])}

    assert _reach(table, hidden, ("a", "x"), 5) == (5 if is_sum_hidden else 0)


@pytest.mark.parametrize("seed", range(12))
def test_no_exchange_goes_further_than_what_everything_visible_allows(seed):
    """Of drawn tables of three dimensions; how far is what `attack` finds by linear programmes."""
    draw = np.random.default_rng(seed)
    levels = ["lu", "ma"], ["a", "b", "c"], ["oui", "peu", "non"]
    counts = pd.DataFrame(
        [(*key, int(draw.integers(0, 9))) for key in product(*levels)],
        columns=["jour", "guichet", "avis", "effectif"],
    )
    table = system(counts, ["jour", "guichet", "avis"], parents={"oui": "bien", "peu": "bien"})
    is_hidden = draw.random(len(table.cells)) < 0.9
    values = table.cells["effectif"].to_numpy(float)
    state = table.cells.assign(diffusion=np.where(is_hidden, COMPLEMENTARY, VISIBLE))
    allowed = attack(table, state)["au_plus"].to_numpy() - values[is_hidden]
    found = [table.exchanges.reach(int(cell), values, is_hidden, 50.0)
             for cell in np.flatnonzero(is_hidden)]  # fmt: skip

    assert max(found) > 0
    assert (np.array(found) <= allowed + 1e-6).all()
