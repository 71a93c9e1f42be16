"""The figures file: its columns, their meaning, and the measures written in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qpref.statistics.measure import Measure
from qpref.statistics.publication import NUMBERS, published_numbers


@dataclass(frozen=True)
class FigureColumn:
    """
    A column of the figures file.

    `field`: what it holds of a `Measure`, none for the section; `is_key`: whether it tells which
    figure the line is, and not what the figure is worth.
    """

    name: str
    meaning: str
    field: str
    is_key: bool = False


COLUMNS = (
    FigureColumn("section", "section du rapport d’où vient le chiffre", "", is_key=True),
    FigureColumn("indicateur", "question, critère ou mesure", "key", is_key=True),
    FigureColumn("libelle", "nom de l’indicateur, tel que le rapport le dit", "label", is_key=True),
    FigureColumn(
        "groupe",
        "réponse, canal, site ou date dont il s’agit, vide pour l’ensemble",
        "group",
        is_key=True,
    ),
    FigureColumn(
        "n", "nombre d’avis, de contacts ou d’engagements sur lequel porte le chiffre", "n"
    ),
    FigureColumn("effectif", "nombre, parmi eux, de ceux que compte le chiffre", "count"),
    FigureColumn("valeur", "le chiffre : une part va de 0 à 1", "value"),
    FigureColumn("bas", "borne basse de l’intervalle à 95 %, ou plus basse note", "low"),
    FigureColumn("haut", "borne haute de l’intervalle à 95 %, ou plus haute note", "high"),
    FigureColumn("unite", "part, points, jours ouvrés, note sur 10…", "unit"),
    FigureColumn(
        "decimales",
        "décimales montrées ; d’une part, celles de son pourcentage",
        "digits",
    ),
    FigureColumn("verdict", "ce qui en a été conclu, vide quand rien ne l’a été", "verdict"),
)
MEANINGS = {column.name: column.meaning for column in COLUMNS}
NAMES = tuple(MEANINGS)
KEYS = tuple(column.name for column in COLUMNS if column.is_key)
VALUES = tuple(column.name for column in COLUMNS if not column.is_key)


def figures(section: str, measures: Iterable[Measure], *, is_named: bool = True) -> pd.DataFrame:
    """
    Return the lines of the figures file that measures are, in order.

    Parameters
    ----------
    section
        Where they are said.
    measures
        What is said; an empty key, label or group is an empty cell.
    is_named
        Whether to write the labels; when not, an empty text stands for each.
    """
    lines = [[_cell(measure, column, section) for column in COLUMNS] for measure in measures]
    found = pd.DataFrame(lines, columns=NAMES)
    return found if is_named else found.assign(libelle="")


def leaving(found: pd.DataFrame) -> list[dict[str, Any]]:
    """
    Return lines as they leave: each number with the digits that its meaning needs, none missing.

    Notebooks, the figures file and its workbook have these lines; the frame of a `Section` keeps
    all digits, in the memory of the analyst who made it.

    Examples
    --------
    >>> line = figures("s", [Measure(key="q", n=205, value=0.77483, low=0.7125, high=0.8284)])
    >>> [leaving(line)[0][name] for name in ("valeur", "bas", "haut", "n")]
    [0.77, 0.71, 0.83, 205]
    """
    fields = [(column.name, column.field) for column in COLUMNS if column.field in NUMBERS]
    cells = (column.to_numpy(dtype=object).tolist() for _, column in found.items())
    columns = [map(_native, column) for column in cells]
    lines = [dict(zip(found.columns, values, strict=True)) for values in zip(*columns, strict=True)]
    for line in lines:
        given = [(name, field) for name, field in fields if line[name] is not None]
        told = published_numbers({field: line[name] for name, field in given})
        line |= {name: told[field] for name, field in given}
    return lines


def _native(value: Any) -> Any:  # noqa: ANN401 - any cell
    """Return a value as Python writes it, None for one that misses."""
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - nan
        return None
    return value.item() if hasattr(value, "item") else value  # of a library's own type


def _cell(measure: Measure, column: FigureColumn, section: str) -> object:
    found = getattr(measure, column.field) if column.field else section
    return None if found == "" else found
