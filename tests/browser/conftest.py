"""A real browser, and the reports of a site."""

import contextlib
import os
import shutil
from pathlib import Path

import nbformat
import pytest
import yaml
from playwright.sync_api import sync_playwright

from qpref.display import agenda
from qpref.reference.meeting import Meeting
from qpref.report.interactive import interactive_page
from qpref.report.page import Page, render
from tests.conftest import NIGHT, PATIENCE, ROOT, few_by_day
from tests.deuxieme.conftest import second, second_filled

__all__ = ["second", "second_filled"]  # fixtures

BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
NAMES = (
    "10_satisfaction", "15_analyses", "20_enquete_mystere", "30_labellisation", "40_synthese_clu",
    "60_affiche",
)  # fmt: skip
EVERY_KIND = (*NAMES, "index", "ordre-du-jour", "interactif")  # of page
FEW, FEW_KINDS = few_by_day(NAMES, 2), few_by_day(EVERY_KIND, 3)  # by day, all of them by night

WITH_BARS = [name for name in NAMES if name not in {"30_labellisation", "60_affiche"}]


def pytest_collection_modifyitems(items):
    absent = BROWSER is None and not os.environ.get("CI")
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here:
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


@pytest.fixture(scope="session")
def pages(published_whole, reference, tmp_path_factory):
    """The reports of Évry and the joint one, side by side, and the other kinds of pages."""
    folder, made = tmp_path_factory.mktemp("pages"), published_whole.reports / "2020-11"
    for name in NAMES:
        place = "ensemble" if name == "40_synthese_clu" else "evry"
        shutil.copy(made / place / f"{name}.html", folder)
    shutil.copy(made / "index.html", folder)
    executed = nbformat.read(made / "evry" / "10_satisfaction.ipynb", as_version=4)
    (folder / "interactif.html").write_text(interactive_page(executed), encoding="utf-8")
    (folder / "ordre-du-jour.html").write_text(agenda_page(reference), encoding="utf-8")
    return folder


def agenda_page(reference):
    """The page that opens the pack of the example's meeting, without its questions."""
    content = (ROOT / "data" / "clu" / "2021-03-16.yml").read_text(encoding="utf-8")
    meeting = Meeting.model_validate(yaml.safe_load(content))
    heading = agenda.heading(meeting, reference.sites.sites, meeting.date)
    sections = [heading, agenda.agenda(meeting, {}), agenda.agreements([], meeting.date)]
    return render(Page(heading.page["titre"], True, [section.html for section in sections]))


class Reader:
    """
    Someone who reads pages: one tab for each of the surroundings asked for, kept between pages.

    A tab is a process of the browser: it costs four times what the page in it does.
    """

    def __init__(self, browser, pages):
        self._browser, self._pages = browser, pages
        self._tabs = {}
        self.requests, self.messages = [], []  # what the page on show asked for, and said

    def opens(self, page, width=1280, height=900, **surroundings):
        """Return the tab on a page: a name of a report, or a path."""
        tab = self._tab(**surroundings)
        tab.set_viewport_size({"width": width, "height": height})
        self.requests.clear()
        self.messages.clear()
        tab.goto((page if isinstance(page, Path) else self._pages / f"{page}.html").as_uri())
        return tab

    def _tab(self, **surroundings):
        key = repr(sorted(surroundings.items()))
        if key not in self._tabs:
            tab = self._browser.new_context(**surroundings).new_page()
            tab.set_default_timeout(1000 * PATIENCE)  # five megabytes of script to read, at times
            tab.on("request", lambda request: self.requests.append(request.url))
            tab.on("console", lambda message: self.messages.append(message.text))
            self._tabs[key] = tab
        return self._tabs[key]

    def close(self):
        """Close every tab."""
        for tab in self._tabs.values():
            tab.context.close()


@pytest.fixture(scope="module")
def reader(browser, pages):
    with contextlib.closing(Reader(browser, pages)) as opened:
        yield opened


@pytest.fixture(scope="session")
def captured():
    """Keep a screenshot, out of git, for who wants to look: each night."""
    folder = ROOT / ".captures"
    folder.mkdir(exist_ok=True)

    def keep(tab, name, **options):
        if NIGHT:
            tab.screenshot(path=folder / f"{name}.png", **options)

    return keep
