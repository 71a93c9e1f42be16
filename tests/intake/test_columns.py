"""Cells kept column by column: the same as those of a record at a time, each kept once."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qpref.errors import UnreadableFileError
from qpref.intake.columns import Cells, ReceivedTable, column_of
from qpref.intake.records import read_records
from qpref.intake.regular import read_regular
from qpref.intake.rows import ReceivedRow
from qpref.intake.straight import beginning, read_straight
from qpref.intake.text import read_text
from qpref.schema import conform
from tests.conftest import NIGHT

_PIECES = ["a", "é", '"', '""', ";", ";", "\n", "\r\n", "\r", " ", "=", "'", "1", "\ufffd", "\x00"]


def _one_at_a_time(text: str) -> list[tuple[int, list[str]]]:
    """Return the records that hold something and their lines, by Python's own reader."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    found, start = [], 1
    for record in reader:
        if "".join(record).strip():
            found.append((start, record))
        start = 1 + reader.line_num
    return found


@pytest.mark.lent
@settings(max_examples=20_000 if NIGHT else 300, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=30).map("".join), st.integers(2, 4))
def test_a_regular_text_is_read_as_a_record_at_a_time(text, width):
    """Quotation marks anywhere, breaks in cells, blank lines, all three ends of line."""
    table = read_regular(text.encode(), ";", width, 1)

    if table is not None:
        assert [(row.line, row.cells) for row in table] == _one_at_a_time(text)


_ODD = ["’", "œ", "É", "ÿ", "Ã©", "\ufeff", "sep=;\n", '"a;b"\n', '="01"']


def _read_or_refused(content, forced):
    try:
        sheet, encoding, separator, said = read_text("a.csv", content, forced)
    except UnreadableFileError as error:
        return str(error)
    return [(row.line, row.cells) for row in sheet.rows], encoding, separator, said


@pytest.mark.lent
@settings(max_examples=20_000 if NIGHT else 300, deadline=None)
@given(
    st.lists(st.sampled_from(_PIECES + _ODD), max_size=30).map("".join),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "mac_roman"]),
    st.sampled_from([b"", b"\x81", b"\xe9", b"\xc3", b"\xef\xbb\xbf"]),
    st.booleans(),
    st.sampled_from([8, 40, 1_000_000]),
)
def test_bytes_that_need_no_repair_are_read_as_those_that_do(text, encoding, odd, asked, seen):
    """Encodings, marks, bytes that no encoding has, wrapped records; a beginning of any length."""
    content, forced = text.encode(encoding, errors="ignore") + odd, encoding if asked else None
    with pytest.MonkeyPatch.context() as patched:
        for place in ("records.BEGINNING", "straight.BEGINNING", "text._JUDGED"):
            patched.setattr(f"qpref.intake.{place}", seen)
        straight = _read_or_refused(content, forced)
        patched.setattr("qpref.intake.text.read_straight", lambda *_: None)

        assert straight == _read_or_refused(content, forced)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman"])
def test_a_plain_text_is_read_from_its_bytes(encoding):
    """Else the test above would compare nothing; « ’ » and « œ » are not those of Latin-1."""
    content = 'a;b\n1;"l’été\nau cœur"\n'.encode(encoding)

    rows, separator = read_straight(content, encoding, beginning(content, encoding))

    assert [row.cells for row in rows] == [["a", "b"], ["1", "l’été\nau cœur"]]
    assert separator == ";"


def test_a_plain_text_is_read_column_by_column():
    """Else the test above would compare nothing."""
    rows, _ = read_records("a.csv", 'a;b\n1;"x\ny"\n\n;\n2;="01"\n')

    assert isinstance(rows, ReceivedTable)
    assert [(row.line, row.cells) for row in rows] == [
        (1, ["a", "b"]), (2, ["1", "x\ny"]), (6, ["2", "01"]),
    ]  # fmt: skip


def test_a_text_whose_records_differ_is_read_a_record_at_a_time():
    rows, _ = read_records("a.csv", "titre\na;b\n1;2\n")

    assert [(row.line, row.cells) for row in rows] == [
        (1, ["titre"]),
        (2, ["a", "b"]),
        (3, ["1", "2"]),
    ]


@pytest.mark.parametrize(
    "cells", [[], ["x"], ["x", "", "x"], [True, 1, 1.0, "1", None], [0, False]]
)
def test_cells_stay_what_they_are(cells):
    """True, 1 and 1.0 are equal, and three cells."""
    column = Cells.of(cells)

    assert list(map(repr, column)) == list(map(repr, cells))
    assert list(map(repr, column.compact())) == list(map(repr, cells))
    assert column.filled().tolist() == [cell not in {None, ""} for cell in cells]


def test_what_rows_left_out_held_is_not_read():
    column = Cells.of([*"abcde"]).taken(np.array([3, 1, 3]))
    read = []
    column.read(read.append)

    assert sorted(read) == ["b", "d"]
    assert column.given() == ["d", "b"]
    assert column.counted() == {"d": 2, "b": 1}


@pytest.mark.parametrize("is_table", [True, False])
def test_rows_and_tables_have_the_same_columns(is_table):
    rows = [ReceivedRow(2, ["a", "b"]), ReceivedRow(5, ["c", ""])]
    columns = [Cells.of(["a", "c"]), Cells.of(["b", ""])]
    found = ReceivedTable(np.array([2, 5]), columns) if is_table else rows

    assert list(found) == list(found[:]) == rows
    assert [column_of(found, place).listed() for place in range(3)] == [
        ["a", "c"],
        ["b", ""],
        ["", ""],
    ]


def _items(**changed: list[str | None]) -> pd.DataFrame:
    own = {
        "reponse_id": ["a", "a"], "campagne": ["c", "c"], "site": ["s", "s"],
        "question": ["p", "q"],
        "option": ["", ""], "etat": ["repondu", "nsp"], "modalite": ["oui", None],
        "regle": ["exact", ""],
    }  # fmt: skip
    return pd.DataFrame(own | changed).assign(valeur=1.0)


def test_texts_stored_once_are_checked():
    assert len(conform("items", _items())) == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"question": ["p", "p"]}, "two rows"),
        ({"question": ["q", "p"], "option": ["x", "x"], "reponse_id": ["a", None]}, "missing"),
        ({"etat": ["repondu", "peut-être"]}, "peut-être"),
    ],
)
def test_texts_stored_once_that_break_the_declaration_are_refused(changed, said):
    with pytest.raises(AssertionError, match=said):
        conform("items", _items(**changed))
