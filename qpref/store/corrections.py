"""Cells set aside, corrected by a person: out to a workbook, back in, kept for the next import."""

import io
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from pydantic import ConfigDict, TypeAdapter

from qpref.errors import ColumnsError, listing
from qpref.lazy import lazy
from qpref.project import Project
from qpref.store.decided import decided, keep
from qpref.store.lock import held
from qpref.store.tables import Store
from qpref.zipped import alike

if TYPE_CHECKING:
    import xlsxwriter

    from qpref.intake import Corrections, files, matching
else:  # those who only read tables need no reader of received files
    xlsxwriter = lazy("xlsxwriter")
    files, matching = lazy("qpref.intake.files"), lazy("qpref.intake.matching")

COLUMNS = (
    "Fichier", "Empreinte", "Feuille", "Ligne", "Colonne", "N° de colonne", "Valeur reçue",
    "Motif", "Valeur corrigée",
)  # fmt: skip
_KEPT = TypeAdapter(dict[str, list[tuple[str, int, int, str]]], config=ConfigDict(defer_build=True))
_WIDTHS = (28, 10, 14, 8, 32, 8, 24, 60, 28)


def correctable(store: Store, campaign: str) -> pd.DataFrame:
    """Return the rejects of a campaign that one corrected cell may bring back, in order."""
    rejects = store.rejects(campaign)
    return rejects.loc[
        rejects["action"].isin(["cellule", "ligne_quarantaine"]) & (rejects["colonne_numero"] > 0)
    ]


def corrections_workbook(store: Store, campaign: str) -> bytes:
    """Return a workbook of what may be corrected; only its last column can be filled."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    free, bold = book.add_format({"locked": False}), book.add_format({"bold": True})
    sheet = book.add_worksheet("Corrections")
    sheet.write_row(0, 0, COLUMNS, bold)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width, free if column == len(_WIDTHS) - 1 else None)
    for line, row in enumerate(correctable(store, campaign).itertuples(), start=1):
        facts = (
            row.fichier, row.sha256, row.feuille, row.ligne, row.colonne,
            row.colonne_numero, row.valeur, row.message,
        )  # fmt: skip
        for column, value in enumerate(facts):
            if isinstance(value, str):
                sheet.write_string(line, column, value)
            else:
                sheet.write_number(line, column, value)
    sheet.freeze_panes(1, 0)
    sheet.protect()
    book.close()
    return alike(out.getvalue())


def read_corrections(path: Path) -> dict[str, "Corrections"]:
    """
    Return the cells that an analyst corrected in the workbook, by file digest.

    Raises
    ------
    ColumnsError
        If the workbook is not the one that `quarantaine corriger` writes.
    """
    sheet = files.read_file(path).sheets[0]
    headings = [matching.as_text(cell) for cell in sheet.rows[0].cells] if sheet.rows else []
    if headings[: len(COLUMNS)] != list(COLUMNS):
        raise ColumnsError(
            f"« {path.name} » n’est pas un classeur de corrections (attendu : {listing(COLUMNS)}).",
            "Remplissez le classeur écrit par « qpref quarantaine corriger ».",
        )
    found: defaultdict[str, dict[tuple[str, int, int], str]] = defaultdict(dict)
    for row in sheet.rows[1:]:
        cells = [matching.as_text(cell) for cell in row.cells[: len(COLUMNS)]]
        if len(cells) < len(COLUMNS) or not cells[-1]:
            continue
        if not (cells[3].isdecimal() and cells[5].isdecimal()):
            raise ColumnsError(
                f"« {path.name} », ligne {row.line} : « {COLUMNS[3]} » et « {COLUMNS[5]} » doivent "
                "rester des nombres.",
                "Refaites-le par « qpref quarantaine corriger », sans toucher ces colonnes.",
            )
        found[cells[1]][cells[2], int(cells[3]), int(cells[5])] = cells[-1]
    return dict(found)


def _path(project: Project, campaign: str) -> Path:
    return project.corrections / f"{campaign}.json"


def load_corrections(project: Project, campaign: str) -> dict[str, "Corrections"]:
    """
    Return the corrections kept for a campaign, by file digest.

    Raises
    ------
    ReferenceFileError
        If their file is damaged.
    """
    path = _path(project, campaign)
    damaged = (
        f"Le fichier de corrections « {path} » est abîmé.",
        "Renommez-le, sans le supprimer (un éditeur de texte peut encore le lire), puis "
        "réintégrez vos classeurs de corrections.",
    )
    return {
        digest: {(sheet, line, column): value for sheet, line, column, value in cells}
        for digest, cells in (decided(project, path, _KEPT, damaged) or {}).items()
    }


def keep_corrections(project: Project, campaign: str, new: dict[str, "Corrections"]) -> None:
    """Add corrections to those kept; a cell corrected again takes its latest value."""
    with held(project.corrections):
        known = load_corrections(project, campaign)
        merged = {
            digest: {**known.get(digest, {}), **new.get(digest, {})} for digest in {*known, *new}
        }
        content = {digest: _sorted(cells.items()) for digest, cells in sorted(merged.items())}
        text = json.dumps(content, ensure_ascii=False, indent=1)
        keep(project, _path(project, campaign), text.encode(), campaign)


def _sorted(cells: Iterable[tuple[tuple[str, int, int], str]]) -> list[list[str | int]]:
    return [[*place, value] for place, value in sorted(cells)]
