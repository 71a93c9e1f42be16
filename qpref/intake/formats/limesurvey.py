"""LimeSurvey answer exports: CSV and Excel with any of the four headings, and « .vv » files."""

import re
from collections import Counter
from collections.abc import Sequence

from qpref.intake.columns import Rows, rewritten
from qpref.intake.export import NOT_ASKED, Column, Export, one_line, sample
from qpref.intake.matching import normalise
from qpref.intake.personal import is_personal
from qpref.intake.rows import Cell, ReceivedFile, Sheet

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
    "startlanguage": "langue",
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
_MASKED = ("'=", "'+", "'-", "'@")
_ESCAPES = (
    ("{newline}", "\n"), ("{cr}", "\r"), ("{tab}", "\t"), ("{quote}", '"'), ("{lbrace}", "{"),
)  # fmt: skip


def _system(heading: str) -> str:
    """Return the code of a system column that an export names by its text, or nothing."""
    return _BY_TEXT.get(normalise(heading.replace("_", " ")), "")  # an option writes spaces so


def _codes(headings: Sequence[str]) -> list[str]:
    """
    Return the code that begins each heading, in an export that writes them all.

    « Studies: which degree? » begins with a word, and is a whole text where most have no code.
    """
    own = [heading for heading in headings if heading and not _system(heading)]
    codes = [found[1] if (found := _CODE.match(heading)) else "" for heading in headings]
    counts = Counter(codes)
    is_coded = sum(map(bool, map(_CODE.match, own))) > len(own) / 2
    return [code if code in _ROLES or (is_coded and counts[code] == 1) else "" for code in codes]


def _column(index: int, heading: str, known: str, cells: Sequence[Cell]) -> Column:
    found = _CODE.match(heading) if known else None
    code = _system(heading) or known
    role = _ROLES.get(code, "")
    if not role:
        role = "technique" if normalise(heading).startswith(_TIMING) else "question"
        text = heading[len(found.group(0)) :] if found else heading
        role = "personnel" if is_personal(text or code, cells) else role
    return Column(index, heading, code, role)


def read(file: ReceivedFile, sheet: Sheet) -> Export | None:
    """Return the export, or None when the sheet is not one of LimeSurvey's."""
    return _read_vv(file, sheet) or _read_table(sheet)


def _read_table(sheet: Sheet) -> Export | None:
    headings = [one_line(cell) for cell in sheet.rows[0].cells]
    if not {"numero", "fin"} <= {column.role for column in _columns(headings, ())}:
        return None
    rows = rewritten(sheet.rows[1:], _unmasked, "'")
    return _export(KIND, sheet, _columns(headings, rows), rows)


def _columns(headings: Sequence[str], rows: Rows) -> list[Column]:
    return [
        _column(index, heading, code, sample(rows, index))
        for index, (heading, code) in enumerate(zip(headings, _codes(headings), strict=True))
    ]


def _export(kind: str, sheet: Sheet, columns: list[Column], rows: Rows) -> Export:
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


def _unmasked(text: str) -> str:
    """Take off the apostrophe that an export option puts before what looks like a formula."""
    return text[1:] if text.startswith(_MASKED) else text


def _read_vv(file: ReceivedFile, sheet: Sheet) -> Export | None:
    """Return a « .vv » export: texts on the first line, codes on the second, braces escaped."""
    if file.separator != "\t" or len(sheet.rows) < 2:  # noqa: PLR2004
        return None
    codes = [one_line(cell) for cell in sheet.rows[1].cells]
    if not {"id", "submitdate"} <= set(codes):
        return None
    texts = [one_line(cell) for cell in sheet.rows[0].cells] + [""] * len(codes)
    rows = rewritten(sheet.rows[2:], _plain)
    columns = [
        _vv_column(index, texts[index] or code, code, rows) for index, code in enumerate(codes)
    ]
    return _export(f"{KIND}_vv", sheet, columns, rows)


def _vv_column(index: int, text: str, code: str, rows: Rows) -> Column:
    role = _ROLES.get(code)
    if role is None:
        cells = sample(rows, index)
        role = "personnel" if is_personal(text, cells) else "question"
    return Column(index, text, code, role)


def _plain(cell: str) -> str:
    if cell == NOT_ASKED:
        return cell
    if cell == "NULL":
        return ""
    for escaped, plain in _ESCAPES:
        cell = cell.replace(escaped, plain)
    return cell


READERS = (read,)
