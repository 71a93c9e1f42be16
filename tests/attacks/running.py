"""The command in a process of its own, and what it left behind."""

import os
import random
import subprocess
import sys
import time

import psutil

from qpref.schema import TABLES
from qpref.store import Store
from tests.conftest import SITES

DRAWS = int(os.environ.get("QPREF_ATTAQUES", "6"))  # 200 for a night
REPORTS = ("rapports", "--campagne", "2020-11", "--site", "evry", "--parallele", "2", "--forcer")


def sizes(always, low, high):
    """Return the sizes always tried and, for a night, as many tenths of draws."""
    draw = random.Random(7)  # noqa: S311 - repeatable
    return [*always, *(draw.randrange(low, high) for _ in range(DRAWS // 10))]


def start(project, *arguments, **more):
    command = [sys.executable, "-m", "qpref.cli", "--racine", str(project.root), *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more
    )


def run(project, *arguments, **more):
    process = start(project, *arguments, **more)
    said, _ = process.communicate(timeout=300)
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
    until = time.monotonic() + 20
    while any(map(psutil.pid_exists, pids)) and time.monotonic() < until:
        time.sleep(0.1)
    return [pid for pid in pids if psutil.pid_exists(pid)]
