"""What every report loads, loaded once: the process from which each report is forked.

Importing is not enough: some libraries load half of themselves when first used.
"""

import gc

import pandas as pd
import pyarrow.dataset
import pyarrow.parquet  # noqa: F401
import statsmodels.miscmodels.ordinal_model  # noqa: F401

import qpref.batch.run
import qpref.workbook  # noqa: F401
from qpref.analysis.calendar import working_days
from qpref.display.charts import interval_chart
from qpref.display.section import Section
from qpref.french import long_date
from qpref.report.page import Page, render
from qpref.schema import TABLES, conform


def _use() -> None:
    """Use once, on nothing, what each report uses: tables, calendar, figure, page."""
    for name in TABLES:
        conform(name, [])
    day = pd.Series(pd.to_datetime(["2020-11-16"]))
    working_days(day, day)
    long_date(day[0].date())
    empty = pd.DataFrame(columns=["etiquette", "valeur", "bas", "haut"], dtype="float64")
    section = Section("s", "s", plot=interval_chart(empty, "", "", (0, 1)))
    render(Page("s", False, [section.html]))


_use()
gc.freeze()  # what is loaded stays: forks need not look at it again
