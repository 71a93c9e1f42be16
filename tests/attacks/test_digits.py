"""Every file that leaves, read as a stranger would: no number has more digits than it needs.

A share to the point, a weight, a ratio, a statistic and a p-value with two digits, a bar to the
tenth of a percent. What each number means is read in the file that holds it; the bounds are those
of `leaving.py`. Slides: `tests/slides`; mails and minutes: `tests/clu/test_pack.py`.
"""

import json
import re

import nbformat
import pandas as pd
import pytest
from lxml import html as lxml_html

from qpref.display.section import FIGURES_MIME, PLOT_MIME, STATIC_MIME
from qpref.report.interactive import interactive_page
from tests.attacks.leaving import (
    COLUMNS,
    MOST_OF_BOUND,
    decimals,
    drawn,
    is_long,
    long_numbers,
    too_long,
)
from tests.deuxieme.conftest import second, second_filled  # noqa: F401 - fixtures

pytestmark = [pytest.mark.lent, pytest.mark.notebook]


@pytest.fixture(scope="module", params=["published_whole", "second"])
def project(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def notebooks(project):
    return [nbformat.read(path, 4) for path in sorted(project.reports.rglob("*.ipynb"))]


def test_figures_files(project):
    seen = 0
    for path in sorted(project.reports.rglob("*.chiffres.csv")):
        for line in pd.read_csv(path, sep=";", decimal=",").to_dict("records"):
            assert not too_long(line), (path.name, line)
            seen += 1
    assert seen > 500


def test_workbooks_hold_the_same_numbers_as_the_figures_files(project):
    for path in sorted(project.reports.rglob("*.chiffres.xlsx")):
        book = pd.read_excel(path, engine="calamine")
        beside = pd.read_csv(path.with_suffix(".csv"), sep=";", decimal=",")
        for name in COLUMNS:
            assert book[name].tolist() == pytest.approx(beside[name].tolist(), rel=0, nan_ok=True)


def test_executed_notebooks_and_their_plots(notebooks):
    outputs = [o for n in notebooks for c in n.cells for o in c.get("outputs", [])]
    data = [output["data"] for output in outputs if "data" in output]
    lines = [line for one in data for line in one.get(FIGURES_MIME, [])]
    plots = [one[PLOT_MIME] for one in data if PLOT_MIME in one]

    assert [line for line in lines if too_long(line)] == []
    assert len(plots) > 20
    for plot in plots:
        assert all(decimals(number) <= MOST_OF_BOUND for number in drawn(plot)), plot["layout"]


def test_interactive_pages_hold_these_plots_and_nothing_else(notebooks):
    for notebook in notebooks:
        page = interactive_page(notebook)
        held = re.findall(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
        for plot in map(json.loads, held):
            assert all(decimals(number) <= MOST_OF_BOUND for number in drawn(plot))


def pages(project):
    for path in sorted(project.reports.rglob("*.html")):
        if not path.name.endswith(".interactif.html"):
            yield path.name, lxml_html.fromstring(path.read_text(encoding="utf-8"))


def test_texts_of_pages(project):
    """Reports, indexes and the poster, each with all its texts."""
    seen = set()
    for name, page in pages(project):
        seen.add(name)
        for text in page.body.itertext():
            assert long_numbers(text) == [], (name, text)
    assert {"index.html", "60_affiche.html", "40_synthese_clu.html"} <= seen


def told(value, names=()):
    """Yield the texts and the fractions of a JSON value, each with the keys that lead to it."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from told(item, (*names, name))
    elif isinstance(value, list):
        for item in value:
            yield from told(item, names)
    elif isinstance(value, str) or decimals(value or 0):
        yield names, value


def test_logs_hold_seconds_and_no_figure(project):
    """The journal of reports and their provenance: fractions are times, texts have no long number.

    The code of cells is what the notebooks hold, and no result.
    """
    seen = 0
    logs = [*project.reports.rglob("*.provenance.json"), project.reports / "journal.jsonl"]
    for path in logs:
        content = path.read_text(encoding="utf-8")
        parts = content.splitlines() if path.suffix == ".jsonl" else [content]
        for names, value in (one for part in parts for one in told(json.loads(part))):
            seen += 1
            if isinstance(value, str):
                assert names[-1] == "source" or long_numbers(value) == [], (path.name, value)
            else:
                assert names[-1].startswith("secondes") or "etapes" in names, (path.name, names)
    assert seen > 100


def test_bars_and_attributes_of_pages(project):
    """A width is a tenth of a percent at most; no attribute hides a longer number."""
    seen = 0
    for name, page in pages(project):
        for node in page.body.iter("*"):
            for attribute, value in node.attrib.items():
                is_bar = node.tag == "rect" and attribute in {"x", "width"}
                seen += is_bar
                assert not re.search(r"\d\.\d{2,}", value), (name, node.tag, attribute, value)
                assert not is_bar or re.fullmatch(r"\d+(\.\d)?%?", value), (name, value)
    assert seen > 500


def test_sections_in_notebooks_are_those_of_the_page(notebooks):
    """The static form kept in a notebook has no longer number than the page made from it."""
    for notebook in notebooks:
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                text = output.get("data", {}).get(STATIC_MIME, "")
                assert not re.search(r'(?:x|width)="?\d+\.\d{2,}', text)


def test_the_rule_is_broken_by_a_number_with_all_its_digits():
    """The walk above fails on a share as it is computed, and on a p-value with three digits."""
    line = {"unite": "part", "decimales": 0, "valeur": 162 / 210, "bas": 0.71, "haut": 0.82}
    assert too_long(line) == ["valeur"]
    assert is_long("0", "0312", "")
    assert not is_long("0", "031", "")
