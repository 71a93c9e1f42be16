"""Plotly figures written as the JSON that JupyterLab draws: the library itself is not loaded.

What plotly checks while it builds a figure, tests check once (`tests/unit/test_plots.py`): a report
keeps its figures in the executed notebook without loading half a thousand classes to do so.
"""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

_PLAIN = {"data": {"scatter": [{"type": "scatter"}]}}  # what plotly calls the template « none »


class Plot:
    """
    A figure under way: traces, then how they are laid out, under the names that plotly gives them.

    Parameters
    ----------
    traces
        Already written, as `data` of another figure holds them.
    """

    def __init__(self, traces: Sequence[Mapping[str, Any]] = ()) -> None:
        self._traces = [dict(trace) for trace in traces]
        self._layout: dict[str, Any] = {}

    def bars(self, **facts: Any) -> None:  # noqa: ANN401 - any of a trace
        """Add bars."""
        self._traces.append({**_given(facts), "type": "bar"})

    def marks(self, **facts: Any) -> None:  # noqa: ANN401
        """Add points or lines."""
        self._traces.append({**_given(facts), "type": "scatter"})

    def x_axis(self, **facts: Any) -> None:  # noqa: ANN401
        """Say more of the horizontal axis."""
        self._layout["xaxis"] = {**self._layout.get("xaxis", {}), **_given(facts)}

    def y_axis(self, **facts: Any) -> None:  # noqa: ANN401
        """Say more of the vertical axis."""
        self._layout["yaxis"] = {**self._layout.get("yaxis", {}), **_given(facts)}

    def lay_out(self, **facts: Any) -> None:  # noqa: ANN401
        """Say more of the whole."""
        self._layout |= _given(facts)

    def line(self, **facts: Any) -> None:  # noqa: ANN401
        """Draw a line across, between two points of the axes."""
        self._layout["shapes"] = [*self._layout.get("shapes", []), {"type": "line", **facts}]

    def across(self, axis: str, value: float, style: Mapping[str, object]) -> None:
        """
        Draw a line through the whole figure, where an axis has a value.

        Parameters
        ----------
        axis
            « x » for an upright line, « y » for a level one.
        value, style
            Where, and how it is drawn.
        """
        other = "y" if axis == "x" else "x"
        places = {f"{axis}0": value, f"{axis}1": value, f"{other}0": 0, f"{other}1": 1}
        self.line(**places, **{f"{axis}ref": axis, f"{other}ref": f"{other} domain"}, line=style)

    def as_json(self) -> dict[str, Any]:
        """Return the figure as JupyterLab reads it, in the plainest of plotly's templates."""
        found = {"data": self._traces, "layout": {**self._layout, "template": _PLAIN}}
        written: dict[str, Any] = plain(found)
        return written


def _given(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said: plotly drops what is None."""
    return {name: value for name, value in facts.items() if value is not None}


def plain(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return JSON values only: it knows no missing number, and nothing of numpy's arrays."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return None if isinstance(value, float) and isnan(value) else value
