"""Hand-overs in processes that a fault ends: read as JSON, one a line, from stdin.

A run is killed at its n-th operation on a file, before it or after it, or meets a disk with so many
bytes left. What it told is given back; nothing, when it was killed.
"""

import json
import resource
import signal
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from qpref.errors import QprefError
from qpref.handover import age
from qpref.handover.restoring import restore
from qpref.handover.saving import save
from qpref.project import Project
from tests.attacks.sender import Killer
from tests.forked import told_by
from tests.handover.conftest import PHRASE

NOW = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)


def run(work):
    killer = Killer(work.get("kill", 0), 0)
    killer.watch()
    if "room" in work:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (work["room"], work["room"]))
    source, target = Path(work["source"]), Path(work["target"])
    try:
        if work["what"] == "save":
            save(Project(source), target, NOW, is_personal=True, passphrase=PHRASE)
        else:
            restore(source, target, lambda: PHRASE)
        told = {}
    except QprefError as error:
        told = {"error": str(error)}
    return {**told, "operations": killer.count}


if __name__ == "__main__":
    age.WORK = 4
    for line in sys.stdin:
        sys.stdout.write(json.dumps(told_by(partial(run, json.loads(line)))) + "\n")
        sys.stdout.flush()
