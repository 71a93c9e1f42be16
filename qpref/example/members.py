"""Invented members of the committee, at addresses that cannot exist."""

import yaml

_DOMAIN = "clu.example"  # reserved: no mail ever arrives there
_MEMBERS = [
    ("retraites", "Association de retraités (fictive)", "associations", True),
    ("consommateurs", "Association de consommateurs (fictive)", "associations", True),
    ("handicap", "Association de personnes handicapées (fictive)", "associations", False),
    ("maire-nord", "Commune du nord du département (fictive)", "elus", True),
    ("maire-sud", "Commune du sud du département (fictive)", "elus", False),
    ("syndicat", "Union syndicale (fictive)", "syndicats", True),
    ("usager", "Usager volontaire (fictif)", "particuliers", False),
]
_HEAD = """# Données fictives : organisations et adresses inventées, domaine réservé aux exemples.
# Votre fichier est data/clu/membres.yml ; il ne doit jamais quitter le service.
"""


def members_file() -> bytes:
    """Return the example's file of members; nobody speaks there for companies."""
    members = [
        {
            "id": name,
            "organisation": organisation,
            "categorie": category,
            "courriel": "@".join((name, _DOMAIN)),
            "echange_adresse": "oui" if consents else "non",
        }
        for name, organisation, category, consents in _MEMBERS
    ]
    content = {"fictif": "oui", "conserver_jusqu_au": "2099-12-31", "membres": members}
    return (_HEAD + yaml.safe_dump(content, allow_unicode=True, sort_keys=False)).encode()
