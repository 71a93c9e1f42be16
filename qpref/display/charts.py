"""Plotly figures for JupyterLab, drawn from the frames that the static tables show."""

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from qpref.lazy import lazy

if TYPE_CHECKING:
    import plotly.graph_objects as go
else:
    go = lazy("plotly.graph_objects")

# The modebar of plotly can send a chart to a public server: never from here.
_CONFIG = {"showSendToCloud": False, "displaylogo": False, "locale": "fr", "responsive": True}


def _as_output(figure: "go.Figure", title: str, rows: int) -> dict[str, Any]:
    """Return a figure as the JSON that JupyterLab draws, without template or random identifier."""
    figure.update_layout(
        title={"text": title},
        template="none",
        height=150 + 42 * max(rows, 1),
        margin={"l": 20, "r": 20, "t": 60, "b": 60},
        legend={"orientation": "h", "y": -0.15},
    )
    figure.update_yaxes(automargin=True, autorange="reversed")
    found: dict[str, Any] = figure.to_plotly_json()
    plain: dict[str, Any] = {**_plain(found), "config": _CONFIG}
    return plain


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return JSON values only (plotly keeps numpy arrays)."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value


def distribution_chart(table: pd.DataFrame, title: str) -> dict[str, Any]:
    """
    Stacked bars of ordered answers.

    Parameters
    ----------
    table
        `etiquette` (question), `niveau`, `couleur`, `part`, in drawing order.
    title
        The section's headline.
    """
    figure = go.Figure()
    for (level, colour), rows in table.groupby(["niveau", "couleur"], sort=False):
        figure.add_bar(
            x=rows["part"].tolist(),
            y=rows["etiquette"].tolist(),
            name=str(level),
            orientation="h",
            marker={"color": colour, "line": {"color": "#161616", "width": 0.7}},
            hovertemplate="%{y}<br>%{x:.0%}<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(tickformat=".0%", range=[0, 1])
    return _as_output(figure, title, table["etiquette"].nunique())


def interval_chart(table: pd.DataFrame, title: str, axis: str, limits: tuple[float, float]) -> Any:  # noqa: ANN401
    """
    Points with their interval.

    Parameters
    ----------
    table
        `etiquette`, `valeur`, `bas`, `haut`.
    title, axis
        The section's headline and the name of the axis.
    limits
        Range of the axis.
    """
    up, down = table["haut"] - table["valeur"], table["valeur"] - table["bas"]
    figure = go.Figure(
        go.Scatter(
            x=table["valeur"].tolist(),
            y=table["etiquette"].tolist(),
            mode="markers",
            marker={"color": "#0a3d7a", "size": 10},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": up.tolist(),
                "arrayminus": down.tolist(),
            },
            hovertemplate="%{y}<br>%{x:.0%}<extra></extra>",
        )
    )
    figure.update_xaxes(title=axis, tickformat=".0%", range=list(limits))
    return _as_output(figure, title, len(table))


def map_chart(table: pd.DataFrame, title: str, axes: tuple[str, str]) -> dict[str, Any]:
    """
    Points with an interval on both axes, and the averages that cut the map in four.

    Parameters
    ----------
    table
        `etiquette`, `couleur`, then `x`, `x_bas`, `x_haut`, `y`, `y_bas`, `y_haut` (shares).
    title, axes
        The section's headline and the names of the axes.
    """
    figure = go.Figure()
    for row in table.to_dict("records"):
        figure.add_scatter(
            x=[row["x"]],
            y=[row["y"]],
            name=str(row["etiquette"]),
            mode="markers+text",
            text=[str(row["etiquette"])],
            textposition="top right",
            marker={"color": row["couleur"], "size": 11, "line": {"color": "#161616", "width": 1}},
            error_x=_asymmetric(row, "x"),
            error_y=_asymmetric(row, "y"),
            hovertemplate="%{text}<br>%{x:.0%}, %{y:.0%}<extra></extra>",
        )
    figure.add_vline(x=1 / max(len(table), 1), line={"dash": "dot", "color": "#161616"})
    figure.add_hline(y=float(table["y"].mean()), line={"dash": "dot", "color": "#161616"})
    found = _as_output(figure, title, 8)
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
    figure = go.Figure(
        go.Bar(
            x=[day * 86_400_000 for day in days],  # plotly counts spans in milliseconds
            base=[f"{row['debut']:%Y-%m-%d}" for row in rows],
            y=names,
            orientation="h",
            marker={"color": [row["couleur"] for row in rows]},
            customdata=[f"{row['fin']:%d/%m/%Y}" for row in rows],
            hovertemplate="%{y}<br>%{customdata}<extra></extra>",
        )
    )
    figure.update_xaxes(type="date")
    day = f"{deadline:%Y-%m-%d}"
    figure.add_shape(
        type="line", x0=day, x1=day, y0=0, y1=1, yref="paper", line={"color": "#161616", "width": 2}
    )
    return _as_output(figure, title, len(rows))


def _asymmetric(row: dict[Any, Any], axis: str) -> dict[str, Any]:
    value = row[axis]
    return {
        "type": "data",
        "symmetric": False,
        "array": [row[f"{axis}_haut"] - value],
        "arrayminus": [value - row[f"{axis}_bas"]],
        "thickness": 1,
        "color": "#5f5f5f",
    }
