"""What makes a sheet an export of each tool: its marks and nothing more, on a row or two."""

import io
import zipfile

import pandas as pd
import pytest

from qpref.errors import UnreadableFileError
from qpref.intake import files, workbooks
from qpref.intake.columns import Cells
from qpref.intake.common import grouped
from qpref.intake.conventions import Evidence, decide
from qpref.intake.dates import DAY_FIRST, MONTH_FIRST
from qpref.intake.export import Column, Export
from qpref.intake.formats import forms, jdma, limesurvey, platforms, sphinx
from qpref.intake.formats.table import read_keyed
from qpref.intake.rows import ReceivedFile, ReceivedRow, Sheet

CSV, TABS = (ReceivedFile("a.csv", "0", [], separator=sign) for sign in (";", "\t"))


def sheet_of(*rows, name=""):
    return Sheet(name, [ReceivedRow(line, list(row)) for line, row in enumerate(rows, start=1)])


def book(*sheets):
    return ReceivedFile("a.xlsx", "0", [*sheets])


@pytest.mark.parametrize(
    ("reader", "marks", "kind"),
    [
        (forms.read_tally, ["Submission ID", "Submitted at"], "tally"),
        (forms.read_tally, ["Identifiant de soumission", "Soumis le"], "tally"),
        (forms.read_microsoft, ["ID", "Heure de début", "Heure de fin"], "microsoft_forms"),
        (forms.read_microsoft, ["ID", "Start time", "Completion time"], "microsoft_forms"),
        (jdma.read, ["Identifiant avis", "Date de l’avis"], "jdma"),
        (jdma.read, ["Review ID", "Review created at"], "jdma"),
        (platforms.read_surveymonkey, ["Respondent ID", "Collector ID"], "surveymonkey"),
        (platforms.read_typeform, ["Submit Date (UTC)", "Network ID"], "typeform"),
        (limesurvey.read, ["id", "submitdate"], "limesurvey"),
    ],
)
def test_the_marks_of_a_tool_are_enough_and_each_is_needed(reader, marks, kind):
    answer = ["1"] * len(marks)

    assert reader(CSV, sheet_of(marks, answer)).kind == kind
    assert reader(CSV, sheet_of([*marks, "Attente"], [*answer, "Bonne"])).kind == kind
    for left_out in marks:
        others = [mark for mark in marks if mark != left_out]
        assert reader(CSV, sheet_of([*others, "Attente"], answer)) is None


def test_framaforms_has_its_number_and_two_other_columns():
    own = ["SID", "UUID", "Brouillon", "Attente"]

    assert forms.read_framaforms(CSV, sheet_of(own[:3])).kind == "framaforms"
    assert forms.read_framaforms(CSV, sheet_of([*own[:2], "Attente"])) is None
    assert forms.read_framaforms(CSV, sheet_of([*own[1:], "Adresse IP"])) is None
    fifth = sheet_of(*[["titre"]] * 4, own)
    assert forms.read_framaforms(CSV, fifth).kind == "framaforms"
    assert forms.read_framaforms(CSV, sheet_of(*[["titre"]] * 5, own)) is None


def framaforms(above, below, *rows):
    own = ["SID", "UUID", "Brouillon"]
    cells = [["1", "u", "0", *row] for row in rows]
    found = forms.read_framaforms(CSV, sheet_of(["", "", "", *above], [*own, *below], *cells))
    return [column.heading for column in found.columns][3:]


def test_a_group_of_framaforms_ends_where_answers_are_of_another_kind():
    assert framaforms(["Aide", "", ""], ["a", "b", "Avis"], ["X", "", "Bon"], ["", "X", ""]) == [
        "Aide [a]", "Aide [b]", "Avis",
    ]  # fmt: skip
    assert framaforms(["Aide", ""], ["a", "b"], ["X", "X"], ["", "non"]) == ["Aide [a]", "b"]
    assert framaforms(["Aide", ""], ["a", "b"], ["bon", "bon"], ["mal", ""]) == [
        "Aide — a", "Aide — b",
    ]  # fmt: skip


def test_a_vv_export_has_two_heading_rows_and_tabs():
    heads = [["Numéro", "Envoyé"], ["id", "submitdate"]]

    assert limesurvey.read(TABS, sheet_of(*heads)).kind == "limesurvey_vv"
    assert limesurvey.read(TABS, sheet_of(*heads, ["1", ""])).rows[0].cells == ["1", ""]
    assert limesurvey.read(CSV, sheet_of(*heads)) is None
    assert limesurvey.read(TABS, sheet_of(heads[0])) is None
    assert limesurvey.read(TABS, sheet_of(heads[0], ["id", "autre"])) is None


def test_headings_have_codes_when_most_begin_with_one():
    def codes(*headings):
        return limesurvey._codes(headings)

    assert codes("Q1. Attente", "Q2. Accueil", "Votre avis") == ["Q1", "Q2", ""]
    assert codes("Q1. Attente", "Votre avis") == ["", ""]
    assert codes("Q1. Attente", "Q1. Accueil") == ["", ""]  # one code of two questions


def test_qualtrics_has_three_heading_rows():
    heads = [["StartDate", "Q1"], ["Début", "Attente"], ['{"ImportId":"startDate"}', "{}"]]
    found = platforms.read_qualtrics(CSV, sheet_of(*heads))

    assert [(one.heading, one.code) for one in found.columns] == [
        ("Début", "StartDate"), ("Attente", "Q1"),
    ]  # fmt: skip
    assert found.rows == []
    assert platforms.read_qualtrics(CSV, sheet_of(*heads[:2])) is None
    assert platforms.read_qualtrics(CSV, sheet_of(*heads[:2], ["a", "b"])) is None
    short = platforms.read_qualtrics(CSV, sheet_of(heads[0], ["Début"], heads[2]))
    assert [one.heading for one in short.columns] == ["Début", "Q1"]
    own = platforms.read_qualtrics(
        CSV, sheet_of(["Email", "Q1"], ["Votre courriel", "x"], heads[2])
    )
    assert own.columns[0].role == "personnel"


def test_sphinx_has_two_variables_of_its_own_or_one_beside_its_information():
    one, two = ["PROGRESSION", "Attente"], ["PROGRESSION", "CLE", "Attente"]
    information = sheet_of(["Sphinx"], name="Information")

    def read(headings, *others, name="Réponses"):
        sheet = sheet_of(headings, ["Terminé"] * len(headings), name=name)
        return sphinx.read(book(sheet, *others), sheet)

    assert read(two).kind == "sphinx"
    assert read(one) is None
    assert read(one, information).kind == "sphinx"
    assert read(["Attente"], information) is None
    assert sphinx.read(book(information), information) is None
    assert sphinx.read(CSV, sheet_of(two)) is None
    roles = {column.heading: column.role for column in read(["N°Obs", *two]).columns}
    assert [name for name, role in roles.items() if role == "numero"] == ["CLE"]
    only = {column.heading: column.role for column in read(two).columns}
    assert [name for name, role in only.items() if role == "numero"] == ["CLE"]


def test_our_own_headings_are_recognised_from_three_in_five_on():
    known = {*"abcde"}

    def read(*headings):
        return len(read_keyed(ReceivedFile("a", "0", [sheet_of(headings, ["1"])]), known, 5))

    assert read("a", "b", "c", "x", "y") == 1
    assert read("a", "b", "x", "y", "z") == 0
    assert read("x") == 0
    assert len(read_keyed(ReceivedFile("a", "0", [sheet_of(["x"])]), set(), 0)) == 0


def test_headings_numbered_already_keep_their_numbers():
    columns = [Column(0, "a"), Column(1, "a (2)", twin=2), Column(2, "b"), Column(3, "b")]
    plain = [Column(0, "a"), Column(1, "a")]

    assert Export("csv", sheet_of(), columns, []).columns == columns
    found = Export("csv", sheet_of(), plain, []).columns
    assert [one.heading for one in found] == ["a", "a (2)"]


def test_cells_that_are_all_texts_say_so():
    assert Cells.of(["a", "b"]).are_texts
    assert not Cells.of(["a", 1]).are_texts
    assert Cells.of([1, True, "1"]).listed() == [1, True, "1"]
    assert len(Cells.of([1, True, "1", 1]).known) == 3
    kept = Cells.of(["a", "b", "c"]).taken(slice(2, 3))
    assert kept.compact().known == ["c"]
    assert kept.compact().listed() == ["c"]


@pytest.mark.parametrize(
    ("count", "lines"), [(2, "1, 2"), (6, "1, 2, 3, 4, 5, 6"), (7, "1, 2, 3, 4, 5, 6, …")]
)
def test_reasons_alike_are_told_once_with_their_lines(count, lines):
    rejects = pd.DataFrame(
        {"ligne": range(1, count + 1), "feuille": "f", "colonne": "c", "valeur": "v", "code": "k",
         "message": [f"f › ligne {n} › c : illisible." for n in range(1, count + 1)]}
    )  # fmt: skip

    assert grouped(rejects) == [f"f › c : illisible. ({count} fois, lignes {lines})"]
    assert grouped(rejects.iloc[:1]) == ["f › ligne 1 › c : illisible."]


def test_the_order_that_a_format_documents_holds_four_in_five_dates():
    """25/03 proves the day first; month first, the four others are the fourth of March."""
    march = (pd.Timestamp("2020-03-01").date(), pd.Timestamp("2020-03-31").date())
    proof = "25/03/2020"

    def order(count, asked=""):
        told = Evidence.of(["03/04/2020"] * count + [proof])
        return decide(told, march, MONTH_FIRST, asked).order

    assert [order(4), order(3)] == [MONTH_FIRST, DAY_FIRST]
    assert [order(4, DAY_FIRST), order(3, MONTH_FIRST)] == [DAY_FIRST, MONTH_FIRST]
    for bound in ("01/03/2020", "31/03/2020"):
        assert Evidence.of([bound]).inside(DAY_FIRST, march) == 1
    for beyond in ("29/02/2020", "01/04/2020"):
        assert Evidence.of([beyond]).inside(DAY_FIRST, march) == 0


# Sizes


def test_a_name_of_a_hundred_and_fifty_letters_is_the_longest(tmp_path):
    name = "a" * 146 + ".csv"
    (tmp_path / name).write_text("a;b\n1;2\n", encoding="utf-8")

    assert files.read_file(tmp_path / name).name == name
    with pytest.raises(UnreadableFileError, match="151 lettres"):
        files.read_file(tmp_path / f"a{name}")


def test_a_file_is_read_whole_up_to_a_size_and_in_parts_up_to_another(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("a;b\n" + "1;2\n" * 24, encoding="utf-8")  # 100 bytes

    monkeypatch.setattr(files, "MAX_BYTES", 100)
    assert len(files.read_file(path).sheets[0].rows) == 25
    monkeypatch.setattr(files, "MAX_BYTES", 99)
    with pytest.raises(UnreadableFileError, match="pèse"):
        files.read_file(path)
    monkeypatch.setattr(files, "LARGE", 99)
    monkeypatch.setattr(files, "MAX_BYTES", 100)
    assert files.read_beginning(path).warnings == []  # read whole
    monkeypatch.setattr(files, "MAX_BYTES", 99)
    assert (
        files.read_beginning(path).warnings[0].startswith("0 Mo : seules les 25 premières lignes")
    )
    for large, parted, found in [(99, 100, True), (100, 100, False), (99, 99, False)]:
        monkeypatch.setattr(files, "LARGE", large)
        monkeypatch.setattr(files, "MAX_PARTED", parted)
        assert files.is_large(path) is found
    assert not files.is_large(tmp_path / "absent.csv")
    assert not files.is_large(tmp_path / "a.xlsx")


def test_a_spreadsheet_s_number_of_columns_is_the_most(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("a;b;c\n1;2;3\n", encoding="utf-8")

    monkeypatch.setattr(files, "MAX_COLUMNS", 3)
    assert files.read_file(path).sheets
    monkeypatch.setattr(files, "MAX_COLUMNS", 2)
    with pytest.raises(UnreadableFileError, match="3 colonnes"):
        files.read_file(path)


def test_an_archive_of_one_file_is_that_file_up_to_its_size(tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dossier/b.csv", "a;b\n" + "1;2\n" * 249)  # 1,000 bytes
        archive.writestr("__MACOSX/._b.csv", "x")

    monkeypatch.setattr(files, "MAX_BYTES", 1000)
    assert len(files.read_file(path).sheets[0].rows) == 250
    monkeypatch.setattr(files, "MAX_BYTES", 999)
    with pytest.raises(UnreadableFileError, match="1 fichier"):
        files.read_file(path)


def archive_of(**entries):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return held.getvalue()


def test_an_archive_has_so_many_entries_and_bytes_at_most(monkeypatch):
    """Ten entries of a hundred bytes; one of more than a small size may shrink by a ratio only."""
    content = archive_of(**{f"f{n}": f"{n}" * 100 for n in range(10)})

    for name, most in (("MAX_ENTRIES", 10), ("MAX_UNPACKED", 1000)):
        with monkeypatch.context() as patched:
            patched.setattr(workbooks, name, most)
            assert workbooks._checked_archive("a.xlsx", content)
            patched.setattr(workbooks, name, most - 1)
            with pytest.raises(UnreadableFileError) as found:
                workbooks._checked_archive("a.xlsx", content)
            assert "volume anormal" in found.value.sentence
            assert found.value.remedy == "Vérifiez l’origine du fichier."
    monkeypatch.setattr(workbooks, "_SMALL", 100)
    monkeypatch.setattr(workbooks, "MAX_RATIO", 1)
    assert workbooks._checked_archive("a.xlsx", content)
    monkeypatch.setattr(workbooks, "_SMALL", 99)
    with pytest.raises(UnreadableFileError, match="volume anormal"):
        workbooks._checked_archive("a.xlsx", content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"  <html>", "page web"),
        (b"a;b\n1;2\n", "fichier texte"),
        (b"PK\x03\x04 rompu", "endommagée"),
        (b"\x00\x01\x02", "endommagée"),
    ],
)
def test_what_is_no_workbook_says_what_it_is(content, said):
    with pytest.raises(UnreadableFileError, match=said):
        workbooks._checked_archive("a.xlsx", content)
