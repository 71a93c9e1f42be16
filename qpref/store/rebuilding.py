"""The registry of a campaign, rebuilt from its parts when its file is lost or damaged."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from qpref.errors import StorageError, listing
from qpref.project import make_folder
from qpref.store import parts
from qpref.store.registry import Import, Registry, is_corrected

ASIDE = "abime"  # of the store: what counts no more, and may be all that is left


def rebuilt(root: Path, campaign: str) -> Registry:
    """
    Return the registry that the parts of a campaign tell.

    A part that is lost stays listed: who reads it is told. Of an import and the one that it
    replaced, when a cut left both, the last one that is whole counts.

    Raises
    ------
    StorageError
        If no part of an import tells it: written before parts did, or all damaged.
    """
    found, silent = told(root, campaign)
    if silent:
        raise StorageError(
            f"Le registre des imports de la campagne {campaign} est perdu, et "
            f"{len(silent)} partie(s) ne disent pas de quel fichier elles viennent "
            f"({listing(path.name for path in silent[:3])}…).",
            "Lancez qpref projet reparer : il les range à part et dit quoi importer de nouveau.",
        )
    return Registry(imports=[one for one in found if not _is_replaced(one, found, root)])


def told(root: Path, campaign: str) -> tuple[list[Import], list[Path]]:
    """Return the imports that the parts of a campaign tell, in order; and those that tell none."""
    groups: defaultdict[str, list[Path]] = defaultdict(list)
    for path in parts.on_disk(root, campaign):
        groups[path.name].append(path)
    found, silent = [], []
    for paths in groups.values():
        entry = next((one for path in paths if (one := parts.account(path))), None)
        if entry is None:
            silent += paths
        else:
            found.append(entry)
    return sorted(found, key=lambda one: (one.importe_le, one.fichier)), silent


def _is_replaced(entry: Import, others: list[Import], root: Path) -> bool:
    """Whether another import of the same file counts instead: the last that is whole."""
    rank = (is_whole(entry, root), entry.importe_le)
    return any(
        is_corrected(other, entry) and (is_whole(other, root), other.importe_le) > rank
        for other in others
        if other is not entry
    )


def is_whole(entry: Import, root: Path) -> bool:
    """Whether all parts of an import are there."""
    return all(path.is_file() for path in paths_of(root, entry))


def paths_of(root: Path, entry: Import) -> list[Path]:
    """Return where the parts of an import are."""
    return [
        path_of(root, table, entry.campagne, site, name)
        for table, sites in entry.parts.items()
        for site, name in sites.items()
    ]


def path_of(root: Path, table: str, campaign: str, site: str, name: str) -> Path:
    """Return where a part is."""
    return root / table / f"campagne={campaign}" / f"site={site}" / name


def unlisted(root: Path, campaign: str, live: list[Import]) -> tuple[list[Path], list[Path]]:
    """
    Return the parts that the registry does not list: those to remove, and those to keep aside.

    Aside go the parts of a whole import that no other replaced: the registry may be an old copy.
    """
    listed = {path for entry in live for path in paths_of(root, entry)}
    found = {*root.glob(f"*/campagne={campaign}/site=*/*")} - listed
    told_by = {path.name: one for path in sorted(found) if (one := parts.account(path))}
    forgotten = {
        path
        for one in told_by.values()
        if is_whole(one, root) and not any(is_corrected(one, entry) for entry in live)
        for path in paths_of(root, one)
    }
    return sorted(found - forgotten), sorted(forgotten & found)


def set_aside(root: Path, paths: Iterable[Path]) -> list[Path]:
    """Move parts out of the tables, under a name that is free."""
    moved = []
    for path in paths:
        target, rank = root / ASIDE / path.relative_to(root), 0
        while target.exists():
            rank += 1
            target = target.with_name(f"{path.stem}.{rank}{path.suffix}")
        make_folder(target.parent)
        path.rename(target)
        moved.append(target)
    return moved
