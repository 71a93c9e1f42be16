"""ENC, MOJ, SEP, EOL: every way a French text file may be written, and damaged."""

import pytest

from qpref.errors import UnreadableFileError
from qpref.intake import receive
from qpref.intake.files import read_file
from qpref.intake.records import find_separator
from qpref.intake.text import decode
from tests.intake.conftest import check, table, write_csv

SENTENCE = "Accueil déjà très apprécié à Évry ; l’été, où être reçu sans délai ?"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252"),
        ("mac_roman", "mac_roman"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)  # fmt: skip
def test_the_encoding_is_found(encoding, found):
    decoded = decode(SENTENCE.encode(encoding))

    assert (decoded.text, decoded.encoding, decoded.warnings) == (SENTENCE, found, [])


@pytest.mark.parametrize(("first", "second"), [("utf-8", "cp1252"), ("cp1252", "mac_roman")])
def test_a_text_encoded_twice_is_repaired_and_said(first, second):
    """« Ã© », or « È », for « é »; kept as UTF-8 as such files are."""
    spoiled = SENTENCE.encode(first).decode(second)
    decoded = decode(spoiled.encode("utf-8"))

    assert decoded.text == SENTENCE
    assert decoded.warnings


@pytest.mark.parametrize(
    "text", ["ÉTÉ À ÉVRY", "Ã la carte", "Ça va", "São Paulo, França", SENTENCE]
)
def test_a_right_text_is_never_repaired(text):
    decoded = decode(text.encode("utf-8"))

    assert (decoded.text, decoded.warnings) == (text, [])


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "utf-16", "utf-8"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_an_export_is_read_whatever_its_writing(
    tmp_path, setting, headings, encoding, end, separator
):
    days = ("16/11/2020 09:00:00", "17/11/2020 09:00:00", "04/12/2020 09:00:00")
    lines = table(headings, ["Horodateur"], [[day] for day in days])
    path = write_csv(tmp_path / "a.csv", lines, separator, encoding, end)

    outcome = receive(setting, path)

    check(outcome, "google_forms")
    assert outcome.file.separator == separator


def test_decimal_commas_do_not_hide_the_separator():
    assert find_separator("nom;note\r\na;1,5\r\nb;2,5\r\n") == ";"
    assert find_separator('"a, b","c"\n"d, e","f"\n') == ","


def test_broken_bytes_quarantine_their_record_only(tmp_path, setting, headings):
    days = ("16/11/2020 09:00:00", "17/11/2020 09:00:00", "04/12/2020 09:00:00")
    path = write_csv(tmp_path / "a.csv", table(headings, ["Horodateur"], [[d] for d in days]))
    lines = path.read_bytes().split(b"\r\n")
    lines[2] = lines[2].replace("Plutôt".encode(), b"Plut\xff\xfet", 1)
    path.write_bytes(b"\r\n".join(lines))

    outcome = receive(setting, path)

    assert (outcome.counts.kept, outcome.counts.quarantined) == (2, 1)
    assert "ligne 3" in outcome.tables["rejets"]["message"].tolist()[0]
    assert "octets illisibles" in outcome.tables["rejets"]["message"].tolist()[0]


def test_a_few_nul_bytes_quarantine_their_record_only(tmp_path, setting, headings):
    days = ("16/11/2020 09:00:00", "17/11/2020 09:00:00", "04/12/2020 09:00:00")
    path = write_csv(tmp_path / "a.csv", table(headings, ["Horodateur"], [[d] for d in days]))
    path.write_bytes(path.read_bytes().replace(b"04/12", b"04\x00/12"))

    assert receive(setting, path).counts.quarantined == 1


def test_an_encoding_may_be_imposed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("a;é\r\n1;è\r\n".encode("mac_roman"))

    assert read_file(path, "mac_roman").sheets[0].rows[0].cells == ["a", "é"]
    with pytest.raises(UnreadableFileError, match="n’est pas prévu"):
        read_file(path, "klingon")
