"""Reports in a real browser: no script, no request, nothing cut at phone width or on paper."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from qpref.display.section import Section
from qpref.report.page import Page, render
from qpref.workbook import ouvrir_enquete_mystere, ouvrir_satisfaction

BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")

pytestmark = [
    pytest.mark.navigateur,
    pytest.mark.skipif(
        BROWSER is None and not os.environ.get("CI"), reason="aucun navigateur n’est installé"
    ),
]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        opened = playwright.chromium.launch(executable_path=BROWSER, args=options)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def pages(filled, tmp_path_factory):
    """The two Évry reports, rendered from their sections without a kernel."""
    folder = tmp_path_factory.mktemp("pages")
    opened = ouvrir_satisfaction("evry", "2020-11", filled.root)
    mystery = ouvrir_enquete_mystere("evry", "2020-11", filled.root)
    themes = ("information_avant", "accueil", "service", "distance", "global")
    channels = ("appel", "courriel", "courrier", "visite", "site_internet")
    contents: dict[str, list[Section]] = {
        "satisfaction": [
            opened.entete(), opened.repondants(), opened.chiffres_cles(), opened.evolution(),
            *map(opened.theme, themes), opened.profil(), opened.lecture(), opened.annexe(),
            opened.provenance(),
        ],
        "mystere": [
            mystery.entete(), mystery.contacts_realises(), *map(mystery.criteres, channels),
            mystery.delais(), mystery.notes(), mystery.lecture(), mystery.provenance(),
        ],
    }  # fmt: skip
    for name, sections in contents.items():
        page = Page(name, True, [section.html for section in sections])
        (folder / f"{name}.html").write_text(render(page), encoding="utf-8")
    return folder


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", ["satisfaction", "mystere"])
def test_nothing_is_cut_and_nothing_is_asked_for(browser, pages, name, width):
    requests, messages = [], []
    context = browser.new_context(viewport={"width": width, "height": 800})
    tab = context.new_page()
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("console", lambda message: messages.append(message.text))
    tab.goto((pages / f"{name}.html").as_uri())

    assert len(requests) == 1
    assert messages == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    cut = tab.evaluate(
        """[...document.querySelectorAll('h1,h2,h3,p,li,table:not(.annexe) *')]
           .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
           .map(e => e.tagName + ' ' + e.textContent.slice(0, 40))"""
    )
    assert cut == []
    context.close()


@pytest.mark.parametrize("name", ["satisfaction", "mystere"])
def test_bars_are_drawn_without_scripts(browser, pages, name):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto((pages / f"{name}.html").as_uri())

    boxes = [rect.bounding_box() for rect in tab.locator("tbody rect").all()[:40]]
    assert len(boxes) >= 10
    assert all(box and box["height"] > 1 for box in boxes)
    assert max(box["width"] for box in boxes) > 50
    context.close()


@pytest.mark.parametrize("name", ["satisfaction", "mystere"])
def test_the_style_sheet_is_allowed_by_its_hash(browser, pages, name):
    tab = browser.new_page()
    tab.goto((pages / f"{name}.html").as_uri())

    family = tab.evaluate("getComputedStyle(document.body).fontFamily")
    assert family.startswith("Arial")
    tab.close()


def test_an_injected_script_is_stopped_by_the_policy(browser, tmp_path):
    """Even if a text escaped escaping, the content security policy would stop it."""
    page = render(Page("x", False, [])).replace(
        "<main", "<script>document.title = 'pris'</script><main"
    )
    (tmp_path / "x.html").write_text(page, encoding="utf-8")
    tab = browser.new_page()
    tab.goto((tmp_path / "x.html").as_uri())

    assert tab.title() == "x"
    tab.close()


def test_each_printed_page_says_that_data_are_invented(browser, pages, tmp_path):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext n’est pas installé")
    import subprocess  # noqa: PLC0415

    tab = browser.new_page()
    tab.goto((pages / "satisfaction.html").as_uri())
    target = tmp_path / "a.pdf"
    tab.pdf(path=target, format="A4", prefer_css_page_size=True)
    done = subprocess.run(
        ["pdftotext", "-layout", target, "-"], capture_output=True, text=True, check=True
    )
    sheets = done.stdout.split("\f")[:-1]

    assert len(sheets) >= 3
    assert all("Données fictives" in sheet for sheet in sheets)
    tab.close()
