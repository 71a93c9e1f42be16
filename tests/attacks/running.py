"""The command in a process of its own, and what it left behind."""

import os
import random
import subprocess
import sys

import psutil

from qpref.schema import TABLES
from qpref.store import Store
from tests.conftest import NIGHT, PATIENCE, SITES, wait_until

DRAWS = int(os.environ.get("QPREF_ATTAQUES", "1"))  # 200 for a night
WANTED = (
    ("10_satisfaction", "15_analyses", "20_enquete_mystere", "30_labellisation")
    if NIGHT
    else ("10_satisfaction", "20_enquete_mystere")
)
ONE_SITE = ("rapports", "--campagne", "2020-11", "--site", "evry", "--parallele", "2")
REPORTS = (*ONE_SITE, *(word for name in WANTED for word in ("--notebook", name)), "--forcer")


def sizes(always, low, high):
    """Return a middling size; for a night, all of them and as many tenths of draws."""
    if not NIGHT:
        return [always[len(always) // 2]]
    draw = random.Random(7)  # noqa: S311 - repeatable
    return [*always, *(draw.randrange(low, high) for _ in range(DRAWS // 10))]


def start(project, *arguments, **more):
    command = [sys.executable, "-m", "qpref", "--racine", str(project.root), *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", **more
    )


def run(project, *arguments, **more):
    process = start(project, *arguments, **more)
    said, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, said


def pages(project):
    return {
        path.relative_to(project.reports): path.read_bytes()
        for path in sorted(project.reports.rglob("[0-9]*.html"))
    }


def rows(project):
    store = Store(project)
    return {
        (table, site): store.read(table, "2020-11", site).to_csv()
        for table in TABLES
        for site in (*SITES, "_")
    }


def ended(pids):
    """Wait until processes are gone; return those that are not."""
    wait_until(lambda: not any(map(psutil.pid_exists, pids)))
    return [pid for pid in pids if psutil.pid_exists(pid)]
