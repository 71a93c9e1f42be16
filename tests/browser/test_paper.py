"""Paper: what is added to what the browser prints, on a page that has all that it forgets."""

import io
import re

import pikepdf
import pytest

from qpref.display.drawn import Curve
from qpref.display.section import Bar, Row, Section, Table
from qpref.report import tags
from qpref.report.browser import print_alone, print_pages
from qpref.report.markdown import to_html
from qpref.report.page import Page, render
from qpref.report.pdf import to_pdfs
from tests import paper
from tests.browser.conftest import BROWSER

pytestmark = pytest.mark.lent

TITLE = 'Rapport « essai » \\ "</style>" — Évry'
LONG = "Ce titre est assez long pour tenir sur plus d’une ligne de la page imprimée, et la suivante"
MARKDOWN = "## Mots\n- **Point** : un écart.\n- *Part* : un rapport.\n\n"
MARKDOWN += "[le rapport](un%20rapport.pdf) et [la page](page.html)"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Return a page of several sheets: a table on a grid, a wide one, a list, links, a heading."""
    bars = [Bar(0, 0.5, "#0a3d7a")]
    grid = Table("Sujets", ["Sujet", "Part"], [Row("A", ["50 %"], bars, "entre 40 et 60 %")] * 7)
    wide = Table("Annexe", [*"abcdefgh"], [Row(f"Rang {n}", ["1\n(2)"] * 7) for n in range(50)],
                 is_wide=True)  # fmt: skip
    curve = Curve("Courbe", "Un sur deux.", [(0, 0), (0.5, 0.5)], [], "1", ("a", "b"), "", "Note.")
    first = Section("titre", "Titre", level=1, curves=[curve])
    text, _ = to_html(MARKDOWN)
    parts = [first.html, text, Section("s", LONG, ["Une phrase."], [grid, wide], level=2).html]
    path = tmp_path_factory.mktemp("papier") / "page.html"
    path.write_text(render(Page(TITLE, True, parts)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def twice(page):
    return to_pdfs([page, page], BROWSER)


@pytest.fixture
def document(twice, tmp_path):
    path = tmp_path / "page.pdf"
    path.write_bytes(twice[0])
    with pikepdf.open(path) as opened:
        yield opened


def kinds(parent):
    return [str(one.S) for one in paper.elements(parent)]


def test_one_browser_prints_all_pages_and_each_is_the_same_bytes(twice, page):
    assert twice[0] == twice[1]
    assert to_pdfs([page], BROWSER) == twice[:1]


def test_elements_are_named_as_they_are_read_whatever_the_browser_called_them(twice):
    """Now and then it counts a neighbour first: one printing in fifty was other bytes."""
    with pikepdf.open(io.BytesIO(twice[0])) as document:
        root = document.Root.StructTreeRoot
        named = [one for one in tags._elements(root) if "/ID" in one]
        before = [str(one.ID) for one in named]
        others = dict(zip(before, reversed(before), strict=True))
        for one in tags._elements(root):
            if "/ID" in one:
                one.ID = pikepdf.String(others[str(one.ID)])
            for own in tags._attributes(one):
                if "/Headers" in own:
                    own.Headers = pikepdf.Array(
                        [pikepdf.String(others[str(n)]) for n in own.Headers]
                    )
        by_name = sorted(zip(others.values(), named, strict=True), key=lambda pair: pair[0])
        tree = [part for name, one in by_name for part in (pikepdf.String(name), one)]
        root.IDTree.Names = pikepdf.Array(tree)
        tags._rename(root)

        assert len(before) > 2
        assert [str(one.ID) for one in named] == before
        assert [str(name) for name in root.IDTree.Names[::2]] == sorted(before)
        headers = [own.Headers for one in tags._elements(root) for own in tags._attributes(one)
                   if "/Headers" in own]  # fmt: skip
        assert {str(name) for names in headers for name in names} <= {*before}


@pytest.mark.nuit
def test_a_page_printed_by_a_process_of_its_own_says_the_same(page, tmp_path):
    """As under Windows."""
    found = []
    for content in (print_alone(page, BROWSER, tmp_path), print_pages([page], BROWSER)[0]):
        (tmp_path / "x.pdf").write_bytes(content)
        with pikepdf.open(tmp_path / "x.pdf") as one:
            found.append([paper.letters(sheet) for sheet in one.pages])
            assert "/StructTreeRoot" in one.Root
            assert "/Outlines" in one.Root
    assert found[0] == found[1]


def test_all_that_is_written_is_tagged_or_an_artifact(document):
    """ISO 14289-1, 7.1: margins are artifacts, and the text of the page is not."""
    for sheet in document.pages:
        depth = 0
        for operands, operator in pikepdf.parse_content_stream(sheet):
            name = str(operator)
            depth += (name in {"BDC", "BMC"}) - (name == "EMC")
            assert depth or name not in {"Tj", "TJ", "f", "S", "B", "Do"}, operands
        assert any(one.is_artifact for one in paper.letters(sheet))
        assert any(not one.is_artifact for one in paper.letters(sheet))


def test_structure_has_what_readers_need(document):
    root = document.Root.StructTreeRoot
    found = [*paper.elements(root)]
    items = [one for one in found if one.S == "/LI"]
    tables = [one for one in found if one.S == "/Table"]

    assert len(items) == 2
    assert all("/LBody" in kinds(one) for one in items)
    assert root.RoleMap.Strong == root.RoleMap.Em == pikepdf.Name.Span
    assert len(tables) == 2
    for table in tables:  # ISO 14289-1, 7.5: rows as wide as the table
        rows = [[cell for cell in paper.elements(row) if cell.S in {"/TH", "/TD"}]
                for row in paper.elements(table) if row.S == "/TR"]  # fmt: skip
        widths = {sum(next(int(a.ColSpan) for a in c.A if "/ColSpan" in a) for c in row)
                  for row in rows}  # fmt: skip
        assert len(widths) == 1


def test_what_is_drawn_has_its_words(document):
    """ISO 14289-1, 7.3. A caption and a drawing are a group, not a figure without words."""
    found = [*paper.elements(document)]
    drawn = [one for one in found if one.S == "/Figure"]

    assert "Un sur deux." in {str(one.Alt) for one in drawn}
    assert all(len(str(one.Alt)) > 3 for one in drawn)
    assert not any(inner.S == "/Figure" for one in drawn for inner in paper.elements(one))


def test_bookmarks_are_the_headings_whole(document):
    with document.open_outline() as outline:
        told = [item.title for top in outline.root for item in (top, *top.children)]

    assert told == ["Titre", "Mots", LONG]


def test_title_and_language_are_told_and_no_conformance_is_claimed(document):
    with document.open_metadata() as told:
        assert told["dc:title"] == str(document.docinfo.Title)
        assert "".join(told["dc:title"].split()) == "".join(TITLE.split())
        assert {*told["dc:language"]} == {"fr"}
        assert "pdfuaid:part" not in told
    assert document.Root.ViewerPreferences.DisplayDocTitle


def test_links_name_the_files_beside_whatever_the_folder(document, page):
    notes = [note for sheet in document.pages for note in sheet.get("/Annots", ())]

    assert [str(note.Contents) for note in notes] == ["un rapport.pdf", "page.html"]
    assert (notes[0].A.S, str(notes[0].A.F)) == ("/GoToR", "un rapport.pdf")
    assert (notes[1].A.S, str(notes[1].A.URI)) == ("/URI", "page.html")
    assert str(page.parent).encode() not in b"".join(
        one.read_bytes() for one in document.objects if isinstance(one, pikepdf.Stream)
    )


def test_each_sheet_has_its_number_and_all_but_the_first_the_title(twice, tmp_path):
    path = tmp_path / "x.pdf"
    path.write_bytes(twice[0])
    pages = paper.texts(path)
    whole = re.sub(r"\s", "", TITLE)

    assert len(pages) == 3
    for rank, text in enumerate(pages, 1):
        squeezed = re.sub(r"\s", "", text)
        assert f"{rank}/3" in squeezed
        assert (whole in squeezed) == (rank > 1)
        assert "Donnéesfictives" in squeezed


def test_letters_are_never_small_nor_a_sheet_nearly_empty(document):
    assert paper.smallest(document) >= 9.48
    assert min(paper.filled(one) for one in [*document.pages][:-1]) >= 0.25
