"""Code that runs in a report's process: make one report, or several of ours."""

import gc
import multiprocessing
import os
import random
import threading
import time
from dataclasses import replace
from importlib import import_module
from multiprocessing.connection import Connection, wait

import numpy as np

from qpref.batch import family, shared
from qpref.batch.plan import Report
from qpref.batch.result import Result
from qpref.batch.setting import RunSetting
from qpref.project import Project
from qpref.reference import load_reference

FREE = "libre"  # what a process says that can make another report


def _end_with_the_driver() -> None:
    """End this process and its group when the one that asked for the report is gone."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        family.end(os.getpid())
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _begin(megabytes: int | None) -> None:
    """Make this process one whose end, size and children the driver knows."""
    family.lead(megabytes)
    _end_with_the_driver()


def make_one(
    connection: Connection,
    report: Report,
    project: Project,
    setting: RunSetting,
    megabytes: int | None,
) -> None:
    """Make one report, in a process of its own."""
    _begin(megabytes)
    gc.disable()  # the process ends with the report: what it leaves goes with it
    connection.send(_make(report, project, setting, connection))
    connection.close()


def make_several(
    connection: Connection, project: Project, setting: RunSetting, megabytes: int | None
) -> None:
    """
    Make the reports that the driver sends, each with what those before it opened.

    Until it sends none, one leaves a trace, or enough are made: what is held stays until then.
    """
    _begin(megabytes)
    import_module("qpref.batch.warm")  # loads and uses everything once, where nothing was forked
    gc.disable()  # what a report leaves is looked for once, after it
    holding = import_module("qpref.workbook.holding")
    holding.hold()
    before, made = shared.state(), 0
    while (report := connection.recv()) is not None:
        result = _make(report, project, setting, connection)
        connection.send(result)
        made += 1
        if result.failure or result.warning:
            holding.forget()
        gc.collect()
        gc.freeze()  # what is held is looked through by no other report
        if made == shared.MOST or shared.left_behind(before):
            break
        connection.send(FREE)
    connection.close()


def _make(
    report: Report,
    project: Project,
    setting: RunSetting,
    connection: Connection,
) -> Result:
    """Make a report; what goes wrong is told as it is."""
    from qpref.batch.run import run_report  # noqa: PLC0415 - papermill: the driver does without

    started = time.process_time()
    random.seed()  # a fork draws what its parent would have drawn, and so do its brothers
    np.random.seed()  # noqa: NPY002 - the global generator, that a cell may use
    try:
        reference = load_reference(project.reference)
        result = run_report(report, project, reference, setting, connection.send)
    except Exception as error:  # noqa: BLE001 - told to the driver, as it is
        what = f"{type(error).__name__} ({str(error)[:200]})"
        result = Result(report, f"{report.notebook.name} : erreur inattendue, {what}.")
    return replace(result, cpu_seconds=time.process_time() - started)
