"""Any table of answers, in any envelope, is read back equal: nothing lost, moved or invented."""

import csv
import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from qpref.errors import UnreadableFileError
from qpref.intake import Reception, receive
from qpref.intake.files import read_file
from qpref.intake.records import read_records
from tests.conftest import NIGHT, example_count

# Letters that French text has in each encoding; a separator only inside quotation marks.
LETTERS = "abcdefghijklmnopqrstuvwxyz ÉÀéèêëàâçùûîïô’«»-'\"\n"
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16")
SEPARATORS = (";", ",", "\t")
ENDS = ("\r\n", "\n", "\r")

texts = st.text(LETTERS, min_size=1, max_size=12).map(str.strip).filter(bool)


@st.composite
def tables(draw):
    """Draw headings all different, and rows of as many cells."""
    width = draw(st.integers(2, 5))
    first = draw(st.lists(texts, min_size=width, max_size=width, unique=True))
    row = st.lists(st.one_of(st.just(""), texts), min_size=width, max_size=width)
    rows = draw(st.lists(row.filter(any), min_size=1, max_size=6))
    return [first, *rows]


def as_csv(rows, separator=";", end="\r\n", quoting=csv.QUOTE_MINIMAL, *, declared=False):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows)
    head = f"sep={separator}{end}" if declared else ""
    return head + out.getvalue()


def as_xlsx(path, sheets):
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write(line, place, cell)
    book.close()
    return path


def cells_of(file, sheet=0):
    return [[str(cell) for cell in row.cells] for row in file.sheets[sheet].rows]


@settings(max_examples=example_count(40, 3_000))
@given(
    tables(),
    st.sampled_from(ENCODINGS),
    st.sampled_from(SEPARATORS),
    st.sampled_from(ENDS),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.booleans(),
)
def test_a_text_file_is_read_back_equal(
    tmp_path_factory, rows, encoding, separator, end, quoting, declared
):
    path = tmp_path_factory.mktemp("enveloppe") / "a.csv"
    if end == "\r":
        quoting = csv.QUOTE_ALL  # Python's writer leaves a line feed bare there: no CSV
    text = as_csv(rows, separator, end, quoting, declared=declared)
    path.write_bytes(text.encode(encoding))

    file = read_file(path, encoding)

    assert cells_of(file) == rows
    assert file.separator == separator


@pytest.mark.lent
@settings(max_examples=example_count(20, 1_200))
@given(tables())
def test_a_sheet_is_read_back_equal(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("enveloppe") / "a.xlsx"
    as_xlsx(path, [("Notice", [["À lire"]]), ("Réponses", rows)])

    found = cells_of(read_file(path), 1)

    assert [row[: len(rows[0])] for row in found] == [
        [cell.replace("\r\n", "\n") for cell in row] for row in rows
    ]


@given(tables(), st.data())
def test_a_lost_quotation_mark_never_swallows_a_row_in_silence(rows, data):
    """Cut one closing mark: the rows are as many, or the file is refused with its line."""
    filled = [[cell or "x" for cell in row] for row in rows]
    text = as_csv(filled, ";", "\n", csv.QUOTE_ALL)
    place = data.draw(st.sampled_from([i for i, char in enumerate(text) if char == '"']))
    try:
        found, _ = read_records("a.csv", text[:place] + text[place + 1 :])
    except UnreadableFileError as error:
        said = str(error)
        assert "ligne" in said
        return
    if all("\n" not in cell for row in filled for cell in row):
        assert len(found) == len(filled) or sum("\n" in c for row in found for c in row.cells)


# The example, through many envelopes


def counts(outcome):
    items = outcome.tables["items"].astype(str)
    return items.groupby(["question", "option", "etat", "modalite", "valeur"]).size().to_dict()


def envelopes(rows):
    """Yield name and bytes of the same export in each envelope."""
    for encoding in ENCODINGS:
        for separator in SEPARATORS:
            for end in ("\r\n", "\n"):
                name = f"{encoding}-{ord(separator)}-{len(end)}.csv"
                yield name, as_csv(rows, separator, end).encode(encoding)
    yield "tout-entre-guillemets.csv", as_csv(rows, quoting=csv.QUOTE_ALL).encode()
    yield "sep.csv", as_csv(rows, declared=True).encode("utf-8-sig")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("export.csv", as_csv(rows))
    yield "archive.zip", packed.getvalue()


@pytest.mark.lent
def test_the_example_counts_the_same_in_every_envelope(tmp_path, reference, example):
    campaign = reference.campaign("2020-11")
    reception = Reception(reference, campaign)
    source = next((example / "2020-11").glob("results-survey*.csv"))
    wanted = counts(receive(reception, source))
    rows = cells_of(read_file(source))
    made = []
    for name, content in envelopes(rows):
        path = tmp_path / name
        path.write_bytes(content)
        made.append(path)
    made.append(as_xlsx(tmp_path / "export.xlsx", [("Enquête", rows)]))
    made.append(as_xlsx(tmp_path / "deux.xlsx", [("Notice", [["À lire"]]), ("Enquête", rows)]))

    assert len(made) >= 25
    for path in made if NIGHT else made[::5]:  # 29 envelopes at night
        assert counts(receive(reception, path)) == wanted, path.name


@pytest.mark.parametrize("end", ENDS)
def test_a_free_text_with_line_breaks_is_no_swallowed_row(end):
    text = as_csv([["N°", "Avis", "Remarque"], ["1", "Bien", f"deux{end}lignes"]], end=end)

    rows, _ = read_records("a.csv", text)

    assert len(rows) == 2
