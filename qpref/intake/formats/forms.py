"""Exports of Tally, Google Forms, Microsoft Forms and Framaforms."""

from qpref.intake.dates import DAY_FIRST, MONTH_FIRST
from qpref.intake.export import LOOKED_AT, Column, Export, columns_by_heading, one_line
from qpref.intake.matching import normalise
from qpref.intake.personal import is_personal
from qpref.intake.rows import ReceivedFile, ReceivedRow, Sheet
from qpref.layout import join_heading

NAMES = {
    "tally": "questionnaire en ligne (Tally)",
    "google_forms": "questionnaire en ligne (Google Forms)",
    "microsoft_forms": "questionnaire en ligne (Microsoft Forms)",
    "framaforms": "questionnaire en ligne (Framaforms)",
}
_TALLY = {
    "submission id": "numero",
    "respondent id": "personnel",
    "submitted at": "debut",
    "identifiant de soumission": "numero",
    "identifiant du repondant": "personnel",
    "soumis le": "debut",
}
_GOOGLE = {
    "horodateur": "debut",
    "timestamp": "debut",
    "adresse e mail": "personnel",
    "nom d utilisateur": "personnel",
    "score": "technique",
}
_MICROSOFT = {
    "id": "numero",
    "heure de debut": "debut",
    "heure de fin": "fin",
    "start time": "debut",
    "completion time": "fin",
    "adresse de messagerie": "personnel",
    "email": "personnel",
    "nom": "personnel",
    "name": "personnel",
    "heure de la derniere modification": "technique",
    "last modified time": "technique",
}
_WEBFORM = {
    "serial": "technique",
    "numero de serie": "technique",
    "numero": "technique",
    "sid": "numero",
    "uuid": "technique",
    "token": "personnel",
    "date": "debut",
    "heure": "debut",
    "time": "debut",
    "heure de soumission": "debut",
    "submitted time": "debut",
    "completed time": "fin",
    "modified time": "technique",
    "brouillon": "statut",
    "draft": "statut",
    "adresse ip": "personnel",
    "ip address": "personnel",
    "uid": "personnel",
    "nom d utilisateur": "personnel",
    "username": "personnel",
}
_WEBFORM_ROWS = 5
_NOT_DRAFT = frozenset({"0", "non", "no", "false", ""})


def _names(row: ReceivedRow) -> list[str]:
    return [normalise(one_line(cell)) for cell in row.cells]


def _simple(
    sheet: Sheet, kind: str, roles: dict[str, str], marks: set[str], order: str = ""
) -> Export | None:
    """Return an export whose heading is the first row and holds all the marks."""
    if not marks <= set(_names(sheet.rows[0])):
        return None
    rows = sheet.rows[1:]
    columns = columns_by_heading(sheet.rows[0].cells, roles, rows)
    return Export(kind, sheet, columns, rows, order=order)


def read_tally(_: ReceivedFile, sheet: Sheet) -> Export | None:
    """Return a Tally export, or None; its moments are ISO, some older ones month first."""
    return _simple(
        sheet, "tally", _TALLY, {"submission id", "submitted at"}, MONTH_FIRST
    ) or _simple(sheet, "tally", _TALLY, {"identifiant de soumission", "soumis le"}, MONTH_FIRST)


def read_google(_: ReceivedFile, sheet: Sheet) -> Export | None:
    """Return a Google Forms export, or None: its first column is the time stamp."""
    first = _names(sheet.rows[0])[:1]
    if first not in (["horodateur"], ["timestamp"]):
        return None
    return _simple(
        sheet, "google_forms", _GOOGLE, set(), DAY_FIRST if first == ["horodateur"] else ""
    )


def read_microsoft(_: ReceivedFile, sheet: Sheet) -> Export | None:
    """Return a Microsoft Forms export, or None."""
    return _simple(
        sheet, "microsoft_forms", _MICROSOFT, {"id", "heure de debut", "heure de fin"}
    ) or _simple(sheet, "microsoft_forms", _MICROSOFT, {"id", "start time", "completion time"})


def read_framaforms(_: ReceivedFile, sheet: Sheet) -> Export | None:
    """Return a Framaforms (Drupal webform) export, or None: two or three heading rows."""
    for place, row in enumerate(sheet.rows[:_WEBFORM_ROWS]):
        names = _names(row)
        if "sid" in names and len(set(names) & set(_WEBFORM)) >= 3:  # noqa: PLR2004
            return _webform(sheet, place)
    return None


def _webform(sheet: Sheet, place: int) -> Export:
    """Join each heading with the groups above it, « question — option »."""
    rows = sheet.rows[place + 1 :]
    labels = [one_line(cell) for cell in sheet.rows[place].cells]
    groups = [""] * len(labels)
    if place:
        above = [one_line(cell) for cell in sheet.rows[place - 1].cells] + [""] * len(labels)
        last = ""
        for index, label in enumerate(labels):
            last = above[index] or (last if normalise(label) not in _WEBFORM else "")
            groups[index] = last
    columns = []
    for index, (group, label) in enumerate(zip(groups, labels, strict=True)):
        role = _WEBFORM.get(normalise(label), "")
        text = label if role or group == label else join_heading(group, label)
        if not role:
            cells = [row.at(index) for row in rows[:LOOKED_AT]]
            role = "personnel" if is_personal(text, cells) else "question"
        columns.append(Column(index, text, role=role))
    draft = any(column.role == "statut" for column in columns)
    complete = _NOT_DRAFT if draft else frozenset()
    return Export("framaforms", sheet, columns, rows, complete=complete)


READERS = (read_tally, read_google, read_microsoft, read_framaforms)
