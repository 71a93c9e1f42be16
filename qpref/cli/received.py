"""Find received files in folders, import them one by one, and report on each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeVar

import pandas as pd
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from qpref.cli.terminal import ERR, OUT
from qpref.errors import QprefError, UnreadableFileError
from qpref.intake import Moved, Outcome
from qpref.intake.common import grouped, site_lexicon
from qpref.intake.files import digest_of
from qpref.intake.folders import (
    NAMES,
    FolderContents,
    Found,
    Looking,
    contents,
    refuse_nothing,
    site_above,
)
from qpref.project import Project
from qpref.reference import Reference
from qpref.store import Change, Import
from qpref.wording.french import noun
from qpref.written import RECEIVED, Kind, note

_SHOWN_REJECTS = 5
_NEARLY = 0.99  # of a source that is still being stored


def looking_for(project: Project, reference: Reference, campaign: str) -> Looking:
    """Return what is looked for in folders of files received for a campaign."""
    sites = site_lexicon(reference)

    def site_of(name: str) -> str | None:
        found = sites.match(name)
        return found.modality.code if found else None

    others = {
        one.id.casefold(): f"dossier d’une autre campagne. Importez-le avec --campagne {one.id}"
        for one in reference.campaigns.every
        if one.id != campaign
    }
    made = (project.clean, project.quarantine, project.corrections, project.register)
    kept = (project.reference, project.committee, project.notebooks, project.reports)
    return Looking(
        site_of=site_of,
        others=others,
        own={path.resolve() for path in made + kept},
        used={(project.received / NAMES).resolve()},
    )


def expand(paths: Sequence[Path], looking: Looking, received: Path | None = None) -> FolderContents:
    """Return the files, folders being replaced by what they hold; those of `received` are sited."""
    found = FolderContents()
    for path in paths:
        if path.is_dir():
            inside = contents(path, looking)
            refuse_nothing(path, inside)
            found.files += inside.files
            found.aside += inside.aside
            found.closed += inside.closed
        else:
            place = path.parent.resolve() / path.name
            is_below = received is not None and place.is_relative_to(received)
            site = site_above(place, received, looking) if received and is_below else None
            found.files.append(Found(path, path.name, site))
    return found


def each_of(found: FolderContents, action: Callable[[Found, Moved], None]) -> list[QprefError]:
    """Do something with each file of folders; what fails, and folders that are closed, is told."""
    for error in found.closed:
        ERR.print(str(error), style="red")
    return [*found.closed, *each(found.files, action)]


def tell_aside(found: FolderContents) -> None:
    """Print what folders hold that is not read, and why."""
    for sentence in found.sentences:
        OUT.print(f"Non lu : {sentence}.")


def by_digest(folder: Path) -> Mapping[str, Path]:
    """Return the files that a folder holds, by digest; those that cannot be read are left out."""
    return dict(_digests(folder))


def _digests(folder: Path) -> Iterator[tuple[str, Path]]:
    for one in contents(folder, Looking()).files:
        with suppress(UnreadableFileError):
            yield digest_of(one.path), one.path


class _Named(Protocol):
    """What a line of the terminal can name."""

    @property
    def name(self) -> str: ...


_T = TypeVar("_T", bound=_Named)


def each(sources: Sequence[_T], action: Callable[[_T, Moved], None]) -> list[QprefError]:
    """
    Do something with each source; one failure does not stop the others.

    The action is given what to tell the share of its source that is done.
    """
    failures = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=ERR, disable=not ERR.is_terminal) as progress:
        task = progress.add_task("Lecture", total=len(sources))
        for number, source in enumerate(sources):
            progress.update(task, description=source.name)

            def moved(share: float, done: int = number) -> None:
                progress.update(task, completed=done + min(share, _NEARLY))

            try:
                action(source, moved)
            except QprefError as error:
                failures.append(error)
                ERR.print(f"{source.name} : {error}", style="red")
            progress.update(task, completed=number + 1)
    return failures


def raise_first(failures: list[QprefError], kept: str) -> None:
    """Say how many files failed, and end with the first one's exit code."""
    if failures:
        ERR.print(f"{len(failures)} fichier(s) non lu(s). {kept}")
        raise failures[0]


def note_received(project: Project, path: Path, outcome: Outcome, campaign: str) -> None:
    """Write in the register where a file was read, so that it is found when its retention ends."""
    note(project, {path: outcome.file.sha256}, Kind(RECEIVED, campaign=campaign))


def report_import(entry: Import, change: Change, name: str = "") -> None:
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
        f"{name or entry.fichier} : {states[change.etat]}. "
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
