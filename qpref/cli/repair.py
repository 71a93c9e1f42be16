"""Command that repairs the stored tables: what it rebuilds, and what is lost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from qpref.cli.again import read_again
from qpref.cli.context import Context, pass_options
from qpref.cli.received import by_digest, report_import
from qpref.cli.terminal import ERR, OUT
from qpref.errors import QprefError, StorageError, UnknownKeyError, listing
from qpref.project import Project
from qpref.store import Store
from qpref.store.repair import Lost, lost, mend, withdraw
from qpref.wording.french import noun


@dataclass(frozen=True)
class _Asked:
    """Where received files are, and what is given up."""

    folder: Path | None
    given_up: tuple[str, ...]


@click.command("reparer")
@click.option(
    "--depuis",
    "folder",
    type=click.Path(path_type=Path),
    help="Dossier des fichiers reçus (par défaut data/brut).",
)
@click.option(
    "--renoncer",
    "given_up",
    multiple=True,
    metavar="FICHIER",
    help="Retire des résultats un fichier perdu en partie, sans remède ; à répéter.",
)
@pass_options(_Asked)
def reparer(context: Context, asked: _Asked) -> None:
    """
    Lit toutes les tables, refait ce qui est perdu ou abîmé, nomme ce qui ne peut pas l’être.

    Un registre perdu est refait d’après les tables, une table d’après le fichier reçu dont elle
    vient. Rien n’est supprimé : ce qui ne compte plus est rangé dans data/propre/abime.
    """
    project = context.project
    campaigns = Store(project).campaigns()
    for campaign in campaigns:
        _mend(project, campaign)
    found = [one for campaign in campaigns for one in lost(project, campaign)]
    left = [one for one in found if not _is_made_again(context, one, asked.folder)]
    unknown = set(asked.given_up) - {one.entry.fichier for one in left}
    if unknown:
        names = [one.entry.fichier for one in left]
        raise UnknownKeyError("Fichier perdu", min(unknown), names, "qpref projet reparer")
    for one in left:
        if one.entry.fichier in asked.given_up:
            _give_up(project, one)
    _tell_lost([one for one in left if one.entry.fichier not in asked.given_up], bool(found))


def _mend(project: Project, campaign: str) -> None:
    done = mend(project, campaign)
    if done.is_rebuilt:
        OUT.print(f"{campaign} : registre des imports refait d’après les tables.")
    if done.aside:
        count = len(done.aside)
        ERR.print(
            f"{campaign} : {count} {noun(count, 'partie')} que le registre ne connaît pas, "
            f"rangées dans data/propre/abime. À importer de nouveau : {listing(done.sources)}.",
            style="yellow",
        )


def _is_made_again(context: Context, one: Lost, folder: Path | None) -> bool:
    """Import again the received file of what is lost, if it is there; say what came of it."""
    source = folder or context.project.received
    path = by_digest(source).get(one.entry.sha256)
    if path is None:
        return False
    try:
        reception, outcome = read_again(context, one.entry, path)
        entry, change = Store(context.project).add(reception, outcome, datetime.now().astimezone())
    except QprefError as error:
        ERR.print(f"{path.name} : {error}", style="red")
        return False
    report_import(entry, change)
    return not any(other.entry == entry for other in lost(context.project, entry.campagne))


def _give_up(project: Project, one: Lost) -> None:
    moved = withdraw(project, one.entry)
    OUT.print(
        f"{one.entry.campagne}, {one.entry.fichier} : retiré des résultats ; {len(moved)} "
        f"{noun(len(moved), 'partie')} dans data/propre/abime."
    )


def _tell_lost(left: Sequence[Lost], is_any: bool) -> None:
    if not left:
        OUT.print("Toutes les tables sont entières." if not is_any else "Tout est réparé.")
        return
    for line in _lines(left):
        ERR.print(line, style="red")
    raise StorageError(
        f"{len(left)} fichier(s) reçu(s) introuvable(s) : ce qu’en disaient les tables est perdu.",
        "Donnez leur dossier (--depuis), redemandez-les, reprenez une sauvegarde ; ou retirez-les "
        "des résultats (--renoncer FICHIER).",
    )


def _lines(left: Sequence[Lost]) -> Iterator[str]:
    for one in left:
        tables = sorted({path.parents[2].name for path in one.paths})
        rows = noun(one.kept, "ligne gardée perdue", "lignes gardées perdues")
        yield (
            f"{one.entry.campagne}, {one.entry.fichier} (importé le "
            f"{one.entry.importe_le:%d/%m/%Y}) : {one.kept} {rows}, {listing(one.sites)} ; "
            f"tables {listing(tables)}."
        )
