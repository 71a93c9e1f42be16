"""Decide when reports may share a process, one after the other, and what they open.

Only the notebooks that ship with qpref share one: what an analyst wrote has a process of its own.
Between two reports the process is compared with what it was when it was warm; it goes on only if
nothing of what a report might leave behind is there. A process makes the reports of one committee
and campaign, which read the same answers; any of ours where nothing can be forked (Windows), for a
process takes seconds to begin there.
"""

import locale
import logging
import os
import sys
import threading
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from qpref import shipped
from qpref.batch.plan import Report

MOST = 40  # reports of a process: what libraries keep for themselves goes with it
Kin = tuple[str, tuple[str, ...]]  # the campaign and the sites whose answers reports of ours open


def may_share(notebook: Path) -> bool:
    """Whether a notebook is one of ours, unchanged."""
    own = shipped.root() / shipped.NOTEBOOKS / notebook.name
    return own.is_file() and own.read_bytes() == notebook.read_bytes()


def related(plan: Sequence[Report]) -> dict[Report, Kin]:
    """
    Return, of each of our reports that opens answers another one opens too, which they are.

    A report reads the answers of all sites of its committee: what may be told of one depends on
    the others. A joint report reads what those of its sites do.
    """
    ours = {path for path in {report.notebook.path for report in plan} if may_share(path)}
    kin = {one: (one.campaign, one.peers) for one in plan if one.notebook.path in ours}
    counts = Counter(kin.values())
    return {report: own for report, own in kin.items() if counts[own] > 1}


def state() -> dict[str, Any]:
    """Snapshot the process state that a report could alter (environment, options, threads…)."""
    found: dict[str, Any] = {
        "dossier": os.getcwd(),  # noqa: PTH109 - compared, not used
        "environnement": dict(os.environ),
        "chemins": list(sys.path),
        "avertissements": list(warnings.filters),
        "langue": locale.setlocale(locale.LC_ALL),
        "numpy": (np.geterr(), np.get_printoptions()),
        "pandas": _flat(vars(pd.options)["d"]),
        "journal": (logging.root.level, list(logging.root.handlers)),
        "fils": sorted(one.name for one in threading.enumerate()),
        "remplaces": _replaced(),
    }
    if (matplotlib := sys.modules.get("matplotlib")) is not None:
        found["matplotlib"] = dict(matplotlib.rcParams)
    return found


def left_behind(before: dict[str, Any]) -> list[str]:
    """Return the names of what is not as it was; a library that a report loaded is no trace."""
    now = state()
    return [name for name, value in before.items() if now.get(name) != value]


def _flat(options: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested options by their whole name."""
    found: dict[str, Any] = {}
    for name, value in options.items():
        own = f"{prefix}{name}"
        found |= _flat(value, f"{own}.") if isinstance(value, dict) else {own: value}
    return found


def _replaced() -> dict[str, int]:
    """Return which object each function and class of our modules is: none was put in its place."""
    return {
        f"{name}.{key}": id(value)
        for name, module in [*sys.modules.items()]
        if name.partition(".")[0] == "qpref"
        for key, value in [*vars(module).items()]
        if callable(value)
    }
