"""SPSS files (.sav), by the optional package pyreadstat."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from qpref.errors import UnreadableFileError
from qpref.intake import apart
from qpref.intake.rows import ReceivedRow, Sheet


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
    labels = [read.labels.get(name) or name for name in read.names]
    columns = [
        _cells(values, read.value_labels.get(name, {}))
        for name, values in zip(read.names, read.values, strict=True)
    ]
    cases = [
        ReceivedRow(line, list(cells))
        for line, cells in enumerate(zip(*columns, strict=True), start=3)
    ]
    return Sheet("", [ReceivedRow(1, list(read.names)), ReceivedRow(2, labels), *cases]), []


def _cells(values: list[Any], labels: dict[Any, str]) -> list[Any]:
    """Return values as their labels; missing ones as empty text."""
    return [
        "" if value is None or value != value else labels.get(value, value)  # noqa: PLR0124
        for value in values
    ]
