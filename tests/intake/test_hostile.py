"""ZIP, FRM, INJ: unsafe workbooks are refused before they are parsed; text stays text."""

import io
import os
import time
import zipfile

import pytest
import xlsxwriter

from qpref.clu.purge import purge
from qpref.clu.retention import Expired, Overdue
from qpref.errors import UnreadableFileError
from qpref.intake import Reception, receive
from qpref.intake.files import read_file
from qpref.intake.lost import FORMULA
from qpref.store import Store
from tests.conftest import NOW, copy_project, peak
from tests.intake.conftest import write_xlsx


def repack(path, change):
    """Rewrite a workbook, each entry through `change(name, content)`."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, change(entry.filename, source.read(entry)))
    path.write_bytes(out.getvalue())


@pytest.fixture
def workbook(tmp_path):
    return write_xlsx(tmp_path / "a.xlsx", {"Feuil1": [["Titre", "Autre"], ["x", "y"]]})


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
    ],
)
def test_a_declaration_is_refused(workbook, declaration):
    repack(
        workbook,
        lambda name, content: (
            content.replace(b"<worksheet", declaration + b"<worksheet", 1)
            if "sheet1" in name
            else content
        ),
    )

    with pytest.raises(UnreadableFileError, match="déclaration XML interdite"):
        read_file(workbook)


def test_an_entry_packed_too_tightly_is_refused_at_once(workbook):
    with zipfile.ZipFile(workbook, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bombe.xml", b"0" * 50_000_000)
    start = time.perf_counter()

    with pytest.raises(UnreadableFileError, match="volume anormal"):
        read_file(workbook)
    assert time.perf_counter() - start < 10


def test_too_many_entries_are_refused(workbook):
    with zipfile.ZipFile(workbook, "a") as archive:
        for number in range(2001):
            archive.writestr(f"x/{number}", b"")

    with pytest.raises(UnreadableFileError, match="volume anormal"):
        read_file(workbook)


def far_apart(path):
    """Two cells, at the ends of the sheet: 17 thousand millions lie between."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Feuil1")
    sheet.write(0, 0, "x")
    sheet.write(1_048_575, 16_383, "y")
    book.close()


def very_wide(path):
    """A sheet as wide as sheets are, and long enough to weigh."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("Feuil1")
    for line in (0, 5_000):
        sheet.write_row(line, 0, ["x"] * 16_384)
    book.close()


def repeated(path):
    """An .ods of one cell, repeated over 100 millions."""
    content = (
        '<?xml version="1.0"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        '<office:spreadsheet><table:table table:name="S"><table:table-row '
        'table:number-rows-repeated="100000"><table:table-cell '
        'table:number-columns-repeated="1000" office:value-type="string"><text:p>x</text:p>'
        "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest/>')
        archive.writestr("content.xml", content)


@pytest.mark.parametrize(("name", "write"), [
    ("a.xlsx", far_apart),
    pytest.param("a.xlsx", very_wide, marks=pytest.mark.nuit),
    pytest.param("a.ods", repeated, marks=pytest.mark.nuit),
])  # fmt: skip
def test_a_sheet_that_would_fill_the_memory_takes_only_its_own_process(tmp_path, name, write):
    path = tmp_path / name
    write(path)
    before = peak()
    start = time.perf_counter()

    with pytest.raises(UnreadableFileError, match="demande trop de mémoire"):
        read_file(path)
    assert time.perf_counter() - start < 60
    assert peak() - before < 200  # megabytes; not measured on Windows


@pytest.mark.lent
def test_a_text_file_of_a_million_columns_is_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(";".join(["x"] * 1_000_000) + "\n" + ";".join(["1"] * 1_000_000))
    start = time.perf_counter()

    with pytest.raises(UnreadableFileError, match="1000000 colonnes"):
        read_file(path)
    assert time.perf_counter() - start < 20


def test_a_macro_is_named_and_ignored(tmp_path, workbook):
    with zipfile.ZipFile(workbook, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    path = workbook.rename(tmp_path / "a.xlsm")

    file = read_file(path)

    assert any("macro" in warning for warning in file.warnings)
    assert file.sheets[0].rows[1].cells == ["x", "y"]


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_a_truncated_workbook_is_refused(workbook, part):
    content = workbook.read_bytes()
    workbook.write_bytes(content[: int(len(content) * part)])

    with pytest.raises(UnreadableFileError, match="endommagée"):
        read_file(workbook)


def test_a_workbook_whose_content_is_damaged_is_refused(workbook):
    content = bytearray(workbook.read_bytes())
    place = content.index(b"xl/worksheets/sheet1.xml") + 40
    content[place : place + 20] = b"\x00" * 20
    workbook.write_bytes(bytes(content))

    with pytest.raises(UnreadableFileError):
        read_file(workbook)


def test_a_formula_without_result_is_not_taken_for_a_blank(tmp_path):
    path = tmp_path / "f.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Feuil1")
    sheet.write_row(0, 0, ["A", "B"])
    sheet.write_formula(1, 0, "=1+1", None, 2)
    sheet.write_formula(1, 1, "=1+1", None, "")
    book.close()
    repack(
        path,
        lambda name, content: (
            content.replace(b'<c r="B2" t="str"><f>1+1</f><v></v></c>', b'<c r="B2"><f>1+1</f></c>')
            if "sheet1" in name
            else content
        ),
    )

    file = read_file(path)

    assert file.sheets[0].rows[1].cells == [2.0, FORMULA]
    assert any("1 formule(s) sans résultat" in warning for warning in file.warnings)


def test_a_web_page_named_as_a_workbook_is_refused(tmp_path):
    path = tmp_path / "a.xls"
    path.write_text("<html><table><tr><td>x</td></tr></table></html>", encoding="utf-8")

    with pytest.raises(UnreadableFileError, match="page web"):
        read_file(path)


@pytest.mark.parametrize("text", ["-1", "+ de guichets", "=somme", "@moi", "<b>gras</b>"])
def test_text_that_looks_like_a_formula_is_text(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(f"a;b\r\n{text};2\r\n", encoding="utf-8")

    assert read_file(path).sheets[0].rows[1].cells == [text, "2"]


def test_an_open_document_sheet_is_read(tmp_path):
    """A minimal .ods, written by hand: mimetype first, one table."""
    content = (
        '<?xml version="1.0"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        '<office:spreadsheet><table:table table:name="Saisie"><table:table-row>'
        '<table:table-cell office:value-type="string"><text:p>Évry</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    path = tmp_path / "a.ods"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)

    assert read_file(path).sheets[0].rows[0].cells == ["Évry"]


@pytest.mark.skipif(os.name == "nt", reason="Windows refuse ces noms lui-même")
@pytest.mark.parametrize(
    "name",
    [
        "..csv",
        "..\\..\\x.csv",
        "a\nb.csv",
        "-x.csv",
        " .csv",
        "<b>.csv",
        "=1+1.csv",
        "é\u202egpj.csv",
    ],
)
def test_a_strange_name_stays_a_name(tmp_path, reference, example, name):
    """Its list of rejects lies where the others do, and the registry knows it as it is."""
    project = copy_project(tmp_path / "projet")
    path = tmp_path / name
    text = (example / "2020-11" / "releve_refus_2020-11.csv").read_bytes()
    path.write_bytes(text + b"pas une date;x\r\n")
    setting = Reception(reference, reference.campaign("2020-11"))

    entry, _ = Store(project).add(setting, receive(setting, path), NOW)

    assert entry.fichier == name
    assert [*project.quarantine.rglob("*.csv")] == [project.quarantine / "2020-11" / f"{name}.csv"]
    assert {found.name for found in tmp_path.iterdir()} == {"projet", name}


def test_a_name_too_long_for_some_systems_is_told(tmp_path):
    path = tmp_path / f"{'a' * 200}.csv"
    path.write_text("a;b\n1;2\n")

    with pytest.raises(UnreadableFileError, match=r"204 lettres.*Renommez"):
        read_file(path)


@pytest.mark.skipif(os.name == "nt", reason="les liens demandent des droits")
def test_a_purge_follows_no_link(tmp_path):
    """What a link of data/brut leads to is not ours to remove; the link is."""
    project = copy_project(tmp_path / "projet")
    kept = tmp_path / "ailleurs" / "recu.csv"
    kept.parent.mkdir()
    kept.write_text("a")
    project.received.mkdir(parents=True)
    (project.received / "lien.csv").symlink_to(kept)

    one = Expired(project.received / "lien.csv", "fichier reçu", NOW.date())
    purge(project, Overdue([one]), NOW, lambda _: None)

    assert kept.read_text() == "a"
    assert not (project.received / "lien.csv").is_symlink()
