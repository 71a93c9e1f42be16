"""Commands on quarantined rows and cells: list them, correct them, import them again."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from qpref.cli import options
from qpref.cli.again import read_again
from qpref.cli.context import Context, pass_context
from qpref.cli.received import by_digest, each, note_received, raise_first, report_import
from qpref.cli.terminal import OUT, print_json
from qpref.errors import UnreadableFileError, UsageError, listing
from qpref.intake import Moved
from qpref.intake.common import grouped
from qpref.store import (
    Import,
    Store,
    correctable,
    corrections_workbook,
    keep_corrections,
    read_corrections,
)
from qpref.written import Kind, put_beside


@click.command("lister")
@options.CAMPAIGN
@options.json("Écrit la liste en JSON.")
@pass_context
def lister(context: Context, campaign: str, *, is_json: bool) -> None:
    """Montre ce qui a été mis de côté, fichier par fichier, motif par motif."""
    context.reference.campaign(campaign)
    rejects = Store(context.project).rejects(campaign)
    if is_json:
        print_json({"rejets": rejects.to_dict("records")})
        return
    if rejects.empty:
        OUT.print("Rien n’a été mis de côté.")
    for name, rows in rejects.groupby("fichier", sort=True):
        OUT.print(f"{name} : {len(rows)} ligne(s) ou cellule(s) mise(s) de côté")
        for message in grouped(rows):
            OUT.print(f"  - {message}")


@click.command("corriger")
@options.CAMPAIGN
@options.target("Classeur .xlsx à écrire.")
@pass_context
def corriger(context: Context, campaign: str, target: Path | None) -> None:
    """
    Écrit un classeur où corriger les cellules mises de côté.

    Remplissez sa dernière colonne, « Valeur corrigée », puis réintégrez-le.
    """
    context.reference.campaign(campaign)
    store = Store(context.project)
    path = target or context.project.quarantine / campaign / "corrections.xlsx"
    kind = Kind("classeur de corrections", campaign=campaign)
    path = put_beside(context.project, path, corrections_workbook(store, campaign), kind)
    count = len(correctable(store, campaign))
    OUT.print(f"{count} cellule(s) à corriger dans « {path} ».")


@dataclass(frozen=True)
class _Again:
    """An import to do again, from its file."""

    entry: Import
    path: Path

    @property
    def name(self) -> str:
        """The file, as the import names it."""
        return self.entry.fichier


@click.command("reintegrer")
@click.argument("path", metavar="CLASSEUR", type=click.Path(path_type=Path))
@options.CAMPAIGN
@click.option(
    "--depuis",
    "folder",
    type=click.Path(path_type=Path),
    help="Dossier des fichiers reçus (par défaut data/brut).",
)
@pass_context
def reintegrer(context: Context, path: Path, campaign: str, folder: Path | None) -> None:
    """
    Réimporte les fichiers reçus avec les corrections d’un classeur.

    Les fichiers reçus ne sont pas modifiés ; les corrections sont gardées dans data/corrections
    et appliquées à chaque nouvel import du même fichier.
    """
    project = context.project
    context.reference.campaign(campaign)
    new = read_corrections(path)
    source = folder or project.received
    found = by_digest(source)
    absent = sorted(set(new) - set(found))
    if absent:
        raise UnreadableFileError(
            f"Dans « {source} », {len(absent)} fichier(s) à corriger sont absents ou ont changé "
            f"(empreintes {', '.join(name[:8] for name in absent)}).",
            "Indiquez leur dossier par --depuis, ou réimportez le fichier corrigé.",
        )
    entries = [entry for entry in Store(project).imports(campaign) if entry.sha256 in new]
    never = [found[digest].name for digest in set(new) - {entry.sha256 for entry in entries}]
    if never:
        raise UsageError(
            f"{listing(never)} : aucun import de la campagne {campaign} ne vient de ce fichier.",
            "Importez-le d’abord, ou donnez la bonne campagne.",
        )
    keep_corrections(project, campaign, new)

    def one(again: _Again, _: Moved) -> None:
        reception, outcome = read_again(context, again.entry, again.path)
        note_received(project, again.path, outcome, campaign)
        report_import(*Store(project).add(reception, outcome, datetime.now().astimezone()))

    raise_first(each([_Again(one, found[one.sha256]) for one in entries], one), "")
    OUT.print(f"{sum(map(len, new.values()))} correction(s) appliquée(s).")
