"""Detect columns of personal data, by heading and by the look of their cells.

They are named, never stored and never printed. Judged alike in every reader.
"""

import html
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from qpref.intake.matching import as_text, normalise
from qpref.intake.privacy import mask_answer, may_show
from qpref.intake.rows import Cell, is_blank

_SAMPLE = 200
_OFTEN = 0.3

# Headings that say by themselves what the column holds, once normalised.
_NAMED = {
    "adresse ip", "ip", "ip address", "ipaddr", "ip adresse", "ipaddress", "ip saisie",
    "adresse e mail", "adresse email", "adresse mail", "email", "e mail", "mail", "mel", "courriel",
    "adresse electronique", "adresse de messagerie", "adresse de courriel", "adresse courriel",
    "email address", "e mail address", "contact email", "recipientemail", "recipientlastname",
    "recipientfirstname", "telephone", "tel", "portable", "mobile", "phone", "phone number",
    "firstname", "lastname", "first name", "last name", "surname", "full name", "nom d utilisateur",
    "username", "user name", "token", "code d acces", "nom de famille", "nom de naissance",
    "nom d usage", "attribute 1", "adresse postale", "adresse", "respondent id", "collector id",
    "locationlatitude", "locationlongitude", "latitude", "longitude", "geolocation", "deviceid",
    "phonenumber", "subscriberid", "simserial", "externalreference", "date de naissance",
    "submitted by", "date of birth", "birthdate", "birth date", "birthday", "dob", "address",
    "home address", "street address", "cell phone", "mobile phone", "lieu de naissance",
    "numero etranger", "agdref",
    "n etranger", "n° etranger", "n° agdref",
    "numero agdref", "numero de dossier", "numero de titre", "numero de passeport",
    "numero de permis", "immatriculation", "numero de securite sociale", "nir", "signature",
}  # fmt: skip
# Words of which a heading is made when it asks who answers, and nothing else.
_IDENTITY = {
    "nom", "noms", "prenom", "prenoms", "name", "names", "first", "last", "et", "and", "ou", "or",
    "votre", "vos", "your", "de", "du", "l", "usager", "repondant", "complet", "contact", "amp",
    "coordonnees", "identite", "mon", "mes", "le", "la", "champ", "facultatif", "civilite", "title",
    "mr", "mme", "personne",
}  # fmt: skip
_CORE = {"nom", "noms", "prenom", "prenoms", "name", "names", "coordonnees", "identite"}
_ASKS_ADDRESS = re.compile(
    r"^(?:quelle? est |indiquez |saisissez |merci d indiquer |laissez |precisez )?"
    r"(?:votre|vos|mon|une|l) "
    r"(?:adresse (?:e ?mail|mail|electronique|courriel|postale|complete|de )"
    r"|e ?mail$|mail$|courriel$|numero (?:de )?(?:votre )?(?:tel|telephone|portable|mobile|fax)"
    r"|telephone$|portable$|coordonnees|date de naissance)"
)
_NUMBER_OF = re.compile(
    r"^(?:votre |mon |un )?(?:numero|n°|no)(?: de)?(?: votre)? (?:tel|telephone|portable|mobile)\b"
)
_NAME_OF = re.compile(
    r"^(?:le |quel est le )?(?:nom|prenom)s?(?: et (?:le )?prenoms?)? "
    r"(?:de l |de votre |du |de la )?"
    r"(?:agent|interlocut\w+|conseiller\w*|usager|demandeur|personne|enquet\w+|client)\b"
)
_PLATE = re.compile(r"^(?:numero d |plaque d )?immatriculation\b")
_CONTACT = re.compile(r"\brecontact|\b(?:laissez|indiquez|communiquez)\b.*\b(?:coordonnees|mail)")
# Asks for a person, whom the answers name unless they are words: « Un agent d’accueil ».
_WHO = re.compile(r"\b(?:par qui|qui vous a|who (?:helped|received|served) you)\b")
_ANSWERS = {"oui", "non", "yes", "no", "o", "n", "y", "x", "1", "0", "2"}

_ADDRESS = re.compile(r"^[\w.+\-]+@[\w\-]+(\.[\w\-]+)+$")
_IP = re.compile(r"^(?:\d{1,3}\.){3}\d{1,3}$|^(?=.*::|(?:[0-9a-f]*:){7})[0-9a-f:]{3,39}$", re.I)
_JOINT = r"[\s.\-/\u00a0\u202f]?"
_PHONE = re.compile(
    rf"^(?:(?:\+|00)33{_JOINT}(?:\(0\))?{_JOINT}|0)[1-9](?:{_JOINT}\d{{2}}){{4}}$"
    rf"|^\+(?!33)[1-9]\d{{0,2}}(?:{_JOINT}\d{{2,4}}){{2,5}}$"
)
_LOST_ZERO = re.compile(r"^[1-9]\d{8}$")  # a telephone that a spreadsheet took for a number
_TALKS_OF_PHONES = re.compile(r"\b(?:tel|telephone|portable|mobile|phone)\b")


def is_personal(heading: str, cells: Sequence[Cell] = ()) -> bool:
    """
    Whether a column holds personal data.

    Parameters
    ----------
    heading
        As received; its HTML entities are read.
    cells
        Of the column, as many as there are; the first 200 that hold something are looked at.

    Notes
    -----
    A heading that asks for contact details is not personal when its cells are Oui or Non only. Of
    numbers, only those written as telephones are: « 01 99 00 12 34 », « +33 1 99 … ».

    Examples
    --------
    >>> is_personal("Adresse IP"), is_personal("Accueil au téléphone")
    (True, False)
    >>> is_personal("Contact", ["a@exemple.invalid", "01 99 00 12 34", "non"])
    True
    >>> is_personal("Graine", ["1438259021"]), is_personal("Nom &amp; prénom / Name")
    (False, True)
    >>> [is_personal("Qui vous a reçu ?", [answer]) for answer in ("Zorglub", "Un agent")]
    [True, False]
    """
    filled = (as_text(cell) for cell in cells if not is_blank(cell))
    texts = Counter(islice(filled, _SAMPLE))
    name = normalise(html.unescape(heading).replace("_", " "))
    if _says_so(name) and not (texts and {normalise(text) for text in texts} <= _ANSWERS):
        return True
    if _WHO.search(name) and texts:
        named = sum(n for text, n in texts.items() if mask_answer(text) != text)
        return named > texts.total() / 2
    phones = bool(_TALKS_OF_PHONES.search(name))
    found = sum(n for text, n in texts.items() if _looks_personal(text, lost_zero=phones))
    return bool(texts) and found >= _OFTEN * texts.total()


def names_somebody(cells: Sequence[Cell]) -> bool:
    """Whether a cell looks like what tells one person from another: a row of answers does."""
    texts = [as_text(cell) for cell in cells if not is_blank(cell)]
    return any(_looks_personal(text, lost_zero=False) or not may_show(text) for text in texts)


def _says_so(name: str) -> bool:
    """Whether a normalised heading asks for personal data."""
    if name in _NAMED:
        return True
    words = set(re.findall(r"[a-z]+", name))
    if words & _CORE and words <= _IDENTITY:
        return True
    return any(
        form.search(name) for form in (_ASKS_ADDRESS, _NUMBER_OF, _CONTACT, _NAME_OF, _PLATE)
    )


def _looks_personal(text: str, *, lost_zero: bool) -> bool:
    forms = (_ADDRESS, _IP, _PHONE, *([_LOST_ZERO] if lost_zero else []))
    return any(form.match(text) for form in forms)
