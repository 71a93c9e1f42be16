"""Notebook to page: self-contained, escaped, only our sections, same bytes."""

import re

import nbformat
import pandas as pd
import pytest
from lxml import html as lxml_html

from qpref.batch.engine import InProcessEngine
from qpref.display.figures import figures as lines
from qpref.display.section import Section
from qpref.errors import ReportError
from qpref.report.exporter import QprefExporter, figures
from qpref.report.interactive import interactive_page
from qpref.report.look import PLAIN, Look
from qpref.report.markdown import to_html
from qpref.report.page import Link, Page, links, render
from qpref.statistics.measure import Measure

PAGE = {"titre": "Essai <b>", "fictif": True}


def code(*outputs, tags=()):
    cell = nbformat.v4.new_code_cell("x", metadata={"tags": list(tags)})
    cell.outputs = [
        nbformat.v4.new_output("display_data", data=data, metadata=metadata)
        for data, metadata in outputs
    ]
    return cell


def notebook(*cells):
    first = Section("en-tete", "Titre", page=PAGE, level=1).bundles()
    return nbformat.v4.new_notebook(cells=[code(*first), *cells])


def export(*cells):
    return QprefExporter().from_notebook_node(notebook(*cells))[0]


def test_only_our_sections_reach_the_page():
    section = Section("s", "Vue", plot={"data": [], "layout": {}}).bundles()
    page = export(
        code(*section),
        code(({"text/html": "<p>brut</p>"}, {})),
        code(({"text/plain": "imprimé"}, {})),
        code(*Section("a", "Cachée").bundles(), tags=["analyste"]),
        nbformat.v4.new_markdown_cell("Explication", metadata={"tags": ["analyste"]}),
    )

    assert "Vue" in page
    assert not any(word in page for word in ("brut", "imprimé", "Cachée", "Explication", "plotly"))


def test_one_cell_shows_all_the_sections_of_a_sequence_in_order():
    """As a report runs it: page, figures file and interactive page hold both, in order."""
    code_ = """
from qpref.display.figures import figures
from qpref.display.section import Section, Sections
from qpref.statistics.measure import Measure
PAGE = {"titre": "Essai", "fictif": True}
Sections(
    Section(
        key, f"Vue {key}", figures=figures(key, [Measure(key="i", value=0.5)]),
        plot={"data": [], "layout": {"title": f"trace {key}"}}, page=PAGE,
    )
    for key in ("a", "b")
)"""
    cell = nbformat.v4.new_code_cell(code_, metadata={"papermill": {}})
    executed = InProcessEngine.execute_notebook(
        nbformat.v4.new_notebook(cells=[cell], metadata={"papermill": {}}),
        "python3",
        progress_bar=False,
    )
    drawn = re.findall(r'<h3[^>]*>([^<]*)|"title": "(trace .)"', interactive_page(executed))

    assert figures(executed)["section"].tolist() == ["a", "b"]
    page = QprefExporter().from_notebook_node(executed)[0]
    assert page.index("Vue a") < page.index("Vue b")
    assert ["".join(part).strip() for part in drawn] == ["Vue a", "trace a", "Vue b", "trace b"]


def test_the_page_has_no_script_and_no_request_and_is_french():
    page = export(nbformat.v4.new_markdown_cell("## Un titre\n<script>alert(1)</script>"))
    tree = lxml_html.fromstring(page)

    assert tree.get("lang") == "fr"
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert not tree.xpath("//*[@src] | //link | //style[contains(., 'url(')]")
    assert tree.xpath("//h1")[0].text_content() == "Titre"
    assert tree.xpath("//title")[0].text == "Essai <b>"
    assert tree.xpath("//nav//a/@href") == ["#un-titre"]
    assert "script-src 'none'" in tree.xpath("//meta[@http-equiv]/@content")[0]


@pytest.mark.parametrize("fictional", [True, False])
def test_invented_data_are_said_on_screen_and_on_each_printed_page(fictional):
    page = render(Page("T", fictional, []))

    assert ("Données fictives" in page) is fictional
    assert ("@top-center" in page) is fictional


def test_the_same_notebook_gives_the_same_bytes():
    assert export() == export()


def test_a_notebook_without_section_is_refused():
    with pytest.raises(ReportError, match="aucune section"):
        QprefExporter().from_notebook_node(nbformat.v4.new_notebook())


def test_figures_of_all_sections_are_gathered_in_order():
    one, two = (
        Section(k, k, figures=lines(k, [Measure(key="i", value=v)]))
        for k, v in (("a", 0.5), ("b", float("nan")))
    )
    found = figures(notebook(code(*one.bundles()), code(*two.bundles())))

    assert found["section"].tolist() == ["a", "b"]
    assert found["valeur"].tolist()[0] == 0.5
    assert pd.isna(found["valeur"].tolist()[1])


@pytest.mark.parametrize(
    "source",
    [
        "<img src=x onerror=alert(1)>",
        "[clic](javascript:alert(1))",
        '![x](https://exemple.invalid/x.png "a")<iframe src=x>',
    ],
)
def test_hostile_markdown_does_nothing(source):
    tree = lxml_html.fromstring(f"<div>{to_html(source)[0]}</div>")

    assert not tree.xpath("//*[@onerror] | //iframe | //*[starts-with(@href, 'javascript')]")


def test_links_are_escaped():
    html = links("T", [("G <i>", [Link("<b>", "a.html", "n")]), ("Vide", [])])

    assert "&lt;b&gt;" in html
    assert "Aucun rapport" in html


def test_nbconvert_finds_the_exporter_by_name():
    from nbconvert.exporters import get_exporter  # noqa: PLC0415

    assert get_exporter("qpref") is QprefExporter


def test_a_page_is_dark_for_who_prefers_it_unless_the_service_chose_its_colours():
    plain, dressed = (render(Page("x", False, []), look) for look in (PLAIN, Look(css="h1{}")))

    assert "prefers-color-scheme:dark" in plain
    assert 'content="light dark"' in plain
    assert "prefers-color-scheme" not in dressed
    assert 'content="light"' in dressed
