"""The warm process from which reports are forked: how it starts."""

import multiprocessing
import os
from typing import Any

from qpref.project import ROOT_VARIABLE, Project

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
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver  # noqa: PLC0415 - not under Windows

    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["qpref.batch.warm", "qpref.cli"])
    before = os.environ.get(ROOT_VARIABLE)
    os.environ[ROOT_VARIABLE] = str(project.root)
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ[ROOT_VARIABLE]
        else:
            os.environ[ROOT_VARIABLE] = before
    return found
