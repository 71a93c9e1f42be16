"""Personal data in free text, masked before anything leaves the received file."""

import re
from functools import cache

# Order matters: the most specific pattern first, the catch-all on digits last.
_PATTERNS = [
    ("courriel", re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")),
    ("adresse internet", re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)),
    ("iban", re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){4,7}(?:[ ]?[A-Z0-9]{1,3})?\b")),
    ("plaque", re.compile(r"\b[A-Z]{2}[ -]?\d{3}[ -]?[A-Z]{2}\b")),
    ("numéro", re.compile(r"\+?\d(?:[\s.\-/]?\d){8,}")),
    (
        "adresse",
        re.compile(
            r"\b\d{1,4}(?:\s?(?:bis|ter))?,?\s+(?:rue|avenue|av\.|boulevard|bd|place|chemin|allée|"
            r"impasse|square|route|cours|quai)\b[^.,;\n]*",
            re.IGNORECASE,
        ),
    ),
    (
        "nom",
        re.compile(
            r"\b(?:[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|MM?\.|Mme|Mlle|Mr|Me|[Dd]r|[Dd]octeur|"
            r"[Mm]aître)[ \u00a0]+[A-ZÀ-Ý][\w’'\-]+(?:[ \u00a0]+[A-ZÀ-Ý][\w’'\-]+)*"
        ),
    ),
    (
        "nom",
        re.compile(
            r"(?<=\bje m’appelle )[A-ZÀ-Ý][\w’'\-]+(?: [A-ZÀ-Ý][\w’'\-]+)*"
            r"|(?<=\bje m'appelle )[A-ZÀ-Ý][\w’'\-]+(?: [A-ZÀ-Ý][\w’'\-]+)*"
        ),
    ),
]


@cache
def _local(names: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted((re.escape(name) for name in names), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest)})\b", re.IGNORECASE)


def mask(text: str, names: tuple[str, ...] = ()) -> tuple[str, int]:
    """
    Return the text with personal data replaced by « [kind] », and how many were.

    A masked text is still not publishable: a person must read it first.

    Parameters
    ----------
    text
        A free answer.
    names
        Names known locally (agents), masked wherever they stand, whatever their case.

    Examples
    --------
    >>> mask("Appelez Mme Imaginaire au 01 99 00 12 34.")
    ('Appelez [nom] au [numéro].', 2)
    >>> mask("merci à zorglube", ("Zorglube",))
    ('merci à [nom]', 1)
    """
    total = 0
    for kind, pattern in _PATTERNS:
        text, count = pattern.subn(f"[{kind}]", text)
        total += count
    if names:
        text, count = _local(names).subn("[nom]", text)
        total += count
    return text, total
