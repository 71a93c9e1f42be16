"""Answers of a large text: read in parts, none of which judges what the whole file tells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from qpref.errors import UnreadableFileError
from qpref.intake import monthly, mystery, tallies
from qpref.intake.ahead import ahead
from qpref.intake.columns import Cells, ReceivedTable, Rows, lines_of, taken
from qpref.intake.common import Counts, Outcome, Reception, Rejects
from qpref.intake.export import LOOKED_AT, Export
from qpref.intake.gathering import Gathering
from qpref.intake.kept import KeptRows
from qpref.intake.mapping import read_exports, submissions
from qpref.intake.rows import Corrections, ReceivedFile, Sheet
from qpref.intake.sheets import with_sheets
from qpref.intake.spool import Spool
from qpref.intake.streams import Moved, NotSoundError, Stream
from qpref.intake.survey import SurveyBuilder, point_out_twins
from qpref.intake.twins import Alike
from qpref.intake.whole import Whole

_HEAD = LOOKED_AT + 50  # rows behind which each part is read: those that are judged by, and above
_MOST_REJECTS = 200_000
_PASSES = 2


@dataclass
class FileInParts:
    """
    A large text, as its dialect reads it.

    Parameters
    ----------
    reception, stream
        What it is received for, and its rows.
    corrections
        Corrected cells, by SHA-256 of the file they correct.
    most
        Rows of a part, at most.
    moved
        Told what share of the work is done.
    """

    reception: Reception
    stream: Stream
    corrections: Mapping[str, Corrections] = field(default_factory=dict)
    most: int = 1_000_000
    moved: Moved = lambda _: None
    _passes: int = 0
    _kept: KeptRows | None = field(default_factory=KeptRows)  # none when rows are no columns

    @cached_property
    def file(self) -> ReceivedFile:
        """The file with its first rows."""
        return self._of(self._first)

    @cached_property
    def export(self) -> Export:
        """
        How its dialect reads its first rows.

        Raises
        ------
        NotSoundError
            If it holds no answers to a questionnaire, or if its reader counts them.
        """
        others = (
            tallies.layout_of(self.file),
            monthly.recognises(self.reception, self.file),
            mystery.recognises(self.reception, self.file),
        )
        found = [] if any(others) else read_exports(self.reception, self.file)
        if len(found) != 1 or found[0].warnings:
            raise NotSoundError
        return found[0]

    def exports(self, whole: Whole) -> Iterator[Export]:
        """
        Yield the parts, at least one: each read behind the first rows, which are judged by.

        The second time, columns that say who answers are empty: nothing reads them.
        """
        for rows in self._again() if self._passes and self._kept else self._read():
            for start in range(0, max(1, len(rows)), self.most):
                yield replace(self.export, rows=rows[start : start + self.most], whole=whole)
        self._passes += 1

    def _read(self) -> Iterator[Rows]:
        """Yield the rows of the file, some at a time; the first time, they are kept."""
        head = self._first[:_HEAD]
        last = int(head.lines[-1])
        is_first = True
        for table in self._tables():
            rows = self.export.rows if is_first else self._below(head, table, last)
            is_first = False
            if not isinstance(rows, ReceivedTable):
                self._kept = None
            elif self._kept and not self._passes:
                self._kept.add(self._anonymous(rows))
            yield rows

    def _again(self) -> Iterator[Rows]:
        """Yield the rows that were kept."""
        for share, rows in ahead(iter(self._kept or ())):
            yield rows
            self._share(share)

    def _anonymous(self, rows: ReceivedTable) -> ReceivedTable:
        """Return rows without what their columns of personal data hold."""
        nothing = Cells.same("", len(rows))
        whose = {column.index for column in self.export.columns if column.role == "personnel"}
        columns = enumerate(rows.columns)
        return ReceivedTable(rows.lines, [nothing if i in whose else own for i, own in columns])

    def _below(self, head: ReceivedTable, table: ReceivedTable, last: int) -> Rows:
        """Return what a dialect makes of rows that it reads below the first ones."""
        found = read_exports(self.reception, self._of(ReceivedTable.joined(head, table)))
        if len(found) != 1 or found[0].kind != self.export.kind or found[0].warnings:
            raise NotSoundError
        return taken(found[0].rows, lines_of(found[0].rows) > last)

    def _of(self, rows: ReceivedTable) -> ReceivedFile:
        stream = self.stream
        sheets = [Sheet("", rows)]
        file = ReceivedFile(
            stream.path.name, stream.sha256, sheets, stream.encoding, stream.separator
        )
        return file.corrected(self.corrections.get(stream.sha256, {}))

    @cached_property
    def _first(self) -> ReceivedTable:
        found = next(self._tables(), None)
        if found is None:
            raise NotSoundError
        return found

    def _tables(self) -> Iterator[ReceivedTable]:
        """Yield the rows block by block; the first block holds more rows than are inspected."""
        head: ReceivedTable | None = None
        is_given = False
        for table in self.stream.tables(self._share):
            if is_given:
                yield table
                continue
            head = table if head is None else ReceivedTable.joined(head, table)
            if len(head) > _HEAD:
                is_given = True
                yield head
        if head is not None and not is_given:
            yield head

    def _share(self, share: float) -> None:
        self.moved((self._passes + share) / _PASSES)


def receive_in_parts(source: FileInParts) -> Outcome:
    """
    Return what a large text gives; its tables, but for the rejects, are in its spool.

    Raises
    ------
    NotSoundError
        If the file must be read whole.
    UnreadableFileError, ColumnsError, UsageError
        As `receive`.
    """
    file, export = source.file, source.export
    gathering = Gathering(source.reception, file, export)
    for part in source.exports(Whole(width=gathering.width)):
        gathering.add(part)
    return _Builder(source, gathering.settled()).build()


class _Builder:
    """Reads each part as a questionnaire's answers, and adds up what they give."""

    def __init__(self, source: FileInParts, whole: Whole) -> None:
        self._source, self._whole = source, whole
        self._rejects = Rejects(source.reception, source.file)
        self._spool = Spool()
        self._alike: list[Alike] = []
        self._ids: list[np.ndarray] = []
        self._counts = Counts(0, 0, 0, 0)
        questions = source.reception.reference.questionnaire(source.reception.campaign.id).questions
        self._ranks = {question.id: f"{rank:04d}" for rank, question in enumerate(questions)}

    def build(self) -> Outcome:
        source = self._source
        for export in source.exports(self._whole):
            own = Rejects(source.reception, source.file)
            read = submissions(source.reception, source.file, export, own)
            builder = SurveyBuilder(source.reception, source.file, read, own)
            outcome = builder.build()
            self._add(outcome, builder.alike, own)
        self._spool.finish()
        places = [site.code for site in source.reception.sites.modalities]
        point_out_twins(self._rejects, export.sheet, Alike.joined(self._alike), places)
        self._refuse_twins()
        made = replace(
            outcome,
            counts=self._counts,
            tables={"rejets": self._rejects.table()},
            spool=self._spool,
        )
        return with_sheets(made, source.file, [export.sheet.name], export.consulted)

    def _add(self, outcome: Outcome, alike: Alike, rejects: Rejects) -> None:
        tables = outcome.tables
        self._spool.add("reponses", tables["reponses"])
        self._spool.add("items", tables["items"])
        for question, rows in tables["verbatims"].groupby("question", sort=False):
            self._spool.add("verbatims", rows, self._ranks[str(question)])
        self._alike.append(alike)
        told = "".join(tables["reponses"]["reponse_id"].to_numpy())
        self._ids.append(np.frombuffer(bytes.fromhex(told), dtype=">u8"))
        self._rejects.absorb(rejects)
        self._counts = self._counts.plus(outcome.counts)
        if len(self._rejects) > _MOST_REJECTS:
            raise UnreadableFileError(
                f"« {self._source.file.name} » : plus de {_MOST_REJECTS} lignes ou cellules "
                "seraient mises de côté. Rien n’est importé.",
                "Vérifiez qu’il s’agit du bon fichier et de la bonne campagne ; sinon, coupez-le "
                "en plusieurs fichiers.",
            )

    def _refuse_twins(self) -> None:
        """Refuse two answers of one identifier (a defect of qpref), as `schema.conform` does."""
        ids = np.sort(np.concatenate(self._ids).astype(np.uint64))
        if (ids[1:] == ids[:-1]).any():
            raise AssertionError("reponses: two rows have the same reponse_id")
