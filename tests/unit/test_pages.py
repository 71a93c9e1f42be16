"""The cells of our notebooks, run without a kernel: what they show says what they count."""

import csv

import pandas as pd
import pytest
from lxml import html as lxml_html

from qpref.spreadsheets import spreadsheet_csv
from tests.notebooks.test_execution import plain, wordings
from tests.sections import read_out

NAMES = (
    "10_satisfaction", "15_analyses", "20_enquete_mystere", "30_labellisation", "40_synthese_clu",
)  # fmt: skip
IN_BRIEF = {
    "evolution", "profil", "lecture", "accord", "canaux", "ensemble", "matrice", "prevision",
}  # fmt: skip
# The synthesis shows what is met less than one time in two; remarks, the first subjects of a group.
IN_PART = {"mystere", "remarques"}


@pytest.fixture(params=NAMES)
def sections(request, reports):
    return [*reports[request.param].values()]


@pytest.mark.lent
def test_every_figure_is_written_where_it_is_counted(sections):
    """Likeness aside, and what a page tells in brief: another notebook shows it whole."""
    pages = "".join(f"<div>{section.html}</div>" for section in sections)
    text = plain(read_out(lxml_html.fromstring(f"<div>{pages}</div>")))
    brief = {s.key for s in sections if s.is_filed or (s.key in IN_BRIEF and not s.tables)}
    frames = [section.figures for section in sections if len(section.figures)]
    content = spreadsheet_csv(pd.concat(frames, ignore_index=True)).decode("utf-8-sig")
    rows = [row for row in csv.DictReader(content.splitlines(), delimiter=";") if row["valeur"]]

    assert rows
    for row in rows:
        if row["section"] not in {"ressemblance", *brief, *IN_PART}:
            assert any(words in text for words in wordings(row)), row


def test_every_bar_begins_and_ends_inside_its_row(sections):
    tables = [table for section in sections for table in section.tables]
    bars = [(bar, row.label) for table in tables for row in table.rows for bar in row.bars]

    for bar, label in bars:
        assert bar.width >= 0, label
        assert -1e-9 <= bar.start <= bar.start + bar.width <= 1 + 1e-9, label
