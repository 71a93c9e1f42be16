"""Draft a questionnaire or a mystery grid from a file, or list how they differ."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from qpref.errors import ColumnsError, UnreadableFileError
from qpref.intake import mystery
from qpref.intake.common import Reception
from qpref.intake.dictionary_check import Comparison, compare
from qpref.intake.drafting import propose
from qpref.intake.drafts import DraftedForm, form_of
from qpref.intake.files import ending, read_file
from qpref.intake.formats import read_anything, table
from qpref.intake.inspection import united
from qpref.intake.lss import read_lss
from qpref.intake.matching import Lexicon
from qpref.intake.mystery_draft import draft_grid
from qpref.intake.naming import identifier
from qpref.intake.rows import ReceivedFile
from qpref.intake.tallies import layout_of
from qpref.reference import Questionnaire
from qpref.reference.schemas import modeline

STRUCTURE = ".lss"
_COUNTS = {
    "frequentation": "un fichier de fréquentation",
    "collecte": "un relevé des personnes abordées",
}


def draft_questionnaire(
    path: Path,
    known: Iterable[Questionnaire] = (),
    encoding: str | None = None,
    name: str | None = None,
    sites: Lexicon | None = None,
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
    sites
        The project's sites, by whose names a column of sites is known.

    Raises
    ------
    UnreadableFileError
        If the file is absent, or describes no question.
    """
    form = read_form(path, encoding)
    name = name or f"{identifier(path.stem).replace('_', '-')}-brouillon".lstrip("-")
    return f"{modeline('questionnaire')}\n{propose(form, name, path.name, known, sites)}"


def draft_dictionary(
    path: Path,
    known: Iterable[Questionnaire] = (),
    encoding: str | None = None,
    name: str | None = None,
    sites: Lexicon | None = None,
) -> str:
    """Return the draft of a mystery grid for a workbook of contacts, else of a questionnaire."""
    if ending(path.name) != STRUCTURE and path.exists():
        grid = draft_grid(read_file(path, encoding))
        if grid is not None:
            return f"{modeline('mystere')}\n{grid}"
    return draft_questionnaire(path, known, encoding, name, sites)


def check_dictionary(reception: Reception, path: Path, encoding: str | None = None) -> Comparison:
    """
    Return what was compared of a form and the campaign's dictionary, and what they disagree on.

    Raises
    ------
    ColumnsError
        If the file holds no answers to a questionnaire: a mystery survey, visitors counted.
    """
    if path.exists() and ending(path.name) != STRUCTURE:
        file = read_file(path, encoding)
        nature = _other_nature(reception, file)
        if nature:
            raise ColumnsError(
                f"« {file.name} » est {nature} : rien n’y est à comparer à un questionnaire.",
                "Donnez la structure du formulaire (.lss) ou un export de ses réponses.",
            )
    questionnaire = reception.reference.questionnaire(reception.campaign.id)
    return compare(read_form(path, encoding), questionnaire)


def _other_nature(reception: Reception, file: ReceivedFile) -> str:
    """Return what a file is when it holds no answers, or nothing."""
    if layout := layout_of(file):
        return _COUNTS[layout.kind]
    is_mystery = mystery.recognises(reception, file) or draft_grid(file) is not None
    return "un classeur d’enquête mystère" if is_mystery else ""


def read_form(path: Path, encoding: str | None = None) -> DraftedForm:
    """
    Return the questions that a structure file or an export describes.

    Raises
    ------
    UnreadableFileError
        If the file is absent, or describes no question.
    """
    if not path.exists():
        raise UnreadableFileError(f"« {path} » n’existe pas.", "Vérifiez le nom du fichier.")
    if ending(path.name) == STRUCTURE:
        form = DraftedForm(read_lss(path), is_dated=True, is_whole=True)
    else:
        file = read_file(path, encoding)
        export = united(file, read_anything(file))[0]
        form = form_of(replace(export, rows=table.forms(export)))
    if not form.drafts:
        raise UnreadableFileError(
            f"« {path.name} » ne décrit aucune question.", "Vérifiez le fichier choisi."
        )
    return form
