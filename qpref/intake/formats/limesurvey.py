"""LimeSurvey answer exports: CSV with any of the four headings, and « .vv » files."""

import re
from dataclasses import replace

from qpref.intake.export import NOT_ASKED, Column, Export, is_personal, one_line
from qpref.intake.matching import normalise
from qpref.intake.rows import ReceivedFile, ReceivedRow, Sheet

KIND = "limesurvey"
NAMES = {
    KIND: "questionnaire en ligne et tablette (LimeSurvey)",
    "limesurvey_vv": "questionnaire en ligne et tablette (LimeSurvey)",
}

# System columns: code -> role, and the headings of exports without codes.
_ROLES = {
    "id": "numero",
    "submitdate": "fin",
    "startdate": "debut",
    "datestamp": "technique",
    "lastpage": "technique",
    "startlanguage": "technique",
    "seed": "technique",
    "ipaddr": "personnel",
    "refurl": "technique",
    "token": "personnel",
    "firstname": "personnel",
    "lastname": "personnel",
    "email": "personnel",
    "completed": "technique",
    "interviewtime": "technique",
}
_HEADINGS = {
    "id": ("ID de la réponse", "Response ID", "Id"),
    "submitdate": ("Date de soumission", "Date submitted", "Complété", "Completed"),
    "lastpage": ("Dernière page", "Dernière page vue", "Last page", "Last page seen"),
    "startlanguage": ("Langue de départ", "Langue de début", "Start language"),
    "seed": ("Tête de série", "Seed"),
    "token": ("Code d’accès", "Jeton", "Token", "Access code"),
    "startdate": ("Date de lancement", "Date started", "Début"),
    "datestamp": ("Date de la dernière action", "Date last action"),
    "ipaddr": ("Adresse IP", "IP address"),
    "refurl": ("URL référente", "URL d’origine", "Referrer URL"),
    "interviewtime": ("Temps total", "Total time"),
}
_BY_TEXT = {normalise(text): code for code, texts in _HEADINGS.items() for text in texts}
_CODE = re.compile(r"^([A-Za-z][A-Za-z0-9_]*(?:\[[A-Za-z0-9_]+\])*)(?:\s*[.:]\s|\s*$)")
_TIMING = ("duree pour", "temps pour", "group time", "question time", "temps de groupe")
_NO_STAMP = "1980-01-01"  # submission date of a survey that stamps no dates
_ESCAPES = (
    ("{newline}", "\n"), ("{cr}", "\r"), ("{tab}", "\t"), ("{quote}", '"'), ("{lbrace}", "{"),
)  # fmt: skip


def _column(index: int, heading: str) -> Column:
    found = _CODE.match(heading)
    code = _BY_TEXT.get(normalise(heading)) or (found.group(1) if found else "")
    role = _ROLES.get(code, "")
    if not role:
        role = "technique" if normalise(heading).startswith(_TIMING) else "question"
        text = heading[len(found.group(0)) :] if found else heading
        role = "personnel" if is_personal(text or code) else role
    return Column(index, heading, code, role)


def read(file: ReceivedFile) -> Export | None:
    """Return the export, or None when the file is not one of LimeSurvey's."""
    if file.is_workbook or not file.sheets[0].rows:
        return None
    return _read_vv(file) or _read_csv(file)


def _read_csv(file: ReceivedFile) -> Export | None:
    sheet = file.sheets[0]
    headings = [one_line(cell) for cell in sheet.rows[0].cells]
    columns = [_column(index, heading) for index, heading in enumerate(headings)]
    if not {"numero", "fin"} <= {column.role for column in columns}:
        return None
    rows = [_unmasked(row) for row in sheet.rows[1:]]
    return _export(KIND, sheet, columns, rows)


def _export(kind: str, sheet: Sheet, columns: list[Column], rows: list[ReceivedRow]) -> Export:
    return Export(
        kind,
        sheet,
        columns,
        rows,
        complete=None,
        unstamped=_NO_STAMP,
        known_by_code=True,
        family=KIND,
    )


def _unmasked(row: ReceivedRow) -> ReceivedRow:
    """Take off the apostrophe that an export option puts before what looks like a formula."""
    if "'" not in "".join(row.cells):
        return row
    cells = [c[1:] if c[:1] == "'" and c[1:2] in ("=", "+", "-", "@") else c for c in row.cells]
    return replace(row, cells=cells)


def _read_vv(file: ReceivedFile) -> Export | None:
    """Return a « .vv » export: texts on the first line, codes on the second, braces escaped."""
    sheet = file.sheets[0]
    if file.separator != "\t" or len(sheet.rows) < 2:  # noqa: PLR2004
        return None
    codes = [one_line(cell) for cell in sheet.rows[1].cells]
    if not {"id", "submitdate"} <= set(codes):
        return None
    texts = [one_line(cell) for cell in sheet.rows[0].cells] + [""] * len(codes)
    columns = [
        Column(index, texts[index] or code, code, _ROLES.get(code) or _vv_role(texts[index], code))
        for index, code in enumerate(codes)
    ]
    rows = [replace(row, cells=[_plain(cell) for cell in row.cells]) for row in sheet.rows[2:]]
    return _export(f"{KIND}_vv", sheet, columns, rows)


def _vv_role(text: str, code: str) -> str:
    return "personnel" if is_personal(text or code) else "question"


def _plain(cell: str) -> str:
    if cell == NOT_ASKED:
        return cell
    if cell == "NULL":
        return ""
    for escaped, plain in _ESCAPES:
        cell = cell.replace(escaped, plain)
    return cell


READERS = (read,)
