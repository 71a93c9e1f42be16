"""Of which groups the answers to one question may be told: sizes, subtraction, one mind."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from qpref.quality.profile import OTHER, UNKNOWN
from qpref.workbook import protected
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
    """
    Of 6 in a, all favourable; of 12 in b, 3; of 6 in c, 2 answered, so b would give c back.

    What all answered is told: with b alone of a and b, so would be a. With d, half favourable, b
    leaves a and d, who are not of one mind.
    """
    labels = pd.Series([*"aaaaaabbbbbbbbbbbbcccccc"])
    answers = pd.Series([1.0] * 6 + [1.0] * 3 + [0.0] * 9 + [1.0, 0.0] + [float("nan")] * 4)

    assert told(labels[:18], answers[:18], FEW) == set()
    both = pd.concat([labels[:18], pd.Series([*"dddddd"])], ignore_index=True)
    given = pd.concat([answers[:18], pd.Series([1.0, 0.0] * 3)], ignore_index=True)
    assert told(both, given, FEW) == {"b"}
    assert told(labels, answers, FEW) <= {"b"}
    assert told(labels, answers, 0) == {"a", "b", "c"}


@given(st.lists(st.integers(1, 9), max_size=7), st.integers(0, 9))
def test_rare_groups_are_told_as_one_that_is_large_enough(sizes, unknown):
    """Each is under 5 and their sum is not; who they are is never told by one of them alone."""
    codes = [str(rank) for rank, size in enumerate(sizes) for _ in range(size)]
    labels = pd.Series([*codes, *[UNKNOWN] * unknown], dtype=object)
    few = protected.rare(labels, 5)
    merged = protected.gathered(labels, few)
    small = [size for size in sizes if size < 5]

    assert bool(few) == (len(small) > 1 and sum(small) >= 5)
    assert not few or (merged == OTHER).sum() == sum(small)
    assert (merged != OTHER).sum() == unknown + sum(size for size in sizes if size >= 5 or not few)
    assert not protected.rare(labels, 0)


def test_groups_told_as_one_are_named_after_the_others():
    names = {"a": "Un", "b": "Deux", "c": "Trois"}
    assert [*protected.named(names, {"a", "c"}).items()] == [
        ("b", "Deux"), (OTHER, "Groupes réunis (Un ; Trois)"),
    ]  # fmt: skip
    assert protected.named(names, ()) == names
    days = {str(day): str(day) for day in range(5)}
    assert protected.named(days, {*days}) == {OTHER: "Groupes réunis (5 petits groupes)"}
