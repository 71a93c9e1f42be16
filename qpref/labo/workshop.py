"""The notebooks that JupyterLab opens: the project's own, or copies of ours that it may change.

JupyterLab opens nothing outside the project, and what ships lies elsewhere. `atelier/` holds
copies. One that nobody changed follows its original; its outputs are no change. No report is made
from it.
"""

import json
from pathlib import Path
from typing import Any

from qpref.project import Project, write_atomically
from qpref.shipped import NOTEBOOKS, digest, notebooks

HOME = "00_accueil"
FOLDER = "atelier"
_MARK = "copie"  # in the metadata of a copy: digest of its cells when it was made


def prepare(project: Project) -> tuple[str, list[str]]:
    """
    Return the folder to open, and the copies left as they are because somebody changed them.

    Raises
    ------
    StorageError
        If a copy cannot be written.
    """
    if (project.notebooks / f"{HOME}.ipynb").is_file():
        return NOTEBOOKS, []
    kept = []
    for name, path in notebooks(project.notebooks).items():
        target = project.root / FOLDER / f"{name}.ipynb"
        copy = _copied(path)
        if target.exists():
            before, now = _marks(target)
            if before == copy["metadata"]["qpref"][_MARK]:
                continue
            if before != now:
                kept.append(target.relative_to(project.root).as_posix())
                continue
        text = json.dumps(copy, ensure_ascii=False, indent=1) + "\n"
        write_atomically(target, text.encode())
    return FOLDER, kept


def _copied(path: Path) -> dict[str, Any]:
    """Return a notebook that knows its own digest."""
    content: dict[str, Any] = json.loads(path.read_bytes())
    about = content["metadata"].setdefault("qpref", {})
    about[_MARK] = digest(content)
    return content


def _marks(path: Path) -> tuple[str | None, str]:
    """Return the digest of a copy when it was made, and as it is; what is no copy has none."""
    try:
        content = json.loads(path.read_bytes())
        return content["metadata"]["qpref"][_MARK], digest(content)
    except (OSError, ValueError, KeyError, TypeError):
        return None, ""
