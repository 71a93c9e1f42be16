"""What `tools/mutants.py` adds to pytest: what reaches a line is noted, and some tests run alone.

Two variables of the environment ask for it: the file that holds the tests to run, in order, and the
one to write what was noted in.
"""

import contextlib
import itertools
import json
import multiprocessing
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coverage
import pytest

CHOSEN, TIMES = "QPREF_MUTANT_TESTS", "QPREF_MUTANT_TIMES"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests that reach the fault, in the order given."""
    if CHOSEN in os.environ:
        chosen = json.loads(Path(os.environ[CHOSEN]).read_text(encoding="utf-8"))
        rank = {name: place for place, name in enumerate(chosen)}
        apart = [item for item in items if item.nodeid not in rank]
        config.hook.pytest_deselected(items=apart)
        items[:] = sorted((i for i in items if i.nodeid in rank), key=lambda i: rank[i.nodeid])


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Note what a file of tests does when it is read under its name: its tests rest on it."""
    measured = coverage.Coverage.current() if TIMES in os.environ else None
    if measured is None or not isinstance(collector, pytest.Module):
        return (yield)
    measured.switch_context(f"file:{collector.nodeid}")
    try:
        return (yield)
    finally:
        measured.switch_context("")


_INSIDE: list[str] = []


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
    """Note the lines of a shared fixture under its name: all who ask for it reach them."""
    measured = coverage.Coverage.current() if TIMES in os.environ else None
    if measured is None or fixturedef.scope == "function":
        return (yield)
    _gather(_INSIDE[-1] if _INSIDE else next(reversed(_ASKED)))
    _INSIDE.append(f"fixture:{fixturedef.argname}")
    measured.switch_context(_INSIDE[-1])
    try:
        return (yield)
    finally:
        _gather(_INSIDE.pop())
        measured.switch_context(_INSIDE[-1] if _INSIDE else f"{next(reversed(_ASKED))}|setup")


_LASTED: dict[str, float] = defaultdict(float)
_ASKED: dict[str, list[str]] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note the fixtures that a test asks for."""
    _ASKED[item.nodeid] = list(getattr(item, "fixturenames", []))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how long a test lasts."""
    _LASTED[report.nodeid] += report.duration


_BY_CHILDREN: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))


def pytest_runtest_logfinish(nodeid: str) -> None:
    """Note the lines that the processes of a test reached."""
    if TIMES in os.environ:
        _gather(nodeid)


def _gather(*names: str) -> None:
    """Note under names the lines of the processes that ended: each wrote a file of its own."""
    own = f".pid{os.getpid()}."
    for path in (one for one in Path.cwd().glob(".coverage.*") if own not in one.name):
        data = coverage.CoverageData(str(path))
        # A process that was killed while it wrote has told nothing.
        with contextlib.suppress(coverage.CoverageException, OSError):
            data.read()
            for name, file in itertools.product(names, data.measured_files()):
                _BY_CHILDREN[name][file].update(data.lines(file) or ())
            data.erase()


def _end_the_server() -> None:
    """End the process from which the others were forked: it reached lines for all of them."""
    server = getattr(getattr(multiprocessing, "forkserver", None), "_forkserver", None)
    if server is not None:
        server._stop()  # noqa: SLF001 - it waits for the end, and there is no other way
    _gather(*[*_BY_CHILDREN])


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish() -> None:
    """Write what was noted, when the tests are watched."""
    if TIMES in os.environ:
        _end_the_server()
        children = {
            name: {file: sorted(lines) for file, lines in files.items()}
            for name, files in _BY_CHILDREN.items()
        }
        noted = {"lasted": _LASTED, "asked": _ASKED, "children": children}
        Path(os.environ[TIMES]).write_text(json.dumps(noted), encoding="utf-8")
