"""The warm process from which reports are forked: how it starts."""

import multiprocessing
import os
from typing import Any

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def context() -> Any:  # noqa: ANN401 - multiprocessing's own contexts
    """
    Return how processes start: forked from a warm one where that exists, else from nothing.

    One thread a report: reports share the machine.
    """
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["qpref.batch.warm", "qpref.cli"])
    return found


def start_early() -> None:
    """Start the warm process now: it loads while the driver plans."""
    if context().get_start_method() == "forkserver":
        from multiprocessing import forkserver  # noqa: PLC0415 - not under Windows

        forkserver.ensure_running()
