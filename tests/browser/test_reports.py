"""Reports in a real browser: no script, no request, nothing cut at phone width or on paper."""

import io
import itertools
import os
import re

import pikepdf
import pytest
from lxml import html as lxml_html

from qpref.display.charts import interval_chart
from qpref.display.section import Row, Section, Table
from qpref.report.browser import PdfError, find_browser
from qpref.report.interactive import interactive_page
from qpref.report.page import Page, render
from qpref.report.pdf import to_pdf, to_pdfs
from qpref.statistics.measure import Measure
from tests import paper, readback
from tests.browser.conftest import BROWSER, FEW_KINDS, NAMES, WITH_BARS
from tests.conftest import NIGHT, few_by_day
from tests.unit.test_report import code, notebook

pytestmark = pytest.mark.lent

ALLOWED = {  # what a webmail lets through: no style sheet, no class, no identifier
    "a": {"href"}, "br": set(), "caption": set(), "div": set(), "h1": set(), "h2": set(),
    "h3": set(), "li": set(), "p": set(), "rect": {"x", "y", "width", "height", "fill"},
    "span": set(), "strong": set(), "svg": {"width", "height"}, "table": set(), "tbody": set(),
    "td": {"colspan"}, "th": {"colspan"}, "thead": set(), "tr": set(), "ul": set(),
}  # fmt: skip


@pytest.mark.parametrize(
    ("width", "name"), few_by_day(itertools.product([320, 390, 1280], NAMES), 6)
)
def test_nothing_is_cut_and_nothing_is_asked_for(reader, captured, name, width):
    tab = reader.opens(name, width, 800, offline=True)

    assert len(reader.requests) == 1
    assert reader.messages == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    cut = tab.evaluate(
        """[...document.querySelectorAll('h1,h2,h3,p,li,table:not(.annexe) *')]
           .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
           .map(e => e.tagName + ' ' + e.textContent.slice(0, 40))"""
    )
    assert cut == []
    captured(tab, f"{name}-{width}", full_page=True)


BROKEN = r"""() => {
  const whole =
    /entre\s[+−]?[\d,]+\set\s[+−]?[\d,]+(\s(%|points?))?|±\s[\d,]+\spoints?|\d\s:\s\d+\s%|\d\s[%;:!?]/g;
  const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  const broken = [], range = document.createRange();
  while (walk.nextNode())
    for (const found of walk.currentNode.data.matchAll(whole)) {
      range.setStart(walk.currentNode, found.index);
      range.setEnd(walk.currentNode, found.index + found[0].length);
      const lines = [...range.getClientRects()].map(r => Math.round(r.top));
      if (new Set(lines).size > 1) broken.push(found[0]);
    }
  return broken;
}"""


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("name", FEW_KINDS)
def test_no_interval_is_cut_at_the_end_of_a_line(reader, name, width):
    """« entre 61 et 75 % », « ± 8,3 points », « 82 % » stand on one line each."""
    assert reader.opens(name, width, 800).evaluate(BROKEN) == []


@pytest.mark.lent
@pytest.mark.parametrize("width", [320, 390])
def test_no_value_is_cut_from_what_it_is_of(reader, second, width):
    """« 10 : 29 % », among the marks of the second project."""
    for site in ("cahors", "figeac"):
        path = second.reports / "printemps-2023" / site / "10_satisfaction.html"
        assert reader.opens(path, width, 800).evaluate(BROKEN) == []


def test_a_cut_interval_is_seen(reader, tmp_path):
    words = "<meta charset=utf-8><main><p style='width:6em'>Soit entre 61 et 75 % des usagers."
    (tmp_path / "x.html").write_text(words, encoding="utf-8")

    assert reader.opens(tmp_path / "x.html", 390).evaluate(BROKEN) == ["entre 61 et 75 %"]


def drawn_boxes(tab):
    """Return where the first bars of a page are drawn, as a list of rectangles."""
    return tab.evaluate(
        """[...document.querySelectorAll('tbody rect')].slice(0, 40)
           .map(e => e.getBoundingClientRect()).map(b => ({width: b.width, height: b.height}))"""
    )


@pytest.mark.parametrize("name", WITH_BARS)
def test_bars_are_drawn_without_scripts(reader, name):
    boxes = drawn_boxes(reader.opens(name, java_script_enabled=False))

    assert len(boxes) >= 6
    assert all(box["height"] > 1 for box in boxes)
    assert max(box["width"] for box in boxes) > 50


MEASURE = """for (const table of document.querySelectorAll('table')) {
  const lines = [...table.querySelectorAll('tbody svg')].map(e => e.getBoundingClientRect());
  const left = Math.min(...lines.map(l => l.left)), whole = Math.max(...lines.map(l => l.width));
  for (const rect of table.querySelectorAll('tbody rect')) {
    const x = rect.x.baseVal.value + rect.ownerSVGElement.getBoundingClientRect().left - left;
    rect.setAttribute('x', `${100 * x / whole}%`);
    rect.setAttribute('data-width', `${100 * rect.width.baseVal.value / whole}%`);
  }
  for (const rect of table.querySelectorAll('tbody rect'))
    rect.setAttribute('width', rect.dataset.width);
  for (const dot of table.querySelectorAll('tbody circle')) {
    const x = dot.cx.baseVal.value + dot.ownerSVGElement.getBoundingClientRect().left - left;
    dot.setAttribute('cx', `${100 * x / whole}%`);
  }
}"""
ASTRAY = """[...document.querySelectorAll('table.axe')].map(table => {
  const [axis, line] =
    ['thead svg', 'tbody svg'].map(s => table.querySelector(s).getBoundingClientRect());
  return Math.max(Math.abs(axis.left - line.left), Math.abs(axis.right - line.right));
})"""


@pytest.mark.parametrize("width", [390, pytest.param(768, marks=pytest.mark.nuit), 1280])
@pytest.mark.parametrize("name", few_by_day(WITH_BARS, 2))
def test_bars_of_a_table_are_drawn_on_one_scale(reader, tmp_path, name, width):
    """
    Measured on the screen against the longest line of their table, as long as their number.

    The ticks of an axis stand over the lines, to a pixel.
    """
    tab = reader.opens(name, width, 800)
    assert all(gap <= 1 for gap in tab.evaluate(ASTRAY))
    tab.evaluate(MEASURE)
    (tmp_path / "mesure.html").write_text(tab.content(), encoding="utf-8")
    tables = [*readback.tables(readback.opened(tmp_path / "mesure.html"))]

    assert sum(bool(row.bars) for table in tables for row in table) >= 3
    assert [fault for table in tables for fault in readback.untrue_bars(table)] == []


def test_the_style_sheet_is_allowed_by_its_hash(reader):
    family = reader.opens("10_satisfaction").evaluate("getComputedStyle(document.body).fontFamily")

    assert family.startswith("Arial")


def test_an_injected_script_is_stopped_by_the_policy(reader, tmp_path):
    """Even if a text escaped escaping, the content security policy would stop it."""
    page = render(Page("x", False, [])).replace(
        "<main", "<script>document.title = 'pris'</script><main"
    )
    (tmp_path / "x.html").write_text(page, encoding="utf-8")

    assert reader.opens(tmp_path / "x.html").title() == "x"


def washed(page: str) -> str:
    """Return a page as an allow-list leaves it: known tags and attributes only."""
    body = lxml_html.fromstring(page).find("body")
    for node in [*body.iter()]:
        if node.tag not in ALLOWED and node is not body:
            node.drop_tag()
        else:
            for name in set(node.attrib) - ALLOWED.get(node.tag, set()):
                del node.attrib[name]
    return lxml_html.tostring(body, encoding="unicode")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_washed_by_a_webmail_stays_legible(reader, pages, captured, tmp_path, name):
    """No word and no bar is lost, and bars keep their size, without any style."""
    page = (pages / f"{name}.html").read_text(encoding="utf-8")
    clean = washed(page)
    (tmp_path / "lave.html").write_text(f"<meta charset=utf-8>{clean}", encoding="utf-8")
    before, after = (lxml_html.fromstring(text) for text in (page, clean))
    assert " ".join(before.xpath("string(//main)").split()) in " ".join(
        after.xpath("string()").split()
    )
    assert len(before.xpath("//rect")) == len(after.xpath("//rect"))

    tab = reader.opens(tmp_path / "lave.html", 390, 800, java_script_enabled=False)
    boxes = drawn_boxes(tab)
    assert name not in WITH_BARS or max(box["width"] for box in boxes) > 50
    assert all(box["height"] > 1 for box in boxes)
    captured(tab, f"{name}-lave", full_page=True)


def test_the_interactive_page_draws_and_asks_for_nothing(reader, captured, tmp_path):
    """With scripts, the figure is drawn without an error; without, the table is there alone."""
    measure = Measure(label="Attente", value=0.5, low=0.4, high=0.6)
    shown = Table("Tableau", ["Question", "Part"], [Row("Attente", ["50 %"])])
    plot = interval_chart([measure], "Vue", "Part", (0, 1))
    section = Section("s", "Vue", tables=[shown], plot=plot)
    path = tmp_path / "x.interactif.html"
    path.write_text(interactive_page(notebook(code(*section.bundles()))), encoding="utf-8")
    for is_scripted in (True, False):
        tab = reader.opens(path, java_script_enabled=is_scripted, offline=True)
        if is_scripted:
            tab.wait_for_selector(".js-plotly-plot .xtick")
            captured(tab, "interactif")
        assert tab.locator(".js-plotly-plot").count() == int(is_scripted)
        assert tab.locator("[data-title*='hare'], [data-title*='loud']").count() == 0
        assert tab.locator("table").is_visible()
        assert (len(reader.requests), reader.messages) == (1, [])


# Paper


@pytest.fixture(scope="module")
def printed(pages, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdf")
    found = to_pdfs([pages / f"{name}.html" for name in NAMES], BROWSER)
    for name, content in zip(NAMES, found, strict=True):
        (folder / f"{name}.pdf").write_bytes(content)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_a_pdf_is_tagged_french_and_has_bookmarks(printed, name):
    with pikepdf.open(printed / f"{name}.pdf") as document:
        assert str(document.Root.Lang) == "fr"
        assert document.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in document.Root
        with document.open_outline() as outline:
            titles = [item.title for top in outline.root for item in (top, *top.children)]
        assert len(titles) >= 3
        assert all(page.MediaBox[2] < page.MediaBox[3] for page in document.pages)
        assert not {"/CreationDate", "/Creator"} & set(document.docinfo.keys())


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_read_without_glasses_and_none_is_nearly_empty(printed, name):
    """Chromium rounds 9.5 points to the sixty-fourth of a pixel below."""
    with pikepdf.open(printed / f"{name}.pdf") as document:
        assert paper.smallest(document) >= 9.48
        assert min([paper.filled(one) for one in document.pages][:-1], default=1) >= 0.25


SHEET = round((210 - 2 * 15) / 25.4 * 96)  # pixels between the margins of rapport.css


@pytest.fixture(scope="module")
def all_pages(published_whole, second):
    """Every report of both projects: each notebook, site and campaign; by day one of a notebook."""
    found = [path for one in (published_whole, second) for path in one.reports.glob("*/*/*.html")]
    assert len(found) > 60
    named = {(path.parents[3], path.name): path for path in sorted(found)}
    return sorted(found if NIGHT else named.values())


@pytest.mark.lent
def test_nothing_is_wider_than_the_sheet(reader, all_pages):
    """Chromium shrinks the whole document to fit what is too wide: 9.3 points instead of 9.5."""
    wide = []
    for path in all_pages:
        tab = reader.opens(path, SHEET)
        tab.emulate_media(media="print")
        wide += [path] if tab.evaluate("document.documentElement.scrollWidth") > SHEET else []
    tab.emulate_media(media="screen")

    assert wide == []


@pytest.mark.nuit
def test_every_report_is_read_on_paper_without_glasses_and_no_sheet_is_nearly_empty(all_pages):
    """Letters, sheets under a quarter full (but the last), numbers of pages, bookmarks, tags."""
    for path, content in zip(all_pages, to_pdfs(all_pages, BROWSER), strict=True):
        with pikepdf.open(io.BytesIO(content)) as document:
            assert paper.smallest(document) >= 9.48, path
            sheets = [paper.filled(one) for one in document.pages]
            assert min(sheets[:-1], default=1) >= 0.25, path
            with document.open_outline() as outline:
                assert len(outline.root) == 1, path
            assert document.Root.MarkInfo.Marked
            drawn = [one for one in paper.elements(document) if one.S == "/Figure"]
            assert all("/Alt" in one for one in drawn), path
        assert len(sheets) <= 12, path


def test_the_same_page_gives_the_same_pdf(pages, printed):
    name = "20_enquete_mystere"

    assert to_pdf(pages / f"{name}.html", BROWSER) == (printed / f"{name}.pdf").read_bytes()


def test_three_reports_with_their_pdf_make_a_light_mail(pages, printed):
    """Three sites, page and PDF, in base64 with line ends: at most 650 kB."""
    name = "10_satisfaction"
    weights = [(folder / f"{name}.{kind}").stat().st_size
               for folder, kind in ((pages, "html"), (printed, "pdf"))]  # fmt: skip

    assert weights[0] <= 44_000
    assert 3 * sum(weights) * 4 / 3 * 78 / 76 <= 650_000


@pytest.mark.parametrize("name", NAMES)
def test_each_printed_page_says_that_data_are_invented(printed, name):
    found = paper.texts(printed / f"{name}.pdf")

    assert len(found) == 1 if name == "60_affiche" else len(found) >= 2
    assert all("Données fictives" in sheet for sheet in found)


@pytest.mark.parametrize("name", NAMES)
def test_no_heading_or_caption_is_left_at_the_foot_of_a_page(pages, printed, name):
    tree = lxml_html.parse(str(pages / f"{name}.html")).getroot()
    heads = {squeezed(node.text_content()) for node in tree.xpath("//h1|//h2|//h3|//caption")}
    for sheet in paper.texts(printed / f"{name}.pdf"):
        foot = squeezed("".join(sheet.splitlines()[-8:]))  # a heading may take several lines
        assert [head for head in heads if head and foot.endswith(head)] == []


def squeezed(text):
    return re.sub(r"\W+", "", text)


def test_without_a_browser_nothing_is_found(tmp_path):
    assert find_browser({"PATH": str(tmp_path)}) is None
    assert find_browser({"QPREF_NAVIGATEUR": str(tmp_path / "absent"), **os.environ}) is None
    edge = tmp_path / "Microsoft/Edge/Application/msedge.exe"
    edge.parent.mkdir(parents=True)
    edge.touch()
    assert find_browser({"PATH": "", "PROGRAMFILES(X86)": str(tmp_path)}) == edge


@pytest.mark.parametrize("kind", ["silent", "absent"])
def test_a_browser_that_prints_nothing_is_said(pages, tmp_path, kind):
    program = tmp_path / "navigateur"
    if kind == "silent":
        program.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
        program.chmod(0o755)

    with pytest.raises(PdfError, match="n’a pas pu être imprimé en PDF par « navigateur »"):
        to_pdf(pages / "10_satisfaction.html", program)
