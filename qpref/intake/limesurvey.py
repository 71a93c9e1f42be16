"""LimeSurvey answer exports (CSV, full answers) to submissions."""

import re

from qpref.errors import ColumnsError, listing
from qpref.intake.common import Rejects, Setting, column_names, content_digest, mentions_fictional
from qpref.intake.files import Cell, ReceivedFile, Row, Sheet, is_blank
from qpref.intake.matching import as_text
from qpref.intake.survey import Key, Submission, Submissions
from qpref.reference import Questionnaire

KIND = "limesurvey"

# System columns by their code, and by the French heading of exports without codes.
_SYSTEM = {
    "id": "ID de la réponse",
    "submitdate": "Date de soumission",
    "lastpage": "Dernière page",
    "startlanguage": "Langue de départ",
    "seed": "Tête de série",
    "startdate": "Date de lancement",
    "datestamp": "Date de la dernière action",
    "ipaddr": "Adresse IP",
    "refurl": "URL référente",
}
_PERSONAL = {"ipaddr"}
_CODE = re.compile(r"^([A-Za-z][A-Za-z0-9_]*(?:\[[A-Za-z0-9_]+\])?)(?:\s*[.:]\s|$)")
_NO_STAMP = "1980-01-01"  # written as submission date when the survey stamps no dates


def _code(heading: str) -> str:
    """Return the code of a heading such as « G01Q02[SQ001]. Les horaires », or ""."""
    for code, french in _SYSTEM.items():
        if heading == french:
            return code
    found = _CODE.match(heading)
    return found.group(1) if found else ""


def recognises(file: ReceivedFile) -> bool:
    """Whether the file is a LimeSurvey export."""
    if file.is_workbook or not file.sheets[0].rows:
        return False
    codes = {_code(heading) for heading in column_names(file.sheets[0].rows[0].cells)}
    return {"id", "submitdate"} <= codes


def _codes_of(questionnaire: Questionnaire) -> dict[str, Key]:
    """Return the question and option that each LimeSurvey code stands for."""
    known: dict[str, Key] = {}
    for question in questionnaire.questions:
        if question.options:
            for option in question.options:
                known[f"{question.limesurvey}[{option.limesurvey}]"] = (question.id, option.code)
        elif question.limesurvey:
            known[question.limesurvey] = (question.id, "")
    return known


def read(setting: Setting, file: ReceivedFile, rejects: Rejects) -> Submissions:
    """
    Return the submissions of an export.

    Raises
    ------
    ColumnsError
        If a question of the questionnaire has no column.
    """
    sheet = file.sheets[0]
    headings = column_names(sheet.rows[0].cells)
    place = {_code(heading): index for index, heading in enumerate(headings) if _code(heading)}
    questionnaire = setting.reference.questionnaire(setting.campaign.id)
    known = _codes_of(questionnaire)
    missing = [code for code in known if code not in place]
    if missing:
        raise ColumnsError(
            f"« {file.name} » : colonnes absentes : {listing(missing)}.",
            "Exportez les réponses complètes avec les codes des questions, ou corrigez la clé "
            f"« limesurvey » du questionnaire {questionnaire.id}.",
        )
    contact = {q.limesurvey for q in questionnaire.questions if q.type == "contact"}
    columns = {key: place[code] for code, key in known.items() if code not in contact}
    body = _whole_rows(sheet, len(headings), rejects)
    return Submissions(
        kind=KIND,
        sheet=sheet,
        headings={key: headings[index] for key, index in columns.items()},
        rows=[_submission(row, columns, place) for row in body],
        is_fictional="refurl" in place
        and mentions_fictional(row.cells[place["refurl"]] for row in body),
        notes=file.notes,
        ignored_columns=[h for h in headings if _code(h) not in {*known, *_SYSTEM}],
        personal_columns=[
            headings[place[code]] for code in (*sorted(_PERSONAL), *contact) if code in place
        ],
    )


def _whole_rows(sheet: Sheet, width: int, rejects: Rejects) -> list[Row]:
    """Return the rows as wide as the heading; the others are quarantined."""
    whole = []
    for row in sheet.rows[1:]:
        if len(row.cells) == width:
            whole.append(row)
            continue
        rejects.add(
            sheet,
            row.line,
            "largeur",
            f"{len(row.cells)} cellules au lieu de {width}. Ligne mise en quarantaine.",
            action="ligne_quarantaine",
        )
    return whole


def _submission(row: Row, columns: dict[Key, int], place: dict[str, int]) -> Submission:
    """Return one submission; it was answered when it was begun, else last touched or sent."""

    def system(code: str) -> Cell:
        return row.cells[place[code]] if code in place else ""

    cells = {key: row.cells[index] for key, index in columns.items()}
    moments = [system(code) for code in ("startdate", "datestamp", "submitdate")]
    stamped = [cell for cell in moments if not is_blank(cell) and _NO_STAMP not in as_text(cell)]
    cells["date_visite", ""] = stamped[0] if stamped else ""
    return Submission(
        line=row.line,
        number=as_text(system("id")),
        cells=cells,
        is_complete=not is_blank(system("submitdate")),
        digest=content_digest(row.cells[index] for index in columns.values()),
    )
