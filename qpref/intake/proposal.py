"""From a file to the draft of its questionnaire, or of its mystery grid."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from qpref.errors import UnreadableFileError
from qpref.intake.dictionary_check import differences
from qpref.intake.drafts import Draft, drafts_of, identifier, propose
from qpref.intake.files import read_file
from qpref.intake.formats import read_anything, table
from qpref.intake.inspection import united
from qpref.intake.lss import read_lss
from qpref.intake.mystery_draft import draft_grid
from qpref.reference import Questionnaire


def draft_questionnaire(
    path: Path,
    known: Iterable[Questionnaire] = (),
    encoding: str | None = None,
    name: str | None = None,
) -> str:
    """
    Return the YAML of a draft questionnaire.

    Parameters
    ----------
    path
        A LimeSurvey structure (.lss) or any export that `inspecter` reads.
    known
        Questionnaires whose scales may be reused.
    encoding
        Of a text file, when the one found is wrong.
    name
        Its identifier; by default, drawn from the name of the file.

    Raises
    ------
    UnreadableFileError
        If the file is absent, or describes no question.
    """
    drafts = read_drafts(path, encoding)
    name = name or f"{identifier(path.stem).replace('_', '-')}-brouillon"
    return propose(drafts, name, path.name, known)


def draft_dictionary(
    path: Path,
    known: Iterable[Questionnaire] = (),
    encoding: str | None = None,
    name: str | None = None,
) -> str:
    """Return the draft of a mystery grid for a workbook of contacts, else of a questionnaire."""
    if path.suffix.casefold() != ".lss" and path.exists():
        grid = draft_grid(read_file(path, encoding))
        if grid is not None:
            return grid
    return draft_questionnaire(path, known, encoding, name)


def check_dictionary(
    path: Path, questionnaire: Questionnaire, encoding: str | None = None
) -> list[str]:
    """Return what a form and its dictionary disagree on, one sentence each."""
    return differences(read_drafts(path, encoding), questionnaire)


def read_drafts(path: Path, encoding: str | None = None) -> list[Draft]:
    """
    Return the questions that a structure file or an export describes.

    Raises
    ------
    UnreadableFileError
        If the file is absent, or describes no question.
    """
    if not path.exists():
        raise UnreadableFileError(f"« {path} » n’existe pas.", "Vérifiez le nom du fichier.")
    if path.suffix.casefold() == ".lss":
        drafts = read_lss(path)
    else:
        file = read_file(path, encoding)
        export = united(file, read_anything(file))[0]
        drafts = drafts_of(replace(export, rows=table.forms(export)))
    if not drafts:
        raise UnreadableFileError(
            f"« {path.name} » ne décrit aucune question.", "Vérifiez le fichier choisi."
        )
    return drafts
