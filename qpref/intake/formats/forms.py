"""Exports of Tally, Google Forms, Microsoft Forms and Framaforms."""

from collections.abc import Sequence

from qpref.intake.dates import DAY_FIRST, MONTH_FIRST
from qpref.intake.export import Column, Export, columns_by_heading, one_line, sample
from qpref.intake.matching import as_text, normalise
from qpref.intake.personal import is_personal
from qpref.intake.rows import ReceivedFile, ReceivedRow, Sheet, is_blank
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
    "total points": "technique",
    "quiz feedback": "technique",
}
_QUIZ = ("Points - ", "Feedback - ")  # beside each question of a quiz: what it was worth
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
_TICK = frozenset({"x"})
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
    """Return a Microsoft Forms export, or None; the marks of a quiz are no question."""
    headings = {one_line(cell) for cell in sheet.rows[0].cells}
    marks = {f"{before}{heading}" for before in _QUIZ for heading in headings} & headings
    roles = _MICROSOFT | {normalise(heading): "technique" for heading in marks}
    return _simple(
        sheet, "microsoft_forms", roles, {"id", "heure de debut", "heure de fin"}
    ) or _simple(sheet, "microsoft_forms", roles, {"id", "start time", "completion time"})


def read_framaforms(_: ReceivedFile, sheet: Sheet) -> Export | None:
    """Return a Framaforms (Drupal webform) export, or None: two or three heading rows."""
    for place, row in enumerate(sheet.rows[:_WEBFORM_ROWS]):
        names = _names(row)
        if "sid" in names and len(set(names) & set(_WEBFORM)) >= 3:  # noqa: PLR2004
            return _webform(sheet, place)
    return None


def _webform(sheet: Sheet, place: int) -> Export:
    """Join each heading with the group above it: « question [option] », « question — part »."""
    rows = sheet.rows[place + 1 :]
    labels = [one_line(cell) for cell in sheet.rows[place].cells]
    cells = [sample(rows, index) for index in range(len(labels))]
    answers = [{normalise(as_text(c)) for c in column if not is_blank(c)} for column in cells]
    columns = []
    for index, group in enumerate(_groups(sheet, place, labels, answers)):
        role, text = _WEBFORM.get(normalise(labels[index]), ""), labels[index]
        if not role and group not in ("", text):
            is_box = answers[index] <= _TICK
            text = f"{group} [{text}]" if is_box else join_heading(group, text)
        if not role:
            role = "personnel" if is_personal(text, cells[index]) else "question"
        columns.append(Column(index, text, role=role))
    draft = any(column.role == "statut" for column in columns)
    complete = _NOT_DRAFT if draft else frozenset()
    return Export("framaforms", sheet, columns, rows, complete=complete)


def _groups(
    sheet: Sheet, place: int, labels: Sequence[str], answers: Sequence[set[str]]
) -> list[str]:
    """
    Return the question above each heading, empty when it is a question itself.

    A question of several columns is named above the first of them only, and nothing marks the last:
    it ends where the answers are of another kind, no cross, or none of those of its first column.
    """
    above = [one_line(cell) for cell in sheet.rows[place - 1].cells] if place else []
    above += [""] * len(labels)
    found: list[str] = []
    group, first = "", set[str]()
    for index, label in enumerate(labels):
        if above[index]:
            group, first = above[index], answers[index]
        elif normalise(label) in _WEBFORM or not _is_alike(first, answers[index]):
            group = ""
        found.append(group)
    return found


def _is_alike(first: set[str], answers: set[str]) -> bool:
    if first <= _TICK:
        return answers <= _TICK
    return not answers or bool(first & answers)


READERS = (read_tally, read_google, read_microsoft, read_framaforms)
