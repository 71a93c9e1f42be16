"""Commands in processes that are killed: read as JSON, one a line, from stdin."""

import contextlib
import io
import json
import sys
from functools import partial

from qpref.cli import commands, main
from qpref.handover import age
from qpref.lazy import load_all
from tests.attacks.sender import Killer
from tests.forked import told_by


def run(work):
    killer = Killer(work.get("kill", 0), 0)
    killer.watch()
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(work["command"])
    return {"code": code, "operations": killer.count, "said": said.getvalue()}


if __name__ == "__main__":
    age.WORK = 4
    for group in (commands, *commands.commands.values()):
        for command in getattr(group, "commands", {}).values():
            if hasattr(command, "load"):
                command.load()  # each run would load it again
    load_all()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(told_by(partial(run, json.loads(line)))) + "\n")
        sys.stdout.flush()
