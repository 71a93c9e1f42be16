"""Runs tests under wine to their end, whatever one of them does to the process that runs it.

Results are noted one by one (`tools/windows/run_tests.py`): a test that ends the process, or that
says nothing for `PATIENCE` seconds, has failed, and a new process goes on with the others.
"""

import json
import math
import os
import re
import shutil
import subprocess
import time
from collections import Counter
from pathlib import Path
from threading import Thread
from typing import IO, NamedTuple

import wine

PATIENCE = 900
NO_ANSWER = f"sans résultat au bout de {PATIENCE // 60} minutes, ou le processus y a fini"
LIMIT = "QPREF_ESSAI_MINUTES"  # of a part; without it, to its end
FINISHED = {100, 101, 105}  # of run_tests.py: all passed, some failed, none left


class Gave(NamedTuple):
    """What a part gave; `why` are the reasons of what was skipped, or what failed."""

    passed: int
    failed: int
    skipped: int
    why: list[str]


def place(name: str) -> Path:
    """Return where the results of a part are noted."""
    return wine.DRIVE / f"essai-{name}.jsonl"


def noted(path: Path) -> dict[str, tuple[str, str]]:
    """Return what each test gave, and why; nothing yet (« ») for one that began."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    told = [json.loads(line) for line in lines]
    return {one["test"]: (one.get("outcome", ""), one.get("why", "")) for one in told}


def note(path: Path, results: dict[str, tuple[str, str]]) -> None:
    """Note results anew."""
    lines = [
        json.dumps({"test": test, "outcome": outcome, "why": why} if outcome else {"test": test})
        for test, (outcome, why) in results.items()
    ]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def forget(name: str, *, all_of_them: bool) -> None:
    """Forget the results of a former trial: all, or those of the tests that did not pass."""
    path = place(name)
    kept = {} if all_of_them else noted(path)
    note(path, {test: gave for test, gave in kept.items() if gave[0] == "passed"})


def once(path: Path, log: Path, words: tuple[str, ...], until: float = math.inf) -> int:
    """Run what has no result yet in one process; return its exit code."""
    script = wine.TREE / "tools" / "windows" / "run_tests.py"
    quiet = ("-q", "-n", "0", "-p", "no:cacheprovider", "--continue-on-collection-errors")
    line = wine.command(wine.PYTHON / "python.exe", script, path, *quiet, *words)
    process = subprocess.Popen(  # noqa: S603
        line, cwd=wine.TREE, env=wine.surroundings(), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    reading = Thread(target=pour, args=(process.stdout, log), daemon=True)
    reading.start()
    began = time.time()
    while process.poll() is None:
        time.sleep(1)
        is_silent = time.time() - max(began, path.stat().st_mtime) > PATIENCE
        if is_silent or time.time() > until:
            os.killpg(process.pid, 9)
            subprocess.run(["wineserver", "--kill"], env=wine.surroundings(), check=False)  # noqa: S607
    reading.join(timeout=10)  # what a process left behind may hold the pipe open
    return process.returncode


def pour(stream: IO[bytes], log: Path) -> None:
    """Add to a file what a process says, to its end: wine wants a pipe, not a file."""
    with stream, log.open("ab") as said:
        shutil.copyfileobj(stream, said)


def run(name: str, words: tuple[str, ...]) -> Gave:
    """Run what has no result yet, in as many processes as it takes; return what all of it gave."""
    path, log = place(name), wine.PLACE / "journaux" / f"{name}.txt"
    minutes = float(os.environ.get(LIMIT, "inf"))
    until = time.time() + 60 * minutes
    log.parent.mkdir(exist_ok=True)
    while True:
        before = len(noted(path))
        code = once(path, log, words, until)
        results = noted(path)
        if time.time() > until:
            return counted(with_those_left(path, f"pas passé en {minutes:.0f} minutes"))
        begun = {test: ("failed", NO_ANSWER) for test, gave in results.items() if not gave[0]}
        note(path, results | begun)
        if code in FINISHED and not begun:
            return counted(results)
        if len(results) == before:
            end = log.read_text(encoding="utf-8", errors="replace").strip()[-200:]
            return Gave(0, 1, 0, [f"pas de résultat (code {code}) : {end}"])


def with_those_left(path: Path, why: str) -> dict[str, tuple[str, str]]:
    """Return what each test gave; those that a trial stopped before its end left have a reason."""
    wanted = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    gave = {test: found for test, found in noted(path).items() if found[0]}
    return dict.fromkeys(wanted, ("skipped", why)) | gave


def counted(results: dict[str, tuple[str, str]]) -> Gave:
    """Return what results count, with their reasons."""
    count = Counter(outcome for outcome, _ in results.values())
    skipped = Counter(plain(why) for outcome, why in results.values() if outcome == "skipped")
    why = [f"échec : {test}" for test, (outcome, _) in results.items() if outcome == "failed"]
    why += [f"{number} : {reason}" for reason, number in sorted(skipped.items())]
    return Gave(count["passed"], count["failed"], count["skipped"], why)


def plain(why: str) -> str:
    """Return a reason on one line."""
    return re.sub(r"\s+", " ", why).strip()
