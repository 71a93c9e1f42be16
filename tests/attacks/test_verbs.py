"""What the verbs of one published notebook tell together gives back no hidden cell."""

import pytest

from tests.conftest import few_by_day
from tests.subtraction import (
    Study,
    assert_crossed_filters_keep,
    assert_crossings_keep,
    assert_filters_keep,
)

pytestmark = pytest.mark.lent


@pytest.fixture(scope="module")
def study(filled):
    return Study("evry", "2020-11", filled.root)


@pytest.mark.lent
@pytest.mark.parametrize("rank", few_by_day(range(8), 1))
def test_no_few_are_found_by_adding_up_what_verbs_tell(study, rank):
    assert_crossings_keep(study, rank)


@pytest.mark.lent
@pytest.mark.parametrize("rank", few_by_day(range(4), 1))
def test_a_filter_tells_no_more_than_the_crossing_that_holds_it(study, rank):
    assert_filters_keep(study, rank)


@pytest.mark.lent
@pytest.mark.parametrize("rank", few_by_day(range(6), 1))
def test_a_filter_crossed_again_tells_no_more_than_both_questions_do(study, rank):
    assert_crossed_filters_keep(study, rank)
