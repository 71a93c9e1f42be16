"""
Exports of forms filled in on tablets: KoboToolbox, and ODK Central.

Both write the groups before the questions (« group/question », « group-question »), and the boxes
of a question with several answers, « question/option », 0 or 1, beside a column that joins them.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qpref.intake.columns import column_of
from qpref.intake.export import Column, Export, one_line, sample
from qpref.intake.matching import as_text
from qpref.intake.personal import is_personal
from qpref.intake.rows import ReceivedFile, ReceivedRow, Sheet, is_blank

NAMES = {"kobo": "formulaire sur tablette", "odk": "formulaire sur tablette"}
_COMMON = {
    "start": "debut",
    "end": "fin",
    "today": "technique",
    "username": "personnel",
    "deviceid": "personnel",
    "phonenumber": "personnel",
    "simserial": "personnel",
    "subscriberid": "personnel",
    "instanceID": "technique",
}
_KOBO = _COMMON | {
    "_id": "numero",
    "_uuid": "technique",
    "_submission_time": "technique",
    "_submitted_by": "personnel",
    "_validation_status": "technique",
    "_notes": "technique",
    "_status": "technique",
    "_tags": "technique",
    "_index": "technique",
    "__version__": "technique",
    "_attachments": "technique",
    "_geolocation": "personnel",
    "_xform_id_string": "technique",
    "uuid": "technique",  # « formhub/uuid » and the next, where what read the server cut groups
    "rootUuid": "technique",
    "DeviceID": "personnel",
}
_ODK = _COMMON | {
    "SubmissionDate": "technique",
    "KEY": "numero",
    "SubmitterID": "personnel",
    "SubmitterName": "personnel",
    "AttachmentsPresent": "technique",
    "AttachmentsExpected": "technique",
    "Status": "technique",
    "ReviewState": "technique",
    "Edits": "technique",
    "FormVersion": "technique",
    "DeviceID": "personnel",
}
_HIDDEN = re.compile(r"^(?:meta|formhub)[/-]")
_GEO = re.compile(r"^(?:.*/)?_?(.+)[_-](latitude|longitude|altitude|precision|accuracy)$", re.I)
_XML = re.compile(r"^[A-Za-z_][\w.]*(?:/[A-Za-z_][\w.]*)+$")
_BITS = {"0", "1", ""}
_TYPES = re.compile(r"^(?:select_(?:one|multiple)|begin[ _](?:group|repeat))\b")


def defines_form(sheet: Sheet) -> bool:
    """Whether a sheet is the « survey » of an XLSForm: a question a row, with its type and name."""
    headings = [one_line(cell).casefold() for cell in sheet.rows[0].cells]
    if not {"type", "name"} <= set(headings) or not any(h.startswith("label") for h in headings):
        return False
    kinds = column_of(sheet.rows[1:], headings.index("type"))
    return any(_TYPES.match(as_text(kind)) for kind in kinds.known)


@dataclass(frozen=True)
class _Tool:
    """What a tool writes: its own columns, the one that dates a form at worst, its joint."""

    kind: str
    roles: dict[str, str]
    sent: str
    joint: str


_KOBOTOOLBOX = _Tool("kobo", _KOBO, "_submission_time", "/")
_CENTRAL = _Tool("odk", _ODK, "SubmissionDate", "-")


def read_kobo(_: ReceivedFile, sheet: Sheet) -> Export | None:
    """Return a KoboToolbox export, with names or labels as headings, or None."""
    headings = [one_line(cell) for cell in sheet.rows[0].cells]
    if not {"_id", "_uuid"} <= set(headings):
        return None
    rows = sheet.rows[1:]
    while rows and _is_tags(rows[0]):
        rows = rows[1:]
    return _export(_KOBOTOOLBOX, sheet, headings, rows)


def read_odk(_: ReceivedFile, sheet: Sheet) -> Export | None:
    """Return an ODK Central export, or None; forms rejected by a reviewer are kept and told."""
    headings = [one_line(cell) for cell in sheet.rows[0].cells]
    if not {"SubmissionDate", "KEY", "SubmitterID"} <= set(headings):
        return None
    rows = sheet.rows[1:]
    export = _export(_CENTRAL, sheet, headings, rows)
    state = headings.index("ReviewState") if "ReviewState" in headings else len(headings)
    rejected = sum(as_text(row.at(state)) == "rejected" for row in rows)
    if not rejected:
        return export
    said = f"{rejected} réponse(s) rejetée(s) à la relecture (ReviewState) : lues comme les autres"
    return replace(export, warnings=[said])


def _is_tags(row: ReceivedRow) -> bool:
    """Whether a row holds the tags of the questions (« #… »), a second heading."""
    texts = [as_text(cell) for cell in row.cells if not is_blank(cell)]
    return bool(texts) and all(text.startswith("#") for text in texts)


def _export(
    tool: _Tool, sheet: Sheet, headings: Sequence[str], rows: Sequence[ReceivedRow]
) -> Export:
    """Return an export whose boxes and groups are told."""
    is_dated = "start" in headings or "end" in headings
    roles = tool.roles if is_dated else tool.roles | {tool.sent: "fin"}
    boxes = _boxes(headings) or _lone_boxes(headings, rows)
    joined = {headings.index(whole) for whole, _ in boxes.values() if whole in headings}
    rows = [_unasked(row, boxes, headings) for row in rows] if joined else rows
    places = _places(headings)
    questions = [h for i, h in enumerate(headings) if i not in boxes and h not in roles]
    columns = []
    for index, heading in enumerate(headings):
        whole, option = boxes.get(index, (heading, ""))
        text = _without_groups(whole, tool.joint, questions)
        text = f"{text} [{option}]" if option else text
        role = roles.get(heading, "technique" if _HIDDEN.match(heading) else "")
        if not role:
            cells = sample(rows, index)
            is_own = heading in places or is_personal(text, cells)
            role = "personnel" if is_own else "technique" if index in joined else "question"
        columns.append(Column(index, text, role=role))
    return Export(tool.kind, sheet, columns, list(rows), zone="" if is_dated else "UTC")


def _places(headings: Sequence[str]) -> set[str]:
    """Return the columns of the questions that locate: the point, its latitude and the others."""
    parts = {name: (found[1], found[2]) for name in headings if (found := _GEO.match(name))}
    points = {point for point, part in parts.values() if part.casefold() == "latitude"}
    located = {name for name, (point, _) in parts.items() if point in points}
    return located | {name for name in headings if name.rpartition("/")[2] in points}


def _boxes(headings: Sequence[str]) -> dict[int, tuple[str, str]]:
    """Return the question and the option of each box that stands beside the joined answers."""
    wholes = sorted(set(headings), key=len, reverse=True)
    return {
        index: (whole, heading[len(whole) + 1 :])
        for index, heading in enumerate(headings)
        if (whole := next((w for w in wholes if w and heading.startswith(f"{w}/")), ""))
    }


def _lone_boxes(headings: Sequence[str], rows: Sequence[ReceivedRow]) -> dict[int, tuple[str, str]]:
    """Return the boxes of an export without the joined answers: 0 or 1, two at least."""
    found = {
        index: (parts[0], parts[2])
        for index, heading in enumerate(headings)
        if (parts := heading.rpartition("/"))[0] and set(map(as_text, sample(rows, index))) <= _BITS
    }
    counts = Counter(whole for whole, _ in found.values())
    return {index: box for index, box in found.items() if counts[box[0]] > 1}


def _unasked(
    row: ReceivedRow, boxes: dict[int, tuple[str, str]], headings: Sequence[str]
) -> ReceivedRow:
    """Empty the boxes, all 0, of a question left without an answer."""
    empty = {
        index
        for index, (whole, _) in boxes.items()
        if whole in headings and is_blank(row.at(headings.index(whole)))
    }
    if not empty:
        return row
    cells = ["" if index in empty else cell for index, cell in enumerate(row.cells)]
    return ReceivedRow(row.line, cells, row.problem)


def _without_groups(heading: str, joint: str, questions: Sequence[str]) -> str:
    """
    Return a heading without the groups before it.

    A name takes no « / » and loses all that comes before; in a label, or where « - » joins, only
    what begins several headings is a group.
    """
    if joint == "/" and _XML.match(heading):
        return heading.rpartition("/")[2]
    parts = heading.split(joint)
    for size in range(len(parts) - 1, 0, -1):
        group = joint.join(parts[:size]) + joint
        if sum(question.startswith(group) for question in questions) > 1:
            return heading[len(group) :]
    return heading


READERS = (read_kobo, read_odk)
