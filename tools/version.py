"""The version of qpref, from the tags of its history: hatchling runs this file (pyproject.toml).

Where there is no history, an archive made by git says what its commit was (`.git_archival.txt`), a
source distribution what it was built as (`PKG-INFO`); a folder that says neither, or a history
without a tag, is the version being prepared.
"""

import re
import subprocess
from email.parser import HeaderParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NEXT = "0.1.0"  # the one being prepared: no tag names it yet
_DESCRIBED = re.compile(r"v?(\d+(?:\.\d+)+)(?:-(\d+)-g([0-9a-f]+))?")


def from_description(described: str) -> str | None:
    """
    Return the version that `git describe --tags` tells, None where it tells none.

    Examples
    --------
    >>> from_description("v1.2.0"), from_description("v1.2.0-3-gabc1234")
    ('1.2.0', '1.2.1.dev3+gabc1234')
    >>> from_description("$Format:%(describe:tags=true)$") is None
    True
    """
    found = _DESCRIBED.fullmatch(described.strip())
    if found is None:
        return None
    tagged, commits, commit = found.groups()
    if commits is None:
        return tagged
    *first, last = map(int, tagged.split("."))
    return ".".join(map(str, [*first, last + 1])) + f".dev{commits}+g{commit}"


def _built(root: Path) -> str | None:
    """Return what a source distribution was built as."""
    path = root / "PKG-INFO"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return HeaderParser().parsestr(text)["Version"]


def _archived(root: Path) -> str | None:
    """Return what git wrote into its archive."""
    path = root / ".git_archival.txt"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return from_description(HeaderParser().parsestr(text)["describe-name"] or "")


def _told_by_history(root: Path) -> str | None:
    """Return what the tags of a clone say: the folder's own, not those of one around it."""
    if not (root / ".git").exists():
        return None
    command = ["git", "-C", str(root), "describe", "--tags", "--match", "v[0-9]*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:  # no git here
        return None
    return from_description(done.stdout)


def version(root: Path = ROOT) -> str:
    """Return the version of the sources in a folder."""
    return _built(root) or _archived(root) or _told_by_history(root) or NEXT


__version__ = version()  # what hatchling asks for
