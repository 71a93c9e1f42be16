"""Delays of which some still run, against a published table and by hand."""

from math import isnan, nan

from hypothesis import given
from hypothesis import strategies as st

from qpref.statistics.waiting import reached_within

# Weeks of remission under 6-MP: Freireich and others, Blood 21, 1963, as Gehan gives them in
# Biometrika 52, 1965. The product-limit estimate there is 0.538 at 22 weeks and 0.448 at 23.
ENDED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
RUNNING = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
SURVIVING = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}


def test_a_published_table_is_found_again():
    days = ENDED + RUNNING
    is_over = [True] * len(ENDED) + [False] * len(RUNNING)
    near = 0.002

    for day, left in SURVIVING.items():
        below, above = reached_within(days, is_over, (1 - left - near, 1 - left + near))
        assert below == day
        assert above != day
    median, ninth = reached_within(days, is_over)
    assert median == 23
    assert isnan(ninth)


def test_without_any_that_runs_it_is_a_delay_of_the_list():
    """Of eleven, the sixth (11 / 2 = 5.5) and the tenth (9 · 11 / 10 = 9.9)."""
    assert reached_within(range(1, 12), [True] * 11) == (6, 10)
    assert reached_within([7], [True]) == (7, 7)
    assert all(map(isnan, reached_within([], [])))


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=30))
def test_who_still_waits_never_shortens_a_delay(cases):
    """Leaving them out, as a mean of the answers does, is never later than counting them."""
    days, is_over = zip(*cases, strict=True)
    answered = [day for day, over in cases if over]

    counted = reached_within(days, is_over)
    alone = reached_within(answered, [True] * len(answered))

    for kept, cut in zip(counted, alone, strict=True):
        assert isnan(kept) or kept >= cut
        assert kept in {*answered} or isnan(kept)
    assert reached_within([*reversed(days)], [*reversed(is_over)])[0] in {counted[0], nan} or isnan(
        counted[0]
    )
