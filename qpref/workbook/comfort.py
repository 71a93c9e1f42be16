"""Let pandas read workbooks and plot in notebooks with what qpref installs."""

import sys
from importlib.util import find_spec
from typing import Any

import pandas as pd


def install() -> None:
    """Have `pd.read_excel` and `table.plot()` work where a notebook runs; matplotlib goes first."""
    ipython: Any = sys.modules.get("IPython")  # loaded already, where it runs
    if ipython is None or ipython.get_ipython() is None:
        return
    for form in ("xlsx", "xls", "ods"):
        pd.set_option(f"io.excel.{form}.reader", "calamine")
    if find_spec("matplotlib") is None:
        pd.set_option("plotting.backend", "plotly")
