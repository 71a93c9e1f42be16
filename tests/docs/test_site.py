"""The documentation site is built without a warning and without the Internet; its code runs."""

import re
import subprocess
import sys
from pathlib import Path

import lxml.html
import pytest

from tests.conftest import ROOT, guide

pytestmark = pytest.mark.lent

PAGES = (
    "guide/rapports",
    "commandes",
    "glossaire",
    "methode",
    "formats-recus",
    "accessibilite",
    "api",
)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet"]
    built = subprocess.run(
        [*command, "-b", "html", "-d", folder / "arbres", ROOT / "docs", folder / "site"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    return folder / "site"


@pytest.mark.nuit
@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nothing_of_the_internet(site, name):
    page = lxml.html.parse(str(site / f"{name}.html")).getroot()

    loaded = page.xpath("//script/@src | //img/@src | //link[@rel='stylesheet']/@href")
    assert loaded
    assert not [address for address in loaded if "//" in address]
    assert page.get("lang") == "fr"


@pytest.mark.nuit
def test_links_between_pages_lead_somewhere(site):
    for path in site.rglob("*.html"):
        for address in lxml.html.parse(str(path)).getroot().xpath("//main//a/@href | //img/@src"):
            target, _, _ = address.partition("#")
            if target and "//" not in target and not target.startswith("mailto:"):
                assert (path.parent / target).exists() or "../" in address, (path.name, address)


@pytest.mark.nuit
def test_each_decision_and_each_public_name_has_its_place(site):
    decisions = [path.stem for path in (ROOT / "docs" / "adr").glob("0*.md")]
    assert all((site / "adr" / f"{name}.html").exists() for name in decisions)
    reference = (site / "api.html").read_text(encoding="utf-8")
    for name in ("qpref.workbook.ouvrir", "qpref.store.Store", "qpref.batch.pool.make_all"):
        assert f'id="{name}"' in reference


def test_the_code_of_the_guide_runs(filled, monkeypatch):
    text = guide()
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert blocks
    monkeypatch.chdir(filled.root)
    for block in blocks:
        exec(block, {})  # noqa: S102 - our guide


def test_captures_are_light():
    for path in Path(ROOT / "docs" / "captures").iterdir():
        assert path.stat().st_size < 150_000
