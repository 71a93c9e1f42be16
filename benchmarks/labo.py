"""The workbench: `python benchmarks/labo.py PROJECT`, the example imported. Needs Chromium.

Seconds from the command `qpref labo` to the first figure of the explorer, notebook run by the menu;
then milliseconds from the change of a selector to the new figure, in the same page.
"""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from threading import Thread

from playwright.sync_api import Page, sync_playwright

OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TITLE = "document.querySelector('.widget-output .gtitle')"
CHOICES = [
    (2, "Temps d’attente"),
    (3, "Motif de la visite"),
    (2, "Clarté des réponses"),
    (3, "les sites"),
    (2, "Satisfaction globale"),
    (3, "(sans croisement)"),
    (0, "Étampes"),
    (3, "les campagnes"),
    (2, "Délai de traitement"),
]


def run_all(page: Page) -> None:
    """Run the notebook by the menu, again if JupyterLab forgot what was asked."""
    every = re.compile("^Exécuter toutes les cellules$")
    while True:
        page.locator(".lm-MenuBar-itemLabel", has_text="Exécution").click()
        page.locator(".lm-Menu-itemLabel", has_text=every).click()
        page.wait_for_timeout(300)
        prompt = page.locator(".jp-CodeCell .jp-InputPrompt").first.text_content() or ""
        if re.search(r"[\d*]", prompt):
            return


def change(page: Page, rank: int, label: str) -> float:
    """Change a selector; return the seconds until the figure says something else."""
    old = page.evaluate(f"{TITLE} && {TITLE}.textContent")
    start = time.perf_counter()
    page.locator(".widget-dropdown select").nth(rank).select_option(label=label)
    page.wait_for_function(
        f"old => {TITLE} && {TITLE}.textContent !== old", arg=old, polling=10, timeout=10_000
    )
    return time.perf_counter() - start


def main(project: Path) -> None:
    """Print the measures."""
    command = [sys.executable, "-m", "qpref", "--racine", str(project), "labo"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=OPTIONS)
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        start = time.perf_counter()
        server = subprocess.Popen(  # noqa: S603 - ours
            [*command, "--sans-navigateur"], stderr=subprocess.PIPE, text=True
        )
        try:
            lines = iter(server.stderr or [])
            found = (re.search(r"http://127\.0\.0\.1:\d+/lab\S*token=\w+", x) for x in lines)
            address = next(match.group() for match in found if match)
            Thread(target=lambda: [*lines], daemon=True).start()
            target = address.replace("00_accueil", "00_explorer") + "&reset"
            page.goto(target, wait_until="domcontentloaded")
            page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
            run_all(page)
            page.wait_for_selector(".js-plotly-plot .gtitle", state="attached", timeout=60_000)
            sys.stdout.write(f"first figure: {time.perf_counter() - start:.1f} s\n")
            page.wait_for_timeout(8000)
            page.locator(".widget-dropdown select").first.scroll_into_view_if_needed()
            change(page, 2, "Courtoisie des agents")
            times = [1000 * change(page, *choice) for choice in CHOICES]
            shown = ", ".join(f"{value:.0f}" for value in times)
            sys.stdout.write(f"selectors: {shown} ms, median {median(times):.0f}\n")
        finally:
            server.terminate()
            server.wait(20)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
