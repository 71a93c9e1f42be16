"""What a process of its own tells: killed, it tells nothing."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

_ROOT = (
    Path(__file__).resolve().parents[1]
)  # not of conftest, which loads what children do not need


@contextmanager
def asked(module):
    """Run a module of the tests; give what asks it something, through JSON, and its answer."""
    command = [sys.executable, "-m", module]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT
    ) as process:

        def ask(work):
            process.stdin.write(json.dumps(work) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield ask
        process.stdin.close()


def told_by(work):
    """
    Return what a function gives in a forked process, through JSON; None when it is killed.

    What it raises is given back as « trace »: it never goes on in the child.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            answer = json.dumps(work()).encode()
        except BaseException as error:  # noqa: BLE001 - a trace is a fault that the test must see
            answer = json.dumps({"trace": repr(error)}).encode()
        os.write(writing, answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return json.loads(said) if said else None
