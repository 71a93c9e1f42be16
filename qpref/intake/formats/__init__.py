"""
Answer exports by source. Adding one is a module, a line here, and its test.

A module declares its `NAMES` (what reports call each kind of file that it reads) and its `READERS`:
each returns an `Export`, or None for a file of another source.
"""

from qpref.errors import UnreadableFileError
from qpref.intake.export import Export
from qpref.intake.formats import (
    forms,
    jdma,
    limesurvey,
    platforms,
    redcap,
    sphinx,
    spss,
    table,
    tablets,
)
from qpref.intake.rows import ReceivedFile

SOURCES = (limesurvey, spss, jdma, platforms, tablets, redcap, forms, sphinx)
NAMES = {kind: name for source in (*SOURCES, table) for kind, name in source.NAMES.items()}


def read_source(file: ReceivedFile) -> list[Export]:
    """
    Return the exports of a known source, one a sheet that holds answers; none if it is unknown.

    The source is that of the first sheet recognised; the other sheets are read as the same one.

    Raises
    ------
    UnreadableFileError
        If the file is the definition of a form, without any answer.
    """
    sheets = [sheet for sheet in file.sheets if sheet.rows]
    if any(map(tablets.defines_form, sheets)):
        raise UnreadableFileError(
            f"« {file.name} » est la définition d’un formulaire KoboToolbox ou ODK (XLSForm : une "
            "ligne par question), sans les réponses.",
            "Exportez les réponses du formulaire (Données, Téléchargements), puis importez-les.",
        )
    for reader in (reader for source in SOURCES for reader in source.READERS):
        found = [export for sheet in sheets if (export := reader(file, sheet))]
        if found:
            return found
    return []


def read_anything(file: ReceivedFile) -> list[Export]:
    """Return the exports of a known source, else the tables of the file."""
    return read_source(file) or table.read_any(file)
