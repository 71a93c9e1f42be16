"""Layout version of the store on disk, and how an older one is upgraded.

The number changes when a table or the registry is no longer written as it was. Older layouts still
read: a step is what opens them to other programs too. It is given the folder of the store and must
be repeatable: a cut upgrade is done again from where it began.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from qpref.errors import StorageError
from qpref.project import write_atomically
from qpref.store.parts import complete, unplace
from qpref.store.rebuilding import paths_of
from qpref.store.registry import Import, Registry

LAYOUT = 3
FILE = "version"
Step = Callable[[Path], None]


def _each_part(renew: Callable[[Path, Import], None]) -> Step:
    """Return the step that does something to each part that a registry lists."""

    def step(root: Path) -> None:
        for registry in sorted((root / "imports").glob("*.json")):
            with suppress(OSError, ValueError):  # lost or damaged: `qpref projet reparer` says it
                for entry in Registry.read(registry.read_bytes(), registry.stem).imports:
                    for part in paths_of(root, entry):
                        renew(part, entry)

    return step


STEPS: Mapping[int, Step] = {
    0: lambda _root: None,  # the stores that bore no number
    1: _each_part(unplace),  # parts said their place beside their folders, and read badly together
    2: _each_part(complete),  # `reponses` did not tell the language of the form
}


def layout_of(root: Path) -> int:
    """
    Return the layout of a store: `LAYOUT` for an empty one, 0 for one without a number.

    A number that a cut spoiled is none: steps are repeatable, the next import writes it again.

    Raises
    ------
    StorageError
        If the file that says it cannot be read.
    """
    try:
        return int((root / FILE).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return 0 if (root / "imports").is_dir() else LAYOUT
    except OSError as error:
        raise StorageError(
            f"« {root / FILE} » est illisible ({error.strerror or error}).",
            "Vérifiez les droits et l’accès au dossier, puis recommencez.",
        ) from error


def check(root: Path) -> None:
    """
    Refuse a store that a newer version of qpref wrote.

    Raises
    ------
    StorageError
        If the layout is newer.
    """
    if layout_of(root) > LAYOUT:
        raise StorageError(
            f"Les données de « {root} » ont été écrites par une version plus récente de qpref.",
            "Installez la dernière version ; les données sont intactes.",
        )


def upgrade(root: Path, steps: Mapping[int, Step] = STEPS, target: int = LAYOUT) -> list[int]:
    """
    Bring a store to a layout, step by step, each one written down when it is done.

    Parameters
    ----------
    root
        Folder of the store, held by its lock.
    steps, target
        Ours; others in tests.

    Returns
    -------
    list of int
        The layouts left behind, none when nothing was to be done.
    """
    done = []
    found = layout_of(root)
    while found < target:
        steps[found](root)
        done.append(found)
        found += 1
        write_atomically(root / FILE, f"{found}\n".encode())
    if not (root / FILE).exists():
        write_atomically(root / FILE, f"{target}\n".encode())
    return done
