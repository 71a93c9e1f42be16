"""Files as received to canonical rows; what is not understood goes to quarantine, never lost."""

from pathlib import Path

from qpref.errors import UnreadableFileError
from qpref.intake import counter, flow, limesurvey, mystery
from qpref.intake.common import Counts, Outcome, Rejects, Setting
from qpref.intake.files import read_file
from qpref.intake.survey import SurveyBuilder

__all__ = ["Counts", "Outcome", "Setting", "receive"]

FORMATS = (
    "export LimeSurvey (CSV), saisie au guichet, enquête mystère (classeurs), fréquentation (CSV)"
)


def receive(setting: Setting, path: Path) -> Outcome:
    """
    Return what one received file gives, its format being recognised by its content.

    Parameters
    ----------
    setting
        Reference data, campaign and site asked for.
    path
        The file; it is only read.

    Raises
    ------
    UnreadableFileError, ColumnsError, UsageError
        See the errors: each says what to do.
    """
    file = read_file(path)
    rejects = Rejects(setting, file)
    if limesurvey.recognises(file):
        source = limesurvey.read(setting, file, rejects)
        return SurveyBuilder(setting, file, source, rejects).build()
    if flow.recognises(file):
        return flow.FlowBuilder(setting, file, rejects).build()
    if mystery.recognises(setting, file):
        return mystery.MysteryBuilder(setting, file, rejects).build()
    if counter.recognises(setting, file):
        source = counter.read(setting, file, rejects)
        return SurveyBuilder(setting, file, source, rejects).build()
    headings = next((row.cells for sheet in file.sheets for row in sheet.rows[:1]), [])
    seen = ", ".join(str(cell) for cell in headings if str(cell).strip())[:200]
    raise UnreadableFileError(
        f"« {path.name} » : le contenu n’est pas reconnu. Première ligne : {seen or 'vide'}.",
        f"Fichiers reconnus : {FORMATS}. Vérifiez que le fichier n’a pas été modifié.",
    )
