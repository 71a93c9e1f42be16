"""
Answer exports by source. Adding one is a module, a line here, and its test.

A module declares its `NAMES` (what reports call each kind of file that it reads) and its `READERS`:
each returns an `Export`, or None for a file of another source.
"""

from qpref.intake.export import Export
from qpref.intake.formats import forms, jdma, limesurvey, sphinx, spss, table
from qpref.intake.rows import ReceivedFile

SOURCES = (limesurvey, spss, sphinx, jdma, forms)
NAMES = {kind: name for source in (*SOURCES, table) for kind, name in source.NAMES.items()}


def read_source(file: ReceivedFile) -> Export | None:
    """Return the export of a known source, recognised by its own marks, or None."""
    readers = (reader for source in SOURCES for reader in source.READERS)
    return next((found for reader in readers if (found := reader(file))), None)


def read_anything(file: ReceivedFile) -> Export | None:
    """Return the export of a known source, else the first table of the file."""
    return read_source(file) or table.read_any(file)
