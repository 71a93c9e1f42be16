"""Plotly figures for JupyterLab, drawn from the frames that the static tables show."""

from collections.abc import Sequence
from datetime import date
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pandas as pd

from qpref.display.plots import Plot, plain
from qpref.lazy import lazy
from qpref.palette import BAD, GOOD, INK, NEUTRAL, PAPER, SPREAD, VERY_BAD, VERY_GOOD
from qpref.statistics.measure import SHARE, Measure
from qpref.statistics.publication import published

if TYPE_CHECKING:
    import plotly.graph_objects as go
else:  # for figures that analysts style or make: a report needs none
    go = lazy("plotly.graph_objects", is_extra=True)

# The modebar of plotly can send a chart to a public server: never from here.
_CONFIG = {"showSendToCloud": False, "displaylogo": False, "locale": "fr", "responsive": True}


def _as_output(plot: Plot, title: str, rows: int) -> dict[str, Any]:
    """Return a figure as the JSON that JupyterLab draws, without template or random identifier."""
    plot.lay_out(
        title={"text": title},
        height=150 + 42 * max(rows, 1),
        margin={"l": 20, "r": 20, "t": 60, "b": 60},
        # Over the labels of a short axis, that its own ground would cut.
        legend={"orientation": "h", "y": -0.15, "bgcolor": "rgba(0,0,0,0)"},
    )
    plot.y_axis(automargin=True, autorange="reversed")
    return {**plot.as_json(), "config": _CONFIG}


def distribution_chart(
    levels: Sequence[tuple[str, str, Sequence[Measure]]], title: str
) -> dict[str, Any]:
    """
    Stacked bars of ordered answers.

    Parameters
    ----------
    levels
        Name, colour and shares of each level, in drawing order; a share is named by its label.
    title
        The section's headline.
    """
    plot = Plot()
    for level, colour, shares in levels:
        plot.bars(
            x=[published(share).value for share in shares],
            y=[share.label for share in shares],
            name=level,
            orientation="h",
            marker={"color": colour, "line": {"color": INK, "width": 0.7}},
            hovertemplate="%{y}<br>%{x:.0%}<extra>%{fullData.name}</extra>",
        )
    plot.lay_out(barmode="stack")
    plot.x_axis(tickformat=".0%", range=[0, 1])
    drawn = {share.label for _, _, shares in levels for share in shares}
    return _as_output(plot, title, len(drawn))


def stacked(plots: Sequence[dict[str, Any]], title: str) -> dict[str, Any]:
    """Return several charts of `distribution_chart` as one; each answer is in the legend once."""
    traces: dict[tuple[str, str], dict[str, Any]] = {}
    for one in plots:
        for trace in one["data"]:
            own = traces.setdefault((trace["name"], trace["marker"]["color"]),
                                    {**trace, "x": [], "y": []})  # fmt: skip
            own["x"], own["y"] = [*own["x"], *trace["x"]], [*own["y"], *trace["y"]]
    plot = Plot([*traces.values()])
    plot.lay_out(barmode="stack")
    plot.x_axis(tickformat=".0%", range=[0, 1])
    return _as_output(plot, title, len({y for one in traces.values() for y in one["y"]}))


def interval_chart(
    measures: Sequence[Measure], title: str, axis: str, limits: tuple[float, float] | None
) -> dict[str, Any]:
    """
    Points with their interval, one a measure, named by its label.

    Parameters
    ----------
    measures
        In drawing order; shares or differences.
    title, axis
        The section's headline and the name of the axis.
    limits
        Range of the axis; None to choose one, of what is no share.
    """
    form = ".0%" if limits else ".3~f"
    measures = [published(measure) for measure in measures]
    plot = Plot()
    plot.marks(
        x=[measure.value for measure in measures],
        y=[measure.label for measure in measures],
        mode="markers",
        marker={"color": VERY_GOOD, "size": _SIZE},
        error_x=_asymmetric(measures),
        hovertemplate=f"%{{y}}<br>%{{x:{form}}}<extra></extra>",
    )
    plot.x_axis(title={"text": axis}, tickformat=form, range=list(limits) if limits else None)
    return _as_output(plot, title, len(measures))


def group_chart(groups: Sequence[tuple[str, Sequence[Measure]]], title: str) -> dict[str, Any]:
    """
    Shares of many questions, a mark for each group.

    Parameters
    ----------
    groups
        Name and shares of each, named by their label, in drawing order.
    title
        The section's headline.
    """
    plot = Plot()
    for (name, shares), colour, sign in zip(groups, cycle(_MARKS), cycle(_SIGNS), strict=False):
        plot.marks(
            x=[published(share).value for share in shares],
            y=[share.label for share in shares],
            name=name,
            mode="markers",
            marker={"color": colour, "size": _SIZE, "symbol": sign, "line": _OUTLINE},
            hovertemplate="%{y}<br>%{x:.0%}<extra>%{fullData.name}</extra>",
        )
    plot.x_axis(tickformat=".0%", range=[0, 1])
    return _as_output(plot, title, len({share.label for _, own in groups for share in own}))


# Groups that have no order: told apart by their form too.
_MARKS, _SIGNS = (VERY_GOOD, BAD, GOOD, VERY_BAD, NEUTRAL), ("circle", "square", "diamond")
_SIZE = 10  # of a mark, in pixels
_OUTLINE = {"width": 1, "color": INK}


def topic_chart(
    now: Sequence[Measure], before: Sequence[tuple[Measure, Measure]], title: str
) -> dict[str, Any]:
    """
    Shares with their interval, and what they were before as hollow marks.

    Parameters
    ----------
    now
        In drawing order, each named by its label.
    before
        Some of them, each with its former value.
    title
        The section's headline.
    """
    plot = Plot()
    plot.marks(
        x=[published(former).value for _, former in before],
        y=[one.label for one, _ in before],
        mode="markers",
        name="avant",
        marker={"color": PAPER, "size": _SIZE, "line": {"color": INK, "width": 1}},
        hovertemplate="%{y}<br>%{x:.0%}<extra>avant</extra>",
    )
    now = [published(measure) for measure in now]
    plot.marks(
        x=[measure.value for measure in now],
        y=[measure.label for measure in now],
        mode="markers",
        name="maintenant",
        marker={"color": VERY_GOOD, "size": _SIZE},
        error_x=_asymmetric(now),
        hovertemplate="%{y}<br>%{x:.0%}<extra></extra>",
    )
    order = [measure.label for measure in now]
    plot.y_axis(categoryorder="array", categoryarray=order)
    plot.x_axis(tickformat=".0%", range=[0, 1])
    return _as_output(plot, title, len(now))


def map_chart(
    points: Sequence[tuple[Measure, Measure, str]],
    averages: tuple[float, float],
    title: str,
    axes: tuple[str, str],
) -> dict[str, Any]:
    """
    Points with an interval on both axes, and the averages that cut the map in four.

    Parameters
    ----------
    points
        A share on each axis, the first named by its label, and the colour.
    averages
        Where the map is cut, on each axis.
    title, axes
        The section's headline and the names of the axes.
    """
    plot = Plot()
    for of_x, of_y, colour in points:
        x, y = published(of_x), published(of_y)
        plot.marks(
            x=[x.value],
            y=[y.value],
            name=x.label,
            mode="markers+text",
            text=[x.label],
            textposition="top right",
            marker={"color": colour, "size": _SIZE, "line": {"color": INK, "width": 1}},
            error_x=_asymmetric([x]) | _THIN,
            error_y=_asymmetric([y]) | _THIN,
            hovertemplate="%{text}<br>%{x:.0%}, %{y:.0%}<extra></extra>",
        )
    for of_axis, average in zip("xy", averages, strict=True):
        plot.across(of_axis, round(average, 2), {"dash": "dot", "color": INK})
    found = _as_output(plot, title, 8)
    layout = found["layout"]
    layout["showlegend"] = False
    layout["xaxis"] = {"title": {"text": axes[0]}, "tickformat": ".0%", "rangemode": "tozero"}
    layout["yaxis"] = {"title": {"text": axes[1]}, "tickformat": ".0%", "automargin": True}
    return found


def timeline_chart(table: pd.DataFrame, title: str, deadline: date) -> dict[str, Any]:
    """
    Spans of time on one scale, and the day they must not pass.

    Parameters
    ----------
    table
        `etiquette`, `debut`, `fin` (dates), `note`, `couleur`, in drawing order; a span of one
        day is a mark.
    title
        The section's headline.
    deadline
        Drawn as a line across.
    """
    rows = table.to_dict("records")
    names = [f"{row['etiquette']} ({row['note']})" for row in rows]
    days = [max((row["fin"] - row["debut"]).days, 3) for row in rows]
    plot = Plot()
    plot.bars(
        x=[day * 86_400_000 for day in days],  # plotly counts spans in milliseconds
        base=[f"{row['debut']:%Y-%m-%d}" for row in rows],
        y=names,
        orientation="h",
        marker={"color": [row["couleur"] for row in rows]},
        customdata=[f"{row['fin']:%d/%m/%Y}" for row in rows],
        hovertemplate="%{y}<br>%{customdata}<extra></extra>",
    )
    plot.x_axis(type="date")
    day = f"{deadline:%Y-%m-%d}"
    plot.line(x0=day, x1=day, y0=0, y1=1, yref="paper", line={"color": INK, "width": 2})
    return _as_output(plot, title, len(rows))


def month_chart(
    months: Sequence[tuple[str, Measure, Measure]], title: str, axis: str
) -> dict[str, Any]:
    """
    Draw a figure over months, on the band of its limits.

    Parameters
    ----------
    months
        Name, figure and limits of each, in order; what is not known leaves a gap.
    title, axis
        The section's headline and the name of the axis.
    """
    names = [name for name, _, _ in months]
    values = [published(value) for _, value, _ in months]
    limits = [published(one) for _, _, one in months]
    form = ".0%" if values[-1].unit == SHARE else ".3~f"
    plot = Plot()
    for bounds, fill in (
        ([one.low for one in limits], None),
        ([one.high for one in limits], "tonexty"),
    ):
        plot.marks(
            x=names, y=bounds, mode="lines", line={"width": 0}, fill=fill, fillcolor=_BAND,
            name="ce que le hasard seul explique", showlegend=fill is not None, hoverinfo="skip",
        )  # fmt: skip
    for name, is_drawn, drawn_as in (
        ("les mois", True, {"mode": "lines", "line": {"color": VERY_GOOD}}),
        ("signal", False, {"mode": "markers", "marker": {"color": VERY_BAD, "size": 10}}),
    ):
        plot.marks(
            x=names, y=[one.value if is_drawn or one.verdict else None for one in values],
            name=name, hovertemplate=f"%{{x}}<br>%{{y:{form}}}<extra></extra>", **drawn_as,
        )  # fmt: skip
    found = _as_output(plot, title, 8)
    found["layout"]["yaxis"] = {"title": {"text": axis}, "tickformat": form, "automargin": True}
    found["layout"]["xaxis"] = {"type": "category", "nticks": 8}
    return found


_THIN = {"thickness": 1, "color": SPREAD}
_BAND = "rgba(142, 193, 232, 0.45)"  # `GOOD`, through which the grid is seen


def _asymmetric(measures: Sequence[Measure]) -> dict[str, Any]:
    """Return the intervals of measures as plotly asks for them: lengths, up and down."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [0.0 if m.high is None else _length(m.value, m.high) for m in measures],
        "arrayminus": [0.0 if m.low is None else _length(m.low, m.value) for m in measures],
    }


def _length(start: float, end: float) -> float:
    """Return a length between two printed numbers, without what the subtraction leaves."""
    return round(end - start, 4)


def interactive(plot: dict[str, Any]) -> "go.Figure":
    """Return a figure that an analyst may style, from what JupyterLab draws."""
    return go.Figure({name: part for name, part in plot.items() if name != "config"})


def drawn(figure: "go.Figure") -> dict[str, Any]:
    """Return a figure that an analyst made as the JSON that JupyterLab draws."""
    return {**plain(figure.to_plotly_json()), "config": _CONFIG}
