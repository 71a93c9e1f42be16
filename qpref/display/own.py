"""A table, a figure and sentences that an analyst made, as a section."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from qpref.display.charts import drawn as as_json
from qpref.display.section import Row, Section, Table
from qpref.wording.french import number, upper_first
from qpref.wording.text import slug

_DECIMALS, _BESIDE = 2, "masqué"


def section(
    title: str, table: pd.DataFrame | None, figure: Any, sentences: Sequence[str], threshold: int  # noqa: ANN401
) -> Section:  # fmt: skip
    """
    Return the section.

    Parameters
    ----------
    title, sentences
        What it says.
    table
        Rows to show, the first column naming them; None for none.
    figure
        Of plotly; None for none.
    threshold
        Whole numbers from 1 to this, excluded, are hidden: they may count people. So is a figure
        drawn from them, and the smallest of the others where all that is hidden adds up to less.
    """
    said = [one for one in sentences if one]
    plot = None if figure is None else as_json(figure)
    if table is None:
        return Section(slug(title), title, said, plot=plot)
    hidden = {name: _hidden(table[name], threshold) for name in table.columns[1:]
              if pd.api.types.is_integer_dtype(table[name])}  # fmt: skip
    rows = [
        Row(_told(values[0]), [
            (name in hidden and hidden[name][rank]) or _told(value)
            for name, value in zip(table.columns[1:], values[1:], strict=True)
        ])
        for rank, values in enumerate(table.itertuples(index=False, name=None))
    ]  # fmt: skip
    states = {state for own in hidden.values() for state in own} - {""}
    if states:
        beside = ", et le plus petit des autres, qui les rendrait" if _BESIDE in states else ""
        said.append(f"Les effectifs de moins de {threshold} sont masqués{beside}.")
        if plot is not None:
            plot = None
            said.append("La figure n’est pas montrée : on y lirait ces effectifs.")
    headings = [upper_first(str(name)) for name in table.columns]
    return Section(
        slug(title), title, said, [Table(title, headings, rows, is_wide=True)], plot=plot
    )


def _hidden(counts: pd.Series, threshold: int) -> list[str]:
    """Return what stands for each count that is not told; nothing for the others."""
    values = [int(one) for one in counts.fillna(0)]
    small = [value for value in values if 0 < value < threshold]
    others = [value for value in values if value >= threshold]
    told = [f"moins de {threshold}" if 0 < one < threshold else "" for one in values]
    if others and 0 < sum(small) < threshold:  # a sum, told elsewhere, would give them back
        told[values.index(min(others))] = _BESIDE
    return told


def drawn(figure: Any) -> pd.DataFrame:  # noqa: ANN401 - of plotly
    """Return what a figure draws, one row a mark: its trace, where it is and what it is worth."""
    rows = [
        {"série": trace.get("name") or "", "x": x, "y": y}
        for trace in as_json(figure)["data"]
        for x, y in zip(trace.get("x") or [], trace.get("y") or [], strict=False)
    ]
    return pd.DataFrame(rows, columns=["série", "x", "y"])


def _told(value: object) -> str:
    if value is None or value is pd.NaT or value != value:  # noqa: PLR0124 - what is missing
        return "—"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, int):
        return number(value)
    return number(value, _DECIMALS) if isinstance(value, float) else str(value)
