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
    """The ISO 3166-2 code by which the calendar knows a territory, and its zone."""

    code: str
    zone: str = PARIS


TERRITORIES: dict[str, Territory] = {
    "Bas-Rhin": Territory("6AE"),  # Alsace counts as one
    "Haut-Rhin": Territory("6AE"),
    "Moselle": Territory("57"),
    "Guadeloupe": Territory("971", "America/Guadeloupe"),
    "Martinique": Territory("972", "America/Martinique"),
    "Guyane": Territory("973", "America/Cayenne"),
    "La Réunion": Territory("974", "Indian/Reunion"),
    "Mayotte": Territory("976", "Indian/Mayotte"),
    "Saint-Barthélemy": Territory("BL", "America/St_Barthelemy"),
    "Saint-Martin": Territory("MF", "America/Marigot"),
    "Saint-Pierre-et-Miquelon": Territory("PM", "America/Miquelon"),
    "Nouvelle-Calédonie": Territory("NC", "Pacific/Noumea"),
    "Polynésie française": Territory("PF", "Pacific/Tahiti"),
    "Wallis-et-Futuna": Territory("WF", "Pacific/Wallis"),
}


def territory_of(department: str) -> TerritoryName | None:
    """
    Return the territory that a department is, however it is written; None elsewhere.

    Examples
    --------
    >>> [territory_of(name) for name in ("Réunion", "la reunion", "974", "Moselle (57)", "Lot")]
    ['La Réunion', 'La Réunion', 'La Réunion', 'Moselle', None]
    """
    said = set(re.split(r"[(),]", department)) | {department}
    wanted = {slug(part).removeprefix("la-") for part in said} - {""}
    names = {slug(name).removeprefix("la-"): name for name in get_args(TerritoryName)}
    codes = {t.code: name for name, t in TERRITORIES.items() if t.code.isdigit()}
    return next(iter({(names | codes)[one] for one in wanted & (names | codes).keys()}), None)


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
