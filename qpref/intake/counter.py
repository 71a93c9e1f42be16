"""Workbooks keyed by hand from paper forms: preamble, merged headings, totals, to submissions."""

from dataclasses import dataclass

from qpref.errors import ColumnsError, listing
from qpref.intake.common import (
    Rejects,
    Setting,
    column_names,
    content_digest,
    mentions_fictional,
    site_of_sheet,
)
from qpref.intake.files import ReceivedFile, Row, Sheet, is_blank
from qpref.intake.matching import as_text, normalise
from qpref.intake.survey import Key, Submission, Submissions
from qpref.reference import Questionnaire

KIND = "guichet"
_SEARCHED_ROWS = 15
_RECOGNISED = 0.6
_FOOTERS = ("total", "moyenne", "nb de reponses", "nombre de reponses")


@dataclass(frozen=True)
class _Heading:
    """The heading found: its last row (index in the sheet), its texts, what they stand for."""

    last: int
    texts: list[str]
    columns: dict[Key, int]


def _texts_of(questionnaire: Questionnaire) -> dict[str, Key]:
    """Return the question and option that each heading stands for."""
    known: dict[str, Key] = {}
    for question in questionnaire.questions:
        for text in (*question.entetes, question.texte):
            if not question.options:
                known[normalise(text)] = (question.id, "")
        for option in question.options:
            for text in option.entetes:
                known[normalise(text)] = (question.id, option.code)
    return known


def _wanted(questionnaire: Questionnaire) -> dict[Key, str]:
    """Return the columns that a workbook must have, with the heading to write."""
    wanted: dict[Key, str] = {}
    for question in questionnaire.questions:
        if question.options:
            wanted |= {(question.id, o.code): o.entetes[0] for o in question.options if o.entetes}
        elif question.entetes and question.type != "contact":
            wanted[question.id, ""] = question.entetes[0]
    return wanted


def _grouped(sheet: Sheet, index: int) -> list[str]:
    """Return the headings of a row, prefixed by the merged group above: « group — item »."""
    row, above = sheet.rows[index], sheet.rows[index - 1]
    texts, groups = column_names(row.cells), column_names(above.cells)
    for (top, left), (_, right) in sheet.merged:
        if top == above.line - 1 and right > left:
            for column in range(left, min(right + 1, len(groups))):
                groups[column] = groups[left]
    return [
        f"{group} — {text}" if group and text else text or group
        for group, text in zip(groups, texts, strict=False)
    ]


def _find_heading(sheet: Sheet, questionnaire: Questionnaire) -> _Heading | None:
    """Return the heading row that the dictionary recognises best, if it does at all."""
    known, wanted = _texts_of(questionnaire), _wanted(questionnaire)
    best: _Heading | None = None
    for index, row in enumerate(sheet.rows[:_SEARCHED_ROWS]):
        choices = [column_names(row.cells)]
        if index:
            choices.append(_grouped(sheet, index))
        for texts in choices:
            columns = {
                known[normalise(text)]: place
                for place, text in enumerate(texts)
                if normalise(text) in known
            }
            if best is None or len(columns) > len(best.columns):
                best = _Heading(index, texts, columns)
    if best is None or len(best.columns) < _RECOGNISED * len(wanted):
        return None
    return best


def recognises(setting: Setting, file: ReceivedFile) -> bool:
    """Whether one sheet of the workbook has the headings of the questionnaire."""
    questionnaire = setting.reference.questionnaire(setting.campaign.id)
    return file.is_workbook and any(_find_heading(sheet, questionnaire) for sheet in file.sheets)


def read(setting: Setting, file: ReceivedFile, rejects: Rejects) -> Submissions:
    """
    Return the submissions of the first sheet that has the headings of the questionnaire.

    Raises
    ------
    ColumnsError
        If a question has no column.
    UsageError
        If the site is nowhere said.
    """
    questionnaire = setting.reference.questionnaire(setting.campaign.id)
    found = ((sheet, _find_heading(sheet, questionnaire)) for sheet in file.sheets)
    sheet, heading = next((s, h) for s, h in found if h is not None)
    missing = [text for key, text in _wanted(questionnaire).items() if key not in heading.columns]
    if missing:
        raise ColumnsError(
            f"« {file.name} », feuille « {sheet.name} » : colonnes absentes : {listing(missing)}.",
            "Rétablissez ces intitulés, ou ajoutez les vôtres à la clé « entetes » du "
            f"questionnaire {questionnaire.id}.",
        )
    preamble = [cell for row in sheet.rows[: heading.last] for cell in row.cells]
    contact = {(q.id, "") for q in questionnaire.questions if q.type == "contact"}
    columns = {key: place for key, place in heading.columns.items() if key not in contact}
    return Submissions(
        kind=KIND,
        sheet=sheet,
        headings={key: heading.texts[place] for key, place in columns.items()},
        rows=_submissions(sheet, heading, columns, rejects),
        default_site=site_of_sheet(setting, file, preamble),
        is_fictional=mentions_fictional(preamble),
        notes=file.notes,
        ignored_columns=[
            text
            for place, text in enumerate(heading.texts)
            if text and place not in heading.columns.values()
        ],
        personal_columns=[
            heading.texts[place] for key, place in heading.columns.items() if key in contact
        ],
    )


def _submissions(
    sheet: Sheet, heading: _Heading, columns: dict[Key, int], rejects: Rejects
) -> list[Submission]:
    """Return the rows below the heading; totals and repeated headings are set aside."""
    found = []
    for row in sheet.rows[heading.last + 1 :]:
        reason = _not_a_form(row, heading, columns)
        if reason:
            rejects.add(sheet, row.line, *reason, action="ligne_ecartee")
            continue
        cells = {key: row.cells[place] for key, place in columns.items()}
        number = as_text(cells.get(("numero", ""), ""))
        digest = content_digest(cells.values())
        found.append(Submission(row.line, number, cells, digest=digest))
    return found


def _first_text(row: Row) -> str:
    return next((as_text(cell) for cell in row.cells if not is_blank(cell)), "")


def _not_a_form(row: Row, heading: _Heading, columns: dict[Key, int]) -> tuple[str, str] | None:
    """Return why a row below the heading is no questionnaire, or None when it is one."""
    number = columns.get(("numero", ""))
    labels = [_first_text(row), as_text(row.cells[number]) if number is not None else ""]
    if any(normalise(label).startswith(_FOOTERS) for label in labels):
        return "total", "ligne de total, pas un questionnaire."
    if column_names(row.cells)[: len(heading.texts)] == heading.texts:
        return "entete_repete", "intitulés répétés, pas un questionnaire."
    answers = [row.cells[place] for key, place in columns.items() if key[0] != "numero"]
    if all(is_blank(cell) for cell in answers):
        return "ligne_vide", "ligne numérotée mais vide."
    return None
