"""Choose the files of an archive: all of the user's, or only those without personal data.

Without personal data, the list says what is taken, not what is left: a file that qpref does not
know is left, and named. docs/registre-traitement.md tells the same.
"""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from qpref.batch.figures import FIGURES
from qpref.batch.provenance import SUFFIX
from qpref.clu.wiping import without_outputs
from qpref.errors import QprefError
from qpref.labo.workshop import FOLDER as WORKSHOP
from qpref.links import is_link
from qpref.project import Project
from qpref.reference import load_reference
from qpref.store import wordless
from qpref.wording.french import noun

_FOLDERS = ("data", "reports", "notebooks", WORKSHOP)
_FILES = ("LISEZMOI.txt", ".gitignore")
# Of committees: what was promised and sent, neither who its members are nor what they wrote.
_NAMELESS = re.compile(
    r"LISEZMOI\.txt|\.gitignore"
    r"|data/reference/.*\.(yml|json)"
    r"|data/clu/(?!membres|envoi\.yml)[^/]*(?<!\.questions)\.yml"
    r"|data/clu/[^/]*\.jsonl|data/clu/archives/.*"
    r"|data/corrections/(verbatims|sujets)-[^/]*\.json"
    r"|data/propre/(version|imports/[^/]*\.json)"
    r"|notebooks/.*\.py"
)
_PUBLISHED = (
    ".html", FIGURES, ".chiffres.xlsx", ".ipynb", SUFFIX, ".pdf", ".interactif.html",
)  # fmt: skip

Opened = Callable[[], io.RawIOBase | io.BytesIO]


@dataclass
class Contents:
    """The files to take, by their path in the project, and what is left, as users are told."""

    files: dict[str, Opened] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


def contents(project: Project, *, is_personal: bool) -> Contents:
    """
    Return what an archive takes from a project.

    Raises
    ------
    StorageError
        Without personal data: if a part of the tables, which are written anew, cannot be read.
    """
    dress = _dress(project)
    found = Contents(left=[*_beside(project, dress)])
    paths = _files(project, dress, found)
    named = {path.relative_to(project.root).as_posix(): path for path in paths}
    if is_personal:
        found.files = {name: partial(io.FileIO, path) for name, path in named.items()}
        return found
    found.files = dict(_nameless(project, named, dress))
    left = Counter("/".join(name.split("/")[:2]) for name in named if name not in found.files)
    found.left += [f"{name} ({count} {noun(count, 'fichier')})" for name, count in left.items()]
    return found


def _beside(project: Project, dress: list[Path]) -> Iterator[str]:
    """Yield what lies in the project's folder and is not the project's."""
    for path in sorted(project.root.iterdir()):
        is_ours = path.name in (*_FOLDERS, *_FILES) or any(
            one.is_relative_to(path) for one in dress
        )
        if not (is_ours or path.name.startswith(".")):
            yield path.name


def _dress(project: Project) -> list[Path]:
    """Return the style sheet and the logo of the service; none while the reference is wrong."""
    try:
        dress = load_reference(project.reference).sites.habillage
    except QprefError:
        return []
    names = (dress.css, dress.logo) if dress else ()
    return [path for name in names if name and (path := project.root / name).is_file()]


def _files(project: Project, dress: list[Path], found: Contents) -> Iterator[Path]:
    """Yield the files of a project; links are named, what is hidden is somebody's or a draft."""
    for path in (*(project.root / name for name in _FILES), *dress):
        if path.is_file() and not path.is_symlink():
            yield path
    for name in _FOLDERS:
        yield from _below(project, project.root / name, found)


def _below(project: Project, folder: Path, found: Contents) -> Iterator[Path]:
    if is_link(folder):
        found.left.append(f"{folder.relative_to(project.root).as_posix()} (lien)")
    elif folder.is_dir():
        for path in sorted(folder.iterdir()):
            if not path.name.startswith("."):
                yield from _below(project, path, found)
    elif folder.is_file():
        yield folder


def _nameless(
    project: Project, named: dict[str, Path], dress: list[Path]
) -> Iterator[tuple[str, Opened]]:
    """Yield what names nobody: known files, reports as they were published, tables wordless."""
    for name, path in named.items():
        if _NAMELESS.fullmatch(name) or path in dress or _is_published(path, project):
            yield name, partial(io.FileIO, path)
        elif path.suffix == ".ipynb" and name.startswith(("notebooks/", f"{WORKSHOP}/")):
            content = without_outputs(path)
            if content:
                yield name, partial(io.BytesIO, content)
    for registry in sorted((project.clean / "imports").glob("*.json")):
        for path, write in wordless(project, registry.stem):
            yield path.relative_to(project.root).as_posix(), partial(_held, write)


def _is_published(path: Path, project: Project) -> bool:
    if not path.is_relative_to(project.reports) or path.is_relative_to(project.packs):
        return False
    stems = (path.name.removesuffix(end) for end in _PUBLISHED if path.name.endswith(end))
    return path.name == "index.html" or any(
        (path.parent / f"{stem}{SUFFIX}").is_file() for stem in stems
    )


def _held(write: Callable[[], bytes]) -> io.BytesIO:
    return io.BytesIO(write())
