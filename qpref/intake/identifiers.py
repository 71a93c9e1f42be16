"""Patterns of what identifies somebody without naming them: numbers, addresses, mails, plates.

People disguise them so that machines do not read them (« arobase », figures in words, O for 0), or
write them in haste (lower case, abbreviations): both are told here. Names are in `people.py`.
"""

import re

_DAY = (
    r"(?:\d{1,2}[ ./\-]\d{1,2}[ ./\-]\d{2,4}|\d{4}-\d{2}-\d{2}"
    r"|\d{1,2}(?:er)?\s(?:janv|févr|fevr|mars|avr|mai|juin|juil|août|aout|sept|oct|nov|déc|dec)"
    r"\w*\.?\s\d{2,4})"
)
_MONTH = (
    r"(?:janvier|février|fevrier|mars|avril|mai|juin|juillet|août|aout|septembre|octobre|novembre"
    r"|décembre|decembre|\d{1,2}/)"
)
_AWAY = r"(?:à|a|au|aux|en)\s[\w’'\-]+(?:\s[\w’'\-]+){0,3}?"
_CAPITAL = r"[A-ZÀ-Ý][\w’'\-]+"
_UNITS = (
    r"(?:z[ée]ro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|"
    r"quinze|seize|vingts?|trente|quarante|cinquante|soixante|cent|\d{1,2})"
)
# Figures in words: « zéro six trente-neuf… ». Seven at least: « deux ou trois » is no telephone.
_IN_WORDS = rf"(?i)\b(?:z[ée]ro|0\d|plus)\b(?:[\s,.\-]{{1,3}}(?:et[\s\-])?{_UNITS}\b){{4,}}"
# Letters for figures: « O6 39 98… », « o6399812l4 »; or signs between: « 06*39*98 ».
_DISGUISED = (
    r"(?<!\w)(?=(?:\D{0,4}\d){4})[0Oo][\s.\-*_,…/]{0,3}[1-9lI]"
    r"(?:[\s.\-*_,…/]{0,3}[\dOolI]){8}(?!\w)"
)
_AT = r"(?:\s?[@\uff20]\s?|\s?[(\[{]\s?(?:at|arobase|a|@)\s?[)\]}]\s?|\s(?:arr?obase?|at)\s)"
_DOT = r"(?:[.,]|\s[.,]\s|\s?[(\[{]\s?(?:point|dot|\.)\s?[)\]}]\s?|\s?\b(?:point|dot)\b\s)"
_SPACED_MAIL = (
    rf"(?i)(?<![\w.])[\w.+\-]{{1,40}}(?:(?:\s[._\-]\s|\s(?:point|tiret|dot|underscore)\s)[\w\-]{{1,30}})"
    rf"{{0,3}}{_AT}[\w\-]{{1,40}}(?:{_DOT}[a-z][\w\-]{{1,20}}){{1,3}}\b"
)
# What ends an address in a remark: the sentence goes on.
_GOES_ON = (
    r"(?!(?:et|ou|où|mais|donc|car|alors|quand|que|qui|depuis|pour|sans|au|à|a|en|est|n[’']est|"
    r"svp|merci|puis|je|il|elle|on|nous|vous|ne|le bus|le facteur)\b)"
)
_LINK = r"(?:d[eu]s?\s(?:la\s|l[’']\s?)?|d[’']\s?|la\s|les?\s|l[’']\s?)"
_NAME = (
    rf"{_LINK}?{_GOES_ON}[\w’'\-]+(?:\s{_GOES_ON}[\w’'\-]+){{0,3}}"
    r"(?:\sà\s(?-i:[A-ZÀ-Ý])[\w’'\-]+)?"  # « rue du Four à Chaux »
)
_STREET = (
    r"(?:rue|r\.|avenue|aven\.|av\b\.?|boulevard|boul\.|bl?v?d\b\.?|all[ée]e|all\.|impasse|imp\.|"
    r"chemin|chem?\.|ch\.|place|pl\.|quai|square|sq\.|cit[ée]|route|rte|sentier|villa|passage|"
    r"faubourg|fbg|esplanade|hameau|lotissement|montée|ruelle|venelle|cours|voie|résidence|clos)"
)
# Words of a street that are other things too: after a number they want « de », « du » or a capital.
_AMBIGUOUS = r"(?:cours|route|voie|passage|clos|montée|résidence)"
_NO_SEAT = (
    r"(?!place\s(?:assise|libre|pmr|handicap|disponible|vide|gratuite|d[’']attente|"
    r"de\s(?:parking|stationnement)))"
)
_NUMBER = r"\b\d{1,4}(?:\s?(?:bis|ter|quater|[A-Da-d])\b)?,?\s+"
_FLAT = (
    r"(?:,?\s(?:b[âa]t(?:iment)?|esc(?:alier)?|appt?|apt|appartement|porte|étage|hlm|bp)\b\.?\s?"
    r"\w{1,10}){0,3}"
)
_NETWORK = (
    r"(?:insta(?:gram)?|snap(?:chat)?|facebook|fb|twitter|tik ?tok|telegram|whats ?app|linked ?in|"
    r"messenger|discord|skype|pseudo(?:nyme)?)"
)
_HANDLE = (
    r"(?<![\w.\-])[A-Za-z][a-z\-]{0,20}[\d_.][\w.\-]{0,20}\w"  # bounded, being tried everywhere
)
_PAPER = (
    r"(?:dossiers?|demande|r[ée]f(?:[ée]rence)?s?|passeport|titre(?:\sde\ss[ée]jour)?|visa|permis|"
    r"r[ée]c[ée]piss[ée]|carte(?:\sd[’']identit[ée])?|cni|identifiant|num[ée]ro|num|n[°ºo]|neph|"
    r"agdref|anef|ants|convocation|attestation)"
)
_CODE = r"[A-Za-z0-9]{1,20}(?:[\-/_. ]\d{1,12}|[\-/_.][A-Za-z]\w{0,12}){0,6}"
_NOT_CODE = (  # a date, an hour, a year or two
    r"(?!\d{1,2}[/.\- ]\d{1,2}[/.\- ]\d{2,4}\b|(?:19|20)\d\d(?:[\-/ ](?:19|20)?\d\d)?(?![\w/\-]))"
)
_LITTLE = r"(?:de|du|en|et|au|la|le|un|ou|je|il|on|ce|se|me|ne|sa|ma|ta|es|as|ai|si|tu|n|h)"

# Order matters: the most specific pattern first, the catch-all on digits after. What a pattern
# calls « avant » says that what follows is personal, and stays.
PATTERNS = [
    ("courriel", r"(?<![\w.+\-])[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+"),
    ("courriel", _SPACED_MAIL),
    (
        "courriel",
        rf"(?i)(?<![\w.])[\w+\-]{{1,40}}[._][\w.+\-]{{1,40}}\schez\s[\w\-]{{1,40}}{_DOT}[a-z]{{2,20}}\b",
    ),
    ("adresse internet", r"(?i)\b(?:https?://|www\.)\S+"),
    (
        "date de naissance",
        r"(?i)(?P<avant>\b(?:née?s?\s(?:le|un)|naiss(?:ance|\.)?\s?:?(?:\s+(?:le|est))?"
        r"|d\.?d?\.?n\.?\s?:?)\s+)" + rf"{_DAY}(?:(?:\s?,|\set)\s(?:le\s)?{_DAY})*",
    ),
    (
        "date de naissance",  # « née à Tulle en juin 1969 », « né en 03/1969 »
        rf"(?i)(?P<avant>\bnée?s?\s(?:{_AWAY}\s(?:le|un|en)|en)\s)"
        rf"(?:{_DAY}|{_MONTH}\s?\d{{4}}\b)",
    ),
    ("iban", r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){4,7}(?:[ ]?[A-Z0-9]{1,3})?\b"),
    ("pseudo", r"(?<![\w.@])@\s?[A-Za-z][\w.]{2,}"),
    (
        "pseudo",
        rf"(?i)(?P<avant>\b{_NETWORK}\b(?:\s(?:c[’']est|est|sur|au nom de))?\s?[:,=]?\s?)"
        rf"[:@]?\s?{_HANDLE}",
    ),
    ("pseudo", rf"(?i)\b{_HANDLE}(?=\ssur\s{_NETWORK}\b)"),
    ("plaque", r"(?i)\b[a-hj-np-tv-z]{2}[\-.]?\d{3}[\-.]?[a-hj-np-tv-z]{2}\b"),
    (
        "plaque",
        rf"(?i)\b(?!{_LITTLE}\s)[a-hj-np-tv-z]{{2}}\s\d{{3}}\s(?!{_LITTLE}\b)[a-hj-np-tv-z]{{2}}\b",
    ),
    ("plaque", r"\b\d{1,4}[ .\-]?[A-Z]{2,3}[ .\-]?(?:97\d|\d{2}|2[AB])\b"),
    ("plaque", r"(?i)\b\d{2,4}[.\-]?[a-z]{3}[.\-]?(?:97\d|\d{2}|2[ab])\b"),
    (
        "plaque",
        r"(?i)(?P<avant>\b(?:v[ée]hicule|voiture|immatricul\w+|plaque|carte\sgrise|scooter|moto|"
        r"camion|auto|vente)(?:\s(?:du|de|est|immatricul[ée]e?))?\s?[:(]?\s?)"
        r"\d{1,4}\s[a-z]{2,3}\s(?:97\d|\d{2}|2[ab])\b",
    ),
    ("numéro", r"\b[12378]\s?\d{2}\s?\d{2}\s?2[AB]\s?\d{3}\s?\d{3}(?:\s?\d{2})?\b"),
    (
        "numéro",  # of a paper or a file: six signs, four figures, letters among them or not
        rf"(?i)(?P<avant>\b{_PAPER}\s?(?:(?:est|le|de|num[ée]ro|n[°ºo]|demande|dossier)\s?){{0,3}}"
        rf"[:.\-(]?\s?){_NOT_CODE}(?=[\w\-/. ]{{6}})(?=(?:[A-Za-z\-/_. ]{{0,4}}\d){{4}}){_CODE}",
    ),
    ("numéro", r"\b(?=(?:[A-Z]*\d){4})(?=\d*[A-Z])[A-Z0-9]{7,}\b"),
    ("numéro", r"\b[A-Z]{2,4}[\-/]\d{2,4}[\-/]\d{3,}\b|\b\d{3,}[\-/][A-Z]{2,4}[\-/]\d{3,}\b"),
    (
        "numéro",  # nine digits or more, which a date does not begin
        r"(?<![\d/.])\+?(?!\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d\d\b)"
        r"\(?\d(?:[\s.\-/()]{0,2}\d){8,}",
    ),
    ("numéro", _IN_WORDS),
    ("numéro", _DISGUISED),
    ("adresse", rf"(?i){_NUMBER}(?!{_AMBIGUOUS}){_NO_SEAT}{_STREET}\s+{_NAME}{_FLAT}"),
    (
        "adresse",
        rf"(?i){_NUMBER}{_AMBIGUOUS}\s+"
        rf"(?:d[eu]s?\s|d[’']|l[ea]s?\s|(?-i:[A-ZÀ-Ý])){_NAME}{_FLAT}",
    ),
    (
        "adresse",
        rf"\b(?i:{_NO_SEAT})(?i:{_STREET})\s+(?:d\w{{0,2}}[’' ]\s?|l[ae]?s?[’' ]\s?)*"
        rf"{_CAPITAL}(?:[ ]{_CAPITAL})*{_FLAT}",
    ),
    (
        "adresse",  # a building by its name
        rf"\b(?i:r[ée]sidence|rés\.|foyer|tour|cit[ée]|b[âa]timent|immeuble|villa|ferme|hameau|"
        rf"lotissement|lieu[ \-]dit|hlm)\s+(?:(?i:d[eu]s?|la|les?|l[’']|d[’'])\s?){{0,2}}"
        rf"{_CAPITAL}(?:[ ]{_CAPITAL})*(?:,?\s(?i:lieu[ \-]dit)\s(?:\w+\s)?{_CAPITAL})?{_FLAT}",
    ),
    ("adresse", rf"(?i)\br[ée]sidence\s(?:les?|la)\s{_GOES_ON}\w{{4,}}{_FLAT}"),
    ("adresse", r"(?i)\b(?:appt?|apt|appartement)\b\.?\s?\d{1,4}\b"),
    ("adresse", rf"\b(?:0[1-9]|[1-8]\d|9[0-8])\d{{3}}\s+{_CAPITAL}(?: {_CAPITAL})*"),
]
KINDS = [*dict.fromkeys(kind for kind, _ in PATTERNS), "nom"]
_MASKS = [
    (
        re.compile(pattern.replace(" ", r"\s")),  # a line may end wherever a space is
        rf"\g<avant>[{kind}]" if "?P<avant>" in pattern else f"[{kind}]",
    )
    for kind, pattern in PATTERNS
]


def mask_identifiers(text: str) -> tuple[str, int]:
    """
    Return the text with what identifies somebody replaced by « [kind] », and how many were.

    Examples
    --------
    >>> mask_identifiers("dossier 2024AB1234, écrire à jean point x arobase exemple point invalid")
    ('dossier [numéro], écrire à [courriel]', 2)
    """
    total = 0
    for pattern, replacement in _MASKS:
        text, count = pattern.subn(replacement, text)
        total += count
    return text, total
