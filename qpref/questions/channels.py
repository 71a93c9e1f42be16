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
    proof
        Key of `colonnes` that tells it, without which a sheet cannot be read; empty for none.
    columns
        Keys of `colonnes` that its sheet may hold besides those of every sheet, in order.
    """

    reached: Reached
    proof: str = ""
    columns: tuple[str, ...] = ()

    @property
    def awaits_reply(self) -> bool:
        """Whether a reply is awaited: contacts are made early enough, delays are counted."""
        return self.reached is Reached.REPLIED


CHANNEL_FORMS = {
    "telephone": ChannelForm(Reached.STATED, "abouti", ("abouti", "sonneries")),
    "ecrit": ChannelForm(Reached.REPLIED, "repondu_le", ("repondu_le", "canal_reponse")),
    "observation": ChannelForm(Reached.ALWAYS),
}
