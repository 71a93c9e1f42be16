"""French territories whose public holidays or clocks are their own: one table for both."""

from dataclasses import dataclass
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator

PARIS = "Europe/Paris"


@dataclass(frozen=True)
class Territory:
    """The ISO 3166-2 code by which the calendar knows a territory, and its zone."""

    code: str
    zone: str = PARIS


TERRITORIES = {
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


def _territory(name: str) -> str:
    if name not in TERRITORIES:
        raise ValueError(f"« {name} » : attendu {', '.join(TERRITORIES)}, ou null")
    return name


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"« {name} » n’est pas un fuseau connu, comme Indian/Reunion")
    return name


TerritoryName = Annotated[str, AfterValidator(_territory)]
ZoneName = Annotated[str, AfterValidator(_zone)]


def zone_of(territory: str | None) -> ZoneInfo:
    """
    Return the zone of a territory; that of Paris when it has none of its own.

    Examples
    --------
    >>> zone_of("La Réunion").key, zone_of("Moselle").key, zone_of(None).key
    ('Indian/Reunion', 'Europe/Paris', 'Europe/Paris')
    """
    return ZoneInfo(TERRITORIES[territory].zone if territory else PARIS)
