"""Turn received files into canonical rows; what is not understood goes to quarantine."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from qpref.intake import complaints, monthly, mystery, tallies
from qpref.intake.common import Counts, Dating, Outcome, Reception, Rejects
from qpref.intake.export import Export
from qpref.intake.files import SUFFIXES, is_large, read_file
from qpref.intake.mapping import read_exports, submissions
from qpref.intake.parts import FileInParts, receive_in_parts
from qpref.intake.rows import Corrections, ReceivedFile
from qpref.intake.sheets import merged, not_recognised, with_sheets
from qpref.intake.streams import Moved, NotSoundError, Stream
from qpref.intake.survey import SurveyBuilder

__all__ = [
    "SUFFIXES", "Corrections", "Counts", "Dating", "Moved", "Outcome", "Reception", "receive",
]  # fmt: skip


def receive(
    reception: Reception,
    path: Path,
    encoding: str | None = None,
    corrections: Mapping[str, Corrections] | None = None,
    moved: Moved = lambda _: None,
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
    moved
        Told what share of a large file is read.

    Raises
    ------
    UnreadableFileError, ColumnsError, UsageError
        See the errors: each says what to do.
    """
    if is_large(path):
        source = FileInParts(reception, Stream(path, encoding), corrections or {}, moved=moved)
        with suppress(NotSoundError):  # then read whole, if it is not too large for that
            return receive_in_parts(source)
    file = read_file(path, encoding)
    file = file.corrected((corrections or {}).get(file.sha256, {}))
    layout = tallies.layout_of(file)
    if layout:
        rejects = Rejects(reception, file)
        tally = tallies.TallyBuilder(reception, file, layout, rejects)
        return with_sheets(tally.build(), file, [tally.sheet_name])
    if monthly.recognises(reception, file):
        months = monthly.MonthlyBuilder(reception, file, Rejects(reception, file))
        return with_sheets(months.build(), file, months.sheet_names)
    if complaints.recognises(reception, file):
        register = complaints.RegisterBuilder(reception, file, Rejects(reception, file))
        return with_sheets(register.build(), file, register.sheet_names)
    if mystery.recognises(reception, file):
        rejects = Rejects(reception, file)
        outcome = mystery.MysteryBuilder(reception, file, rejects).build()
        return with_sheets(outcome, file, mystery.sheets_of(reception, file))
    exports = read_exports(reception, file)
    if exports:
        return _survey(reception, file, exports)
    raise not_recognised(file)


def _survey(reception: Reception, file: ReceivedFile, exports: Sequence[Export]) -> Outcome:
    """Return what the answers of all sheets give, each read as a questionnaire of its own."""
    sources = []
    for export in exports:
        rejects = Rejects(reception, file)
        sources.append((submissions(reception, file, export, rejects), rejects))
    numbers = [number for source, _ in sources for number in source.numbers]
    restarts = len(sources) > 1 and ("" in numbers or len(set(numbers)) < len(numbers))
    outcomes = [
        SurveyBuilder(
            reception, file, replace(source, part=source.sheet.name if restarts else ""), rejects
        ).build()
        for source, rejects in sources
    ]
    read = [export.sheet.name for export in exports]
    beside = {name for export in exports for name in export.consulted}
    return with_sheets(merged(outcomes), file, read, beside)
