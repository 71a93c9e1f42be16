"""Decisions of people about a campaign's rows: corrections, approvals, subjects.

They are kept in data/corrections, and nothing can make them again: the register of what the program
wrote (`qpref.written`) tells when a file of them is not there any more, or not as it was written.
"""

from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from qpref.errors import ReferenceFileError
from qpref.project import Project
from qpref.told import say
from qpref.written import REMOVED, Kind, digest, digests, journal_of, write_noted

_T = TypeVar("_T")
DECISIONS = "corrections et relectures"


def decided(
    project: Project, path: Path, shape: TypeAdapter[_T], damaged: tuple[str, str]
) -> _T | None:
    """
    Return what a file of decisions holds; None when nobody decided anything.

    Parameters
    ----------
    project
        Whose register tells what was written.
    path
        Of the file.
    shape
        What it holds.
    damaged
        The sentence and the remedy told when it cannot be read.

    Raises
    ------
    ReferenceFileError
        If the file is damaged.
    """
    try:
        content = path.read_bytes()
        found = shape.validate_json(content)
    except FileNotFoundError:
        content, found = b"", None
    except (ValidationError, IsADirectoryError, PermissionError) as error:
        raise ReferenceFileError(*damaged) from error
    known = digests(project, [path]).get(path)
    if known and (digest(content) if content else REMOVED) not in known:
        what = "n’est pas tel que qpref l’a écrit" if content else "n’est plus là"
        say(
            f"« {path} » {what}, d’après « {journal_of(project, path)} » : des corrections, des "
            "relectures ou des codages ont pu changer. Comparez-les à une sauvegarde."
        )
    return found


def keep(project: Project, path: Path, content: bytes, campaign: str) -> None:
    """
    Write a file of decisions.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    write_noted(project, path, content, Kind(DECISIONS, campaign=campaign))
