"""Numbers published of the mystery contacts, worked out by hand."""

import pandas as pd
import pytest

from qpref.quality import mystery_measures as measures
from qpref.quality.mystery import compliance, contacts_by_channel, delay_summary, marks
from qpref.quality.score import Score
from tests.unit.test_calendar_and_mystery import (
    survey,
    tables,  # noqa: F401 - a fixture
)


def test_each_channel_has_its_four_counts(tables, reference):  # noqa: F811
    """Calls: 5 made, 1 excluded, 4 kept, 3 answered. E-mails: 3, 0, 3, 2."""
    found = measures.contacts(contacts_by_channel(tables[0], reference.grid), reference.grid)
    by_channel = {own.kept.group: [m.value for m in own.all] for own in found}

    assert by_channel["appel"] == [5, 1, 4, 3]
    assert by_channel["courriel"] == [3, 0, 3, 2]
    assert [m.key for m in found[0].all] == ["realises", "exclus", "retenus", "aboutis"]
    assert {m.unit for m in found[0].all} == {"contacts"}


def test_a_criterion_has_its_count_its_share_and_that_of_before(tables, reference):  # noqa: F811
    """Courtesy of calls: yes once and in part once, of 2. Before: 3 of 4."""
    grid = reference.grid
    now = compliance(survey(tables, reference))
    before = now.loc[now["critere"] == "courtoisie"].assign(n=4, conformes=3, part=0.75)
    found = measures.criteria_met(now, before, grid.channel("appel"), grid)
    by_name = {own.criterion.id: own for own in found}
    own = by_name["courtoisie"]

    assert (own.met.count, own.met.n, own.met.value, own.partly) == (1, 2, 0.5, 1)
    assert (own.before.count, own.before.n) == (3, 4)
    assert not own.is_always_met
    assert not own.is_rarely_met
    rings = by_name["decroche_5_sonneries"]
    assert (rings.met.count, rings.met.n, rings.before) == (1, 3, None)
    assert rings.is_rarely_met


@pytest.mark.parametrize(
    ("met", "n", "always", "rarely"),
    [(0, 0, False, False), (4, 4, True, False), (2, 4, False, False), (1, 4, False, True)],
)
def test_always_and_rarely_need_a_contact(reference, met, n, always, rarely):
    row = {"canal": "appel", "critere": "courtoisie", "n": n, "conformes": met, "partiels": 0,
           "part": met / n if n else float("nan"), "bas": 0.0, "haut": 1.0}  # fmt: skip
    grid = reference.grid
    (own,) = measures.criteria_met(pd.DataFrame([row]), None, grid.channel("appel"), grid)

    assert (own.is_always_met, own.is_rarely_met) == (always, rarely)


def test_replies_are_counted_on_all_messages_sent(tables, reference):  # noqa: F811
    """Three e-mails, two answered, after 4 and 5 working days, one of them by telephone."""
    found = measures.replies(delay_summary(tables[0], reference.grid), reference.grid)
    (own,) = found
    every = measures.all_replies([own, own])

    assert (own.answered.count, own.answered.n) == (2, 3)
    assert (own.median.value, own.longest.value, own.elsewhere) == (4.5, 5, 1)
    assert (own.median.n, own.median.unit, own.median.group) == (2, "jours ouvrés", "courriel")
    assert (every.count, every.n) == (4, 6)


def test_a_mark_lies_between_its_lowest_and_its_highest(tables, reference):  # noqa: F811
    """Clarity of two e-mails: 8 and 5, mean 6.5."""
    found = measures.marks(marks(*tables, reference.grid), reference.grid)
    (own,) = [mark for mark in found[10] if mark.n]

    assert list(found) == [10]
    assert (own.n, own.value, own.low, own.high, own.digits) == (2, 6.5, 5, 8, 1)
    assert (own.key, own.group, own.unit) == ("clarte_ecrits", "courriel", "note sur 10")


def test_the_mark_of_a_site_keeps_its_interval(reference):
    indicator = reference.standard.indicator("note_mystere")
    own = measures.site_mark(Score(7.2, 6.0, 8.4, 25, 4), indicator)

    assert (own.n, own.value, own.low, own.high) == (25, 7.2, 6.0, 8.4)
    assert own.label == indicator.libelle


def test_national_percentages_are_whole_and_marks_to_a_tenth(reference):
    found = [measures.national(fact) for fact in reference.standard.reperes]

    assert {(own.group, own.digits) for own in found} == {("%", 0), ("sur 10", 1)}
