"""Commands in processes that are killed: read as JSON, one a line, from stdin."""

import contextlib
import io
import json
import os
import sys

from qpref.cli import commands, main
from qpref.handover import age
from qpref.lazy import load_all
from tests.attacks.sender import Killer


def run(work):
    killer = Killer(work.get("kill", 0), 0)
    killer.watch()
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(work["command"])
    return {"code": code, "operations": killer.count, "said": said.getvalue()}


def forked(work):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        answer = json.dumps(run(work)).encode()
        os.write(writing, answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return json.loads(said) if said else None


if __name__ == "__main__":
    age.WORK = 4
    for group in (commands, *commands.commands.values()):
        for command in getattr(group, "commands", {}).values():
            if hasattr(command, "load"):
                command.load()  # each run would load it again
    load_all()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(forked(json.loads(line))) + "\n")
        sys.stdout.flush()
