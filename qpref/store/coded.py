"""Subjects of remarks that people confirmed: out to a workbook, back in, kept for the next import.

A code holds for one wording of one answer, as an approval does (`qpref.store.review`).
"""

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

from qpref.errors import ColumnsError, listing
from qpref.lazy import lazy
from qpref.project import Project
from qpref.store.decided import decided, keep
from qpref.store.lock import held
from qpref.zipped import alike

if TYPE_CHECKING:
    import xlsxwriter

    from qpref.intake import files, matching
else:  # those who only read codes need no reader of received files
    xlsxwriter = lazy("xlsxwriter")
    files, matching = lazy("qpref.intake.files"), lazy("qpref.intake.matching")

MOST = 4  # subjects of a remark
_FACTS = ("Code", "Site", "Remarque", "Mots qui ont décidé")
_SUBJECTS = tuple(f"Sujet {rank + 1}" for rank in range(MOST))
COLUMNS = (*_FACTS, *_SUBJECTS, "Ton", "Relu")
_WIDTHS = (11, 14, 70, 34, *(24,) * MOST, 11, 8)
_YES = "oui"
_LISTS, _LESSONS = "Sujets", "Apprentissage"


@dataclass(frozen=True)
class PersonCode:
    """What a person said of a remark: who (a code), its subjects, its tone."""

    codeur: str
    sujets: tuple[str, ...]
    ton: str


_KEPT = TypeAdapter(dict[str, list[PersonCode]], config=ConfigDict(defer_build=True))


def codes_path(project: Project, campaign: str) -> Path:
    """Return where what people said of the remarks of a campaign is kept."""
    return project.corrections / f"sujets-{campaign}.json"


def codes(project: Project, campaign: str) -> dict[str, list[PersonCode]]:
    """
    Return what people said of the remarks of a campaign, by short name, the latest at the end.

    Raises
    ------
    ReferenceFileError
        If their file is damaged.
    """
    path = codes_path(project, campaign)
    damaged = (
        f"La liste des remarques codées « {path} » est abîmée.",
        "Renommez-la, sans la supprimer, puis reprenez vos classeurs : qpref verbatims coder "
        "--lire CLASSEUR.",
    )
    return decided(project, path, _KEPT, damaged) or {}


def codes_by(project: Project, campaign: str, coder: str) -> dict[str, list[PersonCode]]:
    """Return what one person said of the remarks of a campaign, by short name."""
    found = {
        name: [one for one in own if one.codeur == coder]
        for name, own in codes(project, campaign).items()
    }
    return {name: own for name, own in found.items() if own}


def keep_codes(project: Project, campaign: str, new: Mapping[str, PersonCode]) -> None:
    """Add codes to those kept; who codes a remark again replaces what they said of it."""
    with held(project.corrections):
        known = codes(project, campaign)
        for name, code in new.items():
            others = [one for one in known.get(name, []) if one.codeur != code.codeur]
            known[name] = [*others, code]
        content = _KEPT.dump_python(dict(sorted(known.items())), mode="json")
        text = json.dumps(content, ensure_ascii=False, indent=1)
        keep(project, codes_path(project, campaign), text.encode(), campaign)


def coding_workbook(
    rows: pd.DataFrame,
    subjects: Mapping[str, str],
    tones: Mapping[str, str],
    lessons: Sequence[Sequence[object]] = (),
) -> bytes:
    """
    Return a workbook where a person says what remarks are about.

    Parameters
    ----------
    rows
        `identifiant`, `site`, `texte_masque`, `mots`, `sujets` (a tuple), `ton`, `relu`.
    subjects, tones
        Their names, by key: those of the lists.
    lessons
        What corrections teach, line by line: a sheet of its own.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    free = book.add_format({"locked": False, "text_wrap": True, "valign": "top"})
    shut = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("Remarques")
    sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width, shut if column < len(_FACTS) else free)
    for line, row in enumerate(rows.to_dict("records"), start=1):
        told = [subjects[one] for one in row["sujets"]][:MOST]
        cells = (
            row["identifiant"], row["site"], row["texte_masque"], row["mots"],
            *told, *[""] * (MOST - len(told)), tones[row["ton"]], _YES if row["relu"] else "",
        )  # fmt: skip
        for column, value in enumerate(cells):
            sheet.write_string(line, column, str(value), shut if column < len(_FACTS) else free)
    _add_lists(book, sheet, len(rows), (subjects, tones))
    if lessons:
        taught = book.add_worksheet(_LESSONS)
        taught.set_column(0, 0, _WIDTHS[2])
        taught.set_column(1, len(_FACTS) + 1, _WIDTHS[4])
        for place, lesson in enumerate(lessons):
            taught.write_row(place, 0, lesson)
    sheet.freeze_panes(1, 1)
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
    book.close()
    return alike(out.getvalue())


def _add_lists(
    book: "xlsxwriter.Workbook",
    sheet: "xlsxwriter.worksheet.Worksheet",
    count: int,
    lists: tuple[Mapping[str, str], Mapping[str, str]],
) -> None:
    """Give the cells to fill their lists, kept on a second sheet."""
    subjects, tones = lists
    names = book.add_worksheet(_LISTS)
    names.write_column(0, 0, [*subjects.values()])
    names.set_column(0, 0, 40)
    first, last = len(_FACTS), len(COLUMNS) - 1
    rules = {
        (first, last - 2): f"={_LISTS}!$A$1:$A${len(subjects)}",
        (last - 1, last - 1): [*tones.values()],
        (last, last): [_YES],
    }
    for (begin, end), source in rules.items():
        rule = {"validate": "list", "source": source, "error_title": "qpref",
                "error_message": "Choisissez dans la liste, ou videz la cellule."}  # fmt: skip
        sheet.data_validation(1, begin, max(count, 1), end, rule)


@dataclass(frozen=True)
class Choices:
    """The names that a workbook of remarks may hold, by key, and who filled it."""

    subjects: Mapping[str, str]
    tones: Mapping[str, str]
    known: Sequence[str]
    coder: str


def read_coding(path: Path, choices: Choices) -> dict[str, PersonCode]:
    """
    Return what a person said of remarks in a workbook, those marked as read.

    Raises
    ------
    ColumnsError
        If it is not a workbook of `verbatims coder`, or a cell holds what no list has: nothing of
        it is then kept.
    """
    sheet = files.read_file(path).sheets[0]
    headings = [matching.as_text(cell) for cell in sheet.rows[0].cells] if sheet.rows else []
    if headings[: len(COLUMNS)] != list(COLUMNS):
        raise ColumnsError(
            f"« {path.name} » n’est pas un classeur de remarques (attendu : {listing(COLUMNS)}).",
            "Remplissez le classeur écrit par « qpref verbatims coder ».",
        )
    found = {}
    for row in sheet.rows[1:]:
        cells = [matching.as_text(cell).strip() for cell in row.cells[: len(COLUMNS)]]
        cells += [""] * (len(COLUMNS) - len(cells))
        if cells[-1].casefold() == _YES:
            found[cells[0]] = _coded(f"« {path.name} », ligne {row.line}", cells, choices)
        elif cells[-1]:
            raise _refused(f"« {path.name} », ligne {row.line}", "Relu", cells[-1], (_YES, "vide"))
    return found


def _coded(place: str, cells: Sequence[str], choices: Choices) -> PersonCode:
    """Return what a line says."""
    if cells[0] not in choices.known:
        raise ColumnsError(
            f"{place}, colonne « Code » : « {cells[0]} » n’est le code d’aucune remarque.",
            "Le texte a changé depuis : refaites le classeur par « qpref verbatims coder ».",
        )
    keys = {label.casefold(): key for key, label in choices.subjects.items()}
    own = {column: cell for column, cell in zip(COLUMNS, cells, strict=True) if cell}
    chosen = {column: own[column] for column in _SUBJECTS if column in own}
    for column, cell in chosen.items():
        if cell.casefold() not in keys:
            raise _refused(place, column, cell, [*choices.subjects.values()])
    if not chosen:
        raise ColumnsError(
            f"{place} : la remarque est relue, et n’a aucun sujet.",
            f"Choisissez-en un au moins (colonne « {_SUBJECTS[0]} »).",
        )
    tones = {label.casefold(): key for key, label in choices.tones.items()}
    if (tone := own.get("Ton", "")).casefold() not in tones:
        raise _refused(place, "Ton", tone, [*choices.tones.values()])
    said = dict.fromkeys(keys[cell.casefold()] for cell in chosen.values())
    return PersonCode(choices.coder, tuple(said), tones[tone.casefold()])


def _refused(place: str, column: str, cell: str, known: Sequence[str]) -> ColumnsError:
    return ColumnsError(
        f"{place}, colonne « {column} » : « {cell} » n’est pas prévu (valeurs : {listing(known)}).",
        "Choisissez dans la liste de la cellule, puis relancez : rien n’a été gardé.",
    )
