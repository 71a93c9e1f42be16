"""Answer exports by source. Adding one is a module with a `read`, a line here, and its test."""

from collections.abc import Callable

from qpref.intake.export import Export
from qpref.intake.formats import forms, jdma, limesurvey, sphinx, spss, table
from qpref.intake.rows import ReceivedFile

READERS: tuple[Callable[[ReceivedFile], Export | None], ...] = (
    limesurvey.read,
    spss.read,
    sphinx.read,
    jdma.read,
    forms.read_tally,
    forms.read_google,
    forms.read_microsoft,
    forms.read_framaforms,
)


def read_source(file: ReceivedFile) -> Export | None:
    """Return the export of a known source, recognised by its own marks, or None."""
    return next((found for reader in READERS if (found := reader(file))), None)


def read_anything(file: ReceivedFile) -> Export | None:
    """Return the export of a known source, else the first table of the file."""
    return read_source(file) or table.read_any(file)
