"""What a file holds, without any dictionary: columns, guessed types, counts of distinct values."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from qpref.errors import UnreadableFileError
from qpref.intake.export import NOT_ASKED, Column, Export
from qpref.intake.formats import read_anything
from qpref.intake.matching import as_text, normalise
from qpref.intake.rows import Cell, ReceivedFile, is_blank
from qpref.intake.values import read_moment, read_number

MOST_VALUES = 50
_DONT_KNOW = {
    "nsp",
    "ne sait pas",
    "ne se prononce pas",
    "sans avis",
    "ne sais pas",
    "sans opinion",
}
_NOT_CONCERNED = {"sans objet", "non concerne", "non concernee", "n a", "so", "na"}
_YES_NO = {"oui", "non", "yes", "no", "true", "false", "vrai", "faux", "x", "y", "n"}
_JOINTS = (" ; ", ";", " / ", ", ", "|")
_MOSTLY = 0.95


def envelope(file: ReceivedFile) -> dict[str, Any]:
    """
    Return what a file is and what each of its columns holds.

    Returns
    -------
    dict
        The keys of `qpref importer --json`, plus `colonnes`: for each, `intitule`, `code`, `type`,
        `etats` (empty, not asked, « ne sait pas », « sans objet » told apart) and `valeurs`, the
        count of each distinct value when there are at most 50 and none may be personal.

    Raises
    ------
    UnreadableFileError
        If no sheet looks like a table.
    """
    export = read_anything(file)
    if export is None:
        raise UnreadableFileError(
            f"« {file.name} » ne contient aucun tableau reconnaissable.",
            "Vérifiez qu’une ligne d’intitulés précède les réponses.",
        )
    damaged = sum(bool(row.problem) for row in export.rows)
    return {
        "fichier": file.name,
        "format": export.kind,
        "encodage": file.encoding,
        "separateur": file.separator,
        "feuille": export.sheet.name,
        "lignes_lues": len(export.rows),
        "gardees": len(export.rows) - damaged,
        "ecartees": 0,
        "quarantaine": damaged,
        "colonnes_personnelles": [c.heading for c in export.columns if c.role == "personnel"],
        "avertissements": [*file.warnings, *export.warnings],
        "colonnes": [describe(export, column) for column in export.columns],
    }


def describe(export: Export, column: Column) -> dict[str, Any]:
    """Return heading, guessed type, states and distinct values of one column."""
    cells = [
        row.cells[column.index] if column.index < len(row.cells) else ""
        for row in export.rows
        if not row.problem
    ]
    texts = [as_text(cell) for cell in cells]
    states = {
        "vide": sum(is_blank(cell) for cell in cells),
        "non_posee": texts.count(NOT_ASKED),
        "nsp": sum(normalise(text) in _DONT_KNOW for text in texts),
        "sans_objet": sum(normalise(text) in _NOT_CONCERNED for text in texts),
    }
    answered = [cell for cell, text in zip(cells, texts, strict=True) if text and text != NOT_ASKED]
    counts = Counter(as_text(cell) for cell in answered)
    kind = "personnel" if column.role == "personnel" else guess_type(answered)
    shown = kind not in {"personnel", "texte"} and len(counts) <= MOST_VALUES
    return {
        "intitule": column.heading,
        "code": column.code,
        "role": column.role,
        "type": kind,
        "etats": states,
        "valeurs": dict(sorted(counts.items(), key=lambda p: (-p[1], p[0]))) if shown else None,
    }


def guess_type(cells: Iterable[Cell]) -> str:
    """
    Return « vide », « nombre », « date », « oui_non », « choix », « multiple » or « texte ».

    Examples
    --------
    >>> guess_type(["Oui", "Non"]), guess_type(["12,5", 3.0]), guess_type(["16/11/2020"])
    ('oui_non', 'nombre', 'date')
    """
    values = list(cells)
    if not values:
        return "vide"
    texts = [as_text(value) for value in values]
    if {normalise(text) for text in texts} <= _YES_NO:
        return "oui_non"
    if _share(values, read_number) >= _MOSTLY:
        return "nombre"
    if _share(values, read_moment) >= _MOSTLY:
        return "date"
    distinct = set(texts)
    if _joint(distinct):
        return "multiple"
    few = len(distinct) <= MOST_VALUES and len(distinct) <= max(12, len(texts) // 2)
    return "choix" if few else "texte"


def _share(values: list[Cell], reader: Any) -> float:  # noqa: ANN401 - one of our readers
    def reads(value: Cell) -> bool:
        try:
            return reader(value) is not None
        except ValueError:
            return False

    return sum(map(reads, values)) / len(values)


def _joint(texts: set[str]) -> str:
    """Return the joint by which a few labels make many texts, or nothing."""
    for joint in _JOINTS:
        parts = Counter(part.strip() for text in texts for part in text.split(joint))
        joined = sum(joint in text for text in texts)
        if joined >= 2 and len(parts) < len(texts) and len(parts) <= MOST_VALUES:  # noqa: PLR2004
            return joint
    return ""
