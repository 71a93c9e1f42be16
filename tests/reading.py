"""What files of a project are opened while a report is made."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qpref.batch.depot import inputs_of_report
from qpref.batch.plan import make_plan
from qpref.batch.ready import lacking
from qpref.batch.run import run_report
from qpref.batch.setting import RunSetting
from qpref.project import Project
from qpref.reference import load_reference
from qpref.store import parts
from tests.conftest import NOW

_watching: list[tuple[Path, set[Path]]] = []


def _hear(event: str, given: tuple[object, ...]) -> None:
    if event == "open" and _watching and isinstance(given[0], (str, Path)):
        path = Path(given[0])
        is_written = any(mark in str(given[1]) for mark in "wax+")
        for root, seen in _watching:
            if path.is_relative_to(root) and not is_written:
                seen.add(path)


sys.addaudithook(_hear)  # for as long as this process lives: it hears nothing unless asked


@contextmanager
def opened(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[Path]]:
    """Hold the files of a project that are read, the parts of its store too."""
    seen: set[Path] = set()
    content = parts.content
    with monkeypatch.context() as changed:
        # Arrow opens parts where Python hears nothing.
        changed.setattr(parts, "content", lambda path, *own: seen.add(path) or content(path, *own))
        _watching.append((project.root, seen))
        try:
            yield seen
        finally:
            _watching.remove((project.root, seen))


def read_unsaid(
    project: Project, campaign: str, site: str, monkeypatch: pytest.MonkeyPatch
) -> dict[str, list[str]]:
    """Return, of each report of a site that reads files that it does not say, which ones."""
    reference = load_reference(project.reference)
    plan = [one for one in make_plan(project, reference, campaign)
            if one.site == site and not lacking(one, project)]  # fmt: skip
    assert plan
    found = {}
    for report in plan:
        with opened(project, monkeypatch) as seen:
            assert run_report(report, project, reference, RunSetting(NOW)).failure is None
        said = inputs_of_report(report, project, reference)
        written = (project.reports, project.root / "data" / "ecrits")
        others = [path for path in seen - {*said} if path.is_file()
                  and not any(path.is_relative_to(folder) for folder in written)]  # fmt: skip
        unsaid = sorted(path.relative_to(project.root).as_posix() for path in others)
        if unsaid:
            found[report.notebook.name] = unsaid
    return found
