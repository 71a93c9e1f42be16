"""Received files: found in folders, read one by one, and what is told of each import."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import pandas as pd
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from qpref.cli.terminal import ERR, OUT
from qpref.errors import QprefError, UnreadableFileError
from qpref.intake import SUFFIXES, Outcome
from qpref.intake.common import grouped
from qpref.project import Project
from qpref.store import Change, Import
from qpref.wording.french import noun
from qpref.written import RECEIVED, Kind, note

_SHOWN_REJECTS = 5


def expand(paths: Sequence[Path]) -> list[Path]:
    """Return the files, folders being replaced by the files of known formats that they hold."""
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


class _Named(Protocol):
    """What a line of the terminal can name."""

    @property
    def name(self) -> str: ...


_T = TypeVar("_T", bound=_Named)


def each(sources: Sequence[_T], action: Callable[[_T], None]) -> list[QprefError]:
    """Do something with each source; one failure does not stop the others."""
    failures = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=ERR, disable=not ERR.is_terminal) as progress:
        task = progress.add_task("Lecture", total=len(sources))
        for source in sources:
            progress.update(task, description=source.name)
            try:
                action(source)
            except QprefError as error:
                failures.append(error)
                ERR.print(f"{source.name} : {error}", style="red")
            progress.advance(task)
    return failures


def raise_first(failures: list[QprefError], kept: str) -> None:
    """Say how many files failed, and end with the first one's exit code."""
    if failures:
        ERR.print(f"{len(failures)} fichier(s) non lu(s). {kept}")
        raise failures[0]


def note_received(project: Project, path: Path, outcome: Outcome, campaign: str) -> None:
    """Write in the register where a file was read, so that it is found when its retention ends."""
    note(project, {path: outcome.file.sha256}, Kind(RECEIVED, campaign=campaign))


def report_import(entry: Import, change: Change) -> None:
    """Print what an import read, kept and set aside, and what it changed."""
    states = {
        "nouveau": "importé",
        "inchange": "déjà importé, rien ne change",
        "repare": f"déjà importé, {change.refaites} partie(s) perdue(s) ou abîmée(s) refaite(s)",
        "remplace": (
            f"remplace l’import précédent ({change.ajoutees} ligne(s) ajoutée(s), "
            f"{change.modifiees} modifiée(s), {change.retirees} retirée(s))"
        ),
    }
    OUT.print(
        f"{entry.fichier} : {states[change.etat]}. "
        f"{entry.lignes_lues} {noun(entry.lignes_lues, 'ligne lue', 'lignes lues')} = "
        f"{entry.gardees} {noun(entry.gardees, 'gardée')} + "
        f"{entry.ecartees} {noun(entry.ecartees, 'écartée')} "
        f"+ {entry.quarantaine} en quarantaine.",
    )
    for label, names in (
        ("Colonnes personnelles non conservées", entry.colonnes_personnelles),
        ("Colonnes inconnues, non lues", entry.colonnes_ignorees),
        ("Feuilles non lues", entry.feuilles_non_lues),
        ("Lignes au-dessus des intitulés", _above(entry)),
        ("Attention", entry.avertissements),
    ):
        if names:
            OUT.print(f"  {label} : {', '.join(names)}.")


def _above(entry: Import) -> list[str]:
    count = entry.lignes_au_dessus
    return [f"{count}, lues sans y chercher de réponse"] if count else []


def report_rejects(rejects: pd.DataFrame) -> None:
    """Print what was set aside, identical reasons grouped with their lines."""
    messages = grouped(rejects)
    for message in messages[:_SHOWN_REJECTS]:
        OUT.print(f"  - {message}")
    if len(messages) > _SHOWN_REJECTS:
        rest = len(messages) - _SHOWN_REJECTS
        OUT.print(f"  … et {rest} autre(s) motif(s), dans data/quarantaine.")
