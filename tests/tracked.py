"""The files of the repository: those git knows, or those of the folder where there is no git.

Tests must also pass in a ZIP of the sources and in the sdist, which have no history.
"""

import fnmatch
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HAS_HISTORY = (ROOT / ".git").exists() and shutil.which("git") is not None


def ignored() -> list[str]:
    """Return the patterns of .gitignore."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def is_ignored(path: str, patterns: list[str]) -> bool:
    """Tell whether git would leave a path out (« / » at its end: a folder), given our patterns."""
    is_folder = path.endswith("/")
    whole = path.rstrip("/")
    for pattern in patterns:
        target = whole if pattern.startswith("/") else whole.rpartition("/")[2]
        if fnmatch.fnmatchcase(target, pattern.strip("/")) and is_folder >= pattern.endswith("/"):
            return True
    return False


def walked() -> list[str]:
    """Return the files of the folder that .gitignore does not cover."""
    patterns = [*ignored(), "PKG-INFO", ".git"]  # the first is made for the sdist
    found = []
    for here, folders, files in os.walk(ROOT):
        place = Path(here).relative_to(ROOT)
        folders[:] = [f for f in folders if not is_ignored(f"{(place / f).as_posix()}/", patterns)]
        names = [(place / name).as_posix() for name in files]
        found += [name for name in names if not is_ignored(name, patterns)]
    return sorted(found)


def tracked() -> list[str]:
    """Return the names of the files, from the root."""
    if not HAS_HISTORY:
        return walked()
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.split("\0")[:-1]
