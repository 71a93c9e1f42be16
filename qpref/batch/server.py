"""Start the warm process from which reports are forked."""

import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from types import ModuleType
from typing import Any

from qpref.batch.surroundings import variables
from qpref.project import ROOT_VARIABLE, Project

if sys.platform != "win32":
    from multiprocessing import forkserver

_MAIN = Lock()  # two threads of a cluster's worker may start a process each
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def context(project: Project) -> Any:  # noqa: ANN401 - multiprocessing's own contexts
    """
    Return how processes start: forked from a warm one where that exists, else from nothing.

    The warm process starts now, if it is not there: while the driver plans, it loads what reports
    need and reads what all reports of the project read. One thread a report: reports share the
    machine.
    """
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    if sys.platform == "win32" or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["qpref.batch.warm"])
    with variables({ROOT_VARIABLE: str(project.root)}):
        forkserver.ensure_running()
    return found


@contextmanager
def apart_from_main() -> Iterator[None]:
    """
    Have a process that starts import nothing of the program that starts it.

    multiprocessing runs the main script again in each, to find there what it was given: we give it
    nothing from there. On a cluster that was Dask, loaded for each report; a script without its
    `if __name__ == "__main__"` began its batch again.
    """
    with _MAIN:
        own = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = own
