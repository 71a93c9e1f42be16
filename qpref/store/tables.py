"""Canonical tables on disk: one Parquet part per received file, one registry per campaign.

A campaign's registry (data/propre/imports/<campagne>.json) lists the parts that count. It is
replaced by one rename, after the parts are written: readers see an import whole or not at all.
Lost or damaged, it is read from the parts themselves: only what says the same as a received file
is ever removed.
"""

from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from qpref.errors import StorageError
from qpref.project import Project, write_atomically
from qpref.schema import typed
from qpref.spreadsheets import spreadsheet_csv
from qpref.store import parts, version
from qpref.store.conflicts import compare, refuse_conflicts, refuse_withdrawn
from qpref.store.joining import joined, joined_apart
from qpref.store.lock import held
from qpref.store.rebuilding import path_of, rebuilt, set_aside, unlisted
from qpref.store.registry import (
    NO_SITE,
    Change,
    Import,
    Registry,
    entry_of,
    is_corrected,
    is_same,
)
from qpref.written import Kind, put, remove

if TYPE_CHECKING:  # those who only read tables need no reader of received files
    from qpref.intake import Outcome, Reception

_State = tuple[Path, int, int, int]  # of a file: another one at the same place has another
_HELD: dict[tuple[str, *tuple[_State, ...]], pd.DataFrame] = {}
_HELD_CAMPAIGN, _HELD_MOST = 4_000_000, 8_000_000  # bytes of parts: of one campaign, of all


def _state(path: Path) -> _State:
    found = path.stat()
    return path, found.st_mtime_ns, found.st_ino, found.st_size


def _held_of(table: str, paths: list[Path]) -> pd.DataFrame | None:
    """Return what is held of parts, unless one is not there any more."""
    try:
        return _HELD.get((table, *map(_state, paths)))
    except FileNotFoundError:
        return None


@lru_cache(maxsize=32)
def _registry_of(state: _State) -> Registry:
    """Return a registry; it is read again when its file is another."""
    return Registry.read(state[0].read_bytes(), state[0].stem)


class Store:
    """The canonical tables of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._root = project.clean

    def imports(self, campaign: str) -> list[Import]:
        """Return the live imports of a campaign, in order of file name."""
        return [*self._registry(campaign).ordered]

    def digest(self, campaign: str) -> str:
        """Return what tells the live imports of a campaign from those of another moment."""
        return self._registry(campaign).digest

    def sites_of(self, campaign: str) -> set[str]:
        """Return the sites that the imports of a campaign have rows of."""
        return {
            site
            for entry in self.imports(campaign)
            for site, kept in entry.gardees_par_site.items()
            if kept and site != NO_SITE
        }

    def read(self, table: str, campaign: str, site: str) -> pd.DataFrame:
        """Return the rows of a table for one campaign and site; empty when there are none."""
        return self.read_together(table, campaign, [site])[site]

    def read_together(
        self, table: str, campaign: str, sites: Sequence[str]
    ) -> dict[str, pd.DataFrame]:
        """
        Return the rows of a table for one campaign, site by site; empty where there are none.

        Parts are read by exact path: other sites cost nothing. Those of all become one table.
        """
        for attempt in (1, 2):
            listed = self._listed(table, campaign, sites)
            try:
                held = {site: _held_of(table, [p for p, _ in own]) for site, own in listed.items()}
                missing = [site for site in sites if held[site] is None]
                found = {site: [parts.content(*one) for one in listed[site]] for site in missing}
            except parts.LostPartError:  # replaced between the registry and the part: look again
                if attempt == 2:  # noqa: PLR2004
                    raise
                continue
            break
        known = {site: one.copy(deep=False) for site, one in held.items() if one is not None}
        return known | joined_apart(table, found)  # pandas copies what the caller writes

    def _listed(
        self, table: str, campaign: str, sites: Sequence[str]
    ) -> dict[str, list[tuple[Path, Import]]]:
        """Return the parts of a table for some sites, each with its import."""
        known = self._registry(campaign).parts
        return {
            site: [(self.part(table, campaign, site, name), entry)
                   for name, entry in known.get((table, site), ())]
            for site in sites
        }  # fmt: skip

    def hold(self, campaign: str) -> None:
        """
        Keep the tables of a campaign in memory, if they are small; the oldest kept make room.

        For a process from which others are forked, that would each read the same tables.
        """
        found: dict[tuple[str, str], list[_State]] = {}
        weight = 0
        for (table, site), own in self._registry(campaign).parts.items():
            states = [_state(self.part(table, campaign, site, name)) for name, _ in own]
            found[table, site] = states
            weight += sum(state[-1] for state in states)
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
            self.rows_of(entry, "rejets", entry.parts.get("rejets", {})).assign(sha256=entry.sha256)
            for entry in self.imports(campaign)
        ]
        empty = typed("rejets", []).assign(sha256=pd.Series(dtype="str"))
        rows = pd.concat([empty, *frames], ignore_index=True)
        return rows.sort_values(["fichier", "feuille", "ligne"], kind="stable", ignore_index=True)

    def add(
        self,
        reception: "Reception",
        outcome: "Outcome",
        now: datetime,
        *,
        is_growing: bool = False,
    ) -> tuple[Import, Change]:
        """
        Store what one received file gave; return its entry and what it changed.

        The same file changes nothing. A file of the same name, kind and sites replaces the rows
        of the earlier one; of one that only grows (`is_growing`), no row may be missing.

        Raises
        ------
        ConflictError
            If rows are already stored from another file, real data would mix with invented, or a
            growing file lost rows.
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
                return same, self._repair(outcome, same, registry.imports)
            previous = next((old for old in registry.imports if is_corrected(old, entry)), None)
            others = [old for old in registry.imports if old is not previous]
            refuse_conflicts(self._left_of, outcome, entry, others)
            change = compare(self._left_of, outcome, previous)
            if is_growing:
                refuse_withdrawn(entry, change)
            self._keep(registry, campaign)  # from the first part on, the registry is there
            self._write_parts(outcome, entry)
            self._keep(Registry(imports=[*others, entry]), campaign)
            self._drop_orphans(campaign)
            self._write_quarantine(outcome, campaign, [*others, entry])
        return entry, change

    def _repair(self, outcome: "Outcome", entry: Import, live: list[Import]) -> Change:
        """Write again the parts of an import that are lost or do not hold what its file gives."""
        name = outcome.file.name
        given = [
            (path, table, parts.named(rows, entry, name))
            for path, table, rows in self._rows(outcome, entry)
        ]
        lost = [(p, rows) for p, table, rows in given if not parts.holds(p, table, rows, entry)]
        spooled = [one for one in self._spooled(outcome, entry) if not parts.is_sound(one[0])]
        if not lost and not spooled:
            return Change(etat="inchange")
        others = [old for old in live if old is not entry]
        refuse_conflicts(self._left_of, outcome, entry, others)
        for path, rows in lost:
            parts.write(path, rows, entry)
        parts.write_spooled(spooled, entry)
        self._keep(Registry(imports=live), entry.campagne)
        return Change(etat="repare", refaites=len(lost) + len(spooled))

    def upgrade(self) -> list[int]:
        """Bring the store to this version's layout; return the layouts left behind."""
        with held(self._root):
            return version.upgrade(self._root)

    def late(self) -> int:
        """Return how many layouts the store is behind this version's."""
        return max(0, version.LAYOUT - version.layout_of(self._root))

    def campaigns(self) -> list[str]:
        """Return the campaigns that have a registry or parts."""
        registries = {path.stem for path in (self._root / "imports").glob("*.json")}
        folders = {path.name.partition("=")[2] for path in self._root.glob("*/campagne=*")}
        return sorted(registries | folders)

    def _registry(self, campaign: str) -> Registry:
        version.check(self._root)
        path = self.registry_file(campaign)
        try:
            return _registry_of(_state(path))
        except (FileNotFoundError, ValueError):
            return rebuilt(self._root, campaign)
        except OSError as error:
            raise StorageError(
                f"Le registre des imports « {path} » est illisible ({error.strerror or error}).",
                "Vérifiez les droits et l’accès au dossier, puis recommencez.",
            ) from error

    def _keep(self, registry: Registry, campaign: str) -> None:
        path, content = self.registry_file(campaign), registry.encoded()
        if not path.is_file() or path.read_bytes() != content:
            write_atomically(path, content, is_private=True)

    def part(self, table: str, campaign: str, site: str, name: str) -> Path:
        """Return where a part is."""
        return path_of(self._root, table, campaign, site, name)

    def _rows(self, outcome: "Outcome", entry: Import) -> Iterator[tuple[Path, str, pd.DataFrame]]:
        """Yield each part of an import: where it is, its table, and its rows."""
        for table, sites in entry.parts.items():
            frame = outcome.tables.get(table)
            if frame is None:  # in the spool
                continue
            for site, name in sites.items():
                rows = frame.loc[frame["site"] == ("" if site == NO_SITE else site)]
                yield self.part(table, entry.campagne, site, name), table, rows

    def _write_parts(self, outcome: "Outcome", entry: Import) -> None:
        for path, _, rows in self._rows(outcome, entry):
            parts.write(path, rows, entry)
        parts.write_spooled(self._spooled(outcome, entry), entry)

    def _spooled(
        self, outcome: "Outcome", entry: Import
    ) -> Iterator[tuple[Path, Iterator[pa.Table]]]:
        """Yield each part of a large import: where it is, and its rows some at a time."""
        spool = outcome.spool
        for table in spool.tables() if spool else ():
            for site, name in entry.parts[table].items():
                path = self.part(table, entry.campagne, site, name)
                yield path, spool.parts(table, site) if spool else iter(())

    def _drop_orphans(self, campaign: str) -> None:
        """Remove the parts that the registry does not list: replaced, or of an import cut short."""
        old, forgotten = unlisted(self._root, campaign, self._registry(campaign).imports)
        for path in old:
            path.unlink(missing_ok=True)
        set_aside(self._root, forgotten)

    def _write_quarantine(self, outcome: "Outcome", campaign: str, live: list[Import]) -> None:
        """
        Write the rejects of a file for the analyst, or remove a list that is now empty.

        A list that somebody changed is kept.
        Files of one name, from several sites, share one list.
        """
        file = outcome.file
        path = self._project.quarantine / campaign / f"{file.name}.csv"
        namesakes = [e for e in live if e.fichier == file.name and e.sha256 != file.sha256]
        found = [outcome.tables["rejets"], *(self._left_of(e, "rejets") for e in namesakes)]
        rejects = pd.concat(found, ignore_index=True) if namesakes else found[0]
        if len(rejects):
            kind = Kind("liste de ce qui est mis de côté", campaign=campaign)
            put(self._project, {path: spreadsheet_csv(rejects)}, kind)
        else:
            remove(self._project, path)

    def rows_of(self, entry: Import, table: str, sites: Container[str]) -> pd.DataFrame:
        """
        Return the rows that an import gave a table, at some sites.

        Raises
        ------
        LostPartError
            If they are lost.
        """
        listed = entry.parts.get(table, {}).items()
        paths = [self.part(table, entry.campagne, s, name) for s, name in listed if s in sites]
        return joined(table, [parts.content(path, entry) for path in paths])

    def _left_of(
        self, entry: Import, table: str, sites: Container[str] | None = None
    ) -> pd.DataFrame:
        """Return the rows that are left of what an import gave a table; lost parts hold none."""
        found = []
        for site in entry.parts.get(table, {}):
            if sites is None or site in sites:
                with suppress(parts.LostPartError):
                    found.append(self.rows_of(entry, table, {site}))
        return pd.concat(found, ignore_index=True) if found else typed(table, [])
