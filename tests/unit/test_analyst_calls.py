"""The Python of the guide's paragraph on comparisons under a design runs as it is written."""

import contextlib
import re
import sys

import nbformat
import pandas as pd
import pytest

from qpref.batch.engine import InProcessEngine
from qpref.workbook import comfort
from tests.conftest import guide


def test_two_campaigns_are_compared_as_the_guide_says(filled):
    """The value is the difference of both shares, the variance the sum of both."""
    text = guide()
    code = re.search(r"```python\n(import numpy.*?)```", text, re.DOTALL)[1]
    space = {}
    with contextlib.chdir(filled.root):
        exec(compile(code, "guide", "exec"), space)  # noqa: S102 - ours
        now, before = (space["part"](name) for name in ("2020-11", "2019-11"))

    found = space["ecart"]
    assert found.value == pytest.approx(now.value - before.value)
    assert found.interval()[0] < found.interval(level=0.90)[0] < found.value
    assert found.se == pytest.approx((now.se**2 + before.se**2) ** 0.5)


def test_answers_are_calibrated_as_the_guide_says(filled):
    """The weighted counters have the parts of the passages; the first page's share is near."""
    text = guide()
    code = re.search(r"```python\n(from qpref.statistics.calibration.*?)```", text, re.DOTALL)[1]
    space = {}
    with contextlib.chdir(filled.root):
        exec(compile(code, "guide", "exec"), space)  # noqa: S102 - ours
    flow, people = space["marges"]["guichet"], space["personnes"].loc[space["avis"].index]
    reached = people["guichet"].astype(str).groupby(people["guichet"].astype(str)).size() * 0.0
    for name, weight in zip(people["guichet"].astype(str), space["poids"].by_answer, strict=True):
        reached[name] += weight

    assert reached.to_dict() == pytest.approx({str(k): float(v) for k, v in flow.items()})
    assert 0.3 <= space["poids"].ratios.min() < 1 < space["poids"].ratios.max() <= 3
    low, high = space["share_bounds"](space["part"])
    assert low < space["part"].value < high


@pytest.mark.mesure
@pytest.mark.lent
def test_the_calls_of_the_guide_run_as_they_are_written(filled, tmp_path):
    """The first block, then the right column of the table of those who come from R."""
    text = guide()
    code = re.search(r"```python\n(from qpref import ouvrir.*?)```", text, re.DOTALL)[1]
    table = text.split("| en R | ici |")[1].split("\n\n")[0]
    calls = re.findall(r"\| `([^`]*)` \|$", table, re.MULTILINE)
    space = {}
    with contextlib.chdir(filled.root):
        setup, *lines = code.replace('"motifs.xlsx"', repr(str(tmp_path / "m.xlsx"))).split("\n\n")
        exec(compile(setup, "guide", "exec"), space)  # noqa: S102 - ours
        for line in "\n".join(lines).splitlines():
            exec(compile(line, "guide", "exec"), space)  # noqa: S102 - ours
        found = [eval(call, space) for call in calls]  # noqa: S307 - ours

    labels, crossed, weighted, likert, summed, reports = found
    assert len(labels) > 20
    assert crossed.table.loc["Total", "Total"] == 213
    assert list(weighted.table.columns) == ["n", "part", "bas", "haut"]
    assert likert.data
    assert list(summed.table.columns) == ["Ensemble", "Évry", "Étampes", "Palaiseau"]
    assert [one.title for one in reports]


def test_a_notebook_reads_workbooks_and_draws_with_what_qpref_installs(tmp_path, monkeypatch):
    """A base install has neither openpyxl nor matplotlib."""
    shell = type("Shell", (), {})
    monkeypatch.setattr("IPython.get_ipython", shell)
    monkeypatch.setattr(comfort, "find_spec", lambda _name: None)
    table = pd.DataFrame({"part": [0.1, 0.2]})
    table.to_excel(tmp_path / "t.xlsx", index=False)
    with pd.option_context("plotting.backend", "matplotlib", "io.excel.xlsx.reader", "auto"):
        comfort.install()
        monkeypatch.setitem(sys.modules, "openpyxl", None)
        assert pd.read_excel(tmp_path / "t.xlsx").equals(table)
        assert type(table.plot()).__name__ == "Figure"


def test_a_report_of_the_batch_does_so_too(monkeypatch):
    """Reports are forked from a process that loaded the workbook when no shell was there."""
    monkeypatch.setattr(comfort, "find_spec", lambda _name: None)
    lines = "import pandas as pd", "type(pd.Series([1, 2]).plot()).__module__.partition('.')[0]"
    cell = nbformat.v4.new_code_cell("\n".join(lines), metadata={"papermill": {}})
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"papermill": {}})
    with pd.option_context("plotting.backend", "matplotlib", "io.excel.xlsx.reader", "auto"):
        executed = InProcessEngine.execute_notebook(notebook, "python3", progress_bar=False)
    assert executed.cells[0].outputs[-1].data["text/plain"] == "'plotly'"
