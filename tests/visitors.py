"""A form of seven questions, one of each way of answering, and four visitors who filled it in."""

import pandas as pd

from qpref.quality.individuals import individuals
from qpref.reference import Questionnaire

SITES = {"bourg": "Bourg", "ville": "Ville"}
ASKED = Questionnaire.model_validate(
    {
        "id": "essai-1",
        "libelle": "Essai",
        "certitude": "exemple",
        "source": "Inventé",
        "themes": {"t": "Thème"},
        "echelles": {
            "avis": {
                "ordonnee": "oui",
                "modalites": [
                    {"code": "tres", "libelle": "Très bien", "favorable": "oui"},
                    {"code": "assez", "libelle": "Assez bien", "favorable": "oui"},
                    {"code": "mal", "libelle": "Mal", "favorable": "non"},
                    {"code": "so", "libelle": "Pas concerné", "etat": "sans_objet"},
                ],
            },
            "jours": {
                "ordonnee": "non",
                "modalites": [
                    {"code": "lundi", "libelle": "Le lundi"},
                    {"code": "jeudi", "libelle": "Le jeudi"},
                    {"code": "autre", "libelle": "Un autre"},
                    {"code": "ailleurs", "libelle": "Un autre"},
                ],
            },
        },
        "questions": [
            {"id": name, "theme": "t", "type": kind, "texte": f"{short} ?", "texte_court": short}
            | more
            for name, kind, short, more in [
                ("lieu", "technique", "Site", {"role": "site"}),
                ("ou", "technique", "Guichet", {"role": "guichet", "echelle": "jours"}),
                ("accueil", "opinion", "Accueil", {"echelle": "avis"}),
                ("quand", "unique", "Jour préféré", {"echelle": "jours"}),
                ("aide", "multiple", "Aide", {
                    "options": [{"code": "proche", "libelle": "Un proche"},
                                {"code": "agent", "libelle": "Un agent"}]}),
                ("minutes", "nombre", "Attente", {}),
                ("depuis", "date", "Demande", {}),
                ("mot", "texte", "Remarque", {}),
                ("nom", "technique", "Nom", {"role": "coordonnees"}),
            ]
        ],
    }
)  # fmt: skip


def day(text):
    """A day as the table of answers keeps it: the number of days since 1970."""
    return float((pd.Timestamp(text) - pd.Timestamp("1970-01-01")).days)


_PEOPLE = ["a", "b", "c", "d"]
# What each answered: a code, a number, or the state that says why there is no answer.
_GIVEN = {
    ("accueil", ""): ["tres", "mal", "assez", "sans_objet"],
    ("quand", ""): ["lundi", "jeudi", "non_reponse", "jeudi"],
    ("aide", "proche"): [1.0, 1.0, 0.0, "non_reponse"],
    ("aide", "agent"): [0.0, 1.0, 1.0, "non_reponse"],
    ("minutes", ""): [5.0, 10.0, 7.5, "nsp"],
    ("depuis", ""): [day("2020-11-02"), day("2020-11-20"), "non_reponse", day("2020-12-01")],
}
_STATES = {"sans_objet", "non_reponse", "nsp"}


def four():
    """Visitors a to d: what they answered, as the filters and crossings of an analyst read it."""
    rows = pd.DataFrame(
        {
            "reponse_id": _PEOPLE,
            "campagne": ["2019-11", "2020-11", "2020-11", "2020-11"],
            "site": ["bourg", "bourg", "ville", "ville"],
            "date_reponse": pd.to_datetime(
                ["2019-11-25", "2020-11-25", "2020-11-26", "2020-11-27"]
            ),
            "guichet": ["lundi", "jeudi", None, "lundi"],
        }
    )
    items = pd.DataFrame(
        [
            {
                "reponse_id": who, "question": question, "option": option,
                "etat": given if given in _STATES else "repondu",
                "modalite": given if isinstance(given, str) and given not in _STATES else None,
                "valeur": None if isinstance(given, str) else given,
            }
            for (question, option), answers in _GIVEN.items()
            for who, given in zip(_PEOPLE, answers, strict=True)
        ]
    )  # fmt: skip
    return individuals(rows, items, ASKED)
