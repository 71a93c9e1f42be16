"""Personal data in free text, masked before anything leaves the received file."""

import re
from functools import cache

_SPACE = "[ \u00a0\u202f]"
_DAY = (
    r"(?:\d{1,2}[ ./\-]\d{1,2}[ ./\-]\d{2,4}|\d{4}-\d{2}-\d{2}"
    r"|\d{1,2}(?:er)?\s(?:janv|févr|fevr|mars|avr|mai|juin|juil|août|aout|sept|oct|nov|déc|dec)"
    r"\w*\.?\s\d{2,4})"
)
_CAPITAL = r"[A-ZÀ-Ý][\w’'\-]+"
_NOT_A_NAME = (
    r"(?!(?:Madame|Monsieur|Mademoiselle|Mesdames|Messieurs|Mme|Vous|Votre|Vos|Nous|Tous|Toute?s?|"
    r"Beaucoup|Bien|Très|Trop|Je|Le|La|Les|L|Un|Une|Et|Au|Aux|De|Du|Des|À|Pour|Bonne?|Bonjour|Pas|"
    r"Qui|Mais|Ce|Cette|Ces|Il|Elle|On)\b)"
)
_PERSON = f"{_NOT_A_NAME}{_CAPITAL}(?:{_SPACE}+{_CAPITAL}){{0,3}}"
_TWO = f"{_NOT_A_NAME}{_CAPITAL}{_SPACE}+{_CAPITAL}"
_STREET = r"(?:rue|avenue|av\.|boulevard|bd|allée|impasse|chemin|place|square|route|cours|quai)"
_CUES = (
    r"je\s+m[’']appelle|nommée?s?|prénomm[ée]+s?|prénoms?\s?:|noms?\s?:|signée?\s?:?|"
    r"cordialement[,.]?|bien\s+à\s+vous[,.]?|au\s+nom\s+de|merci(?:\s+à)?|bravo(?:\s+à)?|"
    r"(?:mon|ma|mes|sa|son)\s+(?:fils|fille|mari|femme|épouse|époux|père|mère|frère|sœur|"
    r"conjointe?|compagnon|compagne|enfant)|(?:agente?|collègue|conseill(?:er|ère)|stagiaire|hôtesse)"
)
# Order matters: the most specific pattern first, the catch-all on digits after. What a pattern
# calls « avant » says that what follows is personal, and stays.
_PATTERNS = [
    ("courriel", r"(?<![\w.+\-])[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+"),
    ("adresse internet", r"(?i)\b(?:https?://|www\.)\S+"),
    (
        "date de naissance",
        r"(?i)(?P<avant>\b(?:née?s?\s+le|naissance\s?:?(?:\s+le)?|d\.?d?\.?n\.?\s?:?)\s+)" + _DAY,
    ),
    ("iban", r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){4,7}(?:[ ]?[A-Z0-9]{1,3})?\b"),
    ("plaque", r"\b[A-Z]{2}[ -]?\d{3}[ -]?[A-Z]{2}\b|(?i:\b[a-z]{2}-\d{3}-[a-z]{2}\b)"),
    ("plaque", r"\b\d{1,4}[ -]?[A-Z]{2,3}[ -]?(?:\d{2,3}|2[AB])\b"),
    ("numéro", r"\b[12378]\s?\d{2}\s?\d{2}\s?2[AB]\s?\d{3}\s?\d{3}(?:\s?\d{2})?\b"),
    (
        "numéro",  # nine digits or more, which a date does not begin
        r"(?<![\d/.])\+?(?!\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d\d\b)"
        r"\(?\d(?:[\s.\-/()]{0,2}\d){8,}",
    ),
    (
        "adresse",
        rf"\b\d{{1,4}}(?:\s?(?i:bis|ter))?,?\s+(?:(?i:rue|avenue|av\.|boulevard|bd|allée|impasse)\b"
        rf"|(?i:{_STREET})\s+(?:d\w{{0,2}}[’' ]?\s?|l[ae]?s?[’' ]\s?)*[A-ZÀ-Ý])[^.,;\n]*",
    ),
    (
        "adresse",
        rf"\b(?i:{_STREET})\s+(?:d\w{{0,2}}[’' ]\s?|l[ae]?s?[’' ]\s?)*{_CAPITAL}"
        rf"(?:{_SPACE}{_CAPITAL})*",
    ),
    ("adresse", rf"\b(?:0[1-9]|[1-8]\d|9[0-8])\d{{3}}\s+{_CAPITAL}(?:{_SPACE}{_CAPITAL})*"),
    (
        "nom",
        rf"\b(?:(?i:monsieur|madame|mademoiselle|docteur|maître|mme|mlle|mr|dr)|MM?\.?|Me)"
        rf"{_SPACE}+{_PERSON}",
    ),
    (
        "nom",  # written without a capital, after an abbreviation that only a name follows
        rf"\b(?i:mme|mlle|mr)\.?{_SPACE}+(?!(?:et|ou|la|le|l|du|de|qui|au|est|a|très)\b)[\w’'\-]{{3,}}",
    ),
    ("nom", rf"(?P<avant>\b(?i:{_CUES}){_SPACE}+){_PERSON}"),
    ("nom", rf"(?P<avant>\b(?i:je\s+suis){_SPACE}+){_TWO}"),
    ("nom", rf"(?P<avant>\b[Cc][’']est{_SPACE}+){_PERSON}(?={_SPACE}qui\b)"),
    ("nom", rf"(?m)^{_TWO}(?=,)"),
]
_MASKS = [
    (
        re.compile(pattern),
        rf"\g<avant>[{kind}]" if "?P<avant>" in pattern else f"[{kind}]",
    )
    for kind, pattern in _PATTERNS
]
RULES = repr(_PATTERNS)  # a file read with others is read again


@cache
def _local(names: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted((re.escape(name) for name in names), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest)})\b", re.IGNORECASE)


_SOMETIMES = re.compile(r"\[(?:nom|adresse)\]")  # what a label may hold too
_ANY = re.compile(r"\[(?:" + "|".join(dict.fromkeys(kind for kind, _ in _PATTERNS)) + r")\]")
_PEOPLE = 5  # times that a text is given from which on it is a label, not somebody's words


def may_show(text: str, count: int = 1) -> bool:
    """
    Whether a text, given so many times, may be printed or become a label: it names nobody.

    Examples
    --------
    >>> may_show("Satisfait"), may_show("écrire à a@exemple.invalid"), may_show("Mme Imaginaire")
    (True, False, False)
    >>> may_show("Maison de l’État, 12 rue Imaginaire", 40)
    True
    """
    masked = mask(text)[0]
    if masked == text:
        return True
    return count >= _PEOPLE and not _ANY.search(_SOMETIMES.sub("", masked))


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
    for pattern, replacement in _MASKS:
        text, count = pattern.subn(replacement, text)
        total += count
    if names:
        text, count = _local(names).subn("[nom]", text)
        total += count
    return text, total
