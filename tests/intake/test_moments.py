"""When an answer was given: zones, offsets, what a tool stamps, what somebody wrote."""

from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from qpref.intake.columns import Cells
from qpref.intake.dates import DAY_FIRST, MONTH_FIRST, has_offset, parse, read_moment, told_zone
from qpref.intake.export import Column, Export
from qpref.intake.moments import _Reader, stamped
from qpref.intake.rows import Sheet
from qpref.intake.whole import Whole

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
NOON = datetime(2020, 11, 16, 12)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("2020-11-16T23:30:00Z", True),
        ("2020-11-16T23:30:00+01:00", True),
        ("2020-11-16 23:30:00", False),
        ("16/11/2020", False),
        (NOON, False),
        (NOON.replace(tzinfo=UTC), True),
        (44151.0, False),
        (None, False),
    ],
)
def test_a_cell_may_say_how_far_it_is_from_utc(cell, found):
    assert has_offset(cell) is found


@pytest.mark.parametrize(
    ("cell", "local", "told", "moment"),
    [
        ("2020-11-16T12:00:00Z", PARIS, None, NOON.replace(hour=13)),
        ("2020-11-16T12:00:00Z", REUNION, None, NOON.replace(hour=16)),
        ("2020-11-16 12:00:00", PARIS, None, NOON),
        ("2020-11-16 12:00:00", PARIS, ZoneInfo("UTC"), NOON.replace(hour=13)),
        ("16/11/2020 12:00", PARIS, ZoneInfo("UTC"), NOON.replace(hour=13)),
        ("16/11/2020 12:00 UTC+2", PARIS, ZoneInfo("UTC"), NOON.replace(hour=11)),
        (NOON, PARIS, ZoneInfo("UTC"), NOON.replace(hour=13)),
        (NOON.replace(tzinfo=timezone(timedelta(hours=2))), PARIS, None, NOON.replace(hour=11)),
        ("16/11/2020", PARIS, ZoneInfo("UTC"), datetime(2020, 11, 16)),  # a day is a day
    ],
)
def test_moments_are_told_in_the_zone_of_the_site(cell, local, told, moment):
    assert read_moment(cell, DAY_FIRST, local, told) == moment


@pytest.mark.parametrize(
    ("text", "order", "possible"),
    [
        ("16/11/2020", DAY_FIRST, True),
        ("16/11/2020", MONTH_FIRST, False),
        ("11/16/2020", DAY_FIRST, False),
        ("31/02/2020", DAY_FIRST, False),
        ("2020-11-16", MONTH_FIRST, True),
        ("20201116", DAY_FIRST, True),
    ],
)
def test_a_day_may_exist_in_one_order_only(text, order, possible):
    assert parse(text).possible(order) is possible


def test_a_text_says_its_parts():
    found = parse("4/12/2020 09:05:07")

    assert (found.year, found.first, found.second, found.is_open) == (2020, 4, 12, True)
    assert (found.clock, found.offset) == (time(9, 5, 7), None)
    assert parse("16 novembre 20").year == 2020
    for wrong in ("16 novembre 2020 demain", "16 brumaire 2020", "2020"):
        with pytest.raises(ValueError, match=wrong):
            parse(wrong)
    assert told_zone("Envoyé (UTC)").key == "UTC"
    assert told_zone("Envoyé") is None


def export(**more):
    columns = [Column(0, "Envoyé", role="fin"), Column(1, "Jour")]
    return Export("csv", Sheet("", []), columns, [], **more)


STAMPS = ["2020-11-16 12:00:00", "", "2020-11-16 12:00:00"]


@pytest.mark.parametrize(
    ("given", "cells", "is_read"),
    [
        ({}, STAMPS, True),
        ({}, ["2020-11-16 12:00:00", "16/11/2020"], False),
        ({}, ["2020-11-16 12:00:00", NOON], False),
        ({}, ["", ""], False),  # nobody answered: nothing says that they are stamps
        ({"zone": "UTC"}, STAMPS, False),
        ({"unstamped": "1980"}, STAMPS, True),
        ({"unstamped": "1980"}, [*STAMPS, "1980-01-01 00:00:00"], False),
        ({}, ["2020-02-31 12:00:00"], False),
        ({}, ["0000-00-00 00:00:00"], False),
        ({"whole": Whole(orders={0: None})}, ["", ""], True),
        ({"whole": Whole(orders={1: None})}, STAMPS, True),
    ],
)
def test_stamps_in_local_time_are_read_at_once(given, cells, is_read):
    found = stamped(export(**given), Column(0, "Envoyé", role="fin"), Cells.of(cells))

    assert (found is not None) is is_read
    if found is not None:
        places, moments = found
        told = moments[places]
        assert [bool(np.isnat(one)) for one in told] == [cell == "" for cell in cells]
        assert all(one == np.datetime64(NOON) for one in told[~np.isnat(told)])


def read(cells, zones, given=None, role="fin"):
    reader = _Reader(export(**(given or {})), Column(0, "Envoyé", role=role), DAY_FIRST)
    return reader.read(Cells.of(cells), Cells.of(zones)).listed(), reader.said


def test_each_row_is_told_in_the_zone_of_its_site_and_it_is_said():
    cells = ["2020-11-16 12:00:00", "2020-11-16 12:00:00", "hier", ""]
    found, said = read(cells, [PARIS, REUNION, PARIS, PARIS], {"zone": "UTC"})
    plain, nothing = read(cells[:1], [PARIS])
    own, theirs = read(["2020-11-16T12:00:00Z"], [PARIS])
    written, silent = read(cells[:1], [PARIS], {"zone": "UTC"}, role="question")

    assert found == [NOON.replace(hour=13), NOON.replace(hour=16), "hier", None]
    assert said == ["Envoyé : heures en UTC, lues à l’heure locale (Europe/Paris, Indian/Reunion)"]
    assert (plain, nothing) == ([NOON], [])
    assert own == [NOON.replace(hour=13)]
    assert theirs == ["Envoyé : heures avec leur fuseau, lues à l’heure locale (Europe/Paris)"]
    assert (written, silent) == ([NOON], [])  # what a person wrote is local time


def test_what_a_tool_writes_for_no_date_is_none():
    assert read(["1980-01-01 00:00:00"], [PARIS], {"unstamped": "1980"})[0] == [None]
    assert read(["1980-01-01 00:00:00"], [PARIS])[0] == [datetime(1980, 1, 1)]
