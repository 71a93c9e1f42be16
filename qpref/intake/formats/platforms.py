"""Exports of Qualtrics, SurveyMonkey and Typeform."""

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qpref.intake.dates import MONTH_FIRST
from qpref.intake.export import Column, Export, columns_by_heading, one_line, sample
from qpref.intake.matching import as_text, normalise
from qpref.intake.personal import is_personal
from qpref.intake.rows import ReceivedFile, ReceivedRow, Sheet

NAMES = {
    "qualtrics": "formulaire en ligne",
    "surveymonkey": "formulaire en ligne",
    "typeform": "formulaire en ligne",
}

# Qualtrics: codes, then texts, then identifiers as JSON.

_QUALTRICS = {
    "StartDate": "debut",
    "EndDate": "fin",
    "ResponseId": "numero",
    "Finished": "statut",
    "IPAddress": "personnel",
    "RecipientLastName": "personnel",
    "RecipientFirstName": "personnel",
    "RecipientEmail": "personnel",
    "ExternalReference": "personnel",
    "LocationLatitude": "personnel",
    "LocationLongitude": "personnel",
    "Status": "technique",
    "Progress": "technique",
    "Duration (in seconds)": "technique",
    "RecordedDate": "technique",
    "DistributionChannel": "technique",
    "UserLanguage": "langue",
}
_ZONE = re.compile(r'"timeZone"\s*:\s*"([^"]+)"')
_UTC = {"Z", "UTC", "GMT", "Etc/UTC"}
_THREE = 3


def read_qualtrics(_: ReceivedFile, sheet: Sheet) -> Export | None:
    """Return a Qualtrics export, or None: three heading rows, the third of JSON identifiers."""
    if len(sheet.rows) < _THREE:
        return None
    codes, texts, identifiers = ([one_line(c) for c in row.cells] for row in sheet.rows[:_THREE])
    if not any(text.startswith('{"ImportId"') for text in identifiers):
        return None
    rows = sheet.rows[_THREE:]
    columns = _coded(codes, texts, rows, _QUALTRICS)
    zone, warnings = _zone_of(identifiers)
    return Export(
        "qualtrics",
        sheet,
        columns,
        rows,
        complete=frozenset({"true", "vrai", "1"}),
        zone=zone,
        warnings=warnings,
    )


def _zone_of(identifiers: Sequence[str]) -> tuple[str, list[str]]:
    """Return the zone of the moments, nothing for local time, and what to say of it."""
    zone = next((found[1] for text in identifiers if (found := _ZONE.search(text))), "")
    if zone in {"", "Europe/Paris"}:
        return "", []
    if zone in _UTC:
        return "UTC", []
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return "", [f"fuseau « {zone} » inconnu : heures lues comme celles de Paris"]
    return zone, []


def _coded(
    codes: Sequence[str], texts: Sequence[str], rows: Sequence[ReceivedRow], roles: dict[str, str]
) -> list[Column]:
    """Return columns whose code is on one row and whose text is on another."""
    found = []
    for index, code in enumerate(codes):
        text = texts[index] if index < len(texts) and texts[index] else code
        role = roles.get(code, "")
        if not role:
            cells = sample(rows, index)
            is_own = is_personal(text, cells) or is_personal(code)
            role = "personnel" if is_own else "question"
        found.append(Column(index, text, code, role))
    return found


# SurveyMonkey: questions on the first row, their options on the second.

_MONKEY = {
    "respondent id": "numero",
    "start date": "debut",
    "date created": "debut",
    "end date": "fin",
    "date modified": "fin",
    "collector id": "technique",
    "ip address": "personnel",
    "email address": "personnel",
    "first name": "personnel",
    "last name": "personnel",
    "custom data 1": "personnel",
    "custom data": "personnel",
    "id du repondant": "numero",
    "id du collecteur": "technique",
    "date de debut": "debut",
    "date de creation": "debut",
    "date de fin": "fin",
    "date de modification": "fin",
    "adresse ip": "personnel",
    "adresse e mail": "personnel",
    "prenom": "personnel",
    "nom": "personnel",
    "donnees personnalisees 1": "personnel",
}
_MONKEY_MARKS = (
    {"respondent id", "collector id"},
    {"id du repondant", "id du collecteur"},
)
_FILLED = {"numero", "debut", "fin", "technique"}  # by the tool; a name may be asked for too
_OPEN = {"response", "open ended response", "reponse", "reponse ouverte"}


def read_surveymonkey(_: ReceivedFile, sheet: Sheet) -> Export | None:
    """
    Return a SurveyMonkey export, or None.

    A question with several columns is named on the first of them only; the second row says which
    option each column is, or « Response ».
    """
    names = [normalise(one_line(cell)) for cell in sheet.rows[0].cells]
    if not any(marks <= set(names) for marks in _MONKEY_MARKS) or len(sheet.rows) == 1:
        return None
    second = [one_line(sheet.rows[1].at(index)) for index in range(len(names))]
    own = [index for index, name in enumerate(names) if _MONKEY.get(name, "personnel") in _FILLED]
    has_options = not any(second[index] for index in own)  # no date, no number: not an answer
    rows = sheet.rows[2:] if has_options else sheet.rows[1:]
    if has_options:
        rows = [_ticked(row, second) for row in rows]
    columns, question = [], ""
    for index, cell in enumerate(sheet.rows[0].cells):
        question = one_line(cell) or question
        option = second[index] if has_options else ""
        role = _MONKEY.get(names[index], "")
        is_whole = not option or normalise(option) in _OPEN
        text = question if role or is_whole else f"{question} [{option}]"
        if not role:
            cells = sample(rows, index)
            role = "personnel" if is_personal(text, cells) else "question"
        columns.append(Column(index, text, role=role))
    return Export("surveymonkey", sheet, columns, rows, order=MONTH_FIRST)


def _ticked(row: ReceivedRow, options: Sequence[str]) -> ReceivedRow:
    """Return a row where a box ticked, which repeats its own label, says « Oui »."""
    labels = [*options, *[""] * (len(row.cells) - len(options))]
    cells = [
        "Oui" if label and as_text(cell) == label else cell
        for cell, label in zip(row.cells, labels, strict=False)
    ]
    return ReceivedRow(row.line, cells, row.problem)


# Typeform

_TYPEFORM = {
    "#": "numero",
    "response id": "numero",
    "start date (utc)": "debut",
    "stage date (utc)": "technique",
    "submit date (utc)": "fin",
    "network id": "personnel",
    "response type": "technique",
    "tags": "technique",
    "ending": "technique",
    "score": "technique",
}


def read_typeform(_: ReceivedFile, sheet: Sheet) -> Export | None:
    """Return a Typeform export, or None; its moments are UTC, as their headings say."""
    names = {normalise(one_line(cell)) for cell in sheet.rows[0].cells}
    if not {"submit date (utc)", "network id"} <= names:
        return None
    rows = sheet.rows[1:]
    columns = columns_by_heading(sheet.rows[0].cells, _TYPEFORM, rows)
    return Export("typeform", sheet, columns, rows, complete=None, zone="UTC")


READERS = (read_qualtrics, read_surveymonkey, read_typeform)
