"""Commands that hand a project over: one archive, and the same project out of it."""

import os
from datetime import datetime
from pathlib import Path

import click

from qpref.cli import options
from qpref.cli.context import Context, pass_context
from qpref.cli.terminal import ERR, OUT, ask
from qpref.errors import UsageError
from qpref.handover.manifest import Manifest
from qpref.handover.reading import digest_of
from qpref.handover.restoring import restore
from qpref.handover.saving import save
from qpref.wording.french import noun

VARIABLE = "QPREF_PHRASE_SECRETE"
_SHORTEST = 12  # characters; the CNIL asks as many of a password that nothing else protects


@click.command("sauvegarder")
@options.target("Archive à écrire ; par défaut, à côté du dossier du projet.")
@click.option("--chiffrer", "is_secret", is_flag=True, help="Chiffre par une phrase secrète.")
@click.option(
    "--sans-personnelles",
    "is_nameless",
    is_flag=True,
    help="Laisse les données personnelles : fichiers reçus, membres, textes non relus…",
)
@pass_context
def sauvegarder(
    context: Context, *, target: Path | None, is_secret: bool, is_nameless: bool
) -> None:
    """
    Met tout le projet dans une archive, pour le garder ou le remettre à quelqu’un.

    Chaque fichier y est avec son empreinte ; l’archive est relue avant de prendre son nom, et n’en
    remplace jamais une autre. La phrase secrète est demandée, ou lue dans QPREF_PHRASE_SECRETE.
    """
    project, now = context.project, datetime.now().astimezone()
    suffix = ".zip.age" if is_secret else ".zip"
    root = project.root
    path = target or root.with_name(f"{root.name}-{now:%Y-%m-%d-%H%M}{suffix}")
    saved = save(
        project, path, now, is_personal=not is_nameless, passphrase=_chosen() if is_secret else ""
    )
    OUT.print(f"Archive : {saved.path} ({_weight(saved.octets)})")
    OUT.print(f"  {_told(saved.manifest)}")
    OUT.print(f"  Empreinte SHA-256 : {saved.sha256}")
    if saved.left:
        OUT.print(f"  Pas dans l’archive : {', '.join(saved.left)}.")
    if not (is_secret or is_nameless):
        ERR.print(
            "Cette archive contient des données personnelles et n’est pas chiffrée : ne la laissez "
            "ni sur un partage ni dans un courriel (--chiffrer, --sans-personnelles).",
            style="yellow",
        )
    if is_secret:
        OUT.print("Sans sa phrase secrète, personne ne peut la lire, pas même qpref.")


@click.command("restaurer")
@click.argument("path", metavar="ARCHIVE", type=click.Path(path_type=Path))
@click.argument("folder", metavar="DOSSIER", type=click.Path(path_type=Path))
@pass_context
def restaurer(_context: Context, path: Path, folder: Path) -> None:
    """
    Remet un projet tel qu’il était, dans un dossier vide ou nouveau.

    Chaque fichier est comparé à son empreinte : si un seul a changé, rien n’est écrit.
    """
    manifest = restore(path, folder, _asked)
    OUT.print(f"Projet restauré dans « {folder} ».")
    OUT.print(f"  {_told(manifest)}")
    OUT.print(f"  Empreinte SHA-256 de l’archive : {digest_of(path)}")
    if os.name != "nt":
        OUT.print("Vous seul pouvez ouvrir ce dossier ; changez ses droits pour le partager.")
    if not manifest.personnelles:
        OUT.print(
            "Fichiers reçus, membres du comité et remarques non relues n’y sont pas : les rapports "
            "se refont, mais ni un import ni un envoi."
        )


def _chosen() -> str:
    """Return the passphrase of a new archive, typed twice, or given by the surroundings."""
    known = os.environ.get(VARIABLE)
    phrase = known or ask("Phrase secrète", hide_input=True, confirmation_prompt=True)
    if len(phrase) < _SHORTEST:
        raise UsageError(
            f"Cette phrase secrète a moins de {_SHORTEST} caractères.",
            "Prenez quelques mots sans rapport entre eux.",
        )
    return str(phrase)


def _asked() -> str:
    """Return the passphrase of an archive."""
    return str(os.environ.get(VARIABLE) or ask("Phrase secrète", hide_input=True))


def _told(manifest: Manifest) -> str:
    count = len(manifest.fichiers)
    kind = "avec" if manifest.personnelles else "sans"
    return (
        f"{count} {noun(count, 'fichier')} ({_weight(manifest.size)}) du "
        f"{manifest.fait_le:%d/%m/%Y à %H:%M}, {kind} les données personnelles, "
        f"qpref {manifest.qpref}"
    )


def _weight(octets: int) -> str:
    return f"{octets / 1_000_000:.1f} Mo".replace(".", ",")
