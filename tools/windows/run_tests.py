"""Run tests and note each as it ends: `run_tests.py FILE words of pytest…`, by the Windows Python.

FILE gets one JSON object a line: a test that begins, then what it gave. A test whose result it
already holds is not run again: a run that was stopped goes on.
"""

import json
import sys
from pathlib import Path

import pytest

OURS = 100  # added to the exit code of pytest: a Python that does not start gives 1 too
WORST_FIRST = ("failed", "skipped", "passed")


class Notes:
    """What each test gave, written at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._steps: list[tuple[str, str]] = []
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self._done = {told["test"] for told in map(json.loads, lines) if "outcome" in told}

    def _note(self, **told: str) -> None:
        with self._path.open("a", encoding="utf-8", newline="\n") as notes:
            notes.write(json.dumps(told) + "\n")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that does not open, or that is skipped whole."""
        if report.outcome != "passed" and report.nodeid not in self._done:
            self._note(test=report.nodeid, outcome=report.outcome, why=reason(report))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what already has its result; list all, for whoever stops before the end."""
        names = "".join(f"{item.nodeid}\n" for item in items)
        self._path.with_suffix(".txt").write_text(names, encoding="utf-8")
        items[:] = [item for item in items if item.nodeid not in self._done]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note which test begins: it may be the last that this process runs."""
        self._steps = []
        self._note(test=nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a step gave: what comes before a test, the test, what comes after."""
        self._steps.append((report.outcome, reason(report)))

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Note the worst of the steps of a test."""
        outcome, why = min(self._steps, key=lambda step: WORST_FIRST.index(step[0]))
        self._note(test=nodeid, outcome=outcome, why=why)


def reason(report: pytest.CollectReport | pytest.TestReport) -> str:
    """Return why something was skipped, or the end of what is told of a failure."""
    if report.outcome == "passed":
        return ""
    if hasattr(report, "wasxfail"):
        return str(report.wasxfail)
    told = report.longrepr
    return told[2].removeprefix("Skipped: ") if isinstance(told, tuple) else str(told)[-1500:]


if __name__ == "__main__":
    sys.exit(OURS + pytest.main(sys.argv[2:], plugins=[Notes(Path(sys.argv[1]))]))
