"""A real browser, and the reports of a site."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

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


@pytest.fixture(scope="session")
def pages(published_whole, tmp_path_factory):
    """The reports of Évry and the joint one, side by side."""
    folder = tmp_path_factory.mktemp("pages")
    for name in NAMES:
        place = "ensemble" if name == "40_synthese_clu" else "evry"
        shutil.copy(published_whole.reports / "2020-11" / place / f"{name}.html", folder)
    return folder


@pytest.fixture(scope="session")
def captures():
    """Where screenshots are kept, out of git."""
    folder = ROOT / ".captures"
    folder.mkdir(exist_ok=True)
    return folder
