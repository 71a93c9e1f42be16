"""The canonical tables: every column, its type and its meaning, declared once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qpref.lazy import lazy
from qpref.questions import ROLES

if TYPE_CHECKING:
    import pandera.pandas as pa
else:
    pa = lazy("pandera.pandas")

# Tables of some hundred rows go through thousands of small steps: there Python's own strings cost
# less than Arrow's (docs/adr/0018).
pd.set_option("mode.string_storage", "python")
_STRING = "string[python]"

STATUSES = ("complete", "partielle", "test", "doublon", "hors_periode")
STATES = ("repondu", "sans_objet", "nsp", "non_posee", "non_reponse", "invalide")
GRAVITY = ("erreur", "avertissement")
ACTIONS = ("ligne_ecartee", "ligne_quarantaine", "cellule", "aucune")


def _all_match(pattern: str, values: pd.Series) -> bool:
    """Whether the texts of a column follow a pattern; each is looked at once."""
    return all(re.match(pattern, text) for text in values.unique())


@dataclass(frozen=True)
class CanonicalColumn:
    """
    A column: its type, its meaning, and what its values may be.

    One `is_free` holds a text as somebody wrote it: masked, it may still tell who wrote it.
    """

    dtype: str
    meaning: str
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    least: float | None = None
    most: float | None = None
    nullable: bool = False
    unique: bool = False
    is_free: bool = False

    @property
    def is_coded(self) -> bool:
        """Whether each distinct text is stored once."""
        return self.dtype == "category"

    @property
    def checked(self) -> "pa.Column":
        """The column as pandera checks it; its type is what `conform` has just made of it."""
        checks = []
        if self.allowed:
            checks.append(pa.Check.isin(self.allowed))
        if self.pattern:
            checks.append(pa.Check(partial(_all_match, self.pattern), error=self.pattern))
        if self.least is not None:
            checks.append(pa.Check.ge(self.least))
        if self.most is not None:
            checks.append(pa.Check.le(self.most))
        return pa.Column(None, checks, nullable=self.nullable, unique=self.unique)


@dataclass(frozen=True)
class CanonicalTable:
    """The columns of a table, in order, and those that tell its rows apart."""

    columns: Mapping[str, CanonicalColumn]
    unique: tuple[str, ...] = ()


def _text(meaning: str, *allowed: str, nullable: bool = False) -> CanonicalColumn:
    return CanonicalColumn(_STRING, meaning, allowed, nullable=nullable)


def _free(meaning: str, *, nullable: bool = False) -> CanonicalColumn:
    return CanonicalColumn(_STRING, meaning, nullable=nullable, is_free=True)


def _category(meaning: str, *allowed: str, nullable: bool = False) -> CanonicalColumn:
    return CanonicalColumn("category", meaning, allowed, nullable=nullable)


def _slug(meaning: str, *, nullable: bool = False) -> CanonicalColumn:
    return CanonicalColumn(_STRING, meaning, pattern=r"^[a-z0-9_\-]+$", nullable=nullable)


def _optional(meaning: str, dtype: str = _STRING) -> CanonicalColumn:
    return CanonicalColumn(dtype, meaning, nullable=True)


def _day(meaning: str, *, nullable: bool = False) -> CanonicalColumn:
    return CanonicalColumn("datetime64[ns]", meaning, nullable=nullable)


def _count(meaning: str, least: int = 0) -> CanonicalColumn:
    return CanonicalColumn("int64", meaning, least=least)


_KEYS = {"campagne": _slug("campagne, par exemple 2020-11"), "site": _slug("site")}
_SOURCE = {
    "source_id": _text("identifiant dans le fichier reçu"),
    "source_fichier": _text("nom du fichier reçu"),
    "source_feuille": _text("feuille du classeur, vide pour un fichier texte"),
    "source_ligne": _count("ligne du fichier", least=1),
    "empreinte": _text("empreinte du contenu de la ligne, pour repérer une correction"),
}

TABLES: dict[str, CanonicalTable] = {
    "reponses": CanonicalTable(
        {
            "reponse_id": CanonicalColumn(_STRING, "identifiant stable", unique=True),
            **_KEYS,
            "questionnaire": _text("questionnaire et version, par exemple satisfaction-1"),
            "mode": _optional("mode de recueil"),
            "date_reponse": _day("jour de la réponse"),
            "demi_journee": _optional("moment"),
            "guichet": _optional("guichet"),
            "statut": _text("ce qu’il advient de la réponse", *STATUSES),
            "motif_statut": _text("pourquoi elle n’est pas retenue, vide sinon"),
            **{
                name: _optional(role.meaning)
                for name, role in ROLES.items()
                if role.is_group and name != "mode"
            },
            **_SOURCE,
        },
    ),
    # Millions of rows for a large campaign: texts are categories, stored once each.
    "items": CanonicalTable(
        {
            "reponse_id": _category("réponse"),
            "campagne": _category("campagne"),
            "site": _category("site"),
            "question": _category("question"),
            "option": _category("option d’une question à choix multiples, vide sinon"),
            "etat": _category("état de la réponse", *STATES),
            "modalite": _category("modalité choisie", nullable=True),
            "valeur": _optional(
                "0 ou 1 pour une case, le nombre donné, le jour depuis le 1er janvier 1970",
                "float64",
            ),
            "regle": _category(
                "comment la réponse a été lue", "", "exact", "normalise", "synonyme", "code"
            ),
        },
        unique=("reponse_id", "question", "option"),
    ),
    "verbatims": CanonicalTable(
        {
            "reponse_id": _text("réponse"),
            **_KEYS,
            "question": _slug("question ouverte"),
            "texte_masque": _free("texte dont les données personnelles sont masquées"),
            "n_masques": _count("nombre de masques"),
            "publiable": CanonicalColumn("bool", "vrai seulement après relecture"),
        },
    ),
    "contacts_mysteres": CanonicalTable(
        {
            "contact_id": CanonicalColumn(_STRING, "identifiant stable", unique=True),
            **_KEYS,
            "canal": _slug("canal, par exemple appel"),
            "service": _optional("service contacté"),
            "scenario": _optional("scénario"),
            "evaluateur": _optional("code de l’évaluateur"),
            "envoye_le": _day("date du contact"),
            "abouti": _optional("contact établi ou répondu", "boolean"),
            "repondu_le": _day("réponse", nullable=True),
            "canal_reponse": _slug("canal de la réponse", nullable=True),
            "sonneries": _optional("sonneries avant décroché", "float64"),
            "statut": _text(
                "ce qu’il advient du contact", "complete", "exclu", "hors_periode", "double"
            ),
            "motif_statut": _text("pourquoi il n’est pas retenu, vide sinon"),
            "double_de": _optional("contact qu’un second évaluateur juge ici"),
            "commentaire_masque": _free("commentaire masqué", nullable=True),
            **_SOURCE,
        },
    ),
    "visites_mysteres": CanonicalTable(
        {
            "contact_id": _text("contact"),
            **_KEYS,
            "critere": _slug("critère"),
            "etat": _text("état", *STATES),
            "reponse": _slug("jugement, parmi les réponses de la grille", nullable=True),
            "note": CanonicalColumn(
                "float64", "note, sur le maximum de son critère", least=0, nullable=True
            ),
        },
        unique=("contact_id", "critere"),
    ),
    "population": CanonicalTable(
        {
            **_KEYS,
            "debut": _day("premier jour compté"),
            "fin": _day("dernier jour compté"),
            "variable": _slug("total, ou question du questionnaire : motif, guichet…"),
            "strate": _slug("modalité de la variable"),
            "effectif": _count("passages comptés"),
            "unite": _text("unité comptée", "passages"),
            "source_fichier": _text("fichier reçu"),
        },
        unique=("site", "variable", "strate"),
    ),
    "collecte": CanonicalTable(
        {
            **_KEYS,
            "date": _day("jour"),
            "demi_journee": _text("moment, vide sans ce découpage"),
            **{
                name: _count(meaning)
                for name, meaning in (
                    ("abordes", "personnes abordées"),
                    ("refus", "ont refusé"),
                    ("ineligibles", "non concernées par l’enquête"),
                    ("partiels", "ont commencé sans finir"),
                    ("complets", "ont répondu jusqu’au bout"),
                )
            },
            "source_fichier": _text("fichier reçu"),
        },
        unique=("site", "date", "demi_journee"),
    ),
    "rejets": CanonicalTable(
        {
            "campagne": _slug("campagne"),
            "site": _text("site, vide quand il n’est pas connu"),
            "fichier": _text("fichier reçu"),
            "feuille": _text("feuille, vide pour un fichier texte"),
            "ligne": CanonicalColumn("int64", "ligne du fichier"),
            "colonne": _text("colonne, vide quand toute la ligne est mise de côté"),
            "colonne_numero": CanonicalColumn("int64", "rang de la colonne, 0 sans colonne"),
            "valeur": _free("valeur reçue, masquée, vide si elle peut être personnelle"),
            "code": _slug("code du motif"),
            "message": _free("phrase pour l’analyste, qui cite la valeur"),
            "gravite": _text("gravité", *GRAVITY),
            "action": _text("ce qui a été fait", *ACTIONS),
        },
    ),
}


def typed(table: str, rows: pd.DataFrame | list[dict[str, Any]]) -> pd.DataFrame:
    """
    Return the rows with the declared columns, order and types; values are not checked.

    For what was checked when it was written (see `conform`).

    Raises
    ------
    KeyError
        If a declared column is missing.
    """
    columns = TABLES[table].columns
    frame = pd.DataFrame(rows, columns=None if len(rows) else list(columns))
    if list(frame) != list(columns):
        frame = frame[list(columns)]
    return _cast(table, frame)


def _cast(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Give the columns that have another type the declared one."""
    kinds = dict(frame.dtypes.items())
    columns = TABLES[table].columns
    others = {name: one.dtype for name, one in columns.items() if kinds[name] != one.dtype}
    return (frame.astype(others) if others else frame).reset_index(drop=True)


def conform(table: str, rows: pd.DataFrame | list[dict[str, Any]]) -> pd.DataFrame:
    """
    Return the rows as a canonical table: declared columns, order and types, checked.

    Parameters
    ----------
    table
        A key of `TABLES`.
    rows
        A frame or records; may be empty.

    Raises
    ------
    AssertionError
        If a value breaks the declaration. This is a defect of qpref, not of the file received:
        what users see is checked earlier, with its place in the file.
    """
    columns = TABLES[table].columns
    frame = _cast(table, pd.DataFrame(rows, columns=list(columns)))
    coded = [name for name, column in columns.items() if column.is_coded]
    try:
        _checked(table).validate(frame.drop(columns=coded), lazy=True, inplace=True)
    except pa.errors.SchemaErrors as error:
        raise AssertionError(f"{table}: {error.failure_cases.head().to_string()}") from error
    for name in coded:
        _check_codes(table, name, frame[name].array)
    if _has_twins(frame, TABLES[table].unique):
        raise AssertionError(f"{table}: two rows have the same {TABLES[table].unique}")
    return frame


@cache
def _checked(table: str) -> "pa.DataFrameSchema":
    """Return a table as pandera checks it; texts stored once each are checked by their codes."""
    columns = TABLES[table].columns
    own = {name: column.checked for name, column in columns.items() if not column.is_coded}
    return pa.DataFrameSchema(own, strict=True)


def _check_codes(table: str, name: str, values: pd.Categorical) -> None:
    """Refuse a category that is not allowed, or a missing one: on each, not on each row."""
    column = TABLES[table].columns[name]
    if not column.nullable and (values.codes < 0).any():
        raise AssertionError(f"{table}: {name} is missing somewhere")
    others = set(values.categories) - set(column.allowed) if column.allowed else set()
    used = others & set(values.unique()) if others else others
    if used:
        raise AssertionError(f"{table}: {name} may not be {sorted(used)}")


def _has_twins(frame: pd.DataFrame, names: Sequence[str]) -> bool:
    """Whether two rows have the same values in some columns."""
    if not names or frame.empty:
        return False
    key = np.zeros(len(frame), dtype=np.int64)
    for name in names:
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            codes, count = column.cat.codes.to_numpy(), len(column.cat.categories)
        else:
            codes, distinct = pd.factorize(column)
            count = len(distinct)
        key *= count + 1  # -1 is a code too: that of a missing value
        key += codes
    is_ordered = bool((key[1:] > key[:-1]).all())  # as most are, and known sooner
    return not is_ordered and bool(pd.Series(key).duplicated().any())
