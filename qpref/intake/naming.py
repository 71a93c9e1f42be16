"""Identifiers of a draft: short, of the questionnaire's alphabet, each given once."""

from qpref.wording.text import slug

_LONGEST = 40


def identifier(text: str) -> str:
    """
    Return a short key for a wording.

    Examples
    --------
    >>> identifier("Le temps d’attente, au guichet")
    'le_temps_d_attente_au_guichet'
    """
    return slug(text).replace("-", "_")[:_LONGEST].strip("_")


class Names:
    """
    Gives each text an identifier of its own.

    Examples
    --------
    >>> names = Names("option")
    >>> [names.give(text) for text in ("Le guichet", "LE GUICHET", "++")]
    ['le_guichet', 'le_guichet_2', 'option_3']
    """

    def __init__(self, default: str) -> None:
        self._default = default
        self._given: set[str] = set()

    def give(self, text: str) -> str:
        """Return an identifier that was not given yet, near to the text."""
        base = identifier(text) or f"{self._default}_{len(self._given) + 1}"
        name, number = base, 1
        while name in self._given:
            number += 1
            name = f"{base[: _LONGEST - 4].rstrip('_')}_{number}"
        self._given.add(name)
        return name
