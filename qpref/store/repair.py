"""Diagnose lost or damaged tables, and rebuild what can be; nothing is deleted.

What counts no more is set aside in data/propre/abime, as it was.
"""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from qpref.lazy import lazy
from qpref.project import Project, write_atomically
from qpref.store import parts
from qpref.store.lock import held
from qpref.store.rebuilding import paths_of, set_aside, told, unlisted
from qpref.store.registry import Import, Registry
from qpref.store.tables import Store

parquet = lazy("pyarrow.parquet")


@dataclass(frozen=True)
class Lost:
    """An import of which parts are absent or cannot be read."""

    entry: Import
    paths: tuple[Path, ...]

    @property
    def sites(self) -> list[str]:
        """Where rows are lost."""
        return sorted({path.parent.name.partition("=")[2] for path in self.paths})

    @property
    def kept(self) -> int:
        """Number of retained rows that these parts held, according to the registry."""
        return sum(self.entry.gardees_par_site.get(site, 0) for site in self.sites)


@dataclass(frozen=True)
class Mended:
    """What was done to a campaign: its registry rebuilt, parts set aside and whence they came."""

    is_rebuilt: bool
    aside: tuple[Path, ...]
    sources: tuple[str, ...]


def mend(project: Project, campaign: str) -> Mended:
    """
    Write the registry of a campaign if it is lost, and have every part tell its import.

    Raises
    ------
    StorageError
        If the store is held by another run or cannot be written.
    """
    root, store = project.clean, Store(project)
    registry = store.registry_file(campaign)
    with held(root):
        is_lost = not _is_read(registry)
        silent = told(root, campaign)[1] if is_lost else []
        sources = {name for path in silent for name in _sources(path)}
        aside = set_aside(root, silent)
        found = store.imports(campaign)
        if is_lost:
            write_atomically(registry, Registry(imports=found).encoded(), is_private=True)
        _, forgotten = unlisted(root, campaign, found)
        sources |= {name for path in forgotten for name in _sources(path)}
        aside += set_aside(root, forgotten)
        for entry in found:
            for path in _readable(root, entry):
                parts.sign(path, entry)
    return Mended(is_lost, tuple(aside), tuple(sorted(sources)))


def _is_read(registry: Path) -> bool:
    try:
        Registry.read(registry.read_bytes(), registry.stem)
    except (OSError, ValueError):
        return False
    return True


def lost(project: Project, campaign: str) -> list[Lost]:
    """Return the imports of a campaign of which parts are lost; every part is read."""
    found = []
    for entry in Store(project).imports(campaign):
        sound = set(_readable(project.clean, entry))
        paths = [path for path in paths_of(project.clean, entry) if path not in sound]
        if paths:
            found.append(Lost(entry, tuple(paths)))
    return found


def withdraw(project: Project, entry: Import) -> list[Path]:
    """
    Take an import out of the results, and set aside what is left of its parts.

    Returns
    -------
    list of Path
        Where they are now.
    """
    root, store = project.clean, Store(project)
    with held(root):
        kept = [one for one in store.imports(entry.campagne) if one != entry]
        path, content = store.registry_file(entry.campagne), Registry(imports=kept).encoded()
        write_atomically(path, content, is_private=True)
        return set_aside(root, [path for path in paths_of(root, entry) if path.is_file()])


def _readable(root: Path, entry: Import) -> list[Path]:
    found = []
    for path in paths_of(root, entry):
        try:
            parts.content(path, entry)
        except parts.LostPartError:
            continue
        found.append(path)
    return found


def _sources(part: Path) -> list[str]:
    """Return the received files that a part names, if it can be read."""
    try:
        rows = parquet.ParquetFile(part).read()
    except (OSError, pa.ArrowException):
        return []
    names = next((name for name in parts.SOURCES if name in rows.column_names), None)
    return [] if names is None else rows.column(names).unique().to_pylist()
