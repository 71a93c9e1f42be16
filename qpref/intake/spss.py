"""SPSS files (.sav), by the optional package pyreadstat."""

import re
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from qpref.errors import UnreadableFileError
from qpref.intake import apart
from qpref.intake.export import NOT_ASKED
from qpref.intake.matching import as_text, normalise
from qpref.intake.rows import ReceivedRow, Sheet

_NOTHING = re.compile(
    r"^(?:nr|vide|missing|no answer|refused|manquante?|(?:non|sans|pas de) reponse|non repondu"
    r"|n a pas repondu|refus(?:e)?(?: de repondre)?|non renseignee?)$"
)  # labels of missing values that say that there is no answer
_NOT_CONCERNED = re.compile(r"sans objet|non concerne|non pose|^so$|^n a$")
_CATEGORIES, _BY_VALUE = "C", "E"  # kinds of multiple-response sets
Cells = list[Any]


def read_sav(path: Path) -> tuple[Sheet, list[str]]:
    """
    Return one sheet, and what to know of the values declared missing.

    The first line holds the names of the variables and the second their labels, so that both may be
    recognised; then the cases, values as their labels. A value declared missing keeps its label,
    which says why (« Sans objet »), unless it says that there is no answer. A multiple-response set
    gives one column a box.

    Raises
    ------
    UnreadableFileError
        If pyreadstat is not installed, or the file cannot be read.
    """
    if find_spec("pyreadstat") is None:
        raise UnreadableFileError(
            f"« {path.name} » : la lecture des fichiers SPSS n’est pas installée.",
            "Installez-la : pip install pyreadstat ; ou exportez le fichier en CSV.",
        )
    try:
        read = apart.cases(path)
    except (apart.ExcessiveError, apart.RefusedError) as error:
        raise UnreadableFileError(
            f"« {path.name} » n’est pas un fichier SPSS lisible.",
            "Enregistrez-le à nouveau, ou exportez-le en CSV.",
        ) from error
    columns, missing, warnings = _columns(read)
    names, headings, cells = zip(*columns, strict=True) if columns else ((), (), ())
    cases = [ReceivedRow(n, list(row)) for n, row in enumerate(zip(*cells, strict=True), start=3)]
    head = [ReceivedRow(1, list(names)), ReceivedRow(2, list(headings))]
    return Sheet("", [*head, *cases], missing=missing), warnings


def _columns(
    read: apart.Cases,
) -> tuple[list[tuple[str, str, Cells]], dict[int, frozenset[str]], list[str]]:
    """Return name, heading and cells of each column, what it declares missing, what to say."""
    sets = {name: rank for rank, own in reversed([*enumerate(read.sets)]) for name in own[-1]}
    done: set[int] = set()
    columns: list[tuple[str, str, Cells]] = []
    missing: dict[int, frozenset[str]] = {}
    warnings: list[str] = []
    for name, values in zip(read.names, read.values, strict=True):
        heading = read.labels.get(name) or name
        told = _declared(read, name, values)
        warnings += _said(heading, told)
        if name not in sets:
            missing[len(columns)] = frozenset(told) - {""}
            columns.append((name, heading, _cells(read, name, values)))
        elif sets[name] not in done:  # where its first variable is
            done.add(sets[name])
            columns += _boxes(read, read.sets[sets[name]])
    return columns, missing, warnings


def _is_blank(value: Any) -> bool:  # noqa: ANN401
    return value is None or value != value  # noqa: PLR0124 - not a number


def _is_missing(read: apart.Cases, name: str, value: Any) -> bool:  # noqa: ANN401
    bounds = read.missing.get(name, [])
    return any(type(value) is type(low) and low <= value <= high for low, high in bounds)


def _label(read: apart.Cases, name: str, value: Any) -> Any:  # noqa: ANN401
    return read.value_labels.get(name, {}).get(value, value)


def _declared(read: apart.Cases, name: str, values: Cells) -> Counter[str]:
    """Count the values declared missing, by their labels."""
    found = (v for v in values if not _is_blank(v) and _is_missing(read, name, v))
    return Counter(as_text(_label(read, name, value)) for value in found)


def _said(heading: str, told: Counter[str]) -> list[str]:
    if not told:
        return []
    listed = ", ".join(f"{text or 'vide'} ({count})" for text, count in told.most_common())
    return [f"{heading} : {told.total()} valeur(s) déclarée(s) manquante(s) : {listed}"]


def _cells(read: apart.Cases, name: str, values: Cells) -> Cells:
    """Return values as their labels; empty where there is none, or a label that says so."""
    found = []
    for value in values:
        cell = "" if _is_blank(value) else _label(read, name, value)
        is_none = _is_missing(read, name, value) and _NOTHING.match(normalise(as_text(cell)))
        found.append("" if is_none else cell)
    return found


# Multiple-response sets


def _boxes(
    read: apart.Cases, group: tuple[str, str, str, str, list[str]]
) -> list[tuple[str, str, Cells]]:
    """Return one column a box: a variable of its own, or a category that variables may hold."""
    name, label, kind, counted, variables = group
    values = dict(zip(read.names, read.values, strict=True))
    if kind != _CATEGORIES:
        cells = ([_box([_known(read, own, v)], counted) for v in values[own]] for own in variables)
        return [
            (f"{name}[{own}]", f"{label} [{_option(read, own, kind, counted)}]", boxes)
            for own, boxes in zip(variables, cells, strict=True)
        ]
    rows = list(zip(*(values[own] for own in variables), strict=True))
    known = [[_known(read, o, v) for o, v in zip(variables, row, strict=True)] for row in rows]
    options = sorted({value for row in known for value in row} - {"", NOT_ASKED})
    labels = read.value_labels.get(variables[0], {})
    said = {as_text(value): text for value, text in labels.items()}
    never = [as_text(v) for v in labels if not _is_missing(read, variables[0], v)]
    options += [value for value in never if value not in options]
    return [
        (f"{name}[{o}]", f"{label} [{said.get(o, o)}]", [_box(row, o) for row in known])
        for o in options
    ]


def _option(read: apart.Cases, name: str, kind: str, counted: str) -> str:
    """Return what a box is called: its variable's label, or in « E » the counted value's."""
    by_value = {as_text(v): label for v, label in read.value_labels.get(name, {}).items()}
    own = by_value.get(counted) if kind == _BY_VALUE else None
    return own or read.labels.get(name) or name


def _known(read: apart.Cases, name: str, value: Any) -> str:  # noqa: ANN401
    """Return a value as text; empty, or not asked, where it is no answer."""
    if _is_blank(value):
        return ""
    if _is_missing(read, name, value):
        label = normalise(as_text(_label(read, name, value)))
        return NOT_ASKED if _NOT_CONCERNED.search(label) else ""
    return as_text(value)


def _box(row: Sequence[str], counted: str) -> str:
    """Return « Oui » for a box ticked, « Non » for another, nothing when nothing was answered."""
    if counted in row:
        return "Oui"
    if all(value in {"", NOT_ASKED} for value in row):
        return row[0]
    return "Non"
