"""Commands on the dictionary of a questionnaire: draft it, compare it with the form."""

from pathlib import Path

import click

from qpref.cli import options
from qpref.cli.context import Context, pass_context
from qpref.cli.terminal import OUT, print_json, print_text
from qpref.errors import ColumnsError, ProjectNotFoundError, ReferenceFileError, UsageError
from qpref.intake.common import Reception, site_lexicon
from qpref.intake.dictionary_check import Comparison
from qpref.intake.matching import Lexicon
from qpref.intake.proposal import check_dictionary, draft_dictionary
from qpref.project import Project, write_atomically
from qpref.reference import Questionnaire
from qpref.wording.french import enumeration, plural
from qpref.wording.text import slug
from qpref.written import TO_FILL, digest, note, theirs


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
    known, sites = _of_project(context)
    in_place = target is not None and target.resolve().parent.name == "questionnaire"
    name = slug(target.stem) if target and in_place else None
    text = draft_dictionary(path, known, encoding, name, sites)
    if target is None:
        print_text(text)
        return
    write_new(context, target, text.encode())
    OUT.print(f"Brouillon écrit dans « {target} ». Relisez-le avant de l’utiliser.")


def write_new(context: Context, target: Path, content: bytes) -> None:
    """Write a file asked for; one that somebody went over stays, and nothing is written."""
    try:
        project = context.project
    except ProjectNotFoundError:  # the draft may be what begins one
        project = Project(target.absolute().parent)
    if theirs(project, [target], {target: digest(content)}):
        raise UsageError(
            f"« {target} » est déjà là et quelqu’un l’a relu ou changé : rien n’a été écrit.",
            "Donnez un autre nom par --vers, ou déplacez-le d’abord.",
        )
    if project.reference.is_dir():
        note(project, {target: digest(content)}, TO_FILL)
    write_atomically(target, content)


def _of_project(context: Context) -> tuple[list[Questionnaire], Lexicon | None]:
    """Return the questionnaires and the sites of the project; none without a project."""
    try:
        reference = context.reference
    except (ProjectNotFoundError, ReferenceFileError):  # the questionnaire may be what it lacks
        return [], None
    return reference.of_users, site_lexicon(reference)


@click.command("verifier")
@options.FILE
@options.CAMPAIGN
@options.ENCODING
@options.json("Écrit ce qui a été comparé, et les différences, en JSON.")
@pass_context
def verifier(
    context: Context, path: Path, campaign: str, encoding: str | None, *, is_json: bool
) -> None:
    """
    Compare le dictionnaire d’une campagne au formulaire (.lss) ou à un export.

    Dit ce qui a été comparé, et quelles questions, quels textes et quelles réponses ne sont plus
    les mêmes.
    """
    reference = context.reference
    reception = Reception(reference, reference.campaign(campaign))
    questionnaire = reference.questionnaire(campaign)
    found = check_dictionary(reception, path, encoding)
    if is_json:
        print_json(_contract(path, questionnaire.id, found))
    else:
        _report(path, questionnaire.id, found)
    if not found.questions:
        raise ColumnsError(
            f"« {path.name} » n’a pu être comparé au questionnaire {questionnaire.id} : aucune de "
            "ses questions n’y est.",
            "Vérifiez le fichier et la campagne. Pour un autre formulaire, écrivez son brouillon "
            "(qpref dictionnaire proposer).",
        )
    if found.differences:
        raise ColumnsError(
            f"« {path.name} » et le questionnaire {questionnaire.id} diffèrent sur "
            f"{len(found.differences)} point(s).",
            "Corrigez le dictionnaire, ou créez une nouvelle version du questionnaire.",
        )


def _contract(path: Path, name: str, found: Comparison) -> dict[str, object]:
    """Return what `verifier --json` promises."""
    return {
        "fichier": path.name,
        "questionnaire": name,
        "compares": {
            "questions": found.questions,
            "niveaux": found.levels,
            "options": found.options,
        },
        "differences": found.differences,
        "non_compares": found.left,
    }


def _report(path: Path, name: str, found: Comparison) -> None:
    """Print what was compared, what differs, and what could not be compared."""
    for sentence in found.differences:
        OUT.print(f"  - {sentence}")
    counts = enumeration(
        [
            plural(found.questions, "question"),
            plural(found.levels, "niveau", "niveaux"),
            plural(found.options, "option"),
        ]
    )
    end = "" if found.differences or not found.questions else " : aucune différence"
    OUT.print(f"« {path.name} » et {name}, comparés sur {counts}{end}.")
    for sentence in found.left:
        OUT.print(f"  Non comparé : {sentence}.")
