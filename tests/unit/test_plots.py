"""Figures written without plotly are those that plotly itself would write, and accept."""

from dataclasses import replace
from datetime import date
from math import nan

import pandas as pd
import plotly.graph_objects as go
import pytest

from qpref.display import charts
from qpref.display.plots import Plot
from qpref.palette import BAD, GOOD
from qpref.statistics.measure import Measure

MEASURES = [
    Measure(label=f"question {i}", value=value, low=low, high=high, n=50)
    for i, (value, low, high) in enumerate(
        [(0.5, 0.4, 0.6), (0.123, 0.1, 0.2), (nan, None, None), (0.9, None, None)]
    )
]
FIRST, SECOND, *_ = MEASURES
SPANS = pd.DataFrame(
    {
        "etiquette": ["a", "b"],
        "debut": [date(2020, 1, 1)] * 2,
        "fin": [date(2020, 1, 9), date(2020, 1, 1)],
        "note": ["n", "n"],
        "couleur": [GOOD, BAD],
    }
)
LEVELS = charts.distribution_chart([("oui", GOOD, MEASURES), ("non", BAD, MEASURES)], "Titre")
DRAWN = {
    "distribution": LEVELS,
    "stacked": charts.stacked([LEVELS, LEVELS], "Titre"),
    "intervals": charts.interval_chart(MEASURES, "Titre", "axe", (0, 1)),
    "free intervals": charts.interval_chart(MEASURES, "Titre", "axe", None),
    "nothing": charts.interval_chart([], "", "", (0, 1)),
    "groups": charts.group_chart([(name, MEASURES) for name in "abcdef"], "Titre"),
    "topics": charts.topic_chart(MEASURES, [(FIRST, SECOND)], "Titre"),
    "map": charts.map_chart([(FIRST, SECOND, GOOD)], (0.333, 0.666), "Titre", ("x", "y")),
    "timeline": charts.timeline_chart(SPANS, "Titre", date(2020, 5, 1)),
    "months": charts.month_chart([(m.label, m, FIRST) for m in MEASURES], "Titre", "axe"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_plotly_accepts_every_chart_and_writes_it_again_as_it_is(name):
    """It refuses a name or a value that it does not know."""
    plot = {key: part for key, part in DRAWN[name].items() if key != "config"}

    again = go.Figure(plot).to_plotly_json()

    assert {key: again[key] for key in plot} == plot


def test_months_are_all_drawn_in_their_order_and_signals_alone_are_marked():
    """2020-01 is a name and no date: each has its place; what is not known leaves a gap."""
    known = Measure(value=0.5, low=0.4, high=0.6, n=50)
    months = [("2020-01", known), ("2020-02", Measure(value=nan)),
              ("2020-03", replace(known, value=0.8, verdict="signal"))]  # fmt: skip
    plot = charts.month_chart([(name, one, known) for name, one in months], "Titre", "axe")
    low, high, line, marks = plot["data"]

    assert [*line["x"]] == [name for name, _ in months]
    assert [*line["y"]] == [0.5, None, 0.8]
    assert [*marks["y"]] == [None, None, 0.8]
    assert ([*low["y"]], [*high["y"]]) == ([0.4] * 3, [0.6] * 3)
    assert plot["layout"]["xaxis"]["type"] == "category"


def test_a_figure_written_call_by_call_is_that_of_plotly():
    own, theirs = Plot(), go.Figure()
    own.bars(x=[1.0, nan], y=["a", "b"], name=None)
    theirs.add_bar(x=[1.0, None], y=["a", "b"], name=None)
    own.marks(x=[0.2], y=["a"], mode="markers", fill=None)
    theirs.add_scatter(x=[0.2], y=["a"], mode="markers", fill=None)
    own.x_axis(title={"text": "axe"}, range=None)
    theirs.update_xaxes(title="axe", range=None)
    own.y_axis(automargin=True)
    theirs.update_yaxes(automargin=True)
    own.across("x", 0.5, {"dash": "dot"})
    theirs.add_vline(x=0.5, line={"dash": "dot"})
    own.across("y", 0.4, {"dash": "dot"})
    theirs.add_hline(y=0.4, line={"dash": "dot"})
    own.lay_out(title={"text": "t"}, barmode="stack", legend=None)
    theirs.update_layout(title="t", barmode="stack", template="none")

    assert own.as_json() == theirs.to_plotly_json()
