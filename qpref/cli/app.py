"""The command `qpref` and its exit codes."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from qpref.cli.lazy import LazyCommand, LazyGroup
from qpref.cli.terminal import ERR, OUT, open_streams
from qpref.errors import QprefError, StorageError, UsageError
from qpref.told import listening, once


@click.group(
    cls=LazyGroup,
    no_args_is_help=True,
    context_settings={"help_option_names": ["--help", "-h"]},
)
@click.option(
    "--racine",
    "root",
    type=click.Path(path_type=Path),
    help="Dossier du projet (par défaut, celui où vous êtes).",
)
@click.version_option(package_name="qpref", message="qpref %(version)s")
@click.pass_context
def commands(context: click.Context, root: Path | None) -> None:
    """Enquêtes de satisfaction et enquêtes mystères : des fichiers reçus aux rapports."""
    context.obj = root


@commands.group("projet", cls=LazyGroup)
def _project() -> None:
    """Crée le dossier d’un projet, le vérifie, y adapte ce qui est livré avec qpref."""


@commands.group("dictionnaire", cls=LazyGroup)
def _dictionary() -> None:
    """Prépare le dictionnaire des questions."""


@commands.group("questionnaire", cls=LazyGroup)
def _questionnaire() -> None:
    """Relit un questionnaire, et l’écrit pour l’outil qui le pose."""


@commands.group("quarantaine", cls=LazyGroup)
def _quarantine() -> None:
    """Montre, corrige et réintègre ce qui a été mis de côté."""


@commands.group("referentiel", cls=LazyGroup)
def _standard() -> None:
    """Vérifie les choix de modules et compare deux versions du référentiel."""


@commands.group("clu", cls=LazyGroup)
def _committee() -> None:
    """Réunions du comité local des usagers : documents, envoi, accords, questions."""


# Where each command is: group, name that users type, module of qpref.cli, function.
for _group, _name, _module, _function in (
    (_project, "creer", "creation", "creer"),
    (_project, "adapter", "adapting", "adapter"),
    (_project, "verifier", "checking", "verifier"),
    (_project, "sauvegarder", "handover", "sauvegarder"),
    (_project, "restaurer", "handover", "restaurer"),
    (_project, "reparer", "repair", "reparer"),
    (commands, "exemple", "keying", "exemple"),
    (commands, "modele-saisie", "keying", "modele_saisie"),
    (commands, "inspecter", "files", "inspecter"),
    (commands, "importer", "files", "importer"),
    (commands, "migrer", "migration", "migrer"),
    (_dictionary, "proposer", "dictionary", "proposer"),
    (_dictionary, "verifier", "dictionary", "verifier"),
    (_questionnaire, "relire", "instruments", "relire"),
    (_questionnaire, "lss", "instruments", "lss"),
    (_questionnaire, "papier", "paper", "papier"),
    (_quarantine, "lister", "quarantine", "lister"),
    (_quarantine, "corriger", "quarantine", "corriger"),
    (_quarantine, "reintegrer", "quarantine", "reintegrer"),
    (commands, "plan-echantillon", "fieldwork", "plan_echantillon"),
    (commands, "collecte", "fieldwork", "collecte"),
    (commands, "plan-mystere", "mystery", "plan_mystere"),
    (commands, "verbatims", "verbatims", "verbatims"),
    (commands, "exporter", "exporting", "exporter"),
    (commands, "rapports", "reports", "rapports"),
    (commands, "publier", "publishing", "publier"),
    (commands, "verifier", "verify", "verifier"),
    (commands, "banc", "bench", "banc"),
    (_standard, "verifier", "standard", "verifier"),
    (_standard, "comparer", "standard", "comparer"),
    (commands, "labellisation", "labelling", "labellisation"),
    (_committee, "nouvelle-reunion", "convening", "nouvelle_reunion"),
    (_committee, "preparer", "sending", "preparer"),
    (_committee, "reponses", "replies", "reponses"),
    (_committee, "relances", "attendance", "relances"),
    (_committee, "presence", "attendance", "presence"),
    (_committee, "compte-rendu", "minutes", "compte_rendu"),
    (_committee, "calendrier", "diary", "calendrier"),
    (_committee, "suivi", "committee", "suivi"),
    (_committee, "question", "committee", "question"),
    (commands, "purger", "committee", "purger"),
    (commands, "labo", "labo", "labo"),
    (commands, "nouveau-notebook", "labo", "nouveau_notebook"),
):
    _group.add_command(LazyCommand(_name, _module, _function))


def main(arguments: Sequence[str] | None = None) -> int:  # noqa: PLR0911 - one an ending
    """
    Run the command line and return its exit code; a user's mistake never shows a traceback.

    Parameters
    ----------
    arguments
        Without the program's name; those of the process by default.
    """
    open_streams()
    try:
        with listening(once(lambda sentence: ERR.print(sentence, style="yellow"))):
            commands.main(arguments, prog_name="qpref", standalone_mode=False)
    except QprefError as error:
        ERR.print(f"Erreur : {error}", style="red")
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        OUT.print(error.format_message())
        return UsageError.exit_code
    except click.ClickException as error:
        ERR.print(f"Erreur : {error.format_message()}", style="red")
        ERR.print("Aide : qpref --help")
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
        ERR.print(f"Erreur : {told}", style="red")
        return told.exit_code
    except (KeyboardInterrupt, click.Abort):
        ERR.print("Interrompu. Les rapports déjà faits sont en place.")
        return 130
    return 0
