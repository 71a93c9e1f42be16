"""Texts read in parts: the same rows as those of the whole, or a refusal to read them so."""

import pytest

from qpref.intake.records import read_records
from qpref.intake.streams import NotSoundError, Stream


def parts(path, text, encoding="utf-8", forced=None):
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    stream = Stream(path, forced)
    return stream, [(row.line, row.cells) for table in stream.tables() for row in table]


SOUND = [
    "a;b\n1;2\n",
    "a;b\n1;2",  # no end of line, and no quotation mark
    'a;b\n"1";"x\ny"\n3;4\n',
    "a;b\n\n1;2\n;\n3;4\n",
    'a;b\n="01";2\n',
    "a,b\n1,2\n",
]


@pytest.mark.parametrize("text", SOUND)
def test_a_sound_text_gives_the_rows_of_the_whole(text, tmp_path):
    stream, found = parts(tmp_path / "a.csv", text)
    rows, separator = read_records("a.csv", text)

    assert found == [(row.line, row.cells) for row in rows]
    assert stream.separator == separator


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252"),
     ("mac_roman", "mac_roman")],
)  # fmt: skip
def test_the_encoding_of_the_parts_is_that_of_the_whole(encoding, name, tmp_path):
    stream, found = parts(tmp_path / "a.csv", "été;b\nà;2\n", encoding)

    assert stream.encoding == name
    assert found == [(1, ["été", "b"]), (2, ["à", "2"])]


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n",  # one column
        "a;b\n1;2;3\n",
        "a;b\n1;2\n3\n",
        'a;b\n1;"2"',  # its last mark may be open
        'a;b\n1;"2\n"\n',
        'a;b;c\n1;"2\n3;4;5";6\n',  # a cell that holds a record
        '"a;b"\n"1;2"\n',  # records wrapped whole
        "Ã©;b\n1;2\n",  # encoded twice
        "a;b\n1;\x00\n",
        "a;b\n1;\ufffd\n",
        "a;b\n".encode("utf-16"),
        "é;b\n".encode() + b"\xe9;2\n",  # lines of two encodings
    ],
)
def test_what_is_to_be_repaired_is_not_read_in_parts(text, tmp_path):
    with pytest.raises(NotSoundError):
        parts(tmp_path / "a.csv", text)


def test_parts_move_on_to_the_end(tmp_path):
    path, seen = tmp_path / "a.csv", []
    path.write_text("a;b\n" + "1;2\n" * 5, encoding="utf-8")

    assert sum(len(table) for table in Stream(path).tables(seen.append)) == 6
    assert seen[-1] == 1.0
