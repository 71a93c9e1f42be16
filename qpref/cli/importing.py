"""The `importer` command, source by source: read, store, report what happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from qpref.cli.received import note_received, report_import, report_rejects
from qpref.cli.terminal import OUT
from qpref.errors import ConflictError, UsageError
from qpref.intake import Corrections, Moved, Outcome, Reception, receive
from qpref.intake.folders import Found
from qpref.intake.remote import RemoteSurvey, fetch
from qpref.project import Project
from qpref.scratch import scratch
from qpref.store import Import, Store, load_corrections
from qpref.store.registry import entry_of, is_corrected
from qpref.written import Kind, put

_UNFILLED = "modèle de saisie pas encore rempli, rien à importer."


@dataclass
class Importing:
    """
    Sources read one by one into one campaign.

    `made` are all the accounts, in order, named as they are told; `stored` those that the store
    keeps.
    """

    project: Project
    reception: Reception
    encoding: str | None
    is_told: bool
    made: list[Import] = field(default_factory=list)
    stored: list[Import] = field(default_factory=list)
    _before: list[tuple[str, Import]] = field(default_factory=list)

    @cached_property
    def _store(self) -> Store:
        return Store(self.project)

    @cached_property
    def _corrections(self) -> Mapping[str, Corrections]:
        return load_corrections(self.project, self._campaign)

    @property
    def _campaign(self) -> str:
        return self.reception.campaign.id

    def file(self, found: Found, moved: Moved) -> None:
        """Import a received file, of the site that its folder names."""
        reception = self._sited(found)
        outcome = self._read(found.path, reception, moved)
        entry = entry_of(reception, outcome, _now())
        names = {entry.fichier for entry in self._store.imports(self._campaign)}
        if outcome.is_unfilled and entry.fichier not in names:  # else it empties what was keyed
            self.made.append(entry.model_copy(update={"fichier": found.name}))
            if self.is_told:
                OUT.print(f"{found.name} : {_UNFILLED}")
            return
        self._refuse_namesake(found, entry)
        note_received(self.project, found.path, outcome, self._campaign)
        self._keep(outcome, reception, found.name)

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
            outcome = self._read(path, self.reception)
        self._keep(outcome, self.reception, kept.name, is_growing=not may_withdraw)
        put(self.project, {kept: content}, Kind("réponses demandées", campaign=self._campaign))

    def _sited(self, found: Found) -> Reception:
        """Return what a file is received for: the site asked for, else that of its folder."""
        asked = self.reception.asked_site
        if asked and found.site and asked != found.site:
            raise UsageError(
                f"« {found.name} » est dans un dossier du site {found.site}, et --site demande "
                f"{asked}.",
                "Enlevez --site, ou déplacez le fichier.",
            )
        if asked or not found.site:
            return self.reception
        return replace(self.reception, asked_site=found.site)

    def _refuse_namesake(self, found: Found, entry: Import) -> None:
        """Refuse a file that would take the place of another of the same run."""
        for name, before in self._before:
            if entry.sha256 != before.sha256 and is_corrected(before, entry):
                raise ConflictError(
                    f"« {name} » et « {found.name} » portent le même nom et concernent le même "
                    "site : le second remplacerait le premier.",
                    "Renommez l’un des deux ; ou, si l’un corrige l’autre, retirez l’ancien.",
                )
        self._before.append((found.name, entry))

    def _read(self, path: Path, reception: Reception, moved: Moved = lambda _: None) -> Outcome:
        return receive(reception, path, self.encoding, self._corrections, moved)

    def _keep(
        self, outcome: Outcome, reception: Reception, name: str, *, is_growing: bool = False
    ) -> None:
        entry, change = self._store.add(reception, outcome, _now(), is_growing=is_growing)
        told = entry.model_copy(update={"fichier": name})
        self.made.append(told)
        self.stored.append(told)
        if self.is_told:
            report_import(entry, change, name)
            report_rejects(outcome.tables["rejets"])


def _now() -> datetime:
    return datetime.now().astimezone()
