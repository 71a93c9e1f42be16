"""A real browser, and the pages of every notebook, rendered without a kernel."""

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import sync_playwright

from qpref.report.markdown import to_html
from qpref.report.page import Page, render
from tests.conftest import ROOT

BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
NAMES = (
    "10_satisfaction", "15_analyses", "20_enquete_mystere", "30_labellisation", "40_synthese_clu",
    "60_affiche",
)  # fmt: skip


def pytest_collection_modifyitems(items):
    absent = BROWSER is None and not os.environ.get("CI")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.navigateur)
            if absent:
                item.add_marker(pytest.mark.skip(reason="aucun navigateur n’est installé"))


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        opened = playwright.chromium.launch(executable_path=BROWSER, args=options)
        yield opened
        opened.close()


def _page(name: str, **values: str) -> str:
    """Return the page of a notebook, its cells run here."""
    space: dict = {}
    parts, contents, facts = [], [], {}
    for cell in nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4).cells:
        tags = cell.metadata.get("tags", [])
        if "analyste" in tags:
            continue
        if cell.cell_type == "markdown":
            html, headings = to_html(cell.source)
            parts.append(html)
            contents += headings
        elif "parameters" in tags:
            exec(cell.source, space)  # noqa: S102 - our notebooks
            space |= values
        else:
            *first, last = cell.source.splitlines()
            exec("\n".join(first), space)  # noqa: S102 - our notebooks
            if last.startswith("from "):
                exec(last, space)  # noqa: S102
                continue
            section = eval(last, space)  # noqa: S307
            facts = facts or section.page
            parts.append(section.html)
    return render(Page(facts["titre"], facts["fictif"], parts, contents, "affiche" in facts))


@pytest.fixture(scope="session")
def pages(filled, tmp_path_factory):
    """The reports of Évry and the joint one."""
    folder = tmp_path_factory.mktemp("pages")
    before = os.environ.get("QPREF_RACINE")
    os.environ["QPREF_RACINE"] = str(filled.root)
    for name in NAMES:
        page = _page(name, site="evry", campagne="2020-11")
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    if before is None:
        del os.environ["QPREF_RACINE"]
    else:
        os.environ["QPREF_RACINE"] = before
    return folder


@pytest.fixture(scope="session")
def captures():
    """Where screenshots are kept, out of git."""
    folder = ROOT / ".captures"
    folder.mkdir(exist_ok=True)
    return folder
