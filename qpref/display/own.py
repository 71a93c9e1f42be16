"""Turn an analyst's own table, figure and sentences into a section."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pandas as pd

from qpref.display.charts import drawn as as_json
from qpref.display.section import Row, Section, Table
from qpref.quality.handmade import ALIKE, BESIDE, SMALL, Handmade
from qpref.wording.french import number, upper_first
from qpref.wording.text import slug

_DECIMALS, _BESIDE = 2, "masqué"


def section(
    title: str, found: Handmade | None, figure: Any, sentences: Sequence[str], threshold: int  # noqa: ANN401
) -> Section:  # fmt: skip
    """
    Return the section.

    Parameters
    ----------
    title, sentences
        What it says.
    found
        Rows to show, the first column naming them, and what of them is not told; None for none.
    figure
        Of plotly; None for none. It is not shown where a number is hidden.
    threshold
        Under which counts are hidden, for the sentence that says so.
    """
    said = [one for one in sentences if one]
    plot = None if figure is None else as_json(figure)
    if found is None:
        return Section(slug(title), title, said, plot=plot)
    told = {SMALL: f"moins de {threshold}", BESIDE: _BESIDE, ALIKE: _BESIDE, "": ""}
    hidden = {rank: [told[state] for state in own] for rank, own in found.states.items()}
    rows = [
        Row(_told(values[0]), [
            (rank in hidden and hidden[rank][place]) or _told(value)
            for rank, value in enumerate(values) if rank
        ])
        for place, values in enumerate(found.table.itertuples(index=False, name=None))
    ]  # fmt: skip
    said += _notes(found, threshold)
    if plot is not None and (found.reasons or found.together):
        plot = None
        said.append("La figure n’est pas montrée : on y lirait ces nombres.")
    headings = [upper_first(str(name)) for name in found.table.columns]
    return Section(
        slug(title), title, said, [Table(title, headings, rows, is_wide=True)], plot=plot
    )


def _notes(found: Handmade, threshold: int) -> Iterator[str]:
    """Yield what is said of the numbers that are not told."""
    if found.together:
        names = " ; ".join(found.together)
        yield f"Lignes dont tout effectif est sous {threshold}, additionnées : {names}."
    if found.reasons & {SMALL, BESIDE}:
        beside = (
            ", et le plus petit des autres, qui les rendrait" if BESIDE in found.reasons else ""
        )
        yield f"Les effectifs de moins de {threshold} sont masqués{beside}."
    if ALIKE in found.reasons:
        yield (
            "Un 0 % ou un 100 % dirait ce que chacun d’un groupe a répondu : ceux-là sont masqués."
        )


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
