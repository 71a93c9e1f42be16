"""What stands beside a page: its dress, its interactive form, its figures as a workbook."""

import io
import json

import nbformat
import openpyxl
import pandas as pd
import pytest
from lxml import html as lxml_html

from qpref.display.charts import interval_chart
from qpref.display.figures import MEANINGS, NAMES
from qpref.display.section import Section
from qpref.errors import ReferenceFileError
from qpref.reference import Dress
from qpref.report.interactive import interactive_page
from qpref.report.look import PLAIN, Look, read_look
from qpref.report.page import Page, render
from qpref.spreadsheets import spreadsheet_xlsx
from qpref.statistics.measure import Measure
from tests.unit.test_report import code, notebook

LINK = "</script><script>alert(1)</script>"


def test_a_page_may_wear_the_dress_of_a_service(tmp_path):
    (tmp_path / "h.css").write_text("h1{color:#000091}", encoding="utf-8")
    (tmp_path / "l.png").write_bytes(b"\x89PNG")
    look = read_look(Dress(css="h.css", logo="l.png", texte_logo="Service <d’essai>"), tmp_path)
    page = render(Page("T", False, []), look)
    tree = lxml_html.fromstring(page)

    assert "h1{color:#000091}" in tree.xpath("//style")[0].text
    assert tree.xpath("//img/@alt") == ["Service <d’essai>"]
    assert tree.xpath("//img/@src")[0].startswith("data:image/png;base64,")
    assert "img-src data:" in page
    assert "img-src" not in render(Page("T", False, []))
    assert read_look(None, tmp_path) == PLAIN


# As browsers read them: a hexadecimal escape may end with a space; one of a line end is nothing.
ESCAPED = [
    r"@\69mport 'x.css';", r"@\000069mport 'x.css';", r"@\69 mport 'x.css';", r"@\49MPORT 'x.css';",
    "@im\\\nport 'x.css';", r"p{background:u\72l(image.png)}", r"p{background:url(\68ttps://a)}",
    r"p{background:u\0072 l(image.png)}", "p{background:url(/*data:*/image.png)}",
    "p{background:image-set('//ailleurs/i.png' 1x)}", r"\3c\2fstyle>",
]  # fmt: skip


@pytest.mark.parametrize(
    "css",
    ["p{background:url(data:image/png;base64,AA)}", "p{background:url( 'data:image/png,A' )}",
     r'p::before{content:"\201c\a0"}', r".a\:b{color:red}", "@media print{p{color:red}}"],
)  # fmt: skip
def test_a_dress_within_the_page_is_taken_as_it_is(tmp_path, css):
    (tmp_path / "h.css").write_text(css, encoding="utf-8")

    assert read_look(Dress(css="h.css"), tmp_path).css == css


@pytest.mark.parametrize(
    ("css", "said"),
    [
        ("@import 'x.css';", "extérieur"),
        ("p{background:url(image.png)}", "extérieur"),
        ("p{background:url('https://ailleurs')}", "extérieur"),
        ("</style><script>alert(1)</script>", "extérieur"),
        *((css, "extérieur") for css in ESCAPED),
        ("p{}" * 40_000, "pèse"),
        (None, "n’est pas un fichier du projet"),
    ],
)
def test_a_dress_that_reaches_outside_is_refused(tmp_path, css, said):
    if css is not None:
        (tmp_path / "h.css").write_text(css, encoding="utf-8")

    with pytest.raises(ReferenceFileError, match=said):
        read_look(Dress(css="h.css"), tmp_path)


@pytest.mark.parametrize("name", ["../secret.png", "/etc/hostname", "logo.exe"])
def test_a_logo_is_an_image_of_the_project(tmp_path, name):
    (tmp_path / "logo.exe").touch()
    (tmp_path.parent / "secret.png").touch()

    with pytest.raises(ReferenceFileError, match=r"fichier du projet|image connue"):
        read_look(Dress(logo=name, texte_logo="x"), tmp_path)


def test_a_logo_has_a_text():
    with pytest.raises(ValueError, match="texte de remplacement"):
        Dress(logo="l.png")


def drawn():
    measure = Measure(label=LINK, value=0.5, low=0.4, high=0.6)
    section = Section("s", "Vue", plot=interval_chart([measure], LINK, "part", (0, 1)))
    return notebook(code(*section.bundles()), nbformat.v4.new_markdown_cell("## Suite"))


def test_the_interactive_page_holds_figures_as_data_never_as_code():
    page = interactive_page(drawn(), Look())
    tree = lxml_html.fromstring(page)
    data = tree.xpath("//script[@type='application/json']")
    others = tree.xpath("//script[not(@type)]")

    assert len(data) == 1
    figure = json.loads(data[0].text)
    assert figure["layout"]["title"]["text"] == LINK
    assert figure["config"]["showSendToCloud"] is False
    assert len(others) == 2  # plotly and the boot
    assert page.count("<script") == 3 + tree.xpath("string(//script[2])").count("<script")
    assert not tree.xpath("//*[@src] | //link")
    assert "script-src 'sha256-" in tree.xpath("//meta[@http-equiv]/@content")[0]


def test_the_interactive_page_is_the_same_each_time():
    assert interactive_page(drawn()) == interactive_page(drawn())


def test_the_workbook_of_figures_documents_its_columns_and_runs_no_formula():
    rows = [dict.fromkeys(NAMES)] * 2
    frame = pd.DataFrame(rows, columns=NAMES)
    frame["libelle"] = ["=1+1", "+cmd|' /C calc'!A0"]
    frame["valeur"] = [0.25, None]
    content = spreadsheet_xlsx(frame, MEANINGS)
    book = openpyxl.load_workbook(io.BytesIO(content))

    assert content == spreadsheet_xlsx(frame, MEANINGS)
    assert [cell.value for cell in book["Chiffres"][1]] == list(NAMES)
    cells = [book["Chiffres"].cell(line, 3) for line in (2, 3)]
    assert [cell.value for cell in cells] == ["=1+1", "+cmd|' /C calc'!A0"]
    assert {cell.data_type for cell in cells} == {"s"}
    assert book["Chiffres"].cell(2, 7).value == 0.25
    assert book["Chiffres"].cell(3, 7).value is None
    documented = [row[0].value for row in book["Colonnes"].iter_rows(min_row=2)]
    assert documented == list(NAMES)
