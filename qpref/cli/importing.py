"""What `importer` does with each source: read it, store what it gives, tell it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from qpref.cli.received import note_received, report_import, report_rejects
from qpref.cli.terminal import OUT
from qpref.intake import Corrections, Outcome, Reception, receive
from qpref.intake.remote import RemoteSurvey, fetch
from qpref.project import Project
from qpref.scratch import scratch
from qpref.store import Import, Store, load_corrections
from qpref.store.registry import entry_of
from qpref.written import Kind, put

_UNFILLED = "modèle de saisie pas encore rempli, rien à importer."


@dataclass
class Importing:
    """
    Sources read one by one into one campaign.

    `made` are all the accounts, in order; `stored` those that the store keeps.
    """

    project: Project
    reception: Reception
    encoding: str | None
    is_told: bool
    made: list[Import] = field(default_factory=list)
    stored: list[Import] = field(default_factory=list)

    @cached_property
    def _store(self) -> Store:
        return Store(self.project)

    @cached_property
    def _corrections(self) -> Mapping[str, Corrections]:
        return load_corrections(self.project, self._campaign)

    @property
    def _campaign(self) -> str:
        return self.reception.campaign.id

    def file(self, path: Path) -> None:
        """Import a received file."""
        outcome = self._read(path)
        names = {entry.fichier for entry in self._store.imports(self._campaign)}
        if outcome.is_unfilled and path.name not in names:  # else it empties what was keyed
            self.made.append(entry_of(self.reception, outcome, _now()))
            if self.is_told:
                OUT.print(f"{path.name} : {_UNFILLED}")
            return
        note_received(self.project, path, outcome, self._campaign)
        self._keep(outcome)

    def survey(self, survey: RemoteSurvey, *, may_withdraw: bool) -> None:
        """
        Import all the answers of a survey on a server; they are kept among the received files.

        The file kept is replaced once its answers are stored: a refusal leaves both as they were.
        """
        content = fetch(survey)
        kept = self.project.received / survey.file_name(self._campaign)
        with scratch() as folder:
            path = folder / kept.name
            path.write_bytes(content)
            outcome = self._read(path)
        self._keep(outcome, is_growing=not may_withdraw)
        put(self.project, {kept: content}, Kind("réponses demandées", campaign=self._campaign))

    def _read(self, path: Path) -> Outcome:
        return receive(self.reception, path, self.encoding, self._corrections)

    def _keep(self, outcome: Outcome, *, is_growing: bool = False) -> None:
        entry, change = self._store.add(self.reception, outcome, _now(), is_growing=is_growing)
        self.made.append(entry)
        self.stored.append(entry)
        if self.is_told:
            report_import(entry, change)
            report_rejects(outcome.tables["rejets"])


def _now() -> datetime:
    return datetime.now().astimezone()
