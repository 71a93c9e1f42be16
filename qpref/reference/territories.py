"""French territories whose public holidays or clocks are their own: one table for both."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args
from zoneinfo import ZoneInfo, available_timezones

from qpref.reference.faults import Fault
from qpref.wording.text import slug

PARIS = "Europe/Paris"
TerritoryName = Literal[
    "Bas-Rhin",
    "Haut-Rhin",
    "Moselle",
    "Guadeloupe",
    "Martinique",
    "Guyane",
    "La Réunion",
    "Mayotte",
    "Saint-Barthélemy",
    "Saint-Martin",
    "Saint-Pierre-et-Miquelon",
    "Nouvelle-Calédonie",
    "Polynésie française",
    "Wallis-et-Futuna",
]


@dataclass(frozen=True)
class Territory:
    """
    A territory.

    `code`: that of ISO 3166-2 by which the calendar knows it; `zone`; `number`: that of its
    department or collectivity, as people write it.
    """

    code: str
    number: str
    zone: str = PARIS


TERRITORIES: dict[str, Territory] = {
    "Bas-Rhin": Territory("6AE", "67"),  # Alsace counts as one
    "Haut-Rhin": Territory("6AE", "68"),
    "Moselle": Territory("57", "57"),
    "Guadeloupe": Territory("971", "971", "America/Guadeloupe"),
    "Martinique": Territory("972", "972", "America/Martinique"),
    "Guyane": Territory("973", "973", "America/Cayenne"),
    "La Réunion": Territory("974", "974", "Indian/Reunion"),
    "Mayotte": Territory("976", "976", "Indian/Mayotte"),
    "Saint-Barthélemy": Territory("BL", "977", "America/St_Barthelemy"),
    "Saint-Martin": Territory("MF", "978", "America/Marigot"),
    "Saint-Pierre-et-Miquelon": Territory("PM", "975", "America/Miquelon"),
    "Nouvelle-Calédonie": Territory("NC", "988", "Pacific/Noumea"),
    "Polynésie française": Territory("PF", "987", "Pacific/Tahiti"),
    "Wallis-et-Futuna": Territory("WF", "986", "Pacific/Wallis"),
}


def territory_of(department: str) -> TerritoryName | None:
    """
    Return the territory that a department is, however it is written; None elsewhere.

    Examples
    --------
    >>> [territory_of(name) for name in ("Réunion", "la reunion", "974", "Moselle (57)", "Lot")]
    ['La Réunion', 'La Réunion', 'La Réunion', 'Moselle', None]
    >>> [territory_of(name) for name in ("67", "68 - Haut-Rhin", "975", "Alsace", "2A")]
    ['Bas-Rhin', 'Haut-Rhin', 'Saint-Pierre-et-Miquelon', 'Bas-Rhin', None]
    """
    said = set(re.split(r"[(),/:]|\s[-–—]\s", department)) | {department}
    wanted = {slug(part).removeprefix("la-") for part in said} - {""}
    known: dict[str, TerritoryName] = {"alsace": "Bas-Rhin"}  # its halves have one calendar
    for name in get_args(TerritoryName):
        known |= {slug(name).removeprefix("la-"): name, TERRITORIES[name].number: name}
    found: list[TerritoryName] = sorted({known[word] for word in wanted & known.keys()})
    return found[0] if found else None


def zone_faults(name: str | None) -> Iterator[Fault]:
    """Yield a zone that is none."""
    if name and name not in available_timezones():
        told = f"« {name} » n’est pas un fuseau connu"
        yield Fault(("fuseau",), told, "Écrivez-le comme « Indian/Reunion ».")


def zone_of(territory: str | None) -> ZoneInfo:
    """
    Return the zone of a territory; that of Paris when it has none of its own.

    Examples
    --------
    >>> zone_of("La Réunion").key, zone_of("Moselle").key, zone_of(None).key
    ('Indian/Reunion', 'Europe/Paris', 'Europe/Paris')
    """
    return ZoneInfo(TERRITORIES[territory].zone if territory else PARIS)
