"""Files shipped with the program, or the project's own copy when there is one.

Canonical notebooks, référentiel and starter mystery grid keep the path that they have in the
repository, where they are written: below `livre/` in an installed package, below the repository
itself in a clone or an editable install. A project that holds a file of that path replaces ours.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import qpref
from qpref.errors import StorageError

NOTEBOOKS = "notebooks"
LOCAL = "local"  # the project's additions, below its notebooks
REFERENCE = "data/reference"
SCHEMAS = f"{REFERENCE}/schemas"  # of the reference files, for editors
LABELS = "labels"  # of the reference files, the référentiels of other labels
FOLLOWED = ".suivi.yml"  # end of the name of the file that says how far a site is
SHARED = ("referentiel.yml", "mystere.yml", "sujets.yml")  # of the reference files, those that ship
DOCUMENTS = (  # with the pages of `guide`; of `docs`, what users read
    "premiere-heure", "commandes", "codes-de-sortie", "cles", "colonnes", "formats-recus",
    "glossaire", "methode", "registre-traitement",
)  # fmt: skip
_PACKAGE = Path(qpref.__file__).parent


@cache
def root() -> Path:
    """
    Return the folder below which shipped files are.

    Raises
    ------
    StorageError
        If they are not there.
    """
    for folder in (_PACKAGE / "livre", _PACKAGE.parent):
        if (folder / REFERENCE / SHARED[0]).is_file() and (folder / NOTEBOOKS).is_dir():
            return folder
    raise StorageError(
        f"Les notebooks et le référentiel livrés avec qpref ne sont pas dans « {_PACKAGE} ».",
        "L’installation est incomplète : réinstallez qpref.",
    )


def documents() -> dict[str, str]:
    """Return the documents that ship, in Markdown, by their path below `docs`, without suffix."""
    folder = root() / "docs"
    paths = [folder / f"{name}.md" for name in DOCUMENTS] + sorted(folder.glob("guide/*.md"))
    return {
        path.relative_to(folder).with_suffix("").as_posix(): path.read_text(encoding="utf-8")
        for path in paths
    }


def originals() -> dict[str, Path]:
    """Return the shipped files that a project may replace, by their path in it."""
    found = [root() / REFERENCE / name for name in SHARED]
    found += [root() / REFERENCE / LABELS / f"{name}.yml" for name in labels()]
    found += sorted((root() / NOTEBOOKS).glob("*.ipynb"))
    return {path.relative_to(root()).as_posix(): path for path in found}


def notebooks(folder: Path) -> dict[str, Path]:
    """
    Return the notebooks of a project by name: its own, then those that it does not replace.

    Local ones are apart (`local_notebooks`): they replace nothing.

    Parameters
    ----------
    folder
        The project's folder of notebooks, which may be absent.
    """
    ours = (root() / NOTEBOOKS).glob("*.ipynb")
    found = {path.stem: path for path in (*ours, *folder.glob("*.ipynb"))}
    return dict(sorted(found.items()))


def local_notebooks(folder: Path) -> list[Path]:
    """Return the notebooks that a project adds."""
    return sorted((folder / LOCAL).glob("*.ipynb"))


def reference_file(folder: Path, name: str) -> Path:
    """
    Return a shared reference file: the project's own when it says something, else ours.

    Parameters
    ----------
    folder
        The project's reference files.
    name
        One of `SHARED`.
    """
    own = folder / name
    return own if says_something(own) else root() / REFERENCE / name


def labels() -> list[str]:
    """Return the names of the other labels whose référentiel ships with the program."""
    found = (root() / REFERENCE / LABELS).glob("*.yml")
    return sorted(path.stem for path in found if not path.name.endswith(FOLLOWED))


def label_file(folder: Path, name: str) -> Path:
    """Return the référentiel of another label: the project's own where it has one, else ours."""
    own = folder / LABELS / f"{name}.yml"
    ours = root() / REFERENCE / LABELS / own.name
    return ours if name in labels() and not says_something(own) else own


def followed_labels(folder: Path) -> dict[str, Path]:
    """Return the files that follow another label, by the name of the label."""
    found = sorted((folder / LABELS).glob(f"*{FOLLOWED}"))
    return {path.name.removesuffix(FOLLOWED): path for path in found if says_something(path)}


def schemas() -> list[Path]:
    """Return the schemas of the reference files, which each project has a copy of."""
    return sorted((root() / SCHEMAS).glob("*.json"))


def says_something(path: Path) -> bool:
    """Whether a YAML file is there and holds more than comments: an optional one may not."""
    if not path.is_file():
        return False
    lines = (line.lstrip(b"\xef\xbb\xbf \t") for line in path.read_bytes().splitlines())
    return any(line and not line.startswith(b"#") for line in lines)


def name_in_project(path: Path, project: Path) -> str:
    """Return the path of a file in a project, or the one that it would have there if it is ours."""
    own = path.is_relative_to(project)
    return path.relative_to(project if own else root()).as_posix()


def digest(notebook: Mapping[str, Any]) -> str:
    """Return the digest of what the cells say, pasted pictures included, whatever they gave."""
    cells = [
        [cell["cell_type"], "".join(cell["source"]), *filter(None, [cell.get("attachments")])]
        for cell in notebook["cells"]
    ]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()
