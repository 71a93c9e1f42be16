"""Texts to identifiers and file names."""

import re
import unicodedata


def slug(text: str) -> str:
    """
    Return a text in lower-case ASCII, words joined by hyphens.

    Examples
    --------
    >>> slug("Été, août 2020 : « essai »")
    'ete-aout-2020-essai'
    """
    folded = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
