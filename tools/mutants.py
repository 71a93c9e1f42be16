"""Plant small faults in the code and count those that the fast tests find.

`python tools/mutants.py [FOLDER] [--each 20] [--seed 19] [--room display] [--work KEPT] [--list]`

1. The tests of `make verif` run once under coverage, in a scratch copy of FOLDER: which test, which
   shared fixture or file of tests reaches which line, in the processes that it starts too. For
   `batch`, `--tests` names files of `tests/notebooks` too: they start such processes.
2. A sample of faults is drawn in each of `statistics`, `quality`, `intake`, `display` and `batch`.
   The draw depends on the text of each statement and not on its line: code that moves between two
   versions keeps its faults, so two versions are compared on nearly the same sample.
3. Each fault is planted in the copy, and the tests that reach its line run until one fails. A fault
   that no test finds is a survivor: a test is missing, or the fault changes nothing that shows.
   Tests that do not end in time say nothing: "no answer" is counted apart; `--work` tries again.

One process at a time, forked from this one, which has loaded the libraries and nothing of qpref (so
it needs a system that forks). The checkout itself is never written.
"""

import argparse
import importlib
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import coverage
import pytest
import watching
from faults import ROOMS, Mutant, mutants, planted, sample
from watching import CHOSEN, TIMES

ROOT = Path(__file__).resolve().parents[1]
TESTS = ("qpref", "tests/unit", "tests/spec", "tests/reference", "tests/intake")
LIBRARIES = (
    "babel.dates", "hypothesis", "jinja2", "lxml.html", "numpy", "openpyxl", "pandas", "pandera",
    "plotly.graph_objects", "pydantic", "scipy.optimize", "scipy.stats", "statsmodels.api",
    "xlsxwriter", "yaml",
)  # fmt: skip
# The libraries that are loaded already are not those that pytest would rewrite.
_USUAL = ["-q", "-x", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
_KEPT_APART = shutil.ignore_patterns(
    ".venv", ".git", "__pycache__", "reports", "dist", "_site", ".*_cache", ".coverage*"
)
# Processes that tests start, or fork, are watched too, however they end.
_WATCH = """[run]
data_file = .coverage
patch = subprocess, fork, _exit
disable_warnings = no-data-collected, already-imported, module-not-measured
include =
  {}
"""
_LATE = "no answer"


class Scratch:
    """A copy of a checkout where the faults are planted and the tests run."""

    def __init__(self, source: Path, folder: Path, tests: list[str]) -> None:
        self.folder = folder / "copy"
        # A run that was stopped may have left its fault there: the source is copied again.
        shutil.copytree(source, self.folder, ignore=_KEPT_APART, dirs_exist_ok=True)
        self._tests = [name for name in tests if (self.folder / name).exists()]
        self._chosen, self._times = folder / "chosen.json", folder / "times.json"
        self._verdicts, self.said = folder / "verdicts.json", folder / "said.txt"
        marks = (self.folder / "pyproject.toml").read_text(encoding="utf-8")
        self._quick = ["-m", "not lent"] if '"lent:' in marks else []
        self._data: coverage.CoverageData | None = None
        self._lasted: dict[str, float] = {}
        self._asked: dict[str, list[str]] = {}
        self._children: dict[str, dict[str, list[int]]] = {}

    def _pytest(
        self, *arguments: str, variable: str, path: Path, limit: float | None = None
    ) -> int:
        """Run tests of the copy in a forked process; return its exit code, -1 past the limit."""
        child = os.fork()
        if child == 0:
            os.environ |= {variable: str(path), "PYTHONPATH": str(self.folder)}
            # What is compiled of a fault must not stay.
            sys.dont_write_bytecode = variable == CHOSEN
            code = 1
            try:
                os.chdir(self.folder)
                said = os.open(self.said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                os.dup2(said, 1)
                os.dup2(said, 2)
                options = [*_USUAL, *self._quick, *arguments]
                code = pytest.main(options, plugins=[watching])
                sys.stdout.flush()
            finally:
                os._exit(code)
        return _awaited(child, limit)

    def watch(self) -> float:
        """Run the tests once, noting what each one reaches; return how long that took."""
        started = time.monotonic()
        if not self._times.exists():
            settings = self.folder / "watch.ini"
            rooms = (f"qpref/{name}/*" for names in ROOMS.values() for name in names)
            settings.write_text(_WATCH.format("\n  ".join(rooms)), encoding="utf-8")
            code = self._pytest(
                "--cov", f"--cov-config={settings}", "--cov-context=test", "--cov-report=",
                *self._tests, variable=TIMES, path=self._times,
            )  # fmt: skip
            if code:
                self._times.unlink(missing_ok=True)
                said = self.said.read_text(encoding="utf-8")
                sys.exit(f"the tests fail before any fault is planted:\n{said}")
        noted = json.loads(self._times.read_text(encoding="utf-8"))
        self._lasted, self._asked = noted["lasted"], noted["asked"]
        self._children = noted["children"]
        self._data = coverage.CoverageData(str(self.folder / ".coverage"))
        self._data.read()
        return time.monotonic() - started

    def reaching(self, mutant: Mutant) -> list[str]:
        """Return the tests that reach the statement of a fault: directly, then by a fixture."""
        assert self._data is not None  # noqa: S101 - `watch` comes first
        file = str(self.folder / "qpref" / mutant.module)
        contexts = self._data.contexts_by_lineno(file)
        first, last = mutant.lines
        reached = range(first, last + 1)
        names = {name for line in reached for name in contexts.get(line, [])}
        names |= {
            name if name.startswith("fixture:") else f"{name}|child"
            for name, files in self._children.items()
            if not set(reached).isdisjoint(files.get(file, ()))
        }
        shared = {name.removeprefix("fixture:") for name in names if name.startswith("fixture:")}
        direct = {name.split("|")[0] for name in names if "|" in name} - {""}
        files = {name.removeprefix("file:") for name in names if name.startswith("file:")}
        indirect = {
            test
            for test, asked in self._asked.items()
            if shared & set(asked) or test.partition("::")[0] in files
        } - direct
        return [
            *sorted(direct, key=lambda name: self._lasted.get(name, 0)),
            *sorted(indirect, key=lambda name: self._lasted.get(name, 0)),
        ]

    def verdict(self, mutant: Mutant) -> str:
        """Return which test finds a fault, or nothing; what was found before is kept."""
        path = self._verdicts
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        if mutant.told() not in known:
            found = self._try(mutant)
            if outcome(found) == _LATE:
                return found
            known[mutant.told()] = found
            text = json.dumps(known, ensure_ascii=False, indent=1)
            path.write_text(text, encoding="utf-8")
        return str(known[mutant.told()])

    def _try(self, mutant: Mutant) -> str:
        """Plant a fault, run the tests that reach it, and take it away."""
        tests = self.reaching(mutant)
        if not tests:
            return ""
        path = self.folder / "qpref" / mutant.module
        text = path.read_text(encoding="utf-8")
        path.write_text(planted(text, mutant), encoding="utf-8")
        self._chosen.write_text(json.dumps(tests), encoding="utf-8")
        limit = 60 + 4 * sum(self._lasted.get(test, 0) for test in tests)
        files = sorted({test.split("::")[0] for test in tests})
        code = self._pytest(*files, limit=limit, variable=CHOSEN, path=self._chosen)
        path.write_text(text, encoding="utf-8")
        if code <= 0:
            return f"{_LATE} in {limit:.0f} s" if code else ""
        said = self.said.read_text(encoding="utf-8", errors="replace")
        failed = re.search(r"^(?:FAILED|ERROR) (\S.*?)(?: - .*)?$", said, re.MULTILINE)
        return failed.group(1) if failed else said.strip().splitlines()[-1]


def _awaited(child: int, limit: float | None) -> int:
    """Return the exit code of a process; past the limit, end it and return -1."""
    started = time.monotonic()
    while limit is None or time.monotonic() - started < limit:
        ended, status = os.waitpid(child, 0 if limit is None else os.WNOHANG)
        if ended:
            return max(os.waitstatus_to_exitcode(status), -1)
        time.sleep(0.2)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -1


def outcome(by: str) -> str:
    """
    Return what a verdict of `Scratch` counts as.

    Examples
    --------
    >>> [outcome(by) for by in ("tests/unit/test_a.py::test_b", "", "no answer in 90 s")]
    ['killed', 'SURVIVED', 'no answer']
    """
    if by.startswith(_LATE):
        return _LATE
    return "killed" if by else "SURVIVED"


def main() -> None:
    """Draw, plant, count."""
    options = _options()
    drawn = [
        mutant
        for mutant in sample(list(mutants(options.folder)), options.each, options.seed)
        if options.room in {None, mutant.room}
    ]
    if options.list:
        sys.stdout.write("\n".join(mutant.told() for mutant in drawn) + "\n")
        return
    found: dict[str, list[Mutant]] = {"killed": [], _LATE: [], "SURVIVED": []}
    for library in LIBRARIES:
        importlib.import_module(library)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        scratch = Scratch(options.folder, options.work or Path(folder), options.tests)
        _say(f"watched the tests in {scratch.watch():.0f} s")
        for mutant in drawn:
            by = scratch.verdict(mutant)
            found[outcome(by)].append(mutant)
            reached = len(scratch.reaching(mutant))
            _say(f"{outcome(by):9} {mutant.told()}")
            _say(f"         {by or f'{reached} tests reach it'}")
    _say("\n| room | faults | killed | no answer |\n|---|---:|---:|---:|")
    killed, late = (Counter(m.room for m in found[name]) for name in ("killed", _LATE))
    for room, count in Counter(mutant.room for mutant in drawn).items():
        _say(f"| {room} | {count} | {killed[room]} | {late[room]} |")
    _say("\nsurvivors:")
    for mutant in found["SURVIVED"]:
        _say(f"  {mutant.told()}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT, help="the checkout to try")
    parser.add_argument("--each", type=int, default=20, help="faults drawn in each room")
    parser.add_argument("--seed", type=int, default=19)
    parser.add_argument("--room", choices=list(ROOMS), help="only the faults of this room")
    parser.add_argument("--tests", nargs="+", default=list(TESTS), help="the tests that run")
    parser.add_argument("--work", type=Path, help="where to work, kept: a run resumes there")
    parser.add_argument("--list", action="store_true", help="print the faults and plant none")
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
