"""The workbench: `python -m benchmarks.labo PROJECT`, the example imported. Needs Chromium.

Seconds from the command `qpref labo` to the first figure of the explorer, notebook run by the menu,
and the same of a bare JupyterLab whose notebook draws one plotly bar, by turns, each page new. Then
milliseconds from the change of a selector to what it shows, painted, in the two forms of the
explorer: of the clock, and of processor.
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
FORMS = {  # of what selectors show: its button, and what is there anew each time
    "page": ("Tableau dessiné", ".widget-html .qpref-labo"),
    "plotly": ("Figure à survoler", ".widget-output .gtitle"),
}
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
DRAWN, OURS = ".js-plotly-plot .gtitle", ".widget-html .qpref-labo svg"
FIRST = [(0, "Évry"), (3, "(sans croisement)"), (2, "Courtoisie des agents")]
MOST = 20_000  # milliseconds: nothing new was shown


# In the page, as a hand does it: the list says that it changed; two frames later it is painted.
CHANGE = """([rank, label, watched, most]) => new Promise((done, failed) => {
  const list = document.querySelectorAll('.widget-dropdown select')[rank];
  const old = document.querySelector(watched);
  const start = performance.now();
  const late = setTimeout(() => failed(new Error(label)), most);
  const watch = new MutationObserver(() => {
    const shown = document.querySelector(watched);
    if (!shown || shown === old) return;
    watch.disconnect();
    clearTimeout(late);
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
  });
  watch.observe(document.body, {subtree: true, childList: true});
  list.value = [...list.options].find(one => one.text.replace(/\\s+/g, ' ') === label).value;
  list.dispatchEvent(new Event('change', {bubbles: true}));
})"""


def change(page: Page, rank: int, label: str, watched: str) -> Cost:
    """
    Change a selector; return what it takes until something else is shown, whatever it says.

    Milliseconds of the clock, then of processor: of the kernel, and of all that works for the page.
    One waits for the other: the clock of a machine with nothing else to do says no more.
    """
    before = spent()
    took = page.evaluate(CHANGE, [rank, label, watched, MOST])
    page.wait_for_timeout(300)  # what ends after it is shown is counted too
    after = spent()
    used = {name: sum(after.get(pid, 0) - before.get(pid, 0) for pid in after if pid[1] == name)
            for name in ("kernel", "page")}  # fmt: skip
    return took, 1000 * used["kernel"], 1000 * used["page"]


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


def show_first(page: Page, watched: str) -> None:
    """Go back to the first cell until a figure is there: JupyterLab draws what is in sight only."""
    for _ in range(60):
        answer_kernel(page)
        page.keyboard.press("Escape")
        page.keyboard.press("Control+Home")
        with contextlib.suppress(TimeoutError):
            page.wait_for_selector(watched, state="attached", timeout=1000)
            return
    page.screenshot(path=Path(tempfile.gettempdir()) / "labo.png")
    sys.exit("No figure was drawn: see labo.png in the folder of temporary files.")


@contextlib.contextmanager
def first_figure(
    browser: Browser, command: list[str], notebook: str, watched: str
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
            show_first(page, watched)
            yield time.perf_counter() - start, page
            page.close()


def selectors(page: Page, form: str) -> list[Cost]:
    """Return what each change of a selector costs, of `change`."""
    label, watched = FORMS[form]
    page.locator(".widget-toggle-button", has_text=label).click()
    page.wait_for_selector(watched, state="attached")
    page.locator(".widget-dropdown select").first.scroll_into_view_if_needed()
    for rank, chosen in FIRST:  # where another form left them elsewhere
        page.locator(".widget-dropdown select").nth(rank).select_option(label=chosen)
        page.wait_for_timeout(2000)
    return [change(page, *choice, watched) for choice in CHOICES]


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
        changed: dict[str, list[Cost]] = {form: [] for form in FORMS}
        for _ in range(TURNS):
            port = str(free_port())
            with first_figure(browser, [*bare, f"--port={port}"], "barre.ipynb", DRAWN) as (
                took,
                _,
            ):
                plain = took
            folder = "notebooks" if (project / "notebooks").is_dir() else "atelier"
            named = f"{folder}/00_explorer.ipynb"
            with first_figure(browser, [*ours, "--port", str(free_port())], named, OURS) as (
                took,
                page,
            ):
                times.append((took, plain))
                page.wait_for_timeout(8000)
                for form in FORMS:
                    changed[form] += selectors(page, form)
        browser.close()
    own, plain = (median(column) for column in zip(*times, strict=True))
    each = ", ".join(f"{a:.1f}/{b:.1f}" for a, b in times)
    sys.stdout.write(f"first figure: {own:.1f} s, bare {plain:.1f} s, {own / plain:.2f} ({each})\n")
    for form, found in changed.items():
        for name, values in zip(("clock", "kernel", "page"), zip(*found, strict=True), strict=True):
            shown = ", ".join(f"{value:.0f}" for value in sorted(values))
            told = f"selectors, {form}, {name}: {shown} ms, median {median(values):.0f}"
            sys.stdout.write(f"{told}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
