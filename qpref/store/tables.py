"""Canonical tables on disk: one Parquet part per received file, one registry per campaign.

A campaign's registry (data/propre/imports/<campagne>.json) lists the parts that count. It is
replaced by one rename, after the parts are written: readers see an import whole or not at all.
"""

from collections.abc import Container
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
from pydantic import ValidationError

from qpref.errors import ConflictError, StorageError, listing
from qpref.lazy import lazy
from qpref.project import Project, spreadsheet_csv, write_atomically
from qpref.schema import typed
from qpref.store import version
from qpref.store.lock import held
from qpref.store.registry import (
    NO_SITE,
    Change,
    Import,
    Registry,
    entry_of,
    is_corrected,
    is_same,
)

parquet = lazy("pyarrow.parquet")

if TYPE_CHECKING:  # those who only read tables need no reader of received files
    from qpref.intake import Outcome, Reception

_KEYS = {"reponses": "reponse_id", "contacts_mysteres": "contact_id"}
_COUNTED = {"population": "La fréquentation", "collecte": "Le relevé des refus"}
_State = tuple[Path, int, int, int]  # of a file: another one at the same place has another
_HELD: dict[tuple[str, *tuple[_State, ...]], pd.DataFrame] = {}
_HELD_CAMPAIGN, _HELD_MOST = 4_000_000, 8_000_000  # bytes of parts: of one campaign, of all


def _state(path: Path) -> _State:
    found = path.stat()
    return path, found.st_mtime_ns, found.st_ino, found.st_size


def _content(part: Path) -> pa.Table:
    """Return one part, as it was written."""
    try:
        return parquet.ParquetFile(part).read(use_threads=False)
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise StorageError(
            f"La partie « {part} » est illisible ({str(error)[:200]}).", version.AGAIN
        ) from error


def _together(parts: list[pa.Table]) -> pd.DataFrame:
    if not any(pa.types.is_dictionary(column.type) for column in parts[0].schema):
        parts = [pa.concat_tables(parts, promote_options="permissive")]
    frames: list[pd.DataFrame] = [part.to_pandas() for part in parts]
    return frames[0] if len(frames) == 1 else pd.concat(frames)  # whose categories differ


def _joined(table: str, parts: list[pa.Table]) -> pd.DataFrame:
    """Return parts as one table; their values were checked when they were written."""
    try:
        return typed(table, _together(parts) if parts else [])
    except (KeyError, pa.ArrowException) as error:
        raise StorageError(
            f"La table « {table} » a été écrite par une autre version de qpref.",
            "Réimportez les fichiers reçus : qpref importer FICHIER… --campagne CAMPAGNE.",
        ) from error


@lru_cache(maxsize=32)
def _registry_of(state: _State) -> Registry:
    """Return a registry; it is read again when its file is another."""
    return Registry.model_validate_json(state[0].read_bytes())


class Store:
    """The canonical tables of one project."""

    def __init__(self, project: Project) -> None:
        self._root = project.clean
        self._quarantine = project.quarantine

    def imports(self, campaign: str) -> list[Import]:
        """Return the live imports of a campaign, in order of file name."""
        return sorted(self._registry(campaign).imports, key=lambda entry: entry.fichier)

    def read(self, table: str, campaign: str, site: str) -> pd.DataFrame:
        """
        Return the rows of a table for one campaign and site; empty when there are none.

        Parts are read by exact path: the cost does not grow with the number of sites.
        """
        for attempt in (1, 2):
            parts = [
                self.part(table, campaign, site, entry.parts[table][site])
                for entry in self.imports(campaign)
                if site in entry.parts.get(table, {})
            ]
            try:
                held = _HELD.get((table, *map(_state, parts)))
                if held is not None:
                    return held.copy(deep=False)  # pandas copies what the caller writes
                found = [_content(part) for part in parts]
            except FileNotFoundError:  # replaced between the registry and the part: look again
                if attempt == 2:  # noqa: PLR2004
                    raise
                continue
            break
        return _joined(table, found)

    def hold(self, campaign: str) -> None:
        """
        Keep the tables of a campaign in memory, if they are small; the oldest kept make room.

        For a process from which others are forked, that would each read the same tables.
        """
        listed = (
            (table, site, name)
            for entry in self.imports(campaign)
            for table, sites in entry.parts.items()
            for site, name in sites.items()
        )
        found: dict[tuple[str, str], list[_State]] = {}
        weight = 0
        for table, site, name in listed:
            state = _state(self.part(table, campaign, site, name))
            found.setdefault((table, site), []).append(state)
            weight += state[-1]
            if weight > _HELD_CAMPAIGN:  # known early: there may be thousands of parts, on a share
                return
        for (table, site), states in found.items():
            _HELD[table, *states] = self.read(table, campaign, site)
        while sum(state[-1] for _, *states in _HELD for state in states) > _HELD_MOST:
            del _HELD[next(iter(_HELD))]  # the oldest

    def files(self, entry: Import, sites: Container[str]) -> list[Path]:
        """Return the parts of an import that hold rows of some sites, or of none in particular."""
        return [
            self.part(table, entry.campagne, site, name)
            for table, parts in entry.parts.items()
            for site, name in parts.items()
            if site in sites or site == NO_SITE
        ]

    def registry_file(self, campaign: str) -> Path:
        """Return the file that lists the live imports of a campaign."""
        return self._root / "imports" / f"{campaign}.json"

    def rejects(self, campaign: str) -> pd.DataFrame:
        """
        Return what the live imports of a campaign set aside, all sites, by file and line.

        `sha256` tells apart two files of the same name.
        """
        frames = [
            self.rows_of(entry, "rejets").assign(sha256=entry.sha256)
            for entry in self.imports(campaign)
        ]
        empty = typed("rejets", []).assign(sha256=pd.Series(dtype="str"))
        rows = pd.concat([empty, *frames], ignore_index=True)
        return rows.sort_values(["fichier", "feuille", "ligne"], kind="stable", ignore_index=True)

    def add(
        self, reception: "Reception", outcome: "Outcome", now: datetime
    ) -> tuple[Import, Change]:
        """
        Store what one received file gave; return its entry and what it changed.

        The same file changes nothing. A file of the same name, kind and sites replaces the rows
        of the earlier one.

        Raises
        ------
        ConflictError
            If rows are already stored from another file, or real data would mix with invented.
        StorageError
            If the store is held by another run or cannot be written.
        """
        campaign = reception.campaign.id
        with held(self._root):
            version.upgrade(self._root)
            registry = self._registry(campaign)
            entry = entry_of(reception, outcome, now)
            same = next((old for old in registry.imports if is_same(old, entry)), None)
            if same:
                self._write_quarantine(outcome, campaign, registry.imports)  # it may have failed
                return same, Change(etat="inchange")
            previous = next((old for old in registry.imports if is_corrected(old, entry)), None)
            others = [old for old in registry.imports if old is not previous]
            self._refuse_conflicts(outcome, entry, others)
            change = self._compare(outcome, previous)
            self._write_parts(outcome, entry)
            content = Registry(imports=[*others, entry]).model_dump_json(indent=1)
            write_atomically(self.registry_file(campaign), content.encode())
            self._drop_orphans(campaign)
            self._write_quarantine(outcome, campaign, [*others, entry])
        return entry, change

    def upgrade(self) -> list[int]:
        """Bring the store to this version's layout; return the layouts left behind."""
        with held(self._root):
            return version.upgrade(self._root)

    def late(self) -> int:
        """Return how many layouts the store is behind this version's."""
        return max(0, version.LAYOUT - version.layout_of(self._root))

    def _registry(self, campaign: str) -> Registry:
        version.check(self._root)
        path = self.registry_file(campaign)
        try:
            return _registry_of(_state(path))
        except FileNotFoundError:
            return Registry()
        except (OSError, ValidationError) as error:
            raise StorageError(
                f"Le registre des imports « {path} » est illisible.",
                version.AGAIN,
            ) from error

    def part(self, table: str, campaign: str, site: str, name: str) -> Path:
        """Return where a part is."""
        return self._root / table / f"campagne={campaign}" / f"site={site}" / name

    def _write_parts(self, outcome: "Outcome", entry: Import) -> None:
        for table, sites in entry.parts.items():
            frame = outcome.tables[table]
            for site, name in sites.items():
                rows = frame.loc[frame["site"] == ("" if site == NO_SITE else site)]
                content = rows.to_parquet(None, index=False)
                write_atomically(self.part(table, entry.campagne, site, name), content)

    def _drop_orphans(self, campaign: str) -> None:
        """Remove the parts that the registry does not list: replaced, or of an import cut short."""
        listed = {
            self.part(table, campaign, site, name)
            for entry in self._registry(campaign).imports
            for table, sites in entry.parts.items()
            for site, name in sites.items()
        }
        for path in self._root.glob(f"*/campagne={campaign}/site=*/*"):
            if path not in listed:
                path.unlink(missing_ok=True)

    def _write_quarantine(self, outcome: "Outcome", campaign: str, live: list[Import]) -> None:
        """
        Write the rejects of a file for the analyst, or remove a list that is now empty.

        Files of one name, from several sites, share one list.
        """
        file = outcome.file
        path = self._quarantine / campaign / f"{file.name}.csv"
        namesakes = [e for e in live if e.fichier == file.name and e.sha256 != file.sha256]
        found = [outcome.tables["rejets"], *(self.rows_of(e, "rejets") for e in namesakes)]
        rejects = pd.concat(found, ignore_index=True) if namesakes else found[0]
        if len(rejects):
            write_atomically(path, spreadsheet_csv(rejects))
        else:
            path.unlink(missing_ok=True)

    def rows_of(
        self, entry: Import, table: str, sites: Container[str] | None = None
    ) -> pd.DataFrame:
        """Return the rows that an import gave a table, at some sites or at all."""
        found = [
            _content(self.part(table, entry.campagne, site, name))
            for site, name in entry.parts.get(table, {}).items()
            if sites is None or site in sites
        ]
        return _joined(table, found)

    def _refuse_conflicts(self, outcome: "Outcome", entry: Import, others: list[Import]) -> None:
        mixed = [old.fichier for old in others if old.fictif != entry.fictif]
        if mixed:
            kind = "fictives" if entry.fictif else "réelles"
            raise ConflictError(
                f"« {entry.fichier} » contient des données {kind}, la campagne {entry.campagne} "
                f"contient déjà des données de l’autre sorte ({listing(mixed)}).",
                "Videz data/propre, ou importez dans un autre dossier de projet (--racine).",
            )
        for table, key in _KEYS.items():
            if table in outcome.tables:
                frame = outcome.tables[table]
                digests = dict(zip(frame[key], frame["empreinte"], strict=True))
                self._refuse_known(entry, others, table, digests)
        for table, name in _COUNTED.items():
            known = [
                old.fichier
                for old in others
                if set(old.parts.get(table, {})) & set(entry.parts.get(table, {}))
            ]
            if known:
                raise ConflictError(
                    f"{name} de la campagne {entry.campagne} vient déjà de {listing(known)}.",
                    f"Pour corriger, renommez « {entry.fichier} » comme ce fichier.",
                )

    def _refuse_known(
        self, entry: Import, others: list[Import], table: str, rows: dict[str, str]
    ) -> None:
        key = _KEYS[table]
        for old in others:
            if old.nature != entry.nature:
                continue  # an identifier is drawn from its site too: others need not be read
            before = self.rows_of(old, table, entry.parts.get(table, {}))
            digests = dict(zip(before[key], before["empreinte"], strict=True))
            known = rows.keys() & digests.keys()
            if known:
                differing = sum(rows[name] != digests[name] for name in known)
                raise ConflictError(
                    f"« {entry.fichier} » contient {len(known)} ligne(s) déjà importée(s) depuis "
                    f"« {old.fichier} », dont {differing} différente(s).",
                    "Si ce fichier corrige l’autre, donnez-lui le même nom ; "
                    "sinon, retirez les lignes en double.",
                )

    def _compare(self, outcome: "Outcome", previous: Import | None) -> Change:
        """Count rows added, corrected and withdrawn, by identifier and digest."""
        if previous is None:
            return Change(etat="nouveau", ajoutees=outcome.counts.kept)
        before: dict[str, str] = {}
        after: dict[str, str] = {}
        for table, key in _KEYS.items():
            old = self.rows_of(previous, table)
            before |= dict(zip(old[key], old["empreinte"], strict=True))
            if table in outcome.tables:
                new = outcome.tables[table]
                after |= dict(zip(new[key], new["empreinte"], strict=True))
        return Change(
            etat="remplace",
            ajoutees=len(after.keys() - before.keys()),
            retirees=len(before.keys() - after.keys()),
            modifiees=sum(before[name] != after[name] for name in before.keys() & after.keys()),
        )
