"""Start the warm process from which reports are forked."""

import multiprocessing
import os
import sys
from typing import Any

from qpref.batch.surroundings import variables
from qpref.project import ROOT_VARIABLE, Project

if sys.platform != "win32":
    from multiprocessing import forkserver

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
    found.set_forkserver_preload(["qpref.batch.warm", "qpref.cli"])
    with variables({ROOT_VARIABLE: str(project.root)}):
        forkserver.ensure_running()
    return found
