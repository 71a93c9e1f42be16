"""Rules of `intake` on rows and texts of a few cells, each expected value worked out by hand."""

import gc
import struct
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from qpref.errors import DatesError, UnreadableFileError
from qpref.intake import Reception, receive
from qpref.intake.biff import _sheets
from qpref.intake.columns import Cells, ReceivedTable, filled
from qpref.intake.common import Rejects
from qpref.intake.conventions import Evidence, decide
from qpref.intake.dates import DAY_FIRST, MONTH_FIRST
from qpref.intake.drafted_scale import DraftedScale
from qpref.intake.export import Column, Export
from qpref.intake.files import ending
from qpref.intake.formats.forms import _is_alike
from qpref.intake.formats.platforms import read_surveymonkey
from qpref.intake.formats.tablets import defines_form, read_kobo, read_odk
from qpref.intake.kept import KeptRows
from qpref.intake.levels import rank
from qpref.intake.personal import is_personal
from qpref.intake.readings import Atom, MonthRow, _are_contradictory
from qpref.intake.records import read_records
from qpref.intake.rows import ReceivedFile, ReceivedRow, Sheet
from qpref.intake.sheets import _add_up
from qpref.intake.widths import completed
from tests.intake.conftest import LEVELS, answers, write_csv, write_xlsx


def rows_of(*rows):
    return [ReceivedRow(line, list(cells)) for line, cells in enumerate(rows, start=1)]


def sheet_of(*rows, name=""):
    return Sheet(name, rows_of(*rows))


FILE = ReceivedFile("a.csv", "0", [])


@pytest.mark.parametrize(
    ("name", "found"),
    [("a.CSV", ".csv"), ("a.b.c", ".c"), ("a", ""), ("a.", ""), (".csv", ""), ("x.y", ".y")],
)
def test_an_ending_begins_after_a_name_and_is_not_empty(name, found):
    assert ending(name) == found


def test_rows_of_nothing_are_left_out():
    rows = rows_of(["", " ", None], ["", "x"], [0])

    assert filled(rows) == rows[1:]


@pytest.mark.parametrize(
    "text",
    [
        'a;b\n1;"2"',  # no end of line after the last record
        'a;b\n1;"2\n"\n',  # a cell that ends with one
        'a;b\n1;"2\n"',
        'a;b\n"1";2\n',
        'a;b\n1;2"\n',  # a mark inside a cell opens nothing
    ],
)
def test_a_quotation_mark_that_closes_is_no_fault(text):
    rows, separator = read_records("a.csv", text)

    assert separator == ";"
    assert [len(row.cells) for row in rows] == [2, 2]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a;b\n1;"2', 2),
        ('a;b\n1;"2\n', 2),
        ('a;b\n"1\n1";"2\n3', 3),  # two lines of the first cell, then the cell that is open
        ('a;b\n1;2\n"1\n1\n1";"2', 5),
        ('sep=;\na;b\n1;"2', 3),
    ],
)
def test_a_quotation_mark_that_nothing_closes_is_told_at_its_line(text, line):
    with pytest.raises(UnreadableFileError, match=f"ligne {line} : .* jamais refermé"):
        read_records("a.csv", text)


WINDOW = (date(2020, 3, 1), date(2020, 3, 31))


@pytest.mark.parametrize(
    ("inside", "outside", "order"),
    [
        # Read day first, `03/04` is in April and `04/03` in March: « inside » ones are in March.
        (4, 1, DAY_FIRST),  # four in five, and one the other way round
        (8, 3, None),
        (1, 4, MONTH_FIRST),
        (5, 5, None),
    ],
)
def test_dates_in_the_campaign_settle_their_order_from_four_in_five(inside, outside, order):
    told = Evidence.of(["04/03/2020"] * inside + ["03/04/2020"] * outside)

    if order is None:
        with pytest.raises(DatesError):
            decide(told, WINDOW)
    else:
        assert decide(told, WINDOW).order == order


def test_the_other_order_may_put_half_of_the_dates_in_the_campaign():
    """03/03 is in March either way: of four, all day first, and two or three month first."""
    half, more = (["03/03/2020"] * n + ["04/03/2020"] * (4 - n) for n in (2, 3))

    assert decide(Evidence.of(half), WINDOW).order == DAY_FIRST
    with pytest.raises(DatesError):
        decide(Evidence.of(more), WINDOW)


def biff(*records):
    """Records of an old workbook: a kind, a length, a content."""
    return b"".join(struct.pack("<HH", kind, len(content)) + content for kind, content in records)


@pytest.mark.parametrize(
    ("version", "content"),
    [
        (0x0500, b"\x04\xc9t\xe9 "),  # a length, then letters of Windows
        (0x0600, b"\x04\x00\xc9t\xe9 "),  # a length, a mark, then letters of Latin 1
        (0x0600, b"\x04\x01" + "Été ".encode("utf-16-le")),  # the mark of letters of two bytes
    ],
)
def test_the_sheets_of_an_old_workbook_are_named_in_its_letters(version, content):
    first = struct.pack("<H", version) + b"\x05\x00"
    sheet = struct.pack("<Ixx", 77) + content + b"rest"
    stream = biff((0x0809, first), (0x0085, sheet), (0x000A, b""), (0x0085, sheet))

    assert [*_sheets(stream)] == [("Été ", 77)]


def export_of(*rows, width=3, sheet=""):
    columns = [Column(place, f"q{place}") for place in range(width)]
    return Export("csv", Sheet(sheet, []), columns, rows_of(*rows))


WHOLE = ["a", "b", "c"]


def test_rows_that_lost_their_empty_end_are_made_whole_when_there_are_two():
    found = completed(export_of(WHOLE, ["a", "b"], WHOLE, ["a"], WHOLE))

    assert [row.cells for row in found.rows] == [
        WHOLE, ["a", "b", ""], WHOLE, ["a", "", ""], WHOLE,
    ]  # fmt: skip
    assert found.warnings == [
        "2 ligne(s) sans leurs dernières cellules, lues comme vides : lignes 2, 4"
    ]
    many = completed(export_of(*[["a"]] * 7, width=9))
    assert many.warnings[0].endswith("lignes 1, 2, 3, 4, 5, 6, …")
    six = completed(export_of(*[["a"]] * 6, width=9))
    assert six.warnings[0].endswith("lignes 1, 2, 3, 4, 5, 6")


@pytest.mark.parametrize(
    "rows",
    [
        (WHOLE, ["a", "b"], WHOLE),  # one short row may be an accident
        (["a", "b"], ["a", ""], WHOLE),  # this tool writes empty ends
        (["a", "b"], ["b", "c"], WHOLE),  # a row cut in two: 2 + 2 cells, one of them cut
        (["a", "b"], WHOLE, ["a", "b"], ["b", "c"]),
    ],
)
def test_rows_that_are_damaged_stay_as_they_are(rows):
    export = export_of(*rows)

    assert completed(export) is export
    assert not completed(export_of(["a"], ["a"], sheet="f")).warnings


@pytest.mark.parametrize(
    ("first", "answers_", "alike"),
    [
        ({"x"}, {"x"}, True),
        ({"x"}, set(), True),
        (set(), {"x"}, True),
        ({"x"}, {"non"}, False),
        ({"x"}, {"x", "non"}, False),
        ({"oui"}, {"oui", "non"}, True),
        ({"oui"}, {"x"}, False),
        ({"oui"}, set(), True),
    ],
)
def test_the_columns_of_a_question_are_answered_alike(first, answers_, alike):
    assert _is_alike(first, answers_) is alike


@pytest.mark.parametrize(
    ("answered", "personal"),
    [
        (["Zorglub"], True),
        (["Zorglub", "Un agent"], False),  # a name in half of the cells only
        (["Zorglub", "Zorglub", "Un agent"], True),
        (["Un agent"], False),
    ],
)
def test_who_received_you_is_personal_when_most_answers_are_names(answered, personal):
    assert is_personal("Qui vous a reçu ?", answered) is personal


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ([[1, 2]], False),  # one row adds up to whatever it does
        ([[1, 2], [2, 1]], True),
        ([[1, 2], [2, 1], [4, 4], [9, 9]], True),
        ([[1, 2], [2, 1], [4, 4], [9, 9], [7, 7]], False),
    ],
)
def test_half_of_several_rows_have_one_same_sum(numbers, found):
    assert _add_up(numbers) is found


ODK = ["SubmissionDate", "q", "KEY", "SubmitterID", "ReviewState"]


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([], []),
        (["approved", ""], []),
        (["rejected", "", "rejected"], ["2 réponse(s) rejetée(s)"]),
    ],
)
def test_forms_that_a_reviewer_rejected_are_told(states, said):
    rows = [["2020-11-16T10:00:00Z", "oui", f"uuid:{n}", "1", state]
            for n, state in enumerate(states)]  # fmt: skip
    export = read_odk(FILE, sheet_of(ODK, *rows))

    assert [text.split(" à ")[0] for text in export.warnings] == said
    assert len(export.rows) == len(states)
    assert read_odk(FILE, sheet_of(ODK[:3])) is None
    assert not read_odk(FILE, sheet_of(ODK[:4], *[row[:4] for row in rows])).warnings


def test_a_tablet_s_export_may_hold_nothing_but_its_own_columns():
    assert read_kobo(FILE, sheet_of(["_id", "_uuid"], ["1", "u"])).kind == "kobo"
    assert read_kobo(FILE, sheet_of(["_id", "q"], ["1", "u"])) is None
    tagged = read_kobo(FILE, sheet_of(["_id", "_uuid", "q"], ["", "", "#a"], ["1", "u", "x"]))
    assert [row.cells for row in tagged.rows] == [["1", "u", "x"]]


def test_one_answer_of_surveymonkey_is_an_export_and_headings_alone_are_not():
    names = ["Respondent ID", "Collector ID", "Attente"]
    one = read_surveymonkey(FILE, sheet_of(names, ["1", "2", "Bonne"]))

    assert [row.cells for row in one.rows] == [["1", "2", "Bonne"]]
    assert read_surveymonkey(FILE, sheet_of(names)) is None
    named = read_surveymonkey(FILE, sheet_of(names, ["", "", "Response"], ["1", "2", "Bonne"]))
    assert [row.cells for row in named.rows] == [["1", "2", "Bonne"]]
    assert [column.heading for column in named.columns] == names


@pytest.mark.parametrize(
    ("labels", "ordered"),
    [
        (["18 à 29 ans", "30 à 44 ans", "45 ans et plus"], True),
        (["18 à 29 ans"], False),
        (["18 à 29 ans", "Autre"], False),
        (["Lundi", "Jeudi"], False),
        (["Oui", "Non"], False),
    ],
)
def test_two_ranges_make_a_scale_with_an_order(labels, ordered):
    scale = DraftedScale([{"code": text, "libelle": text} for text in labels])
    scale.conclude(is_whole=True)

    assert scale.is_ordered is ordered


def test_the_name_of_the_only_sheet_is_no_part_of_an_answer(tmp_path, setting, headings):
    """A workbook saved again under another tab gives the same answers, numbered or not."""
    rows = [["2020-11-16", *answers(headings, level).values()] for level in LEVELS[:2]]
    found = []
    for name in ("Feuille 1", "Réponses"):
        path = write_xlsx(tmp_path / f"{name}.xlsx", {name: [["Date", *headings.values()], *rows]})
        found.append(receive(setting, path).tables["reponses"]["reponse_id"].tolist())

    assert found[0] == found[1]
    assert len({*found[0]}) == 2


@pytest.mark.parametrize(("rule", "kept"), [("exclues", 2), ("incluses", 3)])
def test_unfinished_answers_are_kept_where_the_campaign_takes_them(
    rule, kept, setting, headings, tmp_path
):
    """Two sent, one not; the answers read are those kept and those set aside."""
    campaign = setting.campaign.model_copy(update={"partielles": rule})
    taken = Reception(setting.reference, campaign, setting.asked_site)
    rows = [["id", "submitdate", "startdate", *headings.values()]]
    for number, sent in enumerate(["2020-11-17 10:00:00", "2020-11-17 10:01:00", ""]):
        own = answers(headings, LEVELS[number % 2]).values()
        rows.append([str(number), sent, "2020-11-17 09:50:00", *own])
    counts = receive(taken, write_csv(tmp_path / "a.csv", rows)).counts

    assert (counts.read, counts.kept, counts.set_aside) == (3, kept, 3 - kept)


def test_an_xlsform_has_a_type_a_name_and_a_label():
    """Its rows are of questions or of groups."""

    def defines(headings, kind="select_one oui"):
        return defines_form(sheet_of(headings, [kind, "q", "Q"]))

    assert defines(["type", "name", "label"])
    assert defines(["Type", "Name", "label::French"])
    assert defines(["type", "name", "label"], "begin group")
    assert not defines(["type", "name", "label"], "texte")
    assert not defines(["type", "name", "hint"])
    assert not defines(["type", "label", "autre"])


def test_months_said_twice_are_told_by_their_lines():
    """Of three numbers, the first and the first that differs."""
    rows = [MonthRow(Sheet("", []), line) for line in (2, 3, 4)]
    for row, value in zip(rows, (4.0, 4.0, 5.0), strict=True):
        row.atoms.append(Atom(row, ("bourg", "2020-11", "delai"), "valeur", value, "c", 1, ""))

    assert _are_contradictory([atom for row in rows for atom in row.atoms])
    assert [row.problems[0].why for row in rows] == [
        "le même mois est dit deux fois (4 ligne 2 et 5 ligne 4)."
    ] * 3
    assert not any(row.is_used for row in rows)
    assert not _are_contradictory([])


@pytest.mark.parametrize(
    ("labels", "order"),
    [
        (["Moins de 18 ans", "18 à 29 ans"], (0, 1)),
        (["18 à 29 ans", "Moins de 18 ans"], (1, 0)),
        (["60 ans et plus", "18 à 29 ans"], (1, 0)),
        (["Bien", "Très bien", "Mal"], (1, 0, 2)),
        (["2 fois", "1 fois"], (1, 0)),
    ],
)
def test_levels_and_ranges_have_a_place(labels, order):
    assert tuple(sorted(range(len(labels)), key=lambda n: rank(labels[n]))) == order
    assert rank("Au guichet") is None


def test_rows_kept_on_the_disk_come_back_and_leave_nothing():
    """Two tables of two and six rows: a quarter, then all; their folder goes with them."""
    tables = [ReceivedTable(np.arange(n) + 1, [Cells.of(["a"] * n), Cells.of(["b"] * n)])
              for n in (2, 6)]  # fmt: skip
    kept = KeptRows()
    assert [*kept] == []
    for table in tables:
        kept.add(table)
    found = [(share, [(row.line, row.cells) for row in rows]) for share, rows in kept]
    folder = Path(kept._path).parent

    assert [share for share, _ in found] == [0.25, 1.0]
    assert found[0][1] == [(1, ["a", "b"]), (2, ["a", "b"])]
    assert folder.exists()
    del kept, tables
    gc.collect()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("action", "gravity"),
    [("aucune", "avertissement"), ("ligne_ecartee", "avertissement"), ("cellule", "erreur"),
     ("ligne_quarantaine", "erreur")],
)  # fmt: skip
def test_a_reject_has_its_place_and_its_sentence(action, gravity, setting):
    """Columns are counted from 1, and 0 is the whole row."""
    rejects = Rejects(setting, ReceivedFile("f.csv", "0", []))
    rejects.add(Sheet("", []), 3, "k", "est vide.", action=action)
    rejects.add(Sheet("S", []), 4, "k", "est vide.", action=action, column="c", place=0, value="x")
    table = rejects.table()

    assert table["colonne_numero"].tolist() == [0, 1]
    assert table["gravite"].tolist() == [gravity] * 2
    assert table["message"].iloc[0].startswith("f.csv › ligne 3 : ")
    assert table["message"].iloc[1].startswith("f.csv › feuille « S » › ligne 4 › colonne « c » : ")
    assert rejects.count(action) == 2
    assert rejects.count("autre") == 0
