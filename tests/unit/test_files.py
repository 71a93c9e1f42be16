"""Bytes to rows: encodings, separators, line ends, damaged and unsafe files."""

import io
import zipfile

import pytest
import xlsxwriter

from qpref.errors import UnreadableFileError
from qpref.intake.files import MAX_BYTES, read_file
from qpref.intake.text import decode

TEXT = "Intitulé;Réponse\r\nAccueil;« Très satisfait », déjà l’été à Évry\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16"])
def test_french_text_is_decoded(encoding):
    assert decode(TEXT.encode(encoding)).text == TEXT


def test_utf_16_without_mark_is_recognised():
    assert decode(TEXT.encode("utf-16-le")).text == TEXT


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_separator_and_line_end_are_found(tmp_path, separator, end):
    path = tmp_path / "a.csv"
    path.write_bytes(end.join([separator.join("abc"), separator.join("123"), "", ""]).encode())

    rows = read_file(path).sheets[0].rows

    assert [row.cells for row in rows] == [["a", "b", "c"], ["1", "2", "3"]]


def test_a_row_is_located_by_its_physical_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b'a;b\r\n1;"deux\nlignes"\r\n3;4\r\n\r\n')

    assert [row.line for row in read_file(path).sheets[0].rows] == [1, 2, 4]


def test_hidden_sheets_are_not_read_and_are_named(tmp_path):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Vue").write(2, 1, "x")
    book.add_worksheet("Cachée").hide()
    book.close()

    file = read_file(path)

    assert [sheet.name for sheet in file.sheets] == ["Vue"]
    assert file.sheets[0].rows[0].line == 3
    assert file.hidden == ["Cachée"]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"xl/{number}.xml", b"0" * 100_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("absent.csv", None, "Impossible de lire"),
        ("vide.csv", b"  \r\n", "est vide"),
        ("note.pdf", b"%PDF-1.7", "pas un tableau"),
        ("sans_suffixe", b"a;b", "sans extension"),
        ("page.xlsx", b"<html><body>x</body></html>", "page web"),
        ("coupe.xlsx", b"PK\x03\x04" + b"\x00" * 50, "archive endommagée"),
        ("vieux.xls", b"\x00\x01rien de lisible", "n’est pas un classeur valide"),
        ("texte.xlsx", b"a;b\r\n1;2\r\n", "nommé comme un classeur"),
        ("octets.csv", b"a;b\x00;c\r\nlongue ligne de texte;2;3\r\n", "octets nuls"),
    ],
)
def test_an_unreadable_file_says_why_and_what_to_do(tmp_path, name, content, said):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(UnreadableFileError, match=said) as caught:
        read_file(path)

    assert caught.value.remedy


@pytest.mark.lent
def test_an_archive_that_unpacks_to_too_much_is_not_opened(tmp_path):
    path = tmp_path / "bombe.xlsx"
    path.write_bytes(bomb())

    with pytest.raises(UnreadableFileError, match="volume anormal"):
        read_file(path)


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "archive.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("lisezmoi.txt", "rien")

    with pytest.raises(UnreadableFileError, match="pas un classeur lisible"):
        read_file(path)


def test_a_file_over_the_limit_is_not_read(tmp_path):
    path = tmp_path / "gros.csv"
    with path.open("wb") as handle:
        handle.truncate(MAX_BYTES + 1)

    with pytest.raises(UnreadableFileError, match="limite"):
        read_file(path)
