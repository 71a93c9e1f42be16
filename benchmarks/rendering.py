"""Cost of turning an executed notebook into its files: `python benchmarks/rendering.py FOLDER`.

FOLDER holds executed reports (reports/2020-11/evry). Prints, for each, the median of 20 renderings
in a warm process (page, CSV and workbook of figures), the weights, and one PDF.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat

from qpref.display.section import FIGURE_MEANINGS
from qpref.report.browser import find_browser
from qpref.report.exporter import QprefExporter, figures
from qpref.report.pdf import to_pdf
from qpref.spreadsheets import spreadsheet_csv, spreadsheet_xlsx


def milliseconds(action: Callable[[], object], times: int = 20) -> float:
    """Return the median duration of an action, after one run to warm up."""
    action()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        found.append(1000 * (time.perf_counter() - start))
    return statistics.median(found)


def main(folder: Path) -> None:
    """Print one line a report."""
    browser = find_browser(os.environ)
    for path in sorted(folder.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        page = milliseconds(lambda nb=notebook: QprefExporter().from_notebook_node(nb))
        numbers = figures(notebook)
        csv = milliseconds(lambda table=numbers: spreadsheet_csv(table))
        book = milliseconds(lambda table=numbers: spreadsheet_xlsx(table, FIGURE_MEANINGS))
        weight = path.with_suffix(".html").stat().st_size
        line = f"{path.stem}: page {page:.0f} ms ({weight} bytes), CSV {csv:.0f} ms, "
        line += f"workbook {book:.0f} ms"
        if browser:
            start = time.perf_counter()
            content = to_pdf(path.with_suffix(".html"), browser)
            line += f", PDF {time.perf_counter() - start:.1f} s ({len(content)} bytes)"
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
