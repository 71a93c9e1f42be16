"""The workbench: `python -m benchmarks.labo PROJECT`, the example imported. Needs Chromium.

Seconds from the command `qpref labo` to the first figure of the explorer, notebook run by the menu,
and the same of a bare JupyterLab whose notebook draws one plotly bar, by turns, each page new. Then
milliseconds from the change of a selector to the new figure: of the clock, and of processor.
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

import psutil
from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright  # noqa: A004

from tests.browser.menus import answer_kernel, begin_all

Cost = tuple[float, float, float]
TURNS = 3
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TITLE = "document.querySelector('.widget-output .gtitle')"
BAR = 'import plotly.express as px\npx.bar(x=["a", "b"], y=[1, 2], title="Une barre")'
IDLE = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
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


def change(page: Page, rank: int, label: str) -> Cost:
    """
    Change a selector; return what it takes until another figure is drawn, whatever its title.

    Seconds of the clock, then of processor: of the kernel, and of all that works for the page. One
    waits for the other, so that the clock of a machine with nothing else to do says no more.
    """
    page.evaluate(f"{TITLE}.dataset.old = true")
    chosen = page.locator(".widget-dropdown select").nth(rank)
    before, start = spent(), time.perf_counter()
    chosen.select_option(label=label)
    page.wait_for_function(f"() => {TITLE} && !{TITLE}.dataset.old", polling=50, timeout=20_000)
    took, after = time.perf_counter() - start, spent()
    used = {name: sum(after.get(pid, 0) - before.get(pid, 0) for pid in after if pid[1] == name)
            for name in ("kernel", "page")}  # fmt: skip
    return took, used["kernel"], used["page"]


def spent() -> dict[tuple[int, str], float]:
    """Return the seconds of processor of each process under this one, but for what drives it."""
    found = {}
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            words, times = " ".join(process.cmdline()), process.cpu_times()
            name = "kernel" if "ipykernel" in words else "page" if "chrom" in words else ""
            if name or "labo" in words:
                found[process.pid, name or "server"] = times.user + times.system
    return found


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


def ready(page: Page) -> None:
    """Wait for a kernel that has nothing to do; it may have to be accepted in a dialog."""
    for _ in range(100):
        answer_kernel(page)
        with contextlib.suppress(TimeoutError):
            page.wait_for_selector(IDLE, timeout=2000)
            return
    page.screenshot(path=Path(tempfile.gettempdir()) / "labo.png")
    sys.exit("No kernel was ready: see labo.png in the folder of temporary files.")


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
            ready(page)
            begin_all(page)
            page.wait_for_selector(".js-plotly-plot .gtitle", state="attached", timeout=60_000)
            yield time.perf_counter() - start, page
            page.close()


def selectors(page: Page) -> list[Cost]:
    """Return the milliseconds of each change of a selector, of `change`."""
    page.wait_for_timeout(8000)
    page.locator(".widget-dropdown select").first.scroll_into_view_if_needed()
    change(page, 2, "Courtoisie des agents")
    found = [change(page, *choice) for choice in CHOICES]
    return [(1000 * took, 1000 * kernel, 1000 * drawn) for took, kernel, drawn in found]


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
    with tempfile.TemporaryDirectory() as plain_one, sync_playwright() as playwright:
        write_bar(Path(plain_one))
        bare = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--notebook-dir={plain_one}",
                "--allow-root"]  # fmt: skip
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=OPTIONS)
        times: list[tuple[float, float]] = []
        changed: list[Cost] = []
        for _ in range(TURNS):
            port = str(free_port())
            with first_figure(browser, [*bare, f"--port={port}"], "barre.ipynb") as (took, _):
                plain = took
            folder = "notebooks" if (project / "notebooks").is_dir() else "atelier"
            named = f"{folder}/00_explorer.ipynb"
            with first_figure(browser, [*ours, "--port", str(free_port())], named) as (took, page):
                times.append((took, plain))
                changed += selectors(page)
        browser.close()
    own, plain = (median(column) for column in zip(*times, strict=True))
    each = ", ".join(f"{a:.1f}/{b:.1f}" for a, b in times)
    sys.stdout.write(f"first figure: {own:.1f} s, bare {plain:.1f} s, {own / plain:.2f} ({each})\n")
    for name, values in zip(("clock", "kernel", "page"), zip(*changed, strict=True), strict=True):
        shown = ", ".join(f"{value:.0f}" for value in sorted(values))
        sys.stdout.write(f"selectors, {name}: {shown} ms, median {median(values):.0f}\n")
    used = median(kernel + drawn for _, kernel, drawn in changed)
    sys.stdout.write(f"selectors, processor of both: median {used:.0f} ms\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
