"""The canonical tables: every column, its type and its meaning, declared once."""

from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

# Tables of some hundred rows go through thousands of small steps: there Python's own strings cost
# less than Arrow's (docs/adr/0018).
pd.set_option("mode.string_storage", "python")
_STRING = pd.StringDtype("python")

STATUSES = ("complete", "partielle", "test", "doublon", "hors_periode")
STATES = ("repondu", "sans_objet", "nsp", "non_posee", "non_reponse", "invalide")
PROFILE = ("categorie_usager", "motif", "tranche_age", "retraite", "aisance_numerique")
GRAVITY = ("erreur", "avertissement")
ACTIONS = ("ligne_ecartee", "ligne_quarantaine", "cellule", "aucune")


def _text(meaning: str, *allowed: str, nullable: bool = False) -> pa.Column:
    checks = pa.Check.isin(allowed) if allowed else None
    return pa.Column(_STRING, checks, nullable=nullable, description=meaning)


def _category(meaning: str, *allowed: str, nullable: bool = False) -> pa.Column:
    checks = pa.Check.isin(allowed) if allowed else None
    return pa.Column("category", checks, nullable=nullable, description=meaning)


def _slug(meaning: str, *, nullable: bool = False) -> pa.Column:
    check = pa.Check.str_matches(r"^[a-z0-9_\-]+$")
    return pa.Column(_STRING, check, nullable=nullable, description=meaning)


def _optional(meaning: str, dtype: object = _STRING) -> pa.Column:
    return pa.Column(dtype, nullable=True, description=meaning)


_KEYS = {"campagne": _slug("campagne, par exemple 2020-11"), "site": _slug("site")}
_SOURCE = {
    "source_id": _text("identifiant dans le fichier reçu"),
    "source_fichier": _text("nom du fichier reçu"),
    "source_feuille": _text("feuille du classeur, vide pour un fichier texte"),
    "source_ligne": pa.Column("int64", pa.Check.ge(1), description="ligne du fichier"),
    "empreinte": _text("empreinte du contenu de la ligne, pour repérer une correction"),
}

TABLES: dict[str, pa.DataFrameSchema] = {
    "reponses": pa.DataFrameSchema(
        {
            "reponse_id": pa.Column(_STRING, unique=True, description="identifiant stable"),
            **_KEYS,
            "questionnaire": _text("questionnaire et version, par exemple satisfaction-1"),
            "mode": _text("mode de recueil", "papier", "tablette", "en_ligne", nullable=True),
            "date_reponse": pa.Column("datetime64[ns]", description="jour de la réponse"),
            "demi_journee": _text("moment", "matin", "apres_midi", nullable=True),
            "guichet": _optional("guichet"),
            "statut": _text("ce qu’il advient de la réponse", *STATUSES),
            "motif_statut": _text("pourquoi elle n’est pas retenue, vide sinon"),
            **{name: _optional(f"modalité de la question {name}") for name in PROFILE},
            **_SOURCE,
        },
        strict=True,
    ),
    # Millions of rows for a large campaign: texts are categories, stored once each.
    "items": pa.DataFrameSchema(
        {
            "reponse_id": _category("réponse"),
            "campagne": _category("campagne"),
            "site": _category("site"),
            "question": _category("question"),
            "option": _category("option d’une question à choix multiples, vide sinon"),
            "etat": _category("état de la réponse", *STATES),
            "modalite": _category("modalité choisie", nullable=True),
            "valeur": _optional("0 ou 1 pour une option", "float64"),
            "regle": _category(
                "comment la réponse a été lue", "", "exact", "normalise", "synonyme", "code"
            ),
        },
        strict=True,
        unique=["reponse_id", "question", "option"],
    ),
    "verbatims": pa.DataFrameSchema(
        {
            "reponse_id": _text("réponse"),
            **_KEYS,
            "question": _slug("question ouverte"),
            "texte_masque": _text("texte dont les données personnelles sont masquées"),
            "n_masques": pa.Column("int64", pa.Check.ge(0), description="nombre de masques"),
            "publiable": pa.Column("bool", description="vrai seulement après relecture"),
        },
        strict=True,
    ),
    "contacts_mysteres": pa.DataFrameSchema(
        {
            "contact_id": pa.Column(_STRING, unique=True, description="identifiant stable"),
            **_KEYS,
            "canal": _slug("canal, par exemple appel"),
            "service": _optional("service contacté"),
            "scenario": _optional("scénario"),
            "evaluateur": _optional("code de l’évaluateur"),
            "envoye_le": pa.Column("datetime64[ns]", description="date du contact"),
            "abouti": pa.Column("boolean", nullable=True, description="contact établi ou répondu"),
            "repondu_le": pa.Column("datetime64[ns]", nullable=True, description="réponse"),
            "canal_reponse": _slug("canal de la réponse", nullable=True),
            "sonneries": _optional("sonneries avant décroché", "float64"),
            "statut": _text(
                "ce qu’il advient du contact", "complete", "exclu", "hors_periode", "double"
            ),
            "motif_statut": _text("pourquoi il n’est pas retenu, vide sinon"),
            "double_de": _optional("contact qu’un second évaluateur juge ici"),
            "commentaire_masque": _optional("commentaire masqué"),
            **_SOURCE,
        },
        strict=True,
    ),
    "visites_mysteres": pa.DataFrameSchema(
        {
            "contact_id": _text("contact"),
            **_KEYS,
            "critere": _slug("critère"),
            "etat": _text("état", *STATES),
            "reponse": _text("jugement", "oui", "partiel", "non", nullable=True),
            "note": pa.Column(
                "float64", pa.Check.in_range(0, 10), nullable=True, description="note sur 10"
            ),
        },
        strict=True,
        unique=["contact_id", "critere"],
    ),
    "population": pa.DataFrameSchema(
        {
            **_KEYS,
            "debut": pa.Column("datetime64[ns]", description="premier jour compté"),
            "fin": pa.Column("datetime64[ns]", description="dernier jour compté"),
            "variable": _slug("total, ou question du questionnaire : motif, guichet…"),
            "strate": _slug("modalité de la variable"),
            "effectif": pa.Column("int64", pa.Check.ge(0), description="passages comptés"),
            "unite": _text("unité comptée", "passages"),
            "source_fichier": _text("fichier reçu"),
        },
        strict=True,
        unique=["site", "variable", "strate"],
    ),
    "collecte": pa.DataFrameSchema(
        {
            **_KEYS,
            "date": pa.Column("datetime64[ns]", description="jour"),
            "demi_journee": _text("moment", "matin", "apres_midi"),
            **{
                name: pa.Column("int64", pa.Check.ge(0), description=meaning)
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
        strict=True,
        unique=["site", "date", "demi_journee"],
    ),
    "rejets": pa.DataFrameSchema(
        {
            "campagne": _slug("campagne"),
            "site": _text("site, vide quand il n’est pas connu"),
            "fichier": _text("fichier reçu"),
            "feuille": _text("feuille, vide pour un fichier texte"),
            "ligne": pa.Column("int64", description="ligne du fichier"),
            "colonne": _text("colonne, vide quand toute la ligne est mise de côté"),
            "colonne_numero": pa.Column("int64", description="rang de la colonne, 0 sans colonne"),
            "valeur": _text("valeur reçue, masquée, vide si elle peut être personnelle"),
            "code": _slug("code du motif"),
            "message": _text("phrase pour l’analyste"),
            "gravite": _text("gravité", *GRAVITY),
            "action": _text("ce qui a été fait", *ACTIONS),
        },
        strict=True,
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
    kinds = {name: str(column.dtype) for name, column in columns.items()}
    others = {name: kinds[name] for name, dtype in frame.dtypes.items() if dtype != kinds[name]}
    return frame.astype(others).reset_index(drop=True)


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
    schema = TABLES[table]
    frame = pd.DataFrame(rows, columns=list(schema.columns)).astype(
        {name: str(column.dtype) for name, column in schema.columns.items()}
    )
    try:
        return schema.validate(frame.reset_index(drop=True), lazy=True)
    except SchemaErrors as error:
        raise AssertionError(f"{table}: {error.failure_cases.head().to_string()}") from error
