"""Screenshots of the guide: `python tools/captures.py PROJECT`, the example imported and reported.

Needs Chromium. PROJECT also holds the pack of the example's meeting (`qpref clu preparer`).
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Thread

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "captures"
PHONE, DESK = {"width": 390, "height": 780}, {"width": 1200, "height": 820}
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def shoot(page: Page, name: str) -> None:
    """Write one capture, light enough for the repository."""
    page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=55)


def reports(page: Page, project: Path) -> None:
    """Take a report and an agenda on a phone."""
    for name, path in (
        ("rapport-telephone", "2020-11/evry/10_satisfaction.html"),
        ("ordre-du-jour", "clu/2021-03-16/clu-2021-03-16_ordre-du-jour.html"),
    ):
        page.set_viewport_size(PHONE)
        page.goto((project / "reports" / path).as_uri())
        shoot(page, name)


def workbench(page: Page, project: Path) -> None:
    """Take the explorer in JupyterLab, its cells run."""
    command = [sys.executable, "-m", "qpref", "--racine", str(project), "labo"]
    server = subprocess.Popen(  # noqa: S603 - ours
        [*command, "--sans-navigateur"], stderr=subprocess.PIPE, text=True, env={**os.environ}
    )
    try:
        lines = iter(server.stderr or [])
        found = (re.search(r"http://127\.0\.0\.1:\d+/lab\S*token=\w+", line) for line in lines)
        address = next(match.group() for match in found if match)
        Thread(target=lambda: [*lines], daemon=True).start()  # a full pipe would stop the server
        page.set_viewport_size(DESK)
        page.goto(
            address.replace("00_accueil", "00_explorer") + "&reset",
            wait_until="domcontentloaded",
        )
        page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
        every = re.compile("^Exécuter toutes les cellules$")
        figure = page.locator(".widget-output .gtitle")
        for _ in range(6):  # JupyterLab may forget what is asked as its kernel connects
            page.wait_for_timeout(2000)
            page.locator(".lm-MenuBar-itemLabel", has_text="Exécution").click()
            page.locator(".lm-Menu-itemLabel", has_text=every).click()
            page.wait_for_timeout(8000)
            if figure.count():
                break
        page.locator(".widget-dropdown select").first.scroll_into_view_if_needed()
        page.locator(".widget-dropdown select").nth(3).select_option(label="Motif de la visite")
        page.wait_for_timeout(2000)
        shoot(page, "atelier")
    finally:
        server.terminate()
        server.wait(20)


def main(project: Path) -> None:
    """Take them all."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=OPTIONS)
        page = browser.new_page()
        reports(page, project)
        workbench(page, project)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
