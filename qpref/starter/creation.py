"""A new project: the folder that holds what is the user's, and nothing of the program."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from qpref import shipped
from qpref.errors import ReferenceFileError, UsageError
from qpref.intake.matching import Lexicon
from qpref.intake.proposal import draft_questionnaire
from qpref.project import Project, make_folder, write_atomically
from qpref.reference import Modality, Reference, load_reference
from qpref.starter.naming import DeclaredSite
from qpref.wording.french import long_date, month_name
from qpref.wording.html import templates
from qpref.written import SCHEMA, put

if TYPE_CHECKING:
    import jinja2

QUESTIONNAIRE = "satisfaction-1"
# Where each template goes; empty ones say what they will hold.
_FILES = {
    "LISEZMOI.txt": "LISEZMOI.txt",
    "gitignore": ".gitignore",
    "sites.yml": "data/reference/sites.yml",
    "campagnes.yml": "data/reference/campagnes.yml",
    "clu.yml": "data/reference/clu.yml",
    "actions.yml": "data/reference/actions.yml",
    "labellisation.yml": "data/reference/labellisation.yml",
    "indicateurs.yml": "data/reference/indicateurs.yml",
    "reclamations.yml": "data/reference/reclamations.yml",
}


@dataclass(frozen=True)
class NewProject:
    """
    What a project says of itself.

    `is_dated`: its days were given, and not supposed from the month of the campaign. `form`: the
    questionnaire, as a form or an export.
    """

    department: str
    sites: tuple[DeclaredSite, ...]
    campaign: str
    start: date
    end: date
    is_dated: bool = True
    form: Path | None = None


@dataclass(frozen=True)
class Created:
    """
    A project as it was written.

    The `files`, by their path in it; the `reference` data as they are read, None while the
    questionnaire is to come; `to_mend`, what must be corrected first in the one that was drafted.
    """

    files: tuple[str, ...]
    reference: Reference | None
    to_mend: str = ""


def create(folder: Path, declared: NewProject, today: date) -> Created:
    """
    Write a new project; nothing is written unless what was declared can be read back.

    Parameters
    ----------
    folder
        Absent or empty.
    declared
        What the project says of itself.
    today
        The day on which it says so.

    Raises
    ------
    UsageError
        If the folder holds something, or two sites have one name.
    ReferenceFileError
        If a site or the campaign cannot be what was declared.
    """
    refuse_occupied(folder)
    contents = _contents(declared, today)
    reference, to_mend = _read_back(contents, folder) if declared.form else (None, "")
    for name, content in contents.items():
        write_atomically(folder / name, content.encode())
    schemas = {
        folder / shipped.SCHEMAS / path.name: path.read_bytes() for path in shipped.schemas()
    }
    put(Project(folder), schemas, SCHEMA)
    make_folder(Project(folder).received, is_private=True)
    return Created(tuple(contents), reference, to_mend)


def refuse_occupied(folder: Path) -> None:
    """
    Refuse a folder that holds something.

    Raises
    ------
    UsageError
        If it does, or is no folder.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"« {folder} » est un fichier.", "Donnez un dossier qui n’existe pas.")
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(
            f"« {folder} » contient déjà quelque chose : rien n’a été écrit.",
            "Donnez un dossier vide, ou qui n’existe pas encore.",
        )


def _contents(declared: NewProject, today: date) -> dict[str, str]:
    """Return the files of the project by their path in it."""
    names = [site.id for site in declared.sites]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(
                f"Deux sites s’appellent « {name} ».", "Donnez-leur des noms différents."
            )
    known = {
        "d": declared,
        "questionnaire": QUESTIONNAIRE,
        "label": _months(declared.start, declared.end),
        "declared": f"Déclaré par le projet, {long_date(today)}",
    }
    found = {path: _templates().get_template(name).render(known) for name, path in _FILES.items()}
    try:
        "".join(found.values()).encode()
    except UnicodeEncodeError as error:  # what a terminal of another encoding hands over
        raise UsageError(
            "Un nom contient un caractère illisible.", "Tapez-le à nouveau, sans copier-coller."
        ) from error
    if declared.form:
        text = draft_questionnaire(declared.form, name=QUESTIONNAIRE, sites=_lexicon(declared))
        found[f"data/reference/questionnaire/{QUESTIONNAIRE}.yml"] = text
    return found


def _lexicon(declared: NewProject) -> Lexicon:
    """Return the ways in which the form's export may write each site."""
    return Lexicon(
        Modality(code=site.id, libelle=site.nom_court, synonymes=(site.nom,))
        for site in declared.sites
    )


def _months(start: date, end: date) -> str:
    """
    Return the months of a campaign.

    Examples
    --------
    >>> _months(date(2026, 11, 16), date(2026, 12, 4)), _months(date(2026, 3, 2), date(2026, 3, 20))
    ('novembre-décembre 2026', 'mars 2026')
    """
    first, last = month_name(start), month_name(end)
    if first == last:
        return last
    return f"{first.removesuffix(f' {end.year}')}-{last}"


@cache
def _templates() -> "jinja2.Environment":
    """Return the templates, which are plain text: `q` quotes a value for YAML."""
    environment = templates("qpref.starter").overlay(autoescape=False, keep_trailing_newline=True)
    environment.filters["q"] = lambda value: json.dumps(str(value), ensure_ascii=False)
    return environment


def _read_back(contents: Mapping[str, str], folder: Path) -> tuple[Reference | None, str]:
    """Return the reference data of the files, read where nobody looks, or what the draft lacks."""
    with tempfile.TemporaryDirectory() as scratch:
        project = Project(Path(scratch))
        for name, content in contents.items():
            write_atomically(project.root / name, content.encode())
        try:
            return load_reference(project.reference), ""
        except ReferenceFileError as error:
            sentence = error.sentence.replace(scratch, str(folder))
            if f"{QUESTIONNAIRE}.yml" in sentence:
                return None, sentence
            remedy = "Rien n’a été écrit : corrigez ce que vous avez déclaré."
            raise ReferenceFileError(sentence, remedy) from error
