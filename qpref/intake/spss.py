"""SPSS files (.sav), by the optional package pyreadstat."""

from pathlib import Path
from typing import Any

from qpref.errors import UnreadableFileError
from qpref.intake.rows import Row, Sheet


def read_sav(path: Path) -> tuple[Sheet, list[str]]:
    """
    Return one sheet: variable names, variable labels, then the cases, values as their labels.

    The first line holds the names and the second the labels, so that both may be recognised;
    missing values are empty, whether system or declared.

    Raises
    ------
    UnreadableFileError
        If pyreadstat is not installed, or the file cannot be read.
    """
    try:
        import pyreadstat  # noqa: PLC0415 - optional
    except ImportError as error:
        raise UnreadableFileError(
            f"« {path.name} » : la lecture des fichiers SPSS n’est pas installée.",
            "Installez-la : pip install pyreadstat ; ou exportez le fichier en CSV.",
        ) from error
    try:
        frame, facts = pyreadstat.read_sav(path, apply_value_formats=False, user_missing=False)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, OSError, ValueError) as error:
        raise UnreadableFileError(
            f"« {path.name} » n’est pas un fichier SPSS lisible.",
            "Enregistrez-le à nouveau, ou exportez-le en CSV.",
        ) from error
    labels = [facts.column_names_to_labels.get(name) or name for name in frame.columns]
    columns = [
        _cells(frame[name].tolist(), facts.variable_value_labels.get(name, {}))
        for name in frame.columns
    ]
    cases = [
        Row(line, list(cells)) for line, cells in enumerate(zip(*columns, strict=True), start=3)
    ]
    return Sheet("", [Row(1, list(frame.columns)), Row(2, labels), *cases]), []


def _cells(values: list[Any], labels: dict[Any, str]) -> list[Any]:
    """Return values as their labels; missing ones as empty text."""
    return [
        "" if value is None or value != value else labels.get(value, value)  # noqa: PLR0124
        for value in values
    ]
