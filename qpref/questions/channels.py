"""Forms of mystery channels: the columns of a sheet, and how a contact is known to succeed."""

from dataclasses import dataclass
from enum import Enum


class Reached(Enum):
    """
    How a contact is known to have got through.

    `REPLIED`: a reply is awaited, and its date keyed. `STATED`: the shopper says so. `ALWAYS`: the
    shopper goes and looks.
    """

    REPLIED = "repondu"
    STATED = "declare"
    ALWAYS = "toujours"


@dataclass(frozen=True)
class ChannelForm:
    """
    One value of a channel's `forme` key.

    Parameters
    ----------
    reached
        How a contact is known to have got through.
    columns
        Keys of `colonnes` that its sheet holds besides those of every sheet, in order.
    sections
        Methods of the mystery study that show it.
    """

    reached: Reached
    columns: tuple[str, ...] = ()
    sections: tuple[str, ...] = ("criteres",)

    @property
    def awaits_reply(self) -> bool:
        """Whether a reply is awaited: contacts are made early enough, delays are counted."""
        return self.reached is Reached.REPLIED


CHANNEL_FORMS = {
    "telephone": ChannelForm(Reached.STATED, ("abouti", "sonneries")),
    "ecrit": ChannelForm(
        Reached.REPLIED, ("repondu_le", "canal_reponse"), sections=("criteres", "delais")
    ),
    "observation": ChannelForm(Reached.ALWAYS),
}
# Grids written before `forme` existed do not state it for these channels.
FORM_OF = {
    "appel": "telephone",
    "courriel": "ecrit",
    "courrier": "ecrit",
    "visite": "observation",
    "site_internet": "observation",
}
