"""Files as received to canonical rows; what is not understood goes to quarantine, never lost."""

from collections.abc import Mapping
from pathlib import Path

from qpref.errors import UnreadableFileError
from qpref.intake import mystery, tallies
from qpref.intake.common import Counts, Outcome, Reception, Rejects
from qpref.intake.files import SUFFIXES, read_file
from qpref.intake.mapping import read_export, submissions
from qpref.intake.rows import Corrections
from qpref.intake.survey import SurveyBuilder

__all__ = ["SUFFIXES", "Corrections", "Counts", "Outcome", "Reception", "receive"]

FORMATS = (
    "exports LimeSurvey, Sphinx, JDMA, Tally, Google Forms, Microsoft Forms, Framaforms et SPSS, "
    "saisie au guichet, enquête mystère, fréquentation, relevé des refus"
)


def receive(
    reception: Reception,
    path: Path,
    encoding: str | None = None,
    corrections: Mapping[str, Corrections] | None = None,
) -> Outcome:
    """
    Return what one received file gives, its format being recognised by its content.

    Parameters
    ----------
    reception
        Reference data, campaign and site asked for.
    path
        The file; it is only read.
    encoding
        Of a text file, when the one found is wrong.
    corrections
        Corrected cells, by SHA-256 of the file they correct.

    Raises
    ------
    UnreadableFileError, ColumnsError, UsageError
        See the errors: each says what to do.
    """
    file = read_file(path, encoding)
    file = file.corrected((corrections or {}).get(file.sha256, {}))
    rejects = Rejects(reception, file)
    layout = tallies.layout_of(file)
    if layout:
        return tallies.TallyBuilder(reception, file, layout, rejects).build()
    if mystery.recognises(reception, file):
        return mystery.MysteryBuilder(reception, file, rejects).build()
    export = read_export(reception, file)
    if export is not None:
        source = submissions(reception, file, export, rejects)
        return SurveyBuilder(reception, file, source, rejects).build()
    headings = next((row.cells for sheet in file.sheets for row in sheet.rows[:1]), [])
    seen = ", ".join(str(cell) for cell in headings if str(cell).strip())[:200]
    raise UnreadableFileError(
        f"« {path.name} » : le contenu n’est pas reconnu. Première ligne : {seen or 'vide'}.",
        f"Fichiers reconnus : {FORMATS}. Vérifiez que le fichier n’a pas été modifié.",
    )
