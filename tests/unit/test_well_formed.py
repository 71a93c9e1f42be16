"""What holds of every section, whatever it says: the example's, and what its pages kept."""

import re

import pytest

from qpref.display.section import Section, Table
from tests.conftest import ROOT
from tests.pages import text_of

KEPT = ROOT / "tests" / "lues" / "essonne" / "2020-11"
PAGES = {
    **{name: f"evry/{name}" for name in
       ("10_satisfaction", "15_analyses", "20_enquete_mystere", "30_labellisation")},
    "40_synthese_clu": "ensemble/40_synthese_clu",
}  # fmt: skip


@pytest.fixture(scope="module")
def sections(reports):
    return [(name, one) for name, report in reports.items() for one in report.values()]


def faults_of(section: Section) -> list[str]:
    """Return what no section may have, whatever it says."""
    found = []
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", section.key):
        found.append(f"clé {section.key}")
    if not section.title or section.title.endswith(".") or section.title[0].islower():
        found.append(f"titre {section.title}")
    found += [
        f"phrase {one}"
        for one in section.sentences
        if not one.rstrip("» )").endswith((".", ":", "!"))
    ]
    for table in section.tables:
        found += faults_of_table(table)
    if section.plot:
        layout = section.plot["layout"]
        sizes = [one.get("marker", {}).get("size", 9) for one in section.plot["data"]]
        found += [f"marques de {size}" for size in sizes if size < 9]
        found += [] if layout["title"]["text"] == section.title else ["titre de la figure"]
    return found


def faults_of_table(table: Table) -> list[str]:
    """Return what no table may have: cells without heading, marks outside of their line."""
    found = [] if table.caption else ["sans titre"]
    for row in table.rows:
        if not row.is_title and len(row.cells) != len(table.headings) - 1:
            found.append(f"{table.caption} : {len(row.cells)} cases")
        ends = [end for bar in row.bars for end in (bar.start, bar.start + bar.width)]
        ends += [dot.at for dot in row.dots]
        found += [f"{row.label} : dessiné à {end}" for end in ends if not -1e-9 <= end <= 1 + 1e-9]
    return found


def test_every_section_is_well_formed(sections):
    assert len(sections) > 60
    assert [(name, one.key, fault) for name, one in sections for fault in faults_of(one)] == []


def test_headings_go_down_one_level_at_a_time(reports):
    """The first section of a notebook is its title."""
    for name, report in reports.items():
        shown = [one for one in report.values() if not (one.is_filed or one.is_left_out)]
        levels = [one.level for one in shown]
        assert levels[0] == 1, name
        assert levels.count(1) == 1, name
        assert {*levels[1:]} <= {2, 3}, name


def lines(section):
    """What a page shows of a section: its lines."""
    text = text_of(f"<html><body>{section.html}</body></html>")
    return text.splitlines()


@pytest.mark.parametrize("name", PAGES)
def test_sections_say_what_their_page_is_known_to_say(reports, name):
    """The text that was read and kept, section after section, nothing more and in this order."""
    kept = (KEPT / f"{PAGES[name]}.txt").read_text(encoding="utf-8").splitlines()
    place = 0
    for section in reports[name].values():
        if section.is_filed or section.is_left_out:
            continue
        said = lines(section)
        assert said[0] in kept[place:], said[0]
        place = kept.index(said[0], place)
        assert kept[place : place + len(said)] == said
        place += len(said)
    assert place > len(kept) / 2
