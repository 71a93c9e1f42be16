"""The canonical tables: every column, its type and its meaning, declared once."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qpref.canonical import (
    STRING,
    CanonicalColumn,
    CanonicalTable,
    category,
    count,
    day,
    free,
    optional,
    slug,
    text,
)
from qpref.lazy import lazy
from qpref.questions import LANGUAGE, ROLES

if TYPE_CHECKING:
    import pandera.pandas as pa
else:
    pa = lazy("pandera.pandas")

# Tables of some hundred rows go through thousands of small steps: there Python's own strings cost
# less than Arrow's (docs/adr/0018).
pd.set_option("mode.string_storage", "python")

STATUSES = ("complete", "partielle", "test", "doublon", "hors_periode")
STATES = ("repondu", "sans_objet", "nsp", "non_posee", "non_reponse", "invalide")
GRAVITY = ("erreur", "avertissement")
ACTIONS = ("ligne_ecartee", "ligne_quarantaine", "cellule", "aucune")


_KEYS = {"campagne": slug("campagne, par exemple 2020-11"), "site": slug("site")}
_SOURCE = {
    "source_id": text("identifiant dans le fichier reçu"),
    "source_fichier": text("nom du fichier reçu"),
    "source_feuille": text("feuille du classeur, vide pour un fichier texte"),
    "source_ligne": count("ligne du fichier", least=1),
    "empreinte": text("empreinte du contenu de la ligne, pour repérer une correction"),
}

_SINCE = {LANGUAGE: 3}  # layout of the store that first has the column of a role

TABLES: dict[str, CanonicalTable] = {
    "reponses": CanonicalTable(
        {
            "reponse_id": CanonicalColumn(STRING, "identifiant stable", unique=True),
            **_KEYS,
            "questionnaire": text("questionnaire et version, par exemple satisfaction-1"),
            "mode": optional("mode de recueil"),
            "date_reponse": day("jour de la réponse"),
            "demi_journee": optional("moment"),
            "guichet": optional("guichet"),
            "statut": text("ce qu’il advient de la réponse", *STATUSES),
            "motif_statut": text("pourquoi elle n’est pas retenue, vide sinon"),
            **{
                name: optional(role.meaning, since=_SINCE.get(name, 0))
                for name, role in ROLES.items()
                if role.is_group and name != "mode"
            },
            **_SOURCE,
        },
    ),
    # Millions of rows for a large campaign: texts are categories, stored once each.
    "items": CanonicalTable(
        {
            "reponse_id": category("réponse"),
            "campagne": category("campagne"),
            "site": category("site"),
            "question": category("question"),
            "option": category("option d’une question à choix multiples, vide sinon"),
            "etat": category("état de la réponse", *STATES),
            "modalite": category("modalité choisie", nullable=True),
            "valeur": optional(
                "0 ou 1 pour une case, le nombre donné, le jour depuis le 1er janvier 1970",
                "float64",
            ),
            "regle": category(
                "comment la réponse a été lue", "", "exact", "normalise", "synonyme", "code"
            ),
        },
        unique=("reponse_id", "question", "option"),
    ),
    "verbatims": CanonicalTable(
        {
            "reponse_id": text("réponse"),
            **_KEYS,
            "question": slug("question ouverte"),
            "texte_masque": free("texte dont les données personnelles sont masquées"),
            "n_masques": count("nombre de masques"),
            "publiable": CanonicalColumn("bool", "vrai seulement après relecture"),
        },
    ),
    "contacts_mysteres": CanonicalTable(
        {
            "contact_id": CanonicalColumn(STRING, "identifiant stable", unique=True),
            **_KEYS,
            "canal": slug("canal, par exemple appel"),
            "service": optional("service contacté"),
            "scenario": optional("scénario"),
            "evaluateur": optional("code de l’évaluateur"),
            "envoye_le": day("date du contact"),
            "abouti": optional("contact établi ou répondu", "boolean"),
            "repondu_le": day("réponse", nullable=True),
            "canal_reponse": slug("canal de la réponse", nullable=True),
            "sonneries": optional("sonneries avant décroché", "float64"),
            "statut": text(
                "ce qu’il advient du contact", "complete", "exclu", "hors_periode", "double"
            ),
            "motif_statut": text("pourquoi il n’est pas retenu, vide sinon"),
            "double_de": optional("contact qu’un second évaluateur juge ici"),
            "commentaire_masque": free("commentaire masqué", nullable=True),
            **_SOURCE,
        },
    ),
    "visites_mysteres": CanonicalTable(
        {
            "contact_id": text("contact"),
            **_KEYS,
            "critere": slug("critère"),
            "etat": text("état", *STATES),
            "reponse": slug("jugement, parmi les réponses de la grille", nullable=True),
            "note": CanonicalColumn(
                "float64", "note, sur le maximum de son critère", least=0, nullable=True
            ),
        },
        unique=("contact_id", "critere"),
    ),
    "population": CanonicalTable(
        {
            **_KEYS,
            "debut": day("premier jour compté"),
            "fin": day("dernier jour compté"),
            "variable": slug("total, ou question du questionnaire : motif, guichet…"),
            "strate": slug("modalité de la variable"),
            "effectif": count("passages comptés"),
            "unite": text("unité comptée", "passages"),
            "source_fichier": text("fichier reçu"),
        },
        unique=("site", "variable", "strate"),
    ),
    "collecte": CanonicalTable(
        {
            **_KEYS,
            "date": day("jour"),
            "demi_journee": text("moment, vide sans ce découpage"),
            **{
                name: count(meaning)
                for name, meaning in (
                    ("abordes", "personnes abordées"),
                    ("refus", "ont refusé"),
                    ("ineligibles", "non concernées par l’enquête"),
                    ("partiels", "ont commencé sans finir"),
                    ("complets", "ont répondu jusqu’au bout"),
                )
            },
            "source_fichier": text("fichier reçu"),
        },
        unique=("site", "date", "demi_journee"),
    ),
    "indicateurs": CanonicalTable(
        {
            "releve_id": CanonicalColumn(STRING, "site, période et indicateur", unique=True),
            **_KEYS,
            "indicateur": slug("indicateur de indicateurs.yml"),
            "periode": CanonicalColumn(
                STRING, "mois (2020-03) ou trimestre (2020-T1)", pattern=r"^20\d\d-(\d\d|T[1-4])$"
            ),
            "numerateur": CanonicalColumn(
                "float64", "cas comptés, d’une part", least=0, nullable=True
            ),
            "denominateur": CanonicalColumn(
                "float64", "cas parmi lesquels on compte, d’une part", least=0, nullable=True
            ),
            "valeur": CanonicalColumn(
                "float64",
                "valeur dans l’unité de l’indicateur, de 0 à 1 pour une part",
                least=0,
                nullable=True,
            ),
            "source": text("d’où vient le relevé, vide si rien ne le dit"),
            **{name: one for name, one in _SOURCE.items() if name != "source_id"},
        },
        unique=("site", "indicateur", "periode"),
    ),
    "reclamations": CanonicalTable(
        {
            "reclamation_id": CanonicalColumn(STRING, "identifiant stable", unique=True),
            **_KEYS,
            "recue_le": day("date de réception"),
            "canal": slug("canal de reclamations.yml, vide s’il n’est pas dit", nullable=True),
            "nature": text("réclamation ou suggestion", "reclamation", "suggestion"),
            "sujet": slug("sujet de sujets.yml, vide s’il n’est pas dit", nullable=True),
            "service": free("service, masqué s’il n’est pas déclaré ; vide s’il n’est pas dit"),
            "repondue_le": day("date de réponse, vide sans réponse", nullable=True),
            **{name: one for name, one in _SOURCE.items() if name != "source_id"},
        },
    ),
    "rejets": CanonicalTable(
        {
            "campagne": slug("campagne"),
            "site": text("site, vide quand il n’est pas connu"),
            "fichier": text("fichier reçu"),
            "feuille": text("feuille, vide pour un fichier texte"),
            "ligne": CanonicalColumn("int64", "ligne du fichier"),
            "colonne": text("colonne, vide quand toute la ligne est mise de côté"),
            "colonne_numero": CanonicalColumn("int64", "rang de la colonne, 0 sans colonne"),
            "valeur": free("valeur reçue, masquée, vide si elle peut être personnelle"),
            "code": slug("code du motif"),
            "message": free("phrase pour l’analyste, qui cite la valeur"),
            "gravite": text("gravité", *GRAVITY),
            "action": text("ce qui a été fait", *ACTIONS),
        },
    ),
}


def typed(table: str, rows: pd.DataFrame | list[dict[str, Any]]) -> pd.DataFrame:
    """
    Return the rows with the declared columns, order and types; values are not checked.

    For what was checked when it was written (see `conform`). Columns of a later layout are missing
    of all rows.

    Raises
    ------
    KeyError
        If a declared column is missing.
    """
    columns = TABLES[table].columns
    frame = pd.DataFrame(rows, columns=None if len(rows) else list(columns))
    if list(frame) != list(columns):
        frame = frame.assign(**dict.fromkeys(later(table, [*map(str, frame)])))[list(columns)]
    return _cast(table, frame)


def once(table: str, frames: Sequence[pd.DataFrame], key: Sequence[str]) -> pd.DataFrame:
    """
    Return the rows of some tables of one kind, each once: the first that has its key.

    Parameters
    ----------
    table
        Its name.
    frames
        Of `typed`: what comes first counts.
    key
        The columns that tell a row from another.
    """
    known: set[tuple[Any, ...]] = set()
    kept = []
    for frame in frames:
        is_new = []
        for one in zip(*(frame[name].to_numpy(dtype=object) for name in key), strict=True):
            is_new.append(one not in known)
            known.add(one)
        kept.append(frame if all(is_new) else frame.loc[is_new])
    filled = [one for one in kept if len(one)]
    if len(filled) <= 1:  # as nearly always: pandas takes long to join little
        return (filled or kept)[0].reset_index(drop=True)
    return typed(table, pd.concat(filled, ignore_index=True))


def later(table: str, names: Iterable[str]) -> list[str]:
    """Return the columns of a table that a part with these columns is too old to have."""
    known = {*names}
    return [name for name, one in TABLES[table].columns.items() if one.since and name not in known]


def _cast(table: str, frame: pd.DataFrame, left: Iterable[str] = ()) -> pd.DataFrame:
    """Give the columns that have another type the declared one, but for some that are left."""
    kinds = dict(frame.dtypes.items())
    columns = TABLES[table].columns
    others = {name: one.dtype for name, one in columns.items() if kinds[name] != one.dtype}
    others = {name: dtype for name, dtype in others.items() if name not in left}
    return (frame.astype(others) if others else frame).reset_index(drop=True)


def conform(
    table: str, rows: pd.DataFrame | list[dict[str, Any]], *, keeps_codes: bool = False
) -> pd.DataFrame:
    """
    Return the rows as a canonical table: declared columns, order and types, checked.

    Parameters
    ----------
    table
        A key of `TABLES`.
    rows
        A frame or records; may be empty. Texts may come as categories: each is checked once.
    keeps_codes
        Leave such texts as categories: the rows of a large file are put on the disk at once.

    Raises
    ------
    AssertionError
        If a value breaks the declaration. This is a defect of qpref, not of the file received:
        what users see is checked earlier, with its place in the file.
    """
    columns = TABLES[table].columns
    found = pd.DataFrame(rows, columns=list(columns))
    given = tuple(name for name in columns if isinstance(found[name].dtype, pd.CategoricalDtype))
    coded = _cast(table, found, left=given)
    if not len(coded):
        return _cast(table, coded)
    own = tuple(name for name, column in columns.items() if column.is_coded or name in given)
    try:
        _checked(table, own).validate(coded.drop(columns=[*own]), lazy=True, inplace=True)
    except pa.errors.SchemaErrors as error:
        raise AssertionError(f"{table}: {error.failure_cases.head().to_string()}") from error
    for name in own:
        if why := columns[name].why_refused(coded[name].array):
            raise AssertionError(f"{table}: {name} {why}")
    frame = coded if keeps_codes else _cast(table, coded)
    if _has_twins(frame, TABLES[table].unique):
        raise AssertionError(f"{table}: two rows have the same {TABLES[table].unique}")
    return frame


@cache
def _checked(table: str, coded: tuple[str, ...]) -> "pa.DataFrameSchema":
    """Return a table as pandera checks it; texts stored once each are checked by their codes."""
    columns = TABLES[table].columns
    own = {name: column.checked for name, column in columns.items() if name not in coded}
    return pa.DataFrameSchema(own, strict=True)


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
