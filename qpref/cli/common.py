"""What all commands share: the project, the terminal, files one by one."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from qpref.errors import QprefError, UnreadableFileError
from qpref.project import Project
from qpref.reference import Reference, load_reference

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)


CAMPAIGN = click.option(
    "--campagne", required=True, metavar="CAMPAGNE", help="Campagne, par exemple 2020-11."
)
SITES = click.option(
    "--site", "sites", multiple=True, metavar="SITE", help="Site ; à répéter. Tous par défaut."
)
WORKERS = click.option(
    "--parallele",
    "workers",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Rapports faits en même temps.",
)
ENCODING = click.option(
    "--encodage", metavar="NOM", help="Encodage d’un fichier texte, si le nôtre est faux."
)


class Context:
    """The project, opened when a command needs it."""

    def __init__(self, root: Path | None) -> None:
        self._root = root

    @property
    def project(self) -> Project:
        """The project of the working directory, or the one asked for."""
        return Project.find(self._root)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of agents to mask, one a line in data/brut/noms.txt, if the unit wrote it."""
        path = self.project.received / "noms.txt"
        if not path.exists():
            return ()
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
        return tuple(line.strip() for line in lines if line.strip())

    @property
    def reference(self) -> Reference:
        """Its reference data."""
        return load_reference(self.project.reference)


def each(paths: Sequence[Path], action: Callable[[Path], None]) -> list[QprefError]:
    """Do something with each file; one failure does not stop the others."""
    failures = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=ERR, disable=not ERR.is_terminal) as progress:
        task = progress.add_task("Lecture", total=len(paths))
        for path in paths:
            progress.update(task, description=path.name)
            try:
                action(path)
            except QprefError as error:
                failures.append(error)
                ERR.print(f"{path.name} : {error}", style="red", markup=False)
            progress.advance(task)
    return failures


def raise_first(failures: list[QprefError], kept: str) -> None:
    """Say how many files failed, and end with the first one's exit code."""
    if failures:
        ERR.print(f"{len(failures)} fichier(s) non lu(s). {kept}", markup=False)
        raise failures[0]


def print_json(content: dict[str, Any]) -> None:
    """Print what a script reads."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def expand(paths: Sequence[Path]) -> list[Path]:
    """Return the files, folders being replaced by the files of known formats that they hold."""
    from qpref.intake import SUFFIXES  # noqa: PLC0415

    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(
            file
            for file in path.iterdir()
            if file.suffix.casefold() in SUFFIXES
            and not file.name.startswith((".", "~$"))
            and file.name != "noms.txt"
        )
        if not inside:
            raise UnreadableFileError(
                f"Le dossier « {path} » ne contient aucun fichier à importer.",
                f"Formats acceptés : {', '.join(SUFFIXES)}.",
            )
        found += inside
    return found
