"""Columns of an export to the questions of the questionnaire, in one shape for all sources."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from qpref.intake.absent import absence, answered_by
from qpref.intake.columns import (
    Array,
    Cells,
    Rows,
    column_of,
    lines_of,
    problems_of,
    taken,
    together,
)
from qpref.intake.common import (
    Reception,
    Rejects,
    has_mark,
    mentions_fictional,
)
from qpref.intake.export import Column, Export
from qpref.intake.formats import read_source, table
from qpref.intake.moments import DATE, days_of, moments_of
from qpref.intake.numbers import numbers_of, sound
from qpref.intake.places import Place, letters, texts_of
from qpref.intake.rows import Cell, ReceivedFile
from qpref.intake.site_column import default_site, sites_of
from qpref.intake.submission import Key, Submissions
from qpref.intake.ticks import boxes, labels_of
from qpref.intake.whole import Unusable
from qpref.intake.widths import completed, ragged, width_of
from qpref.layout.survey import survey_layout
from qpref.questions import PERSONAL, Answer
from qpref.reference import Questionnaire


def read_exports(reception: Reception, file: ReceivedFile) -> list[Export]:
    """Return the answers of a file, one export a sheet: a known source, or the questionnaire's."""
    found = read_source(file)
    if found:
        return found
    questionnaire = reception.reference.questionnaire(reception.campaign.id)
    known = {name for texts in texts_of(questionnaire).values() for name in texts}
    asked = [q for q in questionnaire.questions if q.kind.is_asked and q.role != PERSONAL]
    wanted = len(survey_layout(questionnaire).offered) or len(asked)  # a draft has texts alone
    return table.read_keyed(file, known, wanted)


def submissions(
    reception: Reception, file: ReceivedFile, export: Export, rejects: Rejects
) -> Submissions:
    """
    Return the questionnaires of an export.

    Raises
    ------
    ColumnsError
        If a satisfaction question has no column.
    UsageError
        If neither the file nor --site says which site.
    """
    questionnaire = reception.reference.questionnaire(reception.campaign.id)
    places, missing = answered_by(reception, file, export)
    kept, contact = without_contacts(places, questionnaire)
    export = completed(export)
    numbers = numbers_of(export, places)
    usable = _usable(export, kept, numbers, rejects)
    rows, numbers = taken(export.rows, usable), numbers.taken(usable)
    identifiers, spoiled = sound(numbers, export.whole)
    columns = _columns(kept, export)
    site, told = export.whole.site or default_site(reception, file, export, places)
    sites = Cells.same(site, len(rows)) if site else sites_of(reception, places["site"], rows)
    moments = moments_of(reception, file.name, export, date_column(kept), rows=rows, sites=sites)
    ignored, personal = _left_out(export, places, contact)
    return Submissions(
        kind=export.kind,
        family=export.family or export.kind,
        sheet=export.sheet,
        headings={key: column.heading for key, column in columns.items()},
        places={key: column.index for key, column in columns.items()},
        lines=lines_of(rows).tolist(),
        numbers=identifiers,
        complete=export.are_complete(rows).tolist(),
        cells=_cells(kept, rows)
        | _days(reception, file.name, export, kept, rows)
        | {DATE: moments.cells},
        default_site=site,
        is_keyed=export.is_keyed,
        has_codes=export.is_keyed and has_mark(export.preamble),
        is_fictional=_is_fictional(export),
        warnings=[*export.warnings, *absence(missing, ignored), *moments.warnings, *told, *spoiled],
        ignored_columns=ignored,
        absent_questions=[question.id for question in missing],
        rows_above=export.rows_above,
        personal_columns=personal,
        latest=export.whole.next_latest(len(rows)),
    )


def without_contacts(
    places: dict[str, Place], questionnaire: Questionnaire
) -> tuple[dict[str, Place], set[str]]:
    """Return the places of what is kept, and the variables that tell how to reach somebody."""
    contact = {q.variable for q in questionnaire.questions if q.role == PERSONAL}
    return {name: place for name, place in places.items() if name not in contact}, contact


def _days(
    reception: Reception,
    name: str,
    export: Export,
    places: dict[str, Place],
    rows: Rows,
) -> dict[Key, Cells]:
    """Return the answers to the questions that ask for a day."""
    asked = {q: p for q, p in places.items() if p.question.kind.answer is Answer.DAY}
    return {
        (q, ""): days_of(reception, name, export, place.columns[""], rows)
        for q, place in asked.items()
    }


def _left_out(
    export: Export, places: dict[str, Place], contact: set[str]
) -> tuple[list[str], list[str]]:
    """Return the headings of the columns that no question reads, and of those that are personal."""
    used = {column.index for place in places.values() for column in place.columns.values()}
    free = [column for column in export.columns if column.index not in used]
    personal = [column for column in free if column.role == "personnel"]
    personal += [c for name in contact & places.keys() for c in places[name].columns.values()]
    ignored = [
        c.heading or f"colonne {letters(c.index)} (sans intitulé)"
        for c in free
        if c.role == "question" and (_holds(c, export) or c.heading)
    ]
    return ignored, [c.heading for c in sorted(personal, key=lambda c: c.index)]


def date_column(places: dict[str, Place]) -> Column | None:
    """Return the column where the questionnaire itself asks for the date."""
    place = places.get(DATE[0])
    return place.columns[""] if place else None


def _holds(column: Column, export: Export) -> bool:
    """Whether a cell of the column was filled, so far."""
    here = column_of(export.rows, column.index).filled().any()
    return bool(export.whole.total(("filled", column.index), int(here)))


def _columns(places: dict[str, Place], export: Export) -> dict[Key, Column]:
    """Return the column of each question and option, for messages and corrections."""
    found: dict[Key, Column] = {}
    for name, place in places.items():
        first = next(iter(place.columns.values()))
        found[name, ""] = first
        for option in place.question.options:
            found[name, option.code] = place.columns.get(option.code, first)
    start = export.role("debut") or export.role("fin")
    if start is not None:
        found.setdefault(DATE, start)
    return found


def _is_fictional(export: Export) -> bool:
    """Whether the preamble, or a technical column, bears the mark of the example."""
    technical = [c.index for c in export.columns if c.role == "technique"]
    marks = (cell for index in technical for cell in column_of(export.rows, index).known)
    is_told = mentions_fictional(export.preamble) or mentions_fictional(marks)
    return bool(export.whole.total("fictional", int(is_told)))


# Rows


def _usable(export: Export, places: dict[str, Place], numbers: Cells, rejects: Rejects) -> Array:
    """
    Return, for each row, whether it is a questionnaire.

    The others are set aside or quarantined.
    """
    damage, others = unusable(export, places, numbers)
    found = np.ones(len(export.rows), dtype=bool)
    found[[*damage, *others]] = False
    lines = lines_of(export.rows)
    for place in np.flatnonzero(~found).tolist():
        line = int(lines[place])
        if place in damage:
            why = f"{damage[place]} Ligne mise en quarantaine."
            rejects.add(export.sheet, line, "ligne_abimee", why, action="ligne_quarantaine")
        else:
            rejects.add(export.sheet, line, *others[place], action="ligne_ecartee")
    return found


def unusable(export: Export, places: dict[str, Place], numbers: Cells) -> Unusable:
    """Return the rows that are damaged, and those that are no questionnaires, and why."""
    known = next(export.whole.unusable, None)
    if known is not None:
        return known
    own = [c.index for name, p in places.items() if name != "numero" for c in p.columns.values()]
    damage = ragged(export, export.whole.width or width_of(export)) | problems_of(export.rows)
    return damage, _no_forms(export, numbers, own)


def _no_forms(export: Export, numbers: Cells, own: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return the rows below the heading that are no questionnaires, by place, and why."""
    rows = export.rows
    totals = table.footers(rows) | table.are_footers(numbers)
    found: dict[int, tuple[str, str]] = {}
    if export.is_keyed:
        filled = [column_of(rows, index).filled() for index in own]
        empty = ~np.any(filled, axis=0) if filled else np.ones(len(rows), dtype=bool)
        found |= _because(empty, "ligne_vide", "ligne numérotée mais vide.")
    again = table.repeats(rows, export.columns)
    found |= _because(again, "entete_repete", "intitulés répétés, pas un questionnaire.")
    return found | _because(totals, "total", "ligne de total, pas un questionnaire.")


def _because(which: Array, code: str, why: str) -> dict[int, tuple[str, str]]:
    return dict.fromkeys(np.flatnonzero(which).tolist(), (code, why))


def _cells(places: dict[str, Place], rows: Rows) -> dict[Key, Cells]:
    """Return the answers by question and option, in the shape that `survey` reads."""
    found: dict[Key, Cells] = {}
    for name, place in places.items():
        if place.shape in {"single", "boxes"}:
            for option, column in place.columns.items():
                found[name, option] = column_of(rows, column.index)
        else:
            found |= _split_column(name, place, rows)
    return found


def _split_column(name: str, place: Place, rows: Rows) -> dict[Key, Cells]:
    """Return one column a box, and what is left, of answers joined or packed by rank."""
    labels = labels_of(place.question)
    columns = [column_of(rows, column.index).texts() for column in place.columns.values()]
    answers = together(columns).read(lambda t: boxes(name, labels, [*filter(None, t)]))
    keys = [*((name, option.code) for option in place.question.options), (name, "")]
    return {key: answers.read(partial(_part, key)) for key in keys}


def _part(key: Key, found: dict[Key, Cell]) -> Cell:
    return found.get(key, "")
