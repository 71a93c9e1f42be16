"""Options shared by several commands, each defined once."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

_Command = Callable[..., None]
_Option = Callable[[_Command], _Command]

CAMPAIGN = click.option(
    "--campagne",
    "campaign",
    required=True,
    metavar="CAMPAGNE",
    help="Campagne, par exemple 2020-11.",
)
SITES = click.option(
    "--site", "sites", multiple=True, metavar="SITE", help="Site ; à répéter. Tous par défaut."
)
WORKERS = click.option(
    "--parallele",
    "workers",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Rapports faits en même temps.",
)
FILES = click.argument(
    "paths", nargs=-1, required=True, metavar="FICHIER…", type=click.Path(path_type=Path)
)
FILE = click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
ENCODING = click.option(
    "--encodage",
    "encoding",
    metavar="NOM",
    help="Encodage d’un fichier texte, si le nôtre est faux.",
)
MEETING = click.option(
    "--reunion",
    "meeting",
    metavar="DATE",
    help="Date de la réunion, par exemple 2021-03-16 ou 2021-03.",
)
MEMBERS = click.option(
    "--membres",
    "members_path",
    type=click.Path(path_type=Path),
    metavar="FICHIER",
    help="Fichier des membres ; par défaut, data/clu/membres.yml.",
)
DAY = click.option(
    "--jour", "day", metavar="DATE", help="Jour de la situation ; par défaut, aujourd’hui."
)


def a_meeting(command: _Command) -> _Command:
    """Give a command the meeting it is about, the file of its members and the day."""
    return MEETING(MEMBERS(DAY(command)))


def one_campaign(text: str) -> _Option:
    """Return the option of a campaign that may be left out; `text` says which one it is then."""
    return click.option("--campagne", "campaign", metavar="CAMPAGNE", help=text)


def json(text: str) -> _Option:
    """Return the option that prints for a script; `text` says what is printed."""
    return click.option("--json", "is_json", is_flag=True, help=text)


def target(text: str) -> _Option:
    """Return the option of the file or folder to write; `text` says what it will hold."""
    return click.option("--vers", "target", type=click.Path(path_type=Path), help=text)


@dataclass(frozen=True)
class Scope:
    """The campaign and the sites that a command is about; all sites when none is named."""

    campaign: str
    sites: tuple[str, ...]
