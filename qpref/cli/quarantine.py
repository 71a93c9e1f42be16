"""Commands on what was set aside: list it, correct it, bring it back."""

from datetime import datetime
from pathlib import Path

import click

from qpref.cli import options
from qpref.cli.context import Context, pass_context
from qpref.cli.received import each, expand, note_received, raise_first, report_import
from qpref.cli.terminal import OUT, print_json
from qpref.errors import UnreadableFileError
from qpref.intake import Reception, receive
from qpref.intake.common import grouped
from qpref.intake.files import digest_of
from qpref.store import (
    Store,
    correctable,
    corrections_workbook,
    keep_corrections,
    load_corrections,
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
    project, reference = context.project, context.reference
    reception = Reception(reference, reference.campaign(campaign), names=context.names)
    new = read_corrections(path)
    source = folder or project.received
    found = {digest_of(file): file for file in expand([source])}
    absent = sorted(set(new) - set(found))
    if absent:
        raise UnreadableFileError(
            f"Dans « {source} », {len(absent)} fichier(s) à corriger sont absents ou ont changé "
            f"(empreintes {', '.join(name[:8] for name in absent)}).",
            "Indiquez leur dossier par --depuis, ou réimportez le fichier corrigé.",
        )
    keep_corrections(project, campaign, new)
    corrections, store = load_corrections(project, campaign), Store(project)

    def one(file: Path) -> None:
        outcome = receive(reception, file, None, corrections)
        note_received(project, file, outcome, campaign)
        report_import(*store.add(reception, outcome, datetime.now().astimezone()))

    raise_first(each([found[digest] for digest in new], one), "")
    OUT.print(f"{sum(map(len, new.values()))} correction(s) appliquée(s).")
