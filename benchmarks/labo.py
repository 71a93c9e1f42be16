"""The workbench: `python -m benchmarks.labo PROJECT`, the example imported. Needs Chromium.

Seconds from the command `qpref labo` to the first figure of the explorer, notebook run by the menu,
and the same of a bare JupyterLab whose notebook draws one plotly bar, by turns, each page new. Then
milliseconds from the change of a selector to the new figure.
"""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from threading import Thread

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.menus import begin_all

TURNS = 3
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TITLE = "document.querySelector('.widget-output .gtitle')"
BAR = 'import plotly.express as px\npx.bar(x=["a", "b"], y=[1, 2], title="Une barre")'
ADDRESS = re.compile(r"http://(?:127\.0\.0\.1|localhost):\d+/lab\S*token=\w+")
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


def change(page: Page, rank: int, label: str) -> float:
    """Change a selector; return the seconds until another figure is drawn, whatever its title."""
    page.evaluate(f"{TITLE}.dataset.old = true")
    chosen = page.locator(".widget-dropdown select").nth(rank)
    start = time.perf_counter()
    chosen.select_option(label=label)
    page.wait_for_function(f"() => {TITLE} && !{TITLE}.dataset.old", polling=10, timeout=10_000)
    return time.perf_counter() - start


@contextlib.contextmanager
def served(command: list[str], home: Path) -> Iterator[str]:
    """Run a server, its settings in a home of its own; give the address that it tells."""
    surroundings = {**os.environ, "HOME": str(home)}
    server = subprocess.Popen(  # noqa: S603 - ours
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=surroundings
    )
    try:
        lines = iter(server.stderr or [])
        address = next(match.group() for match in map(ADDRESS.search, lines) if match)
        Thread(target=lambda: [*lines], daemon=True).start()
        yield address
    finally:
        server.terminate()
        server.wait(20)


@contextlib.contextmanager
def first_figure(
    browser: Browser, command: list[str], notebook: str
) -> Iterator[tuple[float, Page]]:
    """Give the seconds from a command to the figure of a notebook run by the menu, and the page."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        start = time.perf_counter()
        with served(command, Path(folder)) as address:
            page = browser.new_page(viewport={"width": 1300, "height": 1000})
            token = address.split("token=")[1]
            base = address.split("/lab")[0]
            page.goto(f"{base}/lab/tree/{notebook}?token={token}&reset",
                      wait_until="domcontentloaded")  # fmt: skip
            page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
            begin_all(page)
            page.wait_for_selector(".js-plotly-plot .gtitle", state="attached", timeout=60_000)
            yield time.perf_counter() - start, page
            page.close()


def selectors(page: Page) -> list[float]:
    """Return the milliseconds of each change of a selector."""
    page.wait_for_timeout(8000)
    page.locator(".widget-dropdown select").first.scroll_into_view_if_needed()
    change(page, 2, "Courtoisie des agents")
    return [1000 * change(page, *choice) for choice in CHOICES]


def write_bar(folder: Path) -> None:
    """Write a notebook that draws one bar chart."""
    cell = {"cell_type": "code", "id": "barre", "metadata": {}, "source": BAR, "outputs": [],
            "execution_count": None}  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4,
               "nbformat_minor": 5}  # fmt: skip
    (folder / "barre.ipynb").write_text(json.dumps(content), encoding="utf-8")


def free_port() -> int:
    """Return a port that nothing listens to."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as line:
        return int(line.getsockname()[1])


def main(project: Path) -> None:
    """Print the measures."""
    ours = [sys.executable, "-m", "qpref", "--racine", str(project), "labo", "--sans-navigateur"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        write_bar(Path(folder))
        bare = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--notebook-dir={folder}",
                "--allow-root"]  # fmt: skip
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=OPTIONS)
        times: list[tuple[float, float]] = []
        changed: list[float] = []
        for _ in range(TURNS):
            port = str(free_port())
            with first_figure(browser, [*bare, f"--port={port}"], "barre.ipynb") as (took, _):
                plain = took
            named = "notebooks/00_explorer.ipynb"
            with first_figure(browser, [*ours, "--port", str(free_port())], named) as (took, page):
                times.append((took, plain))
                changed += selectors(page)
        browser.close()
    own, plain = (median(column) for column in zip(*times, strict=True))
    each = ", ".join(f"{a:.1f}/{b:.1f}" for a, b in times)
    shown = ", ".join(f"{value:.0f}" for value in sorted(changed))
    sys.stdout.write(f"first figure: {own:.1f} s, bare {plain:.1f} s, {own / plain:.2f} ({each})\n")
    sys.stdout.write(f"selectors: {shown} ms, median {median(changed):.0f}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
