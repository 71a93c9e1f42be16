"""Code that runs in a report's process: make one report, several, or those of one committee."""

import gc
import multiprocessing
import os
import random
import threading
import time
import warnings
from collections.abc import Callable
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


def make_alike(
    connection: Connection, project: Project, setting: RunSetting, megabytes: int | None
) -> None:
    """
    Make reports of one committee and campaign, each forked from here once its answers are open.

    One that dies takes this process along, by the same signal: the driver sees how it ended. What
    was opened stays until this process ends: it makes so many reports, no more.
    """
    _begin(megabytes)
    gc.disable()  # as the reports forked from here
    opened, made, ready = 0.0, 0, set[tuple[str, str]]()
    while (report := connection.recv()) is not None:
        study = shared.study_of(report.notebook.path)
        if study and (report.site, study) not in ready:  # a joint report takes what sites opened
            ready.add((report.site, study))
            place = project, report.site, report.campaign, study
            import_module("qpref.workbook.ahead").open_ahead(*place)
            gc.freeze()
        opened_for = time.process_time() - opened  # told with the report that asked for it
        opened += opened_for
        _fork(lambda: connection.send(_make(report, project, setting, connection, opened_for)))  # noqa: B023 - called at once
        made += 1
        if made == shared.MOST:
            break
        connection.send(FREE)
    connection.close()


def _fork(work: Callable[[], None]) -> None:
    """Work in a fork of this process, that ends with it; end as it did, if it did not end well."""
    with warnings.catch_warnings():  # the only other thread waits for the driver's end
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code < 0:
        os.kill(os.getpid(), -code)
    if code:
        os._exit(code)


def make_several(
    connection: Connection, project: Project, setting: RunSetting, megabytes: int | None
) -> None:
    """Make the reports that the driver sends, until it sends none or one leaves a trace."""
    _begin(megabytes)
    import_module("qpref.batch.warm")  # loads and uses everything once

    before, made = shared.state(), 0
    while (report := connection.recv()) is not None:
        connection.send(_make(report, project, setting, connection))
        made += 1
        gc.collect()  # what a report left in memory
        if made == shared.MOST or shared.left_behind(before):
            break
        connection.send(FREE)
    connection.close()


def _make(
    report: Report,
    project: Project,
    setting: RunSetting,
    connection: Connection,
    before: float = 0,
) -> Result:
    """Make a report, that cost so many seconds before; what goes wrong is told as it is."""
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
    return replace(result, cpu_seconds=before + time.process_time() - started)
