"""What a site declared by its town is called: « Préfecture d’Évreux », « Évreux », `evreux`."""

import re
from dataclasses import dataclass

from qpref.errors import UsageError
from qpref.wording.text import slug

KINDS = {"prefecture": "Préfecture", "sous_prefecture": "Sous-préfecture"}
_KIND = re.compile(r"^(sous-)?pr[ée]fecture\s*", re.IGNORECASE)
_OF = (
    (re.compile(r"^du\s+", re.IGNORECASE), "Le "),
    (re.compile(r"^des\s+", re.IGNORECASE), "Les "),
    (re.compile(r"^(de\s+|d[’'])", re.IGNORECASE), ""),
)
_ARTICLES = (("Le ", "du "), ("Les ", "des "))
_VOWELS = "aeiouy"


@dataclass(frozen=True)
class DeclaredSite:
    """A site as its project declares it; `modules` is empty when the project does not say."""

    id: str
    nom: str
    nom_court: str
    type_site: str
    cert: str
    modules: tuple[int, ...] = ()


def declared(kind: str, text: str, cert: str) -> DeclaredSite:
    """
    Return a site by what its project calls it: a town, or its whole name.

    Raises
    ------
    UsageError
        If nothing of it can be an identifier.

    Examples
    --------
    >>> declared("sous_prefecture", "Les Andelys", "non").nom
    'Sous-préfecture des Andelys'
    >>> site = declared("prefecture", "Préfecture du Mans", "non")
    >>> site.nom, site.nom_court, site.id
    ('Préfecture du Mans', 'Le Mans', 'le-mans')
    """
    said = " ".join(text.replace("'", "’").split())
    town = _KIND.sub("", said)
    whole = said if town != said else f"{KINDS[kind]} {of_town(said)}"
    if town != said:
        for before, article in _OF:
            if before.match(town):
                town = before.sub(article, town)
                break
    name = slug(town)
    if not name:
        raise UsageError(f"« {text} » n’est pas un nom de site.", "Donnez le nom de la ville.")
    return DeclaredSite(name, whole, town, kind, cert)


def of_town(name: str) -> str:
    """
    Return a town after « de ».

    Examples
    --------
    >>> [of_town(name) for name in ("Évreux", "Le Havre", "Les Andelys", "La Flèche", "Bernay")]
    ['d’Évreux', 'du Havre', 'des Andelys', 'de La Flèche', 'de Bernay']
    """
    for article, contracted in _ARTICLES:
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return ("d’" if slug(name)[:1] in set(_VOWELS) else "de ") + name
