"""Errors that a user can cause: a French sentence, a remedy, and an exit code each."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import ClassVar


def listing(values: Iterable[object]) -> str:
    """Return the values separated by commas, or « aucun »."""
    return ", ".join(str(value) for value in values) or "aucun"


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return « Vouliez-vous dire … ? » when a known word is close, else nothing."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f" Vouliez-vous dire « {close[0]} » ?" if close else ""


class QprefError(Exception):
    """
    Base of every error that a user can mend.

    Parameters
    ----------
    sentence
        What is wrong, in French, naming the file, row or column.
    remedy
        What to do about it, in French.

    Notes
    -----
    A subclass gives the exit code of the command and what it means, as users read it. `known` holds
    all of them by name: a notebook that fails tells the name of its error only.
    """

    exit_code: ClassVar[int] = 1
    meaning: ClassVar[str] = "au moins un rapport a échoué ; les autres sont faits"
    known: ClassVar[dict[str, type["QprefError"]]] = {}

    def __init_subclass__(cls, *, exit_code: int | None = None, meaning: str = "") -> None:
        """Note each error by its name, wherever it is defined, with its own exit code if any."""
        super().__init_subclass__()
        cls.exit_code = cls.exit_code if exit_code is None else exit_code
        cls.meaning = meaning or cls.meaning
        QprefError.known[cls.__name__] = cls

    def __init__(self, sentence: str, remedy: str) -> None:
        super().__init__(f"{sentence} {remedy}")
        self.sentence = sentence
        self.remedy = remedy


class UsageError(
    QprefError,
    exit_code=2,
    meaning="commande, option ou argument inconnu, absent ou mal écrit",
):
    """A command line that cannot be understood."""


class ProjectNotFoundError(QprefError, exit_code=3, meaning="dossier du projet introuvable"):
    """No project folder above the working directory."""

    def __init__(self, start: Path) -> None:
        super().__init__(
            f"Aucun projet qpref dans « {start} » ni au-dessus (dossier data/reference absent).",
            "Placez-vous dans le dossier du projet, ou indiquez-le : qpref --racine DOSSIER ; dans "
            "un notebook, racine=… ; par papermill, --cwd DOSSIER. Ou créez-en un : qpref projet "
            "creer DOSSIER.",
        )


class ReferenceFileError(
    QprefError,
    exit_code=4,
    meaning="erreur dans un fichier de data/reference",
):
    """A mistake in a file of data/reference."""


class UnknownKeyError(QprefError, exit_code=5, meaning="site, campagne ou notebook inconnu"):
    """A site, campaign or notebook that the project does not know."""

    def __init__(self, kind: str, value: str, known: Iterable[str], where: str) -> None:
        names = list(known)
        super().__init__(
            f"{kind} : « {value} » est inconnu. Valeurs connues : {listing(names)}."
            f"{suggestion(value, names)}",
            f"Corrigez la commande, ou complétez {where}.",
        )


class UnreadableFileError(
    QprefError,
    exit_code=6,
    meaning="fichier reçu absent, illisible ou de format non reconnu",
):
    """A received file that is absent, truncated, unsafe or of an unknown format."""


class ColumnsError(QprefError, exit_code=7, meaning="colonnes attendues absentes du fichier reçu"):
    """A received file whose columns are not those of the dictionary."""


class DatesError(
    QprefError,
    exit_code=18,
    meaning="dates du fichier reçu absentes, ambiguës ou contradictoires",
):
    """Dates of a received file whose order of day and month cannot be told."""


class FewKeptError(
    QprefError,
    exit_code=19,
    meaning="aucune ligne gardée, ou plus d’une sur dix en quarantaine ; le reste est importé",
):
    """An import that keeps no row, or sets too many apart; what was kept is stored."""


class ConflictError(
    QprefError,
    exit_code=8,
    meaning="import en conflit avec des données déjà enregistrées",
):
    """An import that would mix or double data already stored."""


class MissingDataError(
    QprefError,
    exit_code=9,
    meaning="aucune donnée importée pour le rapport demandé",
):
    """A report asked for data that were never imported."""


class ParametersError(
    QprefError,
    exit_code=10,
    meaning="paramètres du notebook différents de ceux que le lot transmet",
):
    """A notebook whose declared parameters differ from those given."""


class ReportError(QprefError, exit_code=12, meaning="notebook sans section de rapport"):
    """A notebook that cannot become a report."""


class StorageError(
    QprefError,
    exit_code=11,
    meaning="écriture impossible (dossier protégé, disque plein, autre exécution en cours)",
):
    """A folder that cannot be written, or a store held by another run."""


class MarginError(
    QprefError,
    exit_code=13,
    meaning="pondération impossible sur les totaux demandés",
):
    """Known totals on which the answers cannot be weighted."""


class BreachError(
    QprefError,
    exit_code=14,
    meaning="choix de modules contraire à une règle du référentiel",
):
    """A choice of modules that breaks a rule of the référentiel."""
