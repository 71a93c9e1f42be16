"""Exports of REDCap, in codes or in labels."""

import re
from collections.abc import Iterator, Sequence

from qpref.intake.export import Column, Export, one_line, sample
from qpref.intake.matching import as_text
from qpref.intake.personal import is_personal
from qpref.intake.rows import Cell, ReceivedFile, ReceivedRow, Sheet, is_blank

KIND = "redcap"
NAMES = {KIND: "formulaire en ligne"}
_CODES = {
    "redcap_event_name": "technique",
    "redcap_repeat_instrument": "technique",
    "redcap_repeat_instance": "technique",
    "redcap_data_access_group": "technique",
    "redcap_survey_identifier": "personnel",
}
_LABELS = {
    "Event Name": "technique",
    "Repeat Instrument": "technique",
    "Repeat Instance": "technique",
    "Data Access Group": "technique",
    "Survey Identifier": "personnel",
    "Survey Timestamp": "fin",
    "Complete?": "statut",
}
_STATES = {"0", "1", "2", ""}
_STATE_LABELS = {"Incomplete", "Unverified", "Complete", ""}
_BOX = re.compile(r"^(\w+?)___(\w+)$")
_LABELLED_BOX = re.compile(r"^(.+?)\s*\(choice=(.+)\)$")
_SAID = {"[not completed]": "", "Checked": "Oui", "Unchecked": "Non"}
_DONE = frozenset({"2", "complete"})


def read_codes(_: ReceivedFile, sheet: Sheet) -> Export | None:
    """
    Return an export in codes, or None.

    The number of the record comes first, whatever its name; « <form>_complete » is 2 when the form
    is finished; « <form>_timestamp » is when a survey was sent; boxes are « question___code ».
    """
    headings = [one_line(cell) for cell in sheet.rows[0].cells]
    rows = sheet.rows[1:]
    forms = [
        name.removesuffix("_complete")
        for index, name in enumerate(headings)
        if name.endswith("_complete") and _among(rows, index, _STATES)
    ]
    stamps = {f"{form}_timestamp" for form in forms}
    is_marked = headings[0] == "record_id" or any(
        name in stamps or name in _CODES or _BOX.match(name) for name in headings
    )
    if not forms or not is_marked:
        return None
    roles = _CODES | dict.fromkeys(stamps, "fin")
    roles |= {f"{form}_complete": "technique" for form in forms[1:]}
    roles |= {f"{forms[0]}_complete": "statut", headings[0]: "numero"}
    return _export(sheet, [roles.get(name, "") for name in headings], headings, _BOX)


def read_labels(_: ReceivedFile, sheet: Sheet) -> Export | None:
    """
    Return an export in labels, or None.

    « Complete? » ends the columns of each form, « Survey Timestamp » begins those of a survey;
    boxes are « question (choice=option) », Checked or Unchecked.
    """
    headings = [one_line(cell) for cell in sheet.rows[0].cells]
    states = [index for index, name in enumerate(headings) if name == "Complete?"]
    if not states or not all(_among(sheet.rows[1:], index, _STATE_LABELS) for index in states):
        return None
    return _export(sheet, list(_once(headings)), headings, _LABELLED_BOX)


def _once(headings: Sequence[str]) -> Iterator[str]:
    """Yield the roles of an export in labels: the state and the time of the first form count."""
    seen = set()
    for index, name in enumerate(headings):
        role = _LABELS.get(name, "") if index else "numero"
        yield "technique" if role in {"statut", "fin"} and role in seen else role
        seen.add(role)


def _among(rows: Sequence[ReceivedRow], index: int, texts: set[str]) -> bool:
    return all(as_text(cell) in texts for cell in sample(rows, index))


def _export(
    sheet: Sheet, roles: Sequence[str], headings: Sequence[str], boxes: re.Pattern[str]
) -> Export:
    rows = [
        ReceivedRow(row.line, [_plain(cell) for cell in row.cells], row.problem)
        for row in sheet.rows[1:]
    ]
    columns = []
    for index, (heading, known) in enumerate(zip(headings, roles, strict=True)):
        box = boxes.match(heading)
        text, role = f"{box[1]} [{box[2]}]" if box else heading, known
        if not role:
            cells = sample(rows, index)
            role = "personnel" if is_personal(heading, cells) else "question"
        columns.append(Column(index, text, role=role))
    return Export(KIND, sheet, columns, rows, complete=_DONE)


def _plain(cell: Cell) -> Cell:
    """Return a cell without the marks of REDCap: the time of a survey not sent, a box."""
    return _SAID.get(cell, cell) if isinstance(cell, str) and not is_blank(cell) else cell


READERS = (read_codes, read_labels)
