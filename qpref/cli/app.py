"""The command `qpref` and its exit codes."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from qpref.cli.bench import banc
from qpref.cli.committee import clu, purger
from qpref.cli.common import ERR, OUT, Context
from qpref.cli.fieldwork import collecte, plan_echantillon
from qpref.cli.files import dictionnaire, exemple, importer, inspecter, migrer, modele_saisie
from qpref.cli.labelling import labellisation
from qpref.cli.labo import labo, nouveau_notebook
from qpref.cli.mystery import plan_mystere
from qpref.cli.quarantine import quarantaine
from qpref.cli.reports import rapports
from qpref.cli.standard import referentiel
from qpref.cli.verbatims import verbatims
from qpref.cli.verify import verifier
from qpref.errors import QprefError, StorageError, UsageError


@click.group(no_args_is_help=True, context_settings={"help_option_names": ["--help", "-h"]})
@click.option(
    "--racine",
    type=click.Path(path_type=Path),
    help="Dossier du projet (par défaut, celui où vous êtes).",
)
@click.version_option(package_name="qpref", message="qpref %(version)s")
@click.pass_context
def commands(context: click.Context, racine: Path | None) -> None:
    """Enquêtes de satisfaction et enquêtes mystères : des fichiers reçus aux rapports."""
    context.obj = Context(racine)


for _command in (
    exemple,
    inspecter,
    importer,
    migrer,
    modele_saisie,
    dictionnaire,
    quarantaine,
    plan_echantillon,
    plan_mystere,
    collecte,
    verbatims,
    rapports,
    verifier,
    banc,
    referentiel,
    labellisation,
    clu,
    purger,
    labo,
    nouveau_notebook,
):
    commands.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:  # noqa: PLR0911 - one an ending
    """
    Run the command line and return its exit code; a user's mistake never shows a traceback.

    Parameters
    ----------
    arguments
        Without the program's name; those of the process by default.
    """
    try:
        commands.main(arguments, prog_name="qpref", standalone_mode=False)
    except QprefError as error:
        ERR.print(f"Erreur : {error}", style="red", markup=False)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        OUT.print(error.format_message(), markup=False)
        return UsageError.exit_code
    except click.ClickException as error:
        ERR.print(f"Erreur : {error.format_message()}", style="red", markup=False)
        ERR.print("Aide : qpref --help", markup=False)
        return UsageError.exit_code
    except BrokenPipeError:  # the reader of our output stopped reading: say nothing more to it
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        return 1
    except OSError as error:  # a full disk, a share that vanished: wherever it happens
        place = f" (« {error.filename} »)" if error.filename else ""
        told = StorageError(
            f"Impossible d’écrire ou de lire{place} : {error.strerror or error}.",
            "Vérifiez les droits et la place disponible, puis relancez : rien n’est perdu.",
        )
        ERR.print(f"Erreur : {told}", style="red", markup=False)
        return told.exit_code
    except (KeyboardInterrupt, click.Abort):
        ERR.print("Interrompu. Les rapports déjà faits sont en place.")
        return 130
    return 0
