"""The sheet in which complaints and suggestions are keyed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from qpref.layout import KeyedColumn, Layout
from qpref.reference import Complaints, Site
from qpref.reference.complaints import KINDS

RECEIVED: Final = "recue"
ANSWERED: Final = "repondue"
# The free texts, and the question under which each is kept beside the remarks of surveys.
TEXTS: Final = {
    "texte": "reclamation_texte",
    "suite": "reclamation_suite",
    "changement": "reclamation_changement",
}

REGISTER = Layout(
    "Réclamations",
    (
        KeyedColumn("site", ("Site",), is_required=True),
        KeyedColumn("numero", ("Numéro",)),
        KeyedColumn(RECEIVED, ("Reçue le",), kind="day", is_required=True),
        KeyedColumn("canal", ("Canal",), is_required=True),
        KeyedColumn("nature", ("Nature",), is_required=True),
        KeyedColumn("sujet", ("Sujet",)),
        KeyedColumn("service", ("Service",)),
        KeyedColumn("texte", ("Texte de la réclamation",)),
        KeyedColumn(ANSWERED, ("Répondue le",), kind="day", is_required=True),
        KeyedColumn("suite", ("Suite donnée",)),
        KeyedColumn("changement", ("Ce qui a changé",)),
    ),
    version="reclamations, version 1",
)


def register_layout(complaints: Complaints, subjects: Sequence[str], site: Site) -> Layout:
    """Return the layout of one site's register, its lists to choose from."""
    labels = {
        "site": (site.nom_court,),
        "canal": tuple(one.libelle for one in complaints.canaux),
        "nature": tuple(KINDS.values()),
        "sujet": tuple(subjects),
        "service": complaints.services,
    }
    columns = [replace(c, choices=labels.get(c.key, ())) for c in REGISTER.columns]
    return replace(REGISTER, columns=tuple(columns))
