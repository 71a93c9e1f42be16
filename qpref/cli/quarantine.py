"""Commands on what was set aside: list it, correct it, bring it back."""

from datetime import datetime
from pathlib import Path

import click

from qpref.cli.common import (
    CAMPAIGN,
    OUT,
    Context,
    each,
    expand,
    print_json,
    raise_first,
)


@click.group("quarantaine")
def quarantaine() -> None:
    """Montre, corrige et réintègre ce qui a été mis de côté."""


@quarantaine.command("lister")
@CAMPAIGN
@click.option("--json", "as_json", is_flag=True, help="Écrit la liste en JSON.")
@click.pass_obj
def lister(context: Context, campagne: str, *, as_json: bool) -> None:
    """Montre ce qui a été mis de côté, fichier par fichier, motif par motif."""
    from qpref.intake.common import grouped  # noqa: PLC0415
    from qpref.store import Store  # noqa: PLC0415

    context.reference.campaign(campagne)
    rejects = Store(context.project).rejects(campagne)
    if as_json:
        print_json({"rejets": rejects.to_dict("records")})
        return
    if rejects.empty:
        OUT.print("Rien n’a été mis de côté.")
    for name, rows in rejects.groupby("fichier", sort=True):
        OUT.print(f"{name} : {len(rows)} ligne(s) ou cellule(s) mise(s) de côté", markup=False)
        for message in grouped(rows):
            OUT.print(f"  - {message}", markup=False)


@quarantaine.command("corriger")
@CAMPAIGN
@click.option("--vers", type=click.Path(path_type=Path), help="Classeur .xlsx à écrire.")
@click.pass_obj
def corriger(context: Context, campagne: str, vers: Path | None) -> None:
    """
    Écrit un classeur où corriger les cellules mises de côté.

    Remplissez sa dernière colonne, « Valeur corrigée », puis réintégrez-le.
    """
    from qpref.project import write_atomically  # noqa: PLC0415
    from qpref.store import Store, correctable, corrections_workbook  # noqa: PLC0415

    context.reference.campaign(campagne)
    store = Store(context.project)
    target = vers or context.project.quarantine / campagne / "corrections.xlsx"
    write_atomically(target, corrections_workbook(store, campagne))
    count = len(correctable(store, campagne))
    OUT.print(f"{count} cellule(s) à corriger dans « {target} ».", markup=False)


@quarantaine.command("reintegrer")
@click.argument("classeur", metavar="CLASSEUR", type=click.Path(path_type=Path))
@CAMPAIGN
@click.option(
    "--depuis",
    type=click.Path(path_type=Path),
    help="Dossier des fichiers reçus (par défaut data/brut).",
)
@click.pass_obj
def reintegrer(context: Context, classeur: Path, campagne: str, depuis: Path | None) -> None:
    """
    Réimporte les fichiers reçus avec les corrections d’un classeur.

    Les fichiers reçus ne sont pas modifiés ; les corrections sont gardées dans data/corrections
    et appliquées à chaque nouvel import du même fichier.
    """
    from qpref.cli.files import report_import  # noqa: PLC0415
    from qpref.errors import UnreadableFileError  # noqa: PLC0415
    from qpref.intake import Reception, receive  # noqa: PLC0415
    from qpref.intake.files import digest_of  # noqa: PLC0415
    from qpref.store import (  # noqa: PLC0415
        Store,
        keep_corrections,
        load_corrections,
        read_corrections,
    )

    project, reference = context.project, context.reference
    reception = Reception(reference, reference.campaign(campagne), names=context.names)
    new = read_corrections(classeur)
    folder = depuis or project.received
    found = {digest_of(path): path for path in expand([folder])}
    absent = sorted(set(new) - set(found))
    if absent:
        raise UnreadableFileError(
            f"Dans « {folder} », {len(absent)} fichier(s) à corriger sont absents ou ont changé "
            f"(empreintes {', '.join(name[:8] for name in absent)}).",
            "Indiquez leur dossier par --depuis, ou réimportez le fichier corrigé.",
        )
    keep_corrections(project, campagne, new)
    corrections, store = load_corrections(project, campagne), Store(project)

    def one(path: Path) -> None:
        outcome = receive(reception, path, None, corrections)
        report_import(*store.add(reception, outcome, datetime.now().astimezone()))

    raise_first(each([found[digest] for digest in new], one), "")
    OUT.print(f"{sum(map(len, new.values()))} correction(s) appliquée(s).", markup=False)
