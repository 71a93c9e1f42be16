"""
Parse received files with compiled code in a separate process, which may crash safely.

A small workbook may name two cells at the ends of a sheet, a damaged one a size that no memory has:
the code that lays them out then ends the process it runs in. This file is also the whole program of
that process, so it imports nothing of qpref.
"""

import io
import pickle
import subprocess
import sys
from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECONDS = 120
_TOGETHER = 500  # rows
MAX_CELLS = 12_000_000  # 100,000 answers of 120 columns
_MEMORY = 4_000_000_000  # bytes of address space, where the system can hold a process to it
_PROTECTED, _REFUSED, _EXCESSIVE = 3, 4, 5  # how the process ends; otherwise, it was ended


class ProtectedError(Exception):
    """A workbook that asks for a password."""


class ExcessiveError(Exception):
    """A file that asks for more memory or time than it may, and so ended its reader."""


class RefusedError(Exception):
    """A file that the reader refuses."""


@dataclass(frozen=True)
class Tab:
    """
    One sheet, as read: all its rows from the first, each as wide as the widest.

    `columns` has, for each, its distinct cells and, as the bytes of whole numbers of the machine,
    the place of each row's among them: most answers are given many times.
    """

    name: str
    is_visible: bool
    height: int = 0
    columns: list[tuple[list[Any], bytes]] = field(default_factory=list)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)


@dataclass(frozen=True)
class Cases:
    """
    An SPSS file: variables, their labels, the values by variable, the labels of values.

    `missing` has, by variable, the bounds between which a value is declared missing; `sets` the
    multiple-response sets: name, label, kind (« C » for categories; else each variable is a box, in
    « E » under the label of the counted value), counted value, variables.
    """

    names: list[str]
    labels: dict[str, str | None]
    values: list[list[Any]]
    value_labels: dict[str, dict[Any, str]]
    missing: dict[str, list[tuple[Any, Any]]]
    sets: list[tuple[str, str, str, str, list[str]]]


def tabs(content: bytes) -> list[Tab]:
    """
    Return the sheets of a workbook; those that are hidden without their rows.

    Raises
    ------
    ProtectedError, ExcessiveError, RefusedError
        If it asks for a password, lays out too many cells, or cannot be read.
    """
    return [Tab(*part) for part in _apart([], content)]


def cases(path: Path) -> Cases:
    """
    Return an SPSS file.

    Raises
    ------
    ExcessiveError, RefusedError
        If it cannot be read.
    """
    return Cases(*_apart([str(path)], b""))


def _apart(arguments: list[str], content: bytes) -> tuple[Any, ...]:
    command = [sys.executable, "-I", __file__, *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - this file
            command, input=content, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ExcessiveError from error
    if done.returncode:
        endings = {_PROTECTED: ProtectedError, _REFUSED: RefusedError}
        raise endings.get(done.returncode, ExcessiveError)
    found: tuple[Any, ...] = pickle.loads(done.stdout)  # noqa: S301 - of our own process
    return found


# The other process


def read_tabs(content: bytes) -> tuple[Any, ...]:
    """Return what makes the tabs of a workbook, or end."""
    import python_calamine  # noqa: PLC0415 - each kind its reader

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return tuple(_tab(book, facts) for facts in book.sheets_metadata)
    except python_calamine.PasswordError:
        sys.exit(_PROTECTED)
    except (python_calamine.CalamineError, ValueError, OSError):
        sys.exit(_REFUSED)


def _tab(book: Any, facts: Any) -> tuple[Any, ...]:  # noqa: ANN401
    import python_calamine  # noqa: PLC0415

    if facts.visible != python_calamine.SheetVisibleEnum.Visible:
        return facts.name, False
    sheet = book.get_sheet_by_name(facts.name)
    if (sheet.total_height + 1) * (sheet.total_width + 1) > MAX_CELLS:
        sys.exit(_EXCESSIVE)
    rows = sheet.to_python(skip_empty_area=False)
    merged = list(sheet.merged_cell_ranges or [])
    return facts.name, True, len(rows), coded(rows), merged


def coded(rows: list[list[Any]]) -> list[tuple[list[Any], bytes]]:
    """
    Return the distinct cells of each column, and their places; True and 1 are two cells.

    Some rows at a time: a processor is slow on cells that lie far apart.
    """
    known: list[dict[Any, int]] = [{} for _ in (rows[0] if rows else [])]
    places = [array("i") for _ in known]
    for start in range(0, len(rows), _TOGETHER):
        for number, cells in enumerate(zip(*rows[start : start + _TOGETHER], strict=True)):
            own, keys = known[number], [c if type(c) is str else (type(c), c) for c in cells]
            for key in dict.fromkeys(keys):
                own.setdefault(key, len(own))
            places[number].extend(map(own.__getitem__, keys))
    return [
        ([key if type(key) is str else key[1] for key in own], found.tobytes())
        for own, found in zip(known, places, strict=True)
    ]


def read_cases(path: str) -> tuple[Any, ...]:
    """Read the rows of an SPSS file; exit when pyreadstat refuses the file."""
    import pyreadstat  # noqa: PLC0415 - optional

    try:
        frame, facts = pyreadstat.read_sav(path, apply_value_formats=False, user_missing=True)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, OSError, ValueError):
        sys.exit(_REFUSED)
    values = [frame[name].tolist() for name in frame.columns]
    labels = dict(facts.column_names_to_labels)
    missing = {
        name: [(r["lo"], r["hi"]) if isinstance(r, dict) else (r, r) for r in ranges]
        for name, ranges in facts.missing_ranges.items()
    }
    sets = [
        (
            name,
            found["label"] or name,
            found["type"],
            str(found["counted_value"]),
            [own for own in found["variable_list"] if own in frame.columns],
        )
        for name, found in facts.mr_sets.items()
    ]
    return list(frame.columns), labels, values, dict(facts.variable_value_labels), missing, sets


def _main(arguments: list[str]) -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    found = read_cases(arguments[0]) if arguments else read_tabs(sys.stdin.buffer.read())
    sys.stdout.buffer.write(pickle.dumps(found))


if __name__ == "__main__":
    _main(sys.argv[1:])
