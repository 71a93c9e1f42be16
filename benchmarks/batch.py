"""Cost of a report by each way of making it: `python benchmarks/batch.py PROJECT [reports]`.

PROJECT holds the example, imported. The usual reports of the last campaign, all sites, each once,
in one run; CPU seconds a report, of all processes but the warm one:

- stock: `papermill`, then `jupyter nbconvert --to html`, two processes (the first site's reports);
- batch: a further report in a running batch, its process, what it was forked from, the driver;
- function: the same cells and the same rendering as a plain function in a warm process, each
  opening what it reads.

Then growth: seconds of wall clock a report for 10 and N reports, two at once.
With `--methode spawn`, only this: all usual reports of the last campaign where nothing can be
forked (Windows), over the same by fork, with what the warm processes cost.
"""

import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from statistics import median

import nbformat
import pandas as pd

import qpref.batch.warm  # noqa: F401 - as the batch does
from qpref.batch import pool
from qpref.batch.plan import Report, make_plan, report_notebooks
from qpref.batch.pool import Limits, make_all
from qpref.batch.ready import apart
from qpref.batch.result import Result
from qpref.batch.setting import RunSetting
from qpref.display.figures import MEANINGS
from qpref.display.section import Sections
from qpref.project import ROOT_VARIABLE, Project
from qpref.reference import load_reference
from qpref.report.markdown import to_html
from qpref.report.page import Page, render
from qpref.spreadsheets import spreadsheet_csv, spreadsheet_xlsx
from qpref.workbook.opening import latest

NAME = "15_analyses"
WARM = (sys.executable, "-c", "import qpref.batch.warm")


def cpu(action: Callable[[], object]) -> tuple[float, float]:
    """Return the CPU seconds, own and of ended children, and the wall seconds of an action."""

    def spent() -> float:
        kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, kinds))

    before, start = spent(), time.perf_counter()
    action()
    return spent() - before, time.perf_counter() - start


def stock(project: Project, report: Report) -> None:
    """Run papermill, then nbconvert, as two processes."""
    with tempfile.TemporaryDirectory() as folder:
        target = str(Path(folder) / "x.ipynb")
        python = [sys.executable, "-m"]
        source = str(report.notebook.path)
        given = [word for pair in report.parameters.items() for word in ("-p", *pair)]
        options = [*given, "--cwd", str(project.root), "--no-progress-bar"]
        for command in (
            [*python, "papermill", source, target, *options],
            [*python, "jupyter", "nbconvert", "--to", "html", "--no-input", target],
        ):
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - ours


def function(report: Report) -> tuple[str, bytes, bytes]:
    """Run the same cells and render the same page and figures, here."""
    space: dict[str, object] = {**report.parameters}
    parts, contents, facts, numbers = [], [], {}, []
    for cell in nbformat.read(report.notebook.path, as_version=4).cells:
        tags = cell.metadata.get("tags", [])
        if {"analyste", "parameters"} & set(tags):
            continue
        if cell.cell_type == "markdown":
            html, headings = to_html(cell.source)
            parts.append(html)
            contents += headings
            continue
        *first, last = cell.source.splitlines()
        exec("\n".join(first), space)  # noqa: S102 - our notebooks
        if last.startswith("from "):
            exec(last, space)  # noqa: S102
            continue
        found = eval(last, space)  # noqa: S307
        for section in found if isinstance(found, Sections) else [found]:
            facts = facts or section.page
            parts.append("" if section.is_left_out else section.html)
            numbers.append(section.figures)
    figures = pd.concat([table for table in numbers if len(table)], ignore_index=True)
    page = render(Page(facts["titre"], facts["fictif"], parts, contents))
    return page, spreadsheet_csv(figures), spreadsheet_xlsx(figures, MEANINGS)


def copies(project: Project, count: int) -> list[Report]:
    """Return the same report, to be written in as many folders."""
    reference = load_reference(project.reference)
    one = make_plan(project, reference, "2020-11", ["evry"], [NAME])[0]
    return [replace(one, folder=project.reports / f".banc-{i}" / one.site) for i in range(count)]


def batch(project: Project, count: int, workers: int) -> list[float]:
    """Make as many reports; return the CPU seconds of each, in its own process."""
    setting = RunSetting(datetime.now().astimezone())
    results = make_all(copies(project, count), project, setting, Limits(workers), lambda _: None)
    if any(result.failure for result in results):
        raise SystemExit(str(results))
    return [result.cpu_seconds for result in results]


def usual(project: Project) -> list[Report]:
    """Return the usual reports of the last campaign, at all sites."""
    reference = load_reference(project.reference)
    last = reference.main(latest(project, reference)).id
    names = [one.name for one in report_notebooks(project.notebooks) if one.is_usual(project)]
    sites = [one.id for one in reference.sites.sites]
    plan, _ = apart(make_plan(project, reference, last, sites, names), project)
    return [report for report in plan if not report.is_beside]  # some have too few answers


def batch_cpu(project: Project, plan: Sequence[Report]) -> float:
    """Return the CPU seconds of a batch: its ended processes, and the driver's part."""
    own: list[Result] = []
    setting = RunSetting(datetime.now().astimezone())
    driver = cpu(lambda: own.extend(make_all(plan, project, setting, Limits(), lambda _: None)))[0]
    if any(result.failure for result in own):
        raise SystemExit(str([result.failure for result in own]))
    return driver + sum(result.cpu_seconds for result in own)


def spawned(project: Project) -> None:
    """Print what reports cost where each process begins from nothing, and by fork."""
    plan = usual(project)
    own = pool.context
    rows: dict[str, list[float]] = {"fork": [], "spawn": []}
    for _ in range(2):
        for name, costs in rows.items():
            is_fork = name == "fork"
            pool.context = own if is_fork else lambda _: multiprocessing.get_context("spawn")
            spent, made = _of_plan(plan, project)
            warm = cpu(lambda: subprocess.run(WARM, check=True))[0] if is_fork else 0.0  # noqa: S603
            costs.append((made + warm if is_fork else spent) / len(plan))
    pool.context = own
    for name, values in rows.items():
        shown = ", ".join(f"{value:.2f}" for value in values)
        sys.stdout.write(f"{name}: {shown} CPU s a report of {len(plan)}\n")
    sys.stdout.write(f"spawn / fork: {median(rows['spawn']) / median(rows['fork']):.2f}\n")


def _of_plan(plan: Sequence[Report], project: Project) -> tuple[float, float]:
    """Make reports, one at a time; return the CPU of ended processes, and that of the reports."""
    setting = RunSetting(datetime.now().astimezone())
    results = []
    spent = cpu(lambda: results.extend(make_all(plan, project, setting, Limits(), lambda _: None)))
    if any(result.failure for result in results):
        raise SystemExit(str([result.failure for result in results]))
    return spent[0], sum(result.cpu_seconds for result in results)


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    project = Project(Path(arguments[0]).resolve())
    count = int(arguments[1]) if arguments[1:] and arguments[1].isdigit() else 40
    os.environ[ROOT_VARIABLE] = str(project.root)
    if "--methode" in arguments:
        spawned(project)
        return
    plan = usual(project)
    batch(project, 1, 1)  # the warm process is there
    rows: dict[str, list[float]] = {"stock": [], "batch": [], "function": []}
    first = [report for report in plan if report.site == plan[0].site]
    rows["stock"].append(cpu(lambda: [stock(project, one) for one in first])[0] / len(first))
    for _ in range(2):
        rows["batch"].append(batch_cpu(project, plan) / len(plan))
        rows["function"].append(cpu(lambda: [function(one) for one in plan])[0] / len(plan))
    sys.stdout.write(f"{len(plan)} reports, each at a site of its own or of another kind\n")
    for name, values in rows.items():
        shown = ", ".join(f"{value:.2f}" for value in values)
        sys.stdout.write(f"{name}: {shown} CPU s a report, median {median(values):.2f}\n")
    ours, plain = median(rows["batch"]), median(rows["function"])
    sys.stdout.write(f"batch / function: {ours / plain:.2f}\n")
    sys.stdout.write(f"stock / batch: {median(rows['stock']) / ours:.1f}\n")
    for number in (10, count):
        wall = cpu(lambda n=number: batch(project, n, 2))[1]
        sys.stdout.write(f"{number} reports, two at once: {wall / number:.3f} s each\n")


if __name__ == "__main__":
    main(sys.argv[1:])
