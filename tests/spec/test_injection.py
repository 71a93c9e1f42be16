"""A canary in every field that reaches a page: it is shown as text, never as markup."""

import re
from dataclasses import replace

import pytest
from lxml import html as lxml_html

from qpref.display.drawn import FULL, Curve, Sign
from qpref.display.section import Bar, KeyFigure, Row, Section, Table
from qpref.palette import VERY_GOOD
from qpref.report.markdown import to_html
from qpref.report.page import Link, Page, links, render
from qpref.workbook import ouvrir_enquete_mystere, ouvrir_labellisation, ouvrir_satisfaction
from tests.conftest import copied, few_by_day

CANARY = "<img src=x onerror=alert(1)>\"'&{{ 7*7 }}"
TAGS = {"a", "br", "caption", "circle", "div", "figcaption", "figure", "h1", "h2", "h3", "li", "p",
        "path", "rect", "small", "span", "strong", "svg", "table", "tbody", "td", "text", "th",
        "thead", "tr", "ul"}  # fmt: skip


def clean(html):
    """Whether a piece of page holds our tags only, and the canary as text."""
    tree = lxml_html.fragment_fromstring(str(html), create_parent="div")
    tags = {node.tag for node in tree.iter()}
    handlers = tree.xpath("//@*[starts-with(name(), 'on')]")
    return tags <= TAGS and not handlers


def test_every_text_of_a_section_is_escaped():
    bars, mark = [Bar(0, 0.5, VERY_GOOD)], Sign(CANARY, FULL, VERY_GOOD)
    section = Section(
        CANARY,
        CANARY,
        [CANARY],
        [
            Table(CANARY, [CANARY, CANARY], [Row(CANARY, [CANARY], bars, CANARY)],
                  legend=[(CANARY, CANARY)]),
            Table(CANARY, [CANARY, CANARY], [Row(CANARY, [CANARY])], is_wide=True),
            Table(CANARY, [CANARY, CANARY], [Row(CANARY, [CANARY], detail=CANARY)],
                  is_stacked=True),
            Table(CANARY, [CANARY, CANARY], [Row(CANARY, [mark])], signs=[mark], note=CANARY),
        ],
        [KeyFigure(CANARY, CANARY)],
        [Curve(CANARY, CANARY, [(0, 0), (1, 1)], [], CANARY, (CANARY, CANARY), CANARY, CANARY)],
    )  # fmt: skip

    assert clean(section.html)
    assert "{{ 7*7 }}" in section.html


def test_titles_links_and_markdown_are_escaped():
    page = render(Page(CANARY, True, []))
    tree = lxml_html.fromstring(page)

    assert "onerror" in tree.xpath("//title")[0].text
    assert not tree.xpath("//img | //script")
    assert clean(links(CANARY, [(CANARY, [Link(CANARY, "x.html", CANARY)])]))
    assert clean(to_html(f"## {CANARY}\n\n{CANARY}\n\n- {CANARY}")[0])


@pytest.mark.lent
@pytest.mark.parametrize("name", few_by_day(["sites", "campagnes", "clu", "actions", "mystere",
                                             "labellisation", "referentiel"], 3))  # fmt: skip
def test_texts_of_the_reference_files_stay_texts(name, tmp_path, last_only):
    """
    The canary replaces a quoted text in turn; every section of every report is looked at.

    Files as received keep the true labels: they were imported before.
    """
    project = copied(last_only, tmp_path)
    path = project.reference / f"{name}.yml"
    text = path.read_text(encoding="utf-8")
    shown = re.compile(
        "((?:libelle|nom|nom_court|contexte|remarque|promesse|theme|preuve|pilote|un|note): )"
        r'"[^"]*"'
    )
    spoiled = shown.sub(r"\1'" + CANARY.replace("'", "''").replace("\\", r"\\") + "'", text)
    assert spoiled != text
    path.write_text(spoiled, encoding="utf-8")
    satisfaction = ouvrir_satisfaction("evry", "2020-11", project.root)
    mystery = ouvrir_enquete_mystere("evry", "2020-11", project.root)
    label = ouvrir_labellisation("evry", "2020-11", project.root)
    sections = [
        satisfaction.entete(), satisfaction.repondants(), satisfaction.actions(),
        *satisfaction.theme("accueil"), satisfaction.profil(), satisfaction.annexe(),
        satisfaction.lecture(), satisfaction.provenance(), mystery.entete(),
        mystery.criteres("appel"), mystery.regles(), mystery.delais(), mystery.note(),
        mystery.reperes(),
        label.entete(), label.engagements(), label.a_faire(), label.calendrier(), label.prevision(),
        label.matrice(), label.detail(), label.regle(),
    ]  # fmt: skip

    assert all(clean(section.html) for section in sections)
    assert any("onerror" in section.html for section in sections)


def test_a_received_answer_with_markup_stays_text(filled):
    """The example holds a remark with tags, and a file name could: see test_verbatims."""
    section = ouvrir_satisfaction("evry", "2020-11", filled.root).lecture()
    spoiled = replace(section, sentences=[CANARY])

    assert clean(spoiled.html)
