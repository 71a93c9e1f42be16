"""Read the figures file of a report back: one figure and its measure per line."""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from qpref.display.figures import COLUMNS, KEYS
from qpref.errors import StorageError
from qpref.statistics.measure import SHARE, Measure
from qpref.statistics.shares import reliability

FIGURES = ".chiffres.csv"  # what its name ends with
_FIELDS = {column.name: column.field for column in COLUMNS if column.field}
_WHOLE, _REAL = {"n", "count", "digits"}, {"value", "low", "high"}
Key = tuple[str, ...]  # cells of `KEYS`, and a rank among lines that have them all in common


@dataclass(frozen=True)
class Figure:
    """A line of a figures file: the section where it is said, and what is said."""

    section: str
    measure: Measure


def rows_of(content: bytes) -> dict[Key, dict[str, str]]:
    """Return the lines of a figures file by what they are, in order, each cell as it is written."""
    found: dict[Key, dict[str, str]] = {}
    seen: Counter[Key] = Counter()
    text = content.decode("utf-8-sig")
    for row in csv.DictReader(io.StringIO(text), delimiter=";"):
        key = tuple(row[name] for name in KEYS)
        found[*key, str(seen[key])] = row
        seen[key] += 1
    return found


def read_figures(path: Path) -> dict[Key, Figure]:
    """
    Return the figures of a file by what they are, in order.

    A column that the file lacks, of an earlier version, is left as a measure has it by default.

    Raises
    ------
    StorageError
        If the file is not one of figures.
    """
    try:
        rows = rows_of(path.read_bytes())
        return {key: Figure(row["section"], _measure(row)) for key, row in rows.items()}
    except (KeyError, ValueError) as error:
        raise StorageError(
            f"« {path} » n’est pas un fichier de chiffres lisible ({error}).",
            "Refaites le rapport : qpref rapports.",
        ) from error


def _measure(row: dict[str, str]) -> Measure:
    """Return a line as a measure; a share of few answers is one that readers saw as a count."""
    cells = {field: row[name] for name, field in _FIELDS.items() if row.get(name)}
    content = {field: _value(field, text) for field, text in cells.items()}
    made = {"value": float("nan"), "unit": "", **content}
    is_share = made["unit"] == SHARE and "count" in made
    if is_share and isinstance(n := made.get("n"), int):
        made["reliability"] = reliability(n)
    return Measure(**made)  # type: ignore[arg-type]


def _value(field: str, text: str) -> object:
    if field not in _WHOLE | _REAL:
        return text
    number = float(text.replace(",", "."))
    return int(number) if field in _WHOLE else number
