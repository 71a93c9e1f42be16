"""Commands on the dictionary of a questionnaire: draft it, compare it with the form."""

import sys
from pathlib import Path

import click

from qpref.cli import options
from qpref.cli.context import Context, pass_context
from qpref.cli.terminal import OUT
from qpref.errors import ColumnsError, ProjectNotFoundError, ReferenceFileError
from qpref.intake.proposal import check_dictionary, draft_dictionary
from qpref.project import write_atomically
from qpref.wording.text import slug


@click.command("proposer")
@options.FILE
@options.target("Fichier .yml où écrire le brouillon.")
@options.ENCODING
@pass_context
def proposer(context: Context, path: Path, target: Path | None, encoding: str | None) -> None:
    """
    Écrit le brouillon d’un questionnaire d’après une structure LimeSurvey (.lss) ou un export.

    Questions, échelles et réponses sont proposées ; tout ce qui est deviné est à confirmer.
    D’un classeur d’enquête mystère, c’est la grille (mystere.yml) qui est proposée.
    """
    try:
        known = context.reference.questionnaires
    except (ProjectNotFoundError, ReferenceFileError):  # the questionnaire may be what it lacks
        known = {}
    in_place = target is not None and target.resolve().parent.name == "questionnaire"
    name = slug(target.stem) if target and in_place else None
    text = draft_dictionary(path, known.values(), encoding, name)
    if target is None:
        sys.stdout.write(text)
        return
    write_atomically(target, text.encode())
    OUT.print(f"Brouillon écrit dans « {target} ». Relisez-le avant de l’utiliser.", markup=False)


@click.command("verifier")
@options.FILE
@options.CAMPAIGN
@options.ENCODING
@pass_context
def verifier(context: Context, path: Path, campaign: str, encoding: str | None) -> None:
    """
    Compare le dictionnaire d’une campagne au formulaire (.lss) ou à un export.

    Dit quelles questions, quels textes et quelles réponses ne sont plus les mêmes.
    """
    questionnaire = context.reference.questionnaire(campaign)
    found = check_dictionary(path, questionnaire, encoding)
    for sentence in found:
        OUT.print(f"  - {sentence}", markup=False)
    if found:
        raise ColumnsError(
            f"« {path.name} » et le questionnaire {questionnaire.id} diffèrent sur "
            f"{len(found)} point(s).",
            "Corrigez le dictionnaire, ou créez une nouvelle version du questionnaire.",
        )
    OUT.print(f"« {path.name} » et {questionnaire.id} disent la même chose.", markup=False)
