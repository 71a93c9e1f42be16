"""Import and use once everything that reports need: reports are forked from this process.

Importing is not enough: some libraries load half of themselves when first used.
"""

import contextlib
import gc

import nbformat
import pandas as pd
import pyarrow as pa
import pyarrow.pandas_compat
import scipy.optimize
import scipy.sparse
import scipy.stats  # noqa: F401

from qpref.batch import freshness
from qpref.batch.engine import InProcessEngine
from qpref.batch.run import contents_of
from qpref.display.charts import interval_chart
from qpref.display.figures import MEANINGS
from qpref.display.section import Section
from qpref.lazy import load_all
from qpref.project import Project
from qpref.quality.calendar import working_days
from qpref.reference import load_reference
from qpref.report.look import PLAIN
from qpref.schema import TABLES, conform
from qpref.store import Store
from qpref.wording.french import long_date
from qpref.workbook import ouvrir_satisfaction  # noqa: F401

_HELD_CAMPAIGNS = 2  # a report reads its campaign and the one before


def section() -> Section:
    """Return a section that says nothing, with a figure and numbers."""
    numbers = pd.DataFrame([dict.fromkeys(MEANINGS, 0)])
    return Section(
        "s",
        "s",
        plot=interval_chart([], "", "", (0, 1)),
        figures=numbers,
        page={"titre": "s", "fictif": False},
    )


def _use() -> None:
    """Use once, on nothing, what each report uses: tables, calendar, a notebook, its files."""
    for name in TABLES:
        conform(name, [])
    day = pd.Series(pd.to_datetime(["2020-11-16"]))
    working_days(day, day)
    long_date(day[0].date())
    freshness.package_digest()
    code = "from qpref.batch.warm import section\nsection()"
    cell = nbformat.v4.new_code_cell(code)
    text = nbformat.v4.new_markdown_cell("## s\n\n- *s* **s**")
    notebook = nbformat.v4.new_notebook(cells=[text, cell], metadata={"papermill": {}})
    executed = InProcessEngine.execute_notebook(notebook, "python3", progress_bar=False)
    contents_of(executed, PLAIN)


def _read() -> None:
    """Read what all reports of the project read; each fork sees whether it is still so."""
    project = Project.find()
    reference, store = load_reference(project.reference), Store(project)
    known = [c.id for c in reference.campaigns.campagnes if store.imports(c.id)]
    for campaign in known[-_HELD_CAMPAIGNS:]:
        store.hold(campaign)


pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keeps millions of bytes for later
load_all()
_use()
with contextlib.suppress(Exception):  # said by the report that meets it
    _read()
pa.default_memory_pool().release_unused()
gc.freeze()  # what is loaded stays: forks need not look at it again
