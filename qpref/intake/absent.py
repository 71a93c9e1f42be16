"""Questions that no column of a file answers: named, or a reason to stop the import."""

from collections.abc import Collection, Sequence

from qpref.errors import ColumnsError, listing, suggestion
from qpref.intake.common import Reception, refuse_other_model
from qpref.intake.export import Export
from qpref.intake.places import Place, places_of
from qpref.intake.rows import ReceivedFile
from qpref.reference import Question, Questionnaire

_REMEDY = (
    " ; si une colonne non lue y répond, écrivez son intitulé dans les « entetes » de la question "
    "(data/reference/questionnaire), et importez de nouveau"
)


def absence(missing: Sequence[Question], unread: Collection[str]) -> list[str]:
    """Return the warning that names them; where columns were not read, what to do of those."""
    names = [question.texte_court for question in missing]
    return [f"questions absentes : {listing(names)}{_REMEDY if unread else ''}"] if names else []


def answered_by(
    reception: Reception, file: ReceivedFile, export: Export
) -> tuple[dict[str, Place], list[Question]]:
    """
    Return where the campaign's questions are answered, and those that no column answers.

    Raises
    ------
    ColumnsError
        If the sheet was printed from another questionnaire, or a satisfaction question lacks.
    """
    questionnaire = reception.reference.questionnaire(reception.campaign.id)
    refuse_other_model(file, export.preamble, questionnaire.mark)
    places = places_of(export, questionnaire)
    return places, _missing_from(file, export, places, questionnaire)


def _missing_from(
    file: ReceivedFile, export: Export, places: dict[str, Place], questionnaire: Questionnaire
) -> list[Question]:
    """Return the questions that no column answers; stop the import for one of satisfaction."""
    found = [q for q in questionnaire.questions if q.variable not in places and q.kind.is_asked]
    _refuse_missing(file, export, found, questionnaire)
    return found


def _refuse_missing(
    file: ReceivedFile, export: Export, missing: list[Question], questionnaire: Questionnaire
) -> None:
    """Stop the import when a satisfaction question has no column; others are only named."""
    opinions = {question.id for question in questionnaire.opinions}
    lost = [question for question in missing if question.id in opinions]
    if not lost:
        return
    by_code = export.known_by_code and any(c.code for c in export.columns)
    names = [
        (q.limesurvey if by_code and q.limesurvey else (q.entetes or [q.texte])[0]) for q in lost
    ]
    sheet = f", feuille « {export.sheet.name} »" if export.sheet.name else ""
    close = suggestion(names[0], [column.heading for column in export.columns])
    raise ColumnsError(
        f"« {file.name} »{sheet} : colonnes absentes : {listing(names)}.{close}",
        "Rétablissez ces intitulés, ou ajoutez les vôtres (clés « entetes », « limesurvey » ou "
        f"« codes ») au questionnaire {questionnaire.id}.",
    )
