"""Of which groups the answers to one question may be told: sizes, subtraction, one mind."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from qpref.workbook.protected import large, told

FEW = 5


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30), min_size=1))
def test_no_small_size_is_told_nor_found_by_subtraction(sizes):
    """The sum of all is told: what is left of it is nobody, or five people at least."""
    shown = large(sizes, FEW)
    left = sum(sizes.values()) - sum(sizes[group] for group in shown)

    assert all(sizes[group] >= FEW for group in shown)
    assert left == 0 or left >= FEW or not shown


def test_a_group_of_one_mind_is_not_told():
    """Of 6 in a, all favourable; of 6 in b, 3; of 6 in c, 2 answered, so b would give c back."""
    labels = pd.Series([*"aaaaaabbbbbbbbbbbbcccccc"])
    answers = pd.Series([1.0] * 6 + [1.0] * 3 + [0.0] * 9 + [1.0, 0.0] + [float("nan")] * 4)

    assert told(labels[:18], answers[:18], FEW) == {"b"}
    assert told(labels, answers, FEW) <= {"b"}
    assert told(labels, answers, 0) == {"a", "b", "c"}
